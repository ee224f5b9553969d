//! The keys of our actors in a file of their own, sealed with a passphrase: what a backup of the register by peers
//! cannot have. With it a city whose node is destroyed goes on speaking; who has file and passphrase can sign as it.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde::{Deserialize, Serialize};

use super::{Act, Operator, allow};
use crate::{
    App, Error, Result,
    domain::{Instant, Iri, proof::ProofKey},
    keyring::passphrase::{self, Locked},
    storage::{self, keys::Key},
};

/// The form of the file.
const FORMAT: &str = "parvis-keys/1";

/// The file.
#[derive(Serialize, Deserialize)]
struct File {
    format: String,
    node: String,
    made_at: String,
    #[serde(flatten)]
    locked: Locked,
}

impl File {
    /// What stands beside what is sealed, and cannot be changed without it.
    fn bound(format: &str, node: &str, made_at: &str) -> String {
        format!("{format} {node} {made_at}")
    }
}

/// A key in it.
#[derive(Serialize, Deserialize)]
struct Entry {
    id: Iri,
    actor: Iri,
    algorithm: String,
    public: String,
    secret: String,
    created_at: i64,
    revoked: Option<String>,
}

/// The text of a file with every key of our actors, retired ones too; and how many there are.
///
/// # Errors
/// Rule `passphrase-short`; `NotFound` when there is no key; `Internal` when one cannot be opened.
pub async fn export(app: &App, operator: &Operator, passphrase: &str) -> Result<(String, usize)> {
    allow(app, operator, Act::Run, "keys", None).await?;
    let mut entries = Vec::new();
    for key in storage::keys::ours(&app.db).await? {
        let secret = app.keyring.open(&key.id, key.secret.as_deref().unwrap_or_default())?;
        entries.push(Entry {
            id: Iri::parse(&key.id)?,
            actor: Iri::parse(&key.actor)?,
            algorithm: key.algorithm,
            public: key.public,
            secret: BASE64.encode(secret),
            created_at: key.created_at,
            revoked: key.revoked,
        });
    }
    if entries.is_empty() {
        return Err(Error::not_found("keys"));
    }
    let text = serde_json::to_vec(&entries).map_err(Error::internal)?;
    let (node, made_at) = (app.urls.base().to_owned(), Instant::of(app.clock.now()).to_string());
    let bound = File::bound(FORMAT, &node, &made_at);
    let locked = passphrase::lock(&text, passphrase, &bound)?;
    let file = File { format: FORMAT.to_owned(), node, made_at, locked };
    let mut tx = app.db.begin().await?;
    let count = entries.len().to_string();
    storage::audit::add(&mut tx, &operator.deed("export-keys", &count), app.clock.now_ms()).await?;
    tx.commit().await?;
    Ok((serde_json::to_string_pretty(&file).map_err(Error::internal)?, entries.len()))
}

/// Puts the keys of such a file here, in the form at rest of this node; gives how many. Those that are here stay.
///
/// # Errors
/// Rules `keys-file`, `passphrase-wrong`; `Conflict` when a key of that id is here and is another.
pub async fn import(app: &App, operator: &Operator, text: &str, passphrase: &str) -> Result<usize> {
    allow(app, operator, Act::Run, "keys", None).await?;
    let broken = |detail: String| Error::invalid("keys", "keys-file", detail);
    let file: File = serde_json::from_str(text).map_err(|error| broken(error.to_string()))?;
    if file.format != FORMAT {
        return Err(broken(file.format));
    }
    let bound = File::bound(&file.format, &file.node, &file.made_at);
    let opened = passphrase::open(&file.locked, passphrase, &bound)?;
    let entries: Vec<Entry> = serde_json::from_slice(&opened).map_err(|error| broken(error.to_string()))?;
    let now = app.clock.now_ms();
    let mut tx = app.db.begin().await?;
    for entry in &entries {
        let secret = BASE64.decode(&entry.secret).map_err(|_| broken(entry.id.to_string()))?;
        if entry.id.without_fragment() != entry.actor {
            return Err(broken(entry.id.to_string()));
        }
        if entry.algorithm == "ed25519"
            && ProofKey::from_seed(entry.id.clone(), &secret)?.public() != entry.public
        {
            return Err(broken(entry.id.to_string()));
        }
        let known = storage::keys::of_actor_in(&mut tx, entry.actor.as_str()).await?;
        if known.iter().any(|known| known.id == entry.id.as_str() && known.public != entry.public) {
            return Err(Error::conflict(format!("{}: another key has this id here", entry.id)));
        }
        let row = Key {
            id: entry.id.to_string(),
            actor: entry.actor.to_string(),
            algorithm: entry.algorithm.clone(),
            public: entry.public.clone(),
            secret: Some(app.keyring.seal(entry.id.as_str(), &secret)?),
            created_at: entry.created_at,
            revoked: entry.revoked.clone(),
            pinned_at: Some(now),
        };
        storage::keys::put(&mut tx, &row).await?;
    }
    storage::audit::add(&mut tx, &operator.deed("import-keys", &file.node), now).await?;
    tx.commit().await?;
    Ok(entries.len())
}
