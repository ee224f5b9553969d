//! The register: every version ever published here or accepted from elsewhere, in the order in which this
//! node appended it. Rows are only added; an erasure empties the text and keeps hash and proof.

use sqlx::FromRow;

use super::{
    Db, Tx,
    query::{args, queries},
};
use crate::{Error, Result};

queries! {
    APPEND = "INSERT INTO versions (seq, uri, version, hash, previous, kind, author, origin, ours, proof, document, received_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    CURRENT = "SELECT * FROM versions WHERE uri = $1 ORDER BY version DESC LIMIT 1";
    GET = "SELECT * FROM versions WHERE uri = $1 AND version = $2";
    HISTORY = "SELECT * FROM versions WHERE uri = $1 ORDER BY version";
    CHANGES = "SELECT * FROM versions WHERE ours AND seq > $1 ORDER BY seq LIMIT $2";
    DOWN = "SELECT v.* FROM records t JOIN links l ON l.target = t.uri AND l.relation = 'relay'
            JOIN records r ON r.uri = l.source JOIN versions v ON v.uri = r.uri
        WHERE t.kind = 'Relay' AND t.context >= $1 AND t.context < $2 AND r.origin <> $3 AND v.seq > $4
        ORDER BY v.seq LIMIT $5";
    DOWN_HEADS = "SELECT v.author, v.ours, v.uri, v.version, v.hash FROM records t
            JOIN links l ON l.target = t.uri AND l.relation = 'relay' JOIN records r ON r.uri = l.source
            JOIN versions v ON v.uri = r.uri AND v.version = r.version
        WHERE t.kind = 'Relay' AND t.context >= $1 AND t.context < $2 AND r.origin <> $3 ORDER BY v.uri";
    DOWN_LAST = "SELECT coalesce(max(v.seq), 0) FROM records t JOIN links l ON l.target = t.uri AND l.relation = 'relay'
            JOIN records r ON r.uri = l.source JOIN versions v ON v.uri = r.uri
        WHERE t.kind = 'Relay' AND t.context >= $1 AND t.context < $2 AND r.origin <> $3";
    EVERY = "SELECT * FROM versions WHERE seq > $1 ORDER BY seq LIMIT $2";
    HEADS = "SELECT author, ours, uri, version, hash FROM versions v
        WHERE version = (SELECT max(w.version) FROM versions w WHERE w.uri = v.uri) ORDER BY author, uri";
    HEADS_OF = "SELECT author, ours, uri, version, hash FROM versions v
        WHERE author = $1 AND version = (SELECT max(w.version) FROM versions w WHERE w.uri = v.uri) ORDER BY uri";
    ERASE = "UPDATE versions SET document = NULL, proof_json = $3, erased_at = $4
        WHERE uri = $1 AND version = $2 AND document IS NOT NULL";
    FIRST_SEQ = "SELECT min(seq) FROM versions WHERE uri = $1";
    LAST_SEQ = "SELECT coalesce(max(seq), 0) FROM versions WHERE ours";
    LINES = "SELECT author, ours, uri, version, hash FROM versions WHERE ours ORDER BY author, uri, version";
    LINES_OF = "SELECT author, ours, uri, version, hash FROM versions WHERE author = $1 AND proof = 'valid' ORDER BY uri, version";
    HOLDERS = "SELECT author, max(origin) AS origin FROM versions WHERE author > $1 AND ($2 = '' OR origin = $2)
        GROUP BY author ORDER BY author LIMIT $3";
    OF_AUTHOR = "SELECT * FROM versions WHERE author = $1 AND (uri, version) > ($2, $3) AND proof = 'valid'
        ORDER BY uri, version LIMIT $4";
    ADOPT = "UPDATE versions SET ours = $2 WHERE author = $1 AND NOT ours";
    COUNT = "SELECT count(*) FROM versions";
}

/// A version about to be appended. Whoever appends has checked it (`domain`): the register does not judge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewVersion {
    /// Id of the record.
    pub uri: String,
    /// 1, 2, 3 …
    pub version: i64,
    /// `sha256:…` of the canonical form without proof.
    pub hash: String,
    /// Hash of the version before; `None` exactly for version 1.
    pub previous: Option<String>,
    /// `parvis:kind`, or `Actor`.
    pub kind: String,
    /// `attributedTo`; of an actor, itself.
    pub author: String,
    /// Authority of the author.
    pub origin: String,
    /// Whether we hold the author's key.
    pub ours: bool,
    /// `valid` or `absent` (register.md rule 5).
    pub proof: String,
    /// The document, exactly as written or received.
    pub document: String,
    /// Milliseconds since 1970.
    pub received_at: i64,
}

