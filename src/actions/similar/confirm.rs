//! What a person makes of a suggestion: confirms it, in public and signed, or puts it aside, here only.

use std::collections::BTreeSet;

use crate::{
    App, Error, Result,
    domain::{
        Hash, Iri, Role,
        said::{Said, SameIdea},
    },
    storage::{self, actors::Actor, records::Row, similar as stored},
};

use super::{
    super::{
        Act, Operator, allow,
        say::{Saying, free, say},
    },
    confirmed, named,
};

/// Confirms that recommendations carry the same idea: a public record by an actor of ours, that of `by` or else the
/// one council of ours among their authors, or the city. `words` (Markdown) say why. Gives its id.
///
/// # Errors
/// `NotFound` for what is no recommendation that stands; `Invalid` for fewer than two authors, without words, or for
/// an actor that does not speak; `Conflict` when that actor confirmed it before.
pub async fn confirm(
    app: &App,
    operator: &Operator,
    what: &[String],
    by: Option<&str>,
    words: &str,
) -> Result<Iri> {
    let mut rows: Vec<Row> = Vec::with_capacity(what.len());
    for one in what {
        let row = named(app, one).await?;
        if !rows.iter().any(|known| known.uri == row.uri) {
            rows.push(row);
        }
    }
    let authors: BTreeSet<&str> = rows.iter().map(|row| row.author.as_str()).collect();
    if authors.len() < 2 {
        return Err(Error::invalid("parvis:concerns", "two-authors", rows.len().to_string()));
    }
    if words.trim().is_empty() {
        return Err(Error::invalid("text", "argument-needed", ""));
    }
    let author = speaker(app, by, &authors).await?;
    refuse_again(app, &rows, &author).await?;
    let concerns = rows.iter().map(|row| Iri::parse(&row.uri)).collect::<Result<_, _>>()?;
    let list: Vec<String> =
        rows.iter().map(|row| format!("- [{}]({})", literal(&row.title), page_of(row))).collect();
    let wanted = format!("{}/{}/meme-idee-{}", app.config.city.handle, author.handle, key(&rows));
    let saying = Saying {
        reference: free(app, wanted).await?,
        by: &author.handle,
        said: &Said::SameIdea(SameIdea { concerns }),
        title: None,
        text: &format!("{words}\n\n{}", list.join("\n")),
        synthetic: rows.iter().any(|row| row.synthetic),
    };
    Ok(say(app, operator, saying).await?.id)
}

/// What recommendations are called together, in whatever order they are named.
fn key(rows: &[Row]) -> String {
    let uris: BTreeSet<&str> = rows.iter().map(|row| row.uri.as_str()).collect();
    let all = uris.into_iter().collect::<Vec<_>>().join("\n");
    Hash::of(all.as_bytes()).digits().chars().take(16).collect()
}

/// Puts a pair aside: it is suggested here no more. `false` when it was put aside before.
///
/// # Errors
/// `NotFound` for what is no recommendation; `Invalid` without a reason.
pub async fn dismiss(app: &App, operator: &Operator, what: (&str, &str), reason: &str) -> Result<bool> {
    if reason.trim().is_empty() {
        return Err(Error::invalid("reason", "reason-needed", ""));
    }
    let (one, other) = (named(app, what.0).await?, named(app, what.1).await?);
    allow(app, operator, Act::Decide, &one.uri, None).await?;
    if one.uri == other.uri {
        return Err(Error::invalid("other", "two-authors", "1"));
    }
    let mut tx = app.db.begin().await?;
    let (now, pair) = (app.clock.now_ms(), (one.uri.as_str(), other.uri.as_str()));
    let fresh = stored::dismiss(&mut tx, pair, reason, operator.name(), now).await?;
    let deed = operator.clone().because(format!("{} : {reason}", other.uri));
    storage::audit::add(&mut tx, &deed.deed("dismiss-same-idea", &one.uri), now).await?;
    tx.commit().await?;
    Ok(fresh)
}

/// Takes a pair back in that was put aside; `false` when it was not.
///
/// # Errors
/// `NotFound` for what is no recommendation.
pub async fn recall(app: &App, operator: &Operator, what: (&str, &str)) -> Result<bool> {
    let (one, other) = (named(app, what.0).await?, named(app, what.1).await?);
    allow(app, operator, Act::Decide, &one.uri, None).await?;
    let mut tx = app.db.begin().await?;
    let back = stored::recall(&mut tx, (&one.uri, &other.uri)).await?;
    let deed = operator.clone().because(other.uri.clone());
    storage::audit::add(&mut tx, &deed.deed("recall-same-idea", &one.uri), app.clock.now_ms()).await?;
    tx.commit().await?;
    Ok(back)
}

/// Who confirms: only an actor of ours that speaks, since the record is signed with its key.
async fn speaker(app: &App, by: Option<&str>, authors: &BTreeSet<&str>) -> Result<Actor> {
    let actor = if let Some(handle) = by {
        let handle = handle.trim_start_matches('@');
        storage::actors::by_handle(&app.db, handle).await?.ok_or_else(|| Error::not_found(handle))?
    } else {
        let ours = storage::actors::ours(&app.db).await?;
        let mut own = ours.iter().filter(|actor| authors.contains(actor.uri.as_str()));
        let one = own.next().filter(|_| own.next().is_none());
        let city = || ours.iter().find(|actor| actor.role.as_deref() == Some(Role::Mairie.code()));
        one.or_else(city).cloned().ok_or_else(|| Error::not_found("--by"))?
    };
    let silent = [Role::Relay, Role::Feed].map(|role| Some(role.code()));
    if silent.contains(&actor.role.as_deref()) || actor.gone_at.is_some() {
        return Err(Error::invalid("--by", "speaks-not", &actor.handle));
    }
    Ok(actor)
}

/// The same actor says the same of the same recommendations once.
async fn refuse_again(app: &App, rows: &[Row], author: &Actor) -> Result<()> {
    let first = rows[0].uri.as_str();
    let said = confirmed(app, &[first]).await?.remove(first).unwrap_or_default();
    let again = said
        .iter()
        .find(|one| one.row.author == author.uri && rows.iter().all(|row| one.concerns.contains(&row.uri)));
    again.map_or(Ok(()), |one| Err(Error::conflict(one.row.uri.clone())))
}

/// Where people read it: the page its author names, at its own origin, else its id.
fn page_of(row: &Row) -> String {
    let document: serde_json::Value = serde_json::from_str(&row.document).unwrap_or_default();
    let id = Iri::parse(&row.uri).ok();
    let page = document["url"].as_str().and_then(|url| Iri::parse(url).ok());
    let page = page.zip(id).filter(|(page, id)| page.same_origin(id)).map(|(page, _)| page.to_string());
    page.unwrap_or_else(|| row.uri.clone())
}

/// A text in which no sign is Markdown's.
fn literal(text: &str) -> String {
    let escaped = |c: char| c.is_ascii_punctuation().then_some('\\').into_iter().chain([c]);
    text.chars().filter(|c| !c.is_control()).flat_map(escaped).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_title_of_others_is_no_markdown() {
        assert_eq!(super::literal("[x](http://y) *a*"), "\\[x\\]\\(http\\:\\/\\/y\\) \\*a\\*");
    }
}
