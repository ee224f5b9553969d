//! Says one thing at once, without a file: what the command line has a city or a council say becomes an item like
//! those of a dossier, and is published as they are.

use crate::{
    App, Result,
    domain::{Instant, Iri, said::Said},
    dossier::{Common, Item, ItemBody, Spoken, Text},
    storage,
};

use super::{
    Act, Operator, allow,
    drafts::Waiting,
    names::Names,
    operator::Guarantors,
    publish::{self, Published},
    words,
};

/// What is said.
#[derive(Clone, Debug)]
pub struct Saying<'a> {
    /// Reference of its own: the same words under the same reference are said once.
    pub reference: String,
    /// Handle of the actor of ours that says it.
    pub by: &'a str,
    /// Its kind's own terms.
    pub said: &'a Said,
    /// Its title, Markdown, in French.
    pub title: Option<&'a str>,
    /// Its words, Markdown, in French.
    pub text: &'a str,
    /// Whether it is written for a demonstration.
    pub synthetic: bool,
}

/// Publishes it: composed, signed, appended, sent, in one transaction.
///
/// # Errors
/// Those of publishing: `Invalid` when it breaks a rule or names what is not known here.
pub async fn say(app: &App, operator: &Operator, saying: Saying<'_>) -> Result<Published> {
    let text = |text: &str| Text::new("fr", text);
    let body = Spoken {
        by: saying.by.to_owned(),
        parent: None,
        title: saying.title.map(text),
        summary: None,
        text: Some(saying.text).filter(|words| !words.trim().is_empty()).map(text),
        on: None,
        said: saying.said.to_map(),
    };
    let item = Item {
        reference: saying.reference,
        language: "fr".to_owned(),
        common: Common::plain(saying.synthetic),
        body: ItemBody::Spoken(Box::new(body)),
    };
    let guarantors = Guarantors::among(app, std::iter::once(&item)).await?;
    allow(app, operator, Act::Publish, &item.reference, Some(guarantors.voice(&item))).await?;
    let folder = words::folder(&item.body).unwrap_or_default();
    let id = match storage::sources::get(&app.db, &item.reference).await? {
        Some(known) => Iri::parse(&known.uri)?,
        None => app.urls.record(folder, app.chance.uuid(app.clock.now())),
    };
    let names = Names::gather(app, &[(item.clone(), id.clone())]).await?;
    let waiting = Waiting { item, id, publish_at: None };
    let mut tx = app.db.begin().await?;
    let at = Instant::of(app.clock.now());
    let published = publish::publish_record(app, &mut tx, operator, &names, &waiting, at).await?;
    tx.commit().await?;
    app.wake.notify_one();
    Ok(published)
}

/// The reference that is wanted, or where a record was ever under it, the next that is free.
///
/// # Errors
/// Those of the database.
pub async fn unused(app: &App, wanted: String) -> Result<String> {
    let (mut reference, mut again) = (wanted.clone(), 2);
    while storage::sources::get(&app.db, &reference).await?.is_some() {
        reference = format!("{wanted}-{again}");
        again += 1;
    }
    Ok(reference)
}

/// The reference that is wanted, or where a record under it was withdrawn, which keeps it, the next that is free.
///
/// # Errors
/// Those of the database.
pub async fn free(app: &App, wanted: String) -> Result<String> {
    let (mut reference, mut again) = (wanted.clone(), 2);
    while let Some(before) = storage::sources::get(&app.db, &reference).await? {
        let row = storage::records::get(&app.db, &before.uri).await?;
        if row.is_none_or(|row| !row.withdrawn) {
            break;
        }
        reference = format!("{wanted}-{again}");
        again += 1;
    }
    Ok(reference)
}
