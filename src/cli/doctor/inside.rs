//! What this machine shows: files and their rights, database, disk, queue, last backup.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use super::Check;
use crate::{
    App, Result,
    actions::backup,
    cli::output::when,
    config::Config,
    server::health,
    storage::{self, schema},
};

const DAY: i64 = 24 * 3600 * 1000;
/// A log of SQLite longer than this, in bytes, is not folded back into its file.
const LONG_LOG: u64 = 256 * 1024 * 1024;

/// The rights of every file that holds a secret.
pub(super) fn files(file: Option<&Path>, config: &Config) -> Vec<Check> {
    let place = file.map_or_else(|| "PARVIS__…".to_owned(), |file| file.display().to_string());
    let mut checks = vec![Check::ok("config", place)];
    let mut open = Vec::new();
    // A configuration without a password may be read by all.
    let secret = config.database.url.split('@').next().is_some_and(|start| start.matches(':').count() > 1);
    let secret_file = file.filter(|_| secret && config.database.sqlite_file().is_none()).map(Path::to_owned);
    let logs = config.database.sqlite_file().map(|file| {
        ["", "-wal", "-shm"].map(|end| {
            let mut name = file.as_os_str().to_owned();
            name.push(end);
            name.into()
        })
    });
    for path in logs.into_iter().flatten().chain(secret_file).chain(config.keys.seal_with.clone()) {
        let rights = fs::metadata(&path).map_or(0, |about| about.permissions().mode());
        if rights & 0o007 != 0 {
            open.push(format!("{} ({:o})", path.display(), rights & 0o777));
        }
    }
    checks.push(if open.is_empty() {
        Check::ok("rights", "")
    } else {
        Check::failure("rights", "open", open.join(", "))
    });
    checks.push(if config.trusted_proxies.is_empty() && !config.is_closed_federation() {
        Check::warning("trusted", "none", "")
    } else {
        Check::ok(
            "trusted",
            config.trusted_proxies.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        )
    });
    checks
}

/// The database and what lies around it.
pub(super) async fn database(app: &App) -> Vec<Check> {
    let mut checks = Vec::new();
    let schema = app.db.schema().await.unwrap_or(0);
    let steps = format!("{schema} / {}", schema::latest());
    match schema.cmp(&schema::latest()) {
        std::cmp::Ordering::Less => return vec![Check::failure("schema", "older", steps)],
        std::cmp::Ordering::Greater => return vec![Check::failure("schema", "newer", steps)],
        std::cmp::Ordering::Equal => {}
    }
    checks.push(
        sound(app).await.unwrap_or_else(|error| Check::failure("database", "broken", error.to_string())),
    );
    checks.extend(room(app));
    match beside(app).await {
        Ok(more) => checks.extend(more),
        Err(error) => checks.push(Check::failure("database", "broken", error.to_string())),
    }
    checks
}

async fn sound(app: &App) -> Result<Check> {
    let statements = app.db.prepare_all().await?;
    Ok(match app.db.integrity().await?.first() {
        Some(problem) => Check::failure("database", "broken", problem),
        None => Check::ok("database", format!("{}, {statements}", app.db.engine())),
    })
}

fn room(app: &App) -> Vec<Check> {
    let Some(file) = app.config.database.sqlite_file() else { return Vec::new() };
    let mut checks = Vec::new();
    let log = health::log_bytes(app);
    if log.is_some_and(|bytes| bytes > LONG_LOG) {
        checks.push(Check::warning("wal", "long", mebibytes(log.unwrap_or(0))));
    }
    let folder = app.config.database.folder();
    if let Some(free) = folder.as_deref().and_then(health::free_bytes) {
        let size = fs::metadata(&file).map_or(0, |about| about.len());
        checks.push(if free < health::ENOUGH_DISK {
            Check::failure("disk", "full", mebibytes(free))
        } else if free < size.saturating_mul(3) {
            Check::warning("disk", "short", mebibytes(free))
        } else {
            Check::ok("disk", mebibytes(free))
        });
    }
    checks
}

/// Accounts and keys, the queue, the last backup.
async fn beside(app: &App) -> Result<Vec<Check>> {
    let mut checks = Vec::new();
    let holds = storage::upkeep::holdings(&app.db).await?;
    if storage::actors::by_role(&app.db, "relay").await?.is_empty() {
        checks.push(Check::failure("accounts", "none", ""));
    } else {
        checks.push(Check::ok("accounts", holds.actors.to_string()));
    }
    checks.push(match crate::federation::signing::node(app).await {
        Err(error) => Check::failure("keys", "closed", format!("{error}")),
        Ok(_) if holds.plain_keys > 0 => Check::warning("keys", "plain", holds.plain_keys.to_string()),
        Ok(_) => Check::ok("keys", holds.sealed_keys.to_string()),
    });
    let now = app.clock.now_ms();
    let waiting = storage::upkeep::waiting(&app.db).await?;
    checks.push(match waiting.oldest_at {
        Some(oldest) if now - oldest > DAY => {
            let slowest = storage::upkeep::slowest(&app.db, 3).await?;
            let hosts: Vec<_> = slowest.into_iter().map(|host| host.host).collect();
            Check::warning("queue", "old", format!("{}, {}", when(oldest), hosts.join(", ")))
        }
        _ => Check::ok("queue", waiting.total.to_string()),
    });
    let last = storage::settings::get(&app.db, backup::LAST).await?.and_then(|at| at.parse::<i64>().ok());
    checks.push(match last {
        None => Check::warning("backup", "none", ""),
        Some(at) if now - at > 2 * DAY => Check::warning("backup", "old", when(at)),
        Some(at) => Check::ok("backup", when(at)),
    });
    Ok(checks)
}

fn mebibytes(bytes: u64) -> String {
    format!("{} Mio", bytes / (1024 * 1024))
}
