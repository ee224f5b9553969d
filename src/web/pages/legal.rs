//! The two pages French law asks for: the accessibility statement, in its prescribed form, and what is
//! done with personal data.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};

use crate::{
    App,
    i18n::{Lang, t},
    web::{html, layout::Page},
};

#[derive(Template)]
#[template(path = "accessibility.html")]
struct Accessibility {
    page: Page,
}

#[derive(Template)]
#[template(path = "privacy.html")]
struct Privacy {
    page: Page,
}

/// `GET /accessibilite`: not compliant as long as no audit is recorded.
pub async fn accessibility(State(app): State<App>, lang: Lang) -> Response {
    let page = Page::new(&app, lang, "/accessibilite")
        .titled(t(lang, "a11y-title"))
        .described(&t(lang, "a11y-state"));
    html(StatusCode::OK, &Accessibility { page })
}

/// `GET /donnees-personnelles`
pub async fn privacy(State(app): State<App>, lang: Lang) -> Response {
    let page = Page::new(&app, lang, "/donnees-personnelles")
        .titled(t(lang, "privacy-title"))
        .described(&t(lang, "privacy-lead"));
    html(StatusCode::OK, &Privacy { page })
}
