//! Publishes drafts: each becomes a signed version in the register, with the activities that tell of it
//! and the boosts that go with it, in one transaction (threats R1, R2). An avis and its recommendations
//! are one action (register.md rule 9).

use std::collections::BTreeSet;

use crate::{
    App, Error, Result,
    domain::{
        Handle, Instant, Iri, Record, Role, Version,
        activity::Kind,
        canonical::{self, Document},
        compose,
        moves::Moves,
        said::Said,
        status,
    },
    dossier::{Item, ItemBody},
    storage::{self, Tx, sources::Source},
};

use super::{
    Act, Operator, Proof,
    actors::{self, Profile},
    allow, convene, conventions,
    drafts::{self, Waiting},
    enqueue,
    names::Names,
    new_keys,
    operator::Guarantors,
    register::{self, Entry},
    relays, thread, words,
};

/// What was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// Stable reference.
    pub reference: String,
    /// Kind.
    pub kind: &'static str,
    /// Id.
    pub id: Iri,
    /// Version; none when the words were the same and nothing was written.
    pub version: Option<u32>,
}

/// Publishes drafts by reference, or all that are not scheduled for later. An avis brings its
/// recommendations along. `progress` is told how many are done and how many there are.
///
/// # Errors
/// `NotFound` for an unknown reference; `Invalid` when a draft breaks a rule (what was published before
/// it stays published).
pub async fn publish(
    app: &App,
    operator: &Operator,
    references: Option<&[String]>,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Vec<Published>> {
    let all = drafts::list(app).await?;
    let chosen = permitted(app, operator, &all, choose(app, &all, references)?, references.is_some()).await?;
    let (actors, mut records): (Vec<&Waiting>, Vec<&Waiting>) =
        chosen.into_iter().partition(|waiting| words::folder(&waiting.item.body).is_none());
    records.sort_by_key(|waiting| order(&waiting.item));
    let total = actors.len() + records.len();
    let mut published = Vec::with_capacity(total);
    let known: Vec<(Item, Iri)> =
        all.iter().map(|waiting| (waiting.item.clone(), waiting.id.clone())).collect();
    let names = Names::gather(app, &known).await?;
    for waiting in actors {
        published.push(publish_actor(app, operator, &names, waiting).await?);
        progress(published.len(), total);
    }
    let names = Names::gather(app, &known).await?;
    let mut at = first_instant(app, records.len());
    for group in groups(&records) {
        let mut tx = app.db.begin().await?;
        for waiting in group {
            published.push(publish_record(app, &mut tx, operator, &names, waiting, at).await?);
            at = at.plus_seconds(1);
        }
        tx.commit().await?;
        app.wake.notify_one();
        progress(published.len(), total);
    }
    Ok(published)
}

/// Those the operator may publish. What was asked for by name, or all there is, is refused rather than left out.
async fn permitted<'a>(
    app: &App,
    operator: &Operator,
    all: &[Waiting],
    chosen: Vec<&'a Waiting>,
    by_name: bool,
) -> Result<Vec<&'a Waiting>> {
    let guarantors = Guarantors::among(app, all.iter().map(|waiting| &waiting.item)).await?;
    let may = |waiting: &&Waiting| operator.may(Act::Publish, Some(guarantors.voice(&waiting.item))).is_ok();
    let (permitted, refused): (Vec<&Waiting>, Vec<&Waiting>) = chosen.into_iter().partition(may);
    if let Some(first) = refused.first().filter(|_| by_name || permitted.is_empty()) {
        allow(app, operator, Act::Publish, &first.item.reference, Some(guarantors.voice(&first.item)))
            .await?;
    }
    Ok(permitted)
}

