//! Actors of other servers: fetched from their own origin, checked, reduced to what we believe, stored
//! with the text as it came (threats O15, O16, O24 to O26, C7, C9, D8).

use serde_json::{Map, Value};
use unicode_normalization::UnicodeNormalization as _;

use super::{
    connector::ConnectorError,
    json,
    signature::{Algorithm, VerifyingKey},
    signing,
};
use crate::{
    App, Error, Result,
    domain::{
        Instant, Iri,
        actor::{CAPABILITY, TYPES},
        one_line,
    },
    storage::{self, Tx},
};

/// Longest document kept of an actor, in bytes (D16).
const MAX_DOCUMENT: usize = 256 * 1024;
/// Most keys read from one actor.
const MAX_KEYS: usize = 8;
/// Longest name and longest handle kept, in characters.
const MAX_NAME: usize = 200;
const MAX_HANDLE: usize = 100;

/// Why an actor is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActorError {
    /// It could not be had.
    #[error(transparent)]
    Connector(#[from] ConnectorError),
    /// The document does not hold together: which rule.
    #[error("actor refused: {0}")]
    Document(&'static str),
}

impl ActorError {
    /// Whether its server says that there is no such actor any more.
    #[must_use]
    pub const fn is_gone(&self) -> bool {
        matches!(self, Self::Connector(ConnectorError::Status(404 | 410)))
    }
}

impl From<ActorError> for Error {
    fn from(error: ActorError) -> Self {
        match error {
            ActorError::Connector(ConnectorError::Status(404 | 410)) => Self::not_found("actor"),
            ActorError::Connector(inner) if inner.is_silence() => {
                Self::Unavailable { why: inner.to_string(), retry_after: std::time::Duration::from_mins(5) }
            }
            ActorError::Connector(inner) => Self::invalid("actor", "actor-unreachable", inner.reason()),
            ActorError::Document(rule) => Self::invalid("actor", "actor-document", rule),
        }
    }
}

/// A key of a fetched actor.
#[derive(Clone, Debug)]
pub struct RemoteKey {
    /// `{actor}#main-key`; whatever its server calls it, at the same origin.
    pub id: Iri,
    /// SPKI PEM, or multibase, as in the document.
    pub public: String,
    /// Instant from which it no longer holds.
    pub revoked: Option<String>,
    /// Parsed.
    pub parsed: VerifyingKey,
}

/// An actor as fetched from its origin: its columns, and its keys.
#[derive(Clone, Debug)]
pub struct RemoteActor {
    /// What is stored of it.
    pub actor: storage::actors::Actor,
    /// Its keys that we can use.
    pub keys: Vec<RemoteKey>,
}

impl RemoteActor {
    /// Its key of that id, unless it was retired.
    #[must_use]
    pub fn key(&self, id: &Iri) -> Option<&RemoteKey> {
        self.keys.iter().find(|key| key.id == *id && key.revoked.is_none())
    }
}

/// Fetches an actor from its origin and checks it; stores nothing.
///
/// # Errors
/// [`ActorError`].
pub async fn fetch(app: &App, iri: &Iri) -> Result<RemoteActor, ActorError> {
    let (found, document, text) = fetch_object(app, iri).await?;
    let id = document.get("id").and_then(Value::as_str).unwrap_or_default();
    if id == found.as_str() {
        return read(&found, &document, text, app.clock.now_ms());
    }
    // An alias of the same origin: asked once more under its own name (O16).
    let id = Iri::parse(id).map_err(|_| ActorError::Document("id"))?;
    if !id.same_origin(&found) || id.without_fragment() == *iri {
        return Err(ActorError::Document("wrong_id"));
    }
    let (found, document, text) = fetch_object(app, &id).await?;
    read(&found, &document, text, app.clock.now_ms())
}

/// Fetches an actor from its origin, checks it, and stores it with its keys.
///
/// # Errors
/// `NotFound` when it is gone, `Unavailable` when its server is silent, `Invalid` when the document is not
/// one we believe; those of the database.
pub async fn fetch_actor(app: &App, iri: &Iri) -> Result<RemoteActor> {
    let actor = fetch(app, iri).await?;
    store(app, &actor).await?;
    Ok(actor)
}

/// The actor of that id as stored; fetched and stored first when nobody here knows it.
///
/// # Errors
/// As [`fetch_actor`].
pub async fn known_or_fetched(app: &App, iri: &Iri) -> Result<storage::actors::Actor> {
    match storage::actors::get(&app.db, iri.as_str()).await? {
        Some(actor) => Ok(actor),
        None => fetch_actor(app, iri).await.map(|fetched| fetched.actor),
    }
}

/// Fetches a document, with a signed request, and reads it as one JSON object.
pub(super) async fn fetch_object(
    app: &App,
    iri: &Iri,
) -> Result<(Iri, Map<String, Value>, String), ActorError> {
    if app.urls.is_here(iri) {
        return Err(ActorError::Connector(ConnectorError::Ourselves));
    }
    // Without a node actor yet, or without its key, we ask unsigned: most servers answer.
    let signer = signing::node(app).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "the node's own key cannot be used");
        None
    });
    let fetched = app.http.get_document(iri, signer.as_ref()).await?;
    let text = fetched.text()?.to_owned();
    let document = json::read_object(&text).map_err(|_| ActorError::Document("json"))?;
    Ok((fetched.final_url, document, text))
}

