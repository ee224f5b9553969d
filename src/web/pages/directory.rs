//! The directory of nodes and councils: as a page, as CSV, and its feeds as OPML, which readers of feeds take in at
//! once (requirement 4.9).

use std::fmt::Write as _;

use askama::Template;
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use jiff::Timestamp;

use super::table;
use crate::{
    App,
    actions::directory::{self, Body, Node},
    domain::{Instant, html::escape, moves::Moves},
    i18n::{Lang, t},
    storage::moves,
    web::{
        Failure, html,
        layout::Page,
        markup::{self, Markup},
        view::{People, Who},
    },
};

#[derive(Template)]
#[template(path = "directory.html")]
struct Directory {
    page: Page,
    nodes: Vec<Line>,
    councils: Vec<Listed>,
    conventions: Vec<Listed>,
}

/// A node as listed.
struct Line {
    node: Node,
    name: String,
    software: String,
    seen: Option<Markup>,
    latest: Option<Markup>,
    health: String,
}

/// A council or a convention as listed.
struct Listed {
    who: Who,
    moved: Option<Who>,
    node: String,
    feed: String,
    latest: Option<Markup>,
}

/// `GET /annuaire`
///
/// # Errors
/// Those of the database.
pub async fn show(State(app): State<App>, lang: Lang) -> Result<Response, Failure> {
    let page = Page::new(&app, lang, "/annuaire")
        .titled(t(lang, "directory-title"))
        .described(&t(lang, "directory-lead"));
    let directory = directory::directory(&app).await?;
    let moves = moves::known(&app.db).await?;
    let people = People::load(&app, directory.bodies.iter().filter_map(|body| went(body, &moves))).await?;
    let listed = |kind: &str| -> Vec<Listed> {
        let bodies = directory.bodies.iter().filter(|body| body.kind == kind);
        bodies.map(|body| Listed::of(&page, body, &moves, &people)).collect()
    };
    let (councils, conventions) = (listed(directory::COUNCIL), listed(directory::CONVENTION));
    let nodes = directory.nodes.into_iter().map(|node| line(&page, node)).collect();
    Ok(html(StatusCode::OK, &Directory { page, nodes, councils, conventions }))
}

impl Listed {
    fn of(page: &Page, body: &Body, moves: &Moves, people: &People) -> Self {
        Self {
            who: Who::of(&body.actor, &body.domain),
            moved: went(body, moves).map(|now| people.who(now)),
            node: body.actor.host.clone(),
            feed: body.feed.clone(),
            latest: body.latest.as_deref().map(|at| page.day(at)),
        }
    }
}

/// Where a body speaks now, if it went elsewhere.
fn went<'a>(body: &'a Body, moves: &'a Moves) -> Option<&'a str> {
    let known = body.actor.uri.as_str();
    Some(moves.now(known)).filter(|now| *now != known)
}

fn line(page: &Page, node: Node) -> Line {
    Line {
        name: markup::name(&node.name),
        software: node.software.as_deref().map_or_else(|| page.t("network-unknown"), markup::name),
        seen: node.seen.map(|at| page.day_of_millis(at)),
        latest: node.latest.as_deref().map(|at| page.day(at)),
        health: page.label("network-state", node.health),
        node,
    }
}

/// `GET /annuaire.csv`: a line for each node, then one for each council and each convention.
///
/// # Errors
/// Those of the database.
pub async fn csv(State(app): State<App>) -> Result<Response, Failure> {
    let directory = directory::directory(&app).await?;
    let names =
        ["genre", "nom", "identifiant", "noeud", "etat", "vu_le", "derniere_publication", "logiciel", "flux"];
    let nodes = directory.nodes.iter().map(|node| {
        [
            "noeud".into(),
            node.name.as_str().into(),
            node.url.as_str().into(),
            node.host.as_str().into(),
            node.health.into(),
            node.seen.and_then(instant).into(),
            node.latest.clone().into(),
            node.software.clone().into(),
            serde_json::Value::Null,
        ]
    });
    let bodies = directory.bodies.iter().map(|body| {
        [
            body.kind.into(),
            body.actor.name.as_str().into(),
            body.actor.uri.as_str().into(),
            body.actor.host.as_str().into(),
            serde_json::Value::Null,
            serde_json::Value::Null,
            body.latest.clone().into(),
            serde_json::Value::Null,
            body.feed.as_str().into(),
        ]
    });
    Ok(table::csv(&names, nodes.chain(bodies))?)
}

fn instant(millis: i64) -> Option<String> {
    Some(Instant::of(Timestamp::from_millisecond(millis).ok()?).to_string())
}

/// `GET /annuaire.opml` (OPML 2.0): the feeds of this node and of those it follows, a group for each.
///
/// # Errors
/// Those of the database.
pub async fn opml(State(app): State<App>, lang: Lang) -> Result<Response, Failure> {
    let page = Page::new(&app, lang, "/annuaire.opml");
    let directory = directory::directory(&app).await?;
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n<head>");
    let title = page.with("directory-feeds-of", "city", &page.city);
    let _ = write!(text, "<title>{}</title></head>\n<body>\n", escape(&title));
    for (node, bodies) in directory.followed() {
        let _ = writeln!(text, "<outline text=\"{}\">", escape(&markup::name(&node.name)));
        for body in bodies {
            text.push_str(&outline(body));
        }
        let owed = format!("{}/flux/echeances.atom", node.url);
        text.push_str(&feed(&page.t("owed-title"), &owed, &format!("{}/echeances", node.url)));
        text.push_str("</outline>\n");
    }
    text.push_str("</body>\n</opml>\n");
    Ok(([(header::CONTENT_TYPE, "text/x-opml; charset=utf-8")], text).into_response())
}

fn outline(body: &Body) -> String {
    let page = body.actor.url.as_deref().filter(|url| url.starts_with("http")).unwrap_or(&body.actor.uri);
    feed(&markup::name(&body.actor.name), &body.feed, page)
}

/// A feed, in the attributes that OPML 2.0 asks of a subscription.
fn feed(name: &str, address: &str, page: &str) -> String {
    let (name, address, page) = (escape(name), escape(address), escape(page));
    format!(
        "<outline type=\"rss\" text=\"{name}\" title=\"{name}\" xmlUrl=\"{address}\" htmlUrl=\"{page}\" version=\"Atom\"/>\n"
    )
}
