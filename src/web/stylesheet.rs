//! The one stylesheet, served under a name that holds its hash: cached for ever, replaced by a new name.

use std::sync::LazyLock;

use axum::{
    extract::Path,
    http::header,
    response::{IntoResponse, Response},
};

use super::error::Failure;
use crate::{Error, domain::Hash};

const STYLE: &str = include_str!("static/style.css");

/// `style.<hash>.css`
static NAME: LazyLock<String> =
    LazyLock::new(|| format!("style.{}.css", &Hash::of(STYLE.as_bytes()).digits()[..12]));

/// Path of the stylesheet: `/static/style.<hash>.css`.
#[must_use]
pub fn path() -> String {
    format!("/static/{}", *NAME)
}

/// `GET /static/{name}`
///
/// # Errors
/// Not found, for any other name.
pub async fn serve(Path(name): Path<String>) -> Result<Response, Failure> {
    if name != *NAME {
        return Err(Error::not_found(name).into());
    }
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, STYLE).into_response())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_stylesheet_is_small_and_loads_nothing() {
        assert!(super::STYLE.len() <= 10 * 1024, "{} bytes", super::STYLE.len());
        assert!(!super::STYLE.contains("url(") && !super::STYLE.contains("@import"));
    }
}
