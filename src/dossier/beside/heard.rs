//! What a council hears and how it tells it: `[[series]]`, `[[verbatims]]`, `[[summaries]]`, `[[publications]]`.

use serde_json::Value;

use super::{
    Beside, By,
    council::{must_have_a_reference, person},
    frame, named,
};
use crate::{
    domain::{
        Territory,
        said::{self, Passage, Said},
    },
    dossier::{
        reader::{Fields, Read, code, date, string},
        shared::{path, reference_or_id},
    },
};

/// `[[series]]`: a series of meetings, and the territories it means to reach. `regions` names every region.
pub(super) fn series(mut fields: Fields<'_>) -> Option<Beside> {
    let under = fields.required("council", path);
    let title = fields.title("title");
    let written = fields.list("territories", |value| match value.as_str() {
        Some("regions") => Ok(Territory::regions().map(|region| region.to_string()).collect()),
        _ => territory(value).map(|one| vec![one]),
    });
    let summary = fields.optional_text("summary");
    let text = fields.optional_text("text");
    if written.is_empty() {
        fields.refuse("territories", "missing-field", "territories");
    }
    must_have_a_reference(&fields);
    let frame = frame(fields);
    let mut territories: Vec<String> = Vec::new();
    for one in written.into_iter().flatten() {
        if !territories.contains(&one) {
            territories.push(one);
        }
    }
    let said = Said::DebateSeries(said::DebateSeries { territories });
    let item = frame.item("debats", Some(under?), By::Council, said)?;
    Some(Beside { title: Some(title?), summary, text, replies: false, ..item })
}

/// A territory by its code, or the name of a place that has none: a quarter.
pub(super) fn territory(value: &Value) -> Read<String> {
    let text = string(value)?;
    match Territory::parse(&text) {
        Ok(territory) => Ok(territory.to_string()),
        Err(problem) if text.contains(':') || text.starts_with(|c: char| c.is_ascii_digit()) => Err(problem),
        Err(_) => Ok(text),
    }
}

/// `[[verbatims]]`: what somebody said, in the one language it was said in.
pub(super) fn verbatim(mut fields: Fields<'_>) -> Option<Beside> {
    let under = fields.required("council", path);
    let words = fields.required("words", string);
    let sector = fields.required("sector", code);
    let on = fields.optional("on", date);
    let said_at = fields.optional("meeting", |value| named(&reference_or_id(value)?));
    let question = fields.optional("question", |value| named(&reference_or_id(value)?));
    let speaker = person(&mut fields, "speaker");
    must_have_a_reference(&fields);
    let frame = frame(fields);
    let words: Vec<String> = words?.lines().map(|line| line.trim().to_owned()).collect();
    let words = words.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    let said = said::Verbatim { words, sector: sector?, speaker, as_of: on.clone(), said_at, question };
    let item = frame.item("parole", Some(under?), By::Council, Said::Verbatim(said))?;
    Some(Beside { on, replies: false, ..item })
}

/// `[[summaries]]`: what was said, each passage with the verbatims it rests on.
pub(super) fn summary(mut fields: Fields<'_>) -> Option<Beside> {
    let under = fields.required("council", path);
    let title = fields.title("title");
    let sums_up = fields.list("of", |value| named(&reference_or_id(value)?));
    let question = fields.optional("question", |value| named(&reference_or_id(value)?));
    let on = fields.optional("on", date);
    let summary = fields.optional_text("summary");
    let text = fields.optional_text("text");
    let passages = fields.tables("passages", |fields, _| passage(fields));
    if sums_up.is_empty() {
        fields.refuse("of", "missing-field", "of");
    }
    if passages.is_empty() {
        fields.refuse("passages", "missing-field", "passages");
    }
    must_have_a_reference(&fields);
    let frame = frame(fields);
    let said = Said::Summary(said::Summary { sums_up, question, as_of: on.clone(), passages });
    let item = frame.item("resume", Some(under?), By::Council, said)?;
    Some(Beside { title: Some(title?), summary, text, on, replies: false, ..item })
}

fn passage(mut fields: Fields<'_>) -> Option<Passage> {
    let text = fields.required("text", string);
    let verbatims = fields.list("verbatims", |value| named(&reference_or_id(value)?));
    if verbatims.is_empty() {
        fields.refuse("verbatims", "passage-untraced", "verbatims");
    }
    fields.done();
    Some(Passage { text: text?, verbatims })
}

/// `[[publications]]`: a book of what the dossier, or other nodes, published.
pub(super) fn publication(mut fields: Fields<'_>) -> Option<Beside> {
    let under = fields.required("council", path);
    let title = fields.title("title");
    let contents = fields.list("contents", |value| named(&reference_or_id(value)?));
    let on = fields.optional("on", date);
    let summary = fields.optional_text("summary");
    let text = fields.optional_text("text");
    if contents.is_empty() {
        fields.refuse("contents", "missing-field", "contents");
    }
    must_have_a_reference(&fields);
    let frame = frame(fields);
    let said = Said::Publication(said::Publication { as_of: on.clone(), contents });
    let item = frame.item("publication", Some(under?), By::Council, said)?;
    Some(Beside { title: Some(title?), summary, text, on, replies: false, ..item })
}
