//! An error as a reader meets it: a page in their language with a way back, or an RFC 9457 document for a
//! program. Nothing of the inside is shown (threats W22).

use askama::Template;
use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{language, layout::Page};
use crate::{
    App, Error,
    i18n::{Lang, has, t, t_args},
};

/// What a page handler gives back when it does not give its page.
#[derive(Debug)]
pub struct Failure(Error);

impl<E: Into<Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

/// The parts of an error that may be told.
#[derive(Clone, Debug)]
struct Told {
    status: StatusCode,
    seconds: u64,
    problems: Vec<Shown>,
}

/// A broken rule, as told.
#[derive(Clone, Debug)]
struct Shown {
    field: String,
    rule: &'static str,
    detail: String,
}

impl Told {
    fn status(status: StatusCode) -> Self {
        Self { status, seconds: 0, problems: Vec::new() }
    }

    fn title(&self, lang: Lang) -> String {
        t(lang, &format!("error-{}-title", self.known()))
    }

    fn text(&self, lang: Lang) -> String {
        t_args(lang, &format!("error-{}-text", self.known()), &[("seconds", self.seconds.into())])
    }

    /// The status whose words we have: its own, or that of its class.
    fn known(&self) -> u16 {
        let code = self.status.as_u16();
        if has(Lang::Fr, &format!("error-{code}-title")) {
            code
        } else if self.status.is_client_error() {
            400
        } else {
            500
        }
    }

    /// As an RFC 9457 document.
    fn document(&self, lang: Lang) -> Response {
        let problems: Vec<_> = self
            .problems
            .iter()
            .map(|one| {
                json!({
                    "field": one.field,
                    "rule": one.rule,
                    "detail": one.detail,
                    "message": sentence(lang, one.rule),
                })
            })
            .collect();
        let mut body = json!({
            "type": "about:blank",
            "title": self.title(lang),
            "status": self.status.as_u16(),
            "detail": self.text(lang),
        });
        if !problems.is_empty() {
            body["problems"] = json!(problems);
        }
        let mut response = (self.status, Json(body)).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        self.retry(&mut response);
        response
    }

    /// As a text, for who asked for a table.
    fn plain(&self, lang: Lang) -> Response {
        let problems = self
            .problems
            .iter()
            .map(|one| format!("{}: {}\n{}\n", one.field, sentence(lang, one.rule), one.detail));
        let text = format!("{}\n{}\n{}", self.title(lang), self.text(lang), problems.collect::<String>());
        let mut response = (self.status, text).into_response();
        // A bare text is dressed again where routers are nested: in the same words.
        response.extensions_mut().insert(self.clone());
        self.retry(&mut response);
        response
    }

    fn retry(&self, response: &mut Response) {
        if self.seconds > 0 {
            response.headers_mut().insert(header::RETRY_AFTER, self.seconds.into());
        }
    }
}

/// The sentence of a rule; a rule without one is named.
#[must_use]
pub fn sentence(lang: Lang, rule: &str) -> String {
    let key = format!("problem-{rule}");
    if has(lang, &key) { t(lang, &key) } else { t_args(lang, "problem-other", &[("rule", rule.into())]) }
}

impl From<&Error> for Told {
    fn from(error: &Error) -> Self {
        match error {
            Error::Invalid { problems } => Self {
                problems: problems
                    .iter()
                    .map(|one| Shown { field: one.field.clone(), rule: one.rule, detail: one.detail.clone() })
                    .collect(),
                ..Self::status(StatusCode::UNPROCESSABLE_ENTITY)
            },
            Error::NotFound { .. } => Self::status(StatusCode::NOT_FOUND),
            Error::Gone { .. } => Self::status(StatusCode::GONE),
            Error::Forbidden { .. } => Self::status(StatusCode::FORBIDDEN),
            Error::Conflict { .. } => Self::status(StatusCode::CONFLICT),
            Error::Unavailable { retry_after, .. } => Self {
                seconds: retry_after.as_secs().max(1),
                ..Self::status(StatusCode::SERVICE_UNAVAILABLE)
            },
            Error::Internal(_) => Self::status(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }
}

/// Leaves the choice between page and document to [`render_failures`], which knows the request.
impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        if let Error::Internal(cause) = &self.0 {
            tracing::error!(error = format!("{cause:#}"), "a request failed");
        }
        let told = Told::from(&self.0);
        let mut response = told.document(Lang::Fr);
        response.extensions_mut().insert(told);
        response
    }
}

/// Shows errors in the language and the form of the request: a page; a problem document when `Accept` prefers JSON,
/// the path is under `/api/` or ends in `.json`; a text where a table was asked for. Also gives words to the errors of the router and
/// its extractors, whose bodies are empty or technical.
pub async fn render_failures(State(app): State<App>, request: Request, next: Next) -> Response {
    let lang = language::of(request.headers(), &app);
    let path = request.uri().path().to_owned();
    let form = path.rsplit_once('.').map_or("", |(_, form)| form).to_owned();
    let json = path.starts_with("/api/") || form == "json" || wants_json(request.headers());
    let response = next.run(request).await;
    let status = response.status();
    let told = match response.extensions().get::<Told>() {
        Some(told) => told.clone(),
        None if is_bare(&response) => Told::status(status),
        None => return response,
    };
    let mut shown = match json {
        true => told.document(lang),
        false if form == "csv" => told.plain(lang),
        false => page(&app, lang, &path, &told),
    };
    shown.headers_mut().append(header::VARY, HeaderValue::from_static("Accept, Accept-Language, Cookie"));
    for kept in [header::ALLOW, header::CACHE_CONTROL] {
        if let Some(value) = response.headers().get(&kept) {
            shown.headers_mut().insert(kept, value.clone());
        }
    }
    shown
}

/// An error that nobody dressed: plain text or nothing.
fn is_bare(response: &Response) -> bool {
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    (status.is_client_error() || status.is_server_error())
        && kind.is_none_or(|kind| kind.starts_with("text/plain"))
}

/// Whether JSON is asked for by name and HTML is not.
fn wants_json(headers: &HeaderMap) -> bool {
    let accepts = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    accepts.contains("json") && !accepts.contains("text/html")
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    page: Page,
    text: String,
    problems: Vec<(String, String, String)>,
}

fn page(app: &App, lang: Lang, path: &str, told: &Told) -> Response {
    let problems = told
        .problems
        .iter()
        .map(|one| (one.field.clone(), sentence(lang, one.rule), one.detail.clone()))
        .collect();
    let page = Page::new(app, lang, path).titled(told.title(lang)).unlisted();
    let mut response = super::html(told.status, &ErrorPage { page, text: told.text(lang), problems });
    told.retry(&mut response);
    response
}
