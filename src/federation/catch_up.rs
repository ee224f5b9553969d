//! Catching up with a peer we follow: compare heads, then take what differs, page by page. Resumable: how
//! far it came is written down after each page. Nothing is believed: every version goes through the same
//! checks as one that was delivered (register.md rules 5, 16, 17).

use std::{collections::HashSet, time::Duration};

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{actors, gate, heads, json, peer, signing};
use crate::{
    App, Error, Result,
    actions::receive::{self, Arrival, Outcome},
    domain::{
        Iri, Version,
        canonical::{self, Document},
    },
    federation::signature::Signer,
    storage::{
        hosts, keys, settings,
        versions::{self, Threads},
    },
};

/// Most versions taken in one run; the next run goes on.
const BUDGET: usize = 5_000;
/// Longest answer of a peer to `heads` and `changes`.
const MAX_PAGE: usize = 8 * 1024 * 1024;
/// Most versions read of a page.
const MOST: usize = 200;
/// Most pages of one run, however little stands on each.
const MAX_PAGES: usize = 200;
/// Longest list of authors read.
const MAX_AUTHORS: usize = 10_000;
/// Most authors whose keys are asked for in one run.
const MAX_KEYS: usize = 100;
/// A register that still differs after its end was reached is read again from its beginning, no more
/// often than this.
const WHOLE_AGAIN: Duration = Duration::from_hours(24);

#[derive(Debug, Deserialize)]
struct Heads {
    last: i64,
    items: Vec<AuthorHead>,
    /// Of what came down to it from bodies to which it relayed; none before that was told.
    #[serde(default)]
    down: Option<String>,
}

#[derive(Debug, Deserialize)]
struct AuthorHead {
    author: Iri,
    head: String,
    /// Over every version, superseded ones too.
    #[serde(default)]
    all: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Changes {
    next: Option<i64>,
    last: i64,
    items: Vec<Change>,
}

#[derive(Debug, Deserialize)]
struct Change {
    id: String,
    hash: String,
    /// Its exact text: what was signed is stored byte for byte (rule 4).
    document: Option<Box<RawValue>>,
}

/// What a run brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Versions that are new here.
    pub appended: usize,
    /// Versions that did not hold: counted, never stored.
    pub refused: usize,
    /// Whether the budget ended the run before the register did.
    pub unfinished: bool,
}

/// Catches up with one host. A host whose heads equal ours costs one request.
///
/// # Errors
/// `Unavailable` when the peer does not answer as a Parvis node; those of the database.
pub async fn catch_up(app: &App, host: &str) -> Result<Report> {
    let origin = peer::origin(app, host).await?;
    let signer = signing::node(app).await?;
    let mut asking = Asking { app, host, origin, signer, asked: HashSet::new() };
    let theirs: Heads = asking.get("/api/v1/heads").await?;
    let now = app.clock.now_ms();
    let known = hosts::get(&app.db, host).await?.ok_or_else(|| Error::not_found(host))?;
    let Some(since) = asking.differs(&theirs, known.changes_since).await? else {
        asking.synced(known.changes_since.min(theirs.last), now).await?;
        return Ok(Report::default());
    };
    asking.take_from(since).await
}

/// Where a comparison of heads leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begin {
    /// Nothing differs, or the whole was read lately: nothing to do now.
    Nowhere,
    /// Where we stopped.
    At(i64),
    /// At the beginning: the peer numbers anew (it was restored), or something was lost on the way.
    Whole,
}

/// Where to begin reading a register whose heads differ from ours: it ends at `last`, we read up to `since`,
/// and read the whole again at `whole` the last time. Pure.
#[must_use]
pub fn begin(last: i64, since: i64, whole: i64, now: i64) -> Begin {
    let pause = i64::try_from(WHOLE_AGAIN.as_millis()).unwrap_or(i64::MAX);
    if last > since {
        Begin::At(since)
    } else if last == since && (0..pause).contains(&now.saturating_sub(whole)) {
        Begin::Nowhere
    } else {
        Begin::Whole
    }
}

struct Asking<'a> {
    app: &'a App,
    host: &'a str,
    origin: String,
    signer: Option<Signer>,
    /// Authors whose keys were asked for in this run.
    asked: HashSet<Iri>,
}

