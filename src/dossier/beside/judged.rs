//! The city's strategy and its axes, what its assembly decided, and what is measured.

use super::{Beside, By, frame, ids};
use crate::{
    domain::{
        Html, html,
        record::Source,
        said::{self, Axis, Measure, Said},
    },
    dossier::{
        reader::{Fields, count, date, iri, segment, string},
        shared::{path, recommendations, source},
    },
};

/// `[[strategies]]`: a strategy of the authority and its axes, whose keys recommendations name (`axes`).
pub(super) fn strategy(mut fields: Fields<'_>) -> Option<Beside> {
    let title = fields.title("title");
    let summary = fields.optional_text("summary");
    let adopted_on = fields.optional("adopted_on", date);
    let axes = fields.tables("axes", |fields, _| axis(fields));
    let text = fields.optional_text("text");
    if axes.is_empty() {
        fields.refuse("axes", "missing-field", "axes");
    }
    if !fields.has("ref") {
        fields.refuse("ref", "missing-field", "ref");
    }
    let frame = frame(fields);
    let on = adopted_on.clone();
    let said = Said::Strategy(said::Strategy { adopted_on, axes, body: None });
    let item = frame.item("strategie", None, By::City, said)?;
    Some(Beside { title: Some(title?), summary, text, on, ..item })
}

/// An axis: `key`, `title`, `text`.
pub(super) fn axis(mut fields: Fields<'_>) -> Option<Axis> {
    let key = fields.required("key", segment);
    let title = fields.required("title", string);
    let text = fields.optional("text", |value| Html::parse(&html::from_markdown(&string(value)?)));
    fields.done();
    Some(Axis { key: key?, title: title?, text })
}

/// `[[deliberations]]`: what the assembly decided, with the fields of the schema SCDL (requirement 2.10).
pub(super) fn deliberation(mut fields: Fields<'_>) -> Option<Beside> {
    let concerned = about(&mut fields);
    let title = fields.title("title");
    let said = said::Deliberation {
        concerns: ids(&concerned)?,
        body: fields.required("assembly", string).unwrap_or_default(),
        act: fields.required("act", string).unwrap_or_default(),
        decided_on: fields.required("on", date)?,
        matter: fields.optional("matter", string),
        link: fields.optional("url", iri),
        votes_for: fields.optional("for", count),
        votes_against: fields.optional("against", count),
        votes_abstain: fields.optional("abstain", count),
    };
    let text = fields.optional_text("text");
    let frame = frame(fields);
    let on = Some(said.decided_on.clone());
    let item = frame.item("deliberation", concerned.first().cloned(), By::City, Said::Deliberation(said))?;
    Some(Beside { title: Some(title?), text, on, ..item })
}

/// `[[indicators]]`: what is measured, how, and its values by period (requirement 3.6).
pub(super) fn indicator(mut fields: Fields<'_>) -> Option<Beside> {
    let title = fields.title("title");
    let concerned = about(&mut fields);
    let definition = fields.required("definition", string);
    let unit = fields.optional("unit", string);
    let values = fields.tables("values", |fields, _| measure(fields));
    let text = fields.optional_text("text");
    let frame = frame(fields);
    let said = Said::Indicator(said::Indicator {
        concerns: ids(&concerned)?,
        definition: definition?,
        unit,
        values,
    });
    let item = frame.item("indicateur", concerned.first().cloned(), By::City, said)?;
    Some(Beside { title: Some(title?), text, ..item })
}

fn measure(mut fields: Fields<'_>) -> Option<Measure> {
    let period = fields.required("period", date);
    let value = fields.required("value", |value| match value.as_f64() {
        Some(_) => Ok(value.to_string()),
        None => string(value),
    });
    let source = fields
        .optional("source", {
            let context = fields.context;
            move |value| source(value, Some(context))
        })
        .map(|source| Source {
            name: source.name,
            url: source.url.map(|url| url.to_string()),
            date: source.date.map(|date| date.to_string()),
        });
    fields.done();
    Some(Measure { period: period?, value: value?, source })
}

/// What an item is about: `avis`, or `recommendation` and `recommendations`; nothing where none is written.
fn about(fields: &mut Fields<'_>) -> Vec<String> {
    if let Some(avis) = fields.optional("avis", path) {
        return vec![avis];
    }
    if fields.has("recommendation") || fields.has("recommendations") {
        recommendations(fields)
    } else {
        Vec::new()
    }
}
