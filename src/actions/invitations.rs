//! One-time links by which a body without a node answers a relay of ours: who has the link speaks once for the
//! body, and what is written is signed by this node and marked (register.md rule 12). The secret is shown once and
//! kept nowhere.

use std::time::Duration;

use aws_lc_rs::rand;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{
    App, Error, Result,
    domain::{
        CivilDate, Hash, Instant, Iri,
        codes::{Decision, Reason},
        obligations::day_of,
        said::{self, Said},
    },
    storage::{self, invitations::Invitation, records::Row},
};

use super::{
    Act, Operator, allow,
    speak::{self, Speech},
};

const DAY_MS: i64 = 86_400_000;
/// When another guess is listened to.
const LATER: Duration = Duration::from_mins(1);
/// Longest life of a link, in days.
const LONGEST: u32 = 365;
/// Bytes of a secret, and characters of its text.
const BYTES: usize = 32;
const LENGTH: usize = 43;
/// Longest words taken through a link, in characters.
const MAX_WORDS: usize = 20_000;

/// Makes a link for a relay of ours to a body without a node; gives its address.
///
/// # Errors
/// `NotFound` when it is no relay; `Forbidden` when it is not ours, or its body has an account of its own; `Invalid`
/// for a life of no day or more than a year.
pub async fn create(app: &App, operator: &Operator, relay: &str, days: u32) -> Result<(Iri, i64)> {
    if days == 0 || days > LONGEST {
        return Err(Error::invalid("--days", "link-days", days.to_string()));
    }
    allow(app, operator, Act::Decide, relay, None).await?;
    let mut tx = app.db.begin().await?;
    let row = storage::records::get_in(&mut tx, relay).await?.filter(|row| row.kind == "Relay");
    let row = row.ok_or_else(|| Error::not_found(relay))?;
    if !row.ours || row.withdrawn {
        return Err(Error::forbidden(format!("{relay} is not a relay of this node")));
    }
    if speak::relay_of(&row)?.relay_to_name.is_none() {
        return Err(Error::forbidden("its body has an account: it answers for itself"));
    }
    let mut secret = [0u8; BYTES];
    rand::fill(&mut secret).map_err(|_| Error::internal(anyhow::anyhow!("randomness")))?;
    let token = URL_SAFE_NO_PAD.encode(secret);
    let now = app.clock.now_ms();
    let new = Invitation {
        digest: digest(&token),
        relay: row.uri,
        made_by: operator.name().to_owned(),
        made_at: now,
        ends_at: now + i64::from(days) * DAY_MS,
        used_at: None,
        record: None,
        revoked_at: None,
    };
    storage::invitations::put(&mut tx, &new).await?;
    storage::audit::add(&mut tx, &operator.deed("make-link", relay), now).await?;
    tx.commit().await?;
    Ok((app.urls.at(&format!("/relais/repondre/{token}")), new.ends_at))
}

/// Takes back the links of a relay that were not used; gives how many.
///
/// # Errors
/// Those of the database.
pub async fn revoke(app: &App, operator: &Operator, relay: &str) -> Result<u64> {
    allow(app, operator, Act::Decide, relay, None).await?;
    let mut tx = app.db.begin().await?;
    let now = app.clock.now_ms();
    let count = storage::invitations::revoke(&mut tx, relay, now).await?;
    storage::audit::add(&mut tx, &operator.deed("revoke-links", relay), now).await?;
    tx.commit().await?;
    Ok(count)
}

/// What a link opens.
#[derive(Clone, Debug)]
pub enum Opened {
    /// The relay, to be answered.
    Relay(Box<Row>),
    /// It was used; what was entered by it, when that is still there.
    Used(Option<Box<Row>>),
    /// It is over, or was taken back.
    Over,
}

