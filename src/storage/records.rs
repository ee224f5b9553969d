//! The current state of every record, derived from the register: what lists, pages and statuses read.
//! `parvis reindex` empties these rows and builds them again from `versions`.

mod row;

pub use row::{Concerning, Count, Cursor, Page, Row, Shown};

use super::{
    Db, Tx, json_list,
    query::{args, queries},
};
use crate::Result;

queries! {
    PUT = "INSERT INTO records (uri, kind, author, origin, ours, context, parent, question, avis, addressee, audience,
            slug, reference, title, lang, number, decision, status, synthetic, withdrawn, version, hash, proof,
            published, updated, seq, first_seq, document)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
            $23, $24, $25, $26, $27, $28)
        ON CONFLICT (uri) DO UPDATE SET kind = excluded.kind, ours = excluded.ours, context = excluded.context,
            parent = excluded.parent, question = excluded.question, avis = excluded.avis,
            addressee = excluded.addressee, audience = excluded.audience, slug = excluded.slug,
            reference = excluded.reference, title = excluded.title, lang = excluded.lang, number = excluded.number,
            decision = excluded.decision, status = excluded.status, synthetic = excluded.synthetic,
            withdrawn = excluded.withdrawn, version = excluded.version, hash = excluded.hash,
            proof = excluded.proof, updated = excluded.updated, seq = excluded.seq, document = excluded.document
        WHERE excluded.version >= records.version";
    GET = "SELECT * FROM records WHERE uri = $1";
    BY_SLUG = "SELECT * FROM records WHERE ours AND kind = $1 AND slug = $2";
    RECEIVED_BY_KEY = "SELECT * FROM records WHERE NOT ours AND slug = $1 ORDER BY uri LIMIT 1";
    BY_REFERENCE = "SELECT * FROM records WHERE ours AND reference = $1 ORDER BY uri LIMIT 1";
    BY_KIND = "SELECT * FROM records WHERE kind = $1 AND (published, uri) < ($2, $3)
        ORDER BY published DESC, uri DESC LIMIT $4";
    BY_KIND_OURS = "SELECT * FROM records WHERE kind = $1 AND ours AND (published, uri) < ($2, $3)
        ORDER BY published DESC, uri DESC LIMIT $4";
    BY_AUTHOR = "SELECT * FROM records WHERE author = $1 AND kind = $2 AND (published, uri) < ($3, $4)
        ORDER BY published DESC, uri DESC LIMIT $5";
    ALL_BY_AUTHOR = "SELECT * FROM records WHERE author = $1 AND (published, uri) < ($2, $3)
        ORDER BY published DESC, uri DESC LIMIT $4";
    BY_SIDE = "SELECT * FROM records WHERE ours = $1 AND (published, uri) < ($2, $3)
        ORDER BY published DESC, uri DESC LIMIT $4";
    BY_CONTEXT = "SELECT * FROM records WHERE context = $1 AND (published, uri) > ($2, $3)
        ORDER BY published, uri LIMIT $4";
    BY_PARENT = "SELECT * FROM records WHERE parent = $1 AND (published, uri) > ($2, $3)
        ORDER BY published, uri LIMIT $4";
    BY_QUESTION = "SELECT * FROM records WHERE question = $1 ORDER BY published, uri";
    BY_AVIS = "SELECT * FROM records WHERE avis = $1 ORDER BY number NULLS LAST, uri";
    STATED = "SELECT r.* FROM records r
        WHERE r.author = $1 AND r.kind IN ('Account', 'Answer', 'FollowUp') AND NOT r.withdrawn
            AND NOT EXISTS (SELECT 1 FROM records later WHERE later.context = r.context AND later.author = r.author
                AND later.kind IN ('Account', 'Answer', 'FollowUp') AND NOT later.withdrawn
                AND (later.published, later.uri) > (r.published, r.uri))
        ORDER BY r.published DESC, r.uri DESC LIMIT $2";
    BY_URIS = "SELECT * FROM records WHERE uri IN (SELECT value FROM json_each($1)) ORDER BY uri",
        pg = "SELECT * FROM records WHERE uri IN (SELECT value FROM jsonb_array_elements_text(CAST($1 AS TEXT)::jsonb)) ORDER BY uri";
    CONCERNING = "SELECT l.target, r.* FROM links l JOIN records r ON r.uri = l.source
        WHERE l.relation = $2 AND l.target IN (SELECT value FROM json_each($1))
        ORDER BY l.target, r.published, r.uri",
        pg = "SELECT l.target, r.* FROM links l JOIN records r ON r.uri = l.source
        WHERE l.relation = $2 AND l.target IN (SELECT value FROM jsonb_array_elements_text(CAST($1 AS TEXT)::jsonb))
        ORDER BY l.target, r.published, r.uri";
    SHOWN = "SELECT author, kind, uri, published FROM records
        WHERE author IN (SELECT value FROM json_each($1)) AND kind IN ('Composition', 'Avis', 'Deliverable')
            AND NOT withdrawn AND proof = 'valid' ORDER BY published, uri",
        pg = "SELECT author, kind, uri, published FROM records
        WHERE author IN (SELECT value FROM jsonb_array_elements_text(CAST($1 AS TEXT)::jsonb))
            AND kind IN ('Composition', 'Avis', 'Deliverable')
            AND NOT withdrawn AND proof = 'valid' ORDER BY published, uri";
    LINKED = "SELECT r.* FROM links l JOIN records r ON r.uri = l.source
        WHERE l.target = $1 AND l.relation = $2 AND NOT r.withdrawn AND (r.published, r.uri) < ($3, $4)
        ORDER BY r.published DESC, r.uri DESC LIMIT $5";
    COUNTS = "SELECT kind, ours, count(*) AS total FROM records WHERE NOT withdrawn GROUP BY kind, ours ORDER BY kind, ours";
    COUNTS_OF = "SELECT kind, ours, count(*) AS total FROM records WHERE NOT withdrawn AND author = $1
        GROUP BY kind, ours ORDER BY kind, ours";
    COUNT_BY_AUTHOR = "SELECT count(*) FROM records WHERE author = $1 AND kind = $2";
    COUNT_BY_CONTEXT = "SELECT count(*) FROM records WHERE context = $1";
    COUNT_BY_PARENT = "SELECT count(*) FROM records WHERE parent = $1";
    ANSWERS = "SELECT * FROM records WHERE parent = $1 AND kind = 'Answer'
            AND (author IN (SELECT value FROM json_each($5)) OR EXISTS (SELECT 1 FROM links l
                JOIN records t ON t.uri = l.target WHERE l.source = records.uri AND l.relation = 'relay'
                    AND t.kind = 'Relay' AND t.addressee = records.author AND NOT t.withdrawn)) AND (published, uri) < ($2, $3)
        ORDER BY published DESC, uri DESC LIMIT $4",
        pg = "SELECT * FROM records WHERE parent = $1 AND kind = 'Answer'
            AND (author IN (SELECT value FROM jsonb_array_elements_text(CAST($5 AS TEXT)::jsonb)) OR EXISTS (SELECT 1 FROM links l
                JOIN records t ON t.uri = l.target WHERE l.source = records.uri AND l.relation = 'relay'
                    AND t.kind = 'Relay' AND t.addressee = records.author AND NOT t.withdrawn)) AND (published, uri) < ($2, $3)
        ORDER BY published DESC, uri DESC LIMIT $4";
    COUNT_ANSWERS = "SELECT count(*) FROM records WHERE parent = $1 AND kind = 'Answer'
            AND (author IN (SELECT value FROM json_each($2)) OR EXISTS (SELECT 1 FROM links l
                JOIN records t ON t.uri = l.target WHERE l.source = records.uri AND l.relation = 'relay'
                    AND t.kind = 'Relay' AND t.addressee = records.author AND NOT t.withdrawn))",
        pg = "SELECT count(*) FROM records WHERE parent = $1 AND kind = 'Answer'
            AND (author IN (SELECT value FROM jsonb_array_elements_text(CAST($2 AS TEXT)::jsonb)) OR EXISTS (SELECT 1 FROM links l
                JOIN records t ON t.uri = l.target WHERE l.source = records.uri AND l.relation = 'relay'
                    AND t.kind = 'Relay' AND t.addressee = records.author AND NOT t.withdrawn))";
    QUESTIONS_TO = "SELECT * FROM records WHERE ((kind = 'Saisine' AND addressee = $1) OR (kind = 'AutoSaisine' AND author = $1))
        AND (published, uri) < ($2, $3) ORDER BY published DESC, uri DESC LIMIT $4";
    COUNT_QUESTIONS_TO = "SELECT count(*) FROM records
        WHERE (kind = 'Saisine' AND addressee = $1) OR (kind = 'AutoSaisine' AND author = $1)";
    CLEAR = "DELETE FROM records";
}

