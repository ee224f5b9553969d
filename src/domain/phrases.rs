//! The few phrases a record's own text is built with (register.md rule 21): they are published words,
//! so they live with the records, not with the pages.

use super::{CivilDate, Code, Lang, facts::Fact, said::Said};

/// Months as people write them.
const MOIS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Days of the week, Monday first.
const JOURS: [&str; 7] = ["Lundi", "Mardi", "Mercredi", "Jeudi", "Vendredi", "Samedi", "Dimanche"];
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// The phrases of one language; French where we have no other.
pub struct Phrases {
    french: bool,
    tag: String,
}

impl Phrases {
    /// Phrases for a language.
    #[must_use]
    pub fn of(lang: &Lang) -> Self {
        Self::in_language(lang.as_str())
    }

    /// Phrases for the language of a tag.
    #[must_use]
    pub fn in_language(tag: &str) -> Self {
        let french = tag.split('-').next() != Some("en");
        Self { french, tag: if french { "fr".to_owned() } else { "en".to_owned() } }
    }

    /// The one of two texts that is in this language.
    pub(super) fn choose(&self, french: String, english: String) -> String {
        if self.french { french } else { english }
    }

    /// A label and its value as one line.
    #[must_use]
    pub fn says(&self, fact: &Fact) -> String {
        if fact.label.is_empty() {
            return fact.value.clone();
        }
        let label = capitalised(&fact.label);
        self.choose(format!("{label}\u{a0}: {}", fact.value), format!("{label}: {}", fact.value))
    }

