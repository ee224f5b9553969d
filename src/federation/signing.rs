//! The RSA keys that sign our own requests: opened and parsed once, then kept in memory. They are kept by
//! the id of the key, which is never reused, so that a new key of an actor is taken up at once.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    App, Error, Result,
    domain::Iri,
    federation::signature::{Signer, SigningKey},
    storage::keys,
};

/// Parsed private keys of our actors. Cheap to clone; clones share what was parsed.
#[derive(Clone, Debug, Default)]
pub struct SigningKeys(Arc<Mutex<HashMap<String, SigningKey>>>);

impl SigningKeys {
    fn get(&self, id: &str) -> Option<SigningKey> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    fn put(&self, id: &str, key: SigningKey) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned(), key);
    }
}

/// Signs as one of our actors, with the latest of its RSA keys that is not revoked.
///
/// # Errors
/// `NotFound` when the actor has no such key here; `Internal` when it cannot be opened or read.
pub async fn signer(app: &App, actor: &str) -> Result<Signer> {
    let key = keys::signing(&app.db, actor, "rsa").await?;
    with(app, &key.ok_or_else(|| Error::not_found(format!("RSA key of {actor}")))?)
}

/// The same with the key of that id, which was the one to sign with a moment ago.
///
/// # Errors
/// As [`signer`].
pub async fn signer_by(app: &App, actor: &str, key: Option<&str>) -> Result<Signer> {
    match key.and_then(|id| Some((Iri::parse(id).ok()?, app.signing.get(id)?))) {
        Some((id, parsed)) => Ok(Signer::new(id, parsed)),
        None => signer(app, actor).await,
    }
}

/// Signs as the node itself, for what it fetches; `None` before the node has its relay actor.
///
/// # Errors
/// As [`signer`].
pub async fn node(app: &App) -> Result<Option<Signer>> {
    match keys::signing_of_role(&app.db, "relay", "rsa").await? {
        Some(key) => with(app, &key).map(Some),
        None => Ok(None),
    }
}

fn with(app: &App, key: &keys::Key) -> Result<Signer> {
    let id = Iri::parse(&key.id)?;
    if let Some(parsed) = app.signing.get(&key.id) {
        return Ok(Signer::new(id, parsed));
    }
    let stored = key.secret.as_deref().unwrap_or_default();
    let secret = app.keyring.open(&key.id, stored)?;
    let parsed = SigningKey::from_pkcs8(&secret).map_err(Error::internal)?;
    app.signing.put(&key.id, parsed.clone());
    Ok(Signer::new(id, parsed))
}
