//! Whose ideas are taken up here, and what was taken up from here.

use super::{Beside, By, frame, named};
use crate::{
    domain::said::{self, Said},
    dossier::{
        reader::{Fields, code, date, string},
        shared::{path, reference_or_id},
    },
};

/// `[[take_ups]]`: the city, or `council`, takes up a recommendation: a reference, or the id of one elsewhere. `became`
/// is the recommendation of its own that it became; `by_name` an organisation without an account that does it.
pub(super) fn take_up(mut fields: Fields<'_>) -> Option<Beside> {
    let of = fields.required("of", reference_or_id);
    let council = fields.optional("council", path);
    let take_up = fields.optional("kind", code);
    let taken_up_as = fields.optional("as", code);
    let became = fields.optional("became", path);
    let by_name = fields.optional("by_name", string);
    let outcome = fields.optional("outcome", code);
    let text = fields.optional_text("text");
    let on = fields.optional("on", date);
    let frame = frame(fields);
    let of = of?;
    let default = format!("reprise-{}", short(&of));
    let became = became.map(|became| named(&became)).transpose().ok()?;
    let said = said::TakeUp {
        take_up,
        taken_up_as,
        became,
        by_name,
        outcome,
        as_of: on.clone(),
        ..said::TakeUp::of(named(&of).ok()?)
    };
    let by = if council.is_some() { By::Council } else { By::City };
    let item = frame.item(&default, council, by, Said::TakeUp(Box::new(said)))?;
    Some(Beside { text, on, replies: false, ..item })
}

/// `[[confirmations]]`: `council` confirms that its recommendation was taken up: `of` is the take-up.
pub(super) fn confirmation(mut fields: Fields<'_>) -> Option<Beside> {
    let of = fields.required("of", reference_or_id);
    let council = fields.required("council", path);
    let text = fields.optional_text("text");
    let on = fields.optional("on", date);
    let frame = frame(fields);
    let of = of?;
    let default = format!("confirmation-{}", short(&of));
    let said = said::Confirmation { concerns: vec![named(&of).ok()?], hash: None };
    let item = frame.item(&default, Some(council?), By::Council, Said::Confirmation(said))?;
    Some(Beside { text, on, replies: false, ..item })
}

/// The end of a reference or of an id, as part of another.
fn short(of: &str) -> String {
    let end = if of.contains("://") { of.rsplit(['/', '-']).next().unwrap_or(of) } else { of };
    end.replace('/', "-")
}
