//! Takes a version that somebody else signed into the register: same parser, same register as ours
//! (register.md rules 1 to 5). What decides is pure; the sender was authenticated before.

use crate::{
    App, Error, Result,
    domain::{
        Hash, Instant, Iri, Version,
        activity::PUBLIC,
        canonical::{self, Document},
        proof,
        version::{Around, Misplaced, Place},
    },
    storage::{self, Tx, records::Row},
};

use super::{
    Proof, convene, moving, publish,
    register::{self, Entry},
};

/// How far ahead of our clock something may be dated, in seconds (threats C11).
pub(super) const AHEAD: i64 = 300;

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
    /// The activity that carried it and who sent that, remembered in the same transaction; none when it was
    /// fetched.
    pub activity: Option<(&'a Iri, &'a Iri)>,
}

/// Takes a version into the register.
///
/// # Errors
/// `Invalid` when it breaks a rule, its proof does not hold or its key is not known here (rule `proof`,
/// `proof-key`); `Forbidden` when somebody else than its author sends it, it claims to be ours or is not
/// for everybody (threats O2, O5, O35); `Conflict` when another text has that version already, or the
/// chain does not hold.
pub async fn version(app: &App, arrival: &Arrival<'_>) -> Result<Outcome> {
    let version = Version::parsed(arrival.text, arrival.document)?;
    if arrival.activity.is_some_and(|(_, sender)| sender != version.author()) {
        return Err(Error::forbidden("a version comes from its author"));
    }
    if let Version::Record(record) = &version
        && ![&record.envelope.to, &record.envelope.cc].into_iter().flatten().any(|to| to.as_str() == PUBLIC)
    {
        return Err(Error::forbidden("only what is said to everybody is taken"));
    }
    if version.published().max(version.written()) > Instant::of(app.clock.now()).plus_seconds(AHEAD) {
        return Err(Error::invalid("published", "future", version.written().to_string()));
    }
    if storage::actors::get(&app.db, version.author().as_str()).await?.is_some_and(|actor| actor.ours) {
        return Err(Error::forbidden("it claims to be ours"));
    }
    continues(&version, storage::versions::current(&app.db, version.id().as_str()).await?.as_ref())?;
    let proof = check_proof(app, &version, arrival).await?;
    let mut tx = app.db.begin().await?;
    let now = app.clock.now_ms();
    if let Some((id, actor)) = arrival.activity
        && !storage::received::remember(&mut tx, id.as_str(), actor.as_str(), now).await?
    {
        return Ok(Outcome::Known);
    }
    let ended = ended(&mut tx, &version).await?;
    let outcome = append(&mut tx, &version, arrival, (proof, false), now).await?;
    if outcome == Outcome::Appended {
        after(app, &mut tx, &version, arrival, (proof, ended)).await?;
    }
    tx.commit().await?;
    app.wake.notify_one();
    Ok(outcome)
}

/// What has an author and a kind keeps both (threats O5, O6).
fn continues(version: &Version, latest: Option<&storage::versions::Version>) -> Result<()> {
    match latest {
        Some(latest) if latest.author != version.author().as_str() || latest.kind != version.kind() => {
            Err(Error::forbidden(format!("{} belongs to {}", latest.uri, latest.author)))
        }
        _ => Ok(()),
    }
}

/// What a record is before an end of it arrives, which may erase that.
struct Ended {
    row: Row,
    said: Option<Document>,
}

async fn ended(tx: &mut Tx, version: &Version) -> Result<Option<Ended>> {
    let Version::Tombstone(end) = version else { return Ok(None) };
    let Some(row) = storage::records::get_in(tx, end.id.as_str()).await? else { return Ok(None) };
    let before = storage::versions::get_in(tx, end.id.as_str(), i64::from(end.version) - 1).await?;
    let said = before.and_then(|before| canonical::read(&before.document?).ok());
    Ok(Some(Ended { row, said }))
}

