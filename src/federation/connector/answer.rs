//! What came back, read no further than its reader wants.

use std::time::Duration;

use http::{HeaderMap, header};
use jiff::Timestamp;

use super::ConnectorError;
use crate::domain::Iri;

/// The longest a `Retry-After` is obeyed (promise R6).
const LONGEST_PAUSE: u64 = 24 * 3600;

/// A fetched document.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// Where it was found in the end, without a fragment.
    pub final_url: Iri,
    /// Status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// The one `Content-Type`; none when it is missing or comes twice (O18).
    pub content_type: Option<String>,
    /// Body.
    pub body: Vec<u8>,
}

impl Fetched {
    /// Reads the body, stopping as soon as it is too long (D3); a compressed one is refused.
    pub(super) async fn read(
        final_url: Iri,
        mut response: reqwest::Response,
        max_bytes: usize,
    ) -> Result<Self, ConnectorError> {
        let encoded = response.headers().get_all(header::CONTENT_ENCODING).iter();
        if encoded.into_iter().any(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity")) {
            return Err(ConnectorError::Protocol("compressed".to_owned()));
        }
        if response.content_length().is_some_and(|length| length > max_bytes as u64) {
            return Err(ConnectorError::TooLarge(max_bytes));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| ConnectorError::from_client(&error))? {
            if body.len() + chunk.len() > max_bytes {
                return Err(ConnectorError::TooLarge(max_bytes));
            }
            body.extend_from_slice(&chunk);
        }
        let headers = response.headers().clone();
        let mut types = headers.get_all(header::CONTENT_TYPE).iter();
        let content_type = match (types.next(), types.next()) {
            (Some(one), None) => one.to_str().ok().map(str::to_owned),
            _ => None,
        };
        Ok(Self { final_url, status: response.status().as_u16(), headers, content_type, body })
    }

    /// The body as text.
    ///
    /// # Errors
    /// `Protocol` when it is not UTF-8.
    pub fn text(&self) -> Result<&str, ConnectorError> {
        std::str::from_utf8(&self.body).map_err(|_| ConnectorError::Protocol("not UTF-8".to_owned()))
    }
}

/// The answer to a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Status.
    pub status: u16,
    /// How long the other side asks us to wait, a day at most.
    pub retry_after: Option<Duration>,
    /// How far its clock (`Date`) and ours are apart, either way.
    pub drift: Option<Duration>,
    /// The start of the body, for the log.
    pub body: String,
}

impl Answer {
    /// Reads the start of the body; a body that breaks off changes nothing about the status.
    pub(super) async fn read(mut response: reqwest::Response, max_bytes: usize, now: Timestamp) -> Self {
        let status = response.status().as_u16();
        let field = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        let retry_after = field(header::RETRY_AFTER).and_then(|text| pause(text, now));
        let drift = field(header::DATE)
            .and_then(seconds)
            .map(|theirs| Duration::from_secs(theirs.abs_diff(u64::try_from(now.as_second()).unwrap_or(0))));
        let mut body = Vec::new();
        while body.len() < max_bytes {
            let Ok(Some(chunk)) = response.chunk().await else { break };
            body.extend_from_slice(&chunk[..chunk.len().min(max_bytes - body.len())]);
        }
        Self { status, retry_after, drift, body: String::from_utf8_lossy(&body).into_owned() }
    }
}

/// `Retry-After`: seconds, or an instant.
fn pause(text: &str, now: Timestamp) -> Option<Duration> {
    let wait = if let Ok(seconds) = text.trim().parse::<u64>() {
        seconds
    } else {
        seconds(text)?.saturating_sub(u64::try_from(now.as_second()).unwrap_or(0))
    };
    Some(Duration::from_secs(wait.min(LONGEST_PAUSE)))
}

/// An HTTP date, in seconds since 1970.
fn seconds(text: &str) -> Option<u64> {
    let instant = httpdate::parse_http_date(text.trim()).ok()?;
    Some(instant.duration_since(std::time::SystemTime::UNIX_EPOCH).ok()?.as_secs())
}
