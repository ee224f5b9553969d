//! What totals are computed from: the recommendations, who is asked, and what was signed about them, in
//! light rows without texts. Nothing is summed up here: statuses are derived by `domain::status`.

use sqlx::FromRow;

use super::{
    Db, Tx, json_list,
    query::{args, queries},
};
use crate::{
    Result,
    domain::{Instant, Iri, status},
};

queries! {
    ASKED = "SELECT uri, author, avis, addressee FROM records
        WHERE kind = 'Recommendation' AND NOT withdrawn AND (author = $1 OR ($1 = '' AND ours)) ORDER BY uri";
    SAID = "SELECT l.target, r.uri, r.kind, r.author, r.decision, r.status, r.proof, r.published
        FROM records t JOIN links l ON l.target = t.uri AND l.relation = 'concerns' JOIN records r ON r.uri = l.source
        WHERE t.kind IN ('Recommendation', 'Avis') AND (t.author = $1 OR ($1 = '' AND t.ours))
            AND r.kind IN ('Answer', 'FollowUp', 'Delivery', 'Relay') AND NOT r.withdrawn
        ORDER BY l.target, r.published, r.uri";
    SAID_OF = "SELECT l.target, r.uri, r.kind, r.author, r.decision, r.status, r.proof, r.published
        FROM links l JOIN records r ON r.uri = l.source
        WHERE l.relation = 'concerns' AND l.target IN (SELECT value FROM json_each($1))
            AND r.kind IN ('Answer', 'FollowUp', 'Delivery', 'Relay') AND NOT r.withdrawn
        ORDER BY l.target, r.published, r.uri",
        pg = "SELECT l.target, r.uri, r.kind, r.author, r.decision, r.status, r.proof, r.published
        FROM links l JOIN records r ON r.uri = l.source
        WHERE l.relation = 'concerns' AND l.target IN (SELECT value FROM jsonb_array_elements_text(CAST($1 AS TEXT)::jsonb))
            AND r.kind IN ('Answer', 'FollowUp', 'Delivery', 'Relay') AND NOT r.withdrawn
        ORDER BY l.target, r.published, r.uri";
    PRODUCED = "SELECT a.uri AS council,
            (SELECT count(*) FROM records r WHERE r.author = a.uri AND r.kind = 'Avis' AND NOT r.withdrawn) AS avis,
            (SELECT count(*) FROM records r WHERE NOT r.withdrawn AND ((r.author = a.uri AND r.kind = 'AutoSaisine')
                OR (r.addressee = a.uri AND r.kind = 'Saisine' AND r.ours))) AS questions
        FROM actors a WHERE a.ours AND a.role = 'council' ORDER BY a.uri";
    RELAYS = "SELECT l.target, r.uri, r.author, r.addressee AS body, r.published,
            (SELECT min(q.published) FROM links k JOIN records q ON q.uri = k.source
                WHERE k.target = r.uri AND k.relation = 'relay' AND q.kind IN ('Receipt', 'Relay') AND q.author = r.addressee
                    AND q.proof = 'valid' AND NOT q.withdrawn) AS received,
            (SELECT min(q.published) FROM links k JOIN records q ON q.uri = k.source
                WHERE k.target = r.uri AND k.relation = 'relay' AND q.kind = 'Refusal' AND q.author = r.addressee
                    AND q.proof = 'valid' AND NOT q.withdrawn) AS declined,
            (SELECT min(q.published) FROM links k JOIN records q ON q.uri = k.source
                JOIN links e ON e.source = q.uri AND e.relation = 'entered-for' AND e.target = r.addressee
                WHERE k.target = r.uri AND k.relation = 'relay' AND q.origin = r.origin AND q.proof = 'valid'
                    AND NOT q.withdrawn) AS entered
        FROM links l JOIN records r ON r.uri = l.source
        WHERE l.relation = 'concerns' AND l.target IN (SELECT value FROM json_each($1))
            AND r.kind = 'Relay' AND r.proof = 'valid' AND NOT r.withdrawn
        ORDER BY l.target, r.published, r.uri",
        pg = "SELECT l.target, r.uri, r.author, r.addressee AS body, r.published,
            (SELECT min(q.published) FROM links k JOIN records q ON q.uri = k.source
                WHERE k.target = r.uri AND k.relation = 'relay' AND q.kind IN ('Receipt', 'Relay') AND q.author = r.addressee
                    AND q.proof = 'valid' AND NOT q.withdrawn) AS received,
            (SELECT min(q.published) FROM links k JOIN records q ON q.uri = k.source
                WHERE k.target = r.uri AND k.relation = 'relay' AND q.kind = 'Refusal' AND q.author = r.addressee
                    AND q.proof = 'valid' AND NOT q.withdrawn) AS declined,
            (SELECT min(q.published) FROM links k JOIN records q ON q.uri = k.source
                JOIN links e ON e.source = q.uri AND e.relation = 'entered-for' AND e.target = r.addressee
                WHERE k.target = r.uri AND k.relation = 'relay' AND q.origin = r.origin AND q.proof = 'valid'
                    AND NOT q.withdrawn) AS entered
        FROM links l JOIN records r ON r.uri = l.source
        WHERE l.relation = 'concerns' AND l.target IN (SELECT value FROM jsonb_array_elements_text(CAST($1 AS TEXT)::jsonb))
            AND r.kind = 'Relay' AND r.proof = 'valid' AND NOT r.withdrawn
        ORDER BY l.target, r.published, r.uri";
}