/// Checks an actor document that was found at this URL.
pub(super) fn read(
    at: &Iri,
    document: &Map<String, Value>,
    text: String,
    now: i64,
) -> Result<RemoteActor, ActorError> {
    let string = |name: &str| document.get(name).and_then(Value::as_str);
    if text.len() > MAX_DOCUMENT {
        return Err(ActorError::Document("too_large"));
    }
    if string("id") != Some(at.as_str()) {
        return Err(ActorError::Document("wrong_id"));
    }
    let kind = string("type").filter(|kind| TYPES.contains(kind)).ok_or(ActorError::Document("type"))?;
    let own = |text: Option<&str>| text.and_then(|text| here(at, text));
    let inbox = own(string("inbox")).ok_or(ActorError::Document("inbox"))?;
    let endpoints = document.get("endpoints").and_then(|value| value.get("sharedInbox"));
    let shared_inbox = own(endpoints.and_then(Value::as_str).or_else(|| string("sharedInbox")));
    let handle = handle(string("preferredUsername").unwrap_or_default());
    let names = [one_line(string("name").unwrap_or_default(), MAX_NAME), handle.clone()];
    let linked = |name: &str| string(name).and_then(|text| Iri::parse(text).ok()).map(String::from);
    let actor = storage::actors::Actor {
        uri: at.as_str().to_owned(),
        name: names.into_iter().find(|name| !name.is_empty()).unwrap_or_else(|| at.host().to_owned()),
        handle,
        host: at.host().to_owned(),
        kind: kind.to_owned(),
        role: None,
        ours: false,
        city: linked("parvis:city"),
        feed: linked("parvis:feed"),
        inbox,
        shared_inbox,
        outbox: own(string("outbox")),
        followers: own(string("followers")),
        url: page(at, document.get("url")),
        parvis: implements_parvis(document),
        document: text,
        fetched_at: now,
        gone_at: None,
    };
    Ok(RemoteActor { keys: keys(at, document), actor })
}

/// An address at the actor's own origin (O24).
fn here(at: &Iri, text: &str) -> Option<String> {
    Iri::parse(text).ok().filter(|iri| iri.same_origin(at)).map(String::from)
}

/// The actor's page: the first `url` that is a link to its own host (O25).
fn page(at: &Iri, value: Option<&Value>) -> Option<String> {
    many(value)
        .filter_map(|value| value.as_str().or_else(|| value.get("href")?.as_str()))
        .find_map(|text| Iri::parse(text).ok().filter(|iri| iri.host() == at.host()))
        .map(String::from)
}

/// FEP-844e: the node declares that it is a Parvis.
fn implements_parvis(document: &Map<String, Value>) -> bool {
    many(document.get("implements"))
        .any(|value| value.as_str().or_else(|| value.get("href")?.as_str()) == Some(CAPABILITY))
}

/// One value or a list of them.
fn many(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    match value {
        Some(Value::Array(values)) => values.iter(),
        Some(value) => std::slice::from_ref(value).iter(),
        None => [].iter(),
    }
}

