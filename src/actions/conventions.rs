//! Conventions as the register holds them (register.md rule 11): which there are, who is in them, what their
//! members contributed. Ours and others' alike.

use std::collections::HashSet;

use jiff::civil;

use crate::{
    App, Error, Result,
    domain::{
        Hash, Instant, Iri, canonical,
        convention::{self, Adhesion, Member, Ruling, Standing},
        said::{self, Said},
    },
    dossier::Item,
    storage::{self, Tx, actors::Actor, records::Row},
};

/// A convention, and what the register holds of it.
#[derive(Clone, Debug)]
pub struct Known {
    /// The record of its host.
    pub row: Row,
    /// What that says.
    pub said: said::Convention,
    /// Every council that asked to be in it, by id.
    pub members: Vec<Member>,
    adhesions: Vec<Adhesion>,
    rulings: Vec<Ruling>,
    /// Every record that names it, withdrawn ones too, the oldest first.
    pub records: Vec<Row>,
}

impl Known {
    /// The body that hosts it.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.row.author
    }

    /// The councils that are members.
    pub fn admitted(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(|member| member.standing == Standing::Member)
    }

    /// Whether a council is a member.
    #[must_use]
    pub fn has(&self, council: &str) -> bool {
        self.admitted().any(|member| member.council.as_str() == council)
    }

    /// As it was at the end of a day: who was a member then, and what had been said by then. What was withdrawn since
    /// is left out: its words are no longer said.
    #[must_use]
    pub fn on(mut self, day: civil::Date) -> Self {
        let by = |at: &Instant| convention::was_there(&at.to_string(), day);
        self.adhesions.retain(|one| by(&one.at));
        self.rulings.retain(|one| by(&one.at));
        for end in self.adhesions.iter_mut().map(|one| &mut one.withdrawn) {
            *end = end.filter(by);
        }
        for end in self.rulings.iter_mut().map(|one| &mut one.withdrawn) {
            *end = end.filter(by);
        }
        self.members = convention::members(&self.adhesions, &self.rulings);
        self.records.retain(|row| convention::was_there(&row.published, day));
        self
    }

    /// What its members contribute: proven, not withdrawn, the oldest first.
    pub fn contributions(&self) -> impl Iterator<Item = &Row> {
        self.records.iter().filter(|row| contributes(row) && self.has(&row.author))
    }

    /// What a council contributed, member or not.
    pub fn contributions_of(&self, council: &str) -> impl Iterator<Item = &Row> {
        self.records.iter().filter(move |row| contributes(row) && row.author == council)
    }
}

/// Whether a record is a contribution: proven, and not withdrawn.
fn contributes(row: &Row) -> bool {
    row.kind == "Contribution" && row.proof == "valid" && !row.withdrawn
}

/// What is contributed to a convention: each contribution, and the record it brings.
#[must_use]
pub fn contributed(known: &Known) -> Vec<(Contributed, String)> {
    let all = known.contributions().filter_map(|row| {
        let Some(Said::Contribution(said)) = row.said() else { return None };
        let what = said.concerns.first()?.to_string();
        let one = Contributed {
            id: row.uri.clone(),
            by: row.author.clone(),
            hash: said.hash,
            sub_question: said.sub_question,
        };
        Some((one, what))
    });
    all.collect()
}

/// How something was contributed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contributed {
    /// The contribution.
    pub id: String,
    /// The member.
    pub by: String,
    /// Hash of the version that was brought.
    pub hash: Option<Hash>,
    /// Key of the sub-question it names.
    pub sub_question: Option<String>,
}

/// Where the charter of a convention of ours can be read.
pub(super) fn charter(app: &App, slug: &str) -> Iri {
    app.urls.page("conventions", slug).join("/charte")
}

