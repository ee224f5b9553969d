//! `parvis completion SHELL`.

use clap::Args;
use clap_complete::Shell;

/// Écrire les complétions de l’interpréteur / Print shell completions
#[derive(Debug, Args)]
#[command(after_help = "Exemple / Example:\n  parvis completion bash > /etc/bash_completion.d/parvis")]
pub struct Completion {
    /// Interpréteur / Shell
    #[arg(value_name = "INTERPRÉTEUR")]
    shell: Shell,
}

impl Completion {
    /// Prints the script.
    pub fn run(&self, cli: &mut clap::Command) {
        clap_complete::generate(self.shell, cli, "parvis", &mut std::io::stdout());
    }
}
