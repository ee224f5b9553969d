//! The few phrases a record's own text is built with (register.md rule 21): they are published words,
//! so they live with the records, not with the pages.

use super::{
    Code as _, Lang,
    codes::{Decision, FollowUpStatus},
    said::Said,
};

/// The phrases of one language; French where we have no other.
pub struct Phrases {
    french: bool,
    tag: String,
}

impl Phrases {
    /// Phrases for a language.
    #[must_use]
    pub fn of(lang: &Lang) -> Self {
        let french = lang.as_str().split('-').next() != Some("en");
        Self { french, tag: if french { "fr".to_owned() } else { "en".to_owned() } }
    }

    fn choose(&self, french: String, english: String) -> String {
        if self.french { french } else { english }
    }

    /// First line of a record that has a number or a decision rather than a title.
    #[must_use]
    pub fn heading(&self, said: &Said, about: &About<'_>) -> String {
        let number = about.number.map_or_else(String::new, |n| format!(" {n}"));
        let who = about.author_name;
        match said {
            Said::Acceptance(_) => {
                self.choose(format!("{who} prend la question."), format!("{who} takes up the question."))
            }
            Said::Refusal(_) => {
                self.choose(format!("{who} décline la question."), format!("{who} declines the question."))
            }
            Said::Delivery(said) => {
                let date = &said.delivered_on;
                self.choose(
                    format!("{who} a reçu l’avis « {} » ({date}).", about.title),
                    format!("{who} received the avis “{}” ({date}).", about.title),
                )
            }
            Said::Answer(said) => self.answer(&said.decision, who, &number),
            Said::FollowUp(said) => self.follow_up(&said.status, who, &number),
            Said::Recommendation(said) => {
                let n = said.number;
                self.choose(
                    format!("Recommandation {n}\u{a0}: {}", about.title),
                    format!("Recommendation {n}: {}", about.title),
                )
            }
            _ => about.title.to_owned(),
        }
    }

    fn answer(&self, decision: &Decision, who: &str, number: &str) -> String {
        let label = decision.label(&self.tag);
        self.choose(
            format!("{who} répond à la recommandation{number}\u{a0}: {label}."),
            format!("{who} answers recommendation{number}: {label}."),
        )
    }

    fn follow_up(&self, status: &FollowUpStatus, who: &str, number: &str) -> String {
        let label = status.label(&self.tag);
        self.choose(
            format!("{who} rend compte de la recommandation{number}\u{a0}: {label}."),
            format!("{who} reports on recommendation{number}: {label}."),
        )
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
    /// Title of the record, or of the avis it acknowledges.
    pub title: &'a str,
    /// Number of the recommendation it is about.
    pub number: Option<u32>,
}
