//! FEP-8b32 object integrity proofs, suite `eddsa-jcs-2022`, and the Ed25519 keys that make them
//! (FEP-521a Multikeys). A proof tells that an author's key signed exactly this version
//! (register.md rule 5); it never opens the inbox.

use aws_lc_rs::{
    digest::{SHA256, digest},
    signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey},
};
use serde_json::{Value, json};

use super::{
    Instant, Iri, Problem,
    canonical::{Document, canonical, without_proof},
};

/// Multicodec prefix of an Ed25519 public key.
const ED25519_PUB: [u8; 2] = [0xed, 0x01];

/// The secret half of an actor's proof key.
pub struct ProofKey {
    /// `{actor}#ed25519-1`.
    pub id: Iri,
    pair: Ed25519KeyPair,
}

impl ProofKey {
    /// From the 32 bytes of its seed.
    ///
    /// # Errors
    /// Rule `ed25519-seed` when there are not 32.
    pub fn from_seed(id: Iri, seed: &[u8]) -> Result<Self, Problem> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed)
            .map_err(|_| Problem::new("", "ed25519-seed", id.as_str()))?;
        Ok(Self { id, pair })
    }

    /// The public half, as a multibase string (`z6Mk…`).
    #[must_use]
    pub fn public(&self) -> String {
        multibase(self.pair.public_key().as_ref())
    }
}

/// Writes an Ed25519 public key as a Multikey string.
#[must_use]
pub fn multibase(public: &[u8]) -> String {
    let mut bytes = ED25519_PUB.to_vec();
    bytes.extend_from_slice(public);
    format!("z{}", bs58::encode(bytes).into_string())
}

/// Reads a Multikey string.
///
/// # Errors
/// Rule `multikey` when it is not a base58 Ed25519 key.
pub fn from_multibase(text: &str) -> Result<[u8; 32], Problem> {
    let refused = || Problem::new("", "multikey", text);
    let encoded = text.strip_prefix('z').ok_or_else(refused)?;
    let bytes = bs58::decode(encoded).into_vec().map_err(|_| refused())?;
    let key = bytes.strip_prefix(&ED25519_PUB).ok_or_else(refused)?;
    key.try_into().map_err(|_| refused())
}

/// Signs a document: puts a proof into it, in place of any other.
pub fn sign(document: &mut Document, key: &ProofKey, created: Instant) {
    document.remove("proof");
    let mut proof = Document::new();
    if let Some(context) = document.get("@context") {
        proof.insert("@context".to_owned(), context.clone());
    }
    proof.insert("type".to_owned(), json!("DataIntegrityProof"));
    proof.insert("cryptosuite".to_owned(), json!("eddsa-jcs-2022"));
    proof.insert("verificationMethod".to_owned(), json!(key.id));
    proof.insert("proofPurpose".to_owned(), json!("assertionMethod"));
    proof.insert("created".to_owned(), json!(created));
    let signature = key.pair.sign(&signed_bytes(document, &proof));
    let value = format!("z{}", bs58::encode(signature.as_ref()).into_string());
    proof.insert("proofValue".to_owned(), json!(value));
    document.insert("proof".to_owned(), Value::Object(proof));
}

/// What a proof says of itself; nothing is verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The key it names.
    pub key: Iri,
    /// When it says it was made.
    pub created: Instant,
}

/// Reads the proof of a document: none, or what it claims.
///
/// # Errors
/// Rule `proof` when there is one that is not a single `eddsa-jcs-2022` assertion.
pub fn claim(document: &Document) -> Result<Option<Claim>, Problem> {
    let Some(proof) = document.get("proof") else { return Ok(None) };
    let refused = |detail: &str| Problem::new("proof", "proof", detail);
    let proof = proof.as_object().ok_or_else(|| refused("not one object"))?;
    let text = |name: &str| proof.get(name).and_then(Value::as_str).ok_or_else(|| refused(name));
    if text("type")? != "DataIntegrityProof" || text("cryptosuite")? != "eddsa-jcs-2022" {
        return Err(refused("not eddsa-jcs-2022"));
    }
    if text("proofPurpose")? != "assertionMethod" {
        return Err(refused("not an assertion"));
    }
    let key = Iri::parse(text("verificationMethod")?).map_err(|_| refused("verificationMethod"))?;
    let created = Instant::parse_foreign(text("created")?).map_err(|_| refused("created"))?;
    Ok(Some(Claim { key, created }))
}

/// Checks the proof of a document against a public key (32 bytes).
///
/// # Errors
/// Rule `proof` when there is no proof, it is of another suite, or it does not hold.
pub fn verify(document: &Document, public: &[u8; 32]) -> Result<Claim, Problem> {
    let refused = |detail: &str| Problem::new("proof", "proof", detail);
    let claim = claim(document)?.ok_or_else(|| refused("absent"))?;
    let proof = document.get("proof").and_then(Value::as_object).ok_or_else(|| refused("absent"))?;
    if !context_agrees(document.get("@context"), proof.get("@context")) {
        return Err(refused("@context of the proof differs"));
    }
    let value = proof.get("proofValue").and_then(Value::as_str).and_then(|text| text.strip_prefix('z'));
    let signature =
        value.and_then(|text| bs58::decode(text).into_vec().ok()).ok_or_else(|| refused("proofValue"))?;
    let mut options = proof.clone();
    options.remove("proofValue");
    UnparsedPublicKey::new(&ED25519, public)
        .verify(&signed_bytes(document, &options), &signature)
        .map_err(|_| refused("does not hold"))?;
    Ok(claim)
}

/// The context of a proof, when given, is the document's or begins it (eddsa-jcs-2022, §3.3.2).
fn context_agrees(document: Option<&Value>, proof: Option<&Value>) -> bool {
    match (document, proof) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(Value::Array(whole)), Some(Value::Array(start))) => whole.starts_with(start),
        (Some(whole), Some(start)) => whole == start,
    }
}

/// SHA-256 of the canonical proof options, then of the canonical document without its proof.
fn signed_bytes(document: &Document, options: &Document) -> Vec<u8> {
    let mut bytes = digest(&SHA256, &canonical(options)).as_ref().to_vec();
    bytes.extend_from_slice(digest(&SHA256, &canonical(&without_proof(document))).as_ref());
    bytes
}
