//! What goes up to another authority: relays, and who supports what.

use super::{Beside, By, account, frame, ids, named};
use crate::{
    domain::said::{self, Said},
    dossier::{
        reader::{Fields, code, date, iri, string},
        shared::{path, recommendations, reference_or_id},
    },
};

/// `[[relays]]`: recommendations, or a whole avis, go to the body in whose power they are: `to` is its account,
/// or its site with `to_name` when it has no node.
pub(super) fn relay(mut fields: Fields<'_>) -> Option<Beside> {
    let avis = fields.optional("avis", path);
    let concerned = match &avis {
        Some(avis) => vec![avis.clone()],
        None => recommendations(&mut fields),
    };
    let to = fields.required("to", account);
    let relay_to_name = fields.optional("to_name", string);
    let tier = fields.optional("tier", code);
    let ground = fields.optional("ground", string);
    let supported_by = fields.list("supported_by", iri);
    let expected_by = fields.optional("expected_by", date);
    let text = fields.optional_text("text");
    let on = fields.optional("on", date);
    let frame = frame(fields);
    let under = concerned.first()?.clone();
    let said = said::Relay {
        concerns: ids(&concerned)?,
        relay_to: to?,
        relay_to_name,
        tier,
        ground,
        relay: None,
        supported_by,
        expected_by,
    };
    Some(Beside { text, on, ..frame.item("relais", Some(under), By::City, Said::Relay(Box::new(said)))? })
}

/// `[[supports]]`: a council or the city supports a recommendation, often one of elsewhere, by its id.
pub(super) fn support(mut fields: Fields<'_>) -> Option<Beside> {
    let recommendation = fields.required("recommendation", reference_or_id);
    let text = fields.optional_text("text");
    let on = fields.optional("on", date);
    let council = fields.optional("council", path);
    let frame = frame(fields);
    let supported = named(&recommendation?).ok()?;
    let by = if council.is_some() { By::Council } else { By::City };
    let said = Said::Support(said::Support { concerns: vec![supported] });
    let item = frame.item("soutien", council, by, said)?;
    Some(Beside { text, on, replies: false, ..item })
}
