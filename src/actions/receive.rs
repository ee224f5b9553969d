//! Takes a version that somebody else signed into the register: same parser, same register as ours
//! (register.md rules 1 to 5). What decides is pure; the sender was authenticated before.

use crate::{
    App, Error, Result,
    domain::{
        Instant, Iri, Version,
        canonical::{self, Document},
        proof,
    },
    storage::{self, Tx},
};

use super::{
    Proof, publish,
    register::{self, Entry},
};

/// What became of a version that arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is in the register now.
    Appended,
    /// It was there already.
    Known,
}

/// How a version arrived.
#[derive(Clone, Debug)]
pub struct Arrival<'a> {
    /// Exact text.
    pub text: &'a str,
    /// Parsed text.
    pub document: &'a Document,
    /// Fetched from the author's own origin, or sent by the author itself over a verified signature:
    /// then an absent proof is tolerated, and shown.
    pub from_origin: bool,
    /// The activity that carried it, remembered in the same transaction; none when it was fetched.
    pub activity: Option<(&'a Iri, &'a Iri)>,
}

/// Takes a version into the register.
///
/// # Errors
/// `Invalid` when it breaks a rule, its proof does not hold or its key is not known here (rule `proof`,
/// `proof-key`); `Forbidden` when it claims to be ours (threats O2); `Conflict` when another text has
/// that version already, or the chain does not hold.
pub async fn version(app: &App, arrival: &Arrival<'_>) -> Result<Outcome> {
    let version = Version::from_document(arrival.document)?;
    if storage::actors::get(&app.db, version.author().as_str()).await?.is_some_and(|actor| actor.ours) {
        return Err(Error::forbidden("it claims to be ours"));
    }
    let proof = check_proof(app, &version, arrival).await?;
    let mut tx = app.db.begin().await?;
    let now = app.clock.now_ms();
    if let Some((id, actor)) = arrival.activity
        && !storage::received::remember(&mut tx, id.as_str(), actor.as_str(), now).await?
    {
        return Ok(Outcome::Known);
    }
    let outcome = append(&mut tx, &version, arrival, proof, now).await?;
    if outcome == Outcome::Appended {
        after(app, &mut tx, &version, arrival, now).await?;
    }
    tx.commit().await?;
    app.wake.notify_one();
    Ok(outcome)
}

/// What follows from a new version: an actor's row is renewed, our council boosts an answer to it.
async fn after(app: &App, tx: &mut Tx, version: &Version, arrival: &Arrival<'_>, now: i64) -> Result<()> {
    match version {
        Version::Actor(actor) => {
            let known = storage::actors::get_in(tx, actor.id.as_str()).await?;
            if known.is_some() && is_latest(tx, version).await? {
                storage::actors::put(tx, &register::actor_row(actor, arrival.text, None, now)).await?;
            }
        }
        Version::Record(record) if matches!(record.said.kind(), "Answer" | "FollowUp") => {
            publish::boost_by_council(app, tx, record).await?;
        }
        _ => {}
    }
    Ok(())
}

async fn is_latest(tx: &mut Tx, version: &Version) -> Result<bool> {
    let latest = storage::versions::current_in(tx, version.id().as_str()).await?;
    Ok(latest.is_some_and(|latest| latest.version == i64::from(version.number())))
}

/// Rule 5: invalid is refused; absent only from its origin; valid by a key that its author lists at its
/// own origin, made before the key was retired (rule 6).
async fn check_proof(app: &App, version: &Version, arrival: &Arrival<'_>) -> Result<Proof> {
    let Some(claim) = proof::claim(arrival.document)? else {
        return if arrival.from_origin {
            Ok(Proof::Absent)
        } else {
            Err(Error::invalid("proof", "proof", "absent, and not from its origin"))
        };
    };
    let key = storage::keys::get(&app.db, claim.key.as_str()).await?;
    let key = key.filter(|key| {
        key.actor == version.author().as_str() && key.algorithm == "ed25519" && key.pinned_at.is_some()
    });
    let key =
        key.ok_or_else(|| Error::invalid("proof.verificationMethod", "proof-key", claim.key.as_str()))?;
    let revoked = key.revoked.as_deref().and_then(|revoked| Instant::parse_foreign(revoked).ok());
    if revoked.is_some_and(|revoked| claim.created >= revoked) {
        return Err(Error::invalid("proof.verificationMethod", "proof-key-revoked", claim.key.as_str()));
    }
    proof::verify(arrival.document, &proof::from_multibase(&key.public)?)?;
    Ok(Proof::Valid)
}

/// Appends a version where it belongs in its chain. A gap is allowed (a later version is the newer word;
/// catching up fills the gap), a fork is not.
async fn append(
    tx: &mut Tx,
    version: &Version,
    arrival: &Arrival<'_>,
    proof: Proof,
    now: i64,
) -> Result<Outcome> {
    let id = version.id().as_str();
    let number = i64::from(version.number());
    let hash = canonical::hash(arrival.document);
    if let Some(known) = storage::versions::get_in(tx, id, number).await? {
        return if known.hash == hash.as_str() {
            Ok(Outcome::Known)
        } else {
            Err(Error::conflict(format!("{id} has another version {number}")))
        };
    }
    if let Some(before) = storage::versions::get_in(tx, id, number - 1).await? {
        let hash = crate::domain::Hash::parse(&before.hash)?;
        if let Some(text) = &before.document {
            version.follows(&Version::parse(text)?, &hash)?;
        } else if version.previous() != Some(&hash) {
            return Err(Error::conflict(format!("{id}: version {number} does not follow")));
        }
    }
    if let Some(next) = storage::versions::get_in(tx, id, number + 1).await?
        && next.previous.as_deref() != Some(hash.as_str())
    {
        return Err(Error::conflict(format!("{id}: version {number} is not the one that was followed")));
    }
    if let Some(latest) = storage::versions::current_in(tx, id).await?
        && (latest.author != version.author().as_str() || latest.kind != version.kind())
    {
        return Err(Error::forbidden(format!("{id} belongs to {}", latest.author)));
    }
    let entry = Entry { version, text: arrival.text, document: arrival.document, ours: false, proof, now };
    register::append(tx, &entry).await?;
    Ok(Outcome::Appended)
}
