//! The rules every record obeys, whoever wrote it. One function, so that what a stranger sends and what
//! we write are held to the same.

use super::{
    Hash, Problem, Record,
    canonical::Document,
    codes::{Decision, FollowUpStatus, Reason},
    said::{Convention, Passage, Said},
};

/// Largest record, in bytes of its text (rule 16).
pub const MAX_BYTES: usize = 512 * 1024;
/// Most tags and attachments, most recipients.
const MAX_LIST: usize = 200;
/// Most languages of one text (threats C12).
const MAX_LANGUAGES: usize = 40;
/// Most things owed on one avis.
const MAX_OBLIGATIONS: usize = 60;

/// Most rows and phases of a convention.
const MAX_ROWS: usize = 60;
/// Most sentences of a synthesis.
const MAX_SENTENCES: usize = 500;
/// Grades of a majority judgement, from 1 to 5.
const GRADES: usize = 5;

/// The rules a record breaks; none: it holds.
#[must_use]
pub fn broken(record: &Record) -> Vec<Problem> {
    let mut problems = Vec::new();
    identity(record, &mut problems);
    versions(record, &mut problems);
    bounds(record, &mut problems);
    said(record, &mut problems);
    problems
}

/// Rule 1 and FEP-fe34: id and author live at one origin.
fn identity(record: &Record, problems: &mut Vec<Problem>) {
    let envelope = &record.envelope;
    if !envelope.id.same_origin(&envelope.author) {
        problems.push(Problem::new("attributedTo", "other-origin", envelope.author.as_str()));
    }
    if envelope.id.as_str().contains('#') {
        problems.push(Problem::new("id", "id-fragment", envelope.id.as_str()));
    }
    if !matches!(envelope.object_type.as_str(), "Note" | "Event" | "Article") {
        problems.push(Problem::new("type", "record-type", &envelope.object_type));
    }
}

/// Rule 3: 1, 2, 3 …; `previous` and `updated` from 2 on, `updated` after `published`.
fn versions(record: &Record, problems: &mut Vec<Problem>) {
    let envelope = &record.envelope;
    let first = envelope.version == 1;
    if envelope.version == 0 {
        problems.push(Problem::new("parvis:version", "version-number", "0"));
    }
    if first && (envelope.previous.is_some() || envelope.updated.is_some()) {
        problems.push(Problem::new("parvis:version", "first-version", "1"));
    }
    if envelope.version > 1 && (envelope.previous.is_none() || envelope.updated.is_none()) {
        problems.push(Problem::new("parvis:previous", "later-version", envelope.version.to_string()));
    }
    if envelope.updated.is_some_and(|updated| updated <= envelope.published) {
        problems.push(Problem::new("updated", "updated-before-published", ""));
    }
}

/// Rule 16 and threats D8: lists are bounded.
fn bounds(record: &Record, problems: &mut Vec<Problem>) {
    let envelope = &record.envelope;
    let lists = [
        ("to", envelope.to.len(), MAX_LIST),
        ("cc", envelope.cc.len(), MAX_LIST),
        ("tag", envelope.tag.len(), MAX_LIST),
        ("attachment", envelope.attachment.len(), MAX_LIST),
        ("contentMap", envelope.content_map.len(), MAX_LANGUAGES),
    ];
    for (name, length, most) in lists {
        if length > most {
            problems.push(Problem::new(name, "too-many", length.to_string()));
        }
    }
    if !content_map_holds(&envelope.content_map) {
        problems.push(Problem::new("contentMap", "lang", "not a text by language"));
    }
}

/// Every key a language, every value a text.
fn content_map_holds(map: &Document) -> bool {
    map.iter().all(|(lang, text)| super::Lang::parse(lang).is_ok() && text.is_string())
}