/// What a token opens, if anything.
///
/// # Errors
/// `NotFound` when there is no such link; `Unavailable` when too many were guessed.
pub async fn open(app: &App, token: &str) -> Result<Opened> {
    let link = match token.len() {
        LENGTH => storage::invitations::get(&app.db, &digest(token)).await?,
        _ => None,
    };
    let Some(link) = link else {
        let why = "too many guesses".to_owned();
        let few = app.limits.guess(app.clock.now_ms());
        return Err(if few {
            Error::not_found("link")
        } else {
            Error::Unavailable { why, retry_after: LATER }
        });
    };
    if link.used_at.is_some() {
        let entered = match &link.record {
            Some(uri) => storage::records::get(&app.db, uri).await?,
            None => None,
        };
        return Ok(Opened::Used(entered.map(Box::new)));
    }
    let relay = storage::records::get(&app.db, &link.relay).await?.filter(|row| !row.withdrawn);
    Ok(match relay {
        Some(relay) if link.revoked_at.is_none() && link.ends_at > app.clock.now_ms() => {
            Opened::Relay(Box::new(relay))
        }
        _ => Opened::Over,
    })
}

/// What is entered through a link.
#[derive(Clone, Debug)]
pub enum Entry {
    /// Receipt is acknowledged.
    Receipt,
    /// It is answered.
    Answer(Decision, Option<Reason>),
    /// It is declined.
    Refusal(Reason),
}

/// Enters an answer for a body through a link, and uses the link up. Gives the record.
///
/// # Errors
/// `NotFound` when there is no such link, `Conflict` when it was used or is over; `Invalid` without words.
pub async fn enter(app: &App, token: &str, entry: Entry, words: &str) -> Result<Iri> {
    let Opened::Relay(relay) = open(app, token).await? else { return Err(Error::conflict("link")) };
    let words = plain(words);
    if !matches!(entry, Entry::Receipt) && words.is_empty() {
        return Err(Error::invalid("text", "argument-needed", ""));
    }
    if words.chars().count() > MAX_WORDS {
        return Err(Error::invalid("text", "too-long", ""));
    }
    let about = speak::relay_of(&relay)?;
    let name = about.relay_to_name.clone().unwrap_or_else(|| about.relay_to.host().to_owned());
    let said = said(app, &relay, &about, entry)?;
    let mut tx = app.db.begin().await?;
    let node = storage::actors::by_role_in(&mut tx, "relay").await?.into_iter().next();
    let node = node.ok_or_else(|| Error::not_found("relay"))?;
    let speech = Speech {
        author: &node,
        author_name: format!("{name} (saisi par lien)"),
        said,
        relay: &relay,
        words: &words,
        reference: None,
        toward: None,
    };
    let (id, _) = speak::speak(app, &mut tx, speech).await?;
    let now = app.clock.now_ms();
    if !storage::invitations::use_up(&mut tx, &digest(token), now, id.as_str()).await? {
        return Err(Error::conflict("link"));
    }
    let operator = Operator::link(name);
    storage::audit::add(&mut tx, &operator.deed("enter-by-link", id.as_str()), now).await?;
    tx.commit().await?;
    app.wake.notify_one();
    Ok(id)
}

fn said(app: &App, relay: &Row, about: &said::Relay, entry: Entry) -> Result<Said> {
    let id = Iri::parse(&relay.uri)?;
    let entered_for = Some(about.relay_to.clone());
    let today = day_of(Instant::of(app.clock.now())).to_string();
    let today = Some(CivilDate::parse(&today)?);
    Ok(match entry {
        Entry::Receipt => Said::Receipt(said::Receipt {
            concerns: vec![id.clone()],
            relay: Some(id),
            entered_for,
            as_of: today,
        }),
        Entry::Answer(decision, reason) => Said::Answer(said::Answer {
            concerns: about.concerns.clone(),
            decision,
            reason,
            promised_by: None,
            decided_on: today,
            relay: Some(id),
            entered_for,
            service: None,
        }),
        Entry::Refusal(reason) => Said::Refusal(said::Verdict {
            concerns: vec![id.clone()],
            question: None,
            reason: Some(reason),
            relay: Some(id),
            entered_for,
        }),
    })
}

/// What is typed into the form is words: nothing in it is markup, and its lines are kept.
fn plain(words: &str) -> String {
    let mut text = String::with_capacity(words.len());
    for line in words.trim().lines() {
        for c in line.trim().chars().filter(|c| !c.is_control()) {
            if c.is_ascii_punctuation() {
                text.push('\\');
            }
            text.push(c);
        }
        text.push('\n');
    }
    text.trim_end().to_owned()
}

fn digest(token: &str) -> String {
    Hash::of(token.as_bytes()).digits().to_owned()
}