/// A version of the register.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Version {
    /// This node's own numbering.
    pub seq: i64,
    /// Id of the record.
    pub uri: String,
    /// 1, 2, 3 …
    pub version: i64,
    /// `sha256:…` of the canonical form without proof.
    pub hash: String,
    /// Hash of the version before.
    pub previous: Option<String>,
    /// `parvis:kind`, or `Actor`.
    pub kind: String,
    /// `attributedTo`.
    pub author: String,
    /// Authority of the author.
    pub origin: String,
    /// Whether we hold the author's key.
    pub ours: bool,
    /// `valid` or `absent`.
    pub proof: String,
    /// The document, exactly; `None` once erased.
    pub document: Option<String>,
    /// The proof of an erased document.
    pub proof_json: Option<String>,
    /// Milliseconds since 1970.
    pub received_at: i64,
    /// When the text was destroyed.
    pub erased_at: Option<i64>,
}

/// The current version of one record, as heads are computed from it (register.md rule 17).
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Head {
    /// Whose register.
    pub author: String,
    /// Whether that author is ours.
    pub ours: bool,
    /// Id of the record.
    pub uri: String,
    /// Its current version.
    pub version: i64,
    /// The hash of that version.
    pub hash: String,
}

impl Head {
    /// The line that enters the author's head: `id version hash`.
    #[must_use]
    pub fn line(&self) -> String {
        format!("{} {} {}", self.uri, self.version, self.hash)
    }
}

/// Appends a version; gives its number in this node's order.
///
/// # Errors
/// `Conflict` when that version of that record is there already.
pub async fn append(tx: &mut Tx, new: &NewVersion) -> Result<i64> {
    let seq = tx.next_number("changes").await?;
    let args = args![
        seq,
        &new.uri,
        new.version,
        &new.hash,
        &new.previous,
        &new.kind,
        &new.author,
        &new.origin,
        new.ours,
        &new.proof,
        &new.document,
        new.received_at
    ];
    tx.run(&APPEND, args).await?;
    Ok(seq)
}

/// The latest version of a record.
///
/// # Errors
/// Those of the database.
pub async fn current(db: &Db, uri: &str) -> Result<Option<Version>> {
    db.first(&CURRENT, args![uri]).await
}

/// The latest version of a record, read by the transaction that will follow it with the next.
///
/// # Errors
/// Those of the database.
pub async fn current_in(tx: &mut Tx, uri: &str) -> Result<Option<Version>> {
    tx.first(&CURRENT, args![uri]).await
}

/// One version of a record.
///
/// # Errors
/// Those of the database.
pub async fn get(db: &Db, uri: &str, version: i64) -> Result<Option<Version>> {
    db.first(&GET, args![uri, version]).await
}

/// One version of a record, read by a transaction (has this very version come already?).
///
/// # Errors
/// Those of the database.
pub async fn get_in(tx: &mut Tx, uri: &str, version: i64) -> Result<Option<Version>> {
    tx.first(&GET, args![uri, version]).await
}

/// Every version of a record, the first one first.
///
/// # Errors
/// Those of the database.
pub async fn history(db: &Db, uri: &str) -> Result<Vec<Version>> {
    db.all(&HISTORY, args![uri]).await
}

/// The same, read by a transaction.
///
/// # Errors
/// Those of the database.
pub async fn history_in(tx: &mut Tx, uri: &str) -> Result<Vec<Version>> {
    tx.all(&HISTORY, args![uri]).await
}

/// What our own authors published after `since`, in order: the body of `changes?since=`.
///
/// # Errors
/// Those of the database.
pub async fn changes(db: &Db, since: i64, limit: i64) -> Result<Vec<Version>> {
    db.all(&CHANGES, args![since, limit]).await
}

/// The whole register after `after`, ours and received, in order: for reindex, verify and export.
///
/// # Errors
/// Those of the database.
pub async fn all(db: &Db, after: i64, limit: i64) -> Result<Vec<Version>> {
    db.all(&EVERY, args![after, limit]).await
}

/// The register after `after`, read by the transaction that rebuilds what is derived from it.
///
/// # Errors
/// Those of the database.
pub async fn all_in(tx: &mut Tx, after: i64, limit: i64) -> Result<Vec<Version>> {
    tx.all(&EVERY, args![after, limit]).await
}

/// The current versions of every author, sorted by author then id.
///
/// # Errors
/// Those of the database.
pub async fn heads(db: &Db) -> Result<Vec<Head>> {
    db.all(&HEADS, args![]).await
}

/// The current versions of one author, sorted by id.
///
/// # Errors
/// Those of the database.
pub async fn heads_of(db: &Db, author: &str) -> Result<Vec<Head>> {
    db.all(&HEADS_OF, args![author]).await
}