/// Adds what only the register knows: where a charter of ours is, the charter that a member takes on, the
/// version that is contributed, or in which a sentence is contested.
///
/// # Errors
/// `Invalid` when the convention, or what is contributed, is not known here.
pub(super) async fn complete(
    app: &App,
    tx: &mut Tx,
    item: &Item,
    author: &Actor,
    said: &mut Said,
) -> Result<()> {
    match said {
        Said::Convention(said) => said.charter = Some(charter(app, &item.slug())),
        Said::Adhesion(said) if said.charter_hash.is_none() => {
            let known = of_group(app, &said.convention).await?.filter(|known| !known.row.withdrawn);
            let known = known.ok_or_else(|| {
                Error::invalid("convention", "convention-unknown", said.convention.as_str())
            })?;
            said.charter = known.said.charter;
            said.charter_hash = Some(known.said.charter_hash);
        }
        Said::Contribution(said) if said.hash.is_none() => {
            if let [one] = said.concerns.as_slice() {
                let row = storage::versions::current_in(tx, one.as_str()).await?;
                let row = row.ok_or_else(|| Error::invalid("of", "not-published", one.as_str()))?;
                said.hash = Some(Hash::parse(&row.hash)?);
            }
        }
        // A sentence is contested in the wording it has that day.
        Said::Assessment(said) if said.sentence.is_some() && said.hash.is_none() => {
            if let [one] = said.concerns.as_slice()
                && let Some(row) = storage::versions::current_in(tx, one.as_str()).await?
            {
                // Said before, it stays, whatever became of the sentence.
                let new = storage::sources::get_in(tx, &item.reference).await?.is_none();
                let (named, last) = (said.sentence.unwrap_or_default(), sentences(&row));
                if new && usize::try_from(named).unwrap_or(usize::MAX) > last {
                    return Err(Error::invalid("sentence", "sentence-unknown", format!("{named} > {last}")));
                }
                said.hash = Some(Hash::parse(&row.hash)?);
            }
        }
        // What a convention says as a whole is its host's to say.
        Said::Synthesis(said) => {
            let known = of_group(app, &said.convention).await?;
            if let Some(known) = known.filter(|known| known.host() != author.uri) {
                return Err(Error::invalid("by", "synthesis-by-host", known.host()));
            }
        }
        _ => {}
    }
    Ok(())
}

/// How many sentences a version of a synthesis has.
fn sentences(row: &storage::versions::Version) -> usize {
    match row.document.as_deref().and_then(|document| Said::kept(&row.kind, document)) {
        Some(Said::Synthesis(synthesis)) => synthesis.sentences.len(),
        _ => 0,
    }
}

/// The convention of a Group, if its host's word on it is here; one that was withdrawn too.
///
/// # Errors
/// Those of the database.
pub async fn of_group(app: &App, group: &Iri) -> Result<Option<Known>> {
    let named = storage::records::concerning(&app.db, &[group], "convention").await?;
    let records: Vec<Row> = named.into_iter().map(|found| found.record).collect();
    let host = host_of(app, group).await?;
    let hosted = |row: &&Row| {
        row.kind == "Convention"
            && row.proof == "valid"
            && host.as_ref().is_some_and(|host| host.as_str() == row.author)
    };
    let row = records.iter().filter(hosted).min_by_key(|row| row.withdrawn);
    let Some(row) = last_said(app, row.cloned()).await? else { return Ok(None) };
    let Some(Said::Convention(said)) = Said::kept(&row.kind, &row.document) else { return Ok(None) };
    let (adhesions, rulings) = asked(app, &row.author, &records).await?;
    let members = convention::members(&adhesions, &rulings);
    Ok(Some(Known { row, said: *said, members, adhesions, rulings, records }))
}

/// A convention with what it says; of one that was withdrawn, with what it said last: what its members recommended
/// stays side by side.
async fn last_said(app: &App, row: Option<Row>) -> Result<Option<Row>> {
    let Some(row) = row else { return Ok(None) };
    if !row.withdrawn {
        return Ok(Some(row));
    }
    let before = storage::versions::get(&app.db, &row.uri, row.version - 1).await?;
    Ok(before.and_then(|before| before.document).map(|document| Row { document, ..row }))
}

/// The convention of that name. `ia@rennes.example` is the one that has its record there; of several that are called
/// `ia`, `ia` is ours, else one that a council of ours is a member of, else the first that came here.
///
/// # Errors
/// `NotFound` when there is none.
pub async fn named(app: &App, name: &str) -> Result<Known> {
    let (slug, host) = name.split_once('@').map_or((name, None), |(slug, host)| (slug, Some(host)));
    let mut rows = called(app, slug).await?;
    rows.retain(|row| host.is_none_or(|host| row.origin == host));
    let mut found: Option<Known> = None;
    for row in rows {
        let (ours, known) = (row.ours, of_row(app, &row).await?);
        let Some(known) = known else { continue };
        if ours && !known.row.withdrawn || known.admitted().any(|member| app.urls.is_here(&member.council)) {
            return Ok(known);
        }
        found.get_or_insert(known);
    }
    found.ok_or_else(|| Error::not_found(name))
}

/// The other conventions that are called as one is, by address.
///
/// # Errors
/// Those of the database.
pub async fn namesakes(app: &App, known: &Known) -> Result<Vec<Row>> {
    let mut rows = called(app, &slug(&known.row)).await?;
    rows.retain(|row| row.uri != known.row.uri);
    rows.sort_by_cached_key(address);
    Ok(rows)
}

