//! The home of the city: what this is, its councils, the latest avis and questions, where things stand.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};

use super::council::{self, Brief};
use crate::{
    App, Result,
    i18n::{Lang, t},
    storage::{
        actors,
        records::{self, Page as Slice, Row},
    },
    web::{
        Failure,
        layout::Page,
        view::{Card, People, Tally},
    },
};

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    page: Page,
    tally: Tally,
    councils: Vec<Brief>,
    avis: Vec<Card>,
    questions: Vec<Card>,
}

/// `GET /`
///
/// # Errors
/// Those of the database.
pub async fn show(State(app): State<App>, lang: Lang) -> Result<Response, Failure> {
    let lead = t(lang, "home-lead");
    let mut page = Page::new(&app, lang, "/").described(&lead);
    let ours = actors::ours(&app.db).await?;
    page.profiles = ours.iter().filter_map(|actor| actor.url.clone()).collect();
    let avis = records::by_kind_ours(&app.db, "Avis", &Slice::first(6)).await?;
    let questions = latest_questions(&app, 6).await?;
    let people = People::load(&app, avis.iter().chain(&questions).map(|row| row.author.as_str())).await?;
    let home = Home {
        tally: council::tally(&app, &page, None).await?,
        councils: council::briefs(&app, &page, &ours).await?,
        avis: Card::list(&app, &page, &people, avis.iter().filter(|row| !row.withdrawn)),
        questions: Card::list(&app, &page, &people, questions.iter().filter(|row| !row.withdrawn)),
        page,
    };
    Ok(crate::web::html(StatusCode::OK, &home))
}

/// The latest questions, put by the city or chosen by a council.
async fn latest_questions(app: &App, limit: i64) -> Result<Vec<Row>> {
    super::question::latest(app, &Slice::first(limit)).await
}