/// The threads of one node, by the beginning of their ids, and what other nodes say in them.
#[derive(Clone, Debug)]
pub struct Threads {
    from: String,
    to: String,
    host: String,
}

impl Threads {
    /// Those of the node at an origin (`https://rennes.example`).
    #[must_use]
    pub fn of(origin: &str) -> Self {
        let host = origin.split_once("://").map_or(origin, |(_, host)| host).to_owned();
        // The character after the slash.
        Self { from: format!("{origin}/"), to: format!("{origin}0"), host }
    }
}

/// What came back down to a node from bodies to which something of its threads was relayed, after a number of this
/// node's order: every version, in order.
///
/// # Errors
/// Those of the database.
pub async fn down(db: &Db, threads: &Threads, since: i64, limit: i64) -> Result<Vec<Version>> {
    db.all(&DOWN, args![&threads.from, &threads.to, &threads.host, since, limit]).await
}

/// The same, current versions only, sorted by id.
///
/// # Errors
/// Those of the database.
pub async fn down_heads(db: &Db, threads: &Threads) -> Result<Vec<Head>> {
    db.all(&DOWN_HEADS, args![&threads.from, &threads.to, &threads.host]).await
}

/// Number of the latest of them; 0 when nothing came.
///
/// # Errors
/// Those of the database.
pub async fn down_last(db: &Db, threads: &Threads) -> Result<i64> {
    db.count(&DOWN_LAST, args![&threads.from, &threads.to, &threads.host]).await
}

/// Number of the latest append of our authors, where [`changes`] ends; 0 when they said nothing yet.
///
/// # Errors
/// Those of the database.
pub async fn last_seq(db: &Db) -> Result<i64> {
    db.count(&LAST_SEQ, args![]).await
}

/// Every version of our authors, superseded ones too, by author, id and number.
///
/// # Errors
/// Those of the database.
pub async fn lines(db: &Db) -> Result<Vec<Head>> {
    db.all(&LINES, args![]).await
}

/// Every version of one author whose proof holds, superseded ones too, by id and number.
///
/// # Errors
/// Those of the database.
pub async fn lines_of(db: &Db, author: &str) -> Result<Vec<Head>> {
    db.all(&LINES_OF, args![author]).await
}

/// An author of whom something is here.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Author {
    /// Its id.
    pub author: String,
    /// Authority of that id.
    pub origin: String,
}

/// Authors of whom something is here, with an id beyond `after`, by id; of one host, unless `origin` is empty.
///
/// # Errors
/// Those of the database.
pub async fn authors(db: &Db, after: &str, origin: &str, limit: i64) -> Result<Vec<Author>> {
    db.all(&HOLDERS, args![after, origin, limit]).await
}

/// What an author signed, every version beyond one of them, by id and number.
///
/// # Errors
/// Those of the database.
pub async fn of_author(db: &Db, author: &str, after: (&str, i64), limit: i64) -> Result<Vec<Version>> {
    db.all(&OF_AUTHOR, args![author, after.0, after.1, limit]).await
}

/// Marks as ours what an author signed whose key we hold now; gives how many versions that changed.
///
/// # Errors
/// Those of the database.
pub async fn adopt(tx: &mut Tx, author: &str) -> Result<u64> {
    tx.run(&ADOPT, args![author, true]).await
}

/// How many versions there are.
///
/// # Errors
/// Those of the database.
pub async fn count(db: &Db) -> Result<i64> {
    db.count(&COUNT, args![]).await
}

/// Register number of the first version of a record that came here.
///
/// # Errors
/// Those of the database.
pub async fn first_seq(tx: &mut Tx, uri: &str) -> Result<i64> {
    let found: Option<(i64,)> = tx.first(&FIRST_SEQ, args![uri]).await?;
    Ok(found.map_or(0, |(seq,)| seq))
}

/// Destroys the text of a version and keeps its hash and its proof (register.md rule 13). Gives `false`
/// when there was no text to destroy.
///
/// # Errors
/// `NotFound` when there is no such version.
pub async fn erase(tx: &mut Tx, uri: &str, version: i64, now: i64) -> Result<bool> {
    let found = get_in(tx, uri, version).await?;
    let found = found.ok_or_else(|| Error::not_found(format!("{uri} version {version}")))?;
    let proof = found.document.as_deref().and_then(proof_of);
    Ok(tx.run(&ERASE, args![uri, version, &proof, now]).await? > 0)
}

/// The `proof` of a document, as JSON.
fn proof_of(document: &str) -> Option<String> {
    let document: serde_json::Value = serde_json::from_str(document).ok()?;
    document.get("proof").map(ToString::to_string)
}
