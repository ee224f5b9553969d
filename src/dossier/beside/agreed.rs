//! What a convention says as a whole, and how far people agree (moonshots 13 and 14).

use super::{Beside, By, account, frame, ids};
use crate::{
    domain::{
        Problem,
        council::SMALLEST_GROUP,
        said::{self, Said, Sentence},
    },
    dossier::{
        reader::{Fields, count, date, string},
        shared::{path, range, reference_or_id},
    },
};

/// From which grade on something is kept, where the file says nothing: as Montpellier did.
const KEPT_FROM: u32 = 4;

/// `[[syntheses]]`: what a convention says as a whole, by its host. Each sentence of `sentences` has its `text` and what
/// it rests on: `cites`, references or ids.
pub(super) fn synthesis(mut fields: Fields<'_>) -> Option<Beside> {
    let convention = fields.required("convention", account);
    let title = fields.title("title");
    let summary = fields.optional_text("summary");
    let on = fields.optional("on", date);
    let sentences = fields.tables("sentences", |mut fields, _| {
        let text = fields.required("text", string);
        let cites = fields.list("cites", reference_or_id);
        if cites.is_empty() {
            fields.refuse("cites", "sentence-without-source", text.as_deref().unwrap_or_default());
        }
        fields.done();
        Some(Sentence { text: text?, cites: ids(&cites)? })
    });
    if sentences.is_empty() {
        fields.refuse("sentences", "missing-field", "sentences");
    }
    let frame = frame(fields);
    let said = said::Synthesis { convention: convention?, sentences };
    let item = frame.item("synthese", None, By::City, Said::Synthesis(Box::new(said)))?;
    Some(Beside { title: Some(title?), summary, on, replies: false, ..item })
}

/// `[[agreements]]`: how many members of a council gave each grade to an avis, to recommendations, or to a paragraph.
pub(super) fn agreement(mut fields: Fields<'_>) -> Option<Beside> {
    let council = fields.required("council", path);
    let of = fields.required("of", |value| match value {
        serde_json::Value::Array(all) => {
            all.iter().map(range).collect::<Result<Vec<_>, Problem>>().map(|all| all.concat())
        }
        one => range(one),
    });
    let paragraph = fields.optional("paragraph", string);
    let grades = fields.list("grades", count);
    let people: u64 = grades.iter().map(|count| u64::from(*count)).sum();
    let kept_from = fields.optional("kept_from", count).unwrap_or(KEPT_FROM);
    if grades.len() != 5 || people < u64::from(SMALLEST_GROUP) || !(1..=5).contains(&kept_from) {
        fields.refuse("grades", "grades", people.to_string());
    }
    let minority = fields.list("minority", string);
    let text = fields.optional_text("text");
    let on = fields.optional("on", date);
    let frame = frame(fields);
    let of = of?;
    let said =
        said::Agreement { concerns: ids(&of)?, paragraph, grades, kept_from, minority, as_of: on.clone() };
    let default = format!("jugement-{}", of.first()?.replace('/', "-"));
    let item = frame.item(&default, Some(council?), By::Council, Said::Agreement(said))?;
    Some(Beside { text, on, replies: false, ..item })
}
