//! The network: the servers this node follows and those that follow it. Hosts only: who follows is never
//! published (threats P3).

use std::collections::BTreeMap;

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};

use crate::{
    App, Result,
    i18n::{Lang, t},
    storage::{
        follows,
        hosts::{self, Host},
    },
    web::{Failure, html, layout::Page, markup, markup::Markup},
};

#[derive(Template)]
#[template(path = "network.html")]
struct Network {
    page: Page,
    hosts: Vec<Line>,
}

/// A server as listed.
struct Line {
    name: String,
    parvis: bool,
    we_follow: String,
    follows_us: String,
    software: String,
    seen: Option<Markup>,
    state: String,
}

/// How a server and this node follow each other.
#[derive(Default)]
struct Ties {
    ours: Option<String>,
    theirs: bool,
}

/// `GET /reseau`
///
/// # Errors
/// Those of the database.
pub async fn show(State(app): State<App>, lang: Lang) -> Result<Response, Failure> {
    let page =
        Page::new(&app, lang, "/reseau").titled(t(lang, "network-title")).described(&t(lang, "network-lead"));
    let mut ties: BTreeMap<String, Ties> = BTreeMap::new();
    for follow in follows::ties(&app.db).await? {
        let tie = ties.entry(follow.host).or_default();
        if follow.ours {
            if tie.ours.as_deref() != Some("accepted") {
                tie.ours = Some(follow.state);
            }
        } else {
            tie.theirs |= follow.state == "accepted";
        }
    }
    let names: Vec<&str> = ties.keys().map(String::as_str).collect();
    let known: BTreeMap<String, Host> =
        hosts::by_names(&app.db, &names).await?.into_iter().map(|host| (host.host.clone(), host)).collect();
    let lines = ties.iter().map(|(name, tie)| line(&page, name, tie, known.get(name))).collect();
    Ok(html(StatusCode::OK, &Network { hosts: lines, page }))
}

fn line(page: &Page, name: &str, tie: &Ties, host: Option<&Host>) -> Line {
    let we_follow = match tie.ours.as_deref() {
        None => "network-no",
        Some("accepted") => "network-yes",
        Some("rejected") => "network-rejected",
        Some(_) => "network-pending",
    };
    let state = match host.map(|host| (host.policy.as_str(), host.state)) {
        None => "network-unknown",
        Some(("blocked", _)) => "network-state-blocked",
        Some(("limited", _)) => "network-state-limited",
        Some((_, 0)) => "network-state-well",
        Some((_, 1)) => "network-state-retrying",
        Some(_) => "network-state-suspended",
    };
    let software = host.and_then(|host| host.software.as_deref()).map(markup::name);
    Line {
        name: name.to_owned(),
        parvis: host.is_some_and(|host| host.parvis),
        we_follow: page.t(we_follow),
        follows_us: page.t(if tie.theirs { "network-yes" } else { "network-no" }),
        software: software.unwrap_or_else(|| page.t("network-unknown")),
        seen: host.and_then(|host| host.last_seen_at).map(|at| page.day_of_millis(at)),
        state: page.t(state),
    }
}
