//! The life of a council: who sits, the yearly review, draws by lot, programmes, working groups. People are
//! counted; a name stands only beside the consent of whoever bears it.

use super::{Beside, By, frame, named};
use crate::{
    domain::{
        CivilDate, Iri, council, heard,
        said::{self, Criterion, Group, Said, Seats, Stage},
    },
    dossier::{
        reader::{Fields, code, count, date, string, truth},
        shared::{path, reference_or_id},
    },
};

/// `[[compositions]]`: who sits in a council, as counts.
pub(super) fn composition(mut fields: Fields<'_>) -> Option<Beside> {
    let under = fields.required("council", path);
    let on = fields.required("on", date);
    let target = fields.optional("target", count);
    let seats = fields.tables("seats", |fields, _| seats(fields));
    let roles = fields.tables("roles", |mut fields, _| {
        let role = fields.required("role", code);
        let count = fields.required("count", count);
        fields.done();
        Some(said::Beside { role: role?, count: count? })
    });
    let guarantors = fields.list("guarantors", |value| named(&reference_or_id(value)?));
    let named = fields.tables("named", |mut fields, _| {
        let name = person(&mut fields, "name");
        fields.done();
        name
    });
    let text = fields.optional_text("text");
    if seats.is_empty() {
        fields.refuse("seats", "missing-field", "seats");
    }
    let frame = frame(fields);
    let on = on?;
    let said = said::Composition { as_of: on.clone(), target, seats, roles, guarantors, named };
    let default = format!("composition-{on}");
    let item = frame.item(&default, Some(under?), By::Council, Said::Composition(said))?;
    Some(Beside { text, on: Some(on), replies: false, ..item })
}

fn seats(mut fields: Fields<'_>) -> Option<Seats> {
    let origin = fields.required("origin", code);
    let count = fields.required("count", count);
    let since = fields.optional("since", date);
    let until = fields.optional("until", date);
    let term = fields.optional("term", self::count);
    if term == Some(0) {
        fields.refuse("term", "term-number", "0");
    }
    fields.done();
    Some(Seats { origin: origin?, count: count?, since, until, term })
}

/// A name, refused unless `consented = true` stands beside it, or it was redacted. The refusal does not repeat it.
pub(super) fn person(fields: &mut Fields<'_>, name: &'static str) -> Option<String> {
    let person = fields.optional(name, string);
    let consented = fields.optional("consented", truth) == Some(true);
    let named = person.as_deref().is_some_and(|person| person != heard::MARK);
    if named && !consented {
        fields.refuse(name, "consent", "consented = true");
    }
    person
}

/// `[[reviews]]`: every year, who stays and what should change.
pub(super) fn review(mut fields: Fields<'_>) -> Option<Beside> {
    let under = fields.required("council", path);
    let year = fields.required("year", date);
    let stay = fields.required("stay", count);
    let leave = fields.required("leave", count);
    let text = fields.optional_text("text");
    let frame = frame(fields);
    let year = year?;
    let said = Said::Review(said::Review { year: year.clone(), stay: stay?, leave: leave? });
    let item = frame.item(&format!("bilan-{year}"), Some(under?), By::Council, said)?;
    Some(Beside { text, on: Some(year), replies: false, ..item })
}

/// `[[draws]]`: a draw by lot. Groups too small to be told are merged here, so that their numbers get no
/// further than the file.
pub(super) fn draw(mut fields: Fields<'_>) -> Option<Beside> {
    let under = fields.required("council", path);
    let on = fields.required("on", date);
    let replaces = fields.optional("replaces", count);
    let stages = fields.tables("stages", |mut fields, _| {
        let stage = fields.required("stage", code);
        let count = fields.required("count", count);
        fields.done();
        Some(Stage { stage: stage?, count: count? })
    });
    let criteria = fields.tables("criteria", |fields, _| criterion(fields));
    let text = fields.optional_text("text");
    if stages.is_empty() {
        fields.refuse("stages", "missing-field", "stages");
    }
    for pair in stages.windows(2).filter(|pair| pair[1].count > pair[0].count) {
        fields.refuse("stages", "draw-grows", format!("{} → {}", pair[0].count, pair[1].count));
    }
    let frame = frame(fields);
    let on = on?;
    let said = Said::Draw(said::Draw { as_of: on.clone(), replaces, stages, criteria });
    let item = frame.item(&format!("tirage-{on}"), Some(under?), By::Council, said)?;
    Some(Beside { text, on: Some(on), replies: false, ..item })
}

