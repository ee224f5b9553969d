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
        self,
        actors::Actor,
        replies::{Arrival, Before, Counting, Decision, Reply},
    },
};

use super::{Act, Operator, allow, receive::AHEAD};

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
    let parents = if is_post(note) { ids(note.get("inReplyTo")) } else { Vec::new() };
    if parents.is_empty() {
        return Err(Error::not_found(uri.as_str()));
    }
    let (content, lang) = words(note);
    let content = clean(content);
    let (published, updated) = (instant(app, text("published")), instant(app, text("updated")));
    let written = updated.or(published).map(|written| written.to_string());
    let digest = digest(&salt(app).await?, uri.as_str());
    let arrival = Arrival {
        activity: activity.id.as_str(),
        actor: by,
        origin: activity.actor.origin(),
        uri: uri.as_str(),
        digest: &digest,
        written: written.as_deref(),
    };
    let now = app.clock.now_ms();
    let parents = &parents[..parents.len().min(MAX_PARENTS)];
    let upto = Counting { since: now - DAY_MS, by_author: MAX_PER_DAY, by_server: MAX_PER_SERVER };
    let before = storage::replies::before(&app.db, &arrival, parents, &upto).await?;
    let parent = before.answers.clone().ok_or_else(|| Error::not_found(uri.as_str()))?;
    if before.handled {
        return Ok(false);
    }
    if before.erased || !is_new(&before, &arrival, &parent, &content)? {
        remember(app, &arrival, now).await?;
        return Ok(false);
    }
    let held = app.config.replies.held;
    let reply = Reply {
        uri: uri.to_string(),
        author: by.to_owned(),
        author_name: author.name.clone(),
        author_handle: format!("{}@{}", author.handle, author.host),
        parent,
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
    storage::replies::put(&app.db, &reply, &arrival).await
}

/// Whether a reply, or this state of it, is to be taken; `false` for an edit older than what is there.
fn is_new(before: &Before, arrival: &Arrival<'_>, parent: &str, content: &str) -> Result<bool> {
    if let (Some(author), Some(known)) = (&before.author, &before.parent) {
        if author != arrival.actor || known != parent {
            return Err(Error::forbidden("a reply stays its author's, and where it was said"));
        }
        let latest = before.latest.as_deref();
        return Ok(arrival.written.is_none_or(|written| latest.is_none_or(|latest| written >= latest)));
    }
    if content.trim().is_empty() {
        return Err(Error::not_found("words"));
    }
    if before.by_author >= MAX_PER_DAY || before.by_server >= MAX_PER_SERVER {
        return Err(Error::forbidden("too many replies in a day"));
    }
    Ok(true)
}

/// Notes that an activity was handled, although nothing came of it.
async fn remember(app: &App, arrival: &Arrival<'_>, now: i64) -> Result<()> {
    let mut tx = app.db.begin().await?;
    storage::received::remember(&mut tx, arrival.activity, arrival.actor, now).await?;
    tx.commit().await
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

/// Approves or rejects a reply. Deciding again changes the decision.
///
/// # Errors
/// `NotFound`.
pub async fn decide(app: &App, operator: &Operator, uri: &str, approve: bool) -> Result<()> {
    allow(app, operator, Act::Decide, uri, None).await?;
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
    let (now, digest) = (app.clock.now_ms(), digest(&salt(app).await?, uri.as_str()));
    let mut tx = app.db.begin().await?;
    if !storage::received::remember(&mut tx, activity.id.as_str(), activity.actor.as_str(), now).await? {
        return Ok(false);
    }
    let known = storage::replies::get_in(&mut tx, uri.as_str()).await?;
    if known.as_ref().is_some_and(|reply| reply.author != activity.actor.as_str()) {
        return Err(Error::forbidden("only its author deletes a reply"));
    }
    if known.is_some() {
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
    allow(app, operator, Act::Decide, uri.as_str(), None).await?;
    let (now, digest) = (app.clock.now_ms(), digest(&salt(app).await?, uri.as_str()));
    let mut tx = app.db.begin().await?;
    let was_here = storage::replies::get_in(&mut tx, uri.as_str()).await?.is_some();
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
    let (now, salt) = (app.clock.now_ms(), salt(app).await?);
    let author = activity.actor.as_str();
    let mut tx = app.db.begin().await?;
    if !storage::received::remember(&mut tx, activity.id.as_str(), author, now).await? {
        return Ok(());
    }
    for uri in storage::replies::uris_of_author(&mut tx, author).await? {
        storage::replies::erase(&mut tx, &uri, &digest(&salt, &uri), now).await?;
    }
    storage::reactions::remove_actor(&mut tx, author).await?;
    storage::follows::remove_actor(&mut tx, author).await?;
    storage::actors::gone(&mut tx, author, now).await?;
    tx.commit().await
}

/// SHA-256 of this node's salt and an id.
fn digest(salt: &str, uri: &str) -> String {
    Hash::of(format!("{salt} {uri}").as_bytes()).digits().to_owned()
}

/// The salt of this node, made when it is first needed. Asked for before a transaction begins.
async fn salt(app: &App) -> Result<String> {
    let made = app.erasure_salt.get_or_try_init(|| async {
        if let Some(salt) = storage::settings::get(&app.db, "erasure-salt").await? {
            return Ok(salt);
        }
        let mut bytes = [0u8; 32];
        aws_lc_rs::rand::fill(&mut bytes).map_err(|_| Error::internal(anyhow::anyhow!("randomness")))?;
        let mut tx = app.db.begin().await?;
        let salt = storage::settings::put_once(&mut tx, "erasure-salt", Hash::of(&bytes).digits()).await?;
        tx.commit().await?;
        Ok(salt)
    });
    made.await.cloned()
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
