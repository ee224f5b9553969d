//! RFC 9421: `rsa-v1_5-sha256` and `ed25519` over the method, the target and the content digest (S31).

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{
    Algorithm, Checked, KeyError, Refusal, RequestView, Signer, digest, key_id, sign::Outgoing, window,
};
use crate::federation::media::ACTIVITY_JSON;

/// Most components one signature may cover (S30).
const MAX_COVERED: usize = 32;

/// One member of `Signature-Input`.
#[derive(Debug)]
pub(super) struct Input<'a> {
    label: &'a str,
    /// The inner list and its parameters, as written: the value of `@signature-params`.
    raw: &'a str,
    components: Vec<&'a str>,
    parameters: Vec<(&'a str, &'a str)>,
}

impl<'a> Input<'a> {
    fn parameter(&self, name: &str) -> Option<&'a str> {
        self.parameters.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    fn text(&self, name: &str) -> Result<Option<&'a str>, Refusal> {
        let Some(value) = self.parameter(name) else { return Ok(None) };
        let inner = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        inner.map(Some).ok_or(Refusal::SigMalformed)
    }

    fn instant(&self, name: &str) -> Result<Option<i64>, Refusal> {
        self.parameter(name).map(|value| value.parse().map_err(|_| Refusal::BadDate)).transpose()
    }
}

/// Checks all but the key.
pub(super) fn parse(request: &RequestView<'_>, input: &str, signature: &str) -> Result<Checked, Refusal> {
    let input = read_input(input)?;
    let key_id = key_id(input.text("keyid")?.ok_or(Refusal::SigMalformed)?)?;
    let algorithm = match input.text("alg")? {
        None => None,
        Some("rsa-v1_5-sha256") => Some(Algorithm::RsaSha256),
        Some("ed25519") => Some(Algorithm::Ed25519),
        Some(_) => return Err(Refusal::BadAlgorithm),
    };
    window::check(input.instant("created")?.ok_or(Refusal::NoDate)?, request.now)?;
    if let Some(expires) = input.instant("expires")? {
        window::check_expiry(expires, request.now)?;
    }
    check_coverage(request, &input.components)?;
    let signature = read_signature(signature, input.label)?;
    let base = base(request, &input)?;
    Ok(Checked { key_id, base: base.into_bytes(), signature, algorithm })
}

/// Cuts a dictionary (RFC 8941) at its commas, minding quotes and lists.
fn members(text: &str) -> impl Iterator<Item = &str> {
    let (mut quoted, mut inside) = (false, false);
    text.split(move |c| {
        match c {
            '"' => quoted = !quoted,
            '(' if !quoted => inside = true,
            ')' if !quoted => inside = false,
            _ => {}
        }
        c == ',' && !quoted && !inside
    })
    .map(str::trim)
}

/// Reads the first member of `Signature-Input`; the others are somebody else's (a proxy's).
pub(super) fn read_input(text: &str) -> Result<Input<'_>, Refusal> {
    let malformed = Refusal::SigMalformed;
    if text.contains('\\') {
        return Err(malformed);
    }
    let (label, raw) = members(text).next().and_then(|member| member.split_once('=')).ok_or(malformed)?;
    let (list, rest) = raw.strip_prefix('(').and_then(|raw| raw.split_once(')')).ok_or(malformed)?;
    let quoted = |item: &'_ str| item.len() > 2 && item.starts_with('"') && item.ends_with('"');
    let mut components = Vec::new();
    for item in list.split(' ').filter(|item| !item.is_empty()) {
        // A component with parameters (`"x";sf`) does not end with its quote.
        let name = if quoted(item) { &item[1..item.len() - 1] } else { return Err(malformed) };
        if name.contains('"') || components.contains(&name) || components.len() == MAX_COVERED {
            return Err(malformed);
        }
        components.push(name);
    }
    let mut parameters: Vec<(&str, &str)> = Vec::new();
    for part in semicolons(rest).skip(1) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        if parameters.iter().any(|(known, _)| *known == name) {
            return Err(malformed);
        }
        parameters.push((name, value));
    }
    Ok(Input { label, raw, components, parameters })
}

/// Cuts at semicolons outside quotes.
fn semicolons(text: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |c| {
        quoted ^= c == '"';
        c == ';' && !quoted
    })
    .map(str::trim)
}

