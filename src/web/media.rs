//! Attached files, by the hash of their bytes. Always a download under a neutral type: nothing a dossier
//! brought along is ever run or taken for a document of ours (threats O20, W9, checklist 61).

use axum::{
    extract::{Path, State},
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};

use super::Failure;
use crate::{App, Error, storage};

/// Types a browser may show by itself: they hold no script.
const SHOWN: [&str; 4] = ["application/pdf", "image/png", "image/jpeg", "image/webp"];

/// `GET /media/{hash}`: the file; it never changes, since its name is its hash.
///
/// # Errors
/// `NotFound`.
pub async fn show(State(app): State<App>, Path(hash): Path<String>) -> Result<Response, Failure> {
    let file = storage::media::get(&app.db, &hash).await?.ok_or_else(|| Error::not_found(hash))?;
    let (media_type, disposition) = match SHOWN.iter().find(|shown| **shown == file.media_type) {
        Some(shown) => (*shown, "inline"),
        None => ("application/octet-stream", "attachment"),
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static(disposition)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    Ok((headers, file.bytes).into_response())
}
