//! What a dossier must hold as a whole: references that lead somewhere, roles, dates in order, reasons.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    beside::Beside,
    index::{Index, Target},
    life,
    publication::{self, birth_order},
    values::{Addressee, Text},
    written::{Answer, Avis, Dossier, FollowUp, Question, QuestionKind, Recommendation},
};
use crate::domain::{
    CivilDate, Problem,
    codes::{Decision, FollowUpStatus},
};

/// Handles the node keeps for itself: its own actor, the city's feed.
const RESERVED: [&str; 2] = ["relay", "fil"];

/// Most words of a summary (register.md rule 21).
const SUMMARY_WORDS: usize = 100;

/// Longest time between a question and its avis, or an answer and what it promises, in years.
const DEADLINE_YEARS: i16 = 10;

/// Every problem, in the order of the file.
pub(super) fn problems(dossier: &Dossier) -> Vec<Problem> {
    let index = Index::new(dossier);
    let mut checks = Checks { index: &index, problems: Vec::new() };
    checks.actors();
    for (i, question) in dossier.questions.iter().enumerate() {
        checks.question(&format!("questions[{i}]"), question);
    }
    for (i, avis) in dossier.avis.iter().enumerate() {
        checks.avis(&format!("avis[{i}]"), avis);
    }
    for (i, answer) in dossier.answers.iter().enumerate() {
        checks.answer(&format!("answers[{i}]"), answer);
    }
    for (i, follow_up) in dossier.follow_ups.iter().enumerate() {
        checks.follow_up(&format!("follow_ups[{i}]"), follow_up);
    }
    for one in &dossier.beside {
        checks.beside(one);
    }
    checks.references();
    checks.problems.extend(life::problems(&index));
    checks.problems
}

struct Checks<'a> {
    index: &'a Index<'a>,
    problems: Vec<Problem>,
}

impl<'a> Checks<'a> {
    fn refuse(&mut self, path: &str, field: &str, rule: &'static str, detail: impl Into<String>) {
        let field = if field.is_empty() { path.to_owned() } else { format!("{path}.{field}") };
        self.problems.push(Problem::new(field, rule, detail));
    }

    /// Handles are one actor's each; a council is born of a recommendation that exists, and not of one
    /// that comes after it.
    fn actors(&mut self) {
        let dossier = self.index.dossier;
        let mut handles = BTreeSet::from([dossier.city.handle.as_str()]);
        if RESERVED.contains(&dossier.city.handle.as_str()) {
            self.refuse("city", "handle", "handle-reserved", &dossier.city.handle);
        }
        for (i, council) in dossier.councils.iter().enumerate() {
            let path = format!("councils[{i}]");
            if RESERVED.contains(&council.handle.as_str()) {
                self.refuse(&path, "handle", "handle-reserved", &council.handle);
            }
            if !handles.insert(&council.handle) {
                self.refuse(&path, "handle", "handle-twice", &council.handle);
            }
            self.in_order(&path, "ended_on", council.created_on.as_ref(), council.ended_on.as_ref());
            if let Some(origin) = council.born_of.as_deref().filter(|origin| !origin.contains("://"))
                && self.index.recommendation(origin).is_none()
            {
                self.refuse(&path, "born_of", "reference-unknown", origin);
            }
        }
        for (i, guarantor) in dossier.guarantors.iter().enumerate() {
            let path = format!("guarantors[{i}]");
            if RESERVED.contains(&guarantor.handle.as_str()) {
                self.refuse(&path, "handle", "handle-reserved", &guarantor.handle);
            }
            if !handles.insert(&guarantor.handle) {
                self.refuse(&path, "handle", "handle-twice", &guarantor.handle);
            }
        }
        if birth_order(self.index).len() < dossier.councils.len() {
            self.refuse("councils", "", "born-of-cycle", "born_of");
        }
    }

