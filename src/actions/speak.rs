//! What an actor of ours says about a relay without a dossier: a receipt, a refusal, an answer, written at the
//! command line or through a link. In the thread of the origin, to everybody along the way (register.md rule 12).

use std::collections::BTreeSet;

use crate::{
    App, Error, Result,
    domain::{Instant, Iri, Lang, Words, canonical::Document, compose, compose::Draft, said::Said},
    storage::{self, Tx, actors::Actor, records::Row},
};

use super::publish;

/// Longest way that a relay is followed upward.
const HOPS: usize = 8;

/// Words about to be said.
pub(super) struct Speech<'a> {
    /// Who says them.
    pub author: &'a Actor,
    /// Its name, as the text says it.
    pub author_name: String,
    /// The kind's own fields.
    pub said: Said,
    /// The relay it is about.
    pub relay: &'a Row,
    /// The words, Markdown.
    pub words: &'a str,
    /// Its official number.
    pub reference: Option<String>,
    /// The name of whom it goes to, of a relay.
    pub toward: Option<String>,
}

/// Says it: composed, signed, appended, sent. Gives its id and its document.
pub(super) async fn speak(app: &App, tx: &mut Tx, speech: Speech<'_>) -> Result<(Iri, Document)> {
    let kind = speech.said.kind().to_owned();
    let folder = Said::folder(&kind).ok_or_else(|| Error::invalid("kind", "not-a-record", kind.as_str()))?;
    let id = app.urls.record(folder, app.chance.uuid(app.clock.now()));
    let slug = slug(tx, &kind, &id, speech.reference.as_deref()).await?;
    let concerned = concerned(tx, speech.relay).await?;
    let about_relay = matches!(speech.said, Said::Receipt(_) | Said::Refusal(_));
    let parent = if about_relay { speech.relay.uri.as_str() } else { parent_of(&concerned, speech.relay) };
    let to = if let Said::Relay(said) = &speech.said { Some(said.relay_to.as_str()) } else { None };
    let mentions = mentions(app, tx, &speech, &concerned, to).await?;
    let numbers = concerned.iter().filter_map(|row| u32::try_from(row.number?).ok());
    let draft = Draft {
        url: app.urls.page(folder, &slug),
        id: id.clone(),
        author: Iri::parse(&speech.author.uri)?,
        author_name: speech.author_name,
        said: speech.said,
        title: None,
        about: None,
        summary: None,
        text: Words::new(Lang::french(), speech.words),
        recommendations: Vec::new(),
        numbers: numbers.collect(),
        toward: speech.toward,
        reference: speech.reference,
        in_reply_to: Some(Iri::parse(parent)?),
        context: Iri::parse(&speech.relay.context)?,
        group: speech.relay.audience.as_deref().map(Iri::parse).transpose()?,
        mentions,
        themes: Vec::new(),
        sources: Vec::new(),
        files: Vec::new(),
        claims: Vec::new(),
        licence: None,
        note: None,
        synthetic: speech.relay.synthetic,
    };
    let record = compose::compose(draft, Instant::of(app.clock.now()))?;
    publish::append(app, tx, record).await?;
    let written = storage::versions::current_in(tx, id.as_str()).await?;
    let text = written.and_then(|version| version.document).unwrap_or_default();
    Ok((id, crate::domain::canonical::read(&text)?))
}

/// What a relay relays, as far as it is here.
pub(super) async fn concerned(tx: &mut Tx, relay: &Row) -> Result<Vec<Row>> {
    let said = relay_of(relay)?;
    let uris: Vec<&str> = said.concerns.iter().map(Iri::as_str).collect();
    let mut rows = storage::records::by_uris_in(tx, &uris).await?;
    rows.sort_by_key(|row| uris.iter().position(|uri| *uri == row.uri));
    Ok(rows)
}

/// What a row of the kind Relay says.
///
/// # Errors
/// `NotFound` for another kind, or when it was withdrawn.
pub(super) fn relay_of(row: &Row) -> Result<crate::domain::said::Relay> {
    match crate::domain::Version::parse(&row.document)? {
        crate::domain::Version::Record(record) => match record.said {
            Said::Relay(said) => Ok(*said),
            _ => Err(Error::not_found(row.uri.clone())),
        },
        _ => Err(Error::not_found(row.uri.clone())),
    }
}

/// What an answer replies to: the one record, or the avis of them all.
fn parent_of<'a>(concerned: &'a [Row], relay: &'a Row) -> &'a str {
    match concerned {
        [first, _, ..] => first.avis.as_deref().unwrap_or(&first.uri),
        [only] => &only.uri,
        [] => relay.parent.as_deref().unwrap_or(&relay.uri),
    }
}

/// Everybody along the way: whose words are relayed, who relayed them, on each hop; and whom it goes to next.
async fn mentions(
    app: &App,
    tx: &mut Tx,
    speech: &Speech<'_>,
    concerned: &[Row],
    to: Option<&str>,
) -> Result<Vec<(Iri, String)>> {
    let mut named: Vec<String> = to.map(ToOwned::to_owned).into_iter().collect();
    named.push(speech.relay.author.clone());
    named.extend(concerned.iter().map(|row| row.author.clone()));
    let mut above = relay_of(speech.relay)?.relay;
    for _ in 0..HOPS {
        let Some(id) = above else { break };
        let Some(row) = storage::records::get_in(tx, id.as_str()).await? else { break };
        above = relay_of(&row).ok().and_then(|said| said.relay);
        named.push(row.author);
    }
    let (mut seen, mut mentions) = (BTreeSet::new(), Vec::new());
    for uri in named.into_iter().filter(|uri| *uri != speech.author.uri) {
        if !seen.insert(uri.clone()) {
            continue;
        }
        if let Some(actor) = storage::actors::get_in(tx, &uri).await? {
            let host = if actor.ours { &app.config.domain } else { &actor.host };
            mentions.push((Iri::parse(&uri)?, format!("@{}@{host}", actor.handle)));
        }
    }
    Ok(mentions)
}

/// Last segment of its page: its number, else the end of its id.
async fn slug(tx: &mut Tx, kind: &str, id: &Iri, reference: Option<&str>) -> Result<String> {
    let plain = reference.unwrap_or_default().to_lowercase();
    let plain: String = plain.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let plain = plain.trim_matches('-').to_owned();
    let free =
        !plain.is_empty() && plain.len() < 36 && !storage::records::slug_taken(tx, kind, &plain).await?;
    let random = id.as_str().rsplit('-').next().unwrap_or_default();
    Ok(if free { plain } else { random.to_owned() })
}
