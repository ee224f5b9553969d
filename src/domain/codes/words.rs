//! The words of the closed lists as enums, each with a place for words of later versions or other servers.
//! Their labels are in the file named beside them; a test holds both together.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::{Code, List};

/// Enums that are code lists: the rule a wrong word breaks, the file of its labels, and its words in order.
macro_rules! codes {
    ($(
        $(#[$doc:meta])*
        $name:ident($rule:literal, $file:literal) { $($(#[$word_doc:meta])* $variant:ident = $word:literal,)* }
    )*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(from = "String", into = "String")]
        pub enum $name {
            $($(#[$word_doc])* $variant,)*
            /// A word this version does not know, as received.
            Other(String),
        }

        impl Code for $name {
            const RULE: &'static str = $rule;
            const ALL: &'static [(&'static str, Self)] = &[$(($word, Self::$variant)),*];

            fn list() -> &'static List {
                static LIST: LazyLock<List> = LazyLock::new(|| List::built_in(include_str!($file)));
                &LIST
            }

            fn other(word: String) -> Self {
                Self::Other(word)
            }

            fn unknown(&self) -> Option<&str> {
                if let Self::Other(word) = self { Some(word) } else { None }
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self::received(&text)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.wire()
            }
        }
    )*};
}

codes! {
    /// What an addressee decides on a recommendation.
    Decision("decision", "decisions.toml") {
        /// It will be done.
        Accepted = "accepted",
        /// Part of it will be done.
        AcceptedInPart = "accepted-in-part",
        /// It will not be done; needs a reason.
        Refused = "refused",
        /// It was in place already.
        AlreadyDone = "already-done",
        /// Still under study.
        Deferred = "deferred",
        /// Passed on to the authority that is competent.
        Relayed = "relayed",
    }

    /// Where a recommendation stands since its answer.
    FollowUpStatus("follow-up-status", "follow-ups.toml") {
        /// Begun.
        InProgress = "in-progress",
        /// Done.
        Done = "done",
        /// Given up; needs a reason.
        Abandoned = "abandoned",
    }

    /// The state of a recommendation, derived by every node alike (register.md rule 7).
    Status("status", "statuses.toml") {
        /// Published, not delivered.
        Proposed = "proposed",
        /// Delivered, or its decision deferred.
        UnderStudy = "under-study",
        /// Accepted.
        Accepted = "accepted",
        /// Accepted in part.
        AcceptedInPart = "accepted-in-part",
        /// Refused.
        Refused = "refused",
        /// Relayed, and the accepting body has not said more.
        Relayed = "relayed",
        /// Begun.
        InProgress = "in-progress",
        /// Done.
        Done = "done",
        /// Given up.
        Abandoned = "abandoned",
    }

    /// Why something is refused, reduced, deferred or given up (requirement 2.28).
    Reason("reason", "reasons.toml") {
        /// The law.
        Legal = "legal",
        /// The market.
        Market = "market",
        /// Technique.
        Technical = "technical",
        /// Administration.
        Administrative = "administrative",
        /// Money.
        Budget = "budget",
        /// A political choice.
        Political = "political",
        /// Another authority is competent.
        OutOfRemit = "out-of-remit",
        /// Another recommendation covers it.
        Duplicate = "duplicate",
        /// Events have overtaken it.
        Superseded = "superseded",
        /// A reason the list does not name; the text says it.
        Unlisted = "other",
    }

    /// The tier of government whose power something is in.
    Tier("tier", "tiers.toml") {
        /// Municipality.
        Commune = "commune",
        /// Intercommunal body.
        Epci = "epci",
        /// Department.
        Departement = "departement",
        /// Region.
        Region = "region",
        /// State.
        Etat = "etat",
        /// European Union.
        Ue = "ue",
    }

    /// A step of the instruction of a recommendation (requirements 0.8, 2.26).
    Step("step", "steps.toml") {
        /// The authority has it.
        Received = "received",
        /// A department was given it.
        Allotted = "allotted",
        /// The department examines it.
        UnderStudy = "under-study",
        /// It is decided, the answer is being written.
        Decided = "decided",
        /// The answer is public.
        Answered = "answered",
    }

    /// What an authority owes by a date (requirement 2.23).
    Duty("obligation", "duties.toml") {
        /// An answer to every recommendation.
        AnswerDue = "answer-due",
        /// An account of what became of them.
        AccountabilityPoint = "accountability-point",
    }

    /// How true to the facts somebody finds what is said of a recommendation (register.md rule 23).
    Faithfulness("assessment", "assessments.toml") {
        /// Faithful.
        Faithful = "faithful",
        /// In part.
        FaithfulInPart = "faithful-in-part",
        /// Not faithful.
        NotFaithful = "not-faithful",
    }

    /// What a meeting is (requirements 2.13, 2.16, 4.4).
    MeetingKind("meeting-kind", "meetings.toml") {
        /// All members, to decide.
        Plenary = "plenary",
        /// Some members, to work.
        WorkingGroup = "working-group",
        /// Somebody is heard.
        Hearing = "hearing",
        /// Open to all.
        Public = "public",
        /// A “fresque”: a workshop with cards.
        Fresque = "fresque",
        /// “Porteurs de parole”: words gathered in the street.
        StreetVoices = "porteurs-de-parole",
        /// A workshop.
        Workshop = "workshop",
        /// In a school.
        SchoolVisit = "school-visit",
        /// At a site.
        SiteVisit = "site-visit",
    }

    /// How a seat was filled (requirement 0.1).
    SeatOrigin("seat-origin", "seats.toml") {
        /// Drawn by lot.
        Drawn = "drawn",
        /// Kept from an earlier council.
        CarriedOver = "carried-over",
        /// Named by an organisation.
        Designated = "designated",
    }

    /// What somebody does beside the members of a council, or with the node (requirements 1.5, 2.5, 2.6, 2.17).
    Office("office", "offices.toml") {
        /// Prepares and leads the work: no vote, may edit the drafts of its council.
        Facilitator = "facilitator",
        /// An elected member who is present: no vote, no edit.
        Observer = "observer",
        /// Watches over the method; nobody edits what it says.
        Guarantor = "guarantor",
        /// Advises; reads.
        Advisor = "advisor",
        /// Works for the authority.
        Clerk = "clerk",
    }

    /// A stage of a draw, from the file to the members (requirement 2.1).
    DrawStage("draw-stage", "draw-stages.toml") {
        /// The file drawn from.
        Pool = "pool",
        /// Numbers drawn.
        Drawn = "drawn",
        /// People reached.
        Contacted = "contacted",
        /// People who said yes.
        Accepted = "accepted",
        /// Members chosen by the criteria.
        Selected = "selected",
    }

    /// What a council hands over beside its avis (requirements 1.6, 2.5, 2.20–2.22).
    DeliverableKind("deliverable", "deliverables.toml") {
        /// First impressions, by axes.
        AstonishmentReport = "rapport-etonnement",
        /// Advantages, drawbacks, opportunities, risks.
        Swot = "swot",
        /// A contribution.
        Contribution = "contribution",
        /// How the work was done, by who watched over it.
        MethodReport = "method-report",
        /// Which subjects come first, and how that was chosen.
        Prioritisation = "prioritisation",
    }

    /// A quadrant of an analysis (requirement 2.21).
    Quadrant("quadrant", "quadrants.toml") {
        /// Good, as seen.
        Advantage = "advantage",
        /// Bad, as seen.
        Drawback = "drawback",
        /// Good, perhaps.
        Opportunity = "opportunity",
        /// Bad, perhaps.
        Risk = "risk",
    }

    /// How sure something is (requirement 2.21).
    Certainty("certainty", "certainties.toml") {
        /// Seen.
        Proven = "proven",
        /// Foreseen.
        Projected = "projected",
    }

    /// Where somebody who is heard comes from (requirements 2.13, 3.5).
    Sector("sector", "sectors.toml") {
        /// An association.
        Association = "association",
        /// A university or a laboratory.
        Academic = "academic",
        /// A company.
        Company = "company",
        /// An administration.
        Administration = "administration",
        /// Elected members.
        Elected = "elected",
        /// Residents.
        Resident = "resident",
        /// Elsewhere.
        Elsewhere = "elsewhere",
    }

    /// What the charter of a convention asks of members, and every node can verify (requirement 2.35).
    CharterDuty("charter-duty", "charter-duties.toml") {
        /// Who sits in the council is public.
        CompositionPublished = "composition-published",
        /// What the council hands over is public.
        DeliverablesPublished = "deliverables-published",
        /// Each recommendation has its answer, or a day by which it is promised.
        AnswersGiven = "answers-given",
        /// The days of the accounts are public.
        AccountsScheduled = "accounts-scheduled",
    }

    /// How a recommendation is taken up elsewhere (requirements 1.7, 2.31).
    TakeUpKind("take-up", "take-ups.toml") {
        /// Word for word.
        AsIs = "as-is",
        /// Adapted.
        Adapted = "adapted",
        /// It gave the idea.
        Inspired = "inspired",
        /// It led to the contrary.
        Contrary = "contrary",
    }

    /// What a recommendation became where it was taken up (requirement 1.7).
    TakenUpAs("taken-up-as", "taken-up-as.toml") {
        /// A recommendation.
        Recommendation = "recommendation",
        /// An action.
        Action = "action",
        /// An experiment.
        Experiment = "experiment",
        /// A project of members or residents.
        Project = "project",
    }
}

impl Decision {
    /// The status an answer gives (register.md rule 7).
    #[must_use]
    pub fn status(&self) -> Status {
        match self {
            Self::Accepted => Status::Accepted,
            Self::AcceptedInPart => Status::AcceptedInPart,
            Self::Refused => Status::Refused,
            Self::AlreadyDone => Status::Done,
            Self::Deferred => Status::UnderStudy,
            Self::Relayed => Status::Relayed,
            Self::Other(word) => Status::Other(word.clone()),
        }
    }
}

impl FollowUpStatus {
    /// The status a follow-up gives (register.md rule 7).
    #[must_use]
    pub fn status(&self) -> Status {
        match self {
            Self::InProgress => Status::InProgress,
            Self::Done => Status::Done,
            Self::Abandoned => Status::Abandoned,
            Self::Other(word) => Status::Other(word.clone()),
        }
    }
}
