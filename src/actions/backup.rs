//! Copies a node while it runs: one folder with its database (records, files, keys, queue) and a manifest that has
//! the SHA-256 of everything. It opens as a database and restores with `parvis restore` (threats R12, R13, W23).

use std::{
    fs::{self, File},
    io::{self, Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use aws_lc_rs::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

use super::{Act, Operator, allow};
use crate::{
    App, Error, Result,
    domain::Instant,
    storage::{self, upkeep::Holdings},
};

/// Name of the manifest in the folder.
pub const MANIFEST: &str = "manifest.json";
/// The form of the folder.
pub const FORMAT: &str = "parvis-backup/1";
/// Setting: when the last backup ended, in milliseconds since 1970.
pub const LAST: &str = "last-backup";

/// What a backup is, written last: a folder without it is no backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: String,
    /// Version of the program.
    pub parvis: String,
    /// When it was begun (RFC 3339, UTC): everything acknowledged before is in it.
    pub made_at: String,
    /// The node.
    pub public_url: String,
    /// The name in its handles.
    pub domain: String,
    /// `sqlite` or `postgres`.
    pub engine: String,
    /// Step of the schema.
    pub schema: i64,
    /// The file without which sealed keys cannot be opened: it is not in the backup.
    pub sealed_with: Option<PathBuf>,
    /// How much of everything.
    pub holds: Holdings,
    /// The files.
    pub files: Vec<Part>,
}

/// A file of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its name in the folder.
    pub name: String,
    /// In bytes.
    pub length: u64,
    /// Hex SHA-256 of its bytes.
    pub sha256: String,
}

/// The name of a backup begun at an instant: `parvis-20261122T020304Z`.
#[must_use]
pub fn name_of(app: &App) -> String {
    let digits: String =
        Instant::of(app.clock.now()).to_string().chars().filter(|c| !matches!(c, '-' | ':')).collect();
    format!("parvis-{digits}")
}

/// Makes a backup in a new folder (mode 0700, its files 0600). What was begun and did not end leaves only a folder
/// whose name ends with `.partial`.
///
/// # Errors
/// `Conflict` when the folder exists; `NotFound` when there is no database yet; `Unavailable` when the disk is full
/// or `pg_dump` is missing or fails.
pub async fn backup(app: &App, operator: &Operator, to: &Path) -> Result<Manifest> {
    allow(app, operator, Act::Run, "backup", None).await?;
    if to.exists() {
        return Err(Error::conflict(format!("{} exists", to.display())));
    }
    let schema = app.db.schema().await?;
    if schema == 0 {
        return Err(Error::not_found("database"));
    }
    let began = app.clock.now();
    let partial = with_end(to, ".partial");
    let _ = fs::remove_dir_all(&partial);
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&partial)
        .map_err(|error| written(&partial, &error))?;
    let name = if app.db.engine() == "sqlite" { "parvis.sqlite" } else { "parvis.pgdump" };
    let file = partial.join(name);
    if app.db.engine() == "sqlite" {
        app.db.snapshot(&file).await?;
    } else {
        let url = app.config.database.url.clone();
        let dump = file.clone();
        let done = tokio::task::spawn_blocking(move || dump_pg(&url, &dump)).await;
        done.map_err(Error::internal)??;
    }
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        parvis: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: Instant::of(began).to_string(),
        public_url: app.urls.base().to_owned(),
        domain: app.config.domain.clone(),
        engine: app.db.engine().to_owned(),
        schema,
        sealed_with: app.config.keys.seal_with.clone(),
        holds: storage::upkeep::holdings(&app.db).await?,
        files: vec![measure(&file, name)?],
    };
    finish(&partial, to, &manifest)?;
    let mut tx = app.db.begin().await?;
    storage::settings::put(&mut tx, LAST, &began.as_millisecond().to_string()).await?;
    let subject = to.display().to_string();
    storage::audit::add(&mut tx, &operator.deed("backup", &subject), app.clock.now_ms()).await?;
    tx.commit().await?;
    Ok(manifest)
}

