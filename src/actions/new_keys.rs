//! The keys of a new actor: RSA for HTTP signatures, Ed25519 for proofs (register.md rule 6); and the
//! proof key of one of ours, opened to sign.

use anyhow::anyhow;
use aws_lc_rs::{
    encoding::{AsDer as _, Pkcs8V1Der, PublicKeyX509Der},
    rand,
    rsa::{KeyPair as RsaKeyPair, KeySize},
    signature::KeyPair as _,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{
    App, Error, Result,
    domain::{Iri, proof::ProofKey},
    storage::{self, Tx, keys::Key},
};

/// Public halves for the actor document, and both rows for the database.
pub struct NewKeys {
    /// SPKI PEM of the RSA key.
    pub rsa_pem: String,
    /// The proof key.
    pub proof: ProofKey,
    /// Rows, secrets in their form at rest.
    pub rows: Vec<Key>,
}

/// Makes the keys of an actor. Takes a quarter of a second of computing, away from the async threads.
///
/// # Errors
/// `Internal` when the operating system gives no randomness.
pub async fn make(app: &App, actor: &Iri) -> Result<NewKeys> {
    let rsa = tokio::task::spawn_blocking(|| RsaKeyPair::generate(KeySize::Rsa2048))
        .await
        .map_err(Error::internal)?
        .map_err(|_| Error::internal(anyhow!("RSA key")))?;
    let secret: Pkcs8V1Der = rsa.as_der().map_err(|_| Error::internal(anyhow!("RSA key")))?;
    let public: PublicKeyX509Der =
        rsa.public_key().as_der().map_err(|_| Error::internal(anyhow!("RSA key")))?;
    let rsa_pem = pem(public.as_ref());
    let mut seed = [0u8; 32];
    rand::fill(&mut seed).map_err(|_| Error::internal(anyhow!("randomness")))?;
    let (rsa_id, proof_id) = (actor.join("#main-key"), actor.join("#ed25519-1"));
    let proof = ProofKey::from_seed(proof_id.clone(), &seed)?;
    let now = app.clock.now_ms();
    let row = |id: &Iri, algorithm: &str, public: String, secret: &[u8]| -> Result<Key> {
        Ok(Key {
            id: id.to_string(),
            actor: actor.to_string(),
            algorithm: algorithm.to_owned(),
            public,
            secret: Some(app.keyring.seal(id.as_str(), secret)?),
            created_at: now,
            revoked: None,
            pinned_at: Some(now),
        })
    };
    let rows = vec![
        row(&rsa_id, "rsa", rsa_pem.clone(), secret.as_ref())?,
        row(&proof_id, "ed25519", proof.public(), &seed)?,
    ];
    Ok(NewKeys { rsa_pem, proof, rows })
}

/// SPKI DER as PEM (RFC 7468).
fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"))
}

/// The proof key with which an actor of ours signs today.
///
/// # Errors
/// `Forbidden` when the actor is not ours (threats O34), `Internal` when its key cannot be opened.
pub async fn proof_key(app: &App, tx: &mut Tx, actor: &Iri) -> Result<ProofKey> {
    let key = storage::keys::signing_in(tx, actor.as_str(), "ed25519").await?;
    let key = key.ok_or_else(|| Error::forbidden(format!("{actor} is not an actor of this node")))?;
    let seed = app.keyring.open(&key.id, key.secret.as_deref().unwrap_or_default())?;
    Ok(ProofKey::from_seed(Iri::parse(&key.id)?, &seed)?)
}
