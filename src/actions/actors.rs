//! Our actors: making them, changing what they say of themselves. Each change is a version of the actor
//! document, signed, and sent to those who follow (register.md rule 6).

use crate::{
    App, Error, Result,
    domain::{
        Actor, Code as _, Handle, Instant, Iri, Role, Version,
        activity::Kind,
        actor::NewActor,
        canonical::{self, Document},
        html, proof,
        record::Claim,
    },
    storage::{self, Tx},
};

use super::{
    Operator, Proof, enqueue,
    new_keys::{self, NewKeys},
    register::{self, Entry},
};

/// What is said of an actor of ours.
#[derive(Clone, Debug)]
pub struct Profile {
    /// What it is for.
    pub role: Role,
    /// User part of its handle.
    pub handle: Handle,
    /// Its name.
    pub name: String,
    /// Who it is, Markdown.
    pub summary: String,
    /// Sourced values.
    pub claims: Vec<Claim>,
    /// The recommendation it was born of.
    pub born_of: Option<Iri>,
    /// Code of its territory, if it has its own.
    pub territory: Option<String>,
    /// Of a convention: where its charter can be read.
    pub charter: Option<Iri>,
    /// Written for the sample.
    pub synthetic: bool,
}

impl Profile {
    /// A profile with a name and nothing else.
    #[must_use]
    pub fn new(role: Role, handle: Handle, name: impl Into<String>) -> Self {
        Self {
            role,
            handle,
            name: name.into(),
            summary: String::new(),
            claims: Vec::new(),
            born_of: None,
            territory: None,
            charter: None,
            synthetic: false,
        }
    }
}

/// The actors every node has, made once: the node itself, the city hall, the city feed. Making them
/// again changes nothing.
///
/// # Errors
/// `Internal` when keys cannot be made.
pub async fn set_up(app: &App, operator: &Operator) -> Result<()> {
    let city = &app.config.city.name;
    let wanted = [
        (Role::Relay, "relay", format!("Nœud Parvis\u{a0}: {city}")),
        (Role::Feed, "fil", format!("Le fil citoyen\u{a0}: {city}")),
        (Role::Mairie, app.config.city.handle.as_str(), city.clone()),
    ];
    for (role, handle, name) in wanted {
        if storage::actors::by_role(&app.db, role.code()).await?.is_empty() {
            let mut profile = Profile::new(role, Handle::parse(handle)?, name);
            if role == Role::Mairie {
                profile.territory = Some(app.config.city.territory.clone());
            }
            save(app, operator, &profile).await?;
        }
    }
    Ok(())
}

/// Makes an actor, or a new version of it when its profile changed. Gives its id, and whether anything
/// was written.
///
/// # Errors
/// `Conflict` when the handle is another role's.
pub async fn save(app: &App, operator: &Operator, profile: &Profile) -> Result<(Iri, bool)> {
    match storage::actors::by_handle(&app.db, profile.handle.as_str()).await? {
        Some(known) if known.role.as_deref() == Some(profile.role.code()) => {
            let changed = change(app, operator, profile, &known).await?;
            Ok((Iri::parse(&known.uri)?, changed))
        }
        Some(known) => Err(Error::conflict(format!(
            "@{} is the {} already",
            known.handle,
            known.role.unwrap_or_default()
        ))),
        None => {
            let id = app.urls.actor(app.chance.uuid(app.clock.now()));
            create(app, operator, profile, id.clone()).await?;
            Ok((id, true))
        }
    }
}

/// Makes an actor under an id already minted.
///
/// # Errors
/// `Conflict` when the handle is taken.
pub async fn create(app: &App, operator: &Operator, profile: &Profile, id: Iri) -> Result<()> {
    let keys = new_keys::make(app, &id).await?;
    let mut tx = app.db.begin().await?;
    let actor = build(app, &mut tx, profile, &id, &keys).await?;
    let document = signed(&actor.to_document(), &keys.proof, actor.published);
    for row in &keys.rows {
        storage::keys::put(&mut tx, row).await?;
    }
    write(app, &mut tx, &document, profile.role).await?;
    tell(app, &mut tx, &actor, &document).await?;
    storage::audit::add(&mut tx, &operator.deed("create-actor", id.as_str()), app.clock.now_ms()).await?;
    tx.commit().await?;
    app.wake.notify_one();
    Ok(())
}

/// Tells those who follow the actor, and the peers, what it says of itself now.
async fn tell(app: &App, tx: &mut Tx, actor: &Actor, document: &Document) -> Result<()> {
    let mut addressed = Document::new();
    addressed.insert("attributedTo".to_owned(), actor.id.to_string().into());
    addressed.insert("to".to_owned(), vec![crate::domain::activity::PUBLIC].into());
    addressed.insert("cc".to_owned(), vec![actor.followers.to_string()].into());
    enqueue::carry(app, tx, &Kind::Update, document, &addressed).await
}

/// Version 1, from the profile and the actors that are there.
async fn build(app: &App, tx: &mut Tx, profile: &Profile, id: &Iri, keys: &NewKeys) -> Result<Actor> {
    let new = NewActor {
        id: id.clone(),
        role: profile.role,
        handle: &profile.handle,
        domain: &app.config.domain,
        base: app.urls.base(),
        name: &profile.name,
        summary: &html::from_markdown(&profile.summary),
        published: Instant::of(app.clock.now()),
        rsa_pem: keys.rsa_pem.clone(),
        ed25519: keys.proof.public(),
    };
    let mut actor = Actor::new(new)?;
    fill(app, tx, profile, &mut actor).await?;
    Ok(actor)
}

