//! Rebuilds a register from the mirrors of peers: all are asked, the union is taken, each version is checked by its
//! proof and its chain before it enters. What nobody gives is told; running it again completes.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{
    Refused,
    ask::{Given, Key, Mirror, Pinned, Register},
    read,
};
use crate::{
    App, Error, Result,
    actions::{Operator, rebuild as action},
    domain::{
        Iri,
        union::{self, Fork, Held, Union},
    },
    storage::versions,
};

/// Versions read at once.
const PAGE: i64 = 1_000;

/// What a rebuilding brought.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// The peers that were asked.
    pub peers: Vec<Peer>,
    /// The authors.
    pub authors: Vec<Author>,
    /// Versions that were here already.
    pub known: usize,
    /// Versions that came back now.
    pub appended: usize,
    /// Versions that became ours because their author's key is here now.
    pub adopted: u64,
    /// What did not hold, by whom it was given; never stored.
    pub refused: Vec<Refused>,
    /// Texts that contradict each other under one number.
    pub forks: Vec<Fork>,
    /// What no peer had.
    pub missing: Vec<(Iri, u32)>,
}

/// A peer that was asked.
#[derive(Debug, Serialize)]
pub struct Peer {
    /// Its name.
    pub host: String,
    /// How many versions it says to hold.
    pub holds: usize,
    /// Why it did not answer.
    pub silent: Option<String>,
}

/// An author whose register is rebuilt.
#[derive(Debug, Serialize)]
pub struct Author {
    /// Its id.
    pub id: Iri,
    /// Whether we hold its key: then its records are ours and it goes on speaking.
    pub ours: bool,
    /// Whether its id is of another domain than this node's.
    pub elsewhere: bool,
    /// How many versions its register has.
    pub versions: usize,
    /// On whose word its proof keys are kept, when we do not hold them.
    pub pinned_by: Vec<String>,
}

/// Rebuilds the register of this node, and of the actors whose keys it holds, from the mirrors of `peers`. With
/// `check`, tells what would be done and writes nothing.
///
/// # Errors
/// `Invalid` when a name is none of a server, or another account of this node has the name of one that comes back;
/// `Unavailable` when no peer answers.
pub async fn rebuild(
    app: &App,
    operator: &Operator,
    peers: &[String],
    check: bool,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Report> {
    let mut run = Run { app, check, mirrors: Vec::new(), told: BTreeMap::new(), report: Report::default() };
    if !check {
        run.report.adopted = action::begin(app, operator, &peers.join(" ")).await?;
    }
    let held: BTreeSet<Iri> = action::held(app).await?.into_iter().collect();
    let hosts: BTreeSet<&str> = held.iter().map(Iri::host).chain([app.urls.host()]).collect();
    let mut keys = Keys::new();
    for named in peers {
        let mirror = Mirror::of(app, named).await?;
        run.ask(mirror, &hosts, &mut keys).await?;
    }
    if run.mirrors.is_empty() {
        let why =
            run.report.peers.iter().filter_map(|peer| peer.silent.clone()).collect::<Vec<_>>().join("; ");
        return Err(Error::Unavailable { why, retry_after: std::time::Duration::from_mins(5) });
    }
    let authors: Vec<Iri> = run.told.keys().cloned().collect();
    let total =
        run.told.values().map(|told| union::union(told.iter().map(|(_, held)| held)).chosen.len()).sum();
    for author in authors {
        let pinned_by = if held.contains(&author) { Vec::new() } else { run.trust(&author, &keys).await? };
        let versions = run.author(&author, &|done| progress(done, total)).await?;
        let elsewhere = !app.urls.is_here(&author);
        let ours = held.contains(&author);
        run.report.authors.push(Author { id: author, ours, elsewhere, versions, pinned_by });
    }
    if !check {
        action::end(app).await?;
    }
    Ok(run.report)
}

/// Proof keys by author, as each peer pinned them.
type Keys = BTreeMap<Iri, Vec<(String, Vec<Pinned>)>>;

struct Run<'a> {
    app: &'a App,
    check: bool,
    mirrors: Vec<Mirror<'a>>,
    /// What each mirror says to hold, by author.
    told: BTreeMap<Iri, Vec<(usize, Held)>>,
    report: Report,
}

impl<'a> Run<'a> {
    /// Asks one peer what it holds; one that is silent is told, and the others go on.
    async fn ask(&mut self, mirror: Mirror<'a>, hosts: &BTreeSet<&str>, keys: &mut Keys) -> Result<()> {
        let (host, mut holds, mut silent) = (mirror.host.clone(), 0, None);
        match Self::asked(&mirror, hosts).await {
            Ok(registers) => {
                for (register, lines) in registers {
                    holds += lines.len();
                    let at = self.mirrors.len();
                    let told = self.told.entry(register.author.clone()).or_default();
                    told.extend(lines.into_iter().map(|held| (at, held)));
                    keys.entry(register.author).or_default().push((host.clone(), register.keys));
                }
                self.mirrors.push(mirror);
            }
            Err(Error::Unavailable { why, .. }) => silent = Some(why),
            Err(error) => return Err(error),
        }
        self.report.peers.push(Peer { host, holds, silent });
        Ok(())
    }

    async fn asked(mirror: &Mirror<'_>, hosts: &BTreeSet<&str>) -> Result<Vec<(Register, Vec<Held>)>> {
        let mut found = Vec::new();
        for host in hosts {
            for register in mirror.registers_of(host).await? {
                let lines = mirror.lines(&register.author).await?;
                found.push((register, lines));
            }
        }
        Ok(found)
    }

