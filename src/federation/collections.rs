//! Collections (wire.md §2.4): heads with a true count, pages with `partOf` and `next`, every list in a
//! total order, one query per page. Lists of records hold their ids; the outbox holds whole activities.
//! Each function takes the path of the collection itself.

mod records;
mod replies;

use axum::response::Response;
use http::HeaderMap;
use serde_json::{Value, json};

pub use records::{answers, avis, context, contributions, featured, questions, recommendations};
pub use replies::{likes, replies, shares};

use super::{objects, respond};
use crate::{
    App, Error, Result,
    domain::{Iri, context::AS2},
    storage::{follows, offers, outbox, records::Cursor},
};

/// Ids on a page.
pub(super) const PAGE: i64 = 50;
/// Activities on a page of an outbox, each with its object.
const ACTIVITIES: i64 = 20;

/// What was asked of a collection: its head, or a page of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    page: bool,
    after: Option<String>,
}

impl Asked {
    /// From the query: `?page=1`, `?page=1&after=…`.
    pub(super) fn parse(query: Option<&str>) -> Self {
        let mut asked = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            match name.as_ref() {
                "page" => asked.page = true,
                "after" => asked.after = Some(value.into_owned()),
                _ => {}
            }
        }
        asked
    }

    /// The place in a list sorted by date and id.
    fn cursor(&self) -> Result<Option<Cursor>> {
        let Some(after) = &self.after else { return Ok(None) };
        let (published, uri) =
            after.split_once(' ').ok_or_else(|| Error::invalid("after", "cursor", after.as_str()))?;
        Ok(Some(Cursor { published: published.to_owned(), uri: uri.to_owned() }))
    }

    /// The place in an outbox, sorted by date and number.
    fn place(&self) -> Result<Option<(&str, i64)>> {
        let Some(after) = &self.after else { return Ok(None) };
        let place = after.split_once(' ').and_then(|(date, seq)| Some((date, seq.parse().ok()?)));
        place.map(Some).ok_or_else(|| Error::invalid("after", "cursor", after.as_str()))
    }
}

/// A collection, its name and its count.
pub(super) struct Collection {
    /// Its id.
    pub id: Iri,
    /// Whether its items have an order.
    pub ordered: bool,
    /// How many items; `None` leaves the count out.
    pub total: Option<i64>,
    /// Whose it is, where that is said.
    pub owner: Option<String>,
}

impl Collection {
    fn of(id: Iri, total: i64) -> Self {
        Self { id, ordered: true, total: Some(total), owner: None }
    }

    /// The head of a paged collection.
    fn head(&self) -> Response {
        let mut head = self.document(if self.ordered { "OrderedCollection" } else { "Collection" });
        head["first"] = json!(self.page_id(None));
        respond::activity(head.to_string())
    }

    /// A collection of which nothing but the count is shown.
    fn count_only(&self) -> Response {
        respond::activity(
            self.document(if self.ordered { "OrderedCollection" } else { "Collection" }).to_string(),
        )
    }

    /// A whole collection, short enough to need no pages.
    fn whole(&self, items: &[String]) -> Response {
        let head = self.document(if self.ordered { "OrderedCollection" } else { "Collection" });
        respond::activity(respond::with_texts(&head, self.member(), &quoted(items)))
    }

    /// One page: `texts` are JSON, `next` is where the list goes on.
    fn page(&self, asked: &Asked, texts: &[String], next: Option<&str>) -> Response {
        let mut page = json!({
            "@context": AS2,
            "id": self.page_id(asked.after.as_deref()),
            "type": if self.ordered { "OrderedCollectionPage" } else { "CollectionPage" },
            "partOf": self.id,
        });
        if let Some(total) = self.total {
            page["totalItems"] = json!(total);
        }
        if let Some(next) = next {
            page["next"] = json!(self.page_id(Some(next)));
        }
        respond::activity(respond::with_texts(&page, self.member(), texts))
    }

    fn document(&self, kind: &str) -> Value {
        let mut head = json!({ "@context": AS2, "id": self.id, "type": kind });
        if let Some(owner) = &self.owner {
            head["attributedTo"] = json!(owner);
        }
        if let Some(total) = self.total {
            head["totalItems"] = json!(total);
        }
        head
    }

    fn page_id(&self, after: Option<&str>) -> String {
        let Some(after) = after else { return format!("{}?page=1", self.id) };
        let after: String = url::form_urlencoded::byte_serialize(after.as_bytes()).collect();
        format!("{}?page=1&after={after}", self.id)
    }

