//! Each row of threats table S that needs no network: the message without its one fault is accepted, with
//! it it is refused for the right reason.

mod cavage;
mod keys;
mod rfc9421;

use std::sync::LazyLock;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use jiff::{SignedDuration, Timestamp};

use super::*;

const BASE: &str = "https://rennes.example";
const KEY_ID: &str = "https://angers.example/actors/1#main-key";
const BODY: &[u8] = br#"{"type":"Create","actor":"https://angers.example/actors/1"}"#;

static ALICE: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate().expect("a key"));
static MALLORY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate().expect("a key"));

fn now() -> Timestamp {
    "2026-03-09T08:02:00Z".parse().expect("an instant")
}

fn public(key: &SigningKey) -> VerifyingKey {
    VerifyingKey::parse(&key.public_pem().expect("a key")).expect("a key")
}

/// A message on its way to us.
#[derive(Clone)]
struct Sent {
    method: &'static str,
    target: String,
    headers: HeaderMap,
    body: Vec<u8>,
    at: Timestamp,
}

impl Sent {
    /// A delivery, signed as we sign ours.
    fn post(form: Form) -> Self {
        let signer = Signer { key_id: iri(KEY_ID), key: ALICE.clone(), form };
        let url = iri("https://rennes.example/actors/a/inbox");
        let headers = signer.headers(&Method::POST, &url, Some(BODY), now()).expect("signs");
        Self { method: "POST", target: "/actors/a/inbox".into(), headers, body: BODY.into(), at: now() }
    }

    /// A delivery without a signature yet.
    fn unsigned() -> Self {
        let mut sent = Self::post(Form::Cavage);
        sent.headers.remove("signature");
        sent
    }

    fn set(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, HeaderValue::from_str(value).expect("a value"));
        self
    }

    fn add(mut self, name: &'static str, value: &str) -> Self {
        self.headers.append(name, HeaderValue::from_str(value).expect("a value"));
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    fn after(mut self, time: SignedDuration) -> Self {
        self.at = self.at.checked_add(time).expect("an instant");
        self
    }

    fn to(mut self, target: &str) -> Self {
        self.target = target.into();
        self
    }

    /// Signs with draft-cavage over what the test wants, with the parameters it wants.
    fn cavage(self, covered: &str, parameters: &[(&str, &str)]) -> Self {
        let lines: Vec<String> = covered
            .split(' ')
            .map(|name| match name {
                "(request-target)" => format!("(request-target): post {}", self.target),
                "(created)" | "(expires)" => {
                    let name = name.trim_matches(['(', ')']);
                    let value = parameters.iter().find(|(known, _)| *known == name).map_or("", |(_, v)| v);
                    format!("({name}): {value}")
                }
                name => {
                    let name: HeaderName = name.parse().expect("a name");
                    format!("{name}: {}", self.headers[&name].to_str().expect("text"))
                }
            })
            .collect();
        let signature = STANDARD.encode(ALICE.sign(lines.join("\n").as_bytes()).expect("signs"));
        let more: String = parameters
            .iter()
            .map(|(name, value)| {
                let number = value.parse::<i64>().is_ok();
                if number { format!("{name}={value},") } else { format!("{name}=\"{value}\",") }
            })
            .collect();
        self.set(
            "signature",
            &format!(r#"keyId="{KEY_ID}",{more}headers="{covered}",signature="{signature}""#),
        )
    }

    fn view(&self) -> RequestView<'_> {
        RequestView {
            method: self.method,
            target: &self.target,
            base: BASE,
            headers: &self.headers,
            body: &self.body,
            now: self.at,
        }
    }

    /// What we say with Alice's key at hand.
    fn verdict(&self) -> Result<(), Refusal> {
        parse(&self.view())?.verify(&public(&ALICE))
    }
}

fn iri(text: &str) -> Iri {
    Iri::parse(text).expect("an identifier")
}
