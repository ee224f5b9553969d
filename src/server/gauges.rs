//! What is measured when somebody looks at `/metrics`: the queue, the disk, the log of the database, the age of the
//! last backup, our clock against others', our memory.

use std::{fmt::Write as _, fs};

use metrics::gauge;

use super::health::{self, Report};
use crate::{App, Result, actions::backup, storage};

/// Hosts named at once: those for which something waits longest.
const HOSTS: i64 = 10;

/// Measures; gives the lines of the slowest hosts, which are not kept: a host that is well again has no line.
pub(super) async fn observe(app: &App, report: &Report) -> String {
    gauge!("parvis_ready").set(if report.ready { 1.0 } else { 0.0 });
    set("parvis_worker_age_seconds", app.beat.age(app.clock.now_ms()).map(|age| age / 1000));
    set("parvis_clock_ahead_seconds", app.http.clock_ahead());
    set("parvis_database_wal_bytes", health::log_bytes(app).map(signed));
    let folder = app.config.database.folder();
    set("parvis_disk_free_bytes", folder.as_deref().and_then(health::free_bytes).map(signed));
    set("process_resident_memory_bytes", resident());
    stored(app).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "the queue could not be measured");
        String::new()
    })
}

async fn stored(app: &App) -> Result<String> {
    let now = app.clock.now_ms();
    let waiting = storage::upkeep::waiting(&app.db).await?;
    let age = |at: i64| (now - at).max(0) / 1000;
    set("parvis_queue_waiting", Some(waiting.total));
    set("parvis_queue_oldest_seconds", Some(waiting.oldest_at.map_or(0, age)));
    let last = storage::settings::get(&app.db, backup::LAST).await?.and_then(|at| at.parse().ok());
    set("parvis_backup_age_seconds", last.map(age));
    let mut lines = String::new();
    for host in storage::upkeep::slowest(&app.db, HOSTS).await? {
        // Authorities hold no character that would have to be written otherwise.
        let (name, oldest) = (host.host.replace(['"', '\\', '\n'], ""), age(host.oldest_at));
        let _ = writeln!(lines, "parvis_queue_host_oldest_seconds{{host=\"{name}\"}} {oldest}");
    }
    Ok(lines)
}

/// A gauge that could not be measured keeps no old value: it is not a number.
#[expect(clippy::cast_precision_loss, reason = "no gauge here needs more than 52 bits")]
fn set(name: &'static str, value: Option<i64>) {
    gauge!(name).set(value.map_or(f64::NAN, |value| value as f64));
}

fn signed(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// Memory of the process that is in use, in bytes.
fn resident() -> Option<i64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.split_whitespace().next()?.parse::<i64>().ok()? * 1024)
}
