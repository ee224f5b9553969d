//! A message before it is signed, how it is signed, and what is changed afterwards.

use std::fmt;

use aws_lc_rs::hmac;
use axum::{body::Body, extract::Request};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use jiff::{SignedDuration, Timestamp};
use parvis::{
    domain::Iri,
    federation::signature::{Form, Signer, SigningKey},
};
use serde_json::Value;

use crate::world::authority;

/// What everybody covers.
pub const USUAL: &str = "(request-target) host date digest";

#[derive(Clone)]
pub struct Message {
    /// Whom it is for: `http://rennes.localhost:8101`.
    pub base: &'static str,
    /// The key it names.
    pub key_id: String,
    /// The key that signs.
    pub key: SigningKey,
    pub form: Form,
    pub activity: Value,
    /// Sent instead of the activity.
    pub text: Option<Vec<u8>>,
    /// Covered instead of what we cover ourselves: names for draft-cavage, components for RFC 9421.
    pub covered: Option<String>,
    /// Parameters of the signature besides `keyId`, `headers` and `signature`.
    pub parameters: Vec<(&'static str, String)>,
    /// Headers set before signing; an empty value removes.
    pub before: Vec<(&'static str, String)>,
    /// Headers set after signing; an empty value removes.
    pub after: Vec<(&'static str, String)>,
    /// Headers sent once more, after signing.
    pub second: Vec<(&'static str, String)>,
    /// A secret that makes the signature in place of the key, as HMAC.
    pub secret: Option<String>,
    /// Where it is sent; it is signed for `/actors/a/inbox`.
    pub uri: String,
    pub signed_at: Timestamp,
}

impl Message {
    /// With another value under a key of the activity; null removes it.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        match value.into() {
            Value::Null => drop(self.activity.as_object_mut().and_then(|map| map.remove(name))),
            value => self.activity[name] = value,
        }
        self
    }

    /// With this text as body.
    pub fn text(mut self, text: impl Into<Vec<u8>>) -> Self {
        self.text = Some(text.into());
        self
    }

    /// With a header changed after signing; empty: without it.
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.after.push((name, value.into()));
        self
    }

    /// With a header that is signed like that; empty: without it.
    pub fn signing(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.before.push((name, value.into()));
        self
    }

    /// With a header sent once more, after signing.
    pub fn twice(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.second.push((name, value.into()));
        self
    }

    /// Covering this instead of the usual.
    pub fn covering(mut self, covered: &str) -> Self {
        self.covered = Some(covered.to_owned());
        self
    }

    /// With a parameter of the signature.
    pub fn parameter(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.parameters.push((name, value.to_string()));
        self
    }

    /// Naming another key.
    pub fn key_id(mut self, id: impl AsRef<str>) -> Self {
        id.as_ref().clone_into(&mut self.key_id);
        self
    }

    /// Signed as HMAC with a secret.
    pub fn secret(mut self, secret: String) -> Self {
        self.secret = Some(secret);
        self
    }

    /// Sent somewhere else than it was signed for.
    pub fn to(mut self, uri: &str) -> Self {
        uri.clone_into(&mut self.uri);
        self
    }

    /// Signed as RFC 9421 says.
    pub fn modern(mut self) -> Self {
        self.form = Form::Rfc9421;
        self
    }

    /// Signed earlier.
    pub fn earlier(mut self, by: SignedDuration) -> Self {
        self.signed_at = self.signed_at.checked_sub(by).expect("an instant");
        self
    }

    /// The body.
    pub fn body(&self) -> Vec<u8> {
        self.text.clone().unwrap_or_else(|| self.activity.to_string().into_bytes())
    }

    /// The request as it arrives.
    pub fn request(&self) -> Request {
        let mut request = Request::new(Body::from(self.body()));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.uri.parse().expect("a target");
        *request.headers_mut() = self.headers();
        request
    }

    /// The headers as they arrive.
    pub fn headers(&self) -> HeaderMap {
        let body = self.body();
        let placeholder = Iri::parse("https://nobody.example/#main-key").expect("an identifier");
        let named = Iri::parse(&self.key_id);
        let key_id = named.clone().unwrap_or(placeholder);
        let signer = Signer { key_id, key: self.key.clone(), form: self.form };
        let inbox = Iri::parse(&format!("{}/actors/a/inbox", self.base)).expect("our inbox");
        let mut headers = signer.headers(&Method::POST, &inbox, Some(&body), self.signed_at).expect("signs");
        set(&mut headers, &self.before);
        let usual = self.covered.is_none() && self.parameters.is_empty() && self.secret.is_none();
        let custom = !usual || !self.before.is_empty() || named.is_err();
        match self.form {
            Form::Cavage if custom => self.cavage(&mut headers),
            Form::Rfc9421 if custom => self.rfc9421(&mut headers),
            _ => {}
        }
        set(&mut headers, &self.after);
        for (name, value) in &self.second {
            headers.append(HeaderName::from_static(name), header(value));
        }
        headers
    }

    fn cavage(&self, headers: &mut HeaderMap) {
        let covered = self.covered.as_deref().unwrap_or(USUAL);
        let value = |name: &str| match name {
            "(request-target)" => "post /actors/a/inbox".to_owned(),
            "(created)" | "(expires)" => self.given(name.trim_matches(['(', ')'])),
            name => text(headers, name),
        };
        let lines: Vec<String> = covered.split(' ').map(|name| format!("{name}: {}", value(name))).collect();
        let signature = self.signature(&lines.join("\n"));
        let more: String = self.parameters.iter().fold(String::new(), |all, (name, value)| {
            let quote = if value.parse::<i64>().is_ok() { "" } else { "\"" };
            format!("{all}{name}={quote}{value}{quote},")
        });
        let all = format!(r#"keyId="{}",{more}headers="{covered}",signature="{signature}""#, self.key_id);
        headers.insert("signature", header(&all));
    }

    fn rfc9421(&self, headers: &mut HeaderMap) {
        let covered = self.covered.as_deref().unwrap_or(r#""@method" "@target-uri" "content-digest""#);
        let value = |name: &str| match name {
            "@method" => "POST".to_owned(),
            "@target-uri" => format!("{}/actors/a/inbox", self.base),
            "@authority" => authority(self.base).to_owned(),
            "@path" => "/actors/a/inbox".to_owned(),
            name => text(headers, name),
        };
        let lines = covered
            .split(' ')
            .fold(String::new(), |all, name| format!("{all}{name}: {}\n", value(name.trim_matches('"'))));
        let mut parameters = format!(r#"({covered});keyid="{}""#, self.key_id);
        for (name, value) in &self.parameters {
            let quote = if value.parse::<i64>().is_ok() { "" } else { "\"" };
            parameters = format!("{parameters};{name}={quote}{value}{quote}");
        }
        if !self.parameters.iter().any(|(name, _)| *name == "created") {
            parameters = format!("{parameters};created={}", self.signed_at.as_second());
        }
        let parameters = parameters.replace(";created=0", "");
        let signature = self.signature(&format!("{lines}\"@signature-params\": {parameters}"));
        headers.insert("signature-input", header(&format!("sig1={parameters}")));
        headers.insert("signature", header(&format!("sig1=:{signature}:")));
    }

    fn given(&self, name: &str) -> String {
        let given = self.parameters.iter().find(|(known, _)| *known == name);
        given.map(|(_, value)| value.clone()).unwrap_or_default()
    }

    fn signature(&self, text: &str) -> String {
        if let Some(secret) = &self.secret {
            let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
            return STANDARD.encode(hmac::sign(&key, text.as_bytes()));
        }
        STANDARD.encode(self.key.sign(text.as_bytes()).expect("signs"))
    }
}

fn set(headers: &mut HeaderMap, changes: &[(&'static str, String)]) {
    for (name, value) in changes {
        if value.is_empty() {
            headers.remove(*name);
        } else {
            headers.insert(HeaderName::from_static(name), header(value));
        }
    }
}

fn header(value: &str) -> HeaderValue {
    HeaderValue::from_str(value).expect("a value")
}

fn text(headers: &HeaderMap, name: &str) -> String {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}
