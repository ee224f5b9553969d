//! What was relayed to the bodies of this node: who sends, on what ground, who else speaks of the same subject,
//! where each stands; as a page, and to be taken away as CSV or JSON (requirements 2.29, 3.10, 4.8).

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use askama::Template;
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde_json::{Value, json};

use crate::{
    App, Result,
    domain::{Code as _, Version, codes::Theme, links, said},
    i18n::{Lang, t},
    storage::{
        offers::{self, Offer},
        records::{self, Row},
    },
    web::{
        Failure, html,
        layout::Page,
        markup::{self, Markup},
        view::{self, People, Who},
    },
};

/// Positions shown at once; the export has them all.
const SHOWN: i64 = 200;
/// Most positions exported.
const EXPORTED: i64 = 10_000;

#[derive(Template)]
#[template(path = "positions.html")]
struct Positions {
    page: Page,
    positions: Vec<Position>,
}

/// A position received.
struct Position {
    offer: Offer,
    by: Who,
    href: String,
    on: Markup,
    concerned: Vec<Named>,
    tier: Option<String>,
    ground: Option<String>,
    expected_by: Option<String>,
    /// Its themes: slug and label.
    themes: BTreeMap<String, String>,
    /// How many other cities relayed something on one of its themes.
    alike: usize,
    state: String,
}

/// What is relayed.
pub(super) struct Named {
    pub id: String,
    pub href: String,
    pub title: String,
    pub lang: String,
}

impl Named {
    pub fn of(app: &App, row: &Row) -> Self {
        let (id, lang) = (row.uri.clone(), row.lang.clone());
        Self { id, lang, href: view::href(app, row), title: markup::name(&row.title) }
    }
}

/// `GET /positions`
///
/// # Errors
/// Those of the database.
pub async fn show(State(app): State<App>, lang: Lang) -> Result<Response, Failure> {
    let page = Page::new(&app, lang, "/positions")
        .titled(t(lang, "positions-title"))
        .described(&t(lang, "positions-lead"));
    let positions = gather(&app, &page, SHOWN).await?;
    Ok(html(StatusCode::OK, &Positions { page, positions }))
}

/// `GET /positions.csv`
///
/// # Errors
/// Those of the database.
pub async fn csv(State(app): State<App>, lang: Lang) -> Result<Response, Failure> {
    let text = table(&app, lang).await?;
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present")], text).into_response())
}

/// All positions, as CSV.
///
/// # Errors
/// Those of the database.
pub async fn table(app: &App, lang: Lang) -> Result<String> {
    let page = Page::new(app, lang, "/positions");
    let mut text = String::from(
        "recu_le,etat,expediteur,nom,relais,objet,titre,fondement,echelon,espere_le,themes,autres_villes\r\n",
    );
    for one in gather(app, &page, EXPORTED).await? {
        let all = |pick: fn(&Named) -> &str| one.concerned.iter().map(pick).collect::<Vec<_>>().join(" | ");
        let themes: Vec<&str> = one.themes.keys().map(String::as_str).collect();
        let cells = [
            when(one.offer.at),
            one.offer.state.clone(),
            one.offer.sender.clone(),
            one.by.name.clone(),
            one.offer.relay.clone(),
            all(|one| &one.id),
            all(|one| &one.title),
            one.ground.clone().unwrap_or_default(),
            one.tier.clone().unwrap_or_default(),
            one.expected_by.clone().unwrap_or_default(),
            themes.join(" "),
            one.alike.to_string(),
        ];
        let _ = write!(text, "{}\r\n", cells.map(|cell| quoted(&cell)).join(","));
    }
    Ok(text)
}

/// `GET /positions.json`
///
/// # Errors
/// Those of the database.
pub async fn json(State(app): State<App>, lang: Lang) -> Result<Response, Failure> {
    let text = documents(&app, lang).await?.to_string();
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}

/// All positions, as JSON.
///
/// # Errors
/// Those of the database.
pub async fn documents(app: &App, lang: Lang) -> Result<Value> {
    let page = Page::new(app, lang, "/positions");
    let items: Vec<Value> = gather(app, &page, EXPORTED).await?.iter().map(document).collect();
    Ok(json!({ "total": items.len(), "items": items }))
}