/// The signature under a label.
fn read_signature(text: &str, label: &str) -> Result<Vec<u8>, Refusal> {
    members(text)
        .filter_map(|member| member.split_once('='))
        .find(|(name, _)| *name == label)
        .and_then(|(_, value)| value.strip_prefix(':')?.strip_suffix(':'))
        .and_then(|value| STANDARD.decode(value).ok())
        .ok_or(Refusal::SigInvalid)
}

/// The method, the whole target, and with a body its digest, which is compared here.
fn check_coverage(request: &RequestView<'_>, components: &[&str]) -> Result<(), Refusal> {
    let covers = |name: &str| components.contains(&name);
    let path = covers("@path") && (covers("@query") || !request.target.contains('?'));
    let target = covers("@target-uri") || (covers("@authority") && (path || covers("@request-target")));
    let needs_digest = !request.body.is_empty() || request.method != "GET";
    let digest = request.single("content-digest")?;
    if needs_digest && digest.is_none() {
        return Err(Refusal::DigestMissing);
    }
    if !covers("@method") || !target || (needs_digest && !covers("content-digest")) {
        return Err(Refusal::NotCovered);
    }
    digest.map_or(Ok(()), |value| digest::check_content_digest(value, request.body))
}

/// The text that was signed (RFC 9421 §2.5).
pub(super) fn base(request: &RequestView<'_>, input: &Input<'_>) -> Result<String, Refusal> {
    let lines: Result<Vec<String>, Refusal> = input
        .components
        .iter()
        .map(|name| Ok(format!("\"{name}\": {}\n", component(request, name)?)))
        .collect();
    Ok(format!("{}\"@signature-params\": {}", lines?.concat(), input.raw))
}

/// The value of one component (RFC 9421 §2.1, §2.2). What names us comes from the configuration.
fn component(request: &RequestView<'_>, name: &str) -> Result<String, Refusal> {
    let (path, query) = match request.target.split_once('?') {
        Some((path, query)) => (path, format!("?{query}")),
        None => (request.target, "?".to_owned()),
    };
    Ok(match name {
        "@method" => request.method.to_owned(),
        "@target-uri" => format!("{}{}", request.base, request.target),
        "@authority" => request.authority().to_owned(),
        "@scheme" => request.base.split("://").next().unwrap_or_default().to_owned(),
        "@request-target" => request.target.to_owned(),
        "@path" => path.to_owned(),
        "@query" => query,
        _ if name.starts_with('@') || name.bytes().any(|byte| byte.is_ascii_uppercase()) => {
            return Err(Refusal::SigMalformed);
        }
        _ => request.single(name)?.ok_or(Refusal::SigInvalid)?.to_owned(),
    })
}

/// The headers of a signed request of ours.
pub(super) fn sign(request: &Outgoing<'_>, signer: &Signer) -> Result<Vec<(&'static str, String)>, KeyError> {
    let mut headers =
        vec![("host", request.url.host().to_owned()), ("date", window::to_http_date(request.now))];
    let mut covered = vec![
        ("@method", request.method.to_owned()),
        ("@target-uri", format!("{}{}", request.url.origin(), request.target())),
    ];
    if let Some(body) = request.body {
        let digest = digest::content_digest(body);
        covered.push(("content-digest", digest.clone()));
        headers.push(("content-digest", digest));
        headers.push(("content-type", ACTIVITY_JSON.to_owned()));
    }
    let names: Vec<String> = covered.iter().map(|(name, _)| format!("\"{name}\"")).collect();
    let lines: Vec<String> = covered.iter().map(|(name, value)| format!("\"{name}\": {value}\n")).collect();
    let parameters = format!(
        r#"({});created={};keyid="{}";alg="rsa-v1_5-sha256""#,
        names.join(" "),
        request.now.as_second(),
        signer.key_id,
    );
    let base = format!("{}\"@signature-params\": {parameters}", lines.concat());
    let signature = STANDARD.encode(signer.key.sign(base.as_bytes())?);
    headers.push(("signature-input", format!("sig1={parameters}")));
    headers.push(("signature", format!("sig1=:{signature}:")));
    Ok(headers)
}
