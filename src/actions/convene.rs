//! What follows when a record about a convention is signed here, or arrives (register.md rule 11). `Join`,
//! `Accept`, `Reject`, `Add`, `Remove` and `Announce` are transport; the truth is in the records.

use crate::{
    App, Error, Result,
    domain::{
        Instant, Iri, Record, Role, Version,
        activity::{self, Activity, Kind},
        canonical::Document,
        said::Said,
    },
    storage::{self, Tx, actors::Actor, offers::Offer, records::Row},
};

use super::{
    Operator,
    conventions::{self, Known},
    enqueue,
};

/// Task kind: follow those one is in a convention with. Subject is the Admission that gives cause, so that none is
/// lost while another is done.
pub const MEET: &str = "meet";

/// What follows from a new record of ours.
///
/// # Errors
/// Those of the database.
pub(super) async fn said(app: &App, tx: &mut Tx, record: &Record) -> Result<()> {
    match &record.said {
        Said::Adhesion(said) => ask(app, tx, record, &said.convention).await,
        Said::Admission(said) => {
            for adhesion in &said.concerns {
                answer(app, tx, adhesion, "accepted", &record.envelope.id).await?;
                welcome(app, tx, &said.convention, adhesion).await?;
            }
            meet(app, tx, &record.envelope.id).await
        }
        Said::Refusal(said) if said.relay.is_none() => {
            for adhesion in &said.concerns {
                answer(app, tx, adhesion, "declined", &record.envelope.id).await?;
            }
            Ok(())
        }
        Said::Contribution(_) => bring(app, tx, record).await,
        _ => Ok(()),
    }
}

/// What follows from a new, proven record of another: the Group of a convention of ours passes on what its
/// members say in it; a member meets those it is in a convention with.
///
/// # Errors
/// Those of the database.
pub(super) async fn arrived(
    app: &App,
    tx: &mut Tx,
    record: &Record,
    document: &Document,
    activity: Option<&Iri>,
) -> Result<()> {
    if matches!(record.said, Said::Admission(_)) {
        return meet(app, tx, &record.envelope.id).await;
    }
    let envelope = &record.envelope;
    let Some(group) = &envelope.audience else { return Ok(()) };
    let parent = envelope.in_reply_to.as_ref().map(Iri::as_str);
    if !speaks_in(app, group.as_str(), envelope.author.as_str(), parent).await? {
        return Ok(());
    }
    let kind = if record.envelope.version == 1 { Kind::Create } else { Kind::Update };
    if let Some(activity) = activity {
        enqueue::pass_on(app, tx, group, (&kind, activity), (document, document)).await?;
    }
    if kind == Kind::Create { bring(app, tx, record).await } else { Ok(()) }
}

/// Whether somebody speaks in a convention of ours, whose Group this is: a member, or whom a member's record in its
/// thread asks for an answer, by replying to that.
///
/// # Errors
/// Those of the database.
pub async fn speaks_in(app: &App, group: &str, author: &str, parent: Option<&str>) -> Result<bool> {
    let Some(known) = hosted(app, group).await? else { return Ok(false) };
    if known.has(author) {
        return Ok(true);
    }
    let Some(parent) = parent else { return Ok(false) };
    let asks = storage::records::get(&app.db, parent).await?;
    Ok(asks.is_some_and(|row| {
        let of_thread = row.audience.as_deref() == Some(group) && known.has(&row.author);
        of_thread && row.addressee.as_deref() == Some(author)
    }))
}

/// The convention of a Group, if that is ours.
async fn hosted(app: &App, group: &str) -> Result<Option<Known>> {
    let Ok(group) = Iri::parse(group) else { return Ok(None) };
    if group.origin() != app.urls.base() {
        return Ok(None);
    }
    let actor = storage::actors::get(&app.db, group.as_str()).await?;
    if actor.is_some_and(|actor| is_convention_of_ours(&actor)) {
        conventions::of_group(app, &group).await
    } else {
        Ok(None)
    }
}

/// What follows when a record of another ends, by its proven Tombstone: the Group that passed it on passes that on
/// too. `before` is what it was.
///
/// # Errors
/// Those of the database.
pub(super) async fn ended(
    app: &App,
    tx: &mut Tx,
    row: &Row,
    (document, before): (&Document, Option<&Document>),
    activity: Option<&Iri>,
) -> Result<()> {
    if let Some(group) = row.audience.as_deref().map(Iri::parse).transpose()?
        && let (Some(activity), Some(before)) = (activity, before)
        && (holds(app, &group, &row.uri).await?
            || speaks_in(app, group.as_str(), &row.author, row.parent.as_deref()).await?)
    {
        enqueue::pass_on(app, tx, &group, (&Kind::Delete, activity), (document, before)).await?;
    }
    taken_back(app, tx, row).await
}

