//! `parvis config check`: reads the configuration as `serve` would and says what it understood.

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::json;

use super::{Failure, Output, node};

/// What can be done with the configuration.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Lire et vérifier la configuration / Read and check the configuration
    #[command(after_help = "Exemple / Example:\n  parvis --config /etc/parvis/parvis.toml config check")]
    Check,
}

impl Command {
    /// Does it.
    ///
    /// # Errors
    /// The problems of the configuration (exit code 78).
    pub fn run(self, file: Option<PathBuf>, out: &Output) -> Result<(), Failure> {
        let Self::Check = self;
        let (file, config) = node::config(file)?;
        let file = file.map_or_else(|| "—".to_owned(), |file| file.display().to_string());
        out.say("cli-config-good", &[("file", file.clone().into())]);
        let address = config.public_url.as_str().trim_end_matches('/');
        out.fact("cli-config-address", address);
        out.fact("cli-config-handles", &format!("@…@{}", config.domain));
        out.fact(
            "cli-config-city",
            &format!("{} ({} {})", config.city.name, config.city.tier, config.city.territory),
        );
        out.fact("cli-config-database", config.database.engine());
        if config.is_closed_federation() {
            out.warn("cli-closed-federation", &[("networks", node::networks(&config).into())]);
        }
        out.json(&json!({
            "file": file,
            "domain": config.domain,
            "public_url": address,
            "city": { "name": config.city.name, "tier": config.city.tier, "territory": config.city.territory },
            "database": config.database.engine(),
            "allow_networks": config.federation.allow_networks,
        }));
        Ok(())
    }
}
