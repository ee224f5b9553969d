//! Puts a backup in place of a database, after looking at all of it: every sum, the database itself, its schema,
//! every hash, proof and chain. Says what would be lost. What is replaced is kept aside (threats R12, R14).

use std::{
    collections::BTreeMap,
    fs::{self, File},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use super::{
    Operator,
    backup::{self, FORMAT, MANIFEST, Manifest},
    verify::{self, Findings},
};
use crate::{
    App, Error, Result,
    clock::{Chance, Clock},
    config::Config,
    domain::{Instant, Problem},
    storage::{self, Db, schema, upkeep::Holdings, versions::Head},
};

/// Numbers left out after a restore, more than a node ever gives between two backups.
const NUMBERS: i64 = 1_000_000;
/// Longest manifest read, in bytes.
const LONGEST: u64 = 1024 * 1024;

/// A backup that was looked at.
#[derive(Debug)]
pub struct Checked {
    /// What it says of itself.
    pub manifest: Manifest,
    /// Hashes, proofs and chains; none for PostgreSQL, whose dump is read only when it is restored.
    pub findings: Option<Findings>,
    /// What is in place now.
    pub present: Present,
}

/// What is in the place where the backup would go.
#[derive(Debug)]
pub enum Present {
    /// Nothing.
    Nothing,
    /// Something that cannot be read.
    Unreadable(String),
    /// A node.
    Node(Lost),
}

/// What a restore would lose.
#[derive(Debug, Default)]
pub struct Lost {
    /// How much there is now.
    pub holds: Holdings,
    /// Our records that the backup has not, or in an earlier version: id and present version.
    pub published: Vec<(String, i64)>,
    /// How many of others' records; catching up fetches them again.
    pub received: usize,
}

impl Present {
    /// Whether something would be replaced.
    #[must_use]
    pub const fn is_something(&self) -> bool {
        match self {
            Self::Nothing => false,
            Self::Unreadable(_) => true,
            Self::Node(lost) => lost.holds.is_something(),
        }
    }
}

/// Looks at a backup and at what is in place; writes nothing.
///
/// # Errors
/// `Invalid`, naming the file, when the backup is incomplete, altered, of a newer Parvis, of another node or
/// another engine; those of the database.
pub async fn check(
    config: &Config,
    folder: &Path,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Checked> {
    let manifest = manifest(config, folder)?;
    for part in &manifest.files {
        let path = folder.join(&part.name);
        let found = backup::measure(&path, &part.name)
            .map_err(|error| Error::invalid(path.display().to_string(), "backup-file", error.to_string()))?;
        if found != *part {
            return Err(Error::invalid(path.display().to_string(), "backup-sum", found.sha256));
        }
    }
    if manifest.engine != "sqlite" {
        let present = present_pg(config).await?;
        return Ok(Checked { manifest, findings: None, present });
    }
    let file = folder.join("parvis.sqlite");
    let copy = Db::open_copy(&file).await?;
    let sound = copy.integrity().await;
    if let Some(problem) = sound.unwrap_or_else(|error| vec![error.to_string()]).first() {
        return Err(Error::invalid(file.display().to_string(), "database-broken", problem.clone()));
    }
    let there = copy.schema().await?;
    if there > schema::latest() {
        let detail = format!("{there} > {}", schema::latest());
        return Err(Error::invalid(file.display().to_string(), "schema-newer", detail));
    }
    let heads = storage::versions::heads(&copy).await?;
    let app = App::with(copy, config.clone(), Clock::system(), Chance::system())?;
    let findings = verify::register(&app, progress).await?;
    app.db.close().await;
    let present = match config.database.sqlite_file() {
        Some(file) => present_sqlite(&file, &heads).await,
        None => Present::Nothing,
    };
    Ok(Checked { manifest, findings: Some(findings), present })
}

/// Reads the manifest and holds it against this node.
fn manifest(config: &Config, folder: &Path) -> Result<Manifest> {
    let path = folder.join(MANIFEST);
    let refused =
        |rule, detail: String| Error::from(Problem { field: path.display().to_string(), rule, detail });
    let length = fs::metadata(&path).map_err(|error| refused("backup-file", error.to_string()))?.len();
    if length > LONGEST {
        return Err(refused("backup-manifest", length.to_string()));
    }
    let text = fs::read(&path).map_err(|error| refused("backup-file", error.to_string()))?;
    let manifest: Manifest =
        serde_json::from_slice(&text).map_err(|error| refused("backup-manifest", error.to_string()))?;
    if manifest.format != FORMAT {
        return Err(refused("backup-manifest", manifest.format));
    }
    let ours = config.public_url.as_str().trim_end_matches('/');
    if manifest.public_url != ours {
        return Err(refused("backup-other-node", format!("{} ≠ {ours}", manifest.public_url)));
    }
    let engine = if config.database.sqlite_file().is_some() { "sqlite" } else { "postgres" };
    if manifest.engine != engine {
        return Err(refused("backup-other-engine", format!("{} ≠ {engine}", manifest.engine)));
    }
    if manifest.schema > schema::latest() {
        return Err(refused("schema-newer", format!("{} > {}", manifest.schema, schema::latest())));
    }
    let wanted = if engine == "sqlite" { "parvis.sqlite" } else { "parvis.pgdump" };
    if manifest.files.len() != 1 || manifest.files[0].name != wanted {
        return Err(refused("backup-manifest", wanted.to_owned()));
    }
    if manifest.holds.sealed_keys > 0 && config.keys.seal_with.is_none() {
        let file = manifest.sealed_with.as_ref().map(|file| file.display().to_string());
        return Err(refused("backup-sealed", file.unwrap_or_default()));
    }
    Ok(manifest)
}

async fn present_sqlite(file: &Path, heads: &[Head]) -> Present {
    if fs::metadata(file).map_or(0, |about| about.len()) == 0 {
        return Present::Nothing;
    }
    let looked = async {
        // Where nobody writes, nothing needs to be written to read.
        let log = fs::metadata(backup::with_end(file, "-wal")).map_or(0, |about| about.len());
        let db = if log == 0 { Db::open_copy(file).await? } else { Db::open_reading(file).await? };
        if db.schema().await? == 0 {
            return Ok(None);
        }
        let lost = compare(&db, heads).await;
        db.close().await;
        lost.map(Some)
    };
    match looked.await {
        Ok(Some(lost)) => Present::Node(lost),
        Ok(None) => Present::Nothing,
        Err(Error::Internal(error)) => Present::Unreadable(format!("{error:#}")),
        Err(error) => Present::Unreadable(error.to_string()),
    }
}

async fn compare(db: &Db, heads: &[Head]) -> Result<Lost> {
    let kept: BTreeMap<&str, i64> = heads.iter().map(|head| (head.uri.as_str(), head.version)).collect();
    let mut lost = Lost { holds: storage::upkeep::holdings(db).await?, ..Lost::default() };
    for head in storage::versions::heads(db).await? {
        if kept.get(head.uri.as_str()).is_some_and(|version| *version >= head.version) {
            continue;
        }
        if head.ours { lost.published.push((head.uri, head.version)) } else { lost.received += 1 }
    }
    Ok(lost)
}

async fn present_pg(config: &Config) -> Result<Present> {
    let db = Db::open_as_it_is(&config.database.url).await?;
    let schema = db.schema().await?;
    let present = if schema == 0 {
        Present::Nothing
    } else {
        Present::Node(Lost { holds: storage::upkeep::holdings(&db).await?, ..Lost::default() })
    };
    db.close().await;
    Ok(present)
}

/// Puts a backup that was [`check`]ed in place. Gives where what was there is kept.
///
/// # Errors
/// `Conflict` when something is there and `replace` is not set; `Unavailable` when it cannot be written. What was
/// there stays in place unless everything before succeeded.
pub async fn restore(
    config: &Config,
    operator: &Operator,
    folder: &Path,
    checked: &Checked,
    replace: bool,
) -> Result<Option<PathBuf>> {
    if checked.present.is_something() && !replace {
        return Err(Error::conflict("database.url: a node is there already (--replace keeps it aside)"));
    }
    let stamp: String = Instant::of(Clock::system().now()).to_string();
    let stamp: String = stamp.chars().filter(|c| !matches!(c, '-' | ':')).collect();
    match config.database.sqlite_file() {
        Some(file) => restore_sqlite(config, operator, (folder, &file), checked, &stamp).await,
        None => restore_pg(config, operator, folder, checked, &stamp).await,
    }
}

async fn restore_sqlite(
    config: &Config,
    operator: &Operator,
    (folder, file): (&Path, &Path),
    checked: &Checked,
    stamp: &str,
) -> Result<Option<PathBuf>> {
    let part = &checked.manifest.files[0];
    let coming = backup::with_end(file, ".restoring");
    for end in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(backup::with_end(&coming, end));
    }
    let made = File::options().write(true).create_new(true).mode(0o600).open(&coming);
    let mut target = made.map_err(|error| backup::written(&coming, &error))?;
    let copied = backup::sum(File::open(folder.join(&part.name)), &mut target)
        .and_then(|sum| target.sync_all().map(|()| sum))
        .map_err(|error| backup::written(&coming, &error))?;
    if copied != (part.length, part.sha256.clone()) {
        return Err(Error::invalid(coming.display().to_string(), "backup-sum", copied.1));
    }
    drop(target);
    let db = Db::open(&format!("sqlite:{}", coming.display())).await?;
    settle(config, operator, db, checked).await?;
    let aside = backup::with_end(file, &format!(".replaced-{stamp}"));
    let was_there = file.exists();
    let put = || -> std::io::Result<()> {
        for end in ["-wal", "-shm", ""] {
            let old = backup::with_end(file, end);
            if old.exists() {
                fs::rename(&old, backup::with_end(&aside, end))?;
            }
        }
        fs::rename(&coming, file)?;
        File::open(file.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new(".")))?
            .sync_all()
    };
    put().map_err(|error| backup::written(file, &error))?;
    Ok(was_there.then_some(aside))
}

