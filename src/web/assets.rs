//! The files every page needs, the stylesheet, the icon and the picture of its preview, each served under a
//! name that holds its hash: cached for ever, replaced by a new name.

use std::sync::LazyLock;

use axum::{
    extract::Path,
    http::header,
    response::{IntoResponse, Response},
};

use super::error::Failure;
use crate::{Error, domain::Hash};

const STYLE: &str = include_str!("static/style.css");
const ICON: &str = include_str!("static/icon.svg");
const CARD: &[u8] = include_bytes!("static/card.png");

/// `style.<hash>.css`
static STYLE_NAME: LazyLock<String> = LazyLock::new(|| named("style", STYLE.as_bytes(), "css"));
/// `icon.<hash>.svg`
static ICON_NAME: LazyLock<String> = LazyLock::new(|| named("icon", ICON.as_bytes(), "svg"));
/// `card.<hash>.png`
static CARD_NAME: LazyLock<String> = LazyLock::new(|| named("card", CARD, "png"));

fn named(stem: &str, bytes: &[u8], extension: &str) -> String {
    format!("{stem}.{}.{extension}", &Hash::of(bytes).digits()[..12])
}

/// Path of the stylesheet: `/static/style.<hash>.css`.
#[must_use]
pub fn style() -> String {
    format!("/static/{}", *STYLE_NAME)
}

/// Path of the icon: `/static/icon.<hash>.svg`.
#[must_use]
pub fn icon() -> String {
    format!("/static/{}", *ICON_NAME)
}

/// Path of the picture that other servers show beside a link: `/static/card.<hash>.png`.
#[must_use]
pub fn card() -> String {
    format!("/static/{}", *CARD_NAME)
}

/// `GET /static/{name}`
///
/// # Errors
/// Not found, for any other name.
pub async fn serve(Path(name): Path<String>) -> Result<Response, Failure> {
    let (kind, bytes) = if name == *STYLE_NAME {
        ("text/css; charset=utf-8", STYLE.as_bytes())
    } else if name == *ICON_NAME {
        ("image/svg+xml", ICON.as_bytes())
    } else if name == *CARD_NAME {
        ("image/png", CARD)
    } else {
        return Err(Error::not_found(name).into());
    };
    let headers =
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((headers, bytes).into_response())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_files_are_small_and_load_nothing() {
        assert!(super::STYLE.len() <= 12 * 1024, "{} bytes", super::STYLE.len());
        assert!(!super::STYLE.contains("url(") && !super::STYLE.contains("@import"));
        assert!(super::ICON.len() <= 1024 && !super::ICON.contains("href"));
        assert!(super::CARD.len() <= 20 * 1024 && super::CARD.starts_with(b"\x89PNG"));
    }
}
