//! draft-cavage-http-signatures-12, the form the fediverse speaks: rsa-sha256 over the request target,
//! the host, the date and the digest.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{
    Algorithm, Checked, KeyError, Refusal, RequestView, Signer, digest, key_id, sign::Outgoing, window,
};
use crate::federation::media::ACTIVITY_JSON;

/// Most headers one signature may cover (S30).
const MAX_COVERED: usize = 32;

/// The parameters of a `Signature` header.
#[derive(Debug, Default)]
pub(super) struct Parameters<'a> {
    key_id: Option<&'a str>,
    algorithm: Option<&'a str>,
    created: Option<i64>,
    expires: Option<i64>,
    headers: Option<&'a str>,
    signature: Option<&'a str>,
}

/// Checks all but the key.
pub(super) fn parse(request: &RequestView<'_>, header: &str) -> Result<Checked, Refusal> {
    let parameters = parameters(header)?;
    let key_id = key_id(parameters.key_id.ok_or(Refusal::SigMalformed)?)?;
    let covered = covered(parameters.headers.unwrap_or("date"))?;
    let algorithm = algorithm(&parameters, &covered)?;
    check_times(request, &parameters, &covered)?;
    check_coverage(request, &covered)?;
    let signature = parameters.signature.ok_or(Refusal::SigMalformed)?;
    let signature = STANDARD.decode(signature).map_err(|_| Refusal::SigInvalid)?;
    let base = base(request, &parameters, &covered)?;
    Ok(Checked { key_id, base: base.into_bytes(), signature, algorithm })
}

/// Reads `name="value"` and `name=123`, separated by commas; a name comes once, a value has no escapes.
pub(super) fn parameters(header: &str) -> Result<Parameters<'_>, Refusal> {
    let (mut found, mut rest, mut seen) = (Parameters::default(), header.trim(), Vec::new());
    loop {
        let (name, after) = rest.split_once('=').ok_or(Refusal::SigMalformed)?;
        let name = name.trim();
        if seen.contains(&name) {
            return Err(Refusal::SigMalformed);
        }
        seen.push(name);
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').ok_or(Refusal::SigMalformed)?,
            None => after.split_at(after.find(',').unwrap_or(after.len())),
        };
        if value.contains('\\') {
            return Err(Refusal::SigMalformed);
        }
        let instant = || value.trim().parse::<i64>().map_err(|_| Refusal::BadDate);
        match name {
            "keyId" => found.key_id = Some(value),
            "algorithm" => found.algorithm = Some(value),
            "headers" => found.headers = Some(value),
            "signature" => found.signature = Some(value),
            "created" => found.created = Some(instant()?),
            "expires" => found.expires = Some(instant()?),
            _ => {}
        }
        match after.trim().strip_prefix(',') {
            Some(next) => rest = next,
            None if after.trim().is_empty() => return Ok(found),
            None => return Err(Refusal::SigMalformed),
        }
    }
}

/// What is covered: lower-case names, each once, in order.
pub(super) fn covered(list: &str) -> Result<Vec<String>, Refusal> {
    let names: Vec<String> = list.split(' ').map(str::to_ascii_lowercase).collect();
    let repeated = names.iter().enumerate().any(|(at, name)| names[..at].contains(name));
    if names.len() > MAX_COVERED || repeated || names.iter().any(String::is_empty) {
        return Err(Refusal::SigMalformed);
    }
    Ok(names)
}

/// `rsa-sha256` says so; `hs2019` or nothing leave it to the key (S17, S18).
fn algorithm(parameters: &Parameters<'_>, covered: &[String]) -> Result<Option<Algorithm>, Refusal> {
    match parameters.algorithm {
        // The draft forbids `(created)` and `(expires)` with the older names.
        Some("rsa-sha256") if covered.iter().any(|name| name == "(created)" || name == "(expires)") => {
            Err(Refusal::BadAlgorithm)
        }
        Some("rsa-sha256") => Ok(Some(Algorithm::RsaSha256)),
        Some("hs2019") | None => Ok(None),
        Some(_) => Err(Refusal::BadAlgorithm),
    }
}

/// The signed times: `Date` or `(created)`, both when both are covered, and `(expires)` (S10 to S14).
fn check_times(
    request: &RequestView<'_>,
    parameters: &Parameters<'_>,
    covered: &[String],
) -> Result<(), Refusal> {
    let covers = |name: &str| covered.iter().any(|covered| covered == name);
    let date = request.single("date")?;
    if date.is_none() && !covers("(created)") {
        return Err(Refusal::NoDate);
    }
    if !covers("date") && !covers("(created)") {
        return Err(Refusal::NotCovered);
    }
    if covers("date") {
        window::check(window::http_date(date.ok_or(Refusal::NoDate)?)?, request.now)?;
    }
    if covers("(created)") {
        window::check(parameters.created.ok_or(Refusal::NoDate)?, request.now)?;
    }
    if let Some(expires) = parameters.expires {
        window::check_expiry(expires, request.now)?;
    }
    Ok(())
}

/// The target, the host, and with a body its digest, which is compared here (S3 to S7).
fn check_coverage(request: &RequestView<'_>, covered: &[String]) -> Result<(), Refusal> {
    let covers = |name: &str| covered.iter().any(|covered| covered == name);
    let needs_digest = !request.body.is_empty() || request.method != "GET";
    let digest = request.single("digest")?;
    if needs_digest && digest.is_none() {
        return Err(Refusal::DigestMissing);
    }
    if !covers("(request-target)") || !covers("host") || (needs_digest && !covers("digest")) {
        return Err(Refusal::NotCovered);
    }
    digest.map_or(Ok(()), |value| digest::check_digest(value, request.body))
}

/// The text that was signed.
pub(super) fn base(
    request: &RequestView<'_>,
    parameters: &Parameters<'_>,
    covered: &[String],
) -> Result<String, Refusal> {
    let lines: Result<Vec<String>, Refusal> = covered
        .iter()
        .map(|name| {
            let value = match name.as_str() {
                "(request-target)" => format!("{} {}", request.method.to_ascii_lowercase(), request.target),
                "(created)" => parameters.created.ok_or(Refusal::NoDate)?.to_string(),
                "(expires)" => parameters.expires.ok_or(Refusal::SigMalformed)?.to_string(),
                name => request.single(name)?.ok_or(Refusal::SigInvalid)?.to_owned(),
            };
            Ok(format!("{name}: {value}"))
        })
        .collect();
    Ok(lines?.join("\n"))
}

/// The headers of a signed request of ours.
pub(super) fn sign(request: &Outgoing<'_>, signer: &Signer) -> Result<Vec<(&'static str, String)>, KeyError> {
    let mut headers =
        vec![("host", request.url.host().to_owned()), ("date", window::to_http_date(request.now))];
    if let Some(body) = request.body {
        headers.push(("digest", digest::digest(body)));
        headers.push(("content-type", ACTIVITY_JSON.to_owned()));
    }
    let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
    let target = format!("(request-target): {} {}", request.method.to_ascii_lowercase(), request.target());
    let lines = headers.iter().map(|(name, value)| format!("{name}: {value}"));
    let base: Vec<String> = std::iter::once(target).chain(lines).collect();
    let signature = STANDARD.encode(signer.key.sign(base.join("\n").as_bytes())?);
    headers.push((
        "signature",
        format!(
            r#"keyId="{}",algorithm="rsa-sha256",headers="(request-target) {}",signature="{signature}""#,
            signer.key_id,
            names.join(" "),
        ),
    ));
    Ok(headers)
}