/// The drafts asked for; of an avis, all its recommendations, and the other way round.
fn choose<'a>(app: &App, all: &'a [Waiting], references: Option<&[String]>) -> Result<Vec<&'a Waiting>> {
    let Some(references) = references else {
        let now = app.clock.now_ms();
        return Ok(all.iter().filter(|waiting| waiting.publish_at.is_none_or(|at| at <= now)).collect());
    };
    let mut wanted: BTreeSet<&str> = BTreeSet::new();
    for reference in references {
        let found = all.iter().find(|waiting| waiting.item.reference == *reference);
        let found = found.ok_or_else(|| Error::not_found(reference.clone()))?;
        wanted.insert(&found.item.reference);
        let avis = match &found.item.body {
            ItemBody::Avis(_) => Some(found.item.reference.as_str()),
            ItemBody::Recommendation(recommendation) => Some(recommendation.avis.as_str()),
            _ => None,
        };
        wanted.extend(avis);
        let with_it = all.iter().filter(|waiting| match &waiting.item.body {
            ItemBody::Recommendation(recommendation) => Some(recommendation.avis.as_str()) == avis,
            _ => false,
        });
        wanted.extend(with_it.map(|waiting| waiting.item.reference.as_str()));
    }
    Ok(all.iter().filter(|waiting| wanted.contains(waiting.item.reference.as_str())).collect())
}

/// Order of publication: what is referred to comes first; an avis, then its recommendations by number;
/// answers and follow-ups by their date.
fn order(item: &Item) -> (u8, String, u32) {
    let reference = || item.reference.clone();
    match &item.body {
        ItemBody::City(_) | ItemBody::Guarantor(_) => (0, reference(), 0),
        ItemBody::Council(_) | ItemBody::Convention(_) => (1, reference(), 0),
        ItemBody::Question(_) => (2, reference(), 0),
        ItemBody::Acceptance(_) | ItemBody::Refusal(_) => (3, reference(), 0),
        ItemBody::Avis(_) => (AVIS, reference(), 0),
        ItemBody::Recommendation(recommendation) => {
            (AVIS, recommendation.avis.clone(), recommendation.number)
        }
        ItemBody::Delivery(_) => (6, reference(), 0),
        ItemBody::Answer(answer) => (8, format!("{} {}", answer.on, item.reference), 0),
        ItemBody::FollowUp(follow_up) => (8, format!("{} {}", follow_up.on, item.reference), 1),
        ItemBody::Spoken(spoken) => {
            let on = spoken.on.as_ref().map(ToString::to_string).unwrap_or_default();
            (place(spoken.kind()), format!("{on} {}", item.reference), 2)
        }
    }
}

/// Where an avis and its recommendations stand in the order of publication.
const AVIS: u8 = 5;

/// Where the other kinds stand: each after what it may name.
fn place(kind: &str) -> u8 {
    match kind {
        "Strategy" | "Composition" | "Draw" | "Review" | "Convention" => 2,
        "WorkingGroup" | "Adhesion" | "DebateSeries" => 3,
        "Meeting" | "Deliverable" | "Admission" => 4,
        "Programme" | "Verbatim" => 6,
        "Schedule" | "Summary" | "Synthesis" => 7,
        "Publication" | "Confirmation" => 9,
        _ => 8,
    }
}

