//! The city's duty: schedules, postponements, steps of instruction, accounts, assessments.

use super::{Beside, By, frame, ids, named};
use crate::{
    domain::{
        codes::Duty,
        obligations::Preset,
        said::{self, Owed, Said},
    },
    dossier::{
        reader::{Fields, code, count, date, string},
        shared::{path, recommendations, reference_or_id},
        written::Avis,
    },
};

/// `[[schedules]]`: what the authority owes on an avis: `answer_by`, and `accounts` or a `preset` of them,
/// counted from `from` or from the day the avis was handed over.
pub(super) fn schedule(mut fields: Fields<'_>, all: &[Avis]) -> Option<Beside> {
    let avis = fields.required("avis", path);
    let answer_by = fields.optional("answer_by", date);
    let preset = fields.optional("preset", |value| Preset::named(&string(value)?));
    let from = fields.optional("from", date);
    let mut accounts = fields.list("accounts", date);
    let text = fields.optional_text("text");
    if let Some(preset) = preset {
        let delivered = || {
            let found = all.iter().find(|one| avis.as_deref().is_some_and(|avis| is(one, avis)))?;
            found.delivered.as_ref().map(|delivered| delivered.on.clone())
        };
        match from.or_else(delivered).and_then(|from| from.day()) {
            Some(day) => accounts.extend(preset.owed(day).into_iter().map(|owed| owed.due)),
            None => fields.refuse("preset", "preset-from", "from"),
        }
    }
    let owed = |duty: Duty| move |due| Owed { duty: duty.clone(), due };
    let answer = answer_by.into_iter().map(owed(Duty::AnswerDue));
    let obligations: Vec<Owed> =
        answer.chain(accounts.into_iter().map(owed(Duty::AccountabilityPoint))).collect();
    if obligations.is_empty() {
        fields.refuse("accounts", "missing-field", "answer_by, accounts, preset");
    }
    let frame = frame(fields);
    let avis = avis?;
    let said = Said::Schedule(said::Schedule { concerns: vec![named(&avis).ok()?], obligations });
    Some(Beside { text, ..frame.item("echeancier", Some(avis), By::City, said)? })
}

/// Whether an avis is the one of that reference, short or whole.
fn is(avis: &Avis, written: &str) -> bool {
    let short = format!("{}/{}", avis.council.rsplit('/').next().unwrap_or_default(), avis.reference);
    written == avis.reference || written == short || written.ends_with(&format!("/{short}"))
}

/// `[[postponements]]`: something owed is put off, with its reason.
pub(super) fn postponement(mut fields: Fields<'_>) -> Option<Beside> {
    let schedule = fields.required("schedule", path);
    let duty = fields.optional("duty", code).unwrap_or(Duty::AccountabilityPoint);
    let due = fields.required("due", date);
    let to = fields.required("to", date);
    let reason = fields.required("reason", code);
    let text = fields.text("text");
    let on = fields.optional("on", date);
    let frame = frame(fields);
    let schedule = schedule?;
    let due = due?;
    let said = Said::Postponement(said::Postponement {
        concerns: vec![named(&schedule).ok()?],
        duty,
        due: due.clone(),
        postponed_to: to?,
        reason: reason?,
    });
    let default = format!("report-{due}");
    Some(Beside { text: Some(text?), on, ..frame.item(&default, Some(schedule), By::City, said)? })
}

/// `[[instructions]]`: a step of the instruction of one or several recommendations of an avis.
pub(super) fn instruction(mut fields: Fields<'_>) -> Option<Beside> {
    let concerned = recommendations(&mut fields);
    let step = fields.required("step", code::<crate::domain::codes::Step>);
    let service = fields.optional("service", string);
    let text = fields.optional_text("text");
    let on = fields.required("on", date);
    let frame = frame(fields);
    let step = step?;
    let default = format!("instruction-{}", crate::domain::Code::word(&step));
    let under = concerned.first()?.clone();
    let said = Said::Instruction(said::Instruction {
        concerns: ids(&concerned)?,
        step,
        as_of: on.clone(),
        service,
        relay: None,
    });
    Some(Beside { text, on, ..frame.item(&default, Some(under), By::City, said)? })
}

/// `[[accounts]]`: an account of an avis, given at a date; `due` names the obligation it discharges.
pub(super) fn account(mut fields: Fields<'_>) -> Option<Beside> {
    let avis = fields.required("avis", path);
    let due = fields.optional("due", date);
    let on = fields.required("on", date);
    let text = fields.text("text");
    let frame = frame(fields);
    let (avis, on) = (avis?, on?);
    let said =
        Said::Account(said::Account { concerns: vec![named(&avis).ok()?], due, as_of: Some(on.clone()) });
    let default = format!("point-{on}");
    Some(Beside { text: Some(text?), on: Some(on), ..frame.item(&default, Some(avis), By::City, said)? })
}

/// `[[assessments]]`: whoever signs it says what they make of recommendations, of an avis, or of a synthesis or one
/// sentence of it.
pub(super) fn assessment(mut fields: Fields<'_>) -> Option<Beside> {
    let synthesis = fields.optional("synthesis", reference_or_id);
    let sentence = fields.optional("sentence", count);
    if sentence.is_some() && synthesis.is_none() || sentence == Some(0) {
        fields.refuse("sentence", "sentence-of", "synthesis");
    }
    let concerned = match fields.optional("avis", path).or(synthesis) {
        Some(one) => vec![one],
        None => recommendations(&mut fields),
    };
    let said = said::Assessment {
        concerns: ids(&concerned).unwrap_or_default(),
        sentence,
        hash: None,
        assessment: fields.optional("assessment", code),
        criterion: fields.optional("criterion", string),
        value: fields.optional("value", string),
        mark: fields.optional("mark", string),
        out_of: fields.optional("out_of", string),
        as_of: fields.optional("on", date),
    };
    let text = fields.text("text");
    if !fields.has("by") {
        fields.refuse("by", "missing-field", "by");
    }
    let frame = frame(fields);
    let by = frame.by.clone()?;
    let on = said.as_of.clone();
    let default = match sentence {
        Some(sentence) => format!("evaluation-{by}-{sentence}"),
        None => format!("evaluation-{by}"),
    };
    // What is elsewhere has no reference to stand under.
    let under = Some(concerned.first()?.clone()).filter(|one| !one.contains("://"));
    let item = frame.item(&default, under, By::City, Said::Assessment(said))?;
    Some(Beside { text: Some(text?), on, ..item })
}
