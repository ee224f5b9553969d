//! Rebuilds everything that is derived from the register, and gives the same bytes: also what each reference of a
//! dossier became, where that was lost.

use crate::{App, Result, storage};

use super::{Operator, register};

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
    // Ends that came before what they end.
    let mut early = Vec::new();
    loop {
        let page = storage::versions::all_in(&mut tx, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.seq;
        for row in &page {
            register::derive_row(&mut tx, row).await?;
            if row.version > 1 && storage::records::get_in(&mut tx, &row.uri).await?.is_none() {
                early.push((row.uri.clone(), row.version));
            }
        }
        read += page.len();
        progress(read, total);
    }
    for (uri, version) in early {
        if let Some(row) = storage::versions::get_in(&mut tx, &uri, version).await? {
            register::derive_row(&mut tx, &row).await?;
        }
    }
    storage::sources::found(&mut tx, app.urls.host()).await?;
    let count = read.to_string();
    storage::audit::add(&mut tx, &operator.deed("reindex", &count), app.clock.now_ms()).await?;
    tx.commit().await?;
    Ok(read)
}
