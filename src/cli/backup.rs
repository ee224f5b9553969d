//! `parvis backup` and `parvis restore`: a copy of the whole node, and the way back.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::{Failure, Output, keys::Passphrase, node, rebuild};
use crate::{
    App, Error,
    actions::{
        backup,
        restore::{self, Checked, Present},
    },
    clock::{Chance, Clock},
    config::Config,
    domain::Problem,
    storage::Db,
};

/// Records named before "and so on".
const NAMED: usize = 20;

const BACKUP: &str = "\
Se fait pendant que le nœud sert. Le dossier (droits 0700) contient la base entière : textes, fichiers
joints, clés, envois en attente. Le fichier de scellement des clés n’y est pas : gardez-le ailleurs.
Made while the node serves. The folder holds the whole database: texts, files, keys, queue. The file that
seals the keys is not in it: keep it elsewhere.

Exemples / Examples:
  parvis backup
  parvis backup /mnt/sauvegardes/parvis-lundi
  parvis backup --keep 14 --json";

const RESTORE: &str = "\
Le nœud doit être arrêté. Tout est vérifié avant que rien ne change : sommes, base, empreintes, preuves.
The node must be stopped. Everything is checked before anything changes.

Sans sauvegarde, --from-peers rebâtit le registre avec ce que d’autres nœuds en ont gardé.
Avec les clés (parvis keys export), les comptes parlent de nouveau ; sans elles, les textes
reviennent comme une archive vérifiable. Brouillons, abonnés et réponses des citoyens ne
sont que dans une sauvegarde. Refaire la commande complète ce qui manque.
Without a backup, --from-peers rebuilds the register from what other nodes kept of it. With
the keys (parvis keys export) the accounts speak again; without them the texts come back as
an archive that can be verified. Drafts, followers and citizens’ replies are in a backup
only. Running it again completes what is missing.

Exemples / Examples:
  parvis restore --from-peers angers.example nancy.example --keys cles-rennes.json
  parvis restore --from-peers angers.example --check
  parvis restore sauvegardes/parvis-20261122T020304Z --check
  parvis restore sauvegardes/parvis-20261122T020304Z
  parvis restore sauvegardes/parvis-20261122T020304Z --replace";

/// Sauvegarder le nœud entier / Back up the whole node
#[derive(Debug, Args)]
#[command(after_help = BACKUP)]
pub struct Backup {
    /// Dossier à créer (sans lui : un nom daté dans `sauvegardes`, à côté de la base) / Folder to create
    #[arg(value_name = "DOSSIER")]
    to: Option<PathBuf>,
    /// Ne garder que les N dernières sauvegardes de ce dossier / Keep only the last N backups there
    #[arg(long, value_name = "N")]
    keep: Option<std::num::NonZeroUsize>,
}

/// Restaurer une sauvegarde, ou le registre depuis des pairs / Restore a backup, or the register from peers
#[derive(Debug, Args)]
#[command(after_help = RESTORE)]
pub struct Restore {
    /// Dossier de la sauvegarde / Folder of the backup
    #[arg(value_name = "DOSSIER", required_unless_present = "from_peers")]
    from: Option<PathBuf>,
    /// Rebâtir le registre depuis ces nœuds / Rebuild the register from these nodes
    #[arg(long, value_name = "SERVEUR", num_args = 1.., conflicts_with_all = ["from", "replace"])]
    from_peers: Vec<String>,
    /// Fichier scellé des clés, de parvis keys export / Sealed file of keys
    #[arg(long, value_name = "FICHIER", requires = "from_peers", conflicts_with = "check")]
    keys: Option<PathBuf>,
    #[command(flatten)]
    passphrase: Passphrase,
    /// Tout vérifier et ne rien écrire / Check everything, write nothing
    #[arg(long)]
    check: bool,
    /// Remplacer le nœud présent, gardé à côté / Replace the present node, which is kept aside
    #[arg(long, conflicts_with = "check")]
    replace: bool,
}

impl Backup {
    /// Does it.
    ///
    /// # Errors
    /// `Conflict` when the folder exists; `NotFound` when there is no database; `Unavailable` when it cannot be
    /// written.
    pub async fn run(self, file: Option<PathBuf>, out: &Output) -> Result<(), Failure> {
        let (_, config) = node::config(file)?;
        let beside = config.database.folder().unwrap_or_else(|| ".".into()).join("sauvegardes");
        if config.database.sqlite_file().is_some_and(|file| !file.exists()) {
            return Err(Error::not_found("database").into());
        }
        // As it is: a backup is also what one makes before the schema changes.
        let db = Db::open_as_it_is(&config.database.url).await?;
        let app = App::with(db, config, Clock::system(), Chance::system())?;
        let to = self.to.unwrap_or_else(|| beside.join(backup::name_of(&app)));
        let bar = out.progress(0, "cli-backup-progress");
        let made = backup::backup(&app, &node::operator(&app.config, None), &to).await;
        bar.finish_and_clear();
        app.db.close().await;
        let manifest = made?;
        let size: u64 = manifest.files.iter().map(|part| part.length).sum();
        let folder = to.display().to_string();
        out.say("cli-backup-done", &[("folder", folder.clone().into()), ("size", mebibytes(size).into())]);
        if let Some(file) = manifest.sealed_with.as_ref().filter(|_| manifest.holds.sealed_keys > 0) {
            out.say("cli-backup-sealed", &[("file", file.display().to_string().into())]);
        }
        if manifest.holds.plain_keys > 0 {
            out.say("cli-backup-plain", &[]);
        }
        let removed = match self.keep {
            Some(keep) => backup::forget(to.parent().unwrap_or(Path::new(".")), keep.get())?,
            None => Vec::new(),
        };
        out.json(&json!({ "folder": folder, "manifest": manifest, "removed": removed }));
        Ok(())
    }
}

