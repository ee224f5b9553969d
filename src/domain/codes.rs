//! Code lists: decisions, follow-up statuses, derived statuses, reasons, tiers, licences, themes.
//! Versioned files under `codes/`, with labels in French and English. **Closed when we write, open when
//! we receive** (register.md rule 7): [`Code::written`] refuses what the list does not hold, while
//! parsing a received document keeps it, shows it raw and lets it be counted as other.

mod licence;
mod list;
mod theme;
mod words;

pub use licence::Licence;
pub use list::{Entry, Label, List};
pub use theme::Theme;
pub use words::{
    Certainty, CharterDuty, Decision, DeliverableKind, DrawStage, Duty, Faithfulness, FollowUpStatus,
    MeetingKind, Office, Quadrant, Reason, SeatOrigin, Sector, Status, Step, TakeUpKind, TakenUpAs, Tier,
};

use super::Problem;

/// A word of a code list. On the wire it is `parvis:` and the word.
pub trait Code: Clone + PartialEq + Sized + 'static {
    /// The rule a written word breaks when it is not in the list.
    const RULE: &'static str;

    /// The words of the list, in its order.
    const ALL: &'static [(&'static str, Self)];

    /// The list with its labels.
    fn list() -> &'static List;

    /// Keeps a word the list does not hold.
    fn other(word: String) -> Self;

    /// The word, if the list does not hold it.
    fn unknown(&self) -> Option<&str>;

    /// The word, without prefix: `accepted-in-part`.
    fn word(&self) -> &str {
        let known = || Self::ALL.iter().find(|(_, value)| value == self).map_or("", |(word, _)| *word);
        self.unknown().unwrap_or_else(known)
    }

    /// The form of the wire: `parvis:accepted-in-part`. A received word that had no prefix, or another
    /// one, is given back as it came.
    fn wire(&self) -> String {
        self.unknown().map_or_else(|| format!("parvis:{}", self.word()), ToOwned::to_owned)
    }

    /// Reads what a person or a program of ours writes, with or without `parvis:`.
    ///
    /// # Errors
    /// Rule [`Code::RULE`] when the list does not hold it; the detail ends with the words it holds.
    fn written(text: &str) -> Result<Self, Problem> {
        let word = text.strip_prefix("parvis:").unwrap_or(text);
        Self::ALL.iter().find(|(known, _)| *known == word).map(|(_, value)| value.clone()).ok_or_else(|| {
            let words: Vec<&str> = Self::ALL.iter().map(|(known, _)| *known).collect();
            Problem::new("", Self::RULE, format!("{text}: {}", words.join(", ")))
        })
    }

    /// Reads what somebody else wrote; never refuses.
    #[must_use]
    fn received(text: &str) -> Self {
        let known = text.strip_prefix("parvis:").and_then(|word| Self::written(word).ok());
        known.unwrap_or_else(|| Self::other(text.to_owned()))
    }

    /// What people read, in a language (`fr`, `en`, a longer tag; French when the list has no such
    /// language). An unknown word is shown raw.
    fn label(&self, lang: &str) -> &str {
        match self.unknown() {
            Some(raw) => raw,
            None => Self::list().entry(self.word()).map_or("", |entry| entry.label.of(lang)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches_its_list<C: Code + std::fmt::Debug>() {
        let words: Vec<&str> = C::list().codes.iter().map(|entry| entry.code.as_str()).collect();
        let known: Vec<&str> = C::ALL.iter().map(|(word, _)| *word).collect();
        assert_eq!(words, known);
        for (word, value) in C::ALL {
            assert_eq!(value.word(), *word);
            assert!(!value.label("fr").is_empty() && !value.label("en").is_empty());
            assert_eq!(C::written(word).as_ref(), Ok(value));
            assert_eq!(&C::received(&value.wire()), value);
        }
    }

    #[test]
    fn every_enum_is_its_list_in_its_order() {
        matches_its_list::<Decision>();
        matches_its_list::<FollowUpStatus>();
        matches_its_list::<Status>();
        matches_its_list::<Reason>();
        matches_its_list::<Tier>();
        matches_its_list::<Step>();
        matches_its_list::<Duty>();
        matches_its_list::<Faithfulness>();
        matches_its_list::<MeetingKind>();
        matches_its_list::<SeatOrigin>();
        matches_its_list::<Office>();
        matches_its_list::<DrawStage>();
        matches_its_list::<DeliverableKind>();
        matches_its_list::<Quadrant>();
        matches_its_list::<Certainty>();
        matches_its_list::<Sector>();
    }

    #[test]
    fn closed_when_we_write_open_when_we_receive() {
        let refused = Decision::written("adopted").unwrap_err();
        assert_eq!(refused.rule, "decision");
        assert!(refused.detail.starts_with("adopted: accepted, accepted-in-part"), "{}", refused.detail);

        for wire in ["parvis:adopted", "adopted", "https://other.example/ns#adopted", "accepted"] {
            let text = format!("\"{wire}\"");
            let received: Decision = serde_json::from_str(&text).unwrap();
            assert_eq!(received, Decision::Other(wire.to_owned()));
            assert_eq!(received.label("fr"), wire);
            assert_eq!(serde_json::to_string(&received).unwrap(), text);
        }
        let known: Decision = serde_json::from_str("\"parvis:accepted-in-part\"").unwrap();
        assert_eq!(known, Decision::AcceptedInPart);
        assert_eq!(serde_json::to_string(&known).unwrap(), "\"parvis:accepted-in-part\"");
        assert_eq!(known.label("en-GB"), "accepted in part");
        assert_eq!(known.label("br"), "acceptée en partie");
    }

    #[test]
    fn rule_7_the_table_of_statuses() {
        use Decision as D;
        let table = [
            (D::Accepted, Status::Accepted),
            (D::AcceptedInPart, Status::AcceptedInPart),
            (D::Refused, Status::Refused),
            (D::AlreadyDone, Status::Done),
            (D::Deferred, Status::UnderStudy),
            (D::Relayed, Status::Relayed),
            (D::Other("parvis:new".into()), Status::Other("parvis:new".into())),
        ];
        for (decision, status) in table {
            assert_eq!(decision.status(), status);
        }
        assert_eq!(FollowUpStatus::Abandoned.status(), Status::Abandoned);
    }
}
