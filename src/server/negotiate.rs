//! Page or document: a path that has both answers by `Accept` (ActivityPub §3.2; threats W16). Ids lead
//! machines to the signed text and people to the page; pages lead machines to the id.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Redirect, Response},
};
use uuid::Uuid;

use super::requests::Route;
use crate::{
    App, Result,
    domain::{Iri, Version, said::Said},
    federation::{collections, objects},
    storage,
};

/// Middleware before the pages: documents, collections, redirects between both.
pub async fn page_or_document(State(app): State<App>, request: Request, next: Next) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let (path, query) = (request.uri().path().to_owned(), request.uri().query().map(ToOwned::to_owned));
    let headers = request.headers().clone();
    let asked = Asked { app: &app, path: &path, query: query.as_deref(), headers: &headers };
    let found = if wants_document(&headers) { asked.machine().await } else { asked.person().await };
    let mut response = match found {
        Ok(Some(mut response)) => {
            response.extensions_mut().insert(asked.route());
            response
        }
        Ok(None) => next.run(request).await,
        Err(error) => crate::web::Failure::from(error).into_response(),
    };
    if !response.headers().get_all(header::VARY).iter().any(|value| value == "Accept") {
        response.headers_mut().append(header::VARY, HeaderValue::from_static("Accept"));
    }
    response
}

/// `GET` of an inbox: an empty collection (wire.md §2.4).
pub async fn document(State(app): State<App>, request: Request) -> Response {
    match *request.method() {
        Method::GET | Method::HEAD => collections::inbox(&app, request.uri().path(), request.headers()).await,
        _ => (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD, POST")]).into_response(),
    }
}

/// Whether ActivityPub comes before HTML in what is accepted; a client that says nothing gets the page.
fn wants_document(headers: &HeaderMap) -> bool {
    let accept = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut best = (0.0f32, false);
    for entry in accept.flat_map(|value| value.split(',')) {
        let mut parts = entry.split(';').map(str::trim);
        let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
        let weight =
            parts.find_map(|part| part.strip_prefix("q=")).and_then(|q| q.parse().ok()).unwrap_or(1.0);
        let document =
            matches!(kind.as_str(), "application/activity+json" | "application/ld+json" | "application/json");
        let page = matches!(kind.as_str(), "text/html" | "application/xhtml+xml" | "text/*" | "*/*");
        if (document || page) && weight > best.0 {
            best = (weight, document);
        }
    }
    best.1
}

/// A GET, looked at as a path.
struct Asked<'a> {
    app: &'a App,
    path: &'a str,
    query: Option<&'a str>,
    headers: &'a HeaderMap,
}

