//! The samples: clean, true to the facts, well set.

use std::collections::BTreeMap;

use super::*;
use crate::domain::codes::{Licence, Reason, Status};

/// The status each recommendation ends in, as rule 7 derives it from items in their order.
fn statuses(items: &[Item]) -> BTreeMap<String, Status> {
    let mut all = BTreeMap::new();
    for item in items {
        match &item.body {
            ItemBody::Recommendation(_) => drop(all.insert(item.reference.clone(), Status::Proposed)),
            ItemBody::Delivery(delivery) => {
                let under = format!("{}/", delivery.avis);
                all.iter_mut()
                    .filter(|(r, _)| r.starts_with(&under))
                    .for_each(|(_, s)| *s = Status::UnderStudy);
            }
            ItemBody::Answer(a) => {
                all.extend(a.recommendations.iter().map(|r| (r.clone(), a.decision.status())));
            }
            ItemBody::FollowUp(f) => {
                all.extend(f.recommendations.iter().map(|r| (r.clone(), f.status.status())));
            }
            _ => {}
        }
    }
    all
}

fn totals(statuses: &BTreeMap<String, Status>, under: &str) -> BTreeMap<Status, usize> {
    let mut totals = BTreeMap::new();
    for (_, status) in statuses.iter().filter(|(reference, _)| reference.starts_with(under)) {
        *totals.entry(status.clone()).or_default() += 1;
    }
    totals
}

#[test]
fn every_sample_parses_and_checks_clean() {
    for name in SAMPLES {
        let dossier = sample(name);
        let items = items(&dossier);
        assert_eq!(items[0].reference, name);
        let mut references: Vec<&str> = items.iter().map(|item| item.reference.as_str()).collect();
        let count = references.len();
        references.sort_unstable();
        references.dedup();
        assert_eq!(references.len(), count, "{name}: references are unique");
    }
}

#[test]
fn mission_5g_has_54_proposals_50_done_none_in_progress_4_abandoned_out_of_remit() {
    let items = items(&sample("rennes"));
    let statuses = statuses(&items);
    let totals = totals(&statuses, "rennes/mission-5g/rapport/");
    assert_eq!(totals, BTreeMap::from([(Status::Done, 50), (Status::Abandoned, 4)]));
    let abandoned = items.iter().filter_map(|item| match &item.body {
        ItemBody::FollowUp(f)
            if item.reference.contains("mission-5g") && f.status.status() == Status::Abandoned =>
        {
            Some((f.reason.clone()?, f.recommendations.len()))
        }
        _ => None,
    });
    assert_eq!(abandoned.collect::<Vec<_>>(), [(Reason::OutOfRemit, 4)]);
}

#[test]
fn the_ccnr_shows_every_other_status_and_its_counts_are_the_facts() {
    let items = items(&sample("rennes"));
    let statuses = statuses(&items);
    let count =
        |avis: &str| statuses.keys().filter(|r| r.starts_with(&format!("rennes/ccnr/{avis}/"))).count();
    assert_eq!((count("avis-1"), count("avis-2")), (3, 17));
    let seen = totals(&statuses, "rennes/");
    for (_, status) in <Status as crate::domain::Code>::ALL {
        assert!(seen.contains_key(status), "{status:?} among {seen:?}");
    }
    assert_eq!(items.iter().filter(|item| matches!(item.body, ItemBody::Question(_))).count(), 4);
}

#[test]
fn montpellier_has_8_recommendations() {
    let items = items(&sample("montpellier"));
    assert_eq!(items.iter().filter(|item| matches!(item.body, ItemBody::Recommendation(_))).count(), 8);
}

#[test]
fn a_council_comes_after_the_recommendation_it_was_born_of() {
    let mut dossier = sample("rennes");
    dossier.councils.reverse();
    let items = items(&dossier);
    let place = |reference: &str| items.iter().position(|item| item.reference == reference).unwrap();
    assert!(place("rennes/mission-5g/rapport/r41") < place("rennes/ccnr"));
    let ItemBody::Council(ccnr) = &items[place("rennes/ccnr")].body else { panic!("a council") };
    assert_eq!(ccnr.born_of.as_deref(), Some("rennes/mission-5g/rapport/r41"));
}

#[test]
fn disputed_facts_keep_all_their_sourced_values() {
    let items = items(&sample("rennes"));
    let claims = |reference: &str, about: &str| {
        let item = items.iter().find(|item| item.reference == reference).unwrap();
        let values = item.common.claims.iter().filter(|claim| claim.about == about);
        values.map(|claim| format!("{:?}", claim.value)).collect::<std::collections::BTreeSet<_>>().len()
    };
    assert_eq!(claims("rennes/ccnr", "seats"), 2, "20, or 15 + 3");
    assert_eq!(claims("rennes/ccnr", "createdOn"), 2, "2022, or the end of 2021");
    assert_eq!(claims("rennes/mission-5g/rapport", "recommendations"), 2, "26 + 28, or 54 + 52");
    assert_eq!(claims("rennes/ccnr/question-2", "wording"), 2);
    assert_eq!(claims("rennes/ccnr/avis-3", "deliveredOn"), 2);
}

#[test]
fn what_is_not_synthetic_names_its_source() {
    for name in SAMPLES {
        for item in items(&sample(name)) {
            assert!(item.common.synthetic || !item.common.sources.is_empty(), "{}", item.reference);
            let actor = matches!(
                item.body,
                ItemBody::City(_) | ItemBody::Council(_) | ItemBody::Guarantor(_) | ItemBody::Convention(_)
            );
            assert!(!actor || item.common.synthetic, "{}: a sample account", item.reference);
        }
    }
}

#[test]
fn french_texts_are_set_as_french_is() {
    for name in SAMPLES {
        let text = serde_json::to_string(&items(&sample(name))).unwrap();
        for wrong in [" ;", " !", " ?", " :", "« ", " »"] {
            assert!(!text.contains(wrong), "{name}: {wrong:?} wants a no-break space");
        }
        assert!(!text.contains('\''), "{name}: the apostrophe is ’");
    }
}

#[test]
fn the_report_of_mission_5g_is_not_under_an_open_licence() {
    let items = items(&sample("rennes"));
    let report = items.iter().find(|item| item.reference == "rennes/mission-5g/rapport").unwrap();
    assert_eq!(report.common.licence.is_open(), Some(false));
    assert_eq!(items[0].common.licence, Licence::default_of_france());
}

#[test]
fn every_item_of_the_samples_is_read_back_the_same() {
    for name in SAMPLES {
        for item in items(&sample(name)) {
            let back: Item = serde_json::from_str(&serde_json::to_string(&item).unwrap()).unwrap();
            assert_eq!(back, item);
        }
    }
}
