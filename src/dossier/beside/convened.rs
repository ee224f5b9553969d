//! Conventions: the host's own, joining one, admitting a member, contributing to one (register.md rule 11).

use super::{Beside, By, account, actor, frame, named};
use crate::{
    domain::{
        Code as _, Hash, Iri,
        codes::{CharterDuty, Theme},
        said::{self, Asked, Phase, Said, SubQuestion},
    },
    dossier::{
        reader::{Fields, code, count, date, handle, segment, string},
        shared::{path, reference_or_id},
        values::Common,
        written::Avis,
    },
};

/// Days a new member has, where the file says nothing.
const WITHIN_DAYS: u32 = 90;

/// `[[conventions]]`: a convention that this city hosts. Its Group takes `handle`, else `convention_` and its
/// reference; its charter asks for every duty that can be verified, unless `duties` says which.
pub(super) fn convention(mut fields: Fields<'_>) -> Option<Beside> {
    let handle = fields.optional("handle", handle);
    let title = fields.title("title");
    let summary = fields.optional_text("summary");
    let text = fields.optional_text("text");
    let charter = fields.required("charter", string);
    let contact = fields.optional("contact", string);
    let begins = fields.optional("on", date);
    let written = fields.has("duties");
    let duties = fields.tables("duties", |mut fields, _| {
        let duty = fields.required("duty", code);
        let within_days = fields.optional("within_days", self::count).unwrap_or(WITHIN_DAYS);
        fields.done();
        Some(Asked { duty: duty?, within_days })
    });
    let phases = fields.tables("phases", |mut fields, _| {
        let title = fields.required("title", string);
        let from = fields.optional("from", date);
        let until = fields.optional("until", date);
        fields.done();
        Some(Phase { title: title?, from, until })
    });
    let sub_questions = fields.tables("sub_questions", |mut fields, _| {
        let key = fields.required("key", segment);
        let title = fields.required("title", string);
        let themes = fields.list("themes", |value| Ok(Theme::parse(&string(value)?)?.as_str().to_owned()));
        fields.done();
        Some(SubQuestion { key: key?, title: title?, themes })
    });
    let frame = frame(fields);
    let charter = charter?;
    let reference = frame.reference.clone()?;
    let handle = handle.unwrap_or_else(|| format!("convention_{}", reference.replace('-', "_")));
    let said = said::Convention {
        convention: account(&handle.into()).ok()?,
        charter: None,
        charter_hash: Hash::of(charter.as_bytes()),
        charter_text: charter,
        duties: if written { duties } else { all_duties() },
        phases,
        sub_questions,
        contact,
    };
    let item = frame.item("convention", None, By::City, Said::Convention(Box::new(said)))?;
    Some(Beside { title: Some(title?), summary, text, on: begins, replies: false, ..item })
}

/// Every duty that can be verified.
fn all_duties() -> Vec<Asked> {
    let asked = |duty: &CharterDuty| Asked { duty: duty.clone(), within_days: WITHIN_DAYS };
    CharterDuty::ALL.iter().map(|(_, duty)| asked(duty)).collect()
}

/// `[[adhesions]]`: a council asks to be a member of a convention, and takes on the charter it has that day.
pub(super) fn adhesion(mut fields: Fields<'_>) -> Option<Beside> {
    let council = fields.required("council", path);
    let convention = fields.required("convention", account);
    let text = fields.optional_text("text");
    let on = fields.optional("on", date);
    let frame = frame(fields);
    let said = said::Adhesion { convention: convention?, charter: None, charter_hash: None };
    let item = frame.item("adhesion", Some(council?), By::Council, Said::Adhesion(said))?;
    Some(Beside { text, on, replies: false, ..item })
}

/// `[[admissions]]`: the host admits a member: `adhesion` is a reference, or the id of a record elsewhere.
pub(super) fn admission(mut fields: Fields<'_>) -> Option<Beside> {
    let convention = fields.required("convention", account);
    let adhesion = fields.required("adhesion", reference_or_id);
    let text = fields.optional_text("text");
    let on = fields.optional("on", date);
    let frame = frame(fields);
    let said = said::Admission { convention: convention?, concerns: vec![named(&adhesion?).ok()?] };
    let item = frame.item("admission", None, By::City, Said::Admission(said))?;
    Some(Beside { text, on, replies: false, ..item })
}

/// `[[contributions]]`: a council brings an avis, or one recommendation, to a convention it is a member of.
pub(super) fn contribution(mut fields: Fields<'_>) -> Option<Beside> {
    let council = fields.required("council", path);
    let convention = fields.required("convention", account);
    let of = fields.required("of", path);
    let sub_question = fields.optional("sub_question", segment);
    let text = fields.optional_text("text");
    let on = fields.optional("on", date);
    let frame = frame(fields);
    let of = of?;
    let said = bringing(convention?, &of, sub_question)?;
    let item = frame.item(&default_reference(&of), Some(council?), By::Council, said)?;
    Some(Beside { text, on, replies: false, ..item })
}

/// The contribution that an avis with a `convention` makes.
pub(super) fn brought(at: usize, avis: &Avis) -> Option<Beside> {
    let brought = avis.convention.as_ref()?;
    let of = format!("{}/{}", avis.council, avis.reference);
    let publish_at = avis.common.publish_at;
    let common = Common { publish_at, ..Common::plain(avis.common.synthetic) };
    Some(Beside {
        path: format!("avis[{at}].convention"),
        reference: default_reference(&of),
        under: Some(avis.council.clone()),
        replies: false,
        by: By::Council,
        title: None,
        summary: None,
        text: None,
        on: avis.adopted_on.clone(),
        said: bringing(actor(&brought.group).ok()?, &of, brought.sub_question.clone())?,
        common,
    })
}

/// The reference of a contribution that has none of its own.
fn default_reference(of: &str) -> String {
    format!("contribution-{}", of.replace('/', "-"))
}

fn bringing(convention: Iri, of: &str, sub_question: Option<String>) -> Option<Said> {
    let concerns = vec![named(of).ok()?];
    Some(Said::Contribution(said::Contribution { convention, concerns, hash: None, sub_question }))
}