/// A recommendation of ours.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Asked {
    /// Id.
    pub uri: String,
    /// Whose it is.
    pub author: String,
    /// Its avis.
    pub avis: Option<String>,
    /// Who is asked to answer.
    pub addressee: Option<String>,
}

/// An answer, a follow-up, a delivery or a relay, by whomever.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Said {
    /// The recommendation or avis it is about.
    pub target: String,
    /// Id.
    pub uri: String,
    /// Answer, `FollowUp`, Delivery or Relay.
    pub kind: String,
    /// Who says it.
    pub author: String,
    /// Code of an answer's decision.
    pub decision: Option<String>,
    /// Code of a follow-up's status.
    pub status: Option<String>,
    /// `valid` or `absent`.
    pub proof: String,
    /// RFC 3339, UTC.
    pub published: String,
}

/// How much a council of ours produced.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Produced {
    /// The council.
    pub council: String,
    /// Avis given.
    pub avis: i64,
    /// Questions put to it or chosen by it.
    pub questions: i64,
}

/// A relay of a recommendation or of an avis, and what its body signed about it.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Relay {
    /// The recommendation or avis that is relayed.
    pub target: String,
    /// Id of the Relay record.
    pub uri: String,
    /// Who relays.
    pub author: String,
    /// To whom.
    pub body: Option<String>,
    /// When.
    pub published: String,
    /// When the body acknowledged it, or passed it on.
    pub received: Option<String>,
    /// When the body declined it.
    pub declined: Option<String>,
    /// When somebody answered for the body through a link.
    pub entered: Option<String>,
}

impl Relay {
    /// Whether its body, or somebody for it through a link, said anything to it.
    #[must_use]
    pub const fn answered(&self) -> bool {
        self.received.is_some() || self.declined.is_some() || self.entered.is_some()
    }

    /// As far as who may speak depends on it.
    #[must_use]
    pub fn relayed(&self) -> Option<status::Relayed> {
        Some(status::Relayed {
            id: Iri::parse(&self.uri).ok()?,
            by: Iri::parse(&self.author).ok()?,
            to: Iri::parse(self.body.as_deref()?).ok()?,
            at: Instant::parse_foreign(&self.published).ok()?,
            received: self.received.is_some(),
        })
    }
}

/// The proven relays of these recommendations and avis, by what they relay, the oldest first.
///
/// # Errors
/// Those of the database.
pub async fn relays(db: &Db, targets: &[impl AsRef<str> + Sync]) -> Result<Vec<Relay>> {
    db.all(&RELAYS, args![&json_list(targets)]).await
}

/// The same, read by a transaction.
///
/// # Errors
/// Those of the database.
pub async fn relays_in(tx: &mut Tx, targets: &[impl AsRef<str> + Sync]) -> Result<Vec<Relay>> {
    tx.all(&RELAYS, args![&json_list(targets)]).await
}

/// Our recommendations; those of one author unless `author` is empty.
///
/// # Errors
/// Those of the database.
pub async fn asked(db: &Db, author: &str) -> Result<Vec<Asked>> {
    db.all(&ASKED, args![author]).await
}

/// What was signed about our recommendations and avis; about those of one author, ours or not, unless `author` is empty.
///
/// # Errors
/// Those of the database.
pub async fn said(db: &Db, author: &str) -> Result<Vec<Said>> {
    db.all(&SAID, args![author]).await
}

/// What was signed about these recommendations and avis.
///
/// # Errors
/// Those of the database.
pub async fn said_of(db: &Db, targets: &[impl AsRef<str> + Sync]) -> Result<Vec<Said>> {
    db.all(&SAID_OF, args![&json_list(targets)]).await
}

/// How much each council of ours produced.
///
/// # Errors
/// Those of the database.
pub async fn produced(db: &Db) -> Result<Vec<Produced>> {
    db.all(&PRODUCED, args![]).await
}
