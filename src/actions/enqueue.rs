//! Writes activities into the outbox with one delivery per distinct inbox, in the transaction of the
//! change they tell of (threats R2). Who receives what: register.md rules 20 and 22.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{
    App, Result,
    domain::{
        Instant, Iri,
        activity::{self, Kind},
        audience::Audience,
        canonical::{self, Document},
    },
    storage::{self, Tx, deliveries::Target, follows::Inbox, outbox::NewActivity},
};

/// Software that reads a Group's `Announce{Create}` rather than boosts (FEP-1b12).
const GROUP_READERS: [&str; 4] = ["lemmy", "mbin", "piefed", "nodebb"];

/// Inboxes to deliver to, each once, with its host.
type Inboxes = BTreeMap<String, String>;

/// Sends the Create, Update or Delete of a version to everybody it concerns, and has the thread's Group
/// distribute it. `addressed` is the document whose `to`, `cc` and `audience` count: the version itself,
/// or the last one before a tombstone.
///
/// # Errors
/// Those of the database.
pub async fn carry(
    app: &App,
    tx: &mut Tx,
    kind: &Kind,
    document: &Document,
    addressed: &Document,
) -> Result<()> {
    let author = document.get("attributedTo").or_else(|| document.get("id")).and_then(Value::as_str);
    let id = mint_by(app, &Iri::parse(author.unwrap_or_default())?);
    let activity = activity::carry(kind, &id, document, addressed);
    let audience = Audience::of(addressed);
    let object = text(document, "id");
    let group = group_of_ours(tx, audience.group.as_ref()).await?;
    let mut inboxes = Inboxes::new();
    if let Some(author) = &audience.followers_of {
        add(&mut inboxes, followers(tx, author.as_str()).await?);
    }
    if let Some(relay) = relay(tx).await? {
        add(&mut inboxes, followers(tx, &relay).await?);
    }
    add_named(tx, &mut inboxes, &audience.named).await?;
    if let Some(group) = &audience.group
        && group_is_elsewhere(tx, group).await?
    {
        add_named(tx, &mut inboxes, std::slice::from_ref(group)).await?;
    }
    if *kind != Kind::Create {
        for booster in storage::outbox::boosters_in(tx, &object).await? {
            add(&mut inboxes, followers(tx, &booster).await?);
        }
    }
    let (readers, others) = split(match &group {
        Some(group) => followers(tx, group.as_str()).await?,
        None => Vec::new(),
    });
    add(&mut inboxes, readers.clone());
    send(app, tx, &activity, inboxes).await?;
    let Some(group) = group else { return Ok(()) };
    distribute(
        app,
        tx,
        &Distribution { group: &group, kind, activity: &activity, object: &object, top: audience.top_level },
        readers,
        others,
    )
    .await
}

/// A Group of ours passes on what somebody elsewhere said in its threads: the author's own activity, named by
/// its id, to readers of FEP-1b12, a boost of what is new to the others. A tombstone is addressed as what it ends.
///
/// # Errors
/// Those of the database.
pub async fn pass_on(
    app: &App,
    tx: &mut Tx,
    group: &Iri,
    (kind, activity): (&Kind, &Iri),
    (document, addressed): (&Document, &Document),
) -> Result<()> {
    let said = activity::carry(kind, activity, document, addressed);
    let (readers, others) = split(followers(tx, group.as_str()).await?);
    let author = Iri::parse(&text(&said, "actor")).ok();
    if !readers.is_empty() {
        let whole = Value::Object(said);
        let now = Instant::of(app.clock.now());
        let announce = activity::announce(&mint(app), group, &whole, None, now);
        let mut inboxes = Inboxes::new();
        add(&mut inboxes, readers);
        send(app, tx, &announce, inboxes).await?;
    }
    if *kind == Kind::Create && !document.contains_key("inReplyTo") && !speaks_for_another(document) {
        let now = Instant::of(app.clock.now());
        let boost = activity::announce(&mint(app), group, &json!(text(document, "id")), author.as_ref(), now);
        let mut inboxes = Inboxes::new();
        add(&mut inboxes, others);
        send(app, tx, &boost, inboxes).await?;
    }
    Ok(())
}

