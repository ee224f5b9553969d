//! The directory, for programs.

use axum::{extract::State, response::Response};
use http::HeaderMap;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::respond;
use crate::{
    App, Result,
    actions::directory::{self, Body, Node},
    domain::Instant,
};

/// `GET /api/v1/directory`: the nodes known here, this one first, with how they are and when they were last heard; and
/// their councils and conventions, with their feeds.
pub async fn show(State(app): State<App>, headers: HeaderMap) -> Response {
    respond::answer(&headers, document(&app).await)
}

async fn document(app: &App) -> Result<Response> {
    let directory = directory::directory(app).await?;
    let nodes: Vec<Value> = directory.nodes.iter().map(node).collect();
    let bodies: Vec<Value> = directory.bodies.iter().map(body).collect();
    Ok(respond::text(respond::JSON, json!({ "nodes": nodes, "bodies": bodies }).to_string()))
}

fn node(node: &Node) -> Value {
    let seen = node.seen.and_then(|at| Timestamp::from_millisecond(at).ok());
    json!({
        "host": node.host,
        "name": node.name,
        "url": node.url,
        "ours": node.ours,
        "followed": node.followed,
        "software": node.software,
        "health": node.health,
        "lastSeen": seen.map(|at| Instant::of(at).to_string()),
        "lastPublished": node.latest,
    })
}

fn body(body: &Body) -> Value {
    json!({
        "kind": body.kind,
        "id": body.actor.uri,
        "name": body.actor.name,
        "address": format!("@{}@{}", body.actor.handle, body.domain),
        "host": body.actor.host,
        "url": body.actor.url,
        "feed": body.feed,
        "lastPublished": body.latest,
    })
}
