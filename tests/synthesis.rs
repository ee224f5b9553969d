//! What a convention says as a whole and how far people agree (moonshots 13 and 14): every sentence with its
//! sources and what cities contest, majority judgements recomputed and shown, and the plots of a convention.

#[path = "support/node.rs"]
mod node;
#[path = "synthesis/plots.rs"]
mod plots;

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode},
};
use node::Node;
use tower::ServiceExt as _;

/// An answer of the whole node.
async fn get(node: &Node, path: &str, accept: &str) -> (StatusCode, String) {
    let host = node.app.config.domain.clone();
    let request =
        Request::get(path).header("host", host).header("accept", accept).body(Body::empty()).unwrap();
    let response = parvis::server::router(&node.app).oneshot(request).await.unwrap();
    let status = response.status();
    let bytes = to_bytes(response.into_body(), 8 << 20).await.unwrap();
    (status, String::from_utf8(bytes.to_vec()).unwrap())
}

/// A page in French.
async fn page(node: &Node, path: &str) -> String {
    let (status, text) = get(node, path, "text/html").await;
    assert_eq!(status, StatusCode::OK, "{path}: {text}");
    text
}
