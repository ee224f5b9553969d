//! Takes our own register back from what others kept of it: a version is believed for its proof, by a key that was
//! known before (register.md rule 5), and is ours when we hold its author's key (rule 1).

use crate::{
    App, Error, Result,
    domain::{Actor, Instant, Iri, Version, activity::PUBLIC, canonical::Document, proof},
    storage::{self, Tx, keys::Key},
};

use super::{
    Act, Operator, Proof, allow, convene, moving,
    receive::{self, Arrival, Outcome},
    register, reindex,
};

/// Numbers left out before the first version comes back, more than a node ever gives: peers page by them.
const NUMBERS: i64 = 1_000_000;

/// When a register that was lost began to come back, in milliseconds since 1970: a setting.
const REBUILT: &str = "rebuilt-at";

/// Begins: numbers of before are not used again, and what came back without its author's key is ours once that key
/// is here. Gives how many versions became ours.
///
/// # Errors
/// `Invalid` when the operator may not; those of the database.
pub async fn begin(app: &App, operator: &Operator, peers: &str) -> Result<u64> {
    allow(app, operator, Act::Run, "restore", None).await?;
    let empty = storage::versions::count(&app.db).await? == 0;
    let mut tx = app.db.begin().await?;
    let now = app.clock.now_ms();
    if empty {
        storage::upkeep::skip_numbers(&mut tx, NUMBERS).await?;
        storage::settings::put(&mut tx, REBUILT, &now.to_string()).await?;
    }
    let mut adopted = 0;
    for author in held(app).await? {
        adopted += storage::versions::adopt(&mut tx, author.as_str()).await?;
        let latest = storage::versions::current_in(&mut tx, author.as_str()).await?;
        if let Some(text) = latest.and_then(|latest| latest.document)
            && let Version::Actor(actor) = Version::parse(&text)?
        {
            put_actor(app, &mut tx, &actor, &text, true).await?;
        }
    }
    storage::audit::add(&mut tx, &operator.deed("restore-from-peers", peers), now).await?;
    tx.commit().await?;
    if adopted > 0 {
        reindex::reindex(app, operator, &|_, _| ()).await?;
    }
    Ok(adopted)
}

/// Ends: what follows from what is here again.
///
/// # Errors
/// Those of the database.
pub async fn end(app: &App) -> Result<()> {
    let mut tx = app.db.begin().await?;
    storage::sources::found(&mut tx, app.urls.host()).await?;
    tx.commit().await?;
    convene::again(app).await
}

/// Whether something was published before a register that was lost came back: this node told of it in its time, and
/// who followed it then has to follow again.
///
/// # Errors
/// Those of the database.
pub(super) async fn was_told(tx: &mut Tx, published: Instant) -> Result<bool> {
    let rebuilt = storage::settings::get_in(tx, REBUILT).await?.and_then(|at| at.parse().ok());
    Ok(rebuilt.is_some_and(|at: i64| published.timestamp().as_millisecond() <= at))
}

/// The actors whose proof keys we hold.
///
/// # Errors
/// Those of the database.
pub async fn held(app: &App) -> Result<Vec<Iri>> {
    let keys = storage::keys::ours(&app.db).await?;
    let signing = keys.iter().filter(|key| key.algorithm == "ed25519" && key.revoked.is_none());
    let mut actors: Vec<Iri> = signing.map(|key| Iri::parse(&key.actor)).collect::<Result<_, _>>()?;
    actors.dedup();
    Ok(actors)
}

/// Takes one version back.
///
/// # Errors
/// `Invalid` when it breaks a rule, its proof does not hold or its key is not known here; `Conflict` when another
/// text has its number or the chain does not hold; rule `handle-taken` when another account of this node has the
/// name of the actor it is.
pub async fn take(app: &App, text: &str, document: &Document) -> Result<Outcome> {
    let version = Version::parsed(text, document)?;
    if let Version::Record(record) = &version
        && ![&record.envelope.to, &record.envelope.cc].into_iter().flatten().any(|to| to.as_str() == PUBLIC)
    {
        return Err(Error::forbidden("only what is said to everybody is taken"));
    }
    let arrival = Arrival { text, document, from_origin: false, activity: None };
    let proof = receive::check_proof(app, &version, &arrival).await?;
    let now = app.clock.now_ms();
    let mut tx = app.db.begin().await?;
    let author = version.author().as_str();
    let ours = storage::keys::signing_in(&mut tx, author, "ed25519").await?.is_some();
    let outcome = receive::append(&mut tx, &version, &arrival, (proof, ours), now).await?;
    if let Version::Actor(actor) = &version
        && receive::is_latest(&mut tx, &version).await?
    {
        put_actor(app, &mut tx, actor, text, ours).await?;
    }
    if let Version::Actor(actor) = &version
        && proof == Proof::Valid
    {
        moving::stated(&mut tx, actor).await?;
    }
    tx.commit().await?;
    Ok(outcome)
}

/// The row of an actor that came back: it speaks here if we hold its key and its id is of this node.
async fn put_actor(app: &App, tx: &mut Tx, actor: &Actor, text: &str, held: bool) -> Result<()> {
    let role = actor.role().filter(|_| held && app.urls.is_here(&actor.id));
    if role.is_some()
        && let Some(other) = storage::actors::by_handle_in(tx, &actor.handle).await?
        && other.uri != actor.id.as_str()
    {
        return Err(Error::invalid("preferredUsername", "handle-taken", actor.handle.as_str()));
    }
    let row = register::actor_row(actor, text, role.map(crate::domain::Role::code), app.clock.now_ms());
    storage::actors::put(tx, &row).await
}

/// Keeps proof keys of an actor of whom none is known, as others pinned them: id, public half, and from when it no
/// longer holds. For an archive that can be checked; nothing can be signed with them.
///
/// # Errors
/// `Invalid` when one is no key of that actor; those of the database.
pub async fn pin(app: &App, actor: &Iri, keys: &[(Iri, String, Option<String>)]) -> Result<()> {
    let now = app.clock.now_ms();
    let mut tx = app.db.begin().await?;
    if !storage::keys::of_actor_in(&mut tx, actor.as_str()).await?.is_empty() {
        return Ok(());
    }
    for (id, public, revoked) in keys {
        if id.without_fragment() != *actor {
            return Err(Error::invalid("proof.verificationMethod", "proof-key", id.as_str()));
        }
        proof::from_multibase(public)?;
        let row = Key {
            id: id.to_string(),
            actor: actor.to_string(),
            algorithm: "ed25519".to_owned(),
            public: public.clone(),
            secret: None,
            created_at: now,
            revoked: revoked.clone(),
            pinned_at: Some(now),
        };
        storage::keys::put(&mut tx, &row).await?;
    }
    tx.commit().await
}
