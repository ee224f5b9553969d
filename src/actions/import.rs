//! Reads a dossier into drafts. Importing twice changes nothing; a changed text will make a new version,
//! never a new id.

use std::path::Path;

use crate::{
    App, Error, Result,
    domain::{Hash, Iri, Problem},
    dossier::{self, Dossier, Item, ItemBody, Placeholder},
    storage::{self, media::File},
};

use super::{
    Act, Operator, allow,
    drafts::{self, Change},
    operator::Guarantors,
};

/// What an import did, or would do, item by item in the order of publication.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Reference, kind and what happens to it.
    pub changes: Vec<(String, &'static str, Change)>,
    /// What was done to the words while they were read.
    pub notes: Vec<Problem>,
}

impl Report {
    /// References that wait as drafts with these words, also since an import that was broken off.
    #[must_use]
    pub fn drafted(&self) -> Vec<&str> {
        let waits = |change: Change| change.writes() || change == Change::Drafted;
        let drafted = self.changes.iter().filter(|(_, _, change)| waits(*change));
        drafted.map(|(reference, _, _)| reference.as_str()).collect()
    }
}

/// Imports a checked dossier: what the operator may not say is left out, and told; when nothing else is left,
/// the import is refused. `folder` is where its attached files are; with `dry_run` nothing is written.
///
/// # Errors
/// `Invalid` when an attached file cannot be read or a reference belongs to something else.
pub async fn import(
    app: &App,
    operator: &Operator,
    dossier: &Dossier,
    folder: &Path,
    dry_run: bool,
) -> Result<Report> {
    let mut report = Report { notes: dossier.notes.clone(), ..Report::default() };
    let mut wanted = Vec::new();
    let mut files = Vec::new();
    let items = dossier::items(dossier);
    let guarantors = Guarantors::among(app, items.iter()).await?;
    let mut refused = Vec::new();
    for mut item in items {
        files.extend(attach(app, &mut item, folder)?);
        let mut change = drafts::compare(app, &item).await?;
        if change.writes() && operator.may(Act::Import, Some(guarantors.voice(&item))).is_err() {
            change = Change::NotYours;
            refused.push(item.clone());
        }
        report.changes.push((item.reference.clone(), super::words::kind(&item.body), change));
        if change.writes() {
            wanted.push(item);
        }
    }
    if dry_run {
        return Ok(report);
    }
    if let (Some(first), true) = (refused.first(), wanted.is_empty()) {
        allow(app, operator, Act::Import, &first.reference, Some(guarantors.voice(first))).await?;
    }
    if wanted.is_empty() {
        return Ok(report);
    }
    let mut tx = app.db.begin().await?;
    for file in &files {
        storage::media::put(&mut tx, file).await?;
    }
    for item in &wanted {
        drafts::write(app, &mut tx, item).await?;
    }
    let count = wanted.len().to_string();
    storage::audit::add(
        &mut tx,
        &operator.clone().because(count).deed("import", &dossier.city.reference),
        app.clock.now_ms(),
    )
    .await?;
    if let Some(first) = refused.first() {
        let left = operator.clone().because(refused.len().to_string());
        storage::audit::add(&mut tx, &left.deed("refused-import", &first.reference), app.clock.now_ms())
            .await?;
    }
    tx.commit().await?;
    Ok(report)
}

/// Largest attached file, in bytes.
const MAX_FILE: usize = 20 * 1024 * 1024;

/// Reads the files attached to an item, and names them by their hash from now on (media by hash).
fn attach(app: &App, item: &mut Item, folder: &Path) -> Result<Vec<File>> {
    let mut files = Vec::new();
    for (at, attachment) in item.common.attachments.iter_mut().enumerate() {
        let Some(path) = attachment.file.clone().filter(|file| !file.starts_with("sha256:")) else {
            continue;
        };
        let field = format!("{}.attachments[{at}].file", item.reference);
        let relative = Path::new(&path);
        let inside = relative.components().all(|part| matches!(part, std::path::Component::Normal(_)));
        if !inside {
            return Err(Error::invalid(field, "file-path", path));
        }
        let bytes = std::fs::read(folder.join(relative))
            .map_err(|error| Problem::new(&field, "file", error.to_string()))?;
        if bytes.len() > MAX_FILE {
            return Err(Error::invalid(field, "file-size", bytes.len().to_string()));
        }
        let hash = Hash::of(&bytes);
        attachment.file = Some(hash.to_string());
        if let ItemBody::FollowUp(said) = &mut item.body {
            let shows = |one: &&mut Iri| Placeholder::of(one.as_str()) == Some(Placeholder::Reference(&path));
            said.evidence.iter_mut().filter(shows).for_each(|one| *one = app.urls.media(hash.digits()));
        }
        files.push(File {
            hash: hash.digits().to_owned(),
            media_type: attachment.media_type.clone(),
            length: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
            bytes,
            created_at: app.clock.now_ms(),
        });
    }
    Ok(files)
}
