//! Activities: what carries records and relations between servers. Built here, read here; the type is a
//! tag, never guessed from the shape.

use serde_json::{Value, json};

use super::{
    Instant, Iri, Problem,
    canonical::Document,
    context::{AS2, DATA_INTEGRITY},
};

/// The public collection, in the one spelling all servers read.
pub const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

/// What an activity does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Wants to receive.
    Follow,
    /// Agrees.
    Accept,
    /// Declines.
    Reject,
    /// Takes back.
    Undo,
    /// Says something new.
    Create,
    /// Says it anew.
    Update,
    /// Takes it away.
    Delete,
    /// Passes on.
    Announce,
    /// Likes.
    Like,
    /// Relays something to a body in whose power it is.
    Offer,
    /// Has received what is offered.
    TentativeAccept,
    /// Asks to be in a convention.
    Join,
    /// Puts into a collection.
    Add,
    /// Takes off a collection.
    Remove,
    /// Speaks under another address from now on.
    Move,
    /// Anything else: its name.
    Other(String),
}

impl Kind {
    /// The wire name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Follow => "Follow",
            Self::Accept => "Accept",
            Self::Reject => "Reject",
            Self::Undo => "Undo",
            Self::Create => "Create",
            Self::Update => "Update",
            Self::Delete => "Delete",
            Self::Announce => "Announce",
            Self::Like => "Like",
            Self::Offer => "Offer",
            Self::TentativeAccept => "TentativeAccept",
            Self::Join => "Join",
            Self::Add => "Add",
            Self::Remove => "Remove",
            Self::Move => "Move",
            Self::Other(name) => name,
        }
    }

    fn of(name: &str) -> Self {
        let known = [
            Self::Follow,
            Self::Accept,
            Self::Reject,
            Self::Undo,
            Self::Create,
            Self::Update,
            Self::Delete,
            Self::Announce,
            Self::Like,
            Self::Offer,
            Self::TentativeAccept,
            Self::Join,
            Self::Add,
            Self::Remove,
            Self::Move,
        ];
        known.into_iter().find(|kind| kind.name() == name).unwrap_or_else(|| Self::Other(name.to_owned()))
    }
}

/// What an activity is about: a name, or the thing itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Object {
    /// Its id.
    Link(Iri),
    /// The thing, embedded.
    Embedded(Document),
}

impl Object {
    /// Reads an object: a string, an object, or a list of one of them (compacted JSON-LD).
    ///
    /// # Errors
    /// Rule `object`.
    pub fn from_value(value: &Value) -> Result<Self, Problem> {
        match value {
            Value::String(text) => Ok(Self::Link(Iri::parse(text).map_err(|p| p.within("object"))?)),
            Value::Object(map) => Ok(Self::Embedded(map.clone())),
            Value::Array(values) if values.len() == 1 => Self::from_value(&values[0]),
            _ => Err(Problem::new("object", "object", "neither an id nor an object")),
        }
    }

    /// Its id.
    ///
    /// # Errors
    /// Rule `iri`: an embedded thing without a proper id, which is one string (threats O22).
    pub fn id(&self) -> Result<Iri, Problem> {
        match self {
            Self::Link(iri) => Ok(iri.clone()),
            Self::Embedded(map) => {
                let id = map.get("id").and_then(Value::as_str).unwrap_or_default();
                Iri::parse(id).map_err(|problem| problem.within("object.id"))
            }
        }
    }
}

/// An activity as received.
#[derive(Clone, Debug, PartialEq)]
pub struct Activity {
    /// Its id.
    pub id: Iri,
    /// What it does.
    pub kind: Kind,
    /// Who does it.
    pub actor: Iri,
    /// What it is about.
    pub object: Object,
    /// Everybody it is addressed to (`to` and `cc`).
    pub recipients: Vec<String>,
    /// The whole, as received.
    pub document: Document,
}

impl Activity {
    /// Reads an activity.
    ///
    /// # Errors
    /// The field that does not hold.
    pub fn from_document(document: Document) -> Result<Self, Problem> {
        let name = document.get("type").and_then(Value::as_str);
        let kind = Kind::of(name.ok_or_else(|| Problem::new("type", "activity-type", "not one string"))?);
        let id = id_of(document.get("id"), "id")?;
        let actor = id_of(document.get("actor"), "actor")?;
        let object = Object::from_value(document.get("object").unwrap_or(&Value::Null))?;
        let recipients = recipients(&document);
        Ok(Self { id, kind, actor, object, recipients, document })
    }

    /// Whether it is addressed to everybody, and what it carries to nobody else: a private note in a public
    /// envelope stays private (threats O35).
    #[must_use]
    pub fn is_public(&self) -> bool {
        let said_otherwise = |object: &Document| {
            ["to", "cc"].iter().any(|field| object.get(*field).is_some_and(|to| !to.is_null()))
                && !to_everybody(&recipients(object))
        };
        let private = matches!(&self.object, Object::Embedded(object) if said_otherwise(object));
        to_everybody(&self.recipients) && !private
    }
}

