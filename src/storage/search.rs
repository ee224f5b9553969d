//! Full text over the current records. Words are folded and stemmed here, before either engine sees them,
//! so that SQLite (FTS5) and PostgreSQL (tsvector) find the same records: `rue à l'école` finds `Écoles`.

use rust_stemmers::{Algorithm, Stemmer};
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use super::{
    Db, Tx,
    query::{args, queries},
    records::{Page, Row},
};
use crate::Result;

queries! {
    REMOVE = "DELETE FROM search WHERE rowid = (SELECT first_seq FROM records WHERE uri = $1)",
        pg = "DELETE FROM search WHERE uri = $1";
    ADD = "INSERT INTO search (rowid, uri, body) SELECT first_seq, uri, $2 FROM records WHERE uri = $1",
        pg = "INSERT INTO search (uri, body) SELECT uri, CAST($2 AS TEXT) FROM records WHERE uri = $1";
    FIND = "SELECT r.* FROM search s JOIN records r ON r.first_seq = s.rowid
        WHERE s.body MATCH '\"' || replace($1, ' ', '\" \"') || '\"' AND (r.published, r.uri) < ($2, $3)
        ORDER BY r.published DESC, r.uri DESC LIMIT $4",
        pg = "SELECT r.* FROM search s JOIN records r ON r.uri = s.uri
        WHERE s.words @@ CAST(replace($1, ' ', ' & ') AS tsquery) AND (r.published, r.uri) < ($2, $3)
        ORDER BY r.published DESC, r.uri DESC LIMIT $4";
    CLEAR = "DELETE FROM search";
}

/// Longest query that is looked at, in characters; the rest is ignored.
pub const MAX_QUERY: usize = 200;
/// Longest word kept, in characters: longer ones are no words.
const MAX_WORD: usize = 60;
/// What French puts before an apostrophe and means nothing to a search.
const ELISIONS: [&str; 12] = ["l", "d", "j", "m", "n", "s", "t", "c", "qu", "jusqu", "lorsqu", "puisqu"];

/// The words of a text as they are compared: lower case, without accents, ligatures and elisions, cut to
/// their French stem, one blank between two.
#[must_use]
pub fn normalise(text: &str) -> String {
    let stemmer = Stemmer::create(Algorithm::French);
    let lower = text.to_lowercase().replace(['’', 'ʼ'], "'").replace('œ', "oe").replace('æ', "ae");
    let mut words = Vec::new();
    for word in lower.split(|c: char| !(c.is_alphanumeric() || is_combining_mark(c) || c == '\'')) {
        for part in without_elision(word).split('\'') {
            // Stems are cut on accented words (the stemmer knows them) and folded afterwards.
            let composed: String = part.nfkc().collect();
            let folded = fold(&stemmer.stem(&composed));
            if !folded.is_empty() && folded.chars().count() <= MAX_WORD {
                words.push(folded);
            }
        }
    }
    words.join(" ")
}

/// `l'eau` is `eau`, `aujourd'hui` stays.
fn without_elision(word: &str) -> &str {
    match word.split_once('\'') {
        Some((before, after)) if ELISIONS.contains(&before) => without_elision(after),
        _ => word,
    }
}

/// Letters without their marks, and nothing but letters and digits.
fn fold(word: &str) -> String {
    word.nfkd().filter(|c| c.is_alphanumeric() && !is_combining_mark(*c)).collect()
}

/// Puts the text of a record, over what was there. The record's row must be there (`records::put`);
/// without it nothing is written.
///
/// # Errors
/// Those of the database.
pub async fn put(tx: &mut Tx, uri: &str, text: &str) -> Result<()> {
    remove(tx, uri).await?;
    let body = normalise(text);
    if body.is_empty() {
        return Ok(());
    }
    tx.run(&ADD, args![uri, &body]).await.map(drop)
}

/// Takes a record out of the search (withdrawn, erased), while its row is there.
///
/// # Errors
/// Those of the database.
pub async fn remove(tx: &mut Tx, uri: &str) -> Result<()> {
    tx.run(&REMOVE, args![uri]).await.map(drop)
}

/// Empties the search, before a reindex; before `records::clear`.
///
/// # Errors
/// Those of the database.
pub async fn clear(tx: &mut Tx) -> Result<()> {
    tx.run(&CLEAR, args![]).await.map(drop)
}

/// The records that hold every word of `query`, whatever its form, the latest first. A query without a
/// word finds nothing.
///
/// # Errors
/// Those of the database.
pub async fn find(db: &Db, query: &str, page: &Page) -> Result<Vec<Row>> {
    let query: String = query.chars().take(MAX_QUERY).collect();
    let words = normalise(&query);
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let (published, uri) = page.start_from_latest();
    db.all(&FIND, args![&words, published, uri, page.limit]).await
}

#[cfg(test)]
mod tests {
    use super::normalise;

    #[test]
    fn forms_of_a_word_become_one() {
        for (one, other) in [
            ("Écoles", "ecole"),
            ("l’école", "école"),
            ("citoyen", "citoyens"),
            ("artificielles", "artificielle"),
            ("qu'il", "il"),
            ("cœur", "coeur"),
            ("E\u{301}cole", "école"),
        ] {
            assert_eq!(normalise(one), normalise(other), "{one} / {other}");
        }
    }

    #[test]
    fn nothing_of_a_query_language_survives() {
        assert_eq!(normalise("\"a\" OR b* -c:(d) & !e | f' \\ <-> NEAR/3"), "a or b c d e f near 3");
        assert_eq!(normalise(" '’ — … "), "");
    }
}
