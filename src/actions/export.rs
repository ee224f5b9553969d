//! Writes the register as lines of JSON: each version with its number, hash and exact text. What
//! `parvis verify FILE` reads, and anybody else can.

use std::io::Write;

use serde_json::json;

use crate::{App, Error, Result, storage};

/// Versions read at once.
const PAGE: i64 = 500;

/// Writes every version, ours and received, one per line: the keys of actors are in their own versions
/// and in a `keys` line per actor whose document is no version here. Gives how many lines.
///
/// # Errors
/// `Unavailable` when the output cannot be written.
pub async fn export(app: &App, out: &mut (dyn Write + Send)) -> Result<usize> {
    let (mut after, mut lines) = (0, 0);
    loop {
        let page = storage::versions::all(&app.db, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.seq;
        for row in &page {
            let line = json!({
                "seq": row.seq, "id": row.uri, "version": row.version, "hash": row.hash, "kind": row.kind,
                "author": row.author, "proof": row.proof, "document": row.document,
                "erased": row.erased_at.is_some(), "keys": keys(app, &row.author).await?,
            });
            writeln!(out, "{line}").map_err(|error| Error::Unavailable {
                why: error.to_string(),
                retry_after: std::time::Duration::from_mins(1),
            })?;
            lines += 1;
        }
    }
    Ok(lines)
}

/// The proof keys of an author, as pinned here: id and public half.
async fn keys(app: &App, author: &str) -> Result<serde_json::Value> {
    let keys = storage::keys::of_actor(&app.db, author).await?;
    let proofs = keys.into_iter().filter(|key| key.algorithm == "ed25519");
    Ok(proofs.map(|key| json!({"id": key.id, "public": key.public, "revoked": key.revoked})).collect())
}