/// Whether the public collection is among them; `as:Public` and `Public` are read too.
fn to_everybody(recipients: &[String]) -> bool {
    recipients.iter().any(|to| matches!(to.as_str(), PUBLIC | "as:Public" | "Public"))
}

/// Everybody whom `to` and `cc` name.
fn recipients(document: &Document) -> Vec<String> {
    let named = ["to", "cc"].into_iter().flat_map(|field| ids(document.get(field)));
    named.map(ToOwned::to_owned).collect()
}

/// The one id a property names.
fn id_of(value: Option<&Value>, field: &str) -> Result<Iri, Problem> {
    let named = ids(value);
    let one = if let [one] = named[..] { one } else { "" };
    Iri::parse(one).map_err(|problem| problem.within(field))
}

/// The ids that a property names, in each of its forms: a string, an object with an `id`, a `Link` with its
/// `href`, or several of them. What has no id is passed over.
#[must_use]
pub fn ids(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::String(text)) => vec![text],
        Some(Value::Object(map)) => {
            map.get("id").or_else(|| map.get("href")).and_then(Value::as_str).into_iter().collect()
        }
        Some(Value::Array(values)) => values.iter().flat_map(|one| ids(Some(one))).collect(),
        _ => Vec::new(),
    }
}

/// What all our activities begin with.
fn begin(id: &Iri, kind: &Kind, actor: &Iri) -> Document {
    let mut map = Document::new();
    map.insert("@context".to_owned(), json!([AS2, DATA_INTEGRITY]));
    map.insert("id".to_owned(), json!(id));
    map.insert("type".to_owned(), json!(kind.name()));
    map.insert("actor".to_owned(), json!(actor));
    map
}

/// Create, Update or Delete of a version: addressed as the version is, the object unchanged (rule 5).
/// A tombstone has no recipients of its own: it takes those given, of the record before it.
#[must_use]
pub fn carry(kind: &Kind, id: &Iri, document: &Document, addressed: &Document) -> Document {
    let mut map = Document::new();
    let author = document.get("attributedTo").or_else(|| document.get("id")).cloned().unwrap_or_default();
    map.insert("@context".to_owned(), json!([AS2, DATA_INTEGRITY]));
    map.insert("id".to_owned(), json!(id));
    map.insert("type".to_owned(), json!(kind.name()));
    map.insert("actor".to_owned(), author);
    for field in ["to", "cc"] {
        map.insert(field.to_owned(), addressed.get(field).cloned().unwrap_or_else(|| json!([])));
    }
    let when = document.get("updated").or_else(|| document.get("published")).cloned().unwrap_or_default();
    map.insert("published".to_owned(), when);
    map.insert("object".to_owned(), Value::Object(document.clone()));
    if let Some(audience) = addressed.get("audience") {
        map.insert("audience".to_owned(), audience.clone());
    }
    map
}

/// A boost: the id is passed on to the followers of `actor`, and its author is told. Or another's activity, whole: to
/// the followers alone (wire.md §2.3).
#[must_use]
pub fn announce(id: &Iri, actor: &Iri, object: &Value, author: Option<&Iri>, published: Instant) -> Document {
    let mut map = begin(id, &Kind::Announce, actor);
    let mut cc = vec![json!(actor.join("/followers"))];
    cc.extend(author.filter(|author| *author != actor).map(|author| json!(author)));
    map.insert("to".to_owned(), json!([PUBLIC]));
    map.insert("cc".to_owned(), Value::Array(cc));
    map.insert("published".to_owned(), json!(published));
    map.insert("object".to_owned(), object.clone());
    map
}

/// Asks to follow.
#[must_use]
pub fn follow(id: &Iri, actor: &Iri, followed: &Iri) -> Document {
    let mut map = begin(id, &Kind::Follow, actor);
    map.insert("to".to_owned(), json!([followed]));
    map.insert("object".to_owned(), json!(followed));
    map
}

/// Tells those who follow an actor that it speaks under another address.
#[must_use]
pub fn moves(id: &Iri, actor: &Iri, target: &Iri, published: Instant) -> Document {
    let mut map = begin(id, &Kind::Move, actor);
    map.insert("@context".to_owned(), json!([AS2]));
    map.insert("to".to_owned(), json!([actor.join("/followers")]));
    map.insert("published".to_owned(), json!(published));
    map.insert("object".to_owned(), json!(actor));
    map.insert("target".to_owned(), json!(target));
    map
}

