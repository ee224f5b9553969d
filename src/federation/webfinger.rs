//! WebFinger (RFC 7033) and host-meta (RFC 6415): from a handle, a profile or the node's own address to the
//! id of an actor (checklist 31 to 43).

use activitypub_federation::fetch::webfinger::{Webfinger, WebfingerLink};
use axum::{extract::State, response::Response};
use http::{HeaderMap, Uri};
use url::Url;

use super::respond;
use crate::{
    App, Error, Result,
    domain::Iri,
    federation::media::ACTIVITY_JSON,
    storage::actors::{self, Actor},
};

/// `rel` of a node actor (FEP-d556).
const SERVICE: &str = "https://www.w3.org/ns/activitystreams#Service";

/// `GET /.well-known/webfinger?resource=…`: 400 when the resource is missing or malformed, 404 when nobody
/// here has that name. The same document for every name of an actor; `rel` filters the links.
pub async fn webfinger(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Response {
    respond::answer(&headers, answer(&app, uri.query().unwrap_or_default()).await)
}

async fn answer(app: &App, query: &str) -> Result<Response> {
    let pairs: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).collect();
    let mut resources = pairs.iter().filter(|(name, _)| name == "resource").map(|(_, value)| value.as_ref());
    let (resource, None) = (resources.next().unwrap_or_default(), resources.next()) else {
        return Err(Error::invalid("resource", "webfinger-resource", "given twice"));
    };
    let rels: Vec<_> = pairs.iter().filter(|(name, _)| name == "rel").map(|(_, rel)| rel.as_ref()).collect();
    let name = Name::parse(app, resource)?;
    let actor = find(app, &name).await?.filter(|actor| actor.gone_at.is_none());
    let actor = actor.ok_or_else(|| Error::not_found(resource))?;
    let mut document = describe(app, &actor, &name)?;
    if !rels.is_empty() {
        document.links.retain(|link| link.rel.as_deref().is_some_and(|rel| rels.contains(&rel)));
    }
    Ok(respond::text(respond::JRD, serde_json::to_string(&document).map_err(Error::internal)?))
}

/// What a resource names.
#[derive(Debug, PartialEq, Eq)]
enum Name {
    /// The user part of a handle of ours.
    Handle(String),
    /// The id of an actor.
    Id(String),
    /// The node itself (FEP-d556).
    Node,
    /// Somebody else's name.
    Elsewhere,
}

impl Name {
    fn parse(app: &App, resource: &str) -> Result<Self> {
        let malformed = || Error::invalid("resource", "webfinger-resource", resource);
        if let Some(acct) = resource.strip_prefix("acct:") {
            let acct = acct.strip_prefix('@').unwrap_or(acct);
            let (user, domain) = acct.rsplit_once('@').ok_or_else(malformed)?;
            if user.is_empty() || domain.is_empty() || user.contains('@') {
                return Err(malformed());
            }
            let here = domain.eq_ignore_ascii_case(&app.config.domain)
                || domain.eq_ignore_ascii_case(app.urls.host());
            return Ok(if here { Self::Handle(user.to_ascii_lowercase()) } else { Self::Elsewhere });
        }
        let iri = Iri::parse(resource).map_err(|_| malformed())?;
        Ok(match app.urls.path(&iri) {
            Some("" | "/") => Self::Node,
            Some(path) => match path.strip_prefix("/@") {
                Some(handle) => Self::Handle(handle.to_ascii_lowercase()),
                None => Self::Id(resource.to_owned()),
            },
            // An actor of ours may have been minted elsewhere: it moved here (register.md rule 1).
            None => Self::Id(resource.to_owned()),
        })
    }
}

async fn find(app: &App, name: &Name) -> Result<Option<Actor>> {
    match name {
        Name::Handle(handle) => actors::by_handle(&app.db, handle).await,
        Name::Id(id) => Ok(actors::get(&app.db, id).await?.filter(|actor| actor.ours)),
        Name::Node => Ok(actors::by_role(&app.db, "relay").await?.into_iter().next()),
        Name::Elsewhere => Ok(None),
    }
}

fn describe(app: &App, actor: &Actor, name: &Name) -> Result<Webfinger> {
    let acct = format!("acct:{}@{}", actor.handle, app.config.domain);
    let page = match &actor.url {
        Some(page) => Iri::parse(page)?,
        None => app.urls.profile(&actor.handle),
    };
    let id = Iri::parse(&actor.uri)?;
    let link = |rel: &str, kind: &str, href: &Iri| WebfingerLink {
        rel: Some(rel.to_owned()),
        kind: Some(kind.to_owned()),
        href: Some(href.url()),
        ..WebfingerLink::default()
    };
    let mut links = vec![
        link("self", ACTIVITY_JSON, &id),
        link("http://webfinger.net/rel/profile-page", "text/html", &page),
    ];
    let mut aliases = vec![page.url(), id.url()];
    let mut subject = acct.clone();
    if *name == Name::Node {
        links.push(link(SERVICE, ACTIVITY_JSON, &id));
        aliases.extend(Url::parse(&acct));
        subject = format!("{}/", app.urls.base());
    }
    Ok(Webfinger { subject, links, aliases, ..Webfinger::default() })
}

/// `GET /.well-known/host-meta`: where WebFinger is, for servers that look there first.
pub async fn host_meta(State(app): State<App>, headers: HeaderMap) -> Response {
    let base = app.urls.base();
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<XRD xmlns=\"http://docs.oasis-open.org/ns/xri/xrd-1.0\">\n  \
         <Link rel=\"lrdd\" type=\"application/jrd+json\" \
         template=\"{base}/.well-known/webfinger?resource={{uri}}\"/>\n</XRD>\n"
    );
    respond::unless_known(&headers, respond::text("application/xrd+xml; charset=utf-8", body))
}
