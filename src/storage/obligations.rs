//! What obligations are computed from, read for many avis at once: the avis, their recommendations with their
//! answers, and every version of the schedules. Nothing is judged here: see
//! `domain::obligations`.

use sqlx::FromRow;

use super::{
    Db, json_list,
    query::{args, queries},
};
use crate::Result;

queries! {
    AVIS = "SELECT uri, author, origin, ours, addressee, slug, title, lang, synthetic, proof, published,
            document ->> 'parvis:deliveredOn' AS claimed FROM records
        WHERE uri IN (SELECT value FROM json_each($1)) AND +kind = 'Avis' AND NOT withdrawn ORDER BY uri",
        pg = "SELECT uri, author, origin, ours, addressee, slug, title, lang, synthetic, proof, published,
            CAST(document AS jsonb) ->> 'parvis:deliveredOn' AS claimed FROM records
        WHERE uri IN (SELECT value FROM jsonb_array_elements_text(CAST($1 AS TEXT)::jsonb)) AND kind = 'Avis'
            AND NOT withdrawn ORDER BY uri";
    EVERY_AVIS = "SELECT uri, author, origin, ours, addressee, slug, title, lang, synthetic, proof, published,
            document ->> 'parvis:deliveredOn' AS claimed FROM records
        WHERE kind = 'Avis' AND NOT withdrawn ORDER BY uri",
        pg = "SELECT uri, author, origin, ours, addressee, slug, title, lang, synthetic, proof, published,
            CAST(document AS jsonb) ->> 'parvis:deliveredOn' AS claimed FROM records
        WHERE kind = 'Avis' AND NOT withdrawn ORDER BY uri";
    ASKED = "SELECT t.avis, t.uri, t.author, t.addressee, r.uri AS answer, r.author AS speaker, r.decision,
            r.published, r.document ->> 'parvis:decidedOn' AS decided
        FROM json_each($1) a CROSS JOIN records t ON t.avis = a.value
        LEFT JOIN links l ON l.target = t.uri AND l.relation = 'concerns'
        LEFT JOIN records r ON r.uri = l.source AND r.kind = 'Answer' AND NOT r.withdrawn AND r.proof = 'valid'
        WHERE +t.kind = 'Recommendation' AND NOT t.withdrawn ORDER BY t.avis, t.uri, r.uri",
        pg = "SELECT t.avis, t.uri, t.author, t.addressee, r.uri AS answer, r.author AS speaker, r.decision,
            r.published, CAST(r.document AS jsonb) ->> 'parvis:decidedOn' AS decided
        FROM jsonb_array_elements_text(CAST($1 AS TEXT)::jsonb) a(value) JOIN records t ON t.avis = a.value
        LEFT JOIN links l ON l.target = t.uri AND l.relation = 'concerns'
        LEFT JOIN records r ON r.uri = l.source AND r.kind = 'Answer' AND NOT r.withdrawn AND r.proof = 'valid'
        WHERE t.kind = 'Recommendation' AND NOT t.withdrawn ORDER BY t.avis, t.uri, r.uri";
    PROMISED = "SELECT uri, document FROM versions WHERE uri IN (SELECT value FROM json_each($1))
            AND proof = 'valid' AND document IS NOT NULL ORDER BY uri, version",
        pg = "SELECT uri, document FROM versions
        WHERE uri IN (SELECT value FROM jsonb_array_elements_text(CAST($1 AS TEXT)::jsonb))
            AND proof = 'valid' AND document IS NOT NULL ORDER BY uri, version";
}

/// An avis, without its text.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Avis {
    /// Id.
    pub uri: String,
    /// The council.
    pub author: String,
    /// Its server.
    pub origin: String,
    /// Whether the council is ours.
    pub ours: bool,
    /// The authority it is handed to.
    pub addressee: Option<String>,
    /// Last segment of its page's path here.
    pub slug: String,
    /// Title, in its language.
    pub title: String,
    /// BCP 47 tag.
    pub lang: String,
    /// Whether it says it is invented.
    pub synthetic: bool,
    /// `valid` or `absent`.
    pub proof: String,
    /// RFC 3339, UTC.
    pub published: String,
    /// When it was handed over, as its council says.
    pub claimed: Option<String>,
}

/// A recommendation, beside one proven answer, if there is any.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Asked {
    /// Its avis.
    pub avis: String,
    /// Id.
    pub uri: String,
    /// Who recommends.
    pub author: String,
    /// Who is asked to answer.
    pub addressee: Option<String>,
    /// The answer.
    pub answer: Option<String>,
    /// Who signed it.
    pub speaker: Option<String>,
    /// Code of its decision.
    pub decision: Option<String>,
    /// When it was published.
    pub published: Option<String>,
    /// When it was decided, as it says.
    pub decided: Option<String>,
}

/// The avis of those ids that are here and were not withdrawn, by id.
///
/// # Errors
/// Those of the database.
pub async fn avis(db: &Db, uris: &[impl AsRef<str> + Sync]) -> Result<Vec<Avis>> {
    db.all(&AVIS, args![&json_list(uris)]).await
}

/// Every avis that was not withdrawn, ours and received, by id.
///
/// # Errors
/// Those of the database.
pub async fn every_avis(db: &Db) -> Result<Vec<Avis>> {
    db.all(&EVERY_AVIS, args![]).await
}

/// The recommendations of some avis, each once per answer and at least once.
///
/// # Errors
/// Those of the database.
pub async fn asked(db: &Db, avis: &[impl AsRef<str> + Sync]) -> Result<Vec<Asked>> {
    db.all(&ASKED, args![&json_list(avis)]).await
}

/// Id and text of every proven version of some records, by id and version.
///
/// # Errors
/// Those of the database.
pub async fn promised(db: &Db, uris: &[impl AsRef<str> + Sync]) -> Result<Vec<(String, String)>> {
    db.all(&PROMISED, args![&json_list(uris)]).await
}