async fn restore_pg(
    config: &Config,
    operator: &Operator,
    folder: &Path,
    checked: &Checked,
    stamp: &str,
) -> Result<Option<PathBuf>> {
    let url = config.database.url.clone();
    let aside = format!("replaced_{}", stamp.to_lowercase());
    let was_there = checked.present.is_something();
    let db = Db::open_as_it_is(&url).await?;
    if db.schema().await? > 0 {
        db.set_aside(&aside).await?;
    }
    db.close().await;
    let dump = folder.join(&checked.manifest.files[0].name);
    let done = tokio::task::spawn_blocking(move || {
        let mut command = backup::pg_tool("pg_restore", &url)?;
        command.args(["--exit-on-error", "--single-transaction", "--no-owner"]).arg(dump);
        backup::run(&mut command)
    });
    done.await.map_err(Error::internal)??;
    let db = Db::open(&config.database.url).await?;
    settle(config, operator, db, checked).await?;
    Ok(was_there.then(|| PathBuf::from(aside)))
}

/// What a restored database must know: numbers used since are not used again, and that it was restored.
async fn settle(config: &Config, operator: &Operator, db: Db, checked: &Checked) -> Result<()> {
    let app = App::with(db, config.clone(), Clock::system(), Chance::system())?;
    let mut tx = app.db.begin().await?;
    storage::upkeep::skip_numbers(&mut tx, NUMBERS).await?;
    let subject = &checked.manifest.made_at;
    storage::audit::add(&mut tx, &operator.deed("restore", subject), app.clock.now_ms()).await?;
    tx.commit().await?;
    app.db.close().await;
    Ok(())
}