    /// Without the author's key, its proof keys are those that all peers who know it pinned alike; gives who said
    /// so. Where they differ none is kept, and nothing of that author enters.
    async fn trust(&mut self, author: &Iri, keys: &Keys) -> Result<Vec<String>> {
        let Some(told) = keys.get(author) else { return Ok(Vec::new()) };
        let mut agreed: BTreeMap<&Iri, &Pinned> = BTreeMap::new();
        for (host, pinned) in told {
            for key in pinned {
                if agreed.get(&key.id).is_some_and(|known| known.public != key.public) {
                    let why = "peers pinned other keys".to_owned();
                    let refused = Refused { host: host.clone(), id: author.to_string(), version: 0, why };
                    self.report.refused.push(refused);
                    return Ok(Vec::new());
                }
                // Revoked according to one is revoked.
                let known = agreed.entry(&key.id).or_insert(key);
                if known.revoked.is_none() {
                    *known = key;
                }
            }
        }
        let agreed: Vec<_> =
            agreed.values().map(|key| (key.id.clone(), key.public.clone(), key.revoked.clone())).collect();
        if !self.check {
            action::pin(self.app, author, &agreed).await?;
        }
        Ok(told.iter().map(|(host, _)| host.clone()).collect())
    }

    /// Takes the register of one author; gives how many versions it has.
    async fn author(&mut self, author: &Iri, progress: &(dyn Fn(usize) + Sync)) -> Result<usize> {
        let mut told = self.told.remove(author).unwrap_or_default();
        let mut here = here(self.app, author).await?;
        self.report.known += here.len();
        loop {
            let union = union::union(here.values().chain(told.iter().map(|(_, held)| held)));
            let wanted: BTreeSet<Key> =
                union.chosen.keys().filter(|key| !here.contains_key(key)).cloned().collect();
            if self.check || wanted.is_empty() {
                let versions = union.chosen.len();
                self.report.forks.extend(union.forks);
                self.report.missing.extend(union.missing);
                return Ok(versions);
            }
            self.round(author, &union, wanted, &mut told, &mut here, progress).await?;
        }
    }

    /// Asks each mirror for what is still wanted. What it did not give, or what did not hold, it is not believed to
    /// hold any longer: then something else may count.
    async fn round(
        &mut self,
        author: &Iri,
        union: &Union,
        mut wanted: BTreeSet<Key>,
        told: &mut Vec<(usize, Held)>,
        here: &mut BTreeMap<Key, Held>,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<()> {
        let app = self.app;
        for (at, mirror) in self.mirrors.iter().enumerate() {
            let counts = |held: &Held| {
                let key = (held.id.clone(), held.version);
                wanted.contains(&key) && union.chosen.get(&key).is_some_and(|chosen| chosen.hash == held.hash)
            };
            let of_it = told.iter().filter(|(from, held)| *from == at && counts(held));
            let asked: BTreeSet<Key> = of_it.map(|(_, held)| (held.id.clone(), held.version)).collect();
            let mut appended = BTreeSet::new();
            let mut texts = mirror.texts(author, &asked);
            loop {
                let given = match texts.next().await {
                    Ok(Some(given)) => given,
                    Ok(None) => break,
                    Err(Error::Unavailable { why, .. }) => {
                        let (host, id) = (mirror.host.clone(), author.to_string());
                        self.report.refused.push(Refused { host, id, version: 0, why });
                        break;
                    }
                    Err(error) => return Err(error),
                };
                for one in given {
                    match take(app, &one, union).await {
                        Ok(()) => drop(appended.insert(one.key)),
                        Err(error) => self.report.refused.push(Refused::of(&mirror.host, &one.key, error)?),
                    }
                }
                progress(self.report.appended + self.report.known + appended.len());
            }
            told.retain(|(from, held)| {
                let key = (held.id.clone(), held.version);
                *from != at
                    || !asked.contains(&key)
                    || appended.contains(&key)
                    || union.chosen[&key].hash != held.hash
            });
            self.report.appended += appended.len();
            for key in appended {
                wanted.remove(&key);
                here.insert(key.clone(), union.chosen[&key].clone());
            }
        }
        Ok(())
    }
}

/// One text, if it is the one that counts and holds.
async fn take(app: &App, given: &Given, union: &Union) -> Result<()> {
    if union.chosen.get(&given.key).is_none_or(|chosen| chosen.hash != given.hash) {
        return Err(Error::invalid("hash", "hash", given.hash.as_str()));
    }
    let document = read(given)?;
    action::take(app, &given.text, &document).await.map(drop)
}

/// What is here of an author: it counts before anything that others hold.
async fn here(app: &App, author: &Iri) -> Result<BTreeMap<Key, Held>> {
    let (mut found, mut after) = (BTreeMap::new(), (String::new(), 0));
    loop {
        let page = versions::of_author(&app.db, author.as_str(), (&after.0, after.1), PAGE).await?;
        let Some(last) = page.last() else { return Ok(found) };
        after = (last.uri.clone(), last.version);
        for row in page {
            let held = Held {
                id: Iri::parse(&row.uri)?,
                version: u32::try_from(row.version).unwrap_or(u32::MAX),
                hash: crate::domain::Hash::parse(&row.hash)?,
                previous: row.previous.as_deref().map(crate::domain::Hash::parse).transpose()?,
                since: i64::MIN,
                erased: false,
            };
            found.insert((held.id.clone(), held.version), held);
        }
    }
}