/// A contribution is taken back, or a council is a member no more: the Group takes off its collection what is no
/// longer in it.
///
/// # Errors
/// Those of the database.
pub(super) async fn taken_back(app: &App, tx: &mut Tx, row: &Row) -> Result<()> {
    if !matches!(row.kind.as_str(), "Contribution" | "Adhesion" | "Admission") {
        return Ok(());
    }
    let links = storage::links::of_source(&app.db, &row.uri).await?;
    let Some(group) = links.iter().find(|link| link.relation == "convention") else { return Ok(()) };
    let group = Iri::parse(&group.target)?;
    if group_of_ours(tx, &group).await?.is_none() {
        return Ok(());
    }
    if row.kind == "Contribution" {
        return take_off(app, tx, &group, row).await;
    }
    // The register as it was before: whoever was a member by this record is one no more.
    let Some(known) = conventions::of_group(app, &group).await? else { return Ok(()) };
    for contribution in known.contributions() {
        let by = known.admitted().find(|member| member.council.as_str() == contribution.author);
        let left = by.is_some_and(|by| {
            by.adhesion.as_str() == row.uri || by.ruling.as_ref().is_some_and(|id| id.as_str() == row.uri)
        });
        if left {
            take_off(app, tx, &group, contribution).await?;
        }
    }
    Ok(())
}

/// A council is a member from now on: what it contributed before enters the collection.
async fn welcome(app: &App, tx: &mut Tx, group: &Iri, adhesion: &Iri) -> Result<()> {
    if group_of_ours(tx, group).await?.is_none() {
        return Ok(());
    }
    let Some(known) = conventions::of_group(app, group).await? else { return Ok(()) };
    let Some(member) = known.members.iter().find(|member| member.adhesion == *adhesion) else {
        return Ok(());
    };
    for row in known.contributions_of(member.council.as_str()) {
        if let Ok(Version::Record(record)) = Version::parse(&row.document) {
            take_in(app, tx, &record).await?;
        }
    }
    Ok(())
}

/// A council of ours asks to be in a convention: elsewhere by a `Join`, here at once.
async fn ask(app: &App, tx: &mut Tx, record: &Record, group: &Iri) -> Result<()> {
    let Some(actor) = storage::actors::get_in(tx, group.as_str()).await? else { return Ok(()) };
    let (council, adhesion) = (&record.envelope.author, &record.envelope.id);
    let id = enqueue::mint(app);
    put(app, tx, (adhesion.as_str(), council.as_str()), &actor, (id.as_str(), !actor.ours)).await?;
    if !actor.ours {
        let at = Instant::of(app.clock.now());
        let document = activity::join(&id, (council, group), adhesion, at);
        enqueue::direct(app, tx, &document, &actor.inbox, &actor.host).await?;
    }
    Ok(())
}

/// A council elsewhere asks to be in a convention of ours, and its adhesion is in the register. `false`: it had
/// asked before.
///
/// # Errors
/// `Forbidden` when the adhesion is not the sender's, or to another convention.
pub async fn asked(
    app: &App,
    join: &Activity,
    adhesion: &Row,
    group: &Actor,
    sender: &Actor,
) -> Result<bool> {
    if adhesion.author != sender.uri || adhesion.kind != "Adhesion" || adhesion.withdrawn {
        return Err(Error::forbidden("an adhesion is brought by its author"));
    }
    let mut tx = app.db.begin().await?;
    let now = app.clock.now_ms();
    if !storage::received::remember(&mut tx, join.id.as_str(), join.actor.as_str(), now).await? {
        return Ok(false);
    }
    let ends = (adhesion.uri.as_str(), sender.uri.as_str());
    let new = put(app, &mut tx, ends, group, (join.id.as_str(), false)).await?;
    if new {
        storage::hosts::ensure(&mut tx, &sender.host).await?;
        let operator = Operator::peer(&sender.uri);
        storage::audit::add(&mut tx, &operator.deed("receive-join", &adhesion.uri), now).await?;
    }
    tx.commit().await?;
    app.wake.notify_one();
    Ok(new)
}

/// Remembers who asked whom.
async fn put(
    app: &App,
    tx: &mut Tx,
    (adhesion, council): (&str, &str),
    group: &Actor,
    (activity, ours): (&str, bool),
) -> Result<bool> {
    let now = app.clock.now_ms();
    let row = Offer {
        relay: adhesion.to_owned(),
        body: group.uri.clone(),
        sender: council.to_owned(),
        offer: activity.to_owned(),
        ours,
        state: if ours { "offered" } else { "received" }.to_owned(),
        host: group.host.clone(),
        at: now,
        changed_at: now,
    };
    storage::offers::put(tx, &row).await
}

