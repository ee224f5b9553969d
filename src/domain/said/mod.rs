//! What each kind of record says, beside what all records have. One struct a kind, in wire form.

mod advised;
mod alike;
mod answered;
mod asked;
mod convened;
mod council;
mod heard;
mod judged;
mod owed;
mod relayed;
mod taken_up;

pub use advised::{Avis, Axis, Deliverable, Finding, Recommendation};
pub use alike::SameIdea;
pub use answered::{Account, Answer, Delivery, FollowUp, Instruction};
pub use asked::{Question, Verdict};
pub use convened::{
    Adhesion, Admission, Agreement, Asked, Contribution, Convention, Phase, Sentence, SubQuestion, Synthesis,
};
pub use council::{
    Beside, Composition, Criterion, Draw, Group, Hearing, Meeting, Place, Programme, Review, Seats, Stage,
    WorkingGroup,
};
pub use heard::{DebateSeries, Passage, Publication, Summary, Verbatim};
pub use judged::{Assessment, Deliberation, Indicator, Measure, Strategy};
pub use owed::{Owed, Postponement, Schedule};
pub use relayed::{Receipt, Relay, Support};
pub use taken_up::{Confirmation, TakeUp};

use super::{
    Problem,
    canonical::Document,
    record::{take, to_map},
};

/// The kinds we write: variant and name, what it holds, folder of its ids and pages.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident($said:ty) in $folder:literal,)*) => {
        /// What a record says, by `parvis:kind`. Kinds of later versions are kept whole as `Other`: open when
        /// we receive, closed when we write (register.md rule 7).
        #[derive(Clone, Debug, PartialEq)]
        pub enum Said {
            $($(#[$doc])* $kind($said),)*
            /// Any other kind: its name; its terms stay in the record's `extra`.
            Other(String),
        }

        impl Said {
            /// The kinds we write, with the folder their ids and pages live in.
            pub const FOLDERS: &[(&'static str, &'static str)] = &[$((stringify!($kind), $folder)),*];

            /// Name of the kind, without prefix.
            #[must_use]
            pub fn kind(&self) -> &str {
                match self {
                    $(Self::$kind(_) => stringify!($kind),)*
                    Self::Other(kind) => kind,
                }
            }

            /// The part of a document that is the kind's own.
            fn take_of(kind: String, rest: &mut Document) -> Result<Self, Problem> {
                Ok(match kind.as_str() {
                    $(stringify!($kind) => Self::$kind(take(rest)?),)*
                    _ => Self::Other(kind),
                })
            }

            /// What a record of that kind says, of the text of one whose rules were checked when it entered the
            /// register: nothing else of it is built. None for kinds we do not write.
            #[must_use]
            pub fn kept(kind: &str, text: &str) -> Option<Self> {
                match kind {
                    $(stringify!($kind) => serde_json::from_str(text).ok().map(Self::$kind),)*
                    _ => None,
                }
            }

            /// The kind's own terms, in wire form.
            fn terms(&self) -> Document {
                match self {
                    $(Self::$kind(said) => to_map(said),)*
                    Self::Other(_) => Document::new(),
                }
            }
        }
    };
}

kinds! {
    /// A question the city puts to a council.
    Saisine(Question) in "questions",
    /// A question a council puts to itself.
    AutoSaisine(Question) in "questions",
    /// The council takes a question up.
    Acceptance(Verdict) in "acceptations",
    /// The council declines a question; or a body declines a relay.
    Refusal(Verdict) in "refus",
    /// An avis.
    Avis(Box<Avis>) in "avis",
    /// One recommendation of an avis.
    Recommendation(Recommendation) in "recommandations",
    /// Another deliverable of a council, or of its guarantor.
    Deliverable(Box<Deliverable>) in "livrables",
    /// The receiving authority acknowledges an avis.
    Delivery(Delivery) in "remises",
    /// What the authority owes on an avis, by when.
    Schedule(Schedule) in "echeanciers",
    /// Something owed is put off.
    Postponement(Postponement) in "reports",
    /// A step of the instruction of recommendations.
    Instruction(Instruction) in "instructions",
    /// The addressee’s answer to recommendations.
    Answer(Answer) in "reponses",
    /// What became of recommendations since.
    FollowUp(FollowUp) in "suivis",
    /// An account of an avis, given at a date.
    Account(Account) in "comptes-rendus",
    /// An assessment by whoever signs it.
    Assessment(Assessment) in "evaluations",
    /// An indicator.
    Indicator(Indicator) in "indicateurs",
    /// A strategy of the authority.
    Strategy(Strategy) in "strategies",
    /// A deliberation of its assembly.
    Deliberation(Deliberation) in "deliberations",
    /// Something is relayed to another authority.
    Relay(Box<Relay>) in "relais",
    /// A body acknowledges a relay.
    Receipt(Receipt) in "recepisses",
    /// Somebody supports a recommendation.
    Support(Support) in "soutiens",
    /// Somebody confirms that recommendations carry the same idea.
    SameIdea(SameIdea) in "rapprochements",
    /// Who sits in a council.
    Composition(Composition) in "compositions",
    /// The yearly review of a council.
    Review(Review) in "bilans",
    /// A draw by lot.
    Draw(Draw) in "tirages",
    /// The programme of a year.
    Programme(Programme) in "programmes",
    /// A working group.
    WorkingGroup(WorkingGroup) in "groupes",
    /// A meeting.
    Meeting(Box<Meeting>) in "seances",
    /// A convention of several cities.
    Convention(Box<Convention>) in "conventions",
    /// A council asks to be a member of a convention.
    Adhesion(Adhesion) in "adhesions",
    /// Its host admits a member.
    Admission(Admission) in "admissions",
    /// A member brings something to a convention.
    Contribution(Contribution) in "contributions",
    /// What a convention says as a whole.
    Synthesis(Box<Synthesis>) in "syntheses",
    /// How far people agree.
    Agreement(Agreement) in "jugements",
    /// A recommendation of another is taken up.
    TakeUp(Box<TakeUp>) in "reprises",
    /// Its origin confirms a take-up.
    Confirmation(Confirmation) in "confirmations",
    /// A series of meetings over several territories.
    DebateSeries(DebateSeries) in "debats",
    /// What somebody said, word for word.
    Verbatim(Verbatim) in "verbatims",
    /// What was said, summed up.
    Summary(Summary) in "resumes",
    /// A book of summaries and minutes.
    Publication(Publication) in "publications",
}

impl Said {
    /// Folder of ids and pages of a kind; none for kinds we do not write.
    #[must_use]
    pub fn folder(kind: &str) -> Option<&'static str> {
        Self::FOLDERS.iter().find(|(name, _)| *name == kind).map(|(_, folder)| *folder)
    }

    /// Takes what a kind says out of a document.
    ///
    /// # Errors
    /// Rule `kind` without `parvis:kind`; else the rule of the field.
    pub fn take(rest: &mut Document) -> Result<Self, Problem> {
        let kind = rest.get("parvis:kind").and_then(serde_json::Value::as_str);
        let kind = kind.and_then(|kind| kind.strip_prefix("parvis:")).map(ToOwned::to_owned);
        let Some(kind) = kind else {
            return Err(Problem::new("parvis:kind", "kind", "absent"));
        };
        rest.remove("parvis:kind");
        Self::take_of(kind, rest)
    }

    /// In wire form, `parvis:kind` first.
    #[must_use]
    pub fn to_map(&self) -> Document {
        let mut map = Document::new();
        map.insert("parvis:kind".to_owned(), format!("parvis:{}", self.kind()).into());
        map.extend(self.terms());
        map
    }
}
