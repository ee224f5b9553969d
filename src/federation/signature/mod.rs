//! HTTP signatures: draft-cavage-12 as the fediverse speaks it, and RFC 9421. Pure functions over a
//! request as it was received: no network, no clock, no storage (threats table S).
//!
//! [`parse`] does everything that is possible without the key; only what passes is worth a key.
//! [`Checked::verify`] then does the one expensive step.

pub mod cavage;
pub mod digest;
pub mod key;
mod refusal;
pub mod rfc9421;
mod sign;
mod window;

use http::HeaderMap;
use jiff::Timestamp;

use crate::domain::Iri;

pub use key::{KeyError, SigningKey, VerifyingKey};
pub use refusal::Refusal;
pub use sign::{Form, Signer};

/// Longest value of a signature header, in bytes (S30).
const MAX_HEADER: usize = 8 * 1024;

/// A request as it arrived, and what we know about ourselves.
#[derive(Clone, Copy, Debug)]
pub struct RequestView<'a> {
    /// Method, upper case.
    pub method: &'a str,
    /// Path and query exactly as received.
    pub target: &'a str,
    /// `https://rennes.example`: our own scheme and authority, from the configuration (never from a header).
    pub base: &'a str,
    /// All headers.
    pub headers: &'a HeaderMap,
    /// The body, empty for a GET.
    pub body: &'a [u8],
    /// The present instant.
    pub now: Timestamp,
}

impl<'a> RequestView<'a> {
    /// Our authority: `rennes.example`, `rennes.localhost:8101`.
    #[must_use]
    pub fn authority(&self) -> &'a str {
        self.base.split_once("://").map_or(self.base, |(_, authority)| authority)
    }

    /// The one value of a header: none, or a refusal when it comes twice or is not visible ASCII (S28).
    fn single(&self, name: &str) -> Result<Option<&'a str>, Refusal> {
        let mut values = self.headers.get_all(name).iter();
        let Some(value) = values.next() else { return Ok(None) };
        if values.next().is_some() {
            return Err(Refusal::DupHeader);
        }
        value.to_str().map(|text| Some(text.trim())).map_err(|_| Refusal::SigMalformed)
    }
}

/// A signature that holds in every way that can be told without its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The key it names.
    pub key_id: Iri,
    /// What was signed.
    pub(crate) base: Vec<u8>,
    /// The signature.
    pub(crate) signature: Vec<u8>,
    /// The algorithm it names; none: that of the key.
    pub(crate) algorithm: Option<Algorithm>,
}

/// The algorithms we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RsaSha256,
    /// Ed25519 (RFC 8032).
    Ed25519,
}

impl Checked {
    /// Verifies the signature with the key it names.
    ///
    /// # Errors
    /// `sig_invalid` when the key did not make it; `bad_algorithm` when the key is of another kind (S17, S31).
    pub fn verify(&self, key: &VerifyingKey) -> Result<(), Refusal> {
        if self.algorithm.is_some_and(|algorithm| algorithm != key.algorithm()) {
            return Err(Refusal::BadAlgorithm);
        }
        if key.verify(&self.base, &self.signature) { Ok(()) } else { Err(Refusal::SigInvalid) }
    }
}

/// Reads the signature of a request (RFC 9421 when there is a `Signature-Input`, else draft-cavage) and
/// checks all but the key: headers once each, our host, times, digest, coverage.
///
/// # Errors
/// Any [`Refusal`] of table S that needs no key.
pub fn parse(request: &RequestView<'_>) -> Result<Checked, Refusal> {
    for name in ["host", "date", "digest", "content-digest", "signature", "signature-input", "content-type"] {
        let value = request.single(name)?;
        if value.is_some_and(|text| text.len() > MAX_HEADER) {
            return Err(Refusal::HeaderTooLarge);
        }
    }
    let signature = request.single("signature")?;
    refuse_a_second_signature(request, signature)?;
    let Some(signature) = signature else { return Err(Refusal::SigMissing) };
    check_host(request)?;
    match request.single("signature-input")? {
        Some(input) => rfc9421::parse(request, input, signature),
        None => cavage::parse(request, signature),
    }
}

/// `Authorization: Signature …` beside another `Signature` is two signatures (S28).
fn refuse_a_second_signature(request: &RequestView<'_>, signature: Option<&str>) -> Result<(), Refusal> {
    let mut others = request.headers.get_all("authorization").iter();
    let scheme = |value: &http::HeaderValue| {
        value.as_bytes().get(..10).is_some_and(|start| start.eq_ignore_ascii_case(b"signature "))
    };
    if signature.is_some() && others.any(scheme) { Err(Refusal::DupHeader) } else { Ok(()) }
}

/// The request was meant for us: its `Host` is the authority of our public URL (S9, S33).
fn check_host(request: &RequestView<'_>) -> Result<(), Refusal> {
    let ours = request.authority();
    let default_port = if request.base.starts_with("https://") { ":443" } else { ":80" };
    let host = request.single("host")?.ok_or(Refusal::HostMismatch)?;
    let same = host.eq_ignore_ascii_case(ours)
        || host.strip_suffix(default_port).is_some_and(|name| name.eq_ignore_ascii_case(ours));
    if same { Ok(()) } else { Err(Refusal::HostMismatch) }
}

/// The key a signature names, in canonical spelling (S24, O22).
fn key_id(text: &str) -> Result<Iri, Refusal> {
    Iri::parse(text).map_err(|_| Refusal::BadKeyId)
}

#[cfg(test)]
mod tests;