/// Puts the current state of a record, unless a later version is there already. `first_seq`, `author`,
/// `origin` and `published` keep the values of the first put. Gives whether the row changed: links and
/// search follow only then.
///
/// # Errors
/// `Conflict` when another record of ours and of that kind has that slug.
pub async fn put(tx: &mut Tx, row: &Row) -> Result<bool> {
    let args = args![
        &row.uri,
        &row.kind,
        &row.author,
        &row.origin,
        row.ours,
        &row.context,
        &row.parent,
        &row.question,
        &row.avis,
        &row.addressee,
        &row.audience,
        &row.slug,
        &row.reference,
        &row.title,
        &row.lang,
        row.number,
        &row.decision,
        &row.status,
        row.synthetic,
        row.withdrawn,
        row.version,
        &row.hash,
        &row.proof,
        &row.published,
        &row.updated,
        row.seq,
        row.first_seq,
        &row.document
    ];
    Ok(tx.run(&PUT, args).await? > 0)
}

/// Forgets every row (the register stays), before a reindex.
///
/// # Errors
/// Those of the database.
pub async fn clear(tx: &mut Tx) -> Result<()> {
    tx.run(&CLEAR, args![]).await.map(drop)
}

/// The record of that id.
///
/// # Errors
/// Those of the database.
pub async fn get(db: &Db, uri: &str) -> Result<Option<Row>> {
    db.first(&GET, args![uri]).await
}

