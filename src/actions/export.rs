//! Writes the register as lines of JSON: each version with its number, hash and exact text. What
//! `parvis verify FILE` reads, and anybody else can.

use std::io::Write;

use serde_json::json;

use super::verify;
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
        let keys = verify::proof_keys(app, &page).await?;
        for row in &page {
            let keys = keys.get(&row.author).map_or(&[][..], Vec::as_slice);
            let line = json!({
                "seq": row.seq, "id": row.uri, "version": row.version, "hash": row.hash, "kind": row.kind,
                "author": row.author, "proof": row.proof, "document": row.document,
                "erased": row.erased_at.is_some(), "keys": keys,
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