/// Accepts, rejects or undoes an activity, embedded unchanged (wire.md §2.7). The context is the bare one:
/// the embedded activity brings its own, and a term protected in both would make it unreadable to a
/// processor of JSON-LD.
#[must_use]
pub fn about(kind: &Kind, id: &Iri, actor: &Iri, activity: &Document, to: &Iri) -> Document {
    let mut map = begin(id, kind, actor);
    map.insert("@context".to_owned(), json!([AS2]));
    map.insert("to".to_owned(), json!([to]));
    map.insert("object".to_owned(), Value::Object(activity.clone()));
    map
}

/// Offers a relay to a body: to its intake, by means of the node (wire.md §2.3: `to` the body alone).
#[must_use]
pub fn offer(
    id: &Iri,
    relay: &Iri,
    ends: (&Iri, &Iri, &Iri),
    node: Option<&Iri>,
    published: Instant,
) -> Document {
    let (actor, body, intake) = ends;
    let mut map = begin(id, &Kind::Offer, actor);
    map.insert("to".to_owned(), json!([body]));
    map.insert("cc".to_owned(), json!([]));
    map.insert("published".to_owned(), json!(published));
    map.insert("object".to_owned(), json!(relay));
    map.insert("target".to_owned(), json!(intake));
    if let Some(node) = node {
        map.insert("instrument".to_owned(), json!(node));
    }
    map
}

/// The body's word on an offer, named by its id: received (`TentativeAccept`), or, in public and with the record
/// that says so as `result`, accepted or declined. The context is the bare one, as in [`about`].
#[must_use]
pub fn on_offer(
    kind: &Kind,
    id: &Iri,
    (actor, to): (&Iri, &Iri),
    offer: &Iri,
    result: Option<&Document>,
    published: Instant,
) -> Document {
    let mut map = begin(id, kind, actor);
    if result.is_some() {
        map.insert("@context".to_owned(), json!([AS2]));
    }
    map.insert("to".to_owned(), json!([to]));
    map.insert("cc".to_owned(), if result.is_some() { json!([PUBLIC]) } else { json!([]) });
    map.insert("published".to_owned(), json!(published));
    map.insert("object".to_owned(), json!(offer));
    if let Some(result) = result {
        map.insert("result".to_owned(), Value::Object(result.clone()));
    }
    map
}

/// Asks a convention to be in it; what the council signs is named as `result` (rule 11).
#[must_use]
pub fn join(id: &Iri, (council, group): (&Iri, &Iri), adhesion: &Iri, published: Instant) -> Document {
    let mut map = begin(id, &Kind::Join, council);
    map.insert("@context".to_owned(), json!([AS2]));
    map.insert("to".to_owned(), json!([group]));
    map.insert("cc".to_owned(), json!([]));
    map.insert("published".to_owned(), json!(published));
    map.insert("object".to_owned(), json!(group));
    map.insert("result".to_owned(), json!(adhesion));
    map
}

/// A convention's word on a Join, named by its id; what its host signed is named as `result`.
#[must_use]
pub fn on_join(
    kind: &Kind,
    id: &Iri,
    (group, council): (&Iri, &Iri),
    (join, ruling): (&Iri, &Iri),
    published: Instant,
) -> Document {
    let mut map = begin(id, kind, group);
    map.insert("@context".to_owned(), json!([AS2]));
    map.insert("to".to_owned(), json!([council]));
    map.insert("cc".to_owned(), json!([]));
    map.insert("published".to_owned(), json!(published));
    map.insert("object".to_owned(), json!(join));
    map.insert("result".to_owned(), json!(ruling));
    map
}

/// `Add` or `Remove` of a contribution, by the Group of a convention.
#[must_use]
pub fn collect(
    kind: &Kind,
    id: &Iri,
    group: &Iri,
    (contribution, author): (&Iri, &Iri),
    published: Instant,
) -> Document {
    let mut map = begin(id, kind, group);
    map.insert("@context".to_owned(), json!([AS2]));
    map.insert("to".to_owned(), json!([PUBLIC]));
    map.insert("cc".to_owned(), json!([group.join("/followers"), author]));
    map.insert("published".to_owned(), json!(published));
    map.insert("object".to_owned(), json!(contribution));
    map.insert("target".to_owned(), json!(group.join("/contributions")));
    map
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_property_names_ids_in_each_of_its_forms_29() {
        let named = |value: Value| ids(Some(&value)).into_iter().map(ToOwned::to_owned).collect::<Vec<_>>();
        assert_eq!(named(json!("a")), ["a"]);
        assert_eq!(named(json!({ "type": "Person", "id": "a" })), ["a"]);
        assert_eq!(named(json!({ "type": "Link", "href": "a" })), ["a"]);
        assert_eq!(named(json!(["a", { "id": "b" }, null, 4, { "type": "Collection" }])), ["a", "b"]);
        assert!(
            ids(None).is_empty() && named(Value::Null).is_empty() && named(json!({ "id": 4 })).is_empty()
        );
    }
}
