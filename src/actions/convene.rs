//! What follows when a record about a convention is signed here, or arrives (register.md rule 11). `Join`,
//! `Accept`, `Reject`, `Add`, `Remove` and `Announce` are transport; the truth is in the records.

use crate::{
    App, Error, Result,
    domain::{
        Instant, Iri, Record, Role, Version,
        activity::{self, Activity, Kind},
        canonical::{self, Document},
        said::Said,
    },
    storage::{self, Tx, actors::Actor, offers::Offer, records::Row},
};

use super::{
    Operator,
    conventions::{self, Known},
    enqueue, moving, rebuild,
};

/// Task kind: follow those one is in a convention with. Subject is the Admission that gives cause, so that none is
/// lost while another is done.
pub const MEET: &str = "meet";

/// Task kind: find the activity with which its author said what came by catching up, and pass that on. Subject is the
/// record.
pub const PASS_ON: &str = "pass-on";

/// Task kind: ask for what a contribution brings at its origin, where it did not come by itself. Subject is the
/// contribution.
pub const FETCH: &str = "fetch-contributed";

/// How long what a contribution brings may take to come by itself, in milliseconds.
const BY_ITSELF: i64 = 60_000;

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
/// members say in it; a member meets those it is in a convention with. What came without an activity, by catching up,
/// is looked for in its author's outbox ([`PASS_ON`]): a Group announces what its author did say, under the id that it
/// has at its author's, and makes up nothing in its name (wire.md §2.3, threats O44).
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
    if let Said::Contribution(said) = &record.said
        && let [one] = said.concerns.as_slice()
        && storage::records::get_in(tx, one.as_str()).await?.is_none()
    {
        let (id, at) = (record.envelope.id.as_str(), app.clock.now_ms() + BY_ITSELF);
        storage::tasks::schedule_sooner(tx, FETCH, id, at).await?;
    }
    let envelope = &record.envelope;
    let Some(group) = &envelope.audience else { return Ok(()) };
    let parent = envelope.in_reply_to.as_ref().map(Iri::as_str);
    if !speaks_in(app, group.as_str(), envelope.author.as_str(), parent).await? {
        return Ok(());
    }
    let kind = if record.envelope.version == 1 { Kind::Create } else { Kind::Update };
    match activity {
        Some(activity) => enqueue::pass_on(app, tx, group, (&kind, activity), (document, document)).await?,
        None if rebuild::was_told(tx, record.envelope.published).await? => {}
        None => {
            let (id, now) = (record.envelope.id.as_str(), app.clock.now_ms());
            storage::tasks::schedule_sooner(tx, PASS_ON, id, now).await?;
        }
    }
    if kind == Kind::Create { bring(app, tx, record).await } else { Ok(()) }
}

/// What a Group of ours has to pass on of what came without the activity its author said it with: the Group and the
/// record, while its author speaks in it and somebody follows the Group.
///
/// # Errors
/// Those of the database.
pub async fn to_pass_on(app: &App, id: &str) -> Result<Option<(Iri, Row)>> {
    let row = storage::records::get(&app.db, id).await?.filter(|row| !row.withdrawn && row.proof == "valid");
    let Some(row) = row else { return Ok(None) };
    let Some(group) = row.audience.as_deref().map(Iri::parse).transpose()? else { return Ok(None) };
    let wanted = !storage::follows::inboxes(&app.db, group.as_str()).await?.is_empty()
        && speaks_in(app, group.as_str(), &row.author, row.parent.as_deref()).await?;
    Ok(wanted.then_some((group, row)))
}

/// The Group passes it on by the activity that its author did say it with. Once.
///
/// # Errors
/// Those of the database.
pub async fn pass_on(app: &App, group: &Iri, row: &Row, (kind, activity): (&Kind, &Iri)) -> Result<()> {
    let document = canonical::read(&row.document)?;
    let mut tx = app.db.begin().await?;
    let mut told = storage::outbox::boosters_in(&mut tx, activity.as_str()).await?;
    if *kind == Kind::Create {
        told.extend(storage::outbox::boosters_in(&mut tx, &row.uri).await?);
    }
    if told.iter().any(|actor| actor == group.as_str()) {
        return Ok(());
    }
    enqueue::pass_on(app, &mut tx, group, (kind, activity), (&document, &document)).await?;
    tx.commit().await?;
    app.wake.notify_one();
    Ok(())
}

/// After the register came back from its peers: the Groups of ours have in their collections what they had, and whom
/// they are in a convention with is met again. What others say of it comes by catching up with them.
///
/// # Errors
/// Those of the database.
pub(super) async fn again(app: &App) -> Result<()> {
    for group in storage::actors::by_role(&app.db, Role::Convention.code()).await? {
        let Some(known) = conventions::of_group(app, &Iri::parse(&group.uri)?).await? else { continue };
        let mut tx = app.db.begin().await?;
        for row in known.contributions() {
            if let Ok(Version::Record(record)) = Version::parse(&row.document) {
                take_in(app, &mut tx, &record, true).await?;
            }
        }
        let ruled = |row: &&Row| row.kind == "Admission" && row.author == known.host() && !row.withdrawn;
        for row in known.records.iter().filter(ruled) {
            meet(app, &mut tx, &Iri::parse(&row.uri)?).await?;
        }
        tx.commit().await?;
    }
    Ok(())
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
    let Some(row) = storage::records::get(&app.db, parent).await? else { return Ok(false) };
    let of_thread = row.audience.as_deref() == Some(group) && known.has(&row.author);
    Ok(of_thread && moving::is_asked(app, &row, author).await?)
}

/// The convention of a Group, if that is ours.
async fn hosted(app: &App, group: &str) -> Result<Option<Known>> {
    let Ok(group) = Iri::parse(group) else { return Ok(None) };
    if group.origin() != app.urls.base() {
        return Ok(None);
    }
    let actor = storage::actors::get(&app.db, group.as_str()).await?;
    if actor.is_some_and(|actor| is_convention_of_ours(&actor)) {
        Ok(conventions::of_group(app, &group).await?.filter(|known| !known.row.withdrawn))
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
            take_in(app, tx, &record, false).await?;
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
        let told = rebuild::was_told(tx, record.envelope.published).await?;
        take_in(app, tx, record, told).await
    } else {
        Ok(())
    }
}

/// Adds a contribution to the collection of a Group of ours, and has the Group boost what it brings. Nobody brings
/// what is a neighbour's. What was `told` before this node came back from its peers is written down, and sent to
/// nobody a second time.
async fn take_in(app: &App, tx: &mut Tx, record: &Record, told: bool) -> Result<()> {
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
    if told {
        enqueue::remember(app, tx, &collected(app, &Kind::Add, &said.convention, (id, author))).await?;
        for one in &said.concerns {
            enqueue::remember(app, tx, &enqueue::boost_of(app, &said.convention, one, author)).await?;
        }
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
    let document = collected(app, kind, group, (id, author));
    enqueue::to_followers(app, tx, &document, group, std::slice::from_ref(author)).await
}

fn collected(app: &App, kind: &Kind, group: &Iri, what: (&Iri, &Iri)) -> Document {
    activity::collect(kind, &enqueue::mint(app), group, what, Instant::of(app.clock.now()))
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
