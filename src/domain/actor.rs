//! Actors as documents: who speaks and how to reach them. Ours are records too, versioned and signed
//! (register.md rule 6).

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Hash, Instant, Iri, Problem,
    canonical::Document,
    context,
    record::{Claim, one_or_many, take, to_map},
};

/// What a peer's node actor implements (FEP-844e).
pub const CAPABILITY: &str = "https://w3id.org/parvis/v1";

/// The five types of actors.
pub const TYPES: [&str; 5] = ["Person", "Organization", "Group", "Application", "Service"];

/// What an actor of ours is for (wire.md §2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The node itself: signs fetches, talks to other nodes.
    Relay,
    /// The city hall, or the upper tier's body: author of saisines and answers.
    Mairie,
    /// A council.
    Council,
    /// Watches over the method of a council; the city does not speak for it (requirement 2.5).
    Guarantor,
    /// The city feed: distributes, never speaks.
    Feed,
    /// A convention of several cities: distributes what its members contribute (register.md rule 11).
    Convention,
}

impl Role {
    /// The code kept in the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Relay => "relay",
            Self::Mairie => "mairie",
            Self::Council => "council",
            Self::Guarantor => "guarantor",
            Self::Feed => "feed",
            Self::Convention => "convention",
        }
    }

    /// The role of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        let all = [Self::Relay, Self::Mairie, Self::Council, Self::Guarantor, Self::Feed, Self::Convention];
        all.into_iter().find(|role| role.code() == code)
    }

    /// The ActivityStreams type.
    #[must_use]
    pub const fn actor_type(self) -> &'static str {
        match self {
            Self::Relay => "Application",
            Self::Mairie | Self::Council | Self::Guarantor => "Organization",
            Self::Feed | Self::Convention => "Group",
        }
    }
}

/// An actor of a Parvis node, in wire form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "the form other servers read")]
pub struct Actor {
    /// Its id.
    pub id: Iri,
    /// Organization, Group or Application.
    #[serde(rename = "type")]
    pub actor_type: String,
    /// User part of its handle.
    #[serde(rename = "preferredUsername")]
    pub handle: String,
    /// FEP-2c59: its handle, without `@` in front.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webfinger: Option<String>,
    /// Its name.
    pub name: String,
    /// Who it is, in HTML.
    #[serde(default)]
    pub summary: String,
    /// Profile page.
    pub url: Iri,
    /// When it was made here.
    pub published: Instant,
    /// Absent in version 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated: Option<Instant>,
    /// Where it receives.
    pub inbox: Iri,
    /// What it sent.
    pub outbox: Iri,
    /// Who follows it.
    pub followers: Iri,
    /// Whom it follows.
    pub following: Iri,
    /// Its latest avis.
    pub featured: Iri,
    /// The shared inbox.
    pub endpoints: Endpoints,
    /// False: anybody may follow.
    #[serde(rename = "manuallyApprovesFollowers")]
    pub manually_approves_followers: bool,
    /// May be found.
    pub discoverable: bool,
    /// May be searched (FEP-5feb).
    pub indexable: bool,
    /// RSA key for HTTP signatures.
    #[serde(rename = "publicKey")]
    pub public_key: PublicKey,
    /// Ed25519 keys for proofs (FEP-521a).
    #[serde(rename = "assertionMethod", deserialize_with = "one_or_many")]
    pub assertion_method: Vec<Multikey>,
    /// Links shown on profiles.
    #[serde(default, deserialize_with = "one_or_many")]
    pub attachment: Vec<Value>,
    /// 1, 2, 3 …
    #[serde(rename = "parvis:version")]
    pub version: u32,
    /// Hash of the version before.
    #[serde(rename = "parvis:previous", default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Hash>,
    /// What a node actor implements (FEP-844e).
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub implements: Vec<Value>,
    /// The node actor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generator: Option<Iri>,
    /// The city a council belongs to.
    #[serde(rename = "parvis:city", default, skip_serializing_if = "Option::is_none")]
    pub city: Option<Iri>,
    /// The Group that distributes it.
    #[serde(rename = "parvis:feed", default, skip_serializing_if = "Option::is_none")]
    pub feed: Option<Iri>,
    /// Its questions.
    #[serde(rename = "parvis:saisines", default, skip_serializing_if = "Option::is_none")]
    pub questions: Option<Iri>,
    /// Its avis.
    #[serde(rename = "parvis:avisIssued", default, skip_serializing_if = "Option::is_none")]
    pub avis_issued: Option<Iri>,
    /// Where positions are offered to it.
    #[serde(rename = "parvis:intake", default, skip_serializing_if = "Option::is_none")]
    pub intake: Option<Iri>,
    /// Of a convention: who hosts it, and speaks for it (rule 11).
    #[serde(rename = "parvis:host", default, skip_serializing_if = "Option::is_none")]
    pub host: Option<Iri>,
    /// Of a convention: where its charter can be read.
    #[serde(rename = "parvis:charter", default, skip_serializing_if = "Option::is_none")]
    pub charter: Option<Iri>,
    /// Of a convention: what its members contributed.
    #[serde(rename = "parvis:contributions", default, skip_serializing_if = "Option::is_none")]
    pub contributions: Option<Iri>,
    /// Its collections again, in the standard's words.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub streams: Vec<Iri>,
    /// The recommendation it was born of (requirement 0.3).
    #[serde(rename = "parvis:bornOf", default, skip_serializing_if = "Option::is_none")]
    pub born_of: Option<Iri>,
    /// Code of its territory.
    #[serde(rename = "parvis:territory", default, skip_serializing_if = "Option::is_none")]
    pub territory: Option<String>,
    /// Tier of the body.
    #[serde(rename = "parvis:tier", default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// Sourced values (rule 10).
    #[serde(
        rename = "parvis:claims",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub claims: Vec<Claim>,
    /// Under what other addresses it spoke.
    #[serde(
        rename = "alsoKnownAs",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub also_known_as: Vec<Iri>,
    /// Under what address it speaks now.
    #[serde(rename = "movedTo", default, skip_serializing_if = "Option::is_none")]
    pub moved_to: Option<Iri>,
    /// Written for the sample.
    #[serde(rename = "parvis:synthetic", default, skip_serializing_if = "std::ops::Not::not")]
    pub synthetic: bool,
    /// Terms unknown here.
    #[serde(skip)]
    pub extra: Document,
}

