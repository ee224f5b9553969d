//! Delivery: what was queued with the record reaches every inbox, in order, however long a host is away.
//! `machine` and `turn` decide, `step` does one round, `send` one host, the worker repeats.

pub mod machine;
mod send;
pub mod step;
pub mod turn;

pub use step::{Progress, Round, step};

use std::time::Duration;

use crate::{
    App, Result,
    storage::{Tx, hosts},
};

/// How often it is written down that a host that is well was heard.
const HEARD_EVERY: Duration = Duration::from_mins(1);

/// A host that writes to us is tried within this time, however often it writes.
pub const SOON: Duration = Duration::from_secs(15);

/// A verified message came from a host: whatever it failed before, it is tried within a minute (R5), unless
/// it asked for more patience itself. A host that writes at every second is not tried at every second.
///
/// # Errors
/// Those of the database.
pub async fn heard_from(app: &App, tx: &mut Tx, host: &str) -> Result<()> {
    let now = app.clock.now_ms();
    hosts::seen(tx, host, now, now + i64::try_from(SOON.as_millis()).unwrap_or(0)).await
}

/// Notes that a host spoke to us with a signature that holds, and wakes the worker; a host that is well is
/// written down once a minute.
///
/// # Errors
/// Those of the database.
pub async fn returned(app: &App, host: &str) -> Result<()> {
    let known = hosts::get(&app.db, host).await?;
    heard(app, host, known.filter(|host| host.state == hosts::WELL).and_then(|host| host.last_seen_at)).await
}

/// The same, when it is known already when the host was last heard, if it is well.
///
/// # Errors
/// Those of the database.
pub async fn heard(app: &App, host: &str, heard_at: Option<i64>) -> Result<()> {
    let now = app.clock.now_ms();
    let since = now - i64::try_from(HEARD_EVERY.as_millis()).unwrap_or(0);
    if heard_at.is_none_or(|at| !(since..=now).contains(&at)) {
        let mut tx = app.db.begin().await?;
        hosts::ensure(&mut tx, host).await?;
        heard_from(app, &mut tx, host).await?;
        tx.commit().await?;
        app.wake.notify_one();
    }
    Ok(())
}
