//! `Digest` (RFC 3230) and `Content-Digest` (RFC 9530): SHA-256 and SHA-512 only, one value (S3, S28, S29).

use aws_lc_rs::digest::{self as hash, SHA256, SHA512};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::Refusal;

/// `SHA-256=…` of a body, for `Digest`.
#[must_use]
pub fn digest(body: &[u8]) -> String {
    format!("SHA-256={}", STANDARD.encode(hash::digest(&SHA256, body)))
}

/// `sha-256=:…:` of a body, for `Content-Digest`.
#[must_use]
pub fn content_digest(body: &[u8]) -> String {
    format!("sha-256=:{}:", STANDARD.encode(hash::digest(&SHA256, body)))
}

/// Checks the value of a `Digest` header.
///
/// # Errors
/// `dup_header` for a list, `digest_missing` for an algorithm we do not know, `digest_mismatch`.
pub fn check_digest(value: &str, body: &[u8]) -> Result<(), Refusal> {
    if value.contains(',') {
        return Err(Refusal::DupHeader);
    }
    let (algorithm, written) = value.split_once('=').ok_or(Refusal::DigestMissing)?;
    compare(algorithm, written, body)
}

/// Checks the value of a `Content-Digest` header; of several algorithms, those we know must all hold.
///
/// # Errors
/// `digest_missing` when none is known, `digest_mismatch`.
pub fn check_content_digest(value: &str, body: &[u8]) -> Result<(), Refusal> {
    let mut known = 0;
    for entry in value.split(',') {
        let (algorithm, written) = entry.trim().split_once('=').ok_or(Refusal::DigestMissing)?;
        let written = written.strip_prefix(':').and_then(|text| text.strip_suffix(':'));
        match compare(algorithm, written.ok_or(Refusal::DigestMismatch)?, body) {
            Ok(()) => known += 1,
            Err(Refusal::DigestMissing) => {}
            Err(refusal) => return Err(refusal),
        }
    }
    if known > 0 { Ok(()) } else { Err(Refusal::DigestMissing) }
}

/// One algorithm and its value, in base64.
fn compare(algorithm: &str, written: &str, body: &[u8]) -> Result<(), Refusal> {
    let algorithm = match algorithm.to_ascii_lowercase().as_str() {
        "sha-256" => &SHA256,
        "sha-512" => &SHA512,
        _ => return Err(Refusal::DigestMissing),
    };
    let written = STANDARD.decode(written).map_err(|_| Refusal::DigestMismatch)?;
    if written == hash::digest(algorithm, body).as_ref() { Ok(()) } else { Err(Refusal::DigestMismatch) }
}