/// Whether citizens are better shown what it names: a contribution is boosted as what it contributes.
fn speaks_for_another(document: &Document) -> bool {
    text(document, "parvis:kind") == "parvis:Contribution"
}

/// Sends an activity to the followers of one of ours, and to named actors.
///
/// # Errors
/// Those of the database.
pub async fn to_followers(
    app: &App,
    tx: &mut Tx,
    activity: &Document,
    followed: &Iri,
    named: &[Iri],
) -> Result<()> {
    let mut inboxes = Inboxes::new();
    add(&mut inboxes, followers(tx, followed.as_str()).await?);
    add_named(tx, &mut inboxes, named).await?;
    send(app, tx, activity, inboxes).await
}

/// What a Group distributes.
struct Distribution<'a> {
    group: &'a Iri,
    kind: &'a Kind,
    activity: &'a Document,
    object: &'a str,
    top: bool,
}

/// The Group's part: to those who read boosts, a boost of what begins a thread; to FEP-1b12 readers,
/// the activity announced when it is no top-level post.
async fn distribute(
    app: &App,
    tx: &mut Tx,
    what: &Distribution<'_>,
    readers: Vec<Inbox>,
    others: Vec<Inbox>,
) -> Result<()> {
    let author = Iri::parse(&text(what.activity, "actor")).ok();
    let now = Instant::of(app.clock.now());
    let another = what.activity.get("object").and_then(Value::as_object).is_some_and(speaks_for_another);
    if what.top && *what.kind == Kind::Create {
        if another {
            return Ok(());
        }
        let boost = activity::announce(&mint(app), what.group, &json!(what.object), author.as_ref(), now);
        let mut inboxes = Inboxes::new();
        add(&mut inboxes, others);
        send(app, tx, &boost, inboxes).await?;
    } else if !what.top && !readers.is_empty() {
        let whole = Value::Object(what.activity.clone());
        let announce = activity::announce(&mint(app), what.group, &whole, None, now);
        let mut inboxes = Inboxes::new();
        add(&mut inboxes, readers);
        send(app, tx, &announce, inboxes).await?;
    }
    Ok(())
}

/// Boosts a record to the followers of one of our actors, and tells its author. Once per record.
///
/// # Errors
/// Those of the database.
pub async fn boost(app: &App, tx: &mut Tx, actor: &Iri, object: &Iri, author: &Iri) -> Result<()> {
    if storage::outbox::boosters_in(tx, object.as_str())
        .await?
        .iter()
        .any(|booster| booster == actor.as_str())
    {
        return Ok(());
    }
    let boost = boost_of(app, actor, object, author);
    let mut inboxes = Inboxes::new();
    add(&mut inboxes, followers(tx, actor.as_str()).await?);
    if author != actor {
        add_named(tx, &mut inboxes, std::slice::from_ref(author)).await?;
    }
    send(app, tx, &boost, inboxes).await
}

/// A boost, not sent yet.
#[must_use]
pub fn boost_of(app: &App, actor: &Iri, object: &Iri, author: &Iri) -> Document {
    let now = Instant::of(app.clock.now());
    activity::announce(&mint(app), actor, &json!(object), Some(author), now)
}

/// Writes an activity down for what follows from its having been said; it is sent to nobody.
///
/// # Errors
/// Those of the database.
pub async fn remember(app: &App, tx: &mut Tx, activity: &Document) -> Result<()> {
    send(app, tx, activity, Inboxes::new()).await
}

/// Sends an activity to one inbox: Follow, Accept, Reject, Undo.
///
/// # Errors
/// Those of the database.
pub async fn direct(app: &App, tx: &mut Tx, activity: &Document, inbox: &str, host: &str) -> Result<()> {
    send(app, tx, activity, Inboxes::from([(inbox.to_owned(), host.to_owned())])).await
}