/// Those whose host's word is here under a name: ours first, then as they came.
async fn called(app: &App, name: &str) -> Result<Vec<Row>> {
    let all = storage::records::by_kind(&app.db, "Convention", &storage::records::Page::first(500)).await?;
    let mut rows = Vec::new();
    for row in all.into_iter().filter(|row| row.proof == "valid") {
        rows.extend(last_said(app, Some(row)).await?.filter(|row| slug(row) == name));
    }
    rows.sort_by_key(|row| (row.withdrawn, !row.ours, row.first_seq));
    Ok(rows)
}

/// What stands for a convention in the addresses of this node: its name, and where it is from unless that is here.
#[must_use]
pub fn address(row: &Row) -> String {
    let slug = slug(row);
    if row.ours { slug } else { format!("{slug}@{}", row.origin) }
}

/// The convention that a record of one is about.
///
/// # Errors
/// Those of the database.
pub async fn of_row(app: &App, row: &Row) -> Result<Option<Known>> {
    let Some(Said::Convention(said)) = Said::kept(&row.kind, &row.document) else { return Ok(None) };
    of_group(app, &said.convention).await
}

/// What names a convention in addresses, on every node alike: the last segment of the page it says it has.
#[must_use]
pub fn slug(row: &Row) -> String {
    let url = row.url().unwrap_or_default();
    let last = url.rsplit('/').next().unwrap_or_default();
    let plain = last.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if plain && !last.is_empty() { last.to_owned() } else { row.slug.clone() }
}

/// Who a Group says hosts it.
///
/// # Errors
/// Those of the database.
pub async fn host_of(app: &App, group: &Iri) -> Result<Option<Iri>> {
    let Some(actor) = storage::actors::get(&app.db, group.as_str()).await? else { return Ok(None) };
    let document = canonical::read(&actor.document).unwrap_or_default();
    let host = document.get("parvis:host").and_then(serde_json::Value::as_str);
    Ok(host.and_then(|host| Iri::parse(host).ok()))
}

/// Who asked to be in a convention, and what its host ruled.
async fn asked(app: &App, host: &str, records: &[Row]) -> Result<(Vec<Adhesion>, Vec<Ruling>)> {
    let proven = |row: &&Row| row.proof == "valid";
    let asked: Vec<&Row> = records.iter().filter(|row| row.kind == "Adhesion").filter(proven).collect();
    let ids: Vec<&str> = asked.iter().map(|row| row.uri.as_str()).collect();
    let ruled = storage::records::concerning(&app.db, &ids, "concerns").await?;
    let rulings = ruled.iter().filter(|found| found.record.author == host && found.record.proof == "valid");
    let rulings: Vec<Ruling> = rulings.filter_map(|found| ruling(&found.target, &found.record)).collect();
    Ok((asked.into_iter().filter_map(adhesion).collect(), rulings))
}

fn adhesion(row: &Row) -> Option<Adhesion> {
    let charter = match row.said() {
        Some(Said::Adhesion(said)) => said.charter_hash,
        _ => None,
    };
    Some(Adhesion {
        id: Iri::parse(&row.uri).ok()?,
        council: Iri::parse(&row.author).ok()?,
        at: Instant::parse_foreign(&row.published).ok()?,
        withdrawn: ended(row),
        charter,
    })
}

fn ruling(adhesion: &str, row: &Row) -> Option<Ruling> {
    matches!(row.kind.as_str(), "Admission" | "Refusal").then_some(())?;
    Some(Ruling {
        id: Iri::parse(&row.uri).ok()?,
        adhesion: Iri::parse(adhesion).ok()?,
        admits: row.kind == "Admission",
        at: Instant::parse_foreign(&row.published).ok()?,
        withdrawn: ended(row),
    })
}

/// When a record was withdrawn.
fn ended(row: &Row) -> Option<Instant> {
    Instant::parse_foreign(row.updated.as_deref().filter(|_| row.withdrawn)?).ok()
}

/// The conventions whose records are here, by name.
///
/// # Errors
/// Those of the database.
pub async fn all(app: &App) -> Result<Vec<Known>> {
    let mut found = Vec::new();
    let mut groups = HashSet::new();
    let rows = storage::records::by_kind(&app.db, "Convention", &storage::records::Page::first(500)).await?;
    for row in rows.iter().filter(|row| !row.withdrawn) {
        if let Some(known) = of_row(app, row).await?
            && groups.insert(known.said.convention.to_string())
        {
            found.push(known);
        }
    }
    found.sort_by_key(|known| (slug(&known.row), known.row.uri.clone()));
    Ok(found)
}