/// Whole mebibytes, one at least.
fn mebibytes(bytes: u64) -> i64 {
    i64::try_from(bytes.div_ceil(1024 * 1024).max(1)).unwrap_or(i64::MAX)
}

impl Restore {
    /// Does it.
    ///
    /// # Errors
    /// `Invalid` when the backup does not hold, `Conflict` when a node is there or serves, [`Failure::Told`] when
    /// its register does not hold.
    pub async fn run(self, file: Option<PathBuf>, out: &Output) -> Result<(), Failure> {
        let Some(from) = self.from else {
            let keys = (self.keys.as_deref(), &self.passphrase);
            return rebuild::run(file, &self.from_peers, keys, self.check, out).await;
        };
        let (file, config) = node::config(file)?;
        node::check_room(&config).map_err(|problem| Failure::refused(file, problem))?;
        let bar = out.progress(0, "cli-verify-progress");
        let checked = restore::check(&config, &from, &Output::steps(&bar)).await;
        bar.finish_and_clear();
        let checked = checked?;
        tell(&checked, out);
        let broken = checked.findings.as_ref().map_or(0, |findings| findings.broken.len());
        if broken > 0 || self.check {
            out.json(&document(&checked, None, false));
            return if broken > 0 { Err(Failure::Told) } else { Ok(()) };
        }
        refuse_while_served(&config)?;
        let operator = node::operator(&config, None);
        let aside = restore::restore(&config, &operator, &from, &checked, self.replace).await?;
        out.say("cli-restore-done", &[("made", checked.manifest.made_at.as_str().into())]);
        if let Some(aside) = &aside {
            out.say("cli-restore-aside", &[("file", aside.display().to_string().into())]);
        }
        out.say("cli-restore-peers", &[]);
        out.json(&document(&checked, aside.as_deref(), true));
        Ok(())
    }
}

/// A node that listens has its database open.
///
/// # Errors
/// Rule `still-served`.
pub fn refuse_while_served(config: &Config) -> Result<(), Error> {
    match std::net::TcpListener::bind(config.listen) {
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            Err(Problem::new("listen", "still-served", config.listen.to_string()).into())
        }
        _ => Ok(()),
    }
}

fn tell(checked: &Checked, out: &Output) {
    let Checked { manifest, findings, present } = checked;
    let words = [
        ("made", manifest.made_at.as_str().into()),
        ("published", manifest.holds.published.into()),
        ("received", manifest.holds.received.into()),
        ("followers", manifest.holds.followers.into()),
    ];
    out.say("cli-restore-sums", &words);
    if let Some(findings) = findings {
        for (id, version, problem) in &findings.broken {
            out.line(&format!("✗ {id} v{version}\n    {}", out.problem(problem)));
        }
        let words = [
            ("checked", findings.checked.into()),
            ("unsigned", findings.unsigned.into()),
            ("erased", findings.erased.into()),
            ("broken", findings.broken.len().into()),
        ];
        out.say(if findings.broken.is_empty() { "cli-verified" } else { "cli-verified-broken" }, &words);
    }
    match present {
        Present::Nothing => out.say("cli-restore-nothing", &[]),
        Present::Unreadable(why) => out.say("cli-restore-unreadable", &[("why", why.as_str().into())]),
        Present::Node(lost) => {
            let words = [
                ("published", lost.published.len().into()),
                ("received", lost.received.into()),
                ("followers", (lost.holds.followers - manifest.holds.followers).max(0).into()),
                ("replies", (lost.holds.replies - manifest.holds.replies).max(0).into()),
            ];
            out.say("cli-restore-lost", &words);
            for (id, version) in lost.published.iter().take(NAMED) {
                out.line(&format!("    {id} v{version}"));
            }
            if lost.published.len() > NAMED {
                out.line("    …");
            }
            if !lost.published.is_empty() {
                out.say("cli-restore-forks", &[]);
            }
        }
    }
}

fn document(checked: &Checked, aside: Option<&Path>, restored: bool) -> serde_json::Value {
    let present = match &checked.present {
        Present::Nothing => json!({ "state": "nothing" }),
        Present::Unreadable(why) => json!({ "state": "unreadable", "why": why }),
        Present::Node(lost) => json!({
            "state": "node",
            "holds": lost.holds,
            "lost": {
                "published": lost.published.iter().map(|(id, version)| json!({ "id": id, "version": version }))
                    .collect::<Vec<_>>(),
                "received": lost.received,
            },
        }),
    };
    let findings = checked.findings.as_ref();
    json!({
        "manifest": checked.manifest,
        "checked": findings.map(|findings| findings.checked),
        "broken": findings.map(|findings| findings.broken.len()),
        "present": present,
        "restored": restored,
        "aside": aside,
    })
}
