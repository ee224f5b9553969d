//! Citizens' replies: held, approved, rejected, erased. Beside the register, never in it (rule 14).

use jiff::Timestamp;
use serde_json::Value;

use crate::{
    App, Error, Result,
    domain::{
        Hash, Instant, Iri, Lang,
        activity::{Activity, ids},
        canonical::Document,
        html,
    },
    storage::{
        self, Tx,
        actors::Actor,
        replies::{Decision, Reply},
    },
};

use super::{Operator, receive::AHEAD};

/// Longest reply kept, in bytes; longer ones are cut (rule 15 allows it for replies).
const MAX_BYTES: usize = 20_000;
/// Most ids looked at of those a note says it replies to.
const MAX_PARENTS: usize = 4;
/// Most replies of one author within a day, and of all those of one server.
const MAX_PER_DAY: i64 = 50;
const MAX_PER_SERVER: i64 = 1_000;
const DAY_MS: i64 = 86_400_000;
/// Types of what people write: what other servers show as a post (wire.md §1.2).
const POSTS: [&str; 8] = ["Note", "Question", "Article", "Page", "Event", "Image", "Audio", "Video"];

/// Takes in a reply to a record of ours, or its edit. It waits for a person unless the city decided
/// otherwise. `false`: handled before, or not kept.
///
/// # Errors
/// `NotFound` when it is no post, replies to nothing of ours or says nothing; `Forbidden` when it is not
/// public (threats O35), its author is not the one who sends it (O4), or it would move (O6). An older edit
/// changes nothing (O7).
pub async fn receive(app: &App, activity: &Activity, note: &Document, author: &Actor) -> Result<bool> {
    let text = |name: &str| note.get(name).and_then(Value::as_str);
    let uri = Iri::parse(text("id").unwrap_or_default())?;
    let by = activity.actor.as_str();
    if ids(note.get("attributedTo")) != [by] || !uri.same_origin(&activity.actor) {
        return Err(Error::forbidden("a reply comes from its author"));
    }
    if !activity.is_public() {
        return Err(Error::forbidden("only public replies are taken"));
    }
    let parent = if is_post(note) { answered(app, note).await? } else { None };
    let parent = parent.ok_or_else(|| Error::not_found(uri.as_str()))?;
    let (content, lang) = words(note);
    let content = clean(content);
    let now = app.clock.now_ms();
    // Counted before the turn to write begins: others wait for it, and it must not wait for a second connection.
    let too_many = too_many(app, &activity.actor, now).await?;
    let mut tx = app.db.begin().await?;
    if !storage::received::remember(&mut tx, activity.id.as_str(), activity.actor.as_str(), now).await? {
        return Ok(false);
    }
    let digest = digest(&mut tx, uri.as_str()).await?;
    if storage::received::known_in(&mut tx, uri.as_str(), by).await?
        || storage::replies::was_erased(&mut tx, &digest).await?
    {
        tx.commit().await?;
        return Ok(false);
    }
    let known = storage::replies::get_in(&mut tx, uri.as_str()).await?;
    if known.is_none() && content.trim().is_empty() {
        return Err(Error::not_found("words"));
    }
    let (published, updated) = (instant(app, text("published")), instant(app, text("updated")));
    if let Some(known) = &known {
        if known.author != by || known.parent != parent {
            return Err(Error::forbidden("a reply stays its author's, and where it was said"));
        }
        let (latest, written) = (known.updated.as_ref().unwrap_or(&known.published), updated.or(published));
        if written.is_some_and(|written| written.to_string() < *latest) {
            tx.commit().await?;
            return Ok(false);
        }
    }
    if known.is_none() && too_many {
        return Err(Error::forbidden("too many replies in a day"));
    }
    let held = app.config.replies.held;
    let reply = Reply {
        uri: uri.to_string(),
        author: by.to_owned(),
        author_name: author.name.clone(),
        author_handle: format!("{}@{}", author.handle, author.host),
        parent: parent.to_owned(),
        content,
        lang,
        published: published.unwrap_or_else(|| Instant::of(app.clock.now())).to_string(),
        updated: updated.map(|updated| updated.to_string()),
        received_at: now,
        // An edit goes back to the person who decides: what was approved is not what is there now.
        state: if held { "held" } else { "approved" }.to_owned(),
        decided_by: None,
        decided_at: None,
        reason: None,
    };
    if !storage::replies::put(&mut tx, &reply).await? {
        return Err(Error::forbidden("the reply belongs to somebody else"));
    }
    tx.commit().await?;
    Ok(true)
}

/// Whether a note is of a type that people write.
fn is_post(note: &Document) -> bool {
    let types = match note.get("type") {
        Some(Value::Array(types)) => types.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    types.iter().filter_map(Value::as_str).any(|name| POSTS.contains(&name))
}

/// What a note replies to that is ours: a record, or a reply under one.
async fn answered<'a>(app: &App, note: &'a Document) -> Result<Option<&'a str>> {
    for parent in ids(note.get("inReplyTo")).into_iter().take(MAX_PARENTS) {
        let record = storage::records::get(&app.db, parent).await?;
        if record.is_some_and(|row| row.ours && !row.withdrawn)
            || storage::replies::get(&app.db, parent).await?.is_some()
        {
            return Ok(Some(parent));
        }
    }
    Ok(None)
}

/// Approves or rejects a reply. Deciding again changes the decision.
///
/// # Errors
/// `NotFound`.
pub async fn decide(app: &App, operator: &Operator, uri: &str, approve: bool) -> Result<()> {
    let now = app.clock.now_ms();
    let mut tx = app.db.begin().await?;
    let state = if approve { "approved" } else { "rejected" };
    let decision = Decision { state, by: operator.name(), at: now, reason: operator.reason() };
    if !storage::replies::decide(&mut tx, uri, &decision).await? {
        return Err(Error::not_found(uri));
    }
    let action = if approve { "approve-reply" } else { "reject-reply" };
    storage::audit::add(&mut tx, &operator.deed(action, uri), now).await?;
    tx.commit().await
}

