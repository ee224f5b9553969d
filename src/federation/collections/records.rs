//! Collections of records: by author, by avis, by thread.

use axum::response::Response;
use http::HeaderMap;

use super::{Asked, Collection, PAGE, quoted, written};
use crate::{
    App, Error, Result,
    actions::conventions,
    domain::Iri,
    federation::{objects, respond},
    storage::{
        moves,
        records::{self, Page, Row},
    },
};

/// Latest avis shown on top of a profile; Mastodon shows no more.
const FEATURED: i64 = 5;

/// One list of records in its order: how many there are, and one page of them.
struct Listed {
    collection: Collection,
    rows: Vec<Row>,
}

impl Listed {
    fn answer(&self, asked: &Asked) -> Response {
        if !asked.page {
            return self.collection.head();
        }
        let full = i64::try_from(self.rows.len()).is_ok_and(|length| length == PAGE);
        let next = self.rows.last().filter(|_| full).map(|last| written(&last.cursor()));
        self.collection.page(asked, &quoted(&ids(&self.rows)), next.as_deref())
    }
}

fn ids(rows: &[Row]) -> Vec<String> {
    rows.iter().map(|row| row.uri.clone()).collect()
}

fn page_of(asked: &Asked) -> Result<Page> {
    Ok(Page { after: asked.cursor()?, limit: if asked.page { PAGE } else { 0 } })
}

/// `GET {actor}/featured`: the ids of its latest avis, or of what it said last in each of its threads, so that
/// whoever follows late finds where things stand (checklist 67, moonshot 8).
pub async fn featured(app: &App, path: &str, headers: &HeaderMap) -> Response {
    let all = async {
        let actor = objects::owner(app, path, "/featured")?;
        objects::ours(app, &actor).await?;
        let rows = records::by_author(&app.db, actor.as_str(), "Avis", &Page::first(FEATURED)).await?;
        let mut rows: Vec<Row> = rows.into_iter().filter(|row| !row.withdrawn).collect();
        if rows.is_empty() {
            rows = records::stated(&app.db, actor.as_str(), FEATURED).await?;
        }
        let total = i64::try_from(rows.len()).unwrap_or(FEATURED);
        Ok(Collection::of(actor.join("/featured"), total).whole(&ids(&rows)))
    };
    respond::answer(headers, all.await)
}

/// `GET {council}/avis`: its avis, the latest first.
pub async fn avis(app: &App, path: &str, query: Option<&str>, headers: &HeaderMap) -> Response {
    let asked = Asked::parse(query);
    let all = async {
        let actor = objects::owner(app, path, "/avis")?;
        objects::ours(app, &actor).await?;
        let total = records::count_by_author(&app.db, actor.as_str(), "Avis").await?;
        let rows = records::by_author(&app.db, actor.as_str(), "Avis", &page_of(&asked)?).await?;
        Ok(Listed { collection: Collection::of(actor.join("/avis"), total), rows }.answer(&asked))
    };
    respond::answer(headers, all.await)
}

/// `GET {convention}/contributions`: what its members contribute, the oldest first (register.md rule 11).
pub async fn contributions(app: &App, path: &str, headers: &HeaderMap) -> Response {
    let all = async {
        let group = objects::owner(app, path, "/contributions")?;
        objects::ours(app, &group).await?;
        let known = conventions::of_group(app, &group).await?;
        let known = known.ok_or_else(|| Error::not_found(group.as_str()))?;
        let rows: Vec<Row> = known.contributions().cloned().collect();
        let total = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let mut collection = Collection::of(group.join("/contributions"), total);
        collection.owner = Some(group.to_string());
        Ok(collection.whole(&ids(&rows)))
    };
    respond::answer(headers, all.await)
}

/// `GET {council}/saisines`: the questions put to it and those it put to itself, the latest first.
pub async fn questions(app: &App, path: &str, query: Option<&str>, headers: &HeaderMap) -> Response {
    let asked = Asked::parse(query);
    let all = async {
        let actor = objects::owner(app, path, "/saisines")?;
        objects::ours(app, &actor).await?;
        let total = records::count_questions_to(&app.db, actor.as_str()).await?;
        let rows = records::questions_to(&app.db, actor.as_str(), &page_of(&asked)?).await?;
        Ok(Listed { collection: Collection::of(actor.join("/saisines"), total), rows }.answer(&asked))
    };
    respond::answer(headers, all.await)
}

/// `GET {avis}/recommandations`: in the order of the avis, by its author alone.
pub async fn recommendations(app: &App, path: &str, headers: &HeaderMap) -> Response {
    let all = async {
        let id = objects::owner(app, path, "/recommandations")?;
        let avis = known(app, &id).await?;
        let rows = records::by_avis(&app.db, id.as_str()).await?;
        let own = |row: &Row| row.kind == "Recommendation" && row.author == avis.author && !row.withdrawn;
        let rows: Vec<Row> = rows.into_iter().filter(own).collect();
        let total = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let mut collection = Collection::of(id.join("/recommandations"), total);
        collection.owner = Some(avis.author);
        Ok(collection.whole(&ids(&rows)))
    };
    respond::answer(headers, all.await)
}

/// `GET {recommendation}/reponses`: the answers it got, the latest first (checklist 10).
pub async fn answers(app: &App, path: &str, query: Option<&str>, headers: &HeaderMap) -> Response {
    let asked = Asked::parse(query);
    let all = async {
        let id = objects::owner(app, path, "/reponses")?;
        let row = known(app, &id).await?;
        let moves = moves::known(&app.db).await?;
        let addressee = row.addressee.as_deref().map(|addressee| moves.all(addressee)).unwrap_or_default();
        let total = records::count_answers(&app.db, id.as_str(), &addressee).await?;
        let rows = records::answers(&app.db, id.as_str(), &addressee, &page_of(&asked)?).await?;
        Ok(Listed { collection: Collection::of(id.join("/reponses"), total), rows }.answer(&asked))
    };
    respond::answer(headers, all.await)
}

/// `GET /contexts/{uuid}`: the thread (FEP-f228), the oldest first, held by the council it is about.
pub async fn context(app: &App, path: &str, query: Option<&str>, headers: &HeaderMap) -> Response {
    let asked = Asked::parse(query);
    let all = async {
        let id = objects::named(app, path)?;
        let total = records::count_by_context(&app.db, id.as_str()).await?;
        let first = records::by_context(&app.db, id.as_str(), &Page::first(1)).await?;
        let first = first.into_iter().next().ok_or_else(|| Error::not_found(id.as_str()))?;
        let rows = records::by_context(&app.db, id.as_str(), &page_of(&asked)?).await?;
        let mut collection = Collection::of(id, total);
        collection.owner = Some(council_of(first));
        Ok(Listed { collection, rows }.answer(&asked))
    };
    respond::answer(headers, all.await)
}

/// The council of a thread: the one its question is put to; the author of anything else that begins one.
fn council_of(first: Row) -> String {
    match (first.kind.as_str(), first.addressee) {
        ("Saisine", Some(council)) => council,
        _ => first.author,
    }
}

/// A record that is here.
pub(super) async fn known(app: &App, id: &Iri) -> Result<Row> {
    records::get(&app.db, id.as_str()).await?.ok_or_else(|| Error::not_found(id.as_str()))
}
