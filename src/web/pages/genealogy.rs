//! Where an idea comes from and what became of it, `/genealogie?id=…`: a tree as a picture, the same as a table, as
//! CSV and in the API, the same on every node that holds the records.

use std::collections::{BTreeSet, HashSet};

use askama::Template;
use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;
use serde_json::Value;

use super::table;
use crate::{
    App, Error, Result,
    actions::taken_up::{self, Found},
    domain::{
        Code, Iri,
        codes::TakeUpKind,
        taken_up::{Edge, Genealogy, Node, Standing},
    },
    i18n::Lang,
    web::{
        Failure, html,
        layout::Page,
        markup,
        view::{self, End, People, TakenUp},
    },
};

/// What is asked for: the id of a recommendation.
#[derive(Debug, Deserialize)]
pub struct Asked {
    id: String,
}

#[derive(Template)]
#[template(path = "genealogy.html")]
struct Shown {
    page: Page,
    of: End,
    tree: Tree,
    takings: Vec<TakenUp>,
    whole: bool,
    held: bool,
    query: String,
}

/// A tree as a picture: one line for each node, under what it comes from.
struct Tree {
    height: usize,
    leaves: Vec<Leaf>,
    lines: Vec<Line>,
}

/// A node.
struct Leaf {
    x: usize,
    y: usize,
    title: String,
    lang: String,
    under: String,
    asked: bool,
}

/// From a node to what it became.
struct Line {
    path: String,
    confirmed: bool,
}

/// Height of a node.
const STEP: usize = 52;
/// How far each generation stands in.
const INDENT: usize = 22;
/// The last generation that stands in further than the one before.
const DEEPEST: usize = 6;
/// Width of the picture, and what a letter of a title, or of the line under it, takes of it.
const WIDTH: usize = 480;
const LETTER: usize = 9;
const SMALL: usize = 7;

/// `GET /genealogie?id=…`
///
/// # Errors
/// Not found, when no such recommendation is here.
pub async fn show(
    State(app): State<App>,
    lang: Lang,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let (id, found) = find(&app, &asked).await?;
    let page = Page::new(&app, lang, "/genealogie");
    let of = End::of(&app, &found, &id);
    let lead = page.t("genealogy-lead");
    let title = page.with("genealogy-title", "title", &of.title);
    let query = view::genealogy(id.as_str()).split_off("/genealogie".len());
    let page = page.titled(title).described(&lead).asked(query.trim_start_matches('?')).unlisted();
    let authors: HashSet<&str> = found.rows.values().map(|row| row.author.as_str()).collect();
    let people = People::load(&app, authors).await?;
    let graph = found.known.genealogy(&id);
    let edges = graph.edges.iter();
    let takings = edges.map(|edge| TakenUp::of(&app, &page, &people, &found, &edge.judged)).collect();
    let tree = Tree::of(&page, &people, &found, &graph, &id);
    let (whole, held) = (graph.whole, graph.held);
    Ok(html(StatusCode::OK, &Shown { page, of, tree, takings, whole, held, query }))
}

/// `GET /genealogie.csv?id=…`
///
/// # Errors
/// Not found, when no such recommendation is here.
pub async fn csv(State(app): State<App>, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    let (id, found) = find(&app, &asked).await?;
    let graph = found.known.genealogy(&id);
    let title =
        |id: &Iri| found.known.ideas.get(id).map_or_else(Value::default, |idea| idea.title.clone().into());
    let rows = graph.edges.iter().map(|edge| {
        let (claim, by) = (edge.judged.claim, edge.judged.by());
        let text = |text: &Option<String>| Value::from(text.clone());
        [
            claim.id.as_str().into(),
            edge.from.as_str().into(),
            title(edge.from),
            edge.to.as_str().into(),
            title(edge.to),
            claim.by.as_str().into(),
            text(&claim.said.by_name),
            word(claim.said.take_up.as_ref()),
            word(claim.said.taken_up_as.as_ref()),
            word(claim.said.outcome.as_ref()),
            text(&claim.said.as_of.as_ref().map(ToString::to_string)),
            claim.published.to_string().into(),
            edge.judged.standing.word().into(),
            by.map(|word| word.id.to_string()).into(),
            by.map(|word| word.published.to_string()).into(),
            edge.judged.changed.into(),
        ]
    });
    Ok(table::csv(&COLUMNS, rows)?)
}

