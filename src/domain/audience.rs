//! To whom a version goes: the pure part. Who follows whom is looked up by `actions::enqueue`.

use super::{Iri, activity::PUBLIC, canonical::Document};

/// Who must receive an activity that carries a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audience {
    /// The author, if its followers receive it. They do not receive recommendations one by one: an avis
    /// with thirty must not post thirty times (wire.md §2.2).
    pub followers_of: Option<Iri>,
    /// Actors named in `to` and `cc`.
    pub named: Vec<Iri>,
    /// The thread's Group.
    pub group: Option<Iri>,
    /// Whether it begins a thread's branch: the Group boosts it to those who read only boosts (rule 22).
    pub top_level: bool,
}

impl Audience {
    /// The audience of a record's version, read from how it is addressed.
    #[must_use]
    pub fn of(addressed: &Document) -> Self {
        let text = |name: &str| addressed.get(name).and_then(serde_json::Value::as_str);
        let author = text("attributedTo").and_then(|author| Iri::parse(author).ok());
        let group = text("audience").and_then(|group| Iri::parse(group).ok());
        let followers = author.as_ref().map(|author| author.join("/followers"));
        let all = |name: &str| -> Vec<Iri> {
            let values = addressed.get(name).and_then(serde_json::Value::as_array);
            values
                .into_iter()
                .flatten()
                .filter_map(|v| v.as_str())
                .filter_map(|v| Iri::parse(v).ok())
                .collect()
        };
        let recipients: Vec<Iri> = all("to").into_iter().chain(all("cc")).collect();
        let named = recipients
            .iter()
            .filter(|iri| iri.as_str() != PUBLIC && Some(*iri) != followers.as_ref())
            .filter(|iri| Some(*iri) != group.as_ref() && Some(*iri) != author.as_ref())
            .cloned()
            .collect();
        let to_followers = followers.is_some_and(|followers| recipients.contains(&followers));
        Self {
            followers_of: author.filter(|_| to_followers),
            named,
            group,
            top_level: !addressed.contains_key("inReplyTo"),
        }
    }
}
