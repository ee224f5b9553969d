//! Answers of the read side: media types, validators, who may read them from a browser, and what caches
//! tell apart (checklist A2 to A4, B35, B36).

use activitypub_federation::protocol::{context::WithContext, tombstone::Tombstone};
use axum::{
    body::Body,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use crate::{
    Error,
    domain::{Hash, context::AS2},
    federation::media::ACTIVITY_JSON,
};

/// JSON Resource Descriptor (RFC 7033 §4.4).
pub(super) const JRD: &str = "application/jrd+json";
/// Plain JSON, of the API.
pub(super) const JSON: &str = "application/json";
/// Media type of the vocabulary: loaders of JSON-LD insist on it.
pub(super) const JSON_LD: &str = "application/ld+json";
/// Problem details (RFC 9457).
const PROBLEM: &str = "application/problem+json";
/// Caches ask again: a record may get a new version at any time.
const REVALIDATE: &str = "public, max-age=0, must-revalidate";

/// A public document under a media type, readable from any origin, with its hash as validator.
#[must_use]
pub(super) fn text(media_type: &str, body: String) -> Response {
    let tag = format!("\"{}\"", Hash::of(body.as_bytes()).digits());
    let mut response = Body::from(body).into_response();
    let headers = response.headers_mut();
    set(headers, header::CONTENT_TYPE, media_type);
    set(headers, header::ETAG, &tag);
    set(headers, header::VARY, "Accept");
    set(headers, header::CACHE_CONTROL, REVALIDATE);
    set(headers, header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    response
}

/// An ActivityStreams document, its text as it stands.
#[must_use]
pub(super) fn activity(body: String) -> Response {
    text(ACTIVITY_JSON, body)
}

/// What is no longer there (410): its tombstone, as its author signed it.
#[must_use]
pub(super) fn gone(tombstone: String) -> Response {
    let mut response = activity(tombstone);
    *response.status_mut() = StatusCode::GONE;
    response
}

/// A tombstone for what left no text behind.
#[must_use]
pub(super) fn bare_tombstone(id: &str) -> String {
    let tombstone = url::Url::parse(id).map(|id| WithContext::new(Tombstone::new(id), json!(AS2)));
    tombstone.ok().and_then(|tombstone| serde_json::to_string(&tombstone).ok()).unwrap_or_default()
}

/// 304 when the one who asks has this very document already (RFC 9110 §13.1.2).
#[must_use]
pub(super) fn unless_known(asked: &HeaderMap, mut response: Response) -> Response {
    let known = asked.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let tag = response.headers().get(header::ETAG).and_then(|value| value.to_str().ok());
    let same = known.zip(tag).is_some_and(|(known, tag)| {
        known.split(',').map(|one| one.trim().trim_start_matches("W/")).any(|one| one == tag || one == "*")
    });
    if same && response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
    response
}

/// What went wrong, as problem details: the rule and the field, nothing of the inside.
#[must_use]
pub(super) fn failure(error: &Error) -> Response {
    let (status, detail) = match error {
        Error::Invalid { .. } => (StatusCode::BAD_REQUEST, error.to_string()),
        Error::NotFound { .. } => (StatusCode::NOT_FOUND, error.to_string()),
        Error::Gone { .. } => (StatusCode::GONE, error.to_string()),
        Error::Forbidden { .. } => (StatusCode::FORBIDDEN, error.to_string()),
        Error::Conflict { .. } => (StatusCode::CONFLICT, error.to_string()),
        Error::Unavailable { .. } => (StatusCode::SERVICE_UNAVAILABLE, "try again later".to_owned()),
        Error::Internal(inside) => {
            tracing::error!(error = ?inside, "a fault of ours");
            (StatusCode::INTERNAL_SERVER_ERROR, "a fault of this server".to_owned())
        }
    };
    let title = status.canonical_reason().unwrap_or_default();
    let body = json!({ "status": status.as_u16(), "title": title, "detail": detail });
    let mut response = text(PROBLEM, body.to_string());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.remove(header::ETAG);
    set(headers, header::CACHE_CONTROL, "no-store");
    if let Error::Unavailable { retry_after, .. } = error {
        set(headers, header::RETRY_AFTER, &retry_after.as_secs().max(1).to_string());
    }
    response
}

/// A response, whatever happened.
#[must_use]
pub(super) fn answer(asked: &HeaderMap, result: crate::Result<Response>) -> Response {
    match result {
        Ok(response) => unless_known(asked, response),
        Err(error) => failure(&error),
    }
}

/// A JSON document in which some texts stand exactly as they were stored: `head` without its closing
/// brace, then `member`, an array of those texts.
#[must_use]
pub(super) fn with_texts(head: &Value, member: &str, texts: &[String]) -> String {
    let head = head.to_string();
    let open = head.strip_suffix('}').unwrap_or(&head);
    let comma = if open.len() > 1 { "," } else { "" };
    format!("{open}{comma}{}:[{}]}}", Value::from(member), texts.join(","))
}

/// Sets one header; what is no header value is left out.
pub(super) fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_stand_exactly_as_stored() {
        let stored = vec!["{\"b\" :1.0,\n\"a\":2}".to_owned()];
        let page = with_texts(&json!({ "next": null }), "items", &stored);
        assert_eq!(page, "{\"next\":null,\"items\":[{\"b\" :1.0,\n\"a\":2}]}");
        assert_eq!(with_texts(&json!({}), "items", &[]), "{\"items\":[]}");
    }

    #[test]
    fn who_has_it_already_gets_no_body() {
        let tag = text(JSON, "{}".to_owned()).headers()[header::ETAG].clone();
        let mut asked = HeaderMap::new();
        asked.insert(header::IF_NONE_MATCH, tag);
        assert_eq!(unless_known(&asked, text(JSON, "{}".to_owned())).status(), StatusCode::NOT_MODIFIED);
        assert_eq!(unless_known(&asked, text(JSON, "[]".to_owned())).status(), StatusCode::OK);
        assert_eq!(unless_known(&asked, gone("{}".to_owned())).status(), StatusCode::GONE);
    }

    #[test]
    fn a_fault_of_ours_shows_nothing_of_the_inside() {
        let response = failure(&Error::internal(anyhow::anyhow!("secret path")));
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let busy =
            Error::Unavailable { why: "locked".to_owned(), retry_after: std::time::Duration::from_secs(2) };
        assert_eq!(failure(&busy).headers()[header::RETRY_AFTER], "2");
    }
}
