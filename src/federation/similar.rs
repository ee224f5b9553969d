//! Close recommendations, for programs: what the software suggests, never more than a suggestion, and apart from it
//! what somebody confirmed.

use std::collections::{BTreeSet, HashMap};

use axum::{extract::State, response::Response};
use http::{HeaderMap, Uri};
use serde_json::{Value, json};

use super::respond;
use crate::{
    App, Error, Result,
    actions::similar,
    storage::records::{self, Row},
};

/// `GET /api/v1/similar?id=&limit=`: `items` are suggestions, the closest first; `confirmed` the records that say that
/// it carries the same idea as others.
pub async fn list(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Response {
    respond::answer(&headers, page(&app, uri.query()).await)
}

async fn page(app: &App, query: Option<&str>) -> Result<Response> {
    let (mut id, mut limit) = (String::new(), similar::MOST);
    for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        match name.as_ref() {
            "id" => id = value.into_owned(),
            "limit" => {
                let read = value.parse::<usize>().ok().filter(|limit| (1..=similar::MOST).contains(limit));
                limit = read.ok_or_else(|| Error::invalid("limit", "number", value.as_ref()))?;
            }
            _ => {}
        }
    }
    let row = similar::named(app, &id).await?;
    let near = similar::near(app, &[&row.uri], limit).await?.remove(&row.uri).unwrap_or_default();
    let confirmed = similar::confirmed(app, &[&row.uri]).await?.remove(&row.uri).unwrap_or_default();
    let named: BTreeSet<&str> = near.iter().map(|near| near.uri.as_str()).collect();
    let rows = records::by_uris(&app.db, &named.into_iter().collect::<Vec<_>>()).await?;
    let rows: HashMap<&str, &Row> = rows.iter().map(|row| (row.uri.as_str(), row)).collect();
    let items = near.iter().filter_map(|near| {
        let row = rows.get(near.uri.as_str())?;
        let mut item = told(row);
        // Four places: more would say nothing.
        item["closeness"] = json!((near.closeness * 10_000.0).round() / 10_000.0);
        item["confirmed"] = json!(false);
        Some(item)
    });
    let items: Vec<Value> = items.collect();
    let confirmed: Vec<Value> = confirmed
        .iter()
        .map(|one| {
            json!({ "record": one.row.uri, "by": one.row.author, "published": one.row.published, "concerns": one.concerns })
        })
        .collect();
    let mut document = told(&row);
    document["items"] = json!(items);
    document["confirmed"] = json!(confirmed);
    Ok(respond::text(respond::JSON, document.to_string()))
}

fn told(row: &Row) -> Value {
    json!({ "id": row.uri, "title": row.title, "lang": row.lang, "author": row.author, "host": row.origin })
}