/// What follows from a new version: an actor's row is renewed, our council boosts an answer to it that is
/// proven.
async fn after(
    app: &App,
    tx: &mut Tx,
    version: &Version,
    arrival: &Arrival<'_>,
    (proof, ended): (Proof, Option<Ended>),
) -> Result<()> {
    if matches!(version, Version::Record(_))
        && storage::records::get_in(tx, version.id().as_str()).await?.is_some_and(|row| row.withdrawn)
    {
        // Its end came before it.
        return Ok(());
    }
    match version {
        Version::Actor(actor) => {
            let known = storage::actors::get_in(tx, actor.id.as_str()).await?;
            if known.is_some() && is_latest(tx, version).await? {
                let row = register::actor_row(actor, arrival.text, None, app.clock.now_ms());
                storage::actors::put(tx, &row).await?;
            }
            if proof == Proof::Valid {
                moving::stated(tx, actor).await?;
            }
        }
        Version::Record(record) if proof == Proof::Valid => {
            if matches!(record.said.kind(), "Answer" | "FollowUp") {
                publish::boost_by_council(app, tx, record).await?;
            }
            let activity = arrival.activity.map(|(id, _)| id);
            convene::arrived(app, tx, record, arrival.document, activity).await?;
        }
        Version::Tombstone(_) if proof == Proof::Valid => {
            if let Some(Ended { row, said }) = ended {
                let said = (arrival.document, said.as_ref());
                convene::ended(app, tx, &row, said, arrival.activity.map(|(id, _)| id)).await?;
            }
        }
        _ => {}
    }
    Ok(())
}

pub(super) async fn is_latest(tx: &mut Tx, version: &Version) -> Result<bool> {
    let latest = storage::versions::current_in(tx, version.id().as_str()).await?;
    Ok(latest.is_some_and(|latest| latest.version == i64::from(version.number())))
}

/// Rule 5: invalid is refused; absent only from its origin; valid by a key that its author lists at its
/// own origin, made before the key was retired (rule 6).
pub(super) async fn check_proof(app: &App, version: &Version, arrival: &Arrival<'_>) -> Result<Proof> {
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

/// Appends a version where it belongs in its chain; `ours` when we hold its author's key. A gap is allowed (a later version is the newer word;
/// catching up fills the gap), a fork is not.
pub(super) async fn append(
    tx: &mut Tx,
    version: &Version,
    arrival: &Arrival<'_>,
    (proof, ours): (Proof, bool),
    now: i64,
) -> Result<Outcome> {
    let (id, number) = (version.id(), version.number());
    let hash = canonical::hash(arrival.document);
    match place(tx, version, &hash).await? {
        Ok(Place::Known) => return Ok(Outcome::Known),
        Ok(Place::Free) => {}
        Err(Misplaced::Rule(problem)) => return Err(problem.into()),
        Err(Misplaced::Fork) => {
            return Err(Error::conflict(format!("{id}: version {number} is of another chain")));
        }
        Err(Misplaced::Foreign) => return Err(Error::forbidden(format!("{id} belongs to another"))),
    }
    let entry = Entry { version, text: arrival.text, document: arrival.document, ours, proof, now };
    register::append(tx, &entry).await?;
    Ok(Outcome::Appended)
}

/// Gathers what the register holds around a version; where it belongs is decided by the domain.
async fn place(tx: &mut Tx, version: &Version, hash: &Hash) -> Result<Result<Place, Misplaced>> {
    let (id, number) = (version.id().as_str(), i64::from(version.number()));
    let hash_of = |row: &storage::versions::Version| Hash::parse(&row.hash);
    let same = storage::versions::get_in(tx, id, number).await?.as_ref().map(hash_of).transpose()?;
    if same.is_some() {
        return Ok(version.place(hash, &Around { same: same.as_ref(), ..Around::default() }));
    }
    let before = match storage::versions::get_in(tx, id, number - 1).await? {
        Some(row) => Some((hash_of(&row)?, row.document.as_deref().map(Version::parse).transpose()?)),
        None => None,
    };
    let after = storage::versions::get_in(tx, id, number + 1).await?;
    let after = after.map(|row| row.previous.as_deref().map(Hash::parse).transpose()).transpose()?;
    let latest = storage::versions::current_in(tx, id).await?;
    let newest = match latest.as_ref().filter(|latest| latest.version + 1 != number) {
        Some(latest) => latest.document.as_deref().map(Version::parse).transpose()?,
        None => None,
    };
    let around = Around {
        same: None,
        before: before.as_ref().map(|(hash, version)| (hash, version.as_ref())),
        after: after.as_ref().map(Option::as_ref),
        latest: latest.as_ref().map(|latest| (latest.author.as_str(), latest.kind.as_str())),
        newest: newest.as_ref(),
    };
    Ok(version.place(hash, &around))
}
