//! `[[deliverables]]`: what a council hands over beside its avis, and what its guarantor says of its method.
//! None of them closes a question.

use super::{Beside, By, council::must_have_a_reference, frame, html, named};
use crate::{
    domain::{
        codes::{Certainty, DeliverableKind, Quadrant},
        said::{self, Axis, Finding, Said},
    },
    dossier::{
        reader::{Fields, code, date, segment, string},
        shared::{path, reference_or_id},
    },
};

/// A deliverable. With a `summary`, its text stands on its page and the summary in timelines.
pub(super) fn deliverable(mut fields: Fields<'_>) -> Option<Beside> {
    let under = fields.required("council", path);
    let kind = fields.required("kind", code);
    let title = fields.title("title");
    let question = fields.optional("question", |value| named(&reference_or_id(value)?));
    let on = fields.optional("on", date);
    let summary = fields.optional_text("summary");
    let text = fields.optional_text("text");
    let axes = fields.tables("axes", axis);
    let analysis = fields.tables("analysis", |fields, _| finding(fields));
    let candidates = fields.list("candidates", string);
    let chosen = fields.list("chosen", string);
    let method = fields.optional("method", string);
    if kind == Some(DeliverableKind::Prioritisation) && (chosen.is_empty() || method.is_none()) {
        fields.refuse("chosen", "prioritisation", "chosen, method");
    }
    if let Some(other) = chosen.iter().find(|one| !candidates.is_empty() && !candidates.contains(one)) {
        fields.refuse("chosen", "prioritisation", other);
    }
    must_have_a_reference(&fields);
    let body = html(&fields, text.as_ref()).filter(|_| summary.is_some());
    let frame = frame(fields);
    let under = under?;
    let concerns = frame.by.as_ref().map(|_| named(&under)).transpose().ok()?;
    let said = said::Deliverable {
        deliverable: kind?,
        question,
        concerns: concerns.into_iter().collect(),
        as_of: on.clone(),
        axes,
        analysis,
        candidates,
        chosen,
        method,
        body,
    };
    let text = text.filter(|_| said.body.is_none());
    let item = frame.item("livrable", Some(under), By::Council, Said::Deliverable(Box::new(said)))?;
    Some(Beside { title: Some(title?), summary, text, on, replies: false, ..item })
}

fn axis(mut fields: Fields<'_>, index: usize) -> Option<Axis> {
    let key = fields.optional("key", segment);
    let title = fields.required("title", string);
    let text = fields.optional_text("text");
    let text = html(&fields, text.as_ref());
    fields.done();
    Some(Axis { key: key.unwrap_or_else(|| format!("axe-{}", index + 1)), title: title?, text })
}

/// Advantages and drawbacks are seen, opportunities and risks foreseen, unless it says otherwise.
fn finding(mut fields: Fields<'_>) -> Option<Finding> {
    let quadrant = fields.required("quadrant", code);
    let certainty = fields.optional("certainty", code);
    let text = fields.required("text", string);
    fields.done();
    let quadrant = quadrant?;
    let seen = matches!(quadrant, Quadrant::Advantage | Quadrant::Drawback);
    let usual = if seen { Certainty::Proven } else { Certainty::Projected };
    Some(Finding { quadrant, certainty: certainty.unwrap_or(usual), text: text? })
}
