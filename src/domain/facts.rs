//! What a record states beside its words, as a label and a value: one list for the text that people see on
//! other servers and for our own pages. (Question, avis, recommendation, answer and follow-up say theirs in
//! their text and on pages of their own.)

use super::{
    CivilDate, Code, agreement,
    codes::Duty,
    heard, html,
    phrases::Phrases,
    said::{
        Assessment, Composition, Deliberation, Deliverable, Draw, Meeting, Relay, Said, Schedule,
        WorkingGroup,
    },
};

/// A label and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What it is; empty where the value says so itself.
    pub label: String,
    /// What it says.
    pub value: String,
}

/// The facts a record states, in a language.
#[must_use]
pub fn facts(said: &Said, phrases: &Phrases) -> Vec<Fact> {
    let mut list = List { phrases, facts: Vec::new() };
    match said {
        Said::Schedule(said) => list.schedule(said),
        Said::Postponement(said) => {
            list.code("Échéance", "Due", Some(&said.duty));
            list.date("Prévue le", "Due on", Some(&said.due));
            list.date("Reportée au", "Postponed to", Some(&said.postponed_to));
            list.code("Motif", "Reason", Some(&said.reason));
        }
        Said::Instruction(said) => {
            list.code("Étape", "Step", Some(&said.step));
            list.date("Date", "Date", said.as_of.as_ref());
            list.text("Service", "Department", said.service.as_deref());
        }
        Said::Account(said) => {
            list.date("Échéance", "Due", said.due.as_ref());
            list.date("Rendu le", "Given on", said.as_of.as_ref());
        }
        Said::Assessment(said) => list.assessment(said),
        Said::Indicator(said) => {
            list.text("Définition", "Definition", Some(&said.definition));
            list.text("Unité", "Unit", said.unit.as_deref());
            for measure in &said.values {
                let period = list.phrases.date(&measure.period);
                list.add(&period, &period, measure.value.clone());
            }
        }
        Said::Strategy(said) => {
            list.date("Adoptée le", "Adopted on", said.adopted_on.as_ref());
            said.axes.iter().for_each(|axis| list.add("Axe", "Axis", axis.title.clone()));
        }
        Said::Deliberation(said) => list.deliberation(said),
        Said::Relay(said) => list.relay(said),
        Said::Receipt(said) => list.date("Reçu le", "Received on", said.as_of.as_ref()),
        Said::Composition(said) => list.composition(said),
        Said::Review(said) => {
            list.date("Année", "Year", Some(&said.year));
            list.count("Restent", "Staying", Some(said.stay));
            list.count("Partent", "Leaving", Some(said.leave));
        }
        Said::Draw(said) => list.draw(said),
        Said::Programme(said) => {
            list.date("Année", "Year", Some(&said.year));
            list.date("Adopté le", "Adopted on", said.adopted_on.as_ref());
            said.items.iter().for_each(|item| list.add("Au programme", "On it", item.clone()));
        }
        Said::WorkingGroup(said) => list.working_group(said),
        Said::Deliverable(said) => list.deliverable(said),
        Said::Meeting(said) => list.meeting(said),
        other => list.together(other),
    }
    list.facts
}

/// The facts as a list of lines, as the text of a record ends with; empty without facts. Each sentence of a
/// synthesis has its sources beside it.
#[must_use]
pub fn listed(said: &Said, phrases: &Phrases) -> String {
    if let Said::Synthesis(said) = said {
        let lines = said.sentences.iter().map(|sentence| {
            let sources = (1..)
                .zip(&sentence.cites)
                .map(|(number, id)| format!(" <a href=\"{}\">[{number}]</a>", html::escape(id.as_str())));
            format!("<li>{}{}</li>", html::escape(&sentence.text), sources.collect::<String>())
        });
        return format!("<ol>{}</ol>", lines.collect::<String>());
    }
    let lines = facts(said, phrases);
    if lines.is_empty() {
        return String::new();
    }
    let lines = lines.iter().map(|fact| format!("<li>{}</li>", html::escape(&phrases.says(fact))));
    format!("<ul>{}</ul>", lines.collect::<String>())
}

struct List<'a> {
    phrases: &'a Phrases,
    facts: Vec<Fact>,
}