/// What of an actor can change.
async fn fill(app: &App, tx: &mut Tx, profile: &Profile, actor: &mut Actor) -> Result<()> {
    let by_role = async |tx: &mut Tx, role: Role| -> Result<Option<Iri>> {
        let found = storage::actors::by_role_in(tx, role.code()).await?.into_iter().next();
        Ok(found.map(|actor| Iri::parse(&actor.uri)).transpose()?)
    };
    actor.name.clone_from(&profile.name);
    actor.summary = html::from_markdown(&profile.summary);
    actor.claims.clone_from(&profile.claims);
    actor.born_of.clone_from(&profile.born_of);
    actor.synthetic = profile.synthetic;
    actor.territory.clone_from(&profile.territory);
    if profile.role != Role::Relay {
        actor.generator = by_role(tx, Role::Relay).await?;
    }
    if matches!(profile.role, Role::Mairie | Role::Council | Role::Guarantor) {
        actor.feed = by_role(tx, Role::Feed).await?;
    }
    if profile.role == Role::Convention {
        actor.host = by_role(tx, Role::Mairie).await?;
        actor.charter.clone_from(&profile.charter);
    }
    if profile.role == Role::Council {
        actor.city = by_role(tx, Role::Mairie).await?;
    }
    if profile.role == Role::Mairie {
        let tier = crate::domain::codes::Tier::written(&app.config.city.tier)?;
        actor.tier = Some(tier.wire());
        actor.intake = Some(actor.id.join("/intake"));
    }
    Ok(())
}

/// A new version, when the profile says something new.
async fn change(
    app: &App,
    operator: &Operator,
    profile: &Profile,
    known: &storage::actors::Actor,
) -> Result<bool> {
    let before = canonical::read(&known.document)?;
    let mut actor = Actor::from_document(&before)?;
    actor.extra.remove("proof");
    let same = actor.clone();
    let mut tx = app.db.begin().await?;
    fill(app, &mut tx, profile, &mut actor).await?;
    if actor == same {
        return Ok(false);
    }
    let (actor, document) = next(app, &mut tx, &before, actor).await?;
    write(app, &mut tx, &document, profile.role).await?;
    tell(app, &mut tx, &actor, &document).await?;
    storage::audit::add(&mut tx, &operator.deed("change-actor", actor.id.as_str()), app.clock.now_ms())
        .await?;
    tx.commit().await?;
    app.wake.notify_one();
    Ok(true)
}

/// The version of an actor after `before`, signed.
///
/// # Errors
/// `Forbidden` when we do not hold its key.
pub(super) async fn next(
    app: &App,
    tx: &mut Tx,
    before: &Document,
    mut actor: Actor,
) -> Result<(Actor, Document)> {
    let now = Instant::of(app.clock.now());
    let last = actor.updated.unwrap_or(actor.published);
    let updated = if now > last { now } else { last.plus_seconds(1) };
    actor.extra.remove("proof");
    actor.version += 1;
    actor.previous = Some(canonical::hash(before));
    actor.updated = Some(updated);
    let key = new_keys::proof_key(app, tx, &actor.id).await?;
    let document = signed(&actor.to_document(), &key, updated);
    Ok((actor, document))
}

/// Says of an actor of ours that it spoke under another address before.
///
/// # Errors
/// `NotFound` when it is not ours; those of signing.
pub(super) async fn known_as(app: &App, tx: &mut Tx, id: &Iri, old: &Iri) -> Result<()> {
    let known = storage::actors::get_in(tx, id.as_str()).await?.filter(|actor| actor.ours);
    let known = known.ok_or_else(|| Error::not_found(id.as_str()))?;
    let before = canonical::read(&known.document)?;
    let mut actor = Actor::from_document(&before)?;
    let role =
        known.role.as_deref().and_then(Role::from_code).ok_or_else(|| Error::not_found(id.as_str()))?;
    if actor.also_known_as.contains(old) {
        return Ok(());
    }
    actor.also_known_as.push(old.clone());
    let (actor, document) = next(app, tx, &before, actor).await?;
    write(app, tx, &document, role).await?;
    tell(app, tx, &actor, &document).await
}

/// Puts a version of an actor of ours into the register and its row.
async fn write(app: &App, tx: &mut Tx, document: &Document, role: Role) -> Result<()> {
    let text = canonical::write(document);
    let version = Version::from_document(document)?;
    let Version::Actor(actor) = &version else { return Err(Error::invalid("type", "not-a-record", "actor")) };
    let now = app.clock.now_ms();
    register::append(
        tx,
        &Entry { version: &version, text: &text, document, ours: true, proof: Proof::Valid, now },
    )
    .await?;
    storage::actors::put(tx, &register::actor_row(actor, &text, Some(role.code()), now)).await
}

/// The document with its proof.
fn signed(document: &Document, key: &proof::ProofKey, created: Instant) -> Document {
    let mut document = document.clone();
    proof::sign(&mut document, key, created);
    document
}

/// Signs a record and gives its document.
pub(super) fn sign_record(record: &crate::domain::Record, key: &proof::ProofKey) -> Document {
    let created = record.envelope.updated.unwrap_or(record.envelope.published);
    signed(&record.to_document(), key, created)
}
