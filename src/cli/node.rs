//! What commands begin with: the configuration, the node it describes, and who gives the order.

use std::{path::PathBuf, sync::OnceLock};

use super::Failure;
use crate::{
    App, Error,
    actions::Operator,
    clock::{Chance, Clock},
    config::{self, Config, Refused},
    domain::Problem,
};

/// Where the configuration is looked for when no file is named.
const PLACES: [&str; 2] = ["parvis.toml", "/etc/parvis/parvis.toml"];

/// The configuration and the file it was read from; none when the environment alone tells it.
///
/// # Errors
/// Every problem of the configuration (exit code 78).
pub fn config(file: Option<PathBuf>) -> Result<(Option<PathBuf>, Config), Failure> {
    let file = file.or_else(|| PLACES.iter().map(PathBuf::from).find(|place| place.is_file()));
    let absolute = file.map(|file| std::path::absolute(&file).unwrap_or(file));
    // A variable that is not Unicode is none of ours.
    let unicode = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    let env = std::env::vars_os().filter_map(unicode);
    let config = config::load(absolute.as_deref(), env).map_err(Failure::Config)?;
    Ok((absolute, config))
}

/// The node that the configuration describes, opened for one command.
///
/// # Errors
/// Those of the configuration and of its database.
pub async fn open(file: Option<PathBuf>) -> Result<App, Failure> {
    let (file, config) = config(file)?;
    start(file, config).await
}

/// The same, from a configuration that was read already.
///
/// # Errors
/// As [`open`]; what the configuration names and cannot be used (a database of a newer Parvis, a folder that
/// cannot be written) refuses the configuration.
pub async fn start(file: Option<PathBuf>, config: Config) -> Result<App, Failure> {
    check_room(&config).map_err(|problem| Failure::refused(file.clone(), problem))?;
    App::open(config, Clock::system(), Chance::system()).await.map_err(|error| match error {
        Error::Invalid { problems } => Failure::Config(Refused { file, problems }),
        other => other.into(),
    })
}

/// Whether the folder of a SQLite file can be written (threats X33).
///
/// # Errors
/// Rule `not-writable`.
pub fn check_room(config: &Config) -> Result<(), Problem> {
    let Some(folder) = config.database.folder() else { return Ok(()) };
    rustix::fs::access(&folder, rustix::fs::Access::WRITE_OK).map_err(|error| {
        Problem::new("database.url", "not-writable", format!("{}: {error}", folder.display()))
    })
}

/// The name given with `--operator`.
static NAMED: OnceLock<String> = OnceLock::new();

/// From now on orders are given under this name.
pub fn act_as(name: String) {
    // The command line is read once.
    let _ = NAMED.set(name);
}

/// Who gives the order, for the audit log: the name given with `--operator`, else the login name (`SUDO_USER` before
/// `USER`); in the post that the configuration gives them.
#[must_use]
pub fn operator(config: &Config, reason: Option<String>) -> Operator {
    let named = |variable| std::env::var(variable).ok().filter(|name| !name.is_empty());
    let login = || named("SUDO_USER").or_else(|| named("USER")).or_else(|| named("LOGNAME"));
    let name = NAMED.get().cloned().or_else(login).unwrap_or_else(|| "cli".to_owned());
    let post = config::post_of(&config.operators, &name);
    let operator = Operator::cli(name).holding(post);
    match reason {
        Some(reason) => operator.because(reason),
        None => operator,
    }
}

/// The networks that are permitted besides the public internet, for messages.
#[must_use]
pub fn networks(config: &Config) -> String {
    let names: Vec<_> = config.federation.allow_networks.iter().map(ToString::to_string).collect();
    names.join(", ")
}
