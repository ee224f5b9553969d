//! What an operator may do about deliveries that wait.

use crate::{App, Error, Result, storage};

use super::Operator;

/// Tries again at once what waits for a host, or for all of them, however often it failed. Gives their
/// names.
///
/// # Errors
/// `NotFound` when nothing waits for the host named.
pub async fn retry(app: &App, operator: &Operator, host: Option<&str>) -> Result<Vec<String>> {
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