/// What the kind asks for.
fn said(record: &Record, problems: &mut Vec<Problem>) {
    match &record.said {
        Said::Saisine(question) if question.addressee.is_none() => {
            problems.push(Problem::new("parvis:addressee", "missing-field", "a saisine names the council"));
        }
        Said::Refusal(said) if said.relay.is_some() => {
            concerns(&said.concerns, problems);
            reasoned(true, said.reason.as_ref(), "declined", problems);
            argued(record, problems);
        }
        Said::Acceptance(said) | Said::Refusal(said) => concerns(&said.concerns, problems),
        Said::Delivery(said) => concerns(&said.concerns, problems),
        Said::Answer(answer) => {
            concerns(&answer.concerns, problems);
            reasoned(answer.decision == Decision::Refused, answer.reason.as_ref(), "refused", problems);
            argued(record, problems);
        }
        Said::FollowUp(said) => {
            concerns(&said.concerns, problems);
            reasoned(said.status == FollowUpStatus::Abandoned, said.reason.as_ref(), "abandoned", problems);
            argued(record, problems);
        }
        Said::Recommendation(recommendation) if recommendation.number == 0 => {
            problems.push(Problem::new("parvis:number", "number-from-one", "0"));
        }
        other => beside(other, record, problems),
    }
}

/// What the kinds that tell what was heard ask for (requirements 4.3, 4.6, 4.7).
fn heard(said: &Said, record: &Record, problems: &mut Vec<Problem>) {
    let mut missing = |field: &str| problems.push(Problem::new(field, "missing-field", "names nothing"));
    match said {
        Said::DebateSeries(said) if said.territories.is_empty() => missing("parvis:territories"),
        Said::Verbatim(said) if said.words.trim().is_empty() => missing("parvis:words"),
        Said::Verbatim(said) if !super::heard::shows(record, said) => {
            problems.push(Problem::new("content", "verbatim-shown", record.envelope.id.as_str()));
        }
        Said::Summary(said) if said.passages.is_empty() => missing("parvis:passages"),
        Said::Summary(said) => {
            bounded("parvis:passages", said.passages.len(), 1..=MAX_SENTENCES, problems);
            let traced = |passage: &Passage| !passage.text.trim().is_empty() && !passage.verbatims.is_empty();
            if let Some(at) = said.passages.iter().position(|passage| !traced(passage)) {
                let field = format!("parvis:passages[{at}]");
                problems.push(Problem::new(field, "passage-untraced", (at + 1).to_string()));
            }
        }
        Said::Publication(said) if said.contents.is_empty() => missing("parvis:contents"),
        Said::Publication(said) if said.contents.len() > MAX_LIST => {
            problems.push(Problem::new("parvis:contents", "too-many", said.contents.len().to_string()));
        }
        _ => {}
    }
}

/// What the kinds beside question, avis and answer ask for.
fn beside(said: &Said, record: &Record, problems: &mut Vec<Problem>) {
    match said {
        Said::Schedule(said) => {
            concerns(&said.concerns, problems);
            if said.obligations.is_empty() || said.obligations.len() > MAX_OBLIGATIONS {
                let count = said.obligations.len().to_string();
                problems.push(Problem::new("parvis:obligations", "obligations", count));
            }
        }
        Said::Postponement(said) => {
            concerns(&said.concerns, problems);
            if said.postponed_to <= said.due {
                let late = said.postponed_to.as_str();
                problems.push(Problem::new("parvis:postponedTo", "postponed-earlier", late));
            }
            argued(record, problems);
        }
        Said::Account(said) => {
            concerns(&said.concerns, problems);
            argued(record, problems);
        }
        Said::Assessment(said) => {
            concerns(&said.concerns, problems);
            let judged = said.assessment.is_some() || said.mark.is_some() || said.value.is_some();
            if !judged || said.mark.is_some() != said.out_of.is_some() {
                problems.push(Problem::new("parvis:assessment", "assessment-empty", ""));
            }
            if said.sentence == Some(0) {
                problems.push(Problem::new("parvis:sentence", "number-from-one", "0"));
            }
            argued(record, problems);
        }
        Said::Instruction(said) => concerns(&said.concerns, problems),
        Said::Relay(said) => concerns(&said.concerns, problems),
        Said::Receipt(said) => concerns(&said.concerns, problems),
        Said::Support(said) => concerns(&said.concerns, problems),
        other => together(other, record, problems),
    }
}

