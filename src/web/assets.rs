//! The two files every page needs, the stylesheet and the icon, each served under a name that holds its
//! hash: cached for ever, replaced by a new name.

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

/// `style.<hash>.css`
static STYLE_NAME: LazyLock<String> = LazyLock::new(|| named("style", STYLE, "css"));
/// `icon.<hash>.svg`
static ICON_NAME: LazyLock<String> = LazyLock::new(|| named("icon", ICON, "svg"));

fn named(stem: &str, text: &str, extension: &str) -> String {
    format!("{stem}.{}.{extension}", &Hash::of(text.as_bytes()).digits()[..12])
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

/// `GET /static/{name}`
///
/// # Errors
/// Not found, for any other name.
pub async fn serve(Path(name): Path<String>) -> Result<Response, Failure> {
    let (kind, text) = if name == *STYLE_NAME {
        ("text/css; charset=utf-8", STYLE)
    } else if name == *ICON_NAME {
        ("image/svg+xml", ICON)
    } else {
        return Err(Error::not_found(name).into());
    };
    let headers =
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((headers, text).into_response())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_files_are_small_and_load_nothing() {
        assert!(super::STYLE.len() <= 10 * 1024, "{} bytes", super::STYLE.len());
        assert!(!super::STYLE.contains("url(") && !super::STYLE.contains("@import"));
        assert!(super::ICON.len() <= 1024 && !super::ICON.contains("href"));
    }
}