    /// The label of a code.
    pub(super) fn label<'a, C: Code>(&self, code: &'a C) -> &'a str {
        code.label(&self.tag)
    }

    /// A whole number, in groups of three digits.
    #[must_use]
    pub fn number(&self, number: u32) -> String {
        let digits = number.to_string();
        let mut grouped = String::new();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                grouped.push(if self.french { '\u{202f}' } else { ',' });
            }
            grouped.push(digit);
        }
        grouped
    }

    /// A date in words, as precise as it is known.
    #[must_use]
    pub fn date(&self, date: &CivilDate) -> String {
        let text = date.as_str();
        let month = text.get(5..7).and_then(|month| month.parse::<usize>().ok());
        let month =
            month.and_then(|month| if self.french { &MOIS } else { &MONTHS }.get(month.checked_sub(1)?));
        match (month, text.get(8..).and_then(|day| day.parse::<u8>().ok())) {
            (None, _) => text.to_owned(),
            (Some(month), None) => format!("{month} {}", &text[..4]),
            (Some(month), Some(1)) if self.french => format!("1er {month} {}", &text[..4]),
            (Some(month), Some(day)) => format!("{day} {month} {}", &text[..4]),
        }
    }

    /// A day in words.
    #[must_use]
    pub fn day(&self, day: jiff::civil::Date) -> String {
        CivilDate::parse(&day.to_string()).map_or_else(|_| day.to_string(), |date| self.date(&date))
    }

    /// A day of the week, as a sentence begins with it.
    #[must_use]
    pub fn weekday(&self, day: jiff::civil::Weekday) -> &'static str {
        let days = if self.french { &JOURS } else { &WEEKDAYS };
        days[usize::try_from(day.to_monday_zero_offset()).unwrap_or_default()]
    }

    /// First line of a record that has a number or a decision rather than a title.
    #[must_use]
    pub fn heading(&self, said: &Said, about: &About<'_>) -> String {
        let (who, title) = (about.author_name, about.title);
        match said {
            Said::Acceptance(_) => {
                self.choose(format!("{who} prend la question."), format!("{who} takes up the question."))
            }
            Said::Refusal(said) if said.relay.is_some() => self.choose(
                format!("{who} décline ce qui lui est relayé."),
                format!("{who} declines what is relayed to it."),
            ),
            // Of a request to be in a convention, or of a take-up: what it replies to says which.
            Said::Refusal(said) if said.question.is_none() => {
                self.choose(format!("{who} décline."), format!("{who} declines."))
            }
            Said::Refusal(_) => {
                self.choose(format!("{who} décline la question."), format!("{who} declines the question."))
            }
            Said::Delivery(said) => {
                let date = self.date(&said.delivered_on);
                self.choose(
                    format!("{who} a reçu l’avis « {title} » ({date})."),
                    format!("{who} received the avis “{title}” ({date})."),
                )
            }
            Said::Answer(said) => {
                let (numbers, label) =
                    (self.recommendations_named(about.numbers), self.label(&said.decision));
                self.choose(
                    format!(
                        "{who} répond {}{numbers}\u{a0}: {label}.",
                        if about.numbers.len() > 1 { "aux " } else { "à la " }
                    ),
                    format!("{who} answers {numbers}: {label}."),
                )
            }
            Said::FollowUp(said) => {
                let (numbers, label) = (self.recommendations_named(about.numbers), self.label(&said.status));
                self.choose(
                    format!(
                        "{who} rend compte {}{numbers}\u{a0}: {label}.",
                        if about.numbers.len() > 1 { "des " } else { "de la " }
                    ),
                    format!("{who} reports on {numbers}: {label}."),
                )
            }
            Said::Recommendation(said) => {
                let n = said.number;
                self.choose(
                    format!("Recommandation {n}\u{a0}: {title}"),
                    format!("Recommendation {n}: {title}"),
                )
            }
            other => self.heading_beside(other, about),
        }
    }

    /// First line of the kinds beside question, avis and answer; of those with a title, the title.
    fn heading_beside(&self, said: &Said, about: &About<'_>) -> String {
        let (who, title) = (about.author_name, about.title);
        let of = |french: &str, english: &str| {
            self.choose(
                format!("{who}\u{a0}: {french} «\u{a0}{title}\u{a0}»"),
                format!("{who}: {english} “{title}”"),
            )
        };
        match said {
            Said::Schedule(_) => of("calendrier des réponses à l’avis", "schedule of answers to the avis"),
            Said::Postponement(_) => of("échéance reportée pour l’avis", "date postponed for the avis"),
            Said::Account(_) => of("point public sur les suites de l’avis", "public account of the avis"),
            Said::Receipt(_) => {
                self.choose(format!("{who} accuse réception."), format!("{who} acknowledges receipt."))
            }
            Said::Instruction(said) => {
                let (numbers, step) = (self.recommendations_named(about.numbers), self.label(&said.step));
                self.choose(
                    format!(
                        "{who} instruit {}{numbers}\u{a0}: {step}.",
                        if about.numbers.len() > 1 { "les " } else { "la " }
                    ),
                    format!("{who} examines {numbers}: {step}."),
                )
            }
            Said::Assessment(said) => match &said.assessment {
                Some(code) => {
                    let code = self.label(code);
                    if let Some(sentence) = said.sentence {
                        return self.choose(
                            format!("{who} juge la phrase {sentence} {code}."),
                            format!("{who} finds sentence {sentence} {code}."),
                        );
                    }
                    self.choose(
                        format!("{who} juge ce suivi {code}."),
                        format!("{who} finds this account {code}."),
                    )
                }
                None => self.choose(format!("{who} évalue."), format!("{who} assesses.")),
            },
            Said::Relay(said) => {
                let to = said.relay_to_name.as_deref().unwrap_or(about.toward);
                let numbers = self.recommendations_named(about.numbers);
                let what = match about.numbers.len() {
                    0 => self.choose("l’avis".to_owned(), "the avis".to_owned()),
                    1 => self.choose(format!("la {numbers}"), numbers),
                    _ => self.choose(format!("les {numbers}"), numbers),
                };
                self.choose(format!("{who} relaie {what} à {to}."), format!("{who} relays {what} to {to}."))
            }
            Said::Support(_) => self.choose(
                format!("{who} soutient cette recommandation."),
                format!("{who} supports this recommendation."),
            ),
            Said::SameIdea(_) => self.choose(
                format!("{who} rapproche ces recommandations\u{a0}: c’est la même idée."),
                format!("{who} brings these recommendations together: they carry the same idea."),
            ),
            other => self.heading_of_council(other, about),
        }
    }

    /// First line of what tells of the life of a council.
    fn heading_of_council(&self, said: &Said, about: &About<'_>) -> String {
        let who = about.author_name;
        let dated = |french: &str, english: &str, date: &CivilDate| {
            let date = self.date(date);
            self.choose(format!("{who}\u{a0}: {french} {date}"), format!("{who}: {english} {date}"))
        };
        match said {
            Said::Composition(said) => dated("composition,", "composition,", &said.as_of),
            Said::Review(said) => dated("bilan de l’année", "review of the year", &said.year),
            Said::Draw(said) => dated("tirage au sort,", "draw by lot,", &said.as_of),
            Said::Programme(said) => dated("programme", "programme", &said.year),
            Said::Meeting(said) => said.name.clone(),
            Said::Verbatim(_) => self.choose(
                format!("Parole recueillie par {who}, telle quelle."),
                format!("Said to {who}, word for word."),
            ),
            other => self.heading_together(other, about),
        }
    }

    /// First line of what cities do together; of those with a title, the title.
    fn heading_together(&self, said: &Said, about: &About<'_>) -> String {
        let who = about.author_name;
        let toward = |french: &str, english: &str| {
            self.choose(
                format!("{who} {french} {}.", about.toward),
                format!("{who} {english} {}.", about.toward),
            )
        };
        match said {
            Said::Adhesion(_) => toward("demande à rejoindre", "asks to join"),
            Said::Admission(_) => toward("admet un membre dans", "admits a member to"),
            Said::Contribution(_) => toward("contribue à", "contributes to"),
            Said::TakeUp(_) => self.choose(
                format!("{who} reprend cette recommandation."),
                format!("{who} takes up this recommendation."),
            ),
            Said::Confirmation(_) => {
                self.choose(format!("{who} confirme cette reprise."), format!("{who} confirms this take-up."))
            }
            Said::Agreement(_) => self
                .choose(format!("{who}\u{a0}: jugement majoritaire."), format!("{who}: majority judgement.")),
            _ => about.title.to_owned(),
        }
    }

    /// “recommandations 1 à 3 et 8”; without numbers, the bare word.
    fn recommendations_named(&self, numbers: &[u32]) -> String {
        let one = numbers.len() < 2;
        let word = match (self.french, one) {
            (true, true) => "recommandation",
            (true, false) => "recommandations",
            (false, true) => "recommendation",
            (false, false) => "recommendations",
        };
        if numbers.is_empty() {
            return word.to_owned();
        }
        let mut sorted = numbers.to_vec();
        sorted.sort_unstable();
        let runs = sorted.chunk_by(|a, b| a + 1 == *b);
        let runs: Vec<String> = runs
            .flat_map(|run| match run {
                [first, .., last] if run.len() > 2 => {
                    vec![self.choose(format!("{first} à {last}"), format!("{first} to {last}"))]
                }
                run => run.iter().map(ToString::to_string).collect(),
            })
            .collect();
        let and = if self.french { " et " } else { " and " };
        match runs.split_last() {
            Some((last, before)) if !before.is_empty() => format!("{word} {}{and}{last}", before.join(", ")),
            _ => format!("{word} {}", runs.join("")),
        }
    }

    /// Heading of the list of recommendations.
    #[must_use]
    pub const fn recommendations(&self) -> &'static str {
        if self.french { "Recommandations" } else { "Recommendations" }
    }

    /// Text of the link to the page.
    #[must_use]
    pub const fn read_on(&self) -> &'static str {
        if self.french { "Lire sur le site de la ville" } else { "Read on the city’s site" }
    }

    /// The mark of a text nobody published.
    #[must_use]
    pub const fn synthetic(&self) -> &'static str {
        if self.french {
            "Texte synthétique\u{a0}: écrit pour la démonstration, publié par personne."
        } else {
            "Synthetic text: written for the demonstration, published by nobody."
        }
    }
}

/// What a heading speaks about.
pub struct About<'a> {
    /// Name of the author.
    pub author_name: &'a str,
    /// Title of the record, or of what it is about.
    pub title: &'a str,
    /// Numbers of the recommendations it is about.
    pub numbers: &'a [u32],
    /// Of a relay, or of what concerns a convention: the name of what it goes to.
    pub toward: &'a str,
}

/// With its first letter in upper case.
fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