impl Asking<'_> {
    async fn get<T: serde::de::DeserializeOwned>(&self, path: &str) -> Result<T> {
        let url = Iri::parse(&format!("{}{path}", self.origin))?;
        peer::json(self.app, &url, self.signer.as_ref(), MAX_PAGE).await
    }

    /// Where to begin, if anything differs.
    async fn differs(&self, theirs: &Heads, since: i64) -> Result<Option<i64>> {
        let mut differ = false;
        for item in theirs.items.iter().take(MAX_AUTHORS) {
            let lines = versions::lines_of(&self.app.db, item.author.as_str()).await?;
            differ |= match &item.all {
                Some(all) => heads::summary(&lines).head.as_str() != all,
                None => heads::summary(&heads::current(&lines)).head.as_str() != item.head,
            };
        }
        if let Some(down) = &theirs.down {
            let ours = versions::down_heads(&self.app.db, &Threads::of(&self.origin)).await?;
            differ |= heads::summary(&ours).head.as_str() != down;
        }
        if !differ {
            return Ok(None);
        }
        let again = format!("whole-again:{}", self.host);
        let now = self.app.clock.now_ms();
        let last: i64 =
            settings::get(&self.app.db, &again).await?.and_then(|text| text.parse().ok()).unwrap_or(0);
        match begin(theirs.last, since, last, now) {
            Begin::Nowhere => return Ok(None),
            Begin::At(since) => return Ok(Some(since)),
            Begin::Whole => {}
        }
        let mut tx = self.app.db.begin().await?;
        settings::put(&mut tx, &again, &now.to_string()).await?;
        tx.commit().await?;
        Ok(Some(0))
    }

    async fn take_from(&mut self, mut since: i64) -> Result<Report> {
        let mut report = Report::default();
        let mut seen = 0;
        for _ in 0..MAX_PAGES {
            let page: Changes =
                self.get(&format!("/api/v1/changes?since={since}&limit={}", heads::MOST)).await?;
            for change in page.items.iter().take(MOST) {
                self.take(change, &mut report).await?;
            }
            seen += page.items.len();
            let forward = page.next.unwrap_or(page.last).max(since);
            self.synced(forward, self.app.clock.now_ms()).await?;
            // Who says that there is more, and shows nothing or the same again, is not asked on.
            let goes_on = !page.items.is_empty() && page.next.is_some_and(|next| next > since);
            since = forward;
            report.unfinished = goes_on;
            if !goes_on || seen >= BUDGET {
                break;
            }
        }
        tracing::info!(
            host = self.host,
            appended = report.appended,
            refused = report.refused,
            unfinished = report.unfinished,
            "caught up"
        );
        Ok(report)
    }

    /// One version: what does not hold is counted and left; only a fault of ours ends the run.
    async fn take(&mut self, change: &Change, report: &mut Report) -> Result<()> {
        let Some(text) = &change.document else { return Ok(()) };
        let taken = match json::read_object(text.get()) {
            Ok(document) if canonical::hash(&document).as_str() == change.hash => {
                self.append(text.get(), &document).await
            }
            _ => Err(Error::invalid("hash", "hash", change.hash.as_str())),
        };
        match taken {
            Ok(Outcome::Appended) => report.appended += 1,
            Ok(Outcome::Known) => {}
            Err(error @ (Error::Unavailable { .. } | Error::Internal(_))) => return Err(error),
            Err(error) => {
                report.refused += 1;
                tracing::warn!(host = self.host, id = change.id, %error, "a version was refused");
            }
        }
        Ok(())
    }

    /// Appends a version whose proof holds by a key that its author lists at its own origin; that list is
    /// asked for once when the key is not known here.
    async fn append(&mut self, text: &str, document: &Document) -> Result<Outcome> {
        let version = Version::from_document(document)?;
        let author = version.author();
        if author.host() != self.host && gate::is_blocked(self.app, author.host()).await? {
            return Err(Error::forbidden("its author's host is blocked"));
        }
        let known = keys::of_actor(&self.app.db, author.as_str()).await?;
        if known.iter().all(|key| key.pinned_at.is_none()) {
            self.ask_for_keys(author).await?;
        }
        let from_origin = author.origin() == self.origin;
        let arrival = Arrival { text, document, from_origin, activity: None };
        match receive::version(self.app, &arrival).await {
            Err(Error::Invalid { problems })
                if problems.iter().any(|problem| problem.rule == "proof-key")
                    && self.ask_for_keys(author).await? =>
            {
                receive::version(self.app, &arrival).await
            }
            taken => taken,
        }
    }

    /// Whether an author's keys were asked for now: once per author and run.
    async fn ask_for_keys(&mut self, author: &Iri) -> Result<bool> {
        if self.asked.len() >= MAX_KEYS
            || self.app.urls.is_here(author)
            || !self.asked.insert(author.clone())
            || !self.app.limits.may_ask(self.app, author.host()).await?
        {
            return Ok(false);
        }
        match actors::fetch_actor(self.app, author).await {
            Ok(_) => Ok(true),
            Err(error @ Error::Internal(_)) => Err(error),
            Err(error) => {
                tracing::info!(author = author.as_str(), %error, "its keys could not be had");
                Ok(false)
            }
        }
    }

    async fn synced(&self, since: i64, now: i64) -> Result<()> {
        let mut tx = self.app.db.begin().await?;
        hosts::synced(&mut tx, self.host, since, now).await?;
        tx.commit().await
    }
}