/// Writes the manifest, makes all of it lasting, and gives the folder its name.
fn finish(partial: &Path, to: &Path, manifest: &Manifest) -> Result<()> {
    let path = partial.join(MANIFEST);
    let text = serde_json::to_string_pretty(manifest).map_err(Error::internal)?;
    let write = || -> io::Result<()> {
        let mut file = File::options().write(true).create_new(true).mode(0o600).open(&path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        for part in &manifest.files {
            File::open(partial.join(&part.name))?.sync_all()?;
        }
        File::open(partial)?.sync_all()?;
        fs::rename(partial, to)?;
        File::open(to.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new(".")))?
            .sync_all()
    };
    write().map_err(|error| written(to, &error))
}

/// Removes the oldest backups of a folder beyond the last `keep`; only folders that have our name and a manifest.
/// Gives those it removed.
///
/// # Errors
/// `Unavailable` when one cannot be removed.
pub fn forget(folder: &Path, keep: usize) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(|error| written(folder, &error))?;
    let ours = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("parvis-") && name.ends_with('Z') && path.join(MANIFEST).is_file()
    };
    let mut made: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(ours).collect();
    made.sort();
    made.truncate(made.len().saturating_sub(keep));
    for old in &made {
        fs::remove_dir_all(old).map_err(|error| written(old, &error))?;
    }
    Ok(made)
}

/// Length and sum of a file.
///
/// # Errors
/// `Unavailable` when it cannot be read.
pub(super) fn measure(file: &Path, name: &str) -> Result<Part> {
    let (length, sha256) = sum(File::open(file), &mut io::sink()).map_err(|error| written(file, &error))?;
    Ok(Part { name: name.to_owned(), length, sha256 })
}

/// Copies all of a file, giving its length and its SHA-256.
pub(super) fn sum(from: io::Result<File>, to: &mut dyn io::Write) -> io::Result<(u64, String)> {
    let (mut from, mut context, mut length) = (from?, Context::new(&SHA256), 0);
    let mut chunk = vec![0; 256 * 1024];
    loop {
        let read = from.read(&mut chunk)?;
        if read == 0 {
            break;
        }
        context.update(&chunk[..read]);
        to.write_all(&chunk[..read])?;
        length += read as u64;
    }
    let digits =
        context.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    Ok((length, digits))
}

/// The path with something after its name.
pub(super) fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

/// A file or folder that cannot be written or read now.
pub(super) fn written(path: &Path, error: &io::Error) -> Error {
    Error::Unavailable {
        why: format!("{}: {error}", path.display()),
        retry_after: std::time::Duration::from_mins(1),
    }
}

fn dump_pg(url: &str, to: &Path) -> Result<()> {
    File::options().write(true).create_new(true).mode(0o600).open(to).map_err(|error| written(to, &error))?;
    run(pg_tool("pg_dump", url)?.args(["--format=custom", "--no-owner", "--file"]).arg(to))
}

/// A program of PostgreSQL on a database; the password goes by the environment, where other users do not see it.
pub(super) fn pg_tool(program: &str, url: &str) -> Result<Command> {
    let mut url = url::Url::parse(url).map_err(Error::internal)?;
    let mut command = Command::new(program);
    command.stdin(Stdio::null());
    if let Some(password) = url.password() {
        let password = percent(password);
        let _ = url.set_password(None);
        command.env("PGPASSWORD", password);
    }
    command.arg(format!("--dbname={url}"));
    Ok(command)
}

fn percent(text: &str) -> String {
    let form = format!("a={}", text.replace('+', "%2B"));
    url::form_urlencoded::parse(form.as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

/// Runs a program to its end.
pub(super) fn run(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let unavailable =
        |why: String| Error::Unavailable { why, retry_after: std::time::Duration::from_mins(1) };
    let done = command.output().map_err(|error| unavailable(format!("{name}: {error}")))?;
    if done.status.success() {
        return Ok(());
    }
    let told = String::from_utf8_lossy(&done.stderr);
    let last: Vec<&str> = told.lines().rev().take(3).collect();
    Err(unavailable(format!("{name}: {}", last.into_iter().rev().collect::<Vec<_>>().join("; "))))
}