/// The record of that id, read by a transaction.
///
/// # Errors
/// Those of the database.
pub async fn get_in(tx: &mut Tx, uri: &str) -> Result<Option<Row>> {
    tx.first(&GET, args![uri]).await
}

/// Our record of that kind and slug.
///
/// # Errors
/// Those of the database.
pub async fn by_slug(db: &Db, kind: &str, slug: &str) -> Result<Option<Row>> {
    db.first(&BY_SLUG, args![kind, slug]).await
}

/// Whether a slug is taken among our records of a kind, read by the transaction that will take one.
///
/// # Errors
/// Those of the database.
pub async fn slug_taken(tx: &mut Tx, kind: &str, slug: &str) -> Result<bool> {
    Ok(tx.first::<Row>(&BY_SLUG, args![kind, slug]).await?.is_some())
}

/// The received record of that key (`Iri::key`), which is its slug here.
///
/// # Errors
/// Those of the database.
pub async fn received_by_key(db: &Db, key: &str) -> Result<Option<Row>> {
    db.first(&RECEIVED_BY_KEY, args![key]).await
}

/// Our record of that official number.
///
/// # Errors
/// Those of the database.
pub async fn by_reference(db: &Db, reference: &str) -> Result<Option<Row>> {
    db.first(&BY_REFERENCE, args![reference]).await
}

