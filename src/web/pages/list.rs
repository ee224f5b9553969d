//! The page that every list of records is: what it holds, the cards, and where it goes on.

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::paging::{Pager, Place};
use crate::{
    App, Result,
    storage::records::Row,
    web::{
        html,
        layout::Page,
        view::{self, Card, People},
    },
};

#[derive(Template)]
#[template(path = "list.html")]
struct List {
    page: Page,
    lead: String,
    empty: String,
    cards: Vec<Card>,
    pager: Pager,
}

/// What a list says of itself: the keys of its lead, and of what it says when nothing is in it.
pub struct Words {
    /// What it holds.
    pub lead: &'static str,
    /// That it holds nothing yet.
    pub empty: &'static str,
}

/// The list of some records, read by `place.slice()`, under the path of `page`.
///
/// # Errors
/// Those of the database.
pub async fn show(
    app: &App,
    page: Page,
    words: Words,
    place: &Place,
    mut rows: Vec<Row>,
) -> Result<Response> {
    let lead = page.t(words.lead);
    let page = page.described(&lead);
    let pager = place.cut(&page.path, &mut rows);
    let people = People::load(app, rows.iter().map(|row| row.author.as_str())).await?;
    let mut cards = Card::list(app, &page, &people, &rows);
    for (card, row) in cards.iter_mut().zip(&rows).filter(|(_, row)| row.kind == "Convention") {
        card.moved = view::moved(app, &row.author).await?;
    }
    let list = List { lead, empty: page.t(words.empty), cards, pager, page };
    Ok(html(StatusCode::OK, &list))
}
