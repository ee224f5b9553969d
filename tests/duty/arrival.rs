//! The state of what is owed never depends on the order in which records came.

use jiff::civil;
use parvis::{
    actions::{
        obligations,
        receive::{self, Arrival},
    },
    clock::Chance,
    domain::{
        CivilDate, Instant, Iri, canonical,
        codes::{Duty, Reason},
        obligations::{Delivered, Given, Known, Postponed, Promised, obligations as computed},
        said::Owed,
    },
    federation::actors as remote,
    storage::versions,
};
use proptest::{collection::vec, prelude::*, sample::Index};

use crate::{
    node::node,
    world::{ANSWERS, AVIS, SCHEDULE, json, two},
};

fn day(number: u16) -> CivilDate {
    let day = civil::date(2026, 1, 1).checked_add(jiff::Span::new().days(number)).unwrap();
    CivilDate::parse(&day.to_string()).unwrap()
}

fn said(number: u16) -> Instant {
    Instant::parse(&format!("{}T12:00:00Z", day(number))).unwrap()
}

fn iri(name: &str, number: usize) -> Iri {
    Iri::parse(&format!("https://rennes.example/{name}/{number}")).unwrap()
}

fn duty(answer: bool) -> Duty {
    if answer { Duty::AnswerDue } else { Duty::AccountabilityPoint }
}

prop_compose! {
    /// A few dates only, so that they meet.
    fn known()(
        schedules in vec((0u16..6, vec((any::<bool>(), 0u16..9), 1..5)), 0..4),
        postponed in vec((any::<bool>(), 0u16..9, 1u16..9, 0u16..6), 0..4),
        accounts in vec((0u16..12, 0u16..40, 0u16..6), 0..5),
        answers in vec(proptest::option::of((0u16..40, 0u16..6)), 0..4),
    ) -> Known {
        let given = |name, at, due, on, when| Given { id: iri(name, at), due, on: day(on), published: said(when) };
        Known {
            delivered: Some(Delivered { on: day(0), claimed: false, published: said(1) }),
            promised: schedules.into_iter().enumerate().map(|(at, (written, owed))| Promised {
                id: iri("echeanciers", at),
                written: said(written),
                owed: owed.into_iter().map(|(answer, due)| Owed { duty: duty(answer), due: day(due) }).collect(),
            }).collect(),
            postponed: postponed.into_iter().enumerate().map(|(at, (answer, due, later, when))| Postponed {
                id: iri("reports", at),
                duty: duty(answer),
                due: day(due),
                to: day(due + later),
                reason: Reason::Budget,
                published: said(when),
            }).collect(),
            accounts: accounts.into_iter().enumerate()
                .map(|(at, (due, on, when))| given("points", at, Some(day(due)), on, when)).collect(),
            answers: answers.into_iter().enumerate()
                .map(|(at, one)| one.map(|(on, when)| given("reponses", at, None, on, when))).collect(),
        }
    }
}

fn shuffled<T>(mut all: Vec<T>, order: &[Index]) -> Vec<T> {
    let mut out = Vec::new();
    for index in order.iter().cycle() {
        if all.is_empty() {
            break;
        }
        out.push(all.remove(index.index(all.len())));
    }
    out
}

proptest! {
    #[test]
    fn what_is_owed_does_not_depend_on_the_order_of_records_2_23(
        known in known(), order in vec(any::<Index>(), 1..8), today in 0u16..60,
    ) {
        let today = day(today).day().unwrap();
        let other = Known {
            delivered: known.delivered.clone(),
            promised: shuffled(known.promised.clone(), &order),
            postponed: shuffled(known.postponed.clone(), &order),
            accounts: shuffled(known.accounts.clone(), &order),
            answers: shuffled(known.answers.clone(), &order),
        };
        prop_assert_eq!(computed(&known, today), computed(&other, today));
    }
}

#[tokio::test]
async fn a_register_that_came_in_any_order_owes_the_same_2_23() {
    let more = "[[postponements]]\nschedule = \"ccnr/avis-1/echeancier\"\ndue = \"2027-05-20\"\n\
                to = \"2027-09-20\"\nreason = \"legal\"\ntext = \"La loi change.\"\n\
                [[accounts]]\navis = \"ccnr/avis-1\"\ndue = \"2029-11-20\"\non = \"2029-11-21\"\ntext = \"Bilan.\"\n";
    let two = two(&format!("{AVIS}{SCHEDULE}{ANSWERS}{more}")).await;
    two.becomes("2026-12-01");
    let longer = SCHEDULE.replace("preset", "accounts = [\"2028-05-20\"]\npreset");
    crate::world::publish(&two.rennes, &format!("{AVIS}{longer}{ANSWERS}{more}")).await.unwrap();
    let expected = json(&two.rennes, "/api/v1/obligations").await["items"].clone();
    assert_eq!(expected.as_array().unwrap().len(), 4);
    let register = versions::all(&two.rennes.app.db, 0, 10_000).await.unwrap();
    let chance = Chance::seeded(7);
    for round in 0..3 {
        let other = node("nancy", 2).await;
        other.app.clock.advance(two.rennes.app.clock.now().duration_since(other.app.clock.now()));
        let mut left: Vec<_> = register.iter().filter(|version| version.ours).collect();
        for actor in left.iter().filter(|version| version.kind == "Actor" && version.version == 1) {
            remote::fetch_actor(&other.app, &Iri::parse(&actor.uri).unwrap()).await.unwrap();
        }
        while !left.is_empty() {
            let at = usize::try_from(chance.bits() % left.len() as u64).unwrap();
            let text = left.swap_remove(at).document.clone().unwrap();
            let document = canonical::read(&text).unwrap();
            let arrival = Arrival { text: &text, document: &document, from_origin: true, activity: None };
            receive::version(&other.app, &arrival).await.unwrap();
        }
        assert_eq!(json(&other, "/api/v1/obligations").await["items"], expected, "round {round}");
        assert_eq!(obligations::today(&other.app), obligations::today(&two.rennes.app));
    }
}