/// Writes an activity and its deliveries; nothing is sent here.
async fn send(app: &App, tx: &mut Tx, activity: &Document, inboxes: Inboxes) -> Result<()> {
    let kind = text(activity, "type");
    let now = app.clock.now();
    let object = match activity.get("object") {
        Some(Value::String(id)) => id.clone(),
        Some(Value::Object(map)) => text(map, "id"),
        _ => String::new(),
    };
    let said = activity.get("published").and_then(Value::as_str).map(ToOwned::to_owned);
    let new = NewActivity {
        activity: text(activity, "id"),
        actor: text(activity, "actor"),
        public: matches!(kind.as_str(), "Create" | "Update" | "Delete" | "Announce" | "Add" | "Remove"),
        kind,
        object,
        published: said.unwrap_or_else(|| Instant::of(now).to_string()),
        document: canonical::write(activity),
    };
    let seq = storage::outbox::append(tx, &new).await?;
    let targets: Vec<Target> = inboxes
        .into_iter()
        .filter(|(_, host)| host != app.urls.host())
        .map(|(inbox, host)| Target { inbox, host })
        .collect();
    if !targets.is_empty() {
        storage::deliveries::enqueue(tx, seq, &targets, now.as_millisecond()).await?;
    }
    Ok(())
}

/// Tells followers of an actor that moved, and these inboxes, where it went.
///
/// # Errors
/// Those of the database.
pub async fn moved(app: &App, tx: &mut Tx, old: &Iri, target: &Iri, told: &[(String, String)]) -> Result<()> {
    let activity = activity::moves(&mint_by(app, old), old, target, Instant::of(app.clock.now()));
    let mut inboxes: Inboxes = told.iter().cloned().collect();
    for followed in [old, target] {
        add(&mut inboxes, followers(tx, followed.as_str()).await?);
    }
    if let Some(relay) = relay(tx).await? {
        add(&mut inboxes, followers(tx, &relay).await?);
    }
    send(app, tx, &activity, inboxes).await
}

/// A new activity id at the origin of its actor: that of an actor that moved here is of its old address.
fn mint_by(app: &App, actor: &Iri) -> Iri {
    let id = mint(app);
    match app.urls.path(&id).filter(|_| !app.urls.is_here(actor)) {
        Some(path) => Iri::parse(&format!("{}{path}", actor.origin())).unwrap_or(id),
        None => id,
    }
}

/// A new activity id.
pub fn mint(app: &App) -> Iri {
    app.urls.activity(app.chance.uuid(app.clock.now()))
}

fn text(document: &Document, name: &str) -> String {
    document.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn add(inboxes: &mut Inboxes, more: Vec<Inbox>) {
    inboxes.extend(more.into_iter().map(|inbox| (inbox.inbox, inbox.host)));
}

async fn followers(tx: &mut Tx, followed: &str) -> Result<Vec<Inbox>> {
    storage::follows::inboxes_in(tx, followed).await
}

/// Id of our node actor.
async fn relay(tx: &mut Tx) -> Result<Option<String>> {
    Ok(storage::actors::by_role_in(tx, "relay").await?.into_iter().next().map(|actor| actor.uri))
}

/// Inboxes of named actors elsewhere.
async fn add_named(tx: &mut Tx, inboxes: &mut Inboxes, named: &[Iri]) -> Result<()> {
    if named.is_empty() {
        return Ok(());
    }
    for actor in storage::actors::by_uris_in(tx, named).await? {
        if !actor.ours && actor.gone_at.is_none() {
            inboxes.insert(actor.delivery_inbox().to_owned(), actor.host.clone());
        }
    }
    Ok(())
}

/// The Group, if it is ours to distribute with.
pub(super) async fn group_of_ours(tx: &mut Tx, group: Option<&Iri>) -> Result<Option<Iri>> {
    let Some(group) = group else { return Ok(None) };
    let actor = storage::actors::get_in(tx, group.as_str()).await?;
    Ok(actor.filter(|actor| actor.ours).map(|_| group.clone()))
}

/// Whether a Group lives on another node, and must be sent what is said in its threads.
async fn group_is_elsewhere(tx: &mut Tx, group: &Iri) -> Result<bool> {
    Ok(storage::actors::get_in(tx, group.as_str()).await?.is_some_and(|actor| !actor.ours))
}

/// Followers of a Group: readers of FEP-1b12, and the others.
fn split(inboxes: Vec<Inbox>) -> (Vec<Inbox>, Vec<Inbox>) {
    inboxes.into_iter().partition(|inbox| {
        inbox.software.as_deref().is_some_and(|software| GROUP_READERS.contains(&software))
    })
}