/// Records of a kind, ours and received, the latest first.
///
/// # Errors
/// Those of the database.
pub async fn by_kind(db: &Db, kind: &str, page: &Page) -> Result<Vec<Row>> {
    let (published, uri) = page.start_from_latest();
    db.all(&BY_KIND, args![kind, published, uri, page.limit]).await
}

/// Our records of a kind, the latest first.
///
/// # Errors
/// Those of the database.
pub async fn by_kind_ours(db: &Db, kind: &str, page: &Page) -> Result<Vec<Row>> {
    let (published, uri) = page.start_from_latest();
    db.all(&BY_KIND_OURS, args![kind, published, uri, page.limit]).await
}

/// Records of an author, of one kind, the latest first.
///
/// # Errors
/// Those of the database.
pub async fn by_author(db: &Db, author: &str, kind: &str, page: &Page) -> Result<Vec<Row>> {
    let (published, uri) = page.start_from_latest();
    db.all(&BY_AUTHOR, args![author, kind, published, uri, page.limit]).await
}

/// Records of an author, of every kind, the latest first.
///
/// # Errors
/// Those of the database.
pub async fn all_by_author(db: &Db, author: &str, page: &Page) -> Result<Vec<Row>> {
    let (published, uri) = page.start_from_latest();
    db.all(&ALL_BY_AUTHOR, args![author, published, uri, page.limit]).await
}

/// Records received from other nodes, the latest first.
///
/// # Errors
/// Those of the database.
pub async fn received(db: &Db, page: &Page) -> Result<Vec<Row>> {
    let (published, uri) = page.start_from_latest();
    db.all(&BY_SIDE, args![false, published, uri, page.limit]).await
}

/// Our records of every kind, the latest first.
///
/// # Errors
/// Those of the database.
pub async fn ours(db: &Db, page: &Page) -> Result<Vec<Row>> {
    let (published, uri) = page.start_from_latest();
    db.all(&BY_SIDE, args![true, published, uri, page.limit]).await
}

/// The records of a thread, the oldest first.
///
/// # Errors
/// Those of the database.
pub async fn by_context(db: &Db, context: &str, page: &Page) -> Result<Vec<Row>> {
    let (published, uri) = page.start_from_oldest();
    db.all(&BY_CONTEXT, args![context, published, uri, page.limit]).await
}

/// The records that reply to one, the oldest first.
///
/// # Errors
/// Those of the database.
pub async fn by_parent(db: &Db, parent: &str, page: &Page) -> Result<Vec<Row>> {
    let (published, uri) = page.start_from_oldest();
    db.all(&BY_PARENT, args![parent, published, uri, page.limit]).await
}

/// Every record that belongs to a question, the oldest first.
///
/// # Errors
/// Those of the database.
pub async fn by_question(db: &Db, question: &str) -> Result<Vec<Row>> {
    db.all(&BY_QUESTION, args![question]).await
}

/// Every record that belongs to an avis: its recommendations by number, then the rest.
///
/// # Errors
/// Those of the database.
pub async fn by_avis(db: &Db, avis: &str) -> Result<Vec<Row>> {
    db.all(&BY_AVIS, args![avis]).await
}

/// The records of those ids that are here, sorted by id.
///
/// # Errors
/// Those of the database.
pub async fn by_uris(db: &Db, uris: &[impl AsRef<str> + Sync]) -> Result<Vec<Row>> {
    db.all(&BY_URIS, args![&json_list(uris)]).await
}

/// The same within a transaction.
///
/// # Errors
/// Those of the database.
pub async fn by_uris_in(tx: &mut Tx, uris: &[impl AsRef<str> + Sync]) -> Result<Vec<Row>> {
    tx.all(&BY_URIS, args![&json_list(uris)]).await
}

