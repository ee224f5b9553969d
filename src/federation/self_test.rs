//! What of our own signed request arrives here, as the proxy in front passes it: asked by `parvis doctor` through
//! the public URL. Only whoever can write in our database learns anything: the token is made there for one test,
//! holds for a minute, and without it there is nothing at this address.

use std::net::SocketAddr;

use axum::{
    body::{Body, to_bytes},
    extract::{ConnectInfo, State},
    response::Response,
};
use http::{HeaderMap, Method, Uri, header};
use serde::{Deserialize, Serialize};

use super::{
    gate::{self, Incoming, MAX_BODY},
    inbox, respond,
    signature::{Checked, VerifyingKey},
};
use crate::{App, Error, Result, storage};

/// Where it is asked.
pub const PATH: &str = "/api/v1/self-test";
/// Setting: the token and until when it holds (milliseconds since 1970).
const SETTING: &str = "self-test";
/// How long a token holds, in milliseconds.
const HOLDS: i64 = 60_000;

/// What arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrived {
    /// `ok`, or why the gate would refuse.
    pub signature: String,
    /// `Host`, as it came.
    pub host: Option<String>,
    /// Path and query, as they came.
    pub target: String,
    /// Bytes of the body.
    pub length: usize,
    /// Who is at the other end of the connection.
    pub peer: String,
    /// Whether that is one of `trusted_proxies`.
    pub trusted: bool,
    /// Who we take the visitor for.
    pub client: String,
    /// `X-Forwarded-For`, as it came.
    pub forwarded_for: Option<String>,
}

/// Makes the token of one test.
///
/// # Errors
/// Those of the database.
pub async fn begin(app: &App) -> Result<String> {
    let token = format!("{:016x}{:016x}", app.chance.bits(), app.chance.bits());
    let value = format!("{token} {}", app.clock.now_ms() + HOLDS);
    let mut tx = app.db.begin().await?;
    storage::settings::put(&mut tx, SETTING, &value).await?;
    tx.commit().await?;
    Ok(token)
}

/// `POST /api/v1/self-test?token=…`.
pub async fn post(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let arrived = async {
        let given = uri.query().and_then(|query| query.strip_prefix("token=")).unwrap_or_default();
        if !holds(&app, given).await? {
            return Err(Error::not_found(PATH));
        }
        let body = to_bytes(body, MAX_BODY).await.map_err(|_| Error::invalid("body", "unreadable", ""))?;
        let client = inbox::client(&app, peer.ip(), &headers);
        let message = Incoming { method: &method, uri: &uri, headers: &headers, body: &body, peer: client };
        let signature = match gate::check_signature(&app, &message) {
            Ok(checked) => by_one_of_us(&app, &checked).await?,
            Err(refusal) => refusal.reason(),
        };
        let arrived = Arrived {
            signature: signature.to_owned(),
            host: text(&headers, header::HOST.as_str()),
            target: uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
            length: body.len(),
            peer: peer.ip().to_string(),
            trusted: app.config.trusted_proxies.iter().any(|network| network.contains(&peer.ip())),
            client: client.to_string(),
            forwarded_for: text(&headers, "x-forwarded-for"),
        };
        let body = serde_json::to_string(&arrived).map_err(Error::internal)?;
        Ok(respond::text(respond::JSON, body))
    };
    match arrived.await {
        Ok(mut response) => {
            respond::set(response.headers_mut(), header::CACHE_CONTROL, "no-store");
            response
        }
        Err(error) => respond::failure(&error),
    }
}

async fn holds(app: &App, given: &str) -> Result<bool> {
    if given.len() != 32 {
        return Ok(false);
    }
    let kept = storage::settings::get(&app.db, SETTING).await?.unwrap_or_default();
    let (token, until) = kept.split_once(' ').unwrap_or_default();
    let until: i64 = until.parse().unwrap_or(0);
    let same = aws_lc_rs::constant_time::verify_slices_are_equal(token.as_bytes(), given.as_bytes()).is_ok();
    Ok(same && app.clock.now_ms() <= until)
}

/// Whether one of our own keys made a signature.
async fn by_one_of_us(app: &App, checked: &Checked) -> Result<&'static str> {
    let key = storage::keys::get(&app.db, checked.key_id.as_str()).await?;
    let Some(key) = key.filter(|key| key.secret.is_some()) else { return Ok("key_unknown") };
    let verified = VerifyingKey::parse(&key.public).ok().map(|key| checked.verify(&key));
    Ok(match verified {
        Some(Ok(())) => "ok",
        Some(Err(refusal)) => refusal.reason(),
        None => "bad_key",
    })
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(ToOwned::to_owned)
}
