//! The inboxes: a message passes the gate, is read as an activity, and is handed to the file of its type.
//! The answer is given after the commit (threats R1), and says nothing but a code.

use std::net::{IpAddr, SocketAddr};

use axum::{
    body::{Body, to_bytes},
    extract::{ConnectInfo, State},
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::{IntoResponse as _, Response},
};

use super::{
    activities, delivery,
    gate::{self, Admitted, Incoming, MAX_BODY},
    signature::Refusal,
};
use crate::{App, Error, Result, domain::activity::Activity, storage};

/// A message that passed the gate.
pub struct Message {
    /// The activity.
    pub activity: Activity,
    /// Its text, exactly as received.
    pub text: String,
    /// Who sent it.
    pub sender: storage::actors::Actor,
    /// Whether its host is limited: it may not speak here, nor follow.
    pub limited: bool,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It had its effect.
    Done,
    /// It had it before (threats S15).
    Known,
    /// Nothing here is done with it.
    Ignored,
}

impl From<bool> for Outcome {
    fn from(done: bool) -> Self {
        if done { Self::Done } else { Self::Known }
    }
}

/// `POST` to an actor's inbox or to the shared one.
pub async fn post(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let body = match to_bytes(body, MAX_BODY).await {
        Ok(body) => body,
        Err(error) if is_too_long(&error) => {
            metrics::counter!("ap_refused_total", "reason" => Refusal::TooLarge.reason()).increment(1);
            return refusal(Refusal::TooLarge);
        }
        // It broke off, or did not come in time (threats D10).
        Err(_) => return (StatusCode::REQUEST_TIMEOUT, "timeout").into_response(),
    };
    let peer = client(&app, peer.ip(), &headers);
    let message = Incoming { method: &method, uri: &uri, headers: &headers, body: &body, peer };
    match gate::admit(&app, message).await {
        Ok(admitted) => answer(receive(&app, admitted).await),
        Err(refused) => refusal(refused),
    }
}

/// Whether a body was not read because it is longer than what is taken.
fn is_too_long(error: &axum::Error) -> bool {
    let source = std::error::Error::source(error);
    source.and_then(|source| source.downcast_ref::<http_body_util::LengthLimitError>()).is_some()
}

/// Who is at the other end: behind a proxy we trust, the last address it forwarded; never what anybody
/// else claims (threats S33).
pub(super) fn client(app: &App, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    if !app.config.trusted_proxies.iter().any(|network| network.contains(&peer)) {
        return peer;
    }
    let forwarded = headers.get_all("x-forwarded-for").iter().next_back();
    let last = forwarded.and_then(|value| value.to_str().ok()).and_then(|value| value.rsplit(',').next());
    last.and_then(|address| address.trim().parse().ok()).unwrap_or(peer)
}

/// The answer to a refused message: its status, and its reason as the whole body.
fn refusal(refusal: Refusal) -> Response {
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = (status, refusal.reason()).into_response();
    if let Some(seconds) = refusal.retry_after() {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

/// Hands an admitted message to the file of its type.
///
/// # Errors
/// Why it has no effect.
async fn receive(app: &App, admitted: Admitted) -> Result<Outcome> {
    delivery::heard(app, &admitted.actor.host, admitted.standing.heard_at).await?;
    let activity = Activity::from_document(admitted.activity)?;
    if admitted.standing.known {
        metrics::counter!("ap_replayed_total").increment(1);
        return Ok(Outcome::Known);
    }
    let limited = admitted.standing.limited;
    let message = Message { activity, text: admitted.text, sender: admitted.actor, limited };
    let outcome = activities::receive(app, &message).await;
    if !matches!(outcome, Ok(Outcome::Done | Outcome::Ignored)) {
        // The answer rests on what somebody else wrote, perhaps a moment ago.
        app.db.settled().await?;
    }
    let kind = message.activity.kind.name();
    match &outcome {
        Ok(outcome) => tracing::debug!(kind, actor = %message.sender.uri, ?outcome, "message received"),
        Err(error) => tracing::info!(kind, actor = %message.sender.uri, %error, "message without effect"),
    }
    outcome
}

/// Short and constant: nothing of the request is echoed. What an action refuses is counted like what the
/// gate refuses.
fn answer(outcome: Result<Outcome>) -> Response {
    let Err(error) = outcome else { return StatusCode::ACCEPTED.into_response() };
    let (status, reason) = match &error {
        Error::Invalid { problems } => {
            (StatusCode::BAD_REQUEST, problems.first().map_or("invalid", |problem| problem.rule))
        }
        Error::Forbidden { .. } => (StatusCode::FORBIDDEN, "forbidden"),
        Error::NotFound { .. } => (StatusCode::NOT_FOUND, "not_found"),
        Error::Gone { .. } => (StatusCode::GONE, "gone"),
        Error::Conflict { .. } => (StatusCode::CONFLICT, "conflict"),
        Error::Unavailable { .. } => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
        Error::Internal(error) => {
            tracing::error!(error = format!("{error:#}"), "inbox");
            (StatusCode::INTERNAL_SERVER_ERROR, "internal")
        }
    };
    metrics::counter!("ap_refused_total", "reason" => reason).increment(1);
    let mut response = (status, reason).into_response();
    if let Error::Unavailable { retry_after, .. } = error {
        response.headers_mut().insert(header::RETRY_AFTER, retry_after.as_secs().max(1).into());
    }
    response
}
