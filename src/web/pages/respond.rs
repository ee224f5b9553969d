//! The form behind a one-time link: a body without a node acknowledges, answers or declines a relay. Plain HTML, no
//! script, no cookie: the secret of the address is all there is, so that nobody's browser can be made to send it.
//! Never kept, never indexed (register.md rule 12).

use askama::Template;
use axum::{
    Form,
    extract::{Path, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Redirect, Response},
};
use serde::Deserialize;

use crate::{
    App, Error, Result,
    actions::invitations::{self, Entry, Opened},
    domain::{
        Code,
        codes::{Decision, Reason},
    },
    i18n::{Lang, t},
    storage::{
        records::{self, Row},
        standings,
    },
    web::{
        Failure,
        error::sentence,
        html,
        layout::Page,
        view::{self, Hop, People, Sheet},
    },
};

#[derive(Template)]
#[template(path = "respond.html")]
struct Respond {
    page: Page,
    /// The relay, while it can be answered.
    relay: Option<(Sheet, Option<Hop>)>,
    /// What is relayed.
    concerned: Vec<Sheet>,
    decisions: Vec<(String, String)>,
    reasons: Vec<(String, String)>,
    given: Given,
    /// What is wrong with what was sent.
    wrong: Option<String>,
    /// Page and title of what was entered before.
    entered: Option<(String, String)>,
    used: bool,
}

/// What was written into the form.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Given {
    what: String,
    decision: String,
    reason: String,
    text: String,
}

/// `GET /relais/repondre/{token}`
///
/// # Errors
/// Not found, when there is no such link.
pub async fn show(
    State(app): State<App>,
    lang: Lang,
    Path(token): Path<String>,
) -> Result<Response, Failure> {
    let opened = invitations::open(&app, &token).await?;
    Ok(form(&app, lang, opened, Given::default(), None).await?)
}

/// `POST /relais/repondre/{token}`: once.
///
/// # Errors
/// Not found, when there is no such link.
pub async fn answer(
    State(app): State<App>,
    lang: Lang,
    Path(token): Path<String>,
    Form(given): Form<Given>,
) -> Result<Response, Failure> {
    let entered = match entry(&given) {
        Ok(entry) => invitations::enter(&app, &token, entry, &given.text).await.map(drop),
        Err(error) => Err(error),
    };
    let problem = match entered {
        // Used meanwhile, or over: the page says so.
        Ok(()) | Err(Error::Conflict { .. }) => {
            return Ok(private(Redirect::to(&format!("/relais/repondre/{token}")).into_response()));
        }
        Err(Error::Invalid { problems }) => problems.into_iter().next(),
        Err(error) => return Err(error.into()),
    };
    let opened = invitations::open(&app, &token).await?;
    let wrong = problem.map(|problem| sentence(lang, problem.rule));
    let mut response = form(&app, lang, opened, given, wrong).await?;
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

fn entry(given: &Given) -> Result<Entry> {
    let reason =
        || Some(given.reason.as_str()).filter(|reason| !reason.is_empty()).map(Reason::written).transpose();
    Ok(match given.what.as_str() {
        "receipt" => Entry::Receipt,
        "answer" => Entry::Answer(Decision::written(&given.decision)?, reason()?),
        "refusal" => {
            Entry::Refusal(reason()?.ok_or_else(|| Error::invalid("reason", "reason-needed", "declined"))?)
        }
        _ => return Err(Error::invalid("what", "missing-field", "what")),
    })
}

/// The page of what a link opens.
async fn form(
    app: &App,
    lang: Lang,
    opened: Opened,
    given: Given,
    wrong: Option<String>,
) -> Result<Response> {
    let page = Page::new(app, lang, "/relais").titled(t(lang, "respond-title")).unlisted();
    let (status, relay, used, entered) = match opened {
        Opened::Relay(relay) => (StatusCode::OK, Some(*relay), false, None),
        Opened::Used(entered) => (StatusCode::OK, None, true, entered),
        Opened::Over => (StatusCode::GONE, None, false, None),
    };
    let (relay, concerned) = match &relay {
        Some(row) => {
            let (relay, concerned) = about(app, &page, row).await?;
            (Some(relay), concerned)
        }
        None => (None, Vec::new()),
    };
    let shown = Respond {
        relay,
        concerned,
        decisions: options::<Decision>(lang),
        reasons: options::<Reason>(lang),
        given,
        wrong,
        entered: entered.map(|row| (view::href(app, &row), crate::web::markup::name(&row.title))),
        used,
        page,
    };
    Ok(private(html(status, &shown)))
}

/// The relay and what it relays.
async fn about(app: &App, page: &Page, row: &Row) -> Result<((Sheet, Option<Hop>), Vec<Sheet>)> {
    let said = view::relay_of(row);
    let concerned: Vec<&str> =
        said.iter().flat_map(|said| &said.concerns).map(crate::domain::Iri::as_str).collect();
    let rows = records::by_uris(&app.db, &concerned).await?;
    let relays = standings::relays(&app.db, &concerned).await?;
    let mut named: Vec<&str> = Vec::new();
    for row in rows.iter().chain([row]) {
        named.push(&row.author);
        named.extend(row.addressee.as_deref());
    }
    let people = People::load(app, named).await?;
    let relay = relays.iter().find(|relay| relay.uri == row.uri);
    let hop = relay.and_then(|relay| Hop::of(app, page, &people, row, relay));
    let sheets = rows.iter().map(|row| Sheet::of(app, page, &people, row)).collect();
    Ok(((Sheet::of(app, page, &people, row), hop), sheets))
}

/// The words of a list, with their labels.
fn options<C: Code>(lang: Lang) -> Vec<(String, String)> {
    C::ALL.iter().map(|(word, code)| ((*word).to_owned(), code.label(lang.code()).to_owned())).collect()
}

/// Neither kept nor indexed.
fn private(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, nofollow"));
    response
}
