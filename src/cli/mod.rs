//! The command line: one file per subcommand, each with its arguments and its `run`. What a command
//! does is an action; here it is read, called and told. `--json` gives every result as JSON.

use std::{path::PathBuf, process::ExitCode};

use clap::{CommandFactory as _, Parser, Subcommand, ValueEnum};

use crate::{i18n::Lang, telemetry};

mod backup;
mod completion;
mod config;
mod convention;
mod council;
mod deliveries;
mod demo;
mod doctor;
mod failure;
mod follow;
mod import;
mod init;
mod intake;
mod keys;
mod moving;
mod node;
mod output;
mod peers;
mod publish;
mod rebuild;
mod register;
mod relay;
mod replies;
mod serve;
mod similar;
mod take_up;
mod withdraw;

pub use failure::Failure;
pub use output::Output;

const CODES: &str = "\
Codes de sortie / Exit codes:
  0   réussi / done
  1   échec, ou une attente n’est pas remplie / failure, or an expectation does not hold
  2   ligne de commande incomprise / usage
  65  données refusées / invalid data
  69  service indisponible, réessayer / unavailable, try again
  78  configuration refusée / configuration

Exemples / Examples:
  parvis demo
  parvis init --domain rennes.example --name Rennes --territory 35238
  parvis serve
  parvis import rennes.toml --publish";

/// Le nœud qui rend publique et suivie la parole des conseils citoyens.
/// The node that makes what citizen councils say public and accountable.
#[derive(Debug, Parser)]
#[command(name = "parvis", version, after_help = CODES, max_term_width = 100, verbatim_doc_comment)]
#[command(subcommand_help_heading = "Commandes / Commands", subcommand_value_name = "COMMANDE")]
struct Cli {
    /// Fichier de configuration (sans lui : ./parvis.toml, puis /etc/parvis/parvis.toml) / Configuration file
    #[arg(long, global = true, env = "PARVIS_CONFIG", value_name = "FICHIER")]
    config: Option<PathBuf>,
    /// Nom sous lequel on agit (sans lui : celui de la session) / Name to act under (without it: the login)
    #[arg(long, global = true, env = "PARVIS_OPERATOR", value_name = "NOM")]
    operator: Option<String>,
    /// Langue des messages (sans lui : celle du système, sinon le français) / Language of messages
    #[arg(long, global = true, value_name = "LANGUE")]
    lang: Option<Language>,
    /// Résultats en JSON / Results as JSON
    #[arg(long, global = true)]
    json: bool,
    /// Forme du journal ; son niveau vient de `PARVIS_LOG` / Form of the log; `PARVIS_LOG` sets its level
    #[arg(long, global = true, value_name = "FORME", default_value = "human")]
    log_format: LogFormat,
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Language {
    Fr,
    En,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LogFormat {
    Human,
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Demo),
    Init(init::Init),
    Serve(serve::Serve),
    Import(import::Import),
    Publish(publish::Publish),
    Withdraw(withdraw::Withdraw),
    Erase(withdraw::Erase),
    /// Les conseils de ce nœud / The councils of this node
    #[command(subcommand)]
    Council(council::Command),
    Follow(follow::Follow),
    Unfollow(follow::Unfollow),
    /// Les autres serveurs : liste, permissions / Other servers: list, permissions
    #[command(subcommand)]
    Peers(peers::Command),
    /// Les envois en attente / What waits to be sent
    #[command(subcommand)]
    Deliveries(deliveries::Command),
    /// Les réponses des citoyens / Citizens' replies
    #[command(subcommand)]
    Replies(replies::Command),
    /// Les positions relayées à cette collectivité / What was relayed to this authority
    #[command(subcommand)]
    Intake(intake::Command),
    /// Nos relais : leur état, les liens pour y répondre / Our relays: where they stand, links to answer them
    #[command(subcommand)]
    Relay(relay::Command),
    /// Les conventions de plusieurs villes / Conventions of several cities
    #[command(subcommand)]
    Convention(convention::Command),
    /// Les reprises : qui reprend l’idée de qui / Take-ups: who takes up whose idea
    #[command(subcommand)]
    TakeUp(take_up::Command),
    Similar(similar::Similar),
    Verify(register::Verify),
    Export(register::Export),
    Reindex(register::Reindex),
    Backup(backup::Backup),
    Restore(backup::Restore),
    Move(moving::Move),
    /// Les clés privées, dans un fichier scellé / Private keys, in a sealed file
    #[command(subcommand)]
    Keys(keys::Command),
    Doctor(doctor::Doctor),
    /// Vérifier la configuration / Check the configuration
    #[command(subcommand)]
    Config(config::Command),
    Completion(completion::Completion),
}

/// Reads the command line, does what it says; gives back the documented exit code.
#[must_use]
pub fn main() -> ExitCode {
    let mut cli = Cli::parse();
    if let Some(name) = cli.operator.take() {
        node::act_as(name);
    }
    let lang = match cli.lang {
        Some(Language::Fr) => Lang::Fr,
        Some(Language::En) => Lang::En,
        None => output::language_of_system(),
    };
    let out = Output::new(lang, cli.json);
    match run(cli, &out) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.tell(&out);
            ExitCode::from(failure.code())
        }
    }
}