/// Removes the bytes of a reply that its author deleted, and leaves a salted hash of its id, so that it
/// never comes back (threats O10, P5). What was never here is remembered as that actor's word, and as long
/// as an activity: a Create may yet follow its Delete. `true`: there was one, by that author.
///
/// # Errors
/// `Forbidden` when it is somebody else's.
pub async fn erase(app: &App, activity: &Activity, uri: &Iri) -> Result<bool> {
    let now = app.clock.now_ms();
    let mut tx = app.db.begin().await?;
    if !storage::received::remember(&mut tx, activity.id.as_str(), activity.actor.as_str(), now).await? {
        return Ok(false);
    }
    let known = storage::replies::get_in(&mut tx, uri.as_str()).await?;
    if known.as_ref().is_some_and(|reply| reply.author != activity.actor.as_str()) {
        return Err(Error::forbidden("only its author deletes a reply"));
    }
    if known.is_some() {
        let digest = digest(&mut tx, uri.as_str()).await?;
        storage::replies::erase(&mut tx, uri.as_str(), &digest, now).await?;
    } else {
        storage::received::remember(&mut tx, uri.as_str(), activity.actor.as_str(), now).await?;
    }
    tx.commit().await?;
    Ok(known.is_some())
}

/// Removes the bytes of a reply because a person or the law asks for it, whether or not its author's server does;
/// it never comes back. `false`: there was none; should it come, it is not taken.
///
/// # Errors
/// Those of the database.
pub async fn erase_by_order(app: &App, operator: &Operator, uri: &Iri) -> Result<bool> {
    let now = app.clock.now_ms();
    let mut tx = app.db.begin().await?;
    let was_here = storage::replies::get_in(&mut tx, uri.as_str()).await?.is_some();
    let digest = digest(&mut tx, uri.as_str()).await?;
    storage::replies::erase(&mut tx, uri.as_str(), &digest, now).await?;
    // The audit log says that it was done, and of what only the same hash.
    storage::audit::add(&mut tx, &operator.deed("erase-reply", &digest), now).await?;
    tx.commit().await?;
    if let Some(file) = app.config.database.sqlite_file() {
        storage::Db::fold(&file).await?;
    }
    Ok(was_here)
}

/// Removes everything an actor that deleted itself left here: replies, reactions, follows.
///
/// # Errors
/// Those of the database.
pub async fn forget_author(app: &App, activity: &Activity) -> Result<()> {
    let now = app.clock.now_ms();
    let author = activity.actor.as_str();
    let mut tx = app.db.begin().await?;
    if !storage::received::remember(&mut tx, activity.id.as_str(), author, now).await? {
        return Ok(());
    }
    for uri in storage::replies::uris_of_author(&mut tx, author).await? {
        let digest = digest(&mut tx, &uri).await?;
        storage::replies::erase(&mut tx, &uri, &digest, now).await?;
    }
    storage::reactions::remove_actor(&mut tx, author).await?;
    storage::follows::remove_actor(&mut tx, author).await?;
    storage::actors::gone(&mut tx, author, now).await?;
    tx.commit().await
}

/// SHA-256 of this node's salt and an id.
async fn digest(tx: &mut Tx, uri: &str) -> Result<String> {
    let salt = storage::settings::get_in(tx, "erasure-salt").await?;
    let salt = if let Some(salt) = salt {
        salt
    } else {
        let mut bytes = [0u8; 32];
        aws_lc_rs::rand::fill(&mut bytes).map_err(|_| Error::internal(anyhow::anyhow!("randomness")))?;
        storage::settings::put_once(tx, "erasure-salt", Hash::of(&bytes).digits()).await?
    };
    Ok(Hash::of(format!("{salt} {uri}").as_bytes()).digits().to_owned())
}

/// Whether an author, or its server, said enough for a day.
async fn too_many(app: &App, author: &Iri, now: i64) -> Result<bool> {
    let since = now - DAY_MS;
    let own = storage::replies::count_by_author(&app.db, author.as_str(), since).await?;
    let server = storage::replies::count_by_server(&app.db, author.origin(), since).await?;
    Ok(own >= MAX_PER_DAY || server >= MAX_PER_SERVER)
}

fn clean(html: &str) -> String {
    let end = (0..=MAX_BYTES.min(html.len())).rev().find(|at| html.is_char_boundary(*at)).unwrap_or(0);
    html::clean(&html[..end])
}

/// What a note says and in which language, as far as it tells: `content`, else the first of its languages.
fn words(note: &Document) -> (&str, Option<String>) {
    let map = note.get("contentMap").and_then(Value::as_object).into_iter().flatten();
    let mut languages = map.filter(|(tag, _)| Lang::parse(tag).is_ok());
    let content = note.get("content").and_then(Value::as_str);
    let first = languages.next();
    let content = content.or_else(|| first.and_then(|(_, text)| text.as_str()));
    (content.unwrap_or_default(), first.map(|(tag, _)| tag.clone()))
}

/// An instant as another server writes it, neither before the year 2000 nor ahead of now (threats C11).
fn instant(app: &App, text: Option<&str>) -> Option<Instant> {
    let (first, last) = (Instant::of(Timestamp::constant(946_684_800, 0)), Instant::of(app.clock.now()));
    Some(Instant::parse_foreign(text?).ok()?.clamp(first, last.plus_seconds(AHEAD)))
}
