//! Tells systemd that the node serves, that it still works, and that it stops (`Type=notify`, `WatchdogSec=`).
//! Without systemd, nothing happens.

use std::time::Duration;

use sd_notify::{NotifyState, notify, watchdog_enabled};
use tokio_util::sync::CancellationToken;

use crate::App;

/// A worker that has not turned for so long is stuck, in milliseconds: better killed and started again.
const STUCK: i64 = 60_000;

/// Until told to stop.
pub(super) async fn tell(app: App, stop: CancellationToken) {
    say(NotifyState::Ready);
    let pause = watchdog_enabled().map(|patience| patience / 3);
    while !stop.is_cancelled() {
        if app.beat.age(app.clock.now_ms()).is_none_or(|age| age < STUCK) {
            say(NotifyState::Watchdog);
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = wait(pause) => {}
        }
    }
    say(NotifyState::Stopping);
}

async fn wait(pause: Option<Duration>) {
    match pause {
        Some(pause) => tokio::time::sleep(pause).await,
        None => std::future::pending().await,
    }
}

fn say(state: NotifyState<'_>) {
    if let Err(error) = notify(&[state]) {
        tracing::warn!(%error, "systemd does not hear us");
    }
}