/// The keys we can use: `publicKey` (PEM) and `assertionMethod` (Multikey), owned by the actor itself and
/// named at its origin (S22).
fn keys(at: &Iri, document: &Map<String, Value>) -> Vec<RemoteKey> {
    let pem = many(document.get("publicKey")).map(|key| (key, "owner", "publicKeyPem"));
    let multi = many(document.get("assertionMethod")).map(|key| (key, "controller", "publicKeyMultibase"));
    pem.chain(multi)
        .take(MAX_KEYS)
        .filter_map(|(key, owner, public)| {
            let string = |name: &str| key.get(name).and_then(Value::as_str);
            let id = Iri::parse(string("id")?).ok().filter(|id| id.same_origin(at))?;
            let public = string(public)?;
            let revoked = string("revoked").and_then(|text| Instant::parse_foreign(text).ok());
            let parsed = VerifyingKey::parse(public).ok()?;
            (string(owner) == Some(at.as_str())).then(|| RemoteKey {
                id,
                public: public.to_owned(),
                revoked: revoked.map(|instant| instant.to_string()),
                parsed,
            })
        })
        .collect()
}

/// A handle as it may be shown: letters, digits, `_`, `.` and `-` (C9).
fn handle(text: &str) -> String {
    let kept: String =
        text.nfc().filter(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-')).take(MAX_HANDLE).collect();
    kept.trim_matches('.').to_owned()
}

/// Stores a fetched actor and its keys. One of ours is never written over; a proof key once seen under an
/// id stays what it was (register.md rule 6).
///
/// # Errors
/// `Forbidden` for one of ours; those of the database.
pub async fn store(app: &App, remote: &RemoteActor) -> Result<()> {
    let mut tx = app.db.begin().await?;
    let known = storage::actors::get_in(&mut tx, &remote.actor.uri).await?;
    if known.is_some_and(|known| known.ours) {
        return Err(Error::forbidden("an actor of ours is not fetched"));
    }
    storage::actors::put(&mut tx, &remote.actor).await?;
    storage::hosts::ensure(&mut tx, &remote.actor.host).await?;
    store_keys(&mut tx, remote, Instant::of(app.clock.now())).await?;
    tx.commit().await?;
    app.keys.forget_actor(&remote.actor.uri);
    Ok(())
}

async fn store_keys(tx: &mut Tx, remote: &RemoteActor, over: Instant) -> Result<()> {
    let known = storage::keys::of_actor_in(tx, &remote.actor.uri).await?;
    // A key that signs requests is over when its actor no longer lists it (S26). Proof keys stay for what
    // they signed.
    let listed = |id: &str| remote.keys.iter().any(|key| key.id.as_str() == id);
    for key in known.iter().filter(|key| key.algorithm == "rsa" && !listed(&key.id)) {
        storage::keys::revoke(tx, &key.id, &over.to_string()).await?;
    }
    for key in &remote.keys {
        let before = known.iter().find(|known| known.id == key.id.as_str());
        let algorithm = match key.parsed.algorithm() {
            Algorithm::RsaSha256 => "rsa",
            Algorithm::Ed25519 => "ed25519",
        };
        if algorithm == "ed25519" && before.is_some_and(|before| before.public != key.public) {
            tracing::warn!(key = %key.id, "another proof key under a known id: the first one stays");
            continue;
        }
        let now = remote.actor.fetched_at;
        let row = storage::keys::Key {
            id: key.id.as_str().to_owned(),
            actor: remote.actor.uri.clone(),
            algorithm: algorithm.to_owned(),
            public: key.public.clone(),
            secret: None,
            created_at: now,
            revoked: key.revoked.clone(),
            pinned_at: Some(now),
        };
        storage::keys::put(tx, &row).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "https://angers.example/actors/1";

    fn document() -> Map<String, Value> {
        let key = "MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=";
        let value = serde_json::json!({
            "id": ID, "type": "Organization", "preferredUsername": "codev", "name": "Codev",
            "inbox": format!("{ID}/inbox"), "outbox": format!("{ID}/outbox"),
            "followers": format!("{ID}/followers"), "url": "https://angers.example/@codev",
            "endpoints": {"sharedInbox": "https://angers.example/inbox"},
            "publicKey": {"id": format!("{ID}#main-key"), "owner": ID,
                "publicKeyPem": format!("-----BEGIN PUBLIC KEY-----\n{key}\n-----END PUBLIC KEY-----\n")},
        });
        value.as_object().cloned().unwrap()
    }

    fn with(name: &str, value: impl Into<Value>) -> Result<RemoteActor, ActorError> {
        let mut document = document();
        document.insert(name.to_owned(), value.into());
        read(&Iri::parse(ID).unwrap(), &document, String::new(), 0)
    }

    #[test]
    fn a_good_actor_is_read() {
        let read = with("name", "Codev").unwrap();
        assert_eq!(read.actor.shared_inbox.as_deref(), Some("https://angers.example/inbox"));
        assert_eq!(read.actor.url.as_deref(), Some("https://angers.example/@codev"));
        assert!(read.key(&Iri::parse("https://angers.example/actors/1#main-key").unwrap()).is_some());
        assert!(!read.actor.parvis);
        let peer = with("implements", serde_json::json!([{"href": CAPABILITY}])).unwrap();
        assert!(peer.actor.parvis);
    }

    #[test]
    fn o15_o22_o26_an_actor_is_who_its_url_says() {
        let rule = |name: &str, value: Value| with(name, value).err();
        for id in ["https://angers.example/actors/2", "https://angers.example/actors/1#x", ""] {
            assert_eq!(rule("id", id.into()), Some(ActorError::Document("wrong_id")), "{id}");
        }
        assert_eq!(rule("id", Value::Null), Some(ActorError::Document("wrong_id")));
        for kind in ["Note", "Create", "person"] {
            assert_eq!(rule("type", kind.into()), Some(ActorError::Document("type")), "{kind}");
        }
        assert_eq!(rule("type", serde_json::json!(["Person", "Create"])), Some(ActorError::Document("type")));
    }

    #[test]
    fn o24_o25_f10_addresses_are_at_its_own_origin() {
        for foreign in [
            "https://evil.example/inbox",
            "http://angers.example/inbox",
            "https://angers.example:8443/inbox",
            "http://127.0.0.1/inbox",
            "javascript:alert(1)",
        ] {
            assert!(with("inbox", foreign).is_err(), "{foreign}");
            assert_eq!(with("outbox", foreign).unwrap().actor.outbox, None);
            assert_eq!(with("followers", foreign).unwrap().actor.followers, None);
            let shared = with("endpoints", serde_json::json!({"sharedInbox": foreign})).unwrap();
            assert_eq!(shared.actor.shared_inbox, None);
        }
        assert!(with("inbox", serde_json::json!({"method": "POST"})).is_err());
        for foreign in ["https://evil.example/@codev", "javascript:alert(1)", "data:text/html,x"] {
            assert_eq!(with("url", foreign).unwrap().actor.url, None, "{foreign}");
        }
        let links = serde_json::json!([{"type": "Link", "href": "https://angers.example/@codev"}]);
        assert!(with("url", links).unwrap().actor.url.is_some());
    }

    #[test]
    fn s22_keys_are_its_own() {
        let pem = document()["publicKey"]["publicKeyPem"].clone();
        let key = |id: &str, owner: &str| serde_json::json!({"id": id, "owner": owner, "publicKeyPem": pem});
        let count = |value: Value| with("publicKey", value).unwrap().keys.len();
        assert_eq!(count(key("https://angers.example/actors/1/main-key", ID)), 1);
        assert_eq!(count(key("https://evil.example/k", ID)), 0);
        assert_eq!(count(key("https://angers.example/actors/1#k", "https://angers.example/actors/2")), 0);
        assert_eq!(count(Value::Array(vec![key("https://angers.example/a#k", ID); 100])), MAX_KEYS);
    }

    #[test]
    fn c07_c09_d08_names_are_made_fit_to_show() {
        assert_eq!(with("preferredUsername", "../admin").unwrap().actor.handle, "admin");
        assert_eq!(with("preferredUsername", "a@b/c<d>").unwrap().actor.handle, "abcd");
        let long = with("name", "x".repeat(1_000_000)).unwrap().actor.name;
        assert_eq!(long.chars().count(), MAX_NAME);
        let name = with("name", "Ma\u{202e}irie\u{200b} de\u{0007}\nRennes").unwrap().actor.name;
        assert_eq!(name, "Mairie de Rennes");
        assert_eq!(with("name", "\u{3164}").unwrap().actor.name, "codev");
    }
}
