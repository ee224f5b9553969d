//! Majority judgements, for programs (moonshot 14): how many gave each grade, never who; the majority grade and what
//! follows from it are recomputed at every question.

use axum::{extract::State, response::Response};
use http::{HeaderMap, Uri};
use serde_json::{Map, Value, json};

use super::respond;
use crate::{
    App, Error, Result,
    actions::synthesis::{self, Agreement},
    domain::agreement,
};

/// `GET /api/v1/agreements?of=`: the judgements on a record, the latest first.
pub async fn list(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Response {
    respond::answer(&headers, told(&app, uri.query()).await)
}

async fn told(app: &App, query: Option<&str>) -> Result<Response> {
    let mut asked = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let of = asked.find(|(name, _)| name == "of").map(|(_, value)| value.into_owned());
    let of = of.ok_or_else(|| Error::invalid("of", "missing-field", "of"))?;
    let items: Vec<Value> = synthesis::agreements_on(app, &of).await?.iter().map(item).collect();
    Ok(respond::text(respond::JSON, json!({ "of": of, "items": items }).to_string()))
}

fn item(one: &Agreement) -> Value {
    let said = &one.said;
    let ruling = agreement::ruling(&said.grades, said.kept_from);
    let grades = (1..).zip(&said.grades).map(|(grade, count): (u32, _)| (grade.to_string(), json!(count)));
    json!({
        "id": one.row.uri,
        "by": one.row.author,
        "concerns": said.concerns,
        "paragraph": said.paragraph,
        "grades": grades.collect::<Map<String, Value>>(),
        "people": ruling.map(|ruling| ruling.people),
        "majorityGrade": ruling.map(|ruling| ruling.grade),
        "keptFrom": said.kept_from,
        "kept": ruling.map(|ruling| ruling.kept),
        "minority": said.minority,
        "asOf": said.as_of,
        "published": one.row.published,
        "version": one.row.version,
        "hash": one.row.hash,
    })
}