impl Asked<'_> {
    /// The path without what names one record or actor: `/avis/{id}/replies`. The parts are few, since something
    /// answered them.
    fn route(&self) -> Route {
        Route(match self.segments().as_slice() {
            [profile] if profile.starts_with('@') => "/{named}".to_owned(),
            ["ns", version] => format!("/ns/{version}"),
            [folder] => format!("/{folder}"),
            [folder, _] => format!("/{folder}/{{id}}"),
            [folder, _, "versions", _] => format!("/{folder}/{{id}}/versions/{{n}}"),
            [folder, _, part, ..] => format!("/{folder}/{{id}}/{part}"),
            [] => "/".to_owned(),
        })
    }

    /// What a machine gets; none: there is only a page.
    async fn machine(&self) -> Result<Option<Response>> {
        if let Some(response) = self.collection().await {
            return Ok(Some(response));
        }
        let segments = self.segments();
        Ok(match segments.as_slice() {
            ["actors", _] => Some(objects::actor(self.app, self.path, self.headers).await),
            [folder, id] if is_folder(folder) && is_id(id) => {
                Some(objects::record(self.app, self.path, self.headers).await)
            }
            [folder, slug] if is_folder(folder) => self.id_of_page(folder, slug).await?,
            [profile] if profile.starts_with('@') => {
                let actor = storage::actors::by_handle(&self.app.db, &profile[1..]).await?;
                actor.map(|actor| Redirect::to(&actor.uri).into_response())
            }
            _ => None,
        })
    }

    /// What a person gets in place of a page of that path: the page of an id.
    async fn person(&self) -> Result<Option<Response>> {
        if let Some(response) = self.collection().await {
            return Ok(Some(response));
        }
        let segments = self.segments();
        let page = match segments.as_slice() {
            ["actors", _] => {
                let id = objects::named(self.app, self.path)?;
                storage::actors::get(&self.app.db, id.as_str()).await?.and_then(|actor| actor.url)
            }
            [folder, id] if is_folder(folder) && is_id(id) => self.page_of_id().await?,
            _ => None,
        };
        Ok(page.map(|page| Redirect::to(&page).into_response()))
    }

    /// Collections and versions exist as documents only.
    async fn collection(&self) -> Option<Response> {
        let Self { app, path, query, headers } = *self;
        Some(match self.segments().as_slice() {
            ["ns", "v1"] => objects::vocabulary(headers),
            ["activities", _] => objects::activity(app, path, headers).await,
            ["contexts", _] => collections::context(app, path, query, headers).await,
            ["actors", _, "outbox"] => collections::outbox(app, path, query, headers).await,
            ["actors", _, "followers"] => collections::followers(app, path, query, headers).await,
            ["actors", _, "following"] => collections::following(app, path, query, headers).await,
            ["actors", _, "intake"] => collections::intake(app, path, query, headers).await,
            ["actors", _, "featured"] => collections::featured(app, path, headers).await,
            ["actors", _, "saisines"] => collections::questions(app, path, query, headers).await,
            ["actors", _, "avis"] => collections::avis(app, path, query, headers).await,
            ["actors", _, "contributions"] => collections::contributions(app, path, headers).await,
            ["avis", _, "recommandations"] => collections::recommendations(app, path, headers).await,
            ["recommandations", _, "reponses"] => collections::answers(app, path, query, headers).await,
            [folder, _, "replies"] if is_folder(folder) => {
                collections::replies(app, path, query, headers).await
            }
            [folder, _, "likes"] if is_folder(folder) => collections::likes(app, path, headers).await,
            [folder, _, "shares"] if is_folder(folder) => collections::shares(app, path, headers).await,
            ["actors", id, "versions", number] => self.version("actors", id, number).await?,
            [folder, id, "versions", number] if is_folder(folder) => self.version(folder, id, number).await?,
            _ => return None,
        })
    }

    /// One version of a record or an actor.
    async fn version(&self, folder: &str, id: &str, number: &str) -> Option<Response> {
        let number = number.parse().ok()?;
        Some(objects::version(self.app, &format!("/{folder}/{id}"), number, self.headers).await)
    }

    /// The id behind a page.
    async fn id_of_page(&self, folder: &str, slug: &str) -> Result<Option<Response>> {
        for (kind, _) in Said::FOLDERS.iter().filter(|(_, of)| *of == folder) {
            if let Some(row) = storage::records::by_slug(&self.app.db, kind, slug).await? {
                return Ok(Some(Redirect::to(&row.uri).into_response()));
            }
        }
        Ok(None)
    }

    /// The page of an id of ours: what its document says; of a withdrawn record, what it said last.
    async fn page_of_id(&self) -> Result<Option<String>> {
        let Ok(id) = Iri::parse(&format!("{}{}", self.app.urls.base(), self.path)) else { return Ok(None) };
        // Kept as an archive, without its author's key.
        if storage::records::get(&self.app.db, id.as_str()).await?.is_some_and(|row| !row.ours) {
            return Ok(Some(self.app.urls.at(&format!("/recus/{}", id.key())).to_string()));
        }
        let history = storage::versions::history(&self.app.db, id.as_str()).await?;
        let texts = history.iter().rev().filter_map(|version| version.document.as_deref());
        let mut texts = texts;
        Ok(texts.find_map(|text| match Version::parse(text) {
            Ok(Version::Record(record)) => record.envelope.url.map(|url| url.to_string()),
            _ => None,
        }))
    }

    fn segments(&self) -> Vec<&str> {
        self.path.trim_matches('/').split('/').collect()
    }
}

/// Whether a folder holds records.
fn is_folder(segment: &str) -> bool {
    Said::FOLDERS.iter().any(|(_, folder)| *folder == segment)
}

/// Whether a segment is the random part of an id rather than the slug of a page.
fn is_id(segment: &str) -> bool {
    segment.len() == 36 && Uuid::try_parse(segment).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(accept: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, accept.parse().unwrap());
        wants_document(&headers)
    }

    #[test]
    fn what_comes_first_in_accept_decides_w16() {
        for document in [
            "application/activity+json",
            "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"",
            "application/activity+json, text/html;q=0.5",
            "text/html;q=0.4, application/activity+json;q=0.9",
        ] {
            assert!(accepts(document), "{document}");
        }
        for page in
            ["text/html", "*/*", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", ""]
        {
            assert!(!accepts(page), "{page}");
        }
    }
}