const COLUMNS: [&str; 16] = [
    "reprise",
    "de",
    "de_titre",
    "vers",
    "vers_titre",
    "par",
    "pour",
    "forme",
    "devient",
    "suite",
    "date",
    "publie_le",
    "situation",
    "parole",
    "parole_le",
    "modifie_depuis",
];

fn word<C: Code>(code: Option<&C>) -> Value {
    code.map(|code| code.word().to_owned()).into()
}

async fn find(app: &App, asked: &Asked) -> Result<(Iri, Found)> {
    let id = Iri::parse(&asked.id).map_err(|_| Error::not_found(asked.id.as_str()))?;
    let found = taken_up::lineage(app, &id).await?;
    Ok((id, found))
}

/// What a node is called, in which language, and whose it is: a recommendation, or what a take-up became.
fn named<'a>(page: &Page, found: &'a Found, id: &Iri) -> (String, String, Option<&'a Iri>) {
    if let Some(idea) = found.known.ideas.get(id) {
        return (idea.title.clone(), idea.lang.clone(), Some(&idea.author));
    }
    let (claim, lang) = (found.known.claims.get(id), page.lang.code());
    let became = claim.and_then(|claim| Some(claim.said.taken_up_as.as_ref()?.label(lang).to_owned()));
    let name = became.unwrap_or_else(|| page.label("kind", "TakeUp"));
    (name, lang.to_owned(), claim.map(|claim| &claim.by))
}

/// A text as far as it fits.
fn cut(text: &str, most: usize) -> String {
    let text = markup::name(text);
    if text.chars().count() <= most {
        return text;
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

impl Tree {
    fn of(page: &Page, people: &People, found: &Found, graph: &Genealogy<'_>, asked: &Iri) -> Self {
        let place = |id: &Iri| graph.nodes.iter().position(|node| node.id == *id);
        let at = |place: usize| {
            let deep = graph.nodes[place].generation.min(DEEPEST);
            (deep * INDENT + 14, place * STEP + 22)
        };
        let leaf = |(place, node): (usize, &Node)| {
            let into = graph.edges.iter().filter(|edge| *edge.to == node.id);
            let opposes = |edge: &Edge<'_>| edge.judged.claim.said.take_up == Some(TakeUpKind::Contrary);
            let contrary =
                into.clone().any(opposes).then(|| TakeUpKind::Contrary.label(page.lang.code()).to_owned());
            let standings: BTreeSet<Standing> = into.map(|edge| edge.judged.standing).collect();
            let says = standings.iter().map(|one| page.label("tree", one.word()));
            let (title, lang, author) = named(page, found, &node.id);
            let who = author.map(|author| people.who(author.as_str()).name);
            // What it is worth first: a long name may not fit.
            let under: Vec<String> = contrary.into_iter().chain(says).chain(who).collect();
            let (x, y) = at(place);
            let room = WIDTH - x - 14;
            let asked = node.id == *asked;
            Leaf {
                x,
                y,
                title: cut(&title, room / LETTER),
                lang,
                under: cut(&under.join(" · "), room / SMALL),
                asked,
            }
        };
        let line = |edge: &Edge<'_>| {
            let ((x, y), (to_x, to_y)) = (at(place(edge.from)?), at(place(edge.to)?));
            let confirmed = edge.judged.standing == Standing::Confirmed;
            // Back to what is above: around the left.
            let path = if to_y > y {
                format!("M{x} {y}V{to_y}H{to_x}")
            } else {
                format!("M{x} {y}H2V{to_y}H{to_x}")
            };
            Some(Line { path, confirmed })
        };
        Self {
            height: graph.nodes.len() * STEP,
            leaves: graph.nodes.iter().enumerate().map(leaf).collect(),
            lines: graph.edges.iter().filter_map(line).collect(),
        }
    }
}
