//! Citizens' replies: held, approved, rejected, erased. Beside the register, never in it (rule 14).

use std::sync::LazyLock;

use serde_json::Value;

use crate::{
    App, Error, Result,
    domain::{
        Hash, Instant, Iri, Lang,
        activity::{self, Activity},
        canonical::Document,
    },
    storage::{
        self, Tx,
        actors::Actor,
        replies::{Decision, Reply},
    },
};

use super::Operator;

/// Longest reply kept, in bytes; longer ones are cut (rule 15 allows it for replies).
const MAX_BYTES: usize = 20_000;
/// Most replies of one author within a day.
const MAX_PER_DAY: i64 = 50;
const DAY_MS: i64 = 86_400_000;

/// What may stand in a reply that is shown.
static CLEANER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut builder = ammonia::Builder::default();
    builder.tags(["p", "br", "a", "strong", "em", "ul", "ol", "li", "blockquote", "code", "pre"].into());
    builder.link_rel(Some("nofollow noopener ugc"));
    builder.url_schemes(["http", "https", "mailto"].into());
    builder
});

/// Takes in a reply to a record of ours, or its edit. It waits for a person unless the city decided
/// otherwise. `false`: handled before, or not kept.
///
/// # Errors
/// `NotFound` when it replies to nothing of ours; `Forbidden` when it is not public (threats O35) or its
/// author is not the one who sends it (O4).
pub async fn receive(app: &App, activity: &Activity, note: &Document, author: &Actor) -> Result<bool> {
    let text = |name: &str| note.get(name).and_then(Value::as_str);
    let uri = Iri::parse(text("id").unwrap_or_default())?;
    let by = activity::named(note, "attributedTo").unwrap_or_default();
    if by != activity.actor.as_str() || !uri.same_origin(&activity.actor) {
        return Err(Error::forbidden("a reply comes from its author"));
    }
    if !activity.is_public() {
        return Err(Error::forbidden("only public replies are taken"));
    }
    let parent = activity::named(note, "inReplyTo").unwrap_or_default();
    if !answers_us(app, parent).await? {
        return Err(Error::not_found(parent));
    }
    let now = app.clock.now_ms();
    let mut tx = app.db.begin().await?;
    if !storage::received::remember(&mut tx, activity.id.as_str(), activity.actor.as_str(), now).await? {
        return Ok(false);
    }
    let digest = digest(&mut tx, uri.as_str()).await?;
    if storage::replies::was_erased(&mut tx, &digest).await? {
        tx.commit().await?;
        return Ok(false);
    }
    let known = storage::replies::get_in(&mut tx, uri.as_str()).await?;
    if known.is_none() && storage::replies::count_by_author(&app.db, by, now - DAY_MS).await? >= MAX_PER_DAY {
        return Err(Error::forbidden("too many replies in a day"));
    }
    let held = app.config.replies.held;
    let reply = Reply {
        uri: uri.to_string(),
        author: by.to_owned(),
        author_name: author.name.clone(),
        author_handle: format!("{}@{}", author.handle, author.host),
        parent: parent.to_owned(),
        content: clean(text("content").unwrap_or_default()),
        lang: language(note),
        published: instant(text("published")).unwrap_or_else(|| Instant::of(app.clock.now())).to_string(),
        updated: instant(text("updated")).map(|updated| updated.to_string()),
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

/// Whether an id is a record of ours, or an approved reply under one.
async fn answers_us(app: &App, parent: &str) -> Result<bool> {
    if storage::records::get(&app.db, parent).await?.is_some_and(|row| row.ours && !row.withdrawn) {
        return Ok(true);
    }
    Ok(storage::replies::get(&app.db, parent).await?.is_some())
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
/// never comes back (threats O10, P5). `true`: there was one, by that author.
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
    let digest = digest(&mut tx, uri.as_str()).await?;
    storage::replies::erase(&mut tx, uri.as_str(), &digest, now).await?;
    tx.commit().await?;
    Ok(known.is_some())
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

fn clean(html: &str) -> String {
    let end = (0..=MAX_BYTES.min(html.len())).rev().find(|at| html.is_char_boundary(*at)).unwrap_or(0);
    CLEANER.clean(&html[..end]).to_string()
}

fn language(note: &Document) -> Option<String> {
    let map = note.get("contentMap")?.as_object()?;
    map.keys().next().filter(|tag| Lang::parse(tag).is_ok()).cloned()
}

fn instant(text: Option<&str>) -> Option<Instant> {
    Instant::parse_foreign(text?).ok()
}