/// The shared inbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoints {
    /// One inbox for all actors of a host.
    #[serde(rename = "sharedInbox")]
    pub shared_inbox: Iri,
}

/// An RSA key as servers expect it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKey {
    /// `{actor}#main-key`.
    pub id: Iri,
    /// The actor.
    pub owner: Iri,
    /// SPKI PEM.
    #[serde(rename = "publicKeyPem")]
    pub pem: String,
}

/// An Ed25519 key (FEP-521a).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Multikey {
    /// `{actor}#ed25519-1`.
    pub id: Iri,
    /// `Multikey`.
    #[serde(rename = "type")]
    pub key_type: String,
    /// The actor.
    pub controller: Iri,
    /// `z6Mk…`.
    #[serde(rename = "publicKeyMultibase")]
    pub public: String,
    /// When it was retired (rule 6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Instant>,
}

/// What a new actor of ours is made of.
pub struct NewActor<'a> {
    /// Its id.
    pub id: Iri,
    /// What it is for.
    pub role: Role,
    /// User part of the handle.
    pub handle: &'a super::Handle,
    /// Name in handles: `rennes.example`.
    pub domain: &'a str,
    /// Origin of the node: `https://rennes.example`.
    pub base: &'a str,
    /// Name.
    pub name: &'a str,
    /// Who it is, in HTML.
    pub summary: &'a str,
    /// When.
    pub published: Instant,
    /// SPKI PEM of its RSA key.
    pub rsa_pem: String,
    /// Multibase of its Ed25519 key.
    pub ed25519: String,
}