fn run(cli: Cli, out: &Output) -> Result<(), Failure> {
    let format = match cli.log_format {
        LogFormat::Human => telemetry::Format::Human,
        LogFormat::Json => telemetry::Format::Json,
    };
    let filter = std::env::var("PARVIS_LOG").unwrap_or_else(|_| cli.command.filter().to_owned());
    telemetry::start_logging(format, &filter).map_err(Failure::log_filter)?;
    let runtime = tokio::runtime::Runtime::new().map_err(Failure::internal)?;
    let done = runtime.block_on(cli.command.run(cli.config, out));
    // A name that the system is still looking up must not keep a stopped node alive (threats R15).
    runtime.shutdown_timeout(std::time::Duration::from_millis(300));
    done
}

impl Command {
    /// What is logged unless `PARVIS_LOG` says otherwise: a server tells, a command that answers is quiet.
    const fn filter(&self) -> &'static str {
        match self {
            Self::Serve(_) => telemetry::DEFAULT_FILTER,
            // Nodes are stopped on purpose there.
            Self::Demo(_) => "error",
            _ => "warn",
        }
    }

    async fn run(self, config: Option<PathBuf>, out: &Output) -> Result<(), Failure> {
        match self {
            Self::Demo(command) => command.run(out).await,
            Self::Serve(command) => command.run(config, out).await,
            Self::Init(command) => command.run(config, out).await,
            Self::Import(command) => command.run(config, out).await,
            Self::Publish(command) => command.run(config, out).await,
            Self::Withdraw(command) => command.run(config, out).await,
            Self::Erase(command) => command.run(config, out).await,
            Self::Council(command) => command.run(config, out).await,
            Self::Follow(command) => command.run(config, out).await,
            Self::Unfollow(command) => command.run(config, out).await,
            Self::Peers(command) => command.run(config, out).await,
            Self::Deliveries(command) => command.run(config, out).await,
            Self::Replies(command) => command.run(config, out).await,
            Self::Intake(command) => command.run(config, out).await,
            Self::Convention(command) => command.run(config, out).await,
            Self::Relay(command) => command.run(config, out).await,
            Self::TakeUp(command) => command.run(config, out).await,
            Self::Similar(command) => command.run(config, out).await,
            Self::Verify(command) => command.run(config, out).await,
            Self::Export(command) => command.run(config, out).await,
            Self::Reindex(command) => command.run(config, out).await,
            Self::Backup(command) => command.run(config, out).await,
            Self::Restore(command) => command.run(config, out).await,
            Self::Move(command) => command.run(config, out).await,
            Self::Keys(command) => command.run(config, out).await,
            Self::Doctor(command) => command.run(config, out).await,
            Self::Config(command) => command.run(config, out),
            Self::Completion(command) => {
                command.run(&mut Cli::command());
                Ok(())
            }
        }
    }
}
