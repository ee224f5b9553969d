//! Section `[database]`: where everything is kept.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use crate::domain::Problem;

/// Where everything is kept.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// `sqlite:parvis.sqlite` (default) or `postgres://user@host/name`. May hold a password: never logged.
    pub url: String,
}

impl Default for Database {
    fn default() -> Self {
        Self { url: "sqlite:parvis.sqlite".to_owned() }
    }
}

impl Database {
    /// The engine, without what may be secret: for messages.
    #[must_use]
    pub fn engine(&self) -> &str {
        self.url.split(':').next().unwrap_or_default()
    }

    /// The folder of the SQLite file, to measure the room left; none for PostgreSQL and in memory.
    #[must_use]
    pub fn folder(&self) -> Option<PathBuf> {
        let file = Path::new(self.file()?);
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        Some(folder.unwrap_or(Path::new(".")).to_owned())
    }

    /// The SQLite file; none for PostgreSQL and in memory.
    #[must_use]
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        self.file().map(PathBuf::from)
    }

    /// Beside the SQLite file: what the process that serves it locks.
    #[must_use]
    pub fn lock_file(&self) -> Option<PathBuf> {
        self.file().map(|file| PathBuf::from(format!("{file}.lock")))
    }

    fn file(&self) -> Option<&str> {
        let rest = self.url.strip_prefix("sqlite:")?;
        let file = rest.strip_prefix("//").unwrap_or(rest).split('?').next()?;
        Some(file).filter(|file| !file.is_empty() && !file.starts_with(':'))
    }

    /// One of the two engines.
    #[must_use]
    pub fn validate(&self) -> Vec<Problem> {
        let good = match self.url.split_once(':') {
            Some(("sqlite", file)) => !file.trim_start_matches('/').is_empty(),
            Some(("postgres" | "postgresql", _)) => {
                url::Url::parse(&self.url).is_ok_and(|url| url.path().len() > 1)
            }
            _ => false,
        };
        if good { Vec::new() } else { vec![Problem::new("database.url", "database-url", self.engine())] }
    }

    /// A relative SQLite file starts at the folder of the configuration file.
    pub(super) fn settle(&mut self, folder: &Path) {
        if let Some(file) = self.file().filter(|file| !file.starts_with('/')) {
            let options = self.url.find('?').map_or("", |at| &self.url[at..]);
            self.url = format!("sqlite:{}{options}", folder.join(file).display());
        }
    }
}

/// A URL may hold a password (threats W21).
impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Database({})", self.engine())
    }
}