impl Actor {
    /// Version 1 of an actor of ours, not signed yet.
    ///
    /// # Errors
    /// Rule `iri` when base and handle do not make addresses.
    pub fn new(new: NewActor<'_>) -> Result<Self, Problem> {
        let id = new.id;
        let council = new.role == Role::Council;
        let lists = [id.join("/saisines"), id.join("/avis")];
        let contributions = (new.role == Role::Convention).then(|| id.join("/contributions"));
        let site = format!(
            "<a href=\"{base}\" rel=\"me nofollow noopener\" target=\"_blank\">{base}</a>",
            base = super::html::escape(new.base)
        );
        Ok(Self {
            actor_type: new.role.actor_type().to_owned(),
            handle: new.handle.to_string(),
            webfinger: Some(format!("{}@{}", new.handle, new.domain)),
            name: new.name.to_owned(),
            summary: new.summary.to_owned(),
            url: Iri::parse(&format!("{}/@{}", new.base, new.handle))?,
            published: new.published,
            updated: None,
            inbox: id.join("/inbox"),
            outbox: id.join("/outbox"),
            followers: id.join("/followers"),
            following: id.join("/following"),
            featured: id.join("/featured"),
            endpoints: Endpoints { shared_inbox: Iri::parse(&format!("{}/inbox", new.base))? },
            manually_approves_followers: false,
            discoverable: true,
            indexable: true,
            public_key: PublicKey { id: id.join("#main-key"), owner: id.clone(), pem: new.rsa_pem },
            assertion_method: vec![Multikey {
                id: id.join("#ed25519-1"),
                key_type: "Multikey".to_owned(),
                controller: id.clone(),
                public: new.ed25519,
                revoked: None,
            }],
            attachment: vec![json!({"type": "PropertyValue", "name": "Site", "value": site})],
            version: 1,
            previous: None,
            implements: if new.role == Role::Relay { capabilities() } else { Vec::new() },
            generator: None,
            city: None,
            feed: None,
            questions: council.then(|| lists[0].clone()),
            avis_issued: council.then(|| lists[1].clone()),
            intake: (new.role == Role::Mairie).then(|| id.join("/intake")),
            host: None,
            charter: None,
            streams: if council { lists.to_vec() } else { contributions.iter().cloned().collect() },
            contributions,
            born_of: None,
            territory: None,
            tier: None,
            claims: Vec::new(),
            also_known_as: Vec::new(),
            moved_to: None,
            synthetic: false,
            extra: Document::new(),
            id,
        })
    }

    /// What an actor of a Parvis node is for, as its document shows it.
    #[must_use]
    pub fn role(&self) -> Option<Role> {
        match self.actor_type.as_str() {
            "Application" => Some(Role::Relay),
            "Group" if self.contributions.is_some() => Some(Role::Convention),
            "Group" => Some(Role::Feed),
            "Organization" if self.questions.is_some() => Some(Role::Council),
            "Organization" if self.intake.is_some() => Some(Role::Mairie),
            "Organization" => Some(Role::Guarantor),
            _ => None,
        }
    }

    /// Reads an actor of a Parvis node.
    ///
    /// # Errors
    /// The rule of the first field that does not hold.
    pub fn from_document(document: &Document) -> Result<Self, Vec<Problem>> {
        let mut rest = document.clone();
        rest.remove("@context");
        let mut actor: Self = take(&mut rest).map_err(|problem| vec![problem])?;
        actor.extra = rest;
        let mut problems = Vec::new();
        if !TYPES.contains(&actor.actor_type.as_str()) {
            problems.push(Problem::new("type", "actor-type", &actor.actor_type));
        }
        if let Err(problem) = super::Handle::parse(&actor.handle) {
            problems.push(problem.within("preferredUsername"));
        }
        let foreign = [&actor.inbox, &actor.outbox, &actor.endpoints.shared_inbox, &actor.public_key.id]
            .into_iter()
            .find(|iri| !iri.same_origin(&actor.id));
        if let Some(iri) = foreign {
            problems.push(Problem::new("inbox", "other-origin", iri.as_str()));
        }
        if actor.public_key.owner != actor.id {
            problems.push(Problem::new("publicKey.owner", "key-owner", actor.public_key.owner.as_str()));
        }
        if let Some(key) = actor.assertion_method.iter().find(|key| key.controller != actor.id) {
            problems.push(Problem::new("assertionMethod", "key-owner", key.controller.as_str()));
        }
        if problems.is_empty() { Ok(actor) } else { Err(problems) }
    }

    /// Writes the document.
    #[must_use]
    pub fn to_document(&self) -> Document {
        let mut document = to_map(self);
        document.extend(self.extra.clone());
        context::inline(&mut document);
        document
    }
}

/// What a Parvis node implements.
fn capabilities() -> Vec<Value> {
    vec![
        json!({"href": CAPABILITY, "name": "Parvis v1"}),
        json!({"href": "https://datatracker.ietf.org/doc/html/rfc9421", "name": "RFC-9421: HTTP Message Signatures"}),
    ]
}