fn criterion(mut fields: Fields<'_>) -> Option<Criterion> {
    let criterion = fields.required("criterion", string);
    let groups = fields.tables("groups", |mut fields, _| {
        let label = fields.required("label", string);
        let target = fields.optional("target", count);
        let obtained = fields.optional("obtained", count);
        fields.done();
        Some(Group { label: label?, target, obtained })
    });
    let known = groups.iter().filter(|group| group.obtained.is_some()).count();
    if known > 0 && known < groups.len() {
        fields.refuse("groups", "missing-field", "obtained");
    }
    let (groups, changed) = council::told(groups);
    if changed {
        let labels: Vec<&str> = groups.iter().map(|group| group.label.as_str()).collect();
        fields.tell("groups", "groups-merged", labels.join("; "));
    }
    fields.done();
    Some(Criterion { criterion: criterion?, groups })
}

/// `[[programmes]]`: the programme of a year, adopted by a plenary that is recorded.
pub(super) fn programme(mut fields: Fields<'_>) -> Option<Beside> {
    let under = fields.required("council", path);
    let year = fields.required("year", date);
    if !fields.has("adopted_at") {
        fields.refuse("adopted_at", "programme-plenary", "adopted_at");
    }
    let adopted_at = fields.optional("adopted_at", |value| named(&path(value)?));
    let adopted_on = fields.optional("adopted_on", date);
    let concerns = fields.list("questions", |value| named(&reference_or_id(value)?));
    let items = fields.list("items", string);
    let text = fields.optional_text("text");
    let frame = frame(fields);
    let year: CivilDate = year?;
    let said = said::Programme { year: year.clone(), adopted_at: adopted_at?, adopted_on, concerns, items };
    let default = format!("programme-{year}");
    let item = frame.item(&default, Some(under?), By::Council, Said::Programme(said))?;
    Some(Beside { text, on: Some(year), replies: false, ..item })
}

/// `[[working_groups]]`: one or several lead it.
pub(super) fn working_group(mut fields: Fields<'_>) -> Option<Beside> {
    let under = fields.required("council", path);
    let title = fields.title("title");
    let question = fields.optional("question", |value| named(&reference_or_id(value)?));
    let leads = fields.required("leads", count);
    let members = fields.optional("members", count);
    let said = said::WorkingGroup {
        question,
        leads: leads.unwrap_or_default(),
        members,
        partners: fields.list("partners", string),
        methods: fields.list("methods", string),
        means: fields.list("means", string),
    };
    let text = fields.optional_text("text");
    if leads == Some(0) || members.is_some_and(|members| said.leads > members) {
        fields.refuse("leads", "leads", said.leads.to_string());
    }
    must_have_a_reference(&fields);
    let frame = frame(fields);
    leads?;
    let item = frame.item("groupe", Some(under?), By::Council, Said::WorkingGroup(said))?;
    Some(Beside { title: Some(title?), text, replies: false, ..item })
}

/// Nothing else tells two of them apart, and a published reference never changes.
pub(super) fn must_have_a_reference(fields: &Fields<'_>) {
    if !fields.has("ref") {
        fields.refuse("ref", "missing-field", "ref");
    }
}

/// The actor in whose name an item is said: the handle written, else the council it stands under.
pub(super) fn speaker(by: Option<&String>, council: &str) -> Option<Iri> {
    match by {
        Some(handle) => Iri::parse(&super::Placeholder::account(handle)).ok(),
        None => named(council).ok(),
    }
}
