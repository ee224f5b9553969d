//! When a signature is of now: not older than an hour, not more than five minutes ahead (S10 to S14).

use std::time::{Duration, SystemTime};

use jiff::Timestamp;

use super::Refusal;

/// Oldest accepted, in seconds.
pub(super) const BACK: i64 = 3600;
/// Furthest ahead, in seconds.
pub(super) const AHEAD: i64 = 300;

/// Checks an instant of signing.
pub(super) fn check(at: i64, now: Timestamp) -> Result<(), Refusal> {
    let now = now.as_second();
    if at < now.saturating_sub(BACK) {
        Err(Refusal::Expired)
    } else if at > now.saturating_add(AHEAD) {
        Err(Refusal::Future)
    } else {
        Ok(())
    }
}

/// Checks an instant of expiry; how far it lies ahead does not matter, [`check`] caps it at an hour (S14).
pub(super) fn check_expiry(at: i64, now: Timestamp) -> Result<(), Refusal> {
    if at < now.as_second() { Err(Refusal::Expired) } else { Ok(()) }
}

/// Reads a `Date` header: the one form of RFC 9110 that is to be written, nothing else (S13).
pub(super) fn http_date(text: &str) -> Result<i64, Refusal> {
    let time = httpdate::parse_http_date(text).map_err(|_| Refusal::BadDate)?;
    if httpdate::fmt_http_date(time) != text {
        return Err(Refusal::BadDate);
    }
    let seconds = time.duration_since(SystemTime::UNIX_EPOCH).map_err(|_| Refusal::BadDate)?.as_secs();
    i64::try_from(seconds).map_err(|_| Refusal::BadDate)
}

/// Writes a `Date` header.
pub(super) fn to_http_date(now: Timestamp) -> String {
    let seconds = u64::try_from(now.as_second()).unwrap_or(0);
    httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
}
