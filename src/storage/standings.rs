//! What totals are computed from: the recommendations, who is asked, and what was signed about them, in
//! light rows without texts. Nothing is summed up here: statuses are derived by `domain::status`.

use sqlx::FromRow;

use super::{
    Db,
    query::{args, queries},
};
use crate::Result;

queries! {
    ASKED = "SELECT uri, avis, addressee FROM records
        WHERE kind = 'Recommendation' AND NOT withdrawn AND (author = $1 OR ($1 = '' AND ours)) ORDER BY uri";
    SAID = "SELECT l.target, r.uri, r.kind, r.author, r.decision, r.status, r.proof, r.published
        FROM records t JOIN links l ON l.target = t.uri AND l.relation = 'concerns' JOIN records r ON r.uri = l.source
        WHERE t.kind IN ('Recommendation', 'Avis') AND (t.author = $1 OR ($1 = '' AND t.ours))
            AND r.kind IN ('Answer', 'FollowUp', 'Delivery') AND NOT r.withdrawn
        ORDER BY l.target, r.published, r.uri";
    PRODUCED = "SELECT a.uri AS council,
            (SELECT count(*) FROM records r WHERE r.author = a.uri AND r.kind = 'Avis' AND NOT r.withdrawn) AS avis,
            (SELECT count(*) FROM records r WHERE NOT r.withdrawn AND ((r.author = a.uri AND r.kind = 'AutoSaisine')
                OR (r.addressee = a.uri AND r.kind = 'Saisine' AND r.ours))) AS questions
        FROM actors a WHERE a.ours AND a.role = 'council' ORDER BY a.uri";
    LATEST = "SELECT t.avis, max(r.published) AS at FROM records t
        JOIN links l ON l.target = t.uri AND l.relation = 'concerns' JOIN records r ON r.uri = l.source
        WHERE t.kind = 'Recommendation' AND t.author = $1 AND t.avis IS NOT NULL
            AND r.kind IN ('Answer', 'FollowUp') AND r.author = t.addressee AND NOT r.withdrawn
        GROUP BY t.avis ORDER BY t.avis";
}

/// A recommendation of ours.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Asked {
    /// Id.
    pub uri: String,
    /// Its avis.
    pub avis: Option<String>,
    /// Who is asked to answer.
    pub addressee: Option<String>,
}

/// An answer, a follow-up or a delivery, by whomever.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Said {
    /// The recommendation or avis it is about.
    pub target: String,
    /// Id.
    pub uri: String,
    /// Answer, `FollowUp` or Delivery.
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

/// How much each council of ours produced.
///
/// # Errors
/// Those of the database.
pub async fn produced(db: &Db) -> Result<Vec<Produced>> {
    db.all(&PRODUCED, args![]).await
}

/// When the addressee's latest answer or follow-up to each avis of an author was published.
///
/// # Errors
/// Those of the database.
pub async fn latest(db: &Db, author: &str) -> Result<Vec<(String, String)>> {
    db.all(&LATEST, args![author]).await
}
