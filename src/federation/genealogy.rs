//! Where an idea comes from and what became of it, for programs: the same graph as the page, and the same bytes on
//! every node that holds the records.

use axum::{extract::State, response::Response};
use http::{HeaderMap, Uri};
use serde_json::{Value, json};

use super::respond;
use crate::{
    App, Error, Result,
    actions::taken_up::{self, Found},
    domain::{
        Code, Iri,
        taken_up::{Edge, Node, Word},
    },
};

/// `GET /api/v1/genealogy?id=`: the recommendation of that id with everything that take-ups link to it.
pub async fn show(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Response {
    respond::answer(&headers, graph(&app, uri.query()).await)
}

async fn graph(app: &App, query: Option<&str>) -> Result<Response> {
    let mut asked = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let id = asked.find(|(name, _)| name == "id").map(|(_, id)| id.into_owned()).unwrap_or_default();
    let id = Iri::parse(&id).map_err(|_| Error::not_found(id.as_str()))?;
    let found = taken_up::lineage(app, &id).await?;
    let graph = found.known.genealogy(&id);
    let nodes: Vec<Value> = graph.nodes.iter().map(|one| node(&found, one)).collect();
    let edges: Vec<Value> = graph.edges.iter().map(edge).collect();
    let whole = graph.whole && graph.held;
    let told = json!({ "id": id, "whole": whole, "nodes": nodes, "edges": edges });
    Ok(respond::text(respond::JSON, told.to_string()))
}

/// A recommendation; without a title, what is not here, or a take-up that became none.
fn node(found: &Found, one: &Node) -> Value {
    let idea = found.known.ideas.get(&one.id);
    let author = idea.map(|idea| &idea.author);
    let author = author.or_else(|| found.known.claims.get(&one.id).map(|claim| &claim.by));
    json!({
        "id": one.id,
        "title": idea.map(|idea| &idea.title),
        "language": idea.map(|idea| &idea.lang),
        "author": author,
        "published": idea.map(|idea| idea.published),
        "withdrawn": idea.map(|idea| idea.withdrawn),
        "generation": one.generation,
    })
}

fn edge(one: &Edge<'_>) -> Value {
    let (claim, judged) = (one.judged.claim, &one.judged);
    json!({
        "takeUp": claim.id,
        "from": one.from,
        "to": one.to,
        "by": claim.by,
        "for": claim.said.by_name,
        "kind": word(claim.said.take_up.as_ref()),
        "as": word(claim.said.taken_up_as.as_ref()),
        "outcome": word(claim.said.outcome.as_ref()),
        "on": claim.said.as_of,
        "published": claim.published,
        "withdrawn": claim.withdrawn,
        "standing": judged.standing.word(),
        "changedSince": judged.changed,
        "words": judged.words.iter().map(|word| spoke(word)).collect::<Vec<_>>(),
    })
}

fn spoke(one: &Word) -> Value {
    json!({
        "id": one.id,
        "by": one.author,
        "says": if one.confirms { "confirms" } else { "contests" },
        "reason": word(one.reason.as_ref()),
        "published": one.published,
        "withdrawn": one.withdrawn,
    })
}

fn word<C: Code>(code: Option<&C>) -> Option<&str> {
    code.map(Code::word)
}