    const fn member(&self) -> &'static str {
        if self.ordered { "orderedItems" } else { "items" }
    }
}

/// Ids as JSON texts.
fn quoted(ids: &[String]) -> Vec<String> {
    ids.iter().map(|id| Value::from(id.as_str()).to_string()).collect()
}

/// The cursor of a list sorted by date and id, as written in `after`.
fn written(cursor: &Cursor) -> String {
    format!("{} {}", cursor.published, cursor.uri)
}

/// `GET {actor}/outbox`: what the actor said to everybody, the latest first.
pub async fn outbox(app: &App, path: &str, query: Option<&str>, headers: &HeaderMap) -> Response {
    respond::answer(headers, said(app, path, &Asked::parse(query)).await)
}

async fn said(app: &App, path: &str, asked: &Asked) -> Result<Response> {
    let actor = objects::owner(app, path, "/outbox")?;
    objects::ours(app, &actor).await?;
    let total = outbox::count(&app.db, actor.as_str()).await?;
    let collection = Collection::of(actor.join("/outbox"), total);
    if !asked.page {
        return Ok(collection.head());
    }
    let rows = outbox::page(&app.db, actor.as_str(), asked.place()?, ACTIVITIES).await?;
    let full = i64::try_from(rows.len()).is_ok_and(|length| length == ACTIVITIES);
    let next = rows.last().filter(|_| full).map(|last| format!("{} {}", last.published, last.seq));
    let texts: Vec<String> = rows.into_iter().map(|row| row.document).collect();
    Ok(collection.page(asked, &texts, next.as_deref()))
}

/// `GET {actor}/followers`: how many, and pages without names; who follows a city is nobody's business.
pub async fn followers(app: &App, path: &str, query: Option<&str>, headers: &HeaderMap) -> Response {
    respond::answer(headers, follow(app, path, "/followers", &Asked::parse(query)).await)
}

/// `GET {actor}/following`: how many, and pages without names.
pub async fn following(app: &App, path: &str, query: Option<&str>, headers: &HeaderMap) -> Response {
    respond::answer(headers, follow(app, path, "/following", &Asked::parse(query)).await)
}

async fn follow(app: &App, path: &str, list: &str, asked: &Asked) -> Result<Response> {
    let actor = objects::owner(app, path, list)?;
    objects::ours(app, &actor).await?;
    let total = match list {
        "/followers" => follows::count_followers(&app.db, actor.as_str()).await?,
        _ => follows::count_following(&app.db, actor.as_str()).await?,
    };
    let collection = Collection::of(actor.join(list), total);
    Ok(if asked.page { collection.page(asked, &[], None) } else { collection.head() })
}

/// `GET {actor}/intake`: how much was offered to it, and pages without what; it is on our page of positions.
pub async fn intake(app: &App, path: &str, query: Option<&str>, headers: &HeaderMap) -> Response {
    let asked = Asked::parse(query);
    let all = async {
        let actor = objects::owner(app, path, "/intake")?;
        objects::ours(app, &actor).await?;
        let total = offers::count(&app.db, actor.as_str()).await?;
        let collection = Collection::of(actor.join("/intake"), total);
        Ok(if asked.page { collection.page(&asked, &[], None) } else { collection.head() })
    };
    respond::answer(headers, all.await)
}

/// `GET {actor}/inbox` and `GET /inbox`: empty; what was received is shown where it belongs (checklist 7, 26).
pub async fn inbox(app: &App, path: &str, headers: &HeaderMap) -> Response {
    let all = async {
        let collection = Collection::of(objects::named(app, path)?, 0);
        if let Some(actor) = path.strip_suffix("/inbox").filter(|actor| !actor.is_empty()) {
            objects::ours(app, &objects::named(app, actor)?).await?;
        }
        Ok(collection.whole(&[]))
    };
    respond::answer(headers, all.await)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_names_its_collection_and_the_next_page() {
        let id = Iri::parse("https://rennes.example/contexts/1").unwrap();
        let collection = Collection::of(id, 3);
        let place = Cursor {
            published: "2026-03-09T08:02:00Z".to_owned(),
            uri: "https://rennes.example/avis/1".to_owned(),
        };
        let next = collection.page_id(Some(&written(&place)));
        let asked = Asked::parse(next.split_once('?').map(|(_, query)| query));
        assert!(asked.page);
        assert_eq!(asked.cursor().unwrap(), Some(place));
        assert!(Asked::parse(Some("page=1&after=x")).cursor().is_err());
        assert!(Asked::parse(Some("page=1&after=x")).place().is_err());
        assert_eq!(Asked::parse(None), Asked::default());
    }
}
