//! What others did with a record: their replies, likes and boosts.

use axum::response::Response;
use http::HeaderMap;

use super::{Asked, Collection, PAGE, quoted, records::known, written};
use crate::{
    App, Result,
    domain::Iri,
    federation::{objects, respond},
    storage::{
        reactions,
        records::{self, Cursor, Page},
        replies as citizens,
    },
};

/// `GET {record}/replies`: the records that reply to it and the approved replies of citizens, as ids, the
/// oldest first.
pub async fn replies(app: &App, path: &str, query: Option<&str>, headers: &HeaderMap) -> Response {
    let asked = Asked::parse(query);
    let all = async {
        let id = objects::owner(app, path, "/replies")?;
        known(app, &id).await?;
        let total = records::count_by_parent(&app.db, id.as_str()).await?
            + citizens::count_approved(&app.db, id.as_str()).await?;
        let collection =
            Collection { id: id.join("/replies"), ordered: false, total: Some(total), owner: None };
        if !asked.page {
            return Ok(collection.head());
        }
        let places = merged(app, &id, asked.cursor()?).await?;
        let full = i64::try_from(places.len()).is_ok_and(|length| length == PAGE);
        let next = places.last().filter(|_| full).map(written);
        let ids: Vec<String> = places.into_iter().map(|place| place.uri).collect();
        Ok(collection.page(&asked, &quoted(&ids), next.as_deref()))
    };
    respond::answer(headers, all.await)
}

/// One page of both kinds of replies, merged in the order of their dates.
async fn merged(app: &App, parent: &Iri, after: Option<Cursor>) -> Result<Vec<Cursor>> {
    let from = after.as_ref().map(|at| (at.published.as_str(), at.uri.as_str()));
    let said = citizens::approved(&app.db, parent.as_str(), from, PAGE).await?;
    let page = Page { after: after.clone(), limit: PAGE };
    let mut places: Vec<Cursor> =
        records::by_parent(&app.db, parent.as_str(), &page).await?.iter().map(records::Row::cursor).collect();
    places.extend(said.into_iter().map(|reply| Cursor { published: reply.published, uri: reply.uri }));
    places.sort_by(|a, b| (&a.published, &a.uri).cmp(&(&b.published, &b.uri)));
    places.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    Ok(places)
}

/// `GET {record}/likes`: how many.
pub async fn likes(app: &App, path: &str, headers: &HeaderMap) -> Response {
    respond::answer(headers, tally(app, path, "/likes", "Like").await)
}

/// `GET {record}/shares`: how many.
pub async fn shares(app: &App, path: &str, headers: &HeaderMap) -> Response {
    respond::answer(headers, tally(app, path, "/shares", "Announce").await)
}

async fn tally(app: &App, path: &str, list: &str, kind: &str) -> Result<Response> {
    let id = objects::owner(app, path, list)?;
    known(app, &id).await?;
    let counts = reactions::counts(&app.db, &[id.as_str()]).await?;
    let total = counts.iter().find(|tally| tally.kind == kind).map_or(0, |tally| tally.total);
    let collection = Collection { id: id.join(list), ordered: false, total: Some(total), owner: None };
    Ok(collection.count_only())
}
