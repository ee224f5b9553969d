//! Rebuilds everything that is derived from the register, and gives the same bytes.

use crate::{App, Result, domain::Version, storage};

use super::{
    Operator,
    register::{self, Place},
};

/// Versions read at once.
const PAGE: i64 = 500;

/// Empties records, links and search, and derives them again from every version in the order of arrival.
/// One transaction: readers see the old state until it is whole. Gives how many versions were read.
///
/// # Errors
/// `Internal` when a stored version does not parse any more.
pub async fn reindex(
    app: &App,
    operator: &Operator,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<usize> {
    let total = usize::try_from(storage::versions::count(&app.db).await?).unwrap_or(0);
    let mut tx = app.db.begin().await?;
    storage::search::clear(&mut tx).await?;
    storage::links::clear(&mut tx).await?;
    storage::records::clear(&mut tx).await?;
    let (mut after, mut read) = (0, 0);
    loop {
        let page = storage::versions::all_in(&mut tx, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.seq;
        for row in &page {
            let Some(text) = &row.document else { continue };
            let version = Version::parse(text)?;
            let place = Place { seq: row.seq, hash: &row.hash, text, ours: row.ours, proof: &row.proof };
            register::derive(&mut tx, &version, &place).await?;
        }
        read += page.len();
        progress(read, total);
    }
    let count = read.to_string();
    storage::audit::add(&mut tx, &operator.deed("reindex", &count), app.clock.now_ms()).await?;
    tx.commit().await?;
    Ok(read)
}
