//! The language of a request, and the switch: a link that keeps the choice in a cookie and goes back.

use axum::{
    extract::{FromRequestParts, Path, Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::error::Failure;
use crate::{App, Error, i18n::Lang};

/// The language of a request with these headers: cookie, `Accept-Language`, then the city's own.
#[must_use]
pub fn of(headers: &HeaderMap, app: &App) -> Lang {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let default = Lang::of(&app.config.language).unwrap_or(Lang::Fr);
    Lang::from_request(text(header::ACCEPT_LANGUAGE), text(header::COOKIE), default)
}

impl FromRequestParts<App> for Lang {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        Ok(of(&parts.headers, app))
    }
}

/// Where to go back to.
#[derive(Deserialize)]
pub struct Return {
    #[serde(default)]
    retour: Option<String>,
}

/// `GET /langue/{fr|en}?retour=/path`: keeps the choice for a year, goes back to the page.
///
/// # Errors
/// Rules `language` and `return-path`: the way back is a path of this site and nothing else (threats W8).
pub async fn switch(
    State(app): State<App>,
    Path(code): Path<String>,
    Query(back): Query<Return>,
) -> Result<Response, Failure> {
    let lang = Lang::ALL.into_iter().find(|lang| lang.code() == code);
    let lang = lang.ok_or_else(|| Error::invalid("langue", "language", &code))?;
    let back = back.retour.unwrap_or_else(|| "/".to_owned());
    let back =
        local_path(app.urls.base(), &back).ok_or_else(|| Error::invalid("retour", "return-path", &back))?;
    let secure = if app.urls.base().starts_with("https:") { "; Secure" } else { "" };
    let cookie = format!("langue={}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly{secure}", lang.code());
    let headers = [(header::LOCATION, back), (header::SET_COOKIE, cookie)];
    Ok((StatusCode::SEE_OTHER, headers, [(header::CACHE_CONTROL, "no-store")]).into_response())
}

/// The path and query of an address of this site, percent-encoded; nothing when it would lead elsewhere.
fn local_path(base: &str, given: &str) -> Option<String> {
    let plain = given.starts_with('/')
        && !given.starts_with("//")
        && !given.contains('\\')
        && !given.chars().any(char::is_control);
    let base = url::Url::parse(base).ok()?;
    let there = base.join(given).ok().filter(|there| plain && there.origin() == base.origin())?;
    let path = there.path();
    if path.starts_with("//") {
        return None;
    }
    Some(there.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn w8_the_way_back_stays_here() {
        let back = |given| local_path("https://rennes.example", given);
        assert_eq!(back("/avis/ccnr-a1"), Some("/avis/ccnr-a1".to_owned()));
        assert_eq!(back("/recherche?q=d%C3%A9marches"), Some("/recherche?q=d%C3%A9marches".to_owned()));
        assert_eq!(back("/é"), Some("/%C3%A9".to_owned()));
        for elsewhere in [
            "//evil.example",
            "/\\evil.example",
            "https:evil",
            "https://evil.example/",
            "evil",
            "",
            "/\r\nSet-Cookie: a=b",
            "/.//evil.example",
            "/x/..//evil.example",
        ] {
            assert_eq!(back(elsewhere), None, "{elsewhere:?}");
        }
    }
}
