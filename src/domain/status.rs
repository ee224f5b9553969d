//! Where a recommendation stands: derived on every node alike from what others signed about it, never
//! stored in it (register.md rule 7).

use jiff::{Span, civil};

use super::{
    CivilDate, Instant, Iri,
    codes::{Decision, FollowUpStatus, Status},
    moves::Moves,
    obligations::day_of,
};

/// What an answer or a follow-up states.
#[derive(Clone, Debug, PartialEq)]
pub enum Stated {
    /// An answer's decision.
    Decision(Decision),
    /// A follow-up's status.
    Progress(FollowUpStatus),
}

/// One signed statement about a recommendation.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// The answer or follow-up.
    pub id: Iri,
    /// Who states it.
    pub author: Iri,
    /// When.
    pub published: Instant,
    /// Whether its proof holds: without, it never counts (rule 5).
    pub proven: bool,
    /// What.
    pub stated: Stated,
}

/// Where a recommendation stands, and which statement says so (none: no answer yet).
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The status.
    pub status: Status,
    /// The statement it rests on.
    pub by: Option<Iri>,
    /// Since when.
    pub since: Option<Instant>,
}

/// A relay of a recommendation, as far as who may speak depends on it (rule 12).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relayed {
    /// The relay record.
    pub id: Iri,
    /// Who relays.
    pub by: Iri,
    /// To whom.
    pub to: Iri,
    /// When.
    pub at: Instant,
    /// Whether that body acknowledged it, in a record of its own that is proven.
    pub received: bool,
}

/// Who may speak of a recommendation: bodies, each under the address where it was asked, and from its move on under
/// the one where it speaks now.
#[derive(Clone, Debug)]
pub struct Speakers<'a> {
    bodies: Vec<Iri>,
    moves: &'a Moves,
}

impl Speakers<'_> {
    /// Whether what somebody signed at that time is the word of one of them.
    #[must_use]
    pub fn include(&self, author: &Iri, at: Instant) -> bool {
        self.bodies.iter().any(|body| self.moves.speaks_for(author.as_str(), at, body.as_str()))
    }
}

/// Who may speak of a recommendation: its addressee, and each body that acknowledged a relay by its council, its
/// addressee, or a body that may speak itself. Given in that order.
#[must_use]
pub fn speakers<'a>(
    council: &str,
    addressee: Option<&Iri>,
    relays: &[Relayed],
    moves: &'a Moves,
) -> Speakers<'a> {
    let mut speakers = Speakers { bodies: addressee.into_iter().cloned().collect(), moves };
    loop {
        let may_relay = |one: &Relayed| {
            moves.speaks_for(one.by.as_str(), one.at, council) || speakers.include(&one.by, one.at)
        };
        let next =
            relays.iter().find(|one| one.received && may_relay(one) && !speakers.bodies.contains(&one.to));
        match next {
            Some(relay) => speakers.bodies.push(relay.to.clone()),
            None => return speakers,
        }
    }
}

/// Days after which a relay without acknowledgement is silence, unless its author hoped for a day.
pub const PATIENCE: i64 = 60;

/// For how many days a relay has had no acknowledgement, once the hoped-for day has passed (requirement 2.29).
#[must_use]
pub fn unheard(published: Instant, expected_by: Option<&CivilDate>, today: civil::Date) -> Option<i64> {
    let sent = day_of(published);
    let hoped = expected_by.and_then(CivilDate::day);
    let hoped = hoped.or_else(|| sent.checked_add(Span::new().days(PATIENCE)).ok())?;
    let days = i64::from(sent.until(today).ok()?.get_days());
    (today > hoped).then_some(days)
}

/// Derives the standing from the latest proven statement of those who may speak: the addressee, and
/// bodies that accepted its relay. `acknowledged`: the city's Delivery record of the avis exists.
#[must_use]
pub fn standing(speakers: &Speakers<'_>, statements: &[Statement], acknowledged: bool) -> Standing {
    let latest = statements
        .iter()
        .filter(|statement| statement.proven && speakers.include(&statement.author, statement.published))
        .max_by(|a, b| (a.published, &a.id).cmp(&(b.published, &b.id)));
    match latest {
        Some(statement) => Standing {
            status: status(&statement.stated),
            by: Some(statement.id.clone()),
            since: Some(statement.published),
        },
        None => Standing {
            status: if acknowledged { Status::UnderStudy } else { Status::Proposed },
            by: None,
            since: None,
        },
    }
}

