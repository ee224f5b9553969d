//! Where recommendations stand (register.md rule 7), from rows of the register: the one bridge between
//! what is stored and `domain::status`, for a page and for totals alike.

use std::collections::HashMap;

use crate::{
    App, Result,
    domain::{
        Code as _, Instant, Iri,
        codes::{Decision, FollowUpStatus, Status},
        moves::Moves,
        status::{self, Speakers, Stated},
    },
    storage::{moves, records::Row, standings as rows},
};

/// What a row says of an answer or a follow-up.
pub struct Spoken<'a> {
    /// Id.
    pub uri: &'a str,
    /// `parvis:kind`.
    pub kind: &'a str,
    /// Who says it.
    pub author: &'a str,
    /// Decision of an answer.
    pub decision: Option<&'a str>,
    /// Status of a follow-up.
    pub status: Option<&'a str>,
    /// `valid` or `absent`.
    pub proof: &'a str,
    /// When.
    pub published: &'a str,
}

/// The statement a row carries; none for another kind.
#[must_use]
pub fn statement(row: &Spoken<'_>) -> Option<status::Statement> {
    let stated = match (row.kind, row.decision, row.status) {
        ("Answer", Some(decision), _) => Stated::Decision(Decision::received(decision)),
        ("FollowUp", _, Some(status)) => Stated::Progress(FollowUpStatus::received(status)),
        _ => return None,
    };
    Some(status::Statement {
        id: Iri::parse(row.uri).ok()?,
        author: Iri::parse(row.author).ok()?,
        published: Instant::parse_foreign(row.published).ok()?,
        proven: row.proof == "valid",
        stated,
    })
}

/// Who may speak of a recommendation by `council`: its addressee, and bodies that acknowledged one of these relays.
#[must_use]
pub fn speakers<'a>(
    council: &str,
    addressee: Option<&str>,
    relays: &[&rows::Relay],
    moves: &'a Moves,
) -> Speakers<'a> {
    let addressee = addressee.and_then(|uri| Iri::parse(uri).ok());
    let relays: Vec<_> = relays.iter().filter_map(|relay| relay.relayed()).collect();
    status::speakers(council, addressee.as_ref(), &relays, moves)
}

/// The status of each of our recommendations; of those of one council when `author` names it. Four
/// queries, whatever their number.
///
/// # Errors
/// Those of the database.
pub async fn standings(app: &App, author: Option<&str>) -> Result<Vec<Status>> {
    Ok(standings_by_id(app, author).await?.into_iter().map(|(_, status)| status).collect())
}

/// The same, each with the id of its recommendation.
///
/// # Errors
/// Those of the database.
pub async fn standings_by_id(app: &App, author: Option<&str>) -> Result<Vec<(String, Status)>> {
    let (asked, around) = read(app, author.unwrap_or_default()).await?;
    Ok(asked
        .into_iter()
        .map(|one| (around.status_of(&one), one))
        .map(|(status, one)| (one.uri, status))
        .collect())
}

/// Where these recommendations stand, ours or not, by their ids. Three queries, whatever their number.
///
/// # Errors
/// Those of the database.
pub async fn standings_of(app: &App, recommendations: &[Row]) -> Result<HashMap<String, status::Standing>> {
    let asked: Vec<rows::Asked> = recommendations
        .iter()
        .map(|row| rows::Asked {
            uri: row.uri.clone(),
            author: row.author.clone(),
            avis: row.avis.clone(),
            addressee: row.addressee.clone(),
        })
        .collect();
    let mut targets: Vec<&str> =
        asked.iter().flat_map(|one| [Some(one.uri.as_str()), one.avis.as_deref()]).flatten().collect();
    targets.sort_unstable();
    targets.dedup();
    let around = Around::of(app, rows::said_of(&app.db, &targets).await?).await?;
    Ok(asked.into_iter().map(|one| (around.standing_of(&one), one.uri)).map(|(at, uri)| (uri, at)).collect())
}

/// When somebody who may speak last answered or reported on each avis of a council, by the id of the avis.
///
/// # Errors
/// Those of the database.
pub async fn latest(app: &App, council: &str) -> Result<HashMap<String, String>> {
    let (asked, around) = read(app, council).await?;
    let mut latest: HashMap<String, String> = HashMap::new();
    for one in &asked {
        let (Some(avis), Some(at)) = (&one.avis, around.latest_on(one)) else { continue };
        let last = latest.entry(avis.clone()).or_default();
        if *last < at {
            *last = at;
        }
    }
    Ok(latest)
}

/// What was signed about recommendations and their avis, by what it is about, where they were relayed to, and who
/// moved.
struct Around {
    said: HashMap<String, Vec<rows::Said>>,
    relays: Vec<rows::Relay>,
    moves: Moves,
}

/// Reads recommendations, of one author unless it is empty, and what is around them.
async fn read(app: &App, author: &str) -> Result<(Vec<rows::Asked>, Around)> {
    let asked = rows::asked(&app.db, author).await?;
    Ok((asked, Around::of(app, rows::said(&app.db, author).await?).await?))
}

impl Around {
    /// What was signed, and the relays among it.
    async fn of(app: &App, all: Vec<rows::Said>) -> Result<Self> {
        let mut said: HashMap<String, Vec<rows::Said>> = HashMap::new();
        for one in all {
            said.entry(one.target.clone()).or_default().push(one);
        }
        let relayed: Vec<&str> = said
            .iter()
            .filter(|(_, rows)| rows.iter().any(|row| row.kind == "Relay"))
            .map(|(target, _)| target.as_str())
            .collect();
        let relays = rows::relays(&app.db, &relayed).await?;
        Ok(Self { said, relays, moves: moves::known(&app.db).await? })
    }

    fn about(&self, uri: &str) -> &[rows::Said] {
        self.said.get(uri).map(Vec::as_slice).unwrap_or_default()
    }

    fn speakers(&self, one: &rows::Asked) -> Speakers<'_> {
        let of = [Some(one.uri.as_str()), one.avis.as_deref()];
        let relays: Vec<_> =
            self.relays.iter().filter(|relay| of.contains(&Some(relay.target.as_str()))).collect();
        speakers(&one.author, one.addressee.as_deref(), &relays, &self.moves)
    }

    fn statements(&self, one: &rows::Asked) -> Vec<status::Statement> {
        self.about(&one.uri).iter().filter_map(|row| statement(&row.spoken())).collect()
    }

    fn status_of(&self, one: &rows::Asked) -> Status {
        self.standing_of(one).status
    }

    fn standing_of(&self, one: &rows::Asked) -> status::Standing {
        let addressee = one.addressee.as_deref();
        let acknowledged = self.about(one.avis.as_deref().unwrap_or_default()).iter().any(|row| {
            row.kind == "Delivery"
                && row.proof == "valid"
                && self.moves.word_of(&row.author, &row.published, addressee)
        });
        status::standing(&self.speakers(one), &self.statements(one), acknowledged)
    }

    fn latest_on(&self, one: &rows::Asked) -> Option<String> {
        Some(status::standing(&self.speakers(one), &self.statements(one), false).since?.to_string())
    }
}

impl rows::Said {
    fn spoken(&self) -> Spoken<'_> {
        Spoken {
            uri: &self.uri,
            kind: &self.kind,
            author: &self.author,
            decision: self.decision.as_deref(),
            status: self.status.as_deref(),
            proof: &self.proof,
            published: &self.published,
        }
    }
}
