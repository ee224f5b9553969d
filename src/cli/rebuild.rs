//! `parvis restore --from-peers`: the register of this node, from what its peers kept of it.

use std::path::{Path, PathBuf};

use super::{Failure, Output, backup, keys, node};
use crate::federation::mirror::rebuild::{self, Report};

/// Versions named before "and so on".
const NAMED: usize = 20;

/// Does it.
///
/// # Errors
/// `Unavailable` when no peer answers; [`Failure::Told`] when something is still missing.
pub async fn run(
    file: Option<PathBuf>,
    peers: &[String],
    (keys, passphrase): (Option<&Path>, &keys::Passphrase),
    check: bool,
    out: &Output,
) -> Result<(), Failure> {
    let (file, config) = node::config(file)?;
    backup::refuse_while_served(&config)?;
    let app = node::start(file, config).await?;
    if let Some(keys) = keys {
        keys::import(&app, keys, passphrase, out).await?;
    }
    let bar = out.progress(0, "cli-rebuild-progress");
    let operator = node::operator(&app.config, None);
    let done = rebuild::rebuild(&app, &operator, peers, check, &Output::steps(&bar)).await;
    bar.finish_and_clear();
    app.db.close().await;
    let report = done?;
    tell(&report, check, out);
    out.json(&report);
    if report.missing.is_empty() { Ok(()) } else { Err(Failure::Told) }
}

fn tell(report: &Report, check: bool, out: &Output) {
    for peer in &report.peers {
        match &peer.silent {
            Some(why) => {
                out.say(
                    "cli-rebuild-silent",
                    &[("host", peer.host.as_str().into()), ("why", why.as_str().into())],
                );
            }
            None => out.say(
                "cli-rebuild-peer",
                &[("host", peer.host.as_str().into()), ("holds", peer.holds.into())],
            ),
        }
    }
    for one in &report.refused {
        let words = [
            ("host", one.host.as_str().into()),
            ("id", one.id.as_str().into()),
            ("version", one.version.into()),
        ];
        out.say("cli-rebuild-refused", &words);
        out.line(&format!("    {}", one.why));
    }
    for fork in &report.forks {
        let left = fork.left.iter().map(crate::domain::Hash::as_str).collect::<Vec<_>>().join(", ");
        let kept = fork.kept.as_ref().map_or("—", crate::domain::Hash::as_str);
        let words = [
            ("id", fork.id.as_str().into()),
            ("version", fork.version.into()),
            ("kept", kept.into()),
            ("left", left.into()),
        ];
        out.say("cli-rebuild-fork", &words);
    }
    if !report.missing.is_empty() {
        out.say("cli-rebuild-missing", &[("total", report.missing.len().into())]);
        for (id, version) in report.missing.iter().take(NAMED) {
            out.line(&format!("    {id} v{version}"));
        }
        if report.missing.len() > NAMED {
            out.line("    …");
        }
    }
    let versions: usize = report.authors.iter().map(|author| author.versions).sum();
    let words = [
        ("authors", report.authors.len().into()),
        ("versions", versions.into()),
        ("appended", report.appended.into()),
    ];
    out.say(if check { "cli-rebuild-checked" } else { "cli-rebuild-done" }, &words);
    let (ours, archived): (Vec<_>, Vec<_>) = report.authors.iter().partition(|author| author.ours);
    if ours.iter().any(|author| !author.elsewhere) {
        out.say("cli-rebuild-ours", &[]);
    }
    if ours.iter().any(|author| author.elsewhere) {
        out.say("cli-rebuild-elsewhere", &[]);
    }
    if !archived.is_empty() {
        let hosts = archived.iter().flat_map(|author| &author.pinned_by);
        let hosts: std::collections::BTreeSet<&str> = hosts.map(String::as_str).collect();
        let hosts = hosts.into_iter().collect::<Vec<_>>().join(", ");
        out.say("cli-rebuild-archive", &[("total", archived.len().into()), ("hosts", hosts.into())]);
    }
}