/// What an authority said last in each of its threads: where things stand, for whoever comes late.
///
/// # Errors
/// Those of the database.
pub async fn stated(db: &Db, author: &str, limit: i64) -> Result<Vec<Row>> {
    db.all(&STATED, args![author, limit]).await
}

/// The records that name one of `targets` by `relation`, sorted by target, then the oldest first: the
/// answers and follow-ups of all the recommendations of an avis in one read.
///
/// # Errors
/// Those of the database.
pub async fn concerning(
    db: &Db,
    targets: &[impl AsRef<str> + Sync],
    relation: &str,
) -> Result<Vec<Concerning>> {
    db.all(&CONCERNING, args![&json_list(targets), relation]).await
}

/// What some councils show of themselves, proven: who sits in them, and what they hand over; the oldest first.
///
/// # Errors
/// Those of the database.
pub async fn shown(db: &Db, authors: &[impl AsRef<str> + Sync]) -> Result<Vec<Shown>> {
    db.all(&SHOWN, args![&json_list(authors)]).await
}

/// The records that name a target by a relation (those of a theme), the latest first, without withdrawn
/// ones.
///
/// # Errors
/// Those of the database.
pub async fn linked(db: &Db, target: &str, relation: &str, page: &Page) -> Result<Vec<Row>> {
    let (published, uri) = page.start_from_latest();
    db.all(&LINKED, args![target, relation, published, uri, page.limit]).await
}

/// How many records of each kind are here, ours and received apart, without withdrawn ones.
///
/// # Errors
/// Those of the database.
pub async fn counts(db: &Db) -> Result<Vec<Count>> {
    db.all(&COUNTS, args![]).await
}

/// The same for one author.
///
/// # Errors
/// Those of the database.
pub async fn counts_of(db: &Db, author: &str) -> Result<Vec<Count>> {
    db.all(&COUNTS_OF, args![author]).await
}

/// How many records of one kind an author has here.
///
/// # Errors
/// Those of the database.
pub async fn count_by_author(db: &Db, author: &str, kind: &str) -> Result<i64> {
    db.count(&COUNT_BY_AUTHOR, args![author, kind]).await
}

/// How many records a thread has.
///
/// # Errors
/// Those of the database.
pub async fn count_by_context(db: &Db, context: &str) -> Result<i64> {
    db.count(&COUNT_BY_CONTEXT, args![context]).await
}

/// How many records reply to one.
///
/// # Errors
/// Those of the database.
pub async fn count_by_parent(db: &Db, parent: &str) -> Result<i64> {
    db.count(&COUNT_BY_PARENT, args![parent]).await
}

/// The answers to a recommendation by its addressee, under any of these addresses, or by bodies it was relayed to,
/// the latest first.
///
/// # Errors
/// Those of the database.
pub async fn answers(db: &Db, recommendation: &str, addressee: &[&str], page: &Page) -> Result<Vec<Row>> {
    let (published, uri) = page.start_from_latest();
    db.all(&ANSWERS, args![recommendation, published, uri, page.limit, &json_list(addressee)]).await
}

/// How many those are.
///
/// # Errors
/// Those of the database.
pub async fn count_answers(db: &Db, recommendation: &str, addressee: &[&str]) -> Result<i64> {
    db.count(&COUNT_ANSWERS, args![recommendation, &json_list(addressee)]).await
}

/// The questions put to a council and those it put to itself, the latest first.
///
/// # Errors
/// Those of the database.
pub async fn questions_to(db: &Db, council: &str, page: &Page) -> Result<Vec<Row>> {
    let (published, uri) = page.start_from_latest();
    db.all(&QUESTIONS_TO, args![council, published, uri, page.limit]).await
}

/// How many questions were put to a council, by others and by itself.
///
/// # Errors
/// Those of the database.
pub async fn count_questions_to(db: &Db, council: &str) -> Result<i64> {
    db.count(&COUNT_QUESTIONS_TO, args![council]).await
}
