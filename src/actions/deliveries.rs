//! What an operator may do about deliveries that wait.

use crate::{App, Error, Result, storage};

use super::{Act, Operator, allow};

/// Tries again at once what waits for a host, and what it refused or what was given up. Gives how many deliveries
/// were taken up again.
///
/// # Errors
/// `NotFound` when nothing ever went to that host.
pub async fn retry_refused(app: &App, operator: &Operator, host: &str) -> Result<u64> {
    allow(app, operator, Act::Run, host, None).await?;
    if storage::hosts::get(&app.db, host).await?.is_none() {
        return Err(Error::not_found(host));
    }
    let now = app.clock.now_ms();
    let mut tx = app.db.begin().await?;
    let taken_up = storage::deliveries::take_up(&mut tx, host, now).await?;
    storage::hosts::retry_at(&mut tx, host, now).await?;
    storage::audit::add(&mut tx, &operator.deed("retry-refused", host), now).await?;
    tx.commit().await?;
    app.wake.notify_one();
    Ok(taken_up)
}

/// Tries again at once what waits for a host, or for all of them, however often it failed. Gives their
/// names.
///
/// # Errors
/// `NotFound` when nothing waits for the host named.
pub async fn retry(app: &App, operator: &Operator, host: Option<&str>) -> Result<Vec<String>> {
    allow(app, operator, Act::Run, host.unwrap_or("*"), None).await?;
    let waiting = storage::deliveries::waiting(&app.db).await?;
    let all = waiting.into_iter().map(|queue| queue.host);
    let hosts: Vec<String> = all.filter(|name| host.is_none_or(|wanted| wanted == name)).collect();
    if let Some(wanted) = host.filter(|_| hosts.is_empty()) {
        return Err(Error::not_found(wanted));
    }
    let now = app.clock.now_ms();
    let mut tx = app.db.begin().await?;
    for host in &hosts {
        storage::hosts::retry_at(&mut tx, host, now).await?;
        storage::audit::add(&mut tx, &operator.deed("retry-host", host), now).await?;
    }
    tx.commit().await?;
    app.wake.notify_one();
    Ok(hosts)
}