/// The Group tells a council elsewhere what its host ruled on its adhesion.
async fn answer(app: &App, tx: &mut Tx, adhesion: &Iri, state: &str, ruling: &Iri) -> Result<()> {
    let Some(row) =
        storage::records::get_in(tx, adhesion.as_str()).await?.filter(|row| row.kind == "Adhesion")
    else {
        return Ok(());
    };
    for group in storage::actors::by_role_in(tx, Role::Convention.code()).await? {
        let Some(asked) =
            storage::offers::get_in(tx, &row.uri, &group.uri).await?.filter(|asked| !asked.ours)
        else {
            continue;
        };
        let now = app.clock.now_ms();
        storage::offers::set_state(tx, &asked.relay, &asked.body, state, now).await?;
        let sender = storage::actors::get_in(tx, &asked.sender).await?;
        let Some(sender) = sender.filter(|sender| !sender.ours) else { continue };
        let kind = if state == "accepted" { Kind::Accept } else { Kind::Reject };
        let ends = (&Iri::parse(&group.uri)?, &Iri::parse(&sender.uri)?);
        let at = Instant::of(app.clock.now());
        let named = (&Iri::parse(&asked.offer)?, ruling);
        let document = activity::on_join(&kind, &enqueue::mint(app), ends, named, at);
        enqueue::direct(app, tx, &document, &sender.inbox, &sender.host).await?;
    }
    Ok(())
}

/// The Group of a convention answers a Join of ours; what its host signed is in the register. `false`: handled
/// before.
///
/// # Errors
/// `Forbidden` when we never sent that Join, or to somebody else (threats O12).
pub async fn answered(app: &App, answer: &Activity, state: &str) -> Result<bool> {
    let asked = storage::offers::by_offer(&app.db, answer.object.id()?.as_str()).await?;
    let asked = asked.filter(|asked| asked.ours && asked.body == answer.actor.as_str());
    let asked = asked.ok_or_else(|| Error::forbidden("no such Join of ours"))?;
    let mut tx = app.db.begin().await?;
    let now = app.clock.now_ms();
    if !storage::received::remember(&mut tx, answer.id.as_str(), answer.actor.as_str(), now).await? {
        return Ok(false);
    }
    storage::offers::set_state(&mut tx, &asked.relay, &asked.body, state, now).await?;
    tx.commit().await?;
    app.wake.notify_one();
    Ok(true)
}

/// A contribution by a member enters the collection of a Group of ours.
async fn bring(app: &App, tx: &mut Tx, record: &Record) -> Result<()> {
    let Said::Contribution(said) = &record.said else { return Ok(()) };
    let known = hosted(app, said.convention.as_str()).await?;
    if known.is_some_and(|known| known.has(record.envelope.author.as_str())) {
        take_in(app, tx, record).await
    } else {
        Ok(())
    }
}

/// Adds a contribution to the collection of a Group of ours, and has the Group boost what it brings. Nobody brings
/// what is a neighbour's.
async fn take_in(app: &App, tx: &mut Tx, record: &Record) -> Result<()> {
    let Said::Contribution(said) = &record.said else { return Ok(()) };
    let (id, author) = (&record.envelope.id, &record.envelope.author);
    for one in &said.concerns {
        let held = storage::records::get_in(tx, one.as_str()).await?;
        if held.is_some_and(|row| row.author != author.as_str()) {
            return Ok(());
        }
    }
    if holds(app, &said.convention, id.as_str()).await? {
        return Ok(());
    }
    collect(app, tx, &Kind::Add, &said.convention, (id, author)).await?;
    for one in &said.concerns {
        enqueue::boost(app, tx, &said.convention, one, author).await?;
    }
    Ok(())
}

/// Takes a contribution off the collection of a Group of ours, if it is in it.
async fn take_off(app: &App, tx: &mut Tx, group: &Iri, row: &Row) -> Result<()> {
    if !holds(app, group, &row.uri).await? {
        return Ok(());
    }
    collect(app, tx, &Kind::Remove, group, (&Iri::parse(&row.uri)?, &Iri::parse(&row.author)?)).await
}

/// Whether a Group of ours said that something is in its collection, and not that it left it.
async fn holds(app: &App, group: &Iri, object: &str) -> Result<bool> {
    let said = storage::outbox::of_object(&app.db, object).await?;
    let mut own = said.iter().filter(|said| said.actor == group.as_str());
    let last = own.rfind(|said| matches!(said.kind.as_str(), "Add" | "Remove"));
    Ok(last.is_some_and(|said| said.kind == "Add"))
}

/// Tells the followers of a Group, and the author, what enters or leaves its collection.
async fn collect(app: &App, tx: &mut Tx, kind: &Kind, group: &Iri, (id, author): (&Iri, &Iri)) -> Result<()> {
    let at = Instant::of(app.clock.now());
    let document = activity::collect(kind, &enqueue::mint(app), group, (id, author), at);
    enqueue::to_followers(app, tx, &document, group, std::slice::from_ref(author)).await
}

/// Whoever hosts or is in a convention will follow those it is in it with.
async fn meet(app: &App, tx: &mut Tx, admission: &Iri) -> Result<()> {
    storage::tasks::schedule_sooner(tx, MEET, admission.as_str(), app.clock.now_ms()).await
}

/// The Group, if it is a convention of ours.
async fn group_of_ours(tx: &mut Tx, group: &Iri) -> Result<Option<Actor>> {
    let actor = storage::actors::get_in(tx, group.as_str()).await?;
    Ok(actor.filter(is_convention_of_ours))
}

/// Whether an actor is the Group of a convention of ours.
fn is_convention_of_ours(actor: &Actor) -> bool {
    actor.ours && actor.role.as_deref() == Some(Role::Convention.code())
}
