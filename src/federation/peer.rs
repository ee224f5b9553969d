//! Questions to another server that are not deliveries: small, bounded, through the one connector.

use std::time::Duration;

use serde::de::DeserializeOwned;

use crate::{
    App, Error, Result,
    domain::Iri,
    federation::{
        connector::{ConnectorError, Fetched},
        signature::Signer,
    },
    storage::actors,
};

/// When a silent server is worth another question.
const LATER: Duration = Duration::from_mins(5);

/// Scheme and authority of a host: those of an actor known from there, https otherwise.
///
/// # Errors
/// Those of the database; `Invalid` when it is no authority.
pub(super) async fn origin(app: &App, host: &str) -> Result<String> {
    let known = actors::by_host(&app.db, host).await?.into_iter().next();
    let origin = match known {
        Some(actor) => Iri::parse(&actor.uri)?.origin().to_owned(),
        None => Iri::parse(&format!("https://{host}"))?.origin().to_owned(),
    };
    Ok(origin)
}

/// A JSON document of at most `max` bytes.
///
/// # Errors
/// `Unavailable` when there is no such answer; never shows what the other server wrote.
pub(super) async fn json<T: DeserializeOwned>(
    app: &App,
    url: &Iri,
    signer: Option<&Signer>,
    max: usize,
) -> Result<T> {
    let fetched =
        app.http.get(url, signer, "application/json", max).await.map_err(|error| silent(url, &error))?;
    read(url, &fetched)
}

fn read<T: DeserializeOwned>(url: &Iri, fetched: &Fetched) -> Result<T> {
    if fetched.status != 200 {
        return Err(silent(url, &ConnectorError::Status(fetched.status)));
    }
    if !fetched.content_type.as_deref().is_some_and(is_json) {
        return Err(silent(url, &ConnectorError::ContentType));
    }
    serde_json::from_slice(&fetched.body).map_err(|error| {
        let place = format!("line {} column {}", error.line(), error.column());
        silent(url, &ConnectorError::Protocol(place))
    })
}

/// Whether a `Content-Type` says JSON: what somebody uploaded there says otherwise (threats O18).
fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// No usable answer.
pub(super) fn silent(url: &Iri, error: &ConnectorError) -> Error {
    Error::Unavailable { why: format!("{url}: {error}"), retry_after: LATER }
}
