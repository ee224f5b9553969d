//! Checks every hash, proof and chain of the register, or of an export, and names what does not hold.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::BufRead,
};

use serde::{Deserialize, Serialize};

use crate::{
    App, Error, Result,
    domain::{Hash, Instant, Problem, Version, canonical, proof},
    storage,
};

/// Versions read at once.
const PAGE: i64 = 500;

/// One version to check, from the database or from a line of an export.
#[derive(Debug, Deserialize)]
struct Line {
    id: String,
    version: i64,
    hash: String,
    author: String,
    proof: String,
    document: Option<String>,
    #[serde(default)]
    keys: Vec<Key>,
}

/// A proof key as pinned: its id, its public half, and from when it no longer holds.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Key {
    id: String,
    public: String,
    revoked: Option<String>,
}

/// The proof keys of the authors of some versions, by author, in one read.
pub(super) async fn proof_keys(
    app: &App,
    rows: &[storage::versions::Version],
) -> Result<BTreeMap<String, Vec<Key>>> {
    let authors: BTreeSet<&str> = rows.iter().map(|row| row.author.as_str()).collect();
    let authors: Vec<&str> = authors.into_iter().collect();
    let mut keys: BTreeMap<String, Vec<Key>> = BTreeMap::new();
    for key in storage::keys::proof_keys(&app.db, &authors).await? {
        let listed = Key { id: key.id, public: key.public, revoked: key.revoked };
        keys.entry(key.actor).or_default().push(listed);
    }
    Ok(keys)
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// Versions checked.
    pub checked: usize,
    /// Of them: without proof, taken from their origin.
    pub unsigned: usize,
    /// Of them: text erased, hash kept.
    pub erased: usize,
    /// What does not hold: id, version, problem.
    pub broken: Vec<(String, i64, Problem)>,
}

/// Checks the register of this node.
///
/// # Errors
/// Those of the database; what does not hold is no error but a finding.
pub async fn register(app: &App, progress: &(dyn Fn(usize, usize) + Sync)) -> Result<Findings> {
    let total = usize::try_from(storage::versions::count(&app.db).await?).unwrap_or(0);
    let mut check = Check::default();
    let mut after = 0;
    loop {
        let page = storage::versions::all(&app.db, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.seq;
        let keys = proof_keys(app, &page).await?;
        for row in page {
            let keys = keys.get(&row.author).into_iter().flatten();
            check.line(Line {
                keys: keys.cloned().collect(),
                id: row.uri,
                version: row.version,
                hash: row.hash,
                author: row.author,
                proof: row.proof,
                document: row.document,
            });
        }
        progress(check.findings.checked, total);
    }
    Ok(check.findings)
}

/// Checks an export, line by line.
///
/// # Errors
/// `Invalid` when a line is not one of an export.
pub fn export(input: &mut dyn BufRead) -> Result<Findings> {
    let mut check = Check::default();
    for (at, line) in input.lines().enumerate() {
        let field = || format!("line {}", at + 1);
        let line = line.map_err(|error| Problem::new(field(), "file", error.to_string()))?;
        let line: Line = serde_json::from_str(&line)
            .map_err(|error| Error::invalid(field(), "export-line", error.to_string()))?;
        check.line(line);
    }
    Ok(check.findings)
}

/// The state of a check: the last version seen of each record.
#[derive(Default)]
struct Check {
    findings: Findings,
    seen: BTreeMap<(String, i64), (Hash, Option<Version>)>,
}

impl Check {
    fn line(&mut self, line: Line) {
        self.findings.checked += 1;
        if let Err(problem) = self.check(&line) {
            self.findings.broken.push((line.id, line.version, problem));
        }
    }

    fn check(&mut self, line: &Line) -> Result<(), Problem> {
        let stored = Hash::parse(&line.hash)?;
        let Some(text) = &line.document else {
            self.findings.erased += 1;
            self.seen.insert((line.id.clone(), line.version), (stored, None));
            return Ok(());
        };
        let document = canonical::read(text)?;
        let computed = canonical::hash(&document);
        if computed != stored {
            return Err(Problem::new("", "hash-differs", computed.as_str()));
        }
        let version = Version::from_document(&document).map_err(|mut problems| problems.remove(0))?;
        if version.id().as_str() != line.id
            || i64::from(version.number()) != line.version
            || version.author().as_str() != line.author
        {
            return Err(Problem::new("id", "row-differs", version.id().as_str()));
        }
        self.proof(line, &document)?;
        self.chain(line, version, stored)
    }

    fn proof(&mut self, line: &Line, document: &canonical::Document) -> Result<(), Problem> {
        let Some(claim) = proof::claim(document)? else {
            self.findings.unsigned += 1;
            return if line.proof == "absent" {
                Ok(())
            } else {
                Err(Problem::new("proof", "proof", "absent"))
            };
        };
        let key = line.keys.iter().find(|key| key.id == claim.key.as_str());
        let key = key.ok_or_else(|| Problem::new("proof", "proof-key", claim.key.as_str()))?;
        let revoked = key.revoked.as_deref().and_then(|revoked| Instant::parse_foreign(revoked).ok());
        if revoked.is_some_and(|revoked| claim.created >= revoked) {
            return Err(Problem::new("proof", "proof-key-revoked", claim.key.as_str()));
        }
        proof::verify(document, &proof::from_multibase(&key.public)?).map(drop)
    }

    fn chain(&mut self, line: &Line, version: Version, hash: Hash) -> Result<(), Problem> {
        let result = match self.seen.get(&(line.id.clone(), line.version - 1)) {
            Some((before, Some(earlier))) => version.follows(earlier, before),
            Some((before, None)) if version.previous() != Some(before) => {
                Err(Problem::new("parvis:previous", "chain-broken", line.version.to_string()))
            }
            _ => Ok(()),
        };
        self.seen.insert((line.id.clone(), line.version), (hash, Some(version)));
        result
    }
}