    fn question(&mut self, path: &str, question: &Question) {
        let council = self.index.handle_of(&question.council);
        if council.is_none() {
            self.refuse(path, "council", "reference-unknown", &question.council);
        }
        if let (Some(by), Some(council)) = (&question.by, council) {
            let asks_itself = by == council;
            if asks_itself != (question.kind == QuestionKind::AutoSaisine) {
                self.refuse(path, "by", "question-by", by);
            }
            self.own_actor(path, "by", by);
        }
        self.in_order(path, "expected_by", question.asked_on.as_ref(), question.expected_by.as_ref());
        self.not_too_far(path, "expected_by", question.asked_on.as_ref(), question.expected_by.as_ref());
        if let Some(response) = &question.response {
            if question.kind == QuestionKind::AutoSaisine {
                self.refuse(path, "response", "response-to-itself", "auto-saisine");
            }
            self.in_order(path, "response.on", question.asked_on.as_ref(), response.on.as_ref());
        }
    }

    fn avis(&mut self, path: &str, avis: &Avis) {
        if self.index.handle_of(&avis.council).is_none() {
            self.refuse(path, "council", "reference-unknown", &avis.council);
        }
        let asked = self.question_of(path, avis);
        self.short(path, "summary", &avis.summary);
        self.in_order(path, "adopted_on", asked, avis.adopted_on.as_ref());
        if let Some(vote) = avis.vote
            && [vote.in_favour, vote.against, vote.abstain] == [0; 3]
        {
            self.refuse(path, "vote", "vote-empty", "0");
        }
        let adopted = avis.adopted_on.as_ref().or(asked);
        self.in_order(path, "handed_over", adopted, avis.handed_over.as_ref());
        if let Some(delivered) = &avis.delivered {
            self.in_order(path, "delivered.on", adopted, Some(&delivered.on));
            if let Some(to) = &delivered.to {
                self.own_actor(path, "delivered.to", to);
            }
        }
        let mut numbers = BTreeSet::new();
        for (j, recommendation) in avis.recommendations.iter().enumerate() {
            let path = format!("{path}.recommendations[{j}]");
            if recommendation.number == 0 || !numbers.insert(recommendation.number) {
                self.refuse(&path, "number", "number", recommendation.number.to_string());
            }
            for axis in recommendation.axes.iter().filter(|axis| !self.index.has_axis(axis)) {
                self.refuse(&path, "axes", "axis-unknown", axis);
            }
            if let Some(Addressee::Handle(handle)) = &recommendation.addressee {
                self.own_actor(&path, "addressee", handle);
            }
        }
    }