/// What the kinds of conventions and take-ups ask for (rule 11).
fn together(said: &Said, record: &Record, problems: &mut Vec<Problem>) {
    match said {
        Said::Convention(said) => convention(said, record, problems),
        Said::Adhesion(said) if said.charter_hash.is_none() => {
            problems.push(Problem::new("parvis:charterHash", "missing-field", "the charter it takes on"));
        }
        Said::Admission(said) => concerns(&said.concerns, problems),
        Said::Contribution(said) => {
            if said.concerns.len() != 1 {
                let count = said.concerns.len().to_string();
                problems.push(Problem::new("parvis:concerns", "contribution-one", count));
            }
            if let Some(another) = said.concerns.iter().find(|one| !one.same_origin(&record.envelope.author))
            {
                problems.push(Problem::new("parvis:concerns", "other-origin", another.as_str()));
            }
            if said.hash.is_none() {
                problems.push(Problem::new("parvis:hash", "missing-field", "the version that is brought"));
            }
        }
        Said::Synthesis(said) => {
            bounded("parvis:sentences", said.sentences.len(), 1..=MAX_SENTENCES, problems);
            for (number, sentence) in (1..).zip(&said.sentences) {
                if sentence.cites.is_empty() || sentence.text.trim().is_empty() {
                    let which = format!("{number}: {}", sentence.text);
                    problems.push(Problem::new("parvis:sentences", "sentence-without-source", which));
                }
            }
        }
        Said::Agreement(said) => {
            concerns(&said.concerns, problems);
            let people: u32 = said.grades.iter().fold(0, |all, grade| all.saturating_add(*grade));
            if said.grades.len() != GRADES || people < super::council::SMALLEST_GROUP {
                problems.push(Problem::new("parvis:grades", "grades", people.to_string()));
            }
            if !(1..=5).contains(&said.kept_from) {
                problems.push(Problem::new("parvis:keptFrom", "grades", said.kept_from.to_string()));
            }
        }
        Said::Confirmation(said) => concerns(&said.concerns, problems),
        Said::SameIdea(said) => {
            if !said.concerns.iter().skip(1).any(|id| *id != said.concerns[0]) {
                let count = said.concerns.len().to_string();
                problems.push(Problem::new("parvis:concerns", "two-recommendations", count));
            }
            argued(record, problems);
        }
        other => heard(other, record, problems),
    }
}

/// The charter is the one whose hash it states, its rows have names, and its Group lives where it does.
fn convention(said: &Convention, record: &Record, problems: &mut Vec<Problem>) {
    if Hash::of(said.charter_text.as_bytes()) != said.charter_hash {
        problems.push(Problem::new("parvis:charterHash", "charter-hash", said.charter_hash.as_str()));
    }
    if !said.convention.same_origin(&record.envelope.id) {
        problems.push(Problem::new("parvis:convention", "other-origin", said.convention.as_str()));
    }
    bounded("parvis:subQuestions", said.sub_questions.len(), 0..=MAX_ROWS, problems);
    bounded("parvis:phases", said.phases.len(), 0..=MAX_ROWS, problems);
    let mut keys = std::collections::BTreeSet::new();
    if let Some(twice) = said.sub_questions.iter().find(|row| !keys.insert(row.key.as_str())) {
        problems.push(Problem::new("parvis:subQuestions", "reference-twice", &twice.key));
    }
}

fn bounded(field: &str, length: usize, range: std::ops::RangeInclusive<usize>, problems: &mut Vec<Problem>) {
    if !range.contains(&length) {
        problems.push(Problem::new(field, "too-many", length.to_string()));
    }
}

/// A decision against needs its coded reason (requirement 2.28).
fn reasoned(needed: bool, reason: Option<&Reason>, why: &str, problems: &mut Vec<Problem>) {
    if needed && reason.is_none() {
        problems.push(Problem::new("parvis:reason", "reason-needed", why));
    }
}

/// It says what it is about.
fn concerns(concerns: &[super::Iri], problems: &mut Vec<Problem>) {
    if concerns.is_empty() {
        problems.push(Problem::new("parvis:concerns", "missing-field", "names nothing"));
    }
}

/// Rule 7 and requirement 0.9: a coded decision also needs its argued text.
fn argued(record: &Record, problems: &mut Vec<Problem>) {
    if super::html::plain(record.envelope.content.as_str()).trim().is_empty() {
        problems.push(Problem::new("content", "argument-needed", ""));
    }
}
