//! The sections of a dossier beside question, avis, answer and follow-up. Each becomes a [`Beside`]: the
//! words, and what the record will say, with references where ids will stand. One function per section.

mod agreed;
mod convened;
mod council;
mod deliverable;
mod duty;
mod heard;
mod judged;
mod meeting;
mod relay;
mod taken_up;

use serde_json::Value;

use super::{
    reader::{Fields, Read, handle, segment},
    values::{Addressee, Common, Text},
    written::Avis,
};
use crate::domain::{CivilDate, Html, Iri, Problem, canonical::Document, said::Said};

/// An item of one of these kinds, as written.
#[derive(Clone, Debug, PartialEq)]
pub struct Beside {
    /// Where in the file: `schedules[0]`.
    pub path: String,
    /// Last segment of its reference.
    pub reference: String,
    /// What it stands under, and whose words it follows in its thread: a council, a question, an avis, a
    /// recommendation, a relay; none: the city.
    pub under: Option<String>,
    /// Whether it replies to what it stands under.
    pub replies: bool,
    /// Who says it.
    pub by: By,
    /// Its title.
    pub title: Option<Text>,
    /// At most a hundred words.
    pub summary: Option<Text>,
    /// Its text.
    pub text: Option<Text>,
    /// When, in history: sorts it among what is published with it.
    pub on: Option<CivilDate>,
    /// What the record will say; references stand as [`named`] writes them.
    pub said: Said,
    /// What all items may say.
    pub common: Common,
}

/// Who says an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// The authority.
    City,
    /// The council it stands under.
    Council,
    /// The actor of that handle.
    Handle(String),
}

/// Host of a reference that stands where an id will (RFC 2606: it is nobody's).
const REFERENCE: &str = "https://reference.invalid/";
/// Host of an account that stands where the id of its actor will.
const ACCOUNT: &str = "https://account.invalid/";

/// A reference in the place of an id.
///
/// # Errors
/// Rule `ref`.
pub(super) fn named(reference: &str) -> Read<Iri> {
    if reference.contains("://") {
        return Iri::parse(reference);
    }
    Iri::parse(&format!("{REFERENCE}{reference}")).map_err(|_| Problem::new("", "ref", reference))
}

/// An actor in the place of its id: a handle of the dossier, an account or an id elsewhere.
///
/// # Errors
/// Rule `addressee`.
pub(super) fn account(value: &Value) -> Read<Iri> {
    actor(&Addressee::parse(&super::reader::string(value)?)?)
}

/// As [`account`], read already.
fn actor(addressee: &Addressee) -> Read<Iri> {
    match addressee {
        Addressee::Id(iri) => Ok(iri.clone()),
        other => {
            let text = other.to_string();
            Iri::parse(&format!("{ACCOUNT}{text}")).map_err(|_| Problem::new("", "addressee", text))
        }
    }
}