    /// When the question of an avis was asked, if it is one of its council's questions.
    fn question_of(&mut self, path: &str, avis: &Avis) -> Option<&'a CivilDate> {
        let Some((whole, Target::Question(asked))) = self.index.find(&avis.question, Some(&avis.council))
        else {
            self.refuse(path, "question", "reference-unknown", &avis.question);
            return None;
        };
        if !whole.starts_with(&format!("{}/", self.index.council(&avis.council))) {
            self.refuse(path, "question", "question-of-other-council", &avis.question);
        }
        asked
    }

    fn answer(&mut self, path: &str, answer: &Answer) {
        self.reaction(path, &answer.recommendations, answer.by.as_deref(), &answer.on);
        if answer.decision == Decision::Refused && answer.reason.is_none() {
            self.refuse(path, "reason", "reason-missing", "refused");
        }
        self.in_order(path, "promised_by", Some(&answer.on), answer.promised_by.as_ref());
        self.not_too_far(path, "promised_by", Some(&answer.on), answer.promised_by.as_ref());
    }

    fn follow_up(&mut self, path: &str, follow_up: &FollowUp) {
        self.reaction(path, &follow_up.recommendations, follow_up.by.as_deref(), &follow_up.on);
        if follow_up.status == FollowUpStatus::Abandoned && follow_up.reason.is_none() {
            self.refuse(path, "reason", "reason-missing", "abandoned");
        }
    }

    /// What it stands under and names is in the dossier, and whoever says it too.
    fn beside(&mut self, one: &Beside) {
        let Some(whole) = self.index.whole(one) else {
            let under = one.under.as_deref().unwrap_or_default();
            self.refuse(&one.path, "", "reference-unknown", under);
            return;
        };
        if let Err(unknown) = publication::said(self.index, one) {
            self.refuse(&one.path, "", "reference-unknown", unknown);
        }
        let author = self.index.author(one, &whole);
        if !self.index.is_guarantor(&author) {
            self.own_actor(&one.path, "by", &author);
        }
    }

    /// Only the addressee's word makes a status (register.md rule 7), and nobody answers what was not
    /// yet adopted.
    fn reaction(&mut self, path: &str, recommendations: &[String], by: Option<&str>, on: &CivilDate) {
        if recommendations.is_empty() {
            self.refuse(path, "recommendation", "missing-field", "recommendation");
        }
        for written in recommendations {
            let Some((_, avis, recommendation)) = self.index.recommendation(written) else {
                self.refuse(path, "recommendation", "reference-unknown", written);
                continue;
            };
            self.in_order(path, "on", avis.adopted_on.as_ref(), Some(on));
            self.by_addressee(path, written, recommendation, by);
        }
    }

    fn by_addressee(&mut self, path: &str, written: &str, recommendation: &Recommendation, by: Option<&str>) {
        let addressee = self.index.addressee(recommendation);
        match (&addressee, by) {
            (Addressee::Handle(handle), Some(by)) if handle != by => {
                self.refuse(path, "by", "not-the-addressee", format!("{by}: {written} → {handle}"));
            }
            (Addressee::Handle(_), _) => {}
            (elsewhere, _) => {
                self.refuse(path, "by", "not-the-addressee", format!("{written} → {elsewhere}"));
            }
        }
    }

    /// Actors of the dossier: the city and its councils.
    fn own_actor(&mut self, path: &str, field: &str, handle: &str) {
        let dossier = self.index.dossier;
        if dossier.city.handle != handle && dossier.councils.iter().all(|council| council.handle != handle) {
            self.refuse(path, field, "actor-unknown", handle);
        }
    }

    /// Compared as far as both are precise.
    fn in_order(&mut self, path: &str, field: &str, first: Option<&CivilDate>, then: Option<&CivilDate>) {
        if let (Some(first), Some(then)) = (first, then) {
            let both = first.as_str().len().min(then.as_str().len());
            if then.as_str()[..both] < first.as_str()[..both] {
                self.refuse(path, field, "date-order", format!("{then} < {first}"));
            }
        }
    }

    /// A deadline further than [`DEADLINE_YEARS`] is a slip of the finger.
    fn not_too_far(&mut self, path: &str, field: &str, from: Option<&CivilDate>, to: Option<&CivilDate>) {
        if let (Some(from), Some(to)) = (from, to) {
            let year = |date: &CivilDate| date.as_str()[..4].parse::<i16>().unwrap_or_default();
            if year(to) - year(from) > DEADLINE_YEARS {
                self.refuse(path, field, "deadline-too-far", format!("{from} → {to}"));
            }
        }
    }

    fn short(&mut self, path: &str, field: &str, text: &Text) {
        for (language, words) in &text.0 {
            let count = words.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count();
            if count > SUMMARY_WORDS {
                self.refuse(path, &format!("{field}.{language}"), "summary-length", count.to_string());
            }
        }
    }

    /// No reference is given twice, neither by two items nor by two answers to one recommendation.
    fn references(&mut self) {
        for (path, whole) in &self.index.twice {
            self.problems.push(Problem::new(format!("{path}.ref"), "reference-twice", whole));
        }
        let dossier = self.index.dossier;
        let answers = dossier.answers.iter().enumerate();
        let answers = answers.map(|(i, a)| (format!("answers[{i}]"), &a.reference, &a.recommendations));
        let follow_ups = dossier.follow_ups.iter().enumerate();
        let follow_ups =
            follow_ups.map(|(i, f)| (format!("follow_ups[{i}]"), &f.reference, &f.recommendations));
        let mut seen: BTreeMap<String, String> = BTreeMap::new();
        let mut twice = Vec::new();
        for (path, segment, recommendations) in answers.chain(follow_ups) {
            for written in recommendations {
                let Some((whole, ..)) = self.index.recommendation(written) else { continue };
                let whole = format!("{whole}/{segment}");
                if let Some(first) = seen.insert(whole.replace('/', "-"), path.clone()) {
                    twice.push(Problem::new(
                        format!("{path}.ref"),
                        "reference-twice",
                        format!("{whole} ({first})"),
                    ));
                }
            }
        }
        self.problems.extend(twice);
    }
}
