//! The directory of nodes and of who speaks on them, from what each says of itself: its node actor, its councils, what
//! came from it and when (requirement 4.9). Blocked servers are not in it.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    App, Result,
    domain::{Role, canonical},
    storage::{
        actors::{self, Actor, Known},
        follows,
        hosts::{self, Host},
        records,
    },
};

/// What a council is called here; as its role.
pub const COUNCIL: &str = Role::Council.code();
/// And a convention.
pub const CONVENTION: &str = Role::Convention.code();

/// A node.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its authority.
    pub host: String,
    /// Whose it is, as it says.
    pub name: String,
    /// Its site.
    pub url: String,
    /// Whether it is this one.
    pub ours: bool,
    /// Whether an actor of ours follows it.
    pub followed: bool,
    /// What runs there.
    pub software: Option<String>,
    /// How it is, as seen from here: `well`, `retrying`, `suspended` or `limited`.
    pub health: &'static str,
    /// When it was last heard.
    pub seen: Option<i64>,
    /// What it published last, among what is here.
    pub latest: Option<String>,
}

/// What speaks on a node, and is followed as one: a council, or a convention.
#[derive(Clone, Debug)]
pub struct Body {
    /// What it is: `council` or `convention`.
    pub kind: &'static str,
    /// The actor.
    pub actor: Actor,
    /// The name of its handle: `rennes.example`.
    pub domain: String,
    /// Its Atom feed.
    pub feed: String,
    /// What it published last, among what is here.
    pub latest: Option<String>,
}

/// Both, in the order they are shown in: what is ours, then by name.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    /// The nodes.
    pub nodes: Vec<Node>,
    /// Their councils and conventions.
    pub bodies: Vec<Body>,
}

impl Directory {
    /// The bodies whose feeds are worth reading from here: ours, and those of the nodes that we follow.
    pub fn followed(&self) -> impl Iterator<Item = (&Node, Vec<&Body>)> {
        self.nodes
            .iter()
            .filter(|node| node.ours || node.followed)
            .map(|node| (node, self.bodies.iter().filter(|body| body.actor.host == node.host).collect()))
    }
}

/// Reads it.
///
/// # Errors
/// Those of the database.
pub async fn directory(app: &App) -> Result<Directory> {
    let mut by_host: BTreeMap<String, Vec<Known>> = BTreeMap::new();
    for known in actors::speakers(&app.db).await? {
        by_host.entry(known.actor.host.clone()).or_default().push(known);
    }
    let followed: BTreeSet<String> = follows::ties(&app.db)
        .await?
        .into_iter()
        .filter(|tie| tie.ours && tie.state == "accepted")
        .map(|tie| tie.host)
        .collect();
    let own = by_host.remove(app.urls.host()).unwrap_or_default();
    let mut directory = Directory::default();
    directory.nodes.push(Node {
        host: app.urls.host().to_owned(),
        name: app.config.city.name.clone(),
        url: app.urls.base().to_owned(),
        ours: true,
        followed: false,
        software: Some(format!("parvis {}", env!("CARGO_PKG_VERSION"))),
        health: "well",
        seen: None,
        latest: latest(&own),
    });
    directory.bodies.extend(bodies(own, &app.config.domain));
    let peers = hosts::peers(&app.db).await?.into_iter().filter(|host| host.policy != "blocked");
    let mut others: Vec<(Node, Vec<Known>)> = peers
        .map(|host| {
            let known = by_host.remove(&host.host).unwrap_or_default();
            (node(&host, &known, followed.contains(&host.host)), known)
        })
        .collect();
    others.sort_by(|(a, _), (b, _)| (&a.name, &a.host).cmp(&(&b.name, &b.host)));
    for (node, known) in others {
        directory.bodies.extend(bodies(known, &node.host));
        directory.nodes.push(node);
    }
    conventions(app, &mut directory.bodies).await?;
    Ok(directory)
}

/// A Group says nothing itself: what came last of a convention is what was last said in it.
async fn conventions(app: &App, bodies: &mut [Body]) -> Result<()> {
    let mut groups: Vec<&mut Body> = bodies.iter_mut().filter(|body| body.kind == CONVENTION).collect();
    let uris: Vec<String> = groups.iter().map(|body| body.actor.uri.clone()).collect();
    let said = records::concerning(&app.db, &uris, "convention").await?;
    for body in &mut groups {
        let own = said.iter().filter(|one| one.target == body.actor.uri).map(|one| &one.record);
        body.latest = own.map(|row| row.updated.as_ref().unwrap_or(&row.published)).max().cloned();
    }
    Ok(())
}

/// A peer, as it calls itself: its city if it is known, else its node actor.
fn node(host: &Host, known: &[Known], followed: bool) -> Node {
    let by_id = |id: Option<&str>| known.iter().find(|one| Some(one.actor.uri.as_str()) == id);
    let city = known.iter().find_map(|one| by_id(one.actor.city.as_deref()));
    let named = city.or_else(|| by_id(host.relay.as_deref()));
    let any = named.or_else(|| known.first()).map(|one| one.actor.uri.as_str()).or(host.relay.as_deref());
    Node {
        host: host.host.clone(),
        name: named.map_or_else(|| host.host.clone(), |one| one.actor.name.clone()),
        url: any.map_or_else(|| format!("https://{}", host.host), site),
        ours: false,
        followed,
        software: host.software.clone(),
        health: match (host.policy.as_str(), host.state) {
            ("limited", _) => "limited",
            (_, hosts::WELL) => "well",
            (_, hosts::SUSPENDED) => "suspended",
            _ => "retrying",
        },
        seen: host.last_seen_at,
        latest: latest(known),
    }
}

/// Scheme and authority of an id.
fn site(id: &str) -> String {
    crate::domain::Iri::parse(id).map_or_else(|_| id.to_owned(), |id| id.origin().to_owned())
}

fn latest(known: &[Known]) -> Option<String> {
    known.iter().filter_map(|one| one.latest.clone()).max()
}

fn bodies(known: Vec<Known>, domain: &str) -> Vec<Body> {
    let mut bodies: Vec<Body> = known
        .into_iter()
        .filter_map(|Known { actor, latest }| {
            let (kind, feed) = (kind(&actor)?, feed(&actor));
            Some(Body { kind, feed, latest, domain: domain.to_owned(), actor })
        })
        .collect();
    bodies.sort_by(|a, b| (&a.actor.name, &a.actor.uri).cmp(&(&b.actor.name, &b.actor.uri)));
    bodies
}

/// The Atom feed of a council or of a convention, ours or another's.
#[must_use]
pub fn feed(actor: &Actor) -> String {
    format!("{}/flux/{}.atom", site(&actor.uri), actor.handle)
}

/// What an actor is: ours by its role, another's by what its document says of it.
fn kind(actor: &Actor) -> Option<&'static str> {
    if actor.ours {
        return [COUNCIL, CONVENTION].into_iter().find(|kind| actor.role.as_deref() == Some(*kind));
    }
    let said = canonical::read(&actor.document).ok()?;
    let says = |term: &str| said.contains_key(term);
    match actor.kind.as_str() {
        "Group" if says("parvis:contributions") => Some(CONVENTION),
        "Organization" if says("parvis:city") && says("parvis:avisIssued") => Some(COUNCIL),
        _ => None,
    }
}
