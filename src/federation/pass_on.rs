//! What came to the Group of a convention of ours by catching up came without the activity it was said with. Its
//! readers by FEP-1b12 are told by the author's own activity, announced whole under the id that it has at its author's
//! server: so it is looked for in the author's outbox. What is not shown there is not passed on in that form; the
//! boost and the `Add` tell of it all the same (wire.md §2.3, threats O44).

use serde_json::Value;

use super::{actors, gate, media, peer, signature::Signer, signing};
use crate::{
    App, Result,
    actions::convene,
    domain::{Iri, activity::Kind, canonical},
    federation::connector::ConnectorError,
    storage::records::Row,
};

/// Most pages of an outbox that are read, the latest first.
const PAGES: usize = 10;
/// Longest page.
const MAX_PAGE: usize = 8 * 1024 * 1024;

/// Passes a record on, if its author's outbox shows with what it was said.
///
/// # Errors
/// `Unavailable` when that server is silent; those of the database.
pub async fn pass_on(app: &App, id: &str) -> Result<()> {
    let Some((group, row)) = convene::to_pass_on(app, id).await? else { return Ok(()) };
    let author = Iri::parse(&row.author)?;
    if gate::is_blocked(app, author.host()).await? {
        return Ok(());
    }
    let author = actors::known_or_fetched(app, &author).await?;
    let Some(outbox) = author.outbox.as_deref().map(Iri::parse).transpose()? else { return Ok(()) };
    if let Some((kind, activity)) = said_with(app, &outbox, &row).await? {
        return convene::pass_on(app, &group, &row, (&kind, &activity)).await;
    }
    tracing::info!(record = id, "its author's outbox does not show with what it was said");
    Ok(())
}

/// The activity in an outbox that carries this version.
async fn said_with(app: &App, outbox: &Iri, row: &Row) -> Result<Option<(Kind, Iri)>> {
    let signer = signing::node(app).await?;
    let Some(head) = get(app, outbox, signer.as_ref()).await? else { return Ok(None) };
    let mut next = link(&head, "first", outbox);
    for _ in 0..PAGES {
        let Some(url) = next else { return Ok(None) };
        let Some(page) = get(app, &url, signer.as_ref()).await? else { return Ok(None) };
        let items = page.get("orderedItems").and_then(Value::as_array);
        if let Some(found) = items.into_iter().flatten().find_map(|item| carries(item, row)) {
            return Ok(Some(found));
        }
        next = link(&page, "next", outbox).filter(|next| *next != url);
    }
    Ok(None)
}

/// The kind and the id of an activity, if it is the author's, at its own origin, and carries this very version.
fn carries(item: &Value, row: &Row) -> Option<(Kind, Iri)> {
    let kind = if row.version == 1 { Kind::Create } else { Kind::Update };
    let text = |name: &str| item.get(name).and_then(Value::as_str);
    let object = item.get("object").and_then(Value::as_object)?;
    let id = Iri::parse(text("id")?).ok()?;
    let own = text("type") == Some(kind.name())
        && text("actor") == Some(row.author.as_str())
        && Iri::parse(&row.author).is_ok_and(|author| author.same_origin(&id))
        && canonical::hash(object).as_str() == row.hash;
    own.then_some((kind, id))
}

/// Another page of the same server.
fn link(document: &Value, name: &str, of: &Iri) -> Option<Iri> {
    Iri::parse(document.get(name)?.as_str()?).ok().filter(|next| next.same_origin(of))
}

/// A page of an outbox; none when that server does not show it.
async fn get(app: &App, url: &Iri, signer: Option<&Signer>) -> Result<Option<Value>> {
    let fetched = match app.http.get(url, signer, media::ACCEPT, MAX_PAGE).await {
        Ok(fetched) => fetched,
        Err(error) if error.is_silence() => return Err(peer::silent(url, &error)),
        Err(_) => return Ok(None),
    };
    if fetched.status == 429 || fetched.status >= 500 {
        return Err(peer::silent(url, &ConnectorError::Status(fetched.status)));
    }
    let shown = fetched.status == 200 && fetched.content_type.as_deref().is_some_and(media::is_activity_json);
    Ok(serde_json::from_slice(&fetched.body).ok().filter(|_| shown))
}