impl List<'_> {
    fn add(&mut self, french: &str, english: &str, value: String) {
        let label = self.phrases.choose(french.to_owned(), english.to_owned());
        self.facts.push(Fact { label, value });
    }

    fn text(&mut self, french: &str, english: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.add(french, english, value.to_owned());
        }
    }

    fn date(&mut self, french: &str, english: &str, date: Option<&CivilDate>) {
        if let Some(date) = date {
            self.add(french, english, self.phrases.date(date));
        }
    }

    fn count(&mut self, french: &str, english: &str, count: Option<u32>) {
        if let Some(count) = count {
            self.add(french, english, self.phrases.number(count));
        }
    }

    fn code<C: Code>(&mut self, french: &str, english: &str, code: Option<&C>) {
        if let Some(code) = code {
            self.add(french, english, self.phrases.label(code).to_owned());
        }
    }

    /// “10 out of 20”, or what there is of it.
    fn of(&self, there: Option<u32>, of: Option<u32>) -> String {
        let number = |count: u32| self.phrases.number(count);
        match (there, of) {
            (Some(there), Some(of)) => self.phrases.choose(
                format!("{} sur {}", number(there), number(of)),
                format!("{} of {}", number(there), number(of)),
            ),
            (Some(there), None) => number(there),
            (None, _) => self.phrases.choose("non communiqué".to_owned(), "withheld".to_owned()),
        }
    }

    fn schedule(&mut self, said: &Schedule) {
        for owed in &said.obligations {
            let label = self.phrases.label(&owed.duty).to_owned();
            let by = self.phrases.date(&owed.due);
            let by = match owed.duty {
                Duty::AnswerDue => self.phrases.choose(format!("au plus tard le {by}"), format!("by {by}")),
                _ => by,
            };
            self.add(&label, &label, by);
        }
    }

    fn assessment(&mut self, said: &Assessment) {
        self.count("Phrase", "Sentence", said.sentence);
        if let Some(criterion) = &said.criterion {
            self.add(criterion, criterion, said.value.clone().unwrap_or_default());
        }
        if let (Some(mark), Some(out_of)) = (&said.mark, &said.out_of) {
            self.add("Note", "Mark", format!("{mark}/{out_of}"));
        }
    }

    fn deliberation(&mut self, said: &Deliberation) {
        self.text("Assemblée", "Assembly", Some(&said.body));
        self.text("Acte", "Act", Some(&said.act));
        self.date("Date", "Date", Some(&said.decided_on));
        self.text("Matière", "Matter", said.matter.as_deref());
        self.count("Pour", "For", said.votes_for);
        self.count("Contre", "Against", said.votes_against);
        self.count("Abstentions", "Abstentions", said.votes_abstain);
    }

    fn relay(&mut self, said: &Relay) {
        self.text("Relayé à", "Relayed to", said.relay_to_name.as_deref());
        self.code("Échelon", "Tier", said.tier.as_ref());
        self.text("Fondement", "Legal ground", said.ground.as_deref());
        self.date("Accusé de réception espéré le", "Acknowledgement hoped for by", said.expected_by.as_ref());
    }

    fn composition(&mut self, said: &Composition) {
        self.date("Au", "As of", Some(&said.as_of));
        let total: u32 = said.seats.iter().map(|seats| seats.count).sum();
        let total = self.of(Some(total), said.target);
        self.add("Sièges pourvus", "Seats filled", total);
        for seats in &said.seats {
            let label = self.phrases.label(&seats.origin).to_owned();
            let mut value = self.phrases.number(seats.count);
            if let Some(term) = seats.term {
                value.push_str(&self.phrases.choose(format!(", mandat {term}"), format!(", term {term}")));
            }
            if let Some(until) = &seats.until {
                let until = self.phrases.date(until);
                value.push_str(
                    &self.phrases.choose(format!(", jusqu’au {until}"), format!(", until {until}")),
                );
            }
            self.add(&label, &label, value);
        }
        for beside in &said.roles {
            let label = self.phrases.label(&beside.role).to_owned();
            self.count(&label, &label, Some(beside.count));
        }
        if !said.named.is_empty() {
            self.add("Ont accepté d’être nommés", "Agreed to be named", said.named.join(", "));
        }
    }

    fn draw(&mut self, said: &Draw) {
        self.date("Date", "Date", Some(&said.as_of));
        self.count("Sièges à remplacer", "Seats to replace", said.replaces);
        for stage in &said.stages {
            let label = self.phrases.label(&stage.stage).to_owned();
            self.count(&label, &label, Some(stage.count));
        }
        for criterion in &said.criteria {
            let groups = criterion.groups.iter();
            let groups =
                groups.map(|group| format!("{} {}", group.label, self.of(group.obtained, group.target)));
            let groups = groups.collect::<Vec<_>>().join("\u{a0}; ");
            if groups.is_empty() {
                self.add("Critère", "Criterion", criterion.criterion.clone());
            } else {
                self.add(&criterion.criterion, &criterion.criterion, groups);
            }
        }
    }

    fn working_group(&mut self, said: &WorkingGroup) {
        self.count("Pilotes", "Leads", Some(said.leads));
        self.count("Membres", "Members", said.members);
        if !said.partners.is_empty() {
            self.add("Partenaires", "Partners", said.partners.join(", "));
        }
        if !said.methods.is_empty() {
            self.add("Méthode", "Method", said.methods.join(", "));
        }
        if !said.means.is_empty() {
            self.add("Moyens", "Means", said.means.join(", "));
        }
    }

    fn deliverable(&mut self, said: &Deliverable) {
        self.code("Livrable", "Deliverable", Some(&said.deliverable));
        self.date("Date", "Date", said.as_of.as_ref());
        said.axes.iter().for_each(|axis| self.add("Axe", "Axis", axis.title.clone()));
        for finding in &said.analysis {
            let label = self.phrases.label(&finding.quadrant).to_owned();
            let value = format!("{} ({})", finding.text, self.phrases.label(&finding.certainty));
            self.add(&label, &label, value);
        }
        if !said.candidates.is_empty() {
            self.add("Sujets possibles", "Candidates", said.candidates.join("\u{a0}; "));
        }
        if !said.chosen.is_empty() {
            self.add("Choix", "Chosen", said.chosen.join("\u{a0}; "));
        }
        self.text("Méthode", "Method", said.method.as_deref());
    }

    /// What cities do together.
    fn together(&mut self, said: &Said) {
        match said {
            Said::Convention(said) => {
                for phase in &said.phases {
                    let days = [phase.from.as_ref(), phase.until.as_ref()];
                    let days: Vec<String> =
                        days.into_iter().flatten().map(|day| self.phrases.date(day)).collect();
                    self.add(&phase.title, &phase.title, days.join(" – "));
                }
                said.sub_questions.iter().for_each(|row| self.add("Question", "Question", row.title.clone()));
                let duties: Vec<&str> =
                    said.duties.iter().map(|asked| self.phrases.label(&asked.duty)).collect();
                if !duties.is_empty() {
                    let duties = duties.join(", ");
                    self.add("La charte demande", "The charter asks for", duties);
                }
                self.text("Contact", "Contact", said.contact.as_deref());
            }
            Said::Agreement(said) => {
                for (grade, count) in (1_u32..).zip(&said.grades) {
                    let label = grade.to_string();
                    self.count(&label, &label, Some(*count));
                }
                if let Some(ruling) = agreement::ruling(&said.grades, said.kept_from) {
                    self.count("Note majoritaire", "Majority grade", Some(ruling.grade));
                    let (french, english) =
                        if ruling.kept { ("gardé", "kept") } else { ("à réécrire", "to be rewritten") };
                    let verdict = self.phrases.choose(french.to_owned(), english.to_owned());
                    let from = said.kept_from.to_string();
                    self.add(&format!("Gardé à partir de {from}"), &format!("Kept from {from}"), verdict);
                }
                said.minority.iter().for_each(|text| {
                    self.add("Opinion minoritaire", "Minority opinion", text.clone());
                });
            }
            Said::TakeUp(said) => {
                self.code("Reprise", "Take-up", said.take_up.as_ref());
                self.code("Devient", "Becomes", said.taken_up_as.as_ref());
                self.text("Par", "By", said.by_name.as_deref());
                self.code("Suite", "Outcome", said.outcome.as_ref());
                self.date("Date", "Date", said.as_of.as_ref());
            }
            Said::Synthesis(said) => {
                for (number, sentence) in (1_u32..).zip(&said.sentences) {
                    let label = number.to_string();
                    self.add(&label, &label, sentence.text.clone());
                }
            }
            other => self.heard(other),
        }
    }

    fn heard(&mut self, said: &Said) {
        match said {
            Said::DebateSeries(said) => {
                let names = said.territories.iter().map(|one| heard::place_name(one));
                self.add("Territoires", "Territories", names.collect::<Vec<_>>().join(", "));
            }
            Said::Verbatim(said) => {
                self.code("Parole de", "Said by", Some(&said.sector));
                self.date("Date", "Date", said.as_of.as_ref());
            }
            Said::Summary(said) => self.date("Date", "Date", said.as_of.as_ref()),
            Said::Publication(said) => {
                self.date("Date", "Date", said.as_of.as_ref());
                self.count("Textes réunis", "Texts compiled", u32::try_from(said.contents.len()).ok());
            }
            _ => {}
        }
    }

    fn meeting(&mut self, said: &Meeting) {
        self.code("Type", "Kind", said.meeting.as_ref());
        self.text("Territoire", "Territory", said.territory.as_deref().map(heard::place_name));
        if said.present.is_some() {
            let there = self.of(said.present, said.expected);
            self.add("Présents", "Present", there);
        }
        self.count("Excusés", "Excused", said.excused);
        self.count("Personnes rencontrées", "People met", said.reached);
        for hearing in &said.hearings {
            let who = [hearing.speaker.as_deref(), hearing.organisation.as_deref()];
            let who = who.into_iter().flatten().collect::<Vec<_>>().join(", ");
            let sector = self.phrases.label(&hearing.sector);
            let who = if who.is_empty() { sector.to_owned() } else { format!("{who} ({sector})") };
            let value = self
                .phrases
                .choose(format!("{who}\u{a0}: {}", hearing.topic), format!("{who}: {}", hearing.topic));
            self.add("Audition", "Hearing", value);
        }
        if !said.publics.is_empty() {
            self.add("Publics", "People sought", said.publics.join(", "));
        }
        if !said.partners.is_empty() {
            self.add("Partenaires", "Partners", said.partners.join(", "));
        }
    }
}
