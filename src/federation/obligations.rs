//! What authorities owe and where it stands, for programs: the same list as the page, computed anew from the
//! register at every question.

use axum::{extract::State, response::Response};
use http::{HeaderMap, Uri};
use serde_json::{Value, json};

use super::respond;
use crate::{
    App, Error, Result,
    actions::{
        obligations::{self, Filter, Owing, Place},
        unheard::{self, Unheard},
    },
    domain::Code as _,
};

/// Items of a page, unless fewer are asked for.
const MOST: usize = 200;

/// `GET /api/v1/obligations?state=&author=&avis=&host=&after=&limit=`: first what is overdue, then what is due,
/// then what was held; `next` is where to go on, `null` at the end. With the first page come the relays without an
/// acknowledgement, the longest silence first.
pub async fn list(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Response {
    respond::answer(&headers, page(&app, uri.query()).await)
}

async fn page(app: &App, query: Option<&str>) -> Result<Response> {
    let (mut filter, mut after, mut limit) = (Filter::default(), None, MOST);
    for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        match name.as_ref() {
            "state" => filter.state = Some(obligations::state_named(&value)?),
            "author" => filter.actor = Some(value.into_owned()),
            "avis" => filter.avis = Some(value.into_owned()),
            "host" => filter.host = Some(value.into_owned()),
            "after" => after = Some(Place::parse(&value)?),
            "limit" => {
                let read = value.parse::<usize>().ok().filter(|limit| (1..=MOST).contains(limit));
                limit = read.ok_or_else(|| Error::invalid("limit", "number", value.as_ref()))?;
            }
            _ => {}
        }
    }
    let silent = if after.is_none() { unheard::list(app, &filter).await? } else { Vec::new() };
    let silent: Vec<Value> = silent.iter().take(limit).map(relay).collect();
    let (items, next) = obligations::cut(obligations::list(app, &filter).await?, after.as_ref(), limit);
    let items: Vec<Value> = items.iter().map(item).collect();
    let day = obligations::today(app).to_string();
    let next = next.map(|place| place.to_string());
    let told = json!({ "day": day, "next": next, "items": items, "unacknowledged": silent });
    Ok(respond::text(respond::JSON, told.to_string()))
}

fn relay(one: &Unheard) -> Value {
    let concerned: Vec<Value> =
        one.concerned.iter().map(|row| json!({ "id": row.uri, "title": row.title })).collect();
    json!({
        "relay": one.row.uri,
        "concerns": concerned,
        "by": one.row.author,
        "to": one.relay.body,
        "published": one.row.published,
        "days": one.days,
        "host": one.row.origin,
    })
}

fn item(one: &Owing) -> Value {
    let (avis, owed) = (&one.ledger.avis, &one.owed);
    json!({
        "id": one.id,
        "state": owed.state.word(),
        "duty": owed.duty.word(),
        "due": owed.due,
        "days": owed.days,
        "postponed": owed.postponed.as_ref().map(|moved| {
            json!({ "from": moved.from, "by": moved.by, "reason": moved.reason.word() })
        }),
        "held": owed.held.as_ref().map(|(by, on)| json!({ "on": on, "by": by })),
        "answered": owed.answered.map(|(given, of)| json!({ "given": given, "of": of })),
        "schedule": owed.schedule,
        "claimed": owed.claimed,
        "since": owed.since,
        "avis": { "id": avis.uri, "title": avis.title },
        "council": avis.author,
        "authority": avis.addressee,
        "host": avis.origin,
    })
}
