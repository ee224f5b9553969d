//! The profile of one of our actors, `/@{handle}`: the `url` that other servers show, and how to follow.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};

use super::council;
use crate::{
    App, Error, Result,
    i18n::Lang,
    storage::{
        actors, follows,
        records::{self, Page as Slice},
    },
    web::{
        Failure, feed, html,
        layout::Page,
        markup::{self, Markup},
        view::{Card, People},
    },
};

#[derive(Template)]
#[template(path = "profile.html")]
struct Profile {
    page: Page,
    role: String,
    synthetic: bool,
    summary: Markup,
    followers: i64,
    council: Option<String>,
    feed: Option<String>,
    latest: Vec<Card>,
}

/// `GET /@{handle}`; `named` is the segment with its `@`.
///
/// # Errors
/// Not found, when no actor of ours has that handle.
pub async fn show(
    State(app): State<App>,
    lang: Lang,
    Path(named): Path<String>,
) -> Result<Response, Failure> {
    let unknown = || Error::not_found(format!("actor {named}"));
    let handle = named.strip_prefix('@').ok_or_else(unknown)?.to_owned();
    let actor = actors::by_handle(&app.db, &handle).await?.ok_or_else(unknown)?;
    let document = council::document(&actor);
    let synthetic = document.as_ref().is_some_and(|one| one.synthetic);
    let summary = document.map(|one| one.summary).unwrap_or_default();
    let role = actor.role.clone().unwrap_or_default();
    let is_council = role == "council";
    let feed = feed::named(lang, &role, &actor);
    let mut page = Page::new(&app, lang, &format!("/@{handle}"))
        .titled(&actor.name)
        .described(&summary)
        .showing("profile", &actor.uri)
        .following(&app, &handle);
    if page.description.is_empty() {
        // Whoever shows a link to this page says something about it (checklist 73).
        let said = format!("{} ({})", page.label("role", &role), page.city);
        page = page.described(&said);
    }
    if let Some((feed, title)) = &feed {
        page = page.with_feed(feed, title);
    }
    let latest = records::all_by_author(&app.db, &actor.uri, &Slice::first(60)).await?;
    let shown: Vec<_> =
        latest.into_iter().filter(|row| row.kind != "Recommendation" && !row.withdrawn).take(10).collect();
    let people = People::load(&app, [actor.uri.as_str()]).await?;
    let profile = Profile {
        synthetic,
        role: page.label("role", &role),
        summary: markup::clean(&summary),
        followers: follows::count_followers(&app.db, &actor.uri).await?,
        council: is_council.then_some(handle),
        feed: feed.map(|(address, _)| address),
        latest: Card::list(&app, &page, &people, &shown),
        page,
    };
    Ok(html(StatusCode::OK, &profile))
}