/// The table of rule 7.
fn status(stated: &Stated) -> Status {
    match stated {
        Stated::Decision(decision) => decision.status(),
        Stated::Progress(progress) => progress.status(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iri(name: &str) -> Iri {
        Iri::parse(&format!("https://rennes.example/{name}")).unwrap()
    }

    /// Where something addressed to the city hall stands.
    fn standing_of(statements: &[Statement], acknowledged: bool, moves: &Moves) -> Standing {
        let speakers = speakers("https://rennes.example/ccnr", Some(&iri("mairie")), &[], moves);
        standing(&speakers, statements, acknowledged)
    }

    fn says(id: &str, author: &str, at: &str, stated: Stated) -> Statement {
        Statement {
            id: iri(id),
            author: iri(author),
            published: Instant::parse(at).unwrap(),
            proven: true,
            stated,
        }
    }

    #[test]
    fn before_any_answer_proposed_then_under_study() {
        assert_eq!(standing_of(&[], false, &Moves::default()).status, Status::Proposed);
        assert_eq!(standing_of(&[], true, &Moves::default()).status, Status::UnderStudy);
    }

    #[test]
    fn the_latest_word_of_the_addressee_counts_and_no_other_o33() {
        let said = [
            says("b", "mairie", "2026-05-01T00:00:00Z", Stated::Progress(FollowUpStatus::InProgress)),
            says("a", "mairie", "2026-04-01T00:00:00Z", Stated::Decision(Decision::AcceptedInPart)),
            says("c", "eve", "2026-06-01T00:00:00Z", Stated::Progress(FollowUpStatus::Done)),
        ];
        let standing = standing_of(&said, true, &Moves::default());
        assert_eq!((standing.status, standing.by), (Status::InProgress, Some(iri("b"))));
    }

    #[test]
    fn o46_who_went_on_elsewhere_speaks_of_what_was_asked_at_its_old_address_from_the_move_on() {
        let said = [
            says("a", "mairie", "2026-04-01T00:00:00Z", Stated::Decision(Decision::AcceptedInPart)),
            says("b", "new", "2026-05-01T00:00:00Z", Stated::Progress(FollowUpStatus::InProgress)),
            says("c", "new", "2026-06-01T00:00:00Z", Stated::Progress(FollowUpStatus::Done)),
        ];
        let since = |day: &str| {
            let ends = (iri("mairie").to_string(), iri("new").to_string());
            Moves::of([(ends.0, ends.1, Instant::parse(day).unwrap())])
        };
        let by = |moves: &Moves, said: &[Statement]| standing_of(said, true, moves).by;
        assert_eq!(by(&Moves::default(), &said), Some(iri("a")), "its own word alone moves nobody");
        assert_eq!(by(&since("2026-05-15T00:00:00Z"), &said[..2]), Some(iri("a")), "said before the move");
        assert_eq!(by(&since("2026-05-15T00:00:00Z"), &said), Some(iri("c")));
    }

    #[test]
    fn a_body_speaks_once_it_acknowledged_a_relay_of_one_who_may_2_29() {
        let hop = |id: &str, by: &str, to: &str, received| Relayed {
            id: iri(id),
            by: iri(by),
            to: iri(to),
            at: Instant::parse("2026-04-01T00:00:00Z").unwrap(),
            received,
        };
        let relays = [
            hop("2", "region", "etat", true),
            hop("1", "mairie", "region", true),
            hop("3", "eve", "friend", true),
            hop("4", "ccnr", "departement", false),
        ];
        let (ccnr, mairie, moves) = (iri("ccnr"), iri("mairie"), Moves::default());
        let speaking = |relays: &[Relayed]| speakers(ccnr.as_str(), Some(&mairie), relays, &moves).bodies;
        assert_eq!(speaking(&relays), [mairie.clone(), iri("region"), iri("etat")]);
        assert_eq!(speaking(&[]), std::slice::from_ref(&mairie));
    }

    #[test]
    fn a_relay_is_silence_past_the_day_hoped_for_2_29() {
        let day = |text: &str| text.parse::<civil::Date>().unwrap();
        let sent = Instant::parse("2026-04-14T08:10:00Z").unwrap();
        let hoped = CivilDate::parse("2026-05-01").unwrap();
        assert_eq!(unheard(sent, Some(&hoped), day("2026-05-01")), None);
        assert_eq!(unheard(sent, Some(&hoped), day("2026-05-02")), Some(18));
        assert_eq!(unheard(sent, None, day("2026-06-13")), None, "sixty days, when no day is hoped for");
        assert_eq!(unheard(sent, None, day("2026-06-14")), Some(61));
        assert_eq!(
            unheard(sent, Some(&CivilDate::parse("2026-05").unwrap()), day("2026-06-14")),
            Some(61),
            "a month is no deadline"
        );
    }

    #[test]
    fn an_unproven_statement_never_counts() {
        let mut said = says("a", "mairie", "2026-04-01T00:00:00Z", Stated::Decision(Decision::Accepted));
        said.proven = false;
        assert_eq!(standing_of(&[said], false, &Moves::default()).status, Status::Proposed);
    }
}
