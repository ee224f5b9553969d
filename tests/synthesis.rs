//! What a convention says as a whole and how far people agree (moonshots 13 and 14): every sentence with its
//! sources and what cities contest, majority judgements recomputed and shown, and the plots of a convention.

#[path = "synthesis/agreed.rs"]
mod agreed;
#[path = "support/node.rs"]
mod node;
#[path = "synthesis/plots.rs"]
mod plots;
#[path = "support/together.rs"]
mod together;
#[path = "synthesis/whole.rs"]
mod whole;
#[allow(dead_code, reason = "made for the tests of conventions")]
#[path = "convention/world.rs"]
mod world;

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode},
};
use node::Node;
use parvis::dossier::{self, Syntax};
use tower::ServiceExt as _;

/// An answer of the whole node.
async fn get(node: &Node, path: &str, language: &str) -> (StatusCode, String) {
    let host = node.app.config.domain.clone();
    let request = Request::get(path).header("host", host).header("accept-language", language);
    let request = request.body(Body::empty()).unwrap();
    let response = parvis::server::router(&node.app).oneshot(request).await.unwrap();
    let status = response.status();
    let bytes = to_bytes(response.into_body(), 8 << 20).await.unwrap();
    (status, String::from_utf8(bytes.to_vec()).unwrap())
}

/// A page in French.
async fn page(node: &Node, path: &str) -> String {
    let (status, text) = get(node, path, "fr").await;
    assert_eq!(status, StatusCode::OK, "{path}: {text}");
    text
}

/// The rules a dossier breaks.
fn broken(text: &str) -> Vec<&'static str> {
    match dossier::parse(text, Syntax::Toml) {
        Ok(dossier) => dossier::check(&dossier).iter().map(|problem| problem.rule).collect(),
        Err(problems) => problems.iter().map(|problem| problem.rule).collect(),
    }
}

/// A dossier with some sections.
fn dossier_with(sections: &str) -> String {
    format!(
        r#"
format = "parvis-dossier-1"
[defaults]
synthetic = true
[city]
ref = "ville"
name = "Ville"
territory = "35238"
[[councils]]
ref = "conseil"
handle = "conseil"
name = "Conseil"
summary = "Un conseil."
[[questions]]
ref = "q1"
council = "conseil"
kind = "saisine"
title = "L’IA"
text = "Que faire ?"
[[avis]]
ref = "a1"
council = "conseil"
question = "q1"
title = "L’IA"
summary = "Court."
diagnosis = "Ce qui est."
stakes = "Ce qui compte."
recommendations = [{{ title = "Un registre" }}, {{ title = "Former" }}]
{sections}
"#
    )
}