/// An avis with its recommendations together, everything else alone.
fn groups<'a>(records: &'a [&'a Waiting]) -> Vec<&'a [&'a Waiting]> {
    let together = |a: &&Waiting, b: &&Waiting| {
        order(&a.item).0 == AVIS && order(&b.item).0 == AVIS && order(&a.item).1 == order(&b.item).1
    };
    records.chunk_by(together).collect()
}

/// Records of one batch are a second apart, so that they sort; the last is of now, none of the future.
fn first_instant(app: &App, count: usize) -> Instant {
    let back = i64::try_from(count).unwrap_or(0);
    Instant::of(app.clock.now()).plus_seconds(1 - back.max(1))
}

/// Publishes the draft of an actor: a city or a council.
async fn publish_actor(
    app: &App,
    operator: &Operator,
    names: &Names,
    waiting: &Waiting,
) -> Result<Published> {
    let item = &waiting.item;
    let profile = profile(app, names, item)?;
    let known = storage::actors::by_handle(&app.db, profile.handle.as_str()).await?;
    let (id, changed) = if known.is_some() {
        actors::save(app, operator, &profile).await?
    } else {
        actors::create(app, operator, &profile, waiting.id.clone()).await?;
        (waiting.id.clone(), true)
    };
    let mut tx = app.db.begin().await?;
    settle(&mut tx, item, &id).await?;
    tx.commit().await?;
    Ok(Published { reference: item.reference.clone(), kind: "Actor", id, version: changed.then_some(1) })
}

/// The profile an item describes.
fn profile(app: &App, names: &Names, item: &Item) -> Result<Profile> {
    let original = |text: &crate::dossier::Text| text.of(&item.language).unwrap_or_default().to_owned();
    let (role, handle, name) = match &item.body {
        ItemBody::City(city) => (Role::Mairie, &city.handle, original(&city.name)),
        ItemBody::Council(council) => (Role::Council, &council.handle, original(&council.name)),
        ItemBody::Guarantor(body) => (Role::Guarantor, &body.handle, original(&body.name)),
        ItemBody::Convention(body) => (Role::Convention, &body.handle, original(&body.name)),
        _ => return Err(Error::invalid(&item.reference, "not-an-actor", words::kind(&item.body))),
    };
    let mut profile = Profile::new(role, Handle::parse(handle).map_err(|p| p.within(&item.reference))?, name);
    profile.claims = item.common.claims.iter().map(words::claim).collect();
    profile.synthetic = item.common.synthetic;
    match &item.body {
        ItemBody::City(city) => {
            profile.summary = city.summary.as_ref().map(original).unwrap_or_default();
            profile.territory = Some(city.territory.code().to_owned());
        }
        ItemBody::Guarantor(guarantor) => profile.summary = original(&guarantor.summary),
        ItemBody::Convention(body) => {
            profile.summary = body.summary.as_ref().map(original).unwrap_or_default();
            profile.charter = Some(conventions::charter(app, &body.slug));
        }
        ItemBody::Council(council) => {
            let mandate = council.mandate.as_ref().map(original).unwrap_or_default();
            let summary = format!("{}\n\n{mandate}", original(&council.summary));
            summary.trim().clone_into(&mut profile.summary);
            profile.territory = council.territory.as_ref().map(|territory| territory.code().to_owned());
            profile.born_of = match &council.born_of {
                Some(origin) => names.ids.get(origin).cloned().or_else(|| Iri::parse(origin).ok()),
                None => None,
            };
        }
        _ => {}
    }
    Ok(profile)
}

/// Publishes the draft of a record.
pub(super) async fn publish_record(
    app: &App,
    tx: &mut Tx,
    operator: &Operator,
    names: &Names,
    waiting: &Waiting,
    at: Instant,
) -> Result<Published> {
    let (item, id) = (&waiting.item, &waiting.id);
    let draft = words::draft(app, tx, names, item, id).await?;
    let within = |problems: Vec<crate::domain::Problem>| -> Error {
        problems.into_iter().map(|problem| problem.within(&item.reference)).collect::<Vec<_>>().into()
    };
    let record = compose::compose(draft, at).map_err(within)?;
    let version = append(app, tx, record).await?;
    settle(tx, item, id).await?;
    storage::audit::add(tx, &operator.deed("publish", id.as_str()), app.clock.now_ms()).await?;
    Ok(Published {
        reference: item.reference.clone(),
        kind: words::kind(&item.body),
        id: id.clone(),
        version,
    })
}

/// Signs and appends a record of ours, or its next version, and tells those it concerns. Gives the
/// version written, none when it says nothing new.
pub(super) async fn append(app: &App, tx: &mut Tx, record: Record) -> Result<Option<u32>> {
    let id = record.envelope.id.clone();
    let before = match storage::versions::current_in(tx, id.as_str()).await? {
        Some(row) => Some(canonical::read(row.document.as_deref().unwrap_or_default())?),
        None => None,
    };
    let (record, kind) = match &before {
        None => (record, Kind::Create),
        Some(document) => match next(app, document, record)? {
            Some(next) => (next, Kind::Update),
            None => return Ok(None),
        },
    };
    let key = new_keys::proof_key(app, tx, &record.envelope.author).await?;
    let document = actors::sign_record(&record, &key);
    let text = canonical::write(&document);
    let number = record.envelope.version;
    let version = Version::Record(Box::new(record));
    let now = app.clock.now_ms();
    let entry =
        Entry { version: &version, text: &text, document: &document, ours: true, proof: Proof::Valid, now };
    register::append(tx, &entry).await?;
    enqueue::carry(app, tx, &kind, &document, &document).await?;
    if let (Version::Record(record), Kind::Create) = (&version, kind) {
        boosts(app, tx, record).await?;
        relays::plan(app, tx, record).await?;
        convene::said(app, tx, record).await?;
    }
    Ok(Some(number))
}

/// The version after the one of that document, which may follow it; none when it says nothing new.
fn next(app: &App, document: &Document, record: Record) -> Result<Option<Record>> {
    let before = Version::from_document(document)?;
    let Version::Record(old) = &before else {
        let id = before.id();
        return Err(Error::conflict(format!("{id} was withdrawn: a withdrawn id is never used again")));
    };
    let hash = canonical::hash(document);
    let Some(next) = compose::next_version(old, &hash, record, Instant::of(app.clock.now())) else {
        return Ok(None);
    };
    Version::Record(Box::new(next.clone())).follows(&before, &hash)?;
    Ok(Some(next))
}

/// The boosts of rule 20: the council boosts the question it takes up, and answers and follow-ups to its
/// recommendations; the city boosts its own answers and follow-ups, replies that its followers would
/// not see; the feed boosts an avis that another Group distributes.
async fn boosts(app: &App, tx: &mut Tx, record: &Record) -> Result<()> {
    let envelope = &record.envelope;
    match &record.said {
        Said::Acceptance(verdict) => {
            for question in &verdict.concerns {
                if let Some(row) = storage::records::get_in(tx, question.as_str()).await? {
                    enqueue::boost(app, tx, &envelope.author, question, &Iri::parse(&row.author)?).await?;
                }
            }
        }
        Said::Avis(_) => {
            let author = storage::actors::get_in(tx, envelope.author.as_str()).await?;
            if let Some(author) = author
                && let Some(feed) = thread::feed(tx, &author).await?
                && envelope.audience.as_ref() != Some(&feed)
            {
                enqueue::boost(app, tx, &feed, &envelope.id, &envelope.author).await?;
            }
        }
        Said::Answer(_) | Said::FollowUp(_) => {
            enqueue::boost(app, tx, &envelope.author, &envelope.id, &envelope.author).await?;
            boost_by_council(app, tx, record).await?;
        }
        _ => {}
    }
    Ok(())
}

/// The council whose recommendation is answered boosts the answer, if it is one of ours and the answer is
/// that of one who may speak of it: the one it asked, or a body that acknowledged a relay (threats O33).
///
/// # Errors
/// Those of the database.
pub(super) async fn boost_by_council(app: &App, tx: &mut Tx, record: &Record) -> Result<()> {
    let envelope = &record.envelope;
    let Some(parent) = &envelope.in_reply_to else { return Ok(()) };
    let Some(row) = storage::records::get_in(tx, parent.as_str()).await? else { return Ok(()) };
    if !row.ours {
        return Ok(());
    }
    let moves = storage::moves::known_in(tx).await?;
    let council = moves.now(&row.author);
    if council != envelope.author.as_str() && may_speak(tx, &row, record, &moves).await? {
        enqueue::boost(app, tx, &Iri::parse(council)?, &envelope.id, &envelope.author).await?;
    }
    Ok(())
}

/// Whether the author of an answer may speak of what it replies to.
async fn may_speak(tx: &mut Tx, row: &storage::records::Row, record: &Record, moves: &Moves) -> Result<bool> {
    let (author, at) = (&record.envelope.author, record.envelope.published);
    if row.addressee.as_deref() == Some(author.as_str()) {
        return Ok(true);
    }
    let mut targets: Vec<&str> = vec![&row.uri];
    targets.extend(row.avis.as_deref());
    let links = crate::domain::links::links(record);
    targets.extend(links.iter().filter(|link| link.relation == "concerns").map(|link| link.target.as_str()));
    let relays = storage::standings::relays_in(tx, &targets).await?;
    let relays: Vec<_> = relays.iter().filter_map(storage::standings::Relay::relayed).collect();
    let addressee = row.addressee.as_deref().and_then(|uri| Iri::parse(uri).ok());
    Ok(status::speakers(&row.author, addressee.as_ref(), &relays, moves).include(author, at))
}

/// Remembers what a reference became, and takes its draft away.
async fn settle(tx: &mut Tx, item: &Item, id: &Iri) -> Result<()> {
    let source = Source {
        reference: item.reference.clone(),
        uri: id.to_string(),
        kind: words::kind(&item.body).to_owned(),
        digest: item.digest().to_string(),
    };
    storage::sources::put(tx, &source).await?;
    storage::drafts::remove(tx, &item.reference).await.map(drop)
}