fn document(one: &Position) -> Value {
    let concerned: Vec<Value> = one
        .concerned
        .iter()
        .map(|one| json!({ "id": one.id, "title": one.title, "lang": one.lang }))
        .collect();
    json!({
        "relay": one.offer.relay,
        "receivedAt": when(one.offer.at),
        "state": one.offer.state,
        "sender": { "id": one.offer.sender, "name": one.by.name, "address": one.by.address },
        "body": one.offer.body,
        "concerns": concerned,
        "ground": one.ground,
        "tier": one.tier,
        "expectedBy": one.expected_by,
        "themes": one.themes.keys().collect::<Vec<_>>(),
        "otherCities": one.alike,
    })
}

fn when(millis: i64) -> String {
    jiff::Timestamp::from_millisecond(millis)
        .map(|at| crate::domain::Instant::of(at).to_string())
        .unwrap_or_default()
}

/// A cell, quoted (RFC 4180); one that a spreadsheet would take for a formula is made words.
fn quoted(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let plain = if formula { format!("'{cell}") } else { cell.to_owned() };
    if plain.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", plain.replace('"', "\"\"")) } else { plain }
}

/// Reads the positions and what they are about, in four queries.
async fn gather(app: &App, page: &Page, limit: i64) -> Result<Vec<Position>> {
    let offers = offers::to_us(&app.db, None, limit).await?;
    let relays: Vec<&str> = offers.iter().map(|offer| offer.relay.as_str()).collect();
    let relays = by_uri(records::by_uris(&app.db, &relays).await?);
    let said: BTreeMap<&str, said::Relay> =
        relays.values().filter_map(|row| Some((row.uri.as_str(), view::relay_of(row)?))).collect();
    let concerned: BTreeSet<&str> =
        said.values().flat_map(|said| &said.concerns).map(crate::domain::Iri::as_str).collect();
    let concerned = records::by_uris(&app.db, &concerned.into_iter().collect::<Vec<_>>()).await?;
    let concerned = by_uri(concerned);
    let people = People::load(app, offers.iter().map(|offer| offer.sender.as_str())).await?;
    let mut positions = Vec::with_capacity(offers.len());
    for offer in offers {
        let (row, said) = (relays.get(&offer.relay), said.get(offer.relay.as_str()));
        let rows: Vec<&Row> =
            said.iter().flat_map(|said| &said.concerns).filter_map(|id| concerned.get(id.as_str())).collect();
        positions.push(Position {
            by: people.who(&offer.sender),
            href: row.map(|row| view::href(app, row)).unwrap_or_default(),
            on: page.day_of_millis(offer.at),
            concerned: rows.iter().map(|row| Named::of(app, row)).collect(),
            tier: said.and_then(|said| Some(said.tier.as_ref()?.label(page.lang.code()).to_owned())),
            ground: said.and_then(|said| said.ground.as_deref().map(markup::name)),
            expected_by: said.and_then(|said| Some(said.expected_by.as_ref()?.to_string())),
            themes: themes(page, &rows),
            alike: 0,
            state: page.label("position", &offer.state),
            offer,
        });
    }
    count_alike(&mut positions);
    Ok(positions)
}

fn by_uri(rows: Vec<Row>) -> BTreeMap<String, Row> {
    rows.into_iter().map(|row| (row.uri.clone(), row)).collect()
}

/// The themes of what is relayed, each once: slug, label.
fn themes(page: &Page, rows: &[&Row]) -> BTreeMap<String, String> {
    let records = rows.iter().filter_map(|row| match Version::parse(&row.document).ok()? {
        Version::Record(record) => Some(record),
        _ => None,
    });
    let slugs = records.flat_map(|record| links::themes(&record));
    slugs.filter_map(|slug| Some((slug.clone(), Theme::parse(&slug).ok()?.label(page.lang.code())))).collect()
}

/// How many other cities relayed something on a theme of each.
fn count_alike(positions: &mut [Position]) {
    let mut cities: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for one in positions.iter() {
        for slug in one.themes.keys() {
            cities.entry(slug.clone()).or_default().insert(one.offer.host.clone());
        }
    }
    for one in positions {
        let others = one.themes.keys().filter_map(|slug| cities.get(slug)).flatten();
        one.alike = others.filter(|host| **host != one.offer.host).collect::<BTreeSet<_>>().len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_words_and_never_a_formula() {
        assert_eq!(quoted("loi, article 3"), "\"loi, article 3\"");
        assert_eq!(quoted("dit \"oui\""), "\"dit \"\"oui\"\"\"");
        assert_eq!(quoted("=1+1"), "'=1+1");
    }
}
