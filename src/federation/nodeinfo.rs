//! NodeInfo (FEP-f1d5) 2.0 and 2.1: what runs here, in counts that are true or left out (checklist 44 to 47).

use axum::{extract::State, response::Response};
use http::HeaderMap;
use serde_json::{Value, json};

use super::respond;
use crate::{
    App, Result,
    storage::{actors, records},
};

/// Prefix of the schemas.
pub(super) const SCHEMA: &str = "http://nodeinfo.diaspora.software/ns/schema/";
/// `rel` of a node actor (FEP-2677).
pub(super) const APPLICATION: &str = "https://www.w3.org/ns/activitystreams#Application";

/// `GET /.well-known/nodeinfo`: the two documents, and the node actor (FEP-2677).
pub async fn links(State(app): State<App>, headers: HeaderMap) -> Response {
    respond::answer(&headers, list(&app).await)
}

async fn list(app: &App) -> Result<Response> {
    let mut links: Vec<Value> = ["2.1", "2.0"]
        .iter()
        .map(|version| {
            let href = app.urls.at(&format!("/nodeinfo/{version}"));
            json!({ "rel": format!("{SCHEMA}{version}"), "href": href })
        })
        .collect();
    if let Some(relay) = actors::by_role(&app.db, "relay").await?.first() {
        links.push(json!({ "rel": APPLICATION, "href": relay.uri }));
    }
    Ok(respond::text(respond::JRD, json!({ "links": links }).to_string()))
}

/// `GET /nodeinfo/2.0`.
pub async fn v20(State(app): State<App>, headers: HeaderMap) -> Response {
    respond::answer(&headers, document(&app, "2.0").await)
}

/// `GET /nodeinfo/2.1`.
pub async fn v21(State(app): State<App>, headers: HeaderMap) -> Response {
    respond::answer(&headers, document(&app, "2.1").await)
}

async fn document(app: &App, version: &str) -> Result<Response> {
    let said: i64 =
        records::counts(&app.db).await?.iter().filter(|count| count.ours).map(|count| count.total).sum();
    let ours = actors::ours(&app.db).await?;
    // The node actor is no account: nobody speaks through it.
    let speaking =
        ours.iter().filter(|actor| actor.gone_at.is_none() && actor.role.as_deref() != Some("relay"));
    let mut software = json!({ "name": "parvis", "version": env!("CARGO_PKG_VERSION") });
    if version == "2.1" && !env!("CARGO_PKG_REPOSITORY").is_empty() {
        software["repository"] = json!(env!("CARGO_PKG_REPOSITORY"));
    }
    let body = json!({
        "version": version,
        "software": software,
        "protocols": ["activitypub"],
        "services": { "inbound": [], "outbound": ["atom1.0"] },
        "openRegistrations": false,
        "usage": { "users": { "total": speaking.count() }, "localPosts": said },
        "metadata": {
            "nodeName": app.config.city.name,
            "federation": { "enabled": true },
        },
    });
    let media_type = format!("application/json; profile=\"{SCHEMA}{version}#\"");
    Ok(respond::text(&media_type, body.to_string()))
}