/// What stands in the place of an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placeholder<'a> {
    /// A reference.
    Reference(&'a str),
    /// A handle or an account.
    Account(&'a str),
}

impl<'a> Placeholder<'a> {
    /// Reads one; none for a real id, or anything else.
    #[must_use]
    pub fn of(text: &'a str) -> Option<Self> {
        let reference = text.strip_prefix(REFERENCE).map(Self::Reference);
        reference.or_else(|| text.strip_prefix(ACCOUNT).map(Self::Account))
    }

    /// The placeholder of an account, as text.
    #[must_use]
    pub fn account(account: &str) -> String {
        format!("{ACCOUNT}{account}")
    }

    /// The placeholder of a reference, as text.
    #[must_use]
    pub fn reference(reference: &str) -> String {
        format!("{REFERENCE}{reference}")
    }
}

/// Replaces every placeholder in what a record will say.
///
/// # Errors
/// Those of `put`.
pub fn fill<E>(
    said: &mut Document,
    put: &mut dyn FnMut(Placeholder<'_>) -> Result<String, E>,
) -> Result<(), E> {
    said.values_mut().try_for_each(|value| fill_value(value, put))
}

fn fill_value<E>(
    value: &mut Value,
    put: &mut dyn FnMut(Placeholder<'_>) -> Result<String, E>,
) -> Result<(), E> {
    match value {
        Value::String(text) => {
            if let Some(placeholder) = Placeholder::of(text) {
                *text = put(placeholder)?;
            }
            Ok(())
        }
        Value::Array(values) => values.iter_mut().try_for_each(|value| fill_value(value, put)),
        Value::Object(map) => map.values_mut().try_for_each(|value| fill_value(value, put)),
        _ => Ok(()),
    }
}

/// Accounts that stand in what a record will say.
#[must_use]
pub fn accounts(said: &Document) -> Vec<String> {
    let mut found = Vec::new();
    let mut look = |placeholder: Placeholder<'_>| -> Result<String, std::convert::Infallible> {
        if let Placeholder::Account(account) = placeholder {
            found.push(account.to_owned());
        }
        Ok(String::new())
    };
    let _ = fill(&mut said.clone(), &mut look);
    found
}

/// Reads every section of these kinds.
pub(super) fn read(fields: &mut Fields<'_>, avis: &[Avis]) -> Vec<Beside> {
    let mut all = Vec::new();
    all.extend(fields.tables("schedules", |fields, _| duty::schedule(fields, avis)));
    all.extend(fields.tables("postponements", |fields, _| duty::postponement(fields)));
    all.extend(fields.tables("instructions", |fields, _| duty::instruction(fields)));
    all.extend(fields.tables("accounts", |fields, _| duty::account(fields)));
    all.extend(fields.tables("assessments", |fields, _| duty::assessment(fields)));
    all.extend(fields.tables("strategies", |fields, _| judged::strategy(fields)));
    all.extend(fields.tables("deliberations", |fields, _| judged::deliberation(fields)));
    all.extend(fields.tables("indicators", |fields, _| judged::indicator(fields)));
    all.extend(fields.tables("relays", |fields, _| relay::relay(fields)));
    all.extend(fields.tables("supports", |fields, _| relay::support(fields)));
    all.extend(fields.tables("compositions", |fields, _| council::composition(fields)));
    all.extend(fields.tables("reviews", |fields, _| council::review(fields)));
    all.extend(fields.tables("draws", |fields, _| council::draw(fields)));
    all.extend(fields.tables("programmes", |fields, _| council::programme(fields)));
    all.extend(fields.tables("working_groups", |fields, _| council::working_group(fields)));
    all.extend(fields.tables("meetings", |fields, _| meeting::meeting(fields)));
    all.extend(fields.tables("conventions", |fields, _| convened::convention(fields)));
    all.extend(fields.tables("adhesions", |fields, _| convened::adhesion(fields)));
    all.extend(fields.tables("admissions", |fields, _| convened::admission(fields)));
    all.extend(fields.tables("contributions", |fields, _| convened::contribution(fields)));
    all.extend(avis.iter().enumerate().filter_map(|(at, avis)| convened::brought(at, avis)));
    all.extend(fields.tables("series", |fields, _| heard::series(fields)));
    all.extend(fields.tables("verbatims", |fields, _| heard::verbatim(fields)));
    all.extend(fields.tables("summaries", |fields, _| heard::summary(fields)));
    all.extend(fields.tables("publications", |fields, _| heard::publication(fields)));
    all.extend(fields.tables("take_ups", |fields, _| taken_up::take_up(fields)));
    all.extend(fields.tables("confirmations", |fields, _| taken_up::confirmation(fields)));
    all.extend(fields.tables("syntheses", |fields, _| agreed::synthesis(fields)));
    all.extend(fields.tables("agreements", |fields, _| agreed::agreement(fields)));
    all.extend(fields.tables("deliverables", |fields, _| deliverable::deliverable(fields)));
    all
}

/// References in the place of ids.
fn ids(references: &[String]) -> Option<Vec<Iri>> {
    references.iter().map(|reference| named(reference).ok()).collect()
}

/// A long text as it will be served, in the language of the dossier.
fn html(fields: &Fields<'_>, text: Option<&Text>) -> Option<Html> {
    let original = text?.of(&fields.context.language)?;
    Html::parse(&crate::domain::html::from_markdown(original)).ok()
}

/// What every section of these kinds may say, read last.
struct Frame {
    path: String,
    reference: Option<String>,
    by: Option<String>,
    common: Option<Common>,
}

/// Reads `ref`, `by` and what all items may say, and ends the table.
fn frame(mut fields: Fields<'_>) -> Frame {
    let reference = fields.optional("ref", segment);
    let by = fields.optional("by", handle);
    let common = super::shared::common(&mut fields, None);
    let path = fields.path().to_owned();
    fields.done();
    Frame { path, reference, by, common }
}

impl Frame {
    /// The item: under what, by whom unless written, and what it says.
    fn item(self, default: &str, under: Option<String>, by: By, said: Said) -> Option<Beside> {
        Some(Beside {
            path: self.path,
            reference: self.reference.unwrap_or_else(|| default.to_owned()),
            under,
            replies: true,
            by: self.by.map_or(by, By::Handle),
            title: None,
            summary: None,
            text: None,
            on: None,
            said,
            common: self.common?,
        })
    }
}
