//! Nothing owed is taken back, whoever tries.

use parvis::{
    Error,
    actions::{
        receive::{self, Arrival},
        withdraw,
    },
    domain::{Iri, canonical, codes::Reason},
    storage::{
        records::{self, Page},
        versions,
    },
};

use crate::world::{AVIS, SCHEDULE, publish, two};

fn rule(error: Error) -> Vec<String> {
    match error {
        Error::Invalid { problems } => problems.iter().map(|problem| problem.rule.to_string()).collect(),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn an_obligation_is_neither_dropped_nor_withdrawn_by_its_city_2_23() {
    let two = two(&format!("{AVIS}{SCHEDULE}")).await;
    let node = &two.rennes;
    let shorter = "[[schedules]]\navis = \"ccnr/avis-1\"\naccounts = [\"2027-05-20\", \"2029-11-20\"]\n";
    let refused = publish(node, &format!("{AVIS}{shorter}")).await.unwrap_err();
    assert_eq!(rule(refused), ["owed-stays"]);
    let schedule = records::by_kind(&node.app.db, "Schedule", &Page::first(1)).await.unwrap().remove(0);
    let id = Iri::parse(&schedule.uri).unwrap();
    let refused = withdraw::withdraw(&node.app, &node.operator, &id, Reason::Political, "Non.").await;
    assert_eq!(rule(refused.unwrap_err()), ["owed-stays"]);
    assert_eq!(two.owed().await.len(), 3);
    two.rennes.app.clock.advance(jiff::SignedDuration::from_mins(1));
    let longer = SCHEDULE.replace("preset", "accounts = [\"2028-05-20\"]\npreset");
    publish(&two.rennes, &format!("{AVIS}{longer}")).await.unwrap();
    two.becomes("2026-11-22");
    two.catch_up().await;
    assert_eq!(two.owed().await.len(), 4, "a later version adds");
}

#[tokio::test]
async fn a_version_that_takes_back_is_refused_from_elsewhere_and_what_was_promised_stays_2_23() {
    let two = two(&format!("{AVIS}{SCHEDULE}")).await;
    let schedule = records::by_kind(&two.rennes.app.db, "Schedule", &Page::first(1)).await.unwrap().remove(0);
    let forged = |change: &dyn Fn(&mut canonical::Document)| {
        let mut document = canonical::read(&schedule.document).unwrap();
        document.remove("proof");
        document.insert("parvis:version".to_owned(), 2.into());
        document.insert("parvis:previous".to_owned(), schedule.hash.clone().into());
        document.insert("updated".to_owned(), "2026-11-21T12:01:00Z".into());
        change(&mut document);
        document
    };
    let fewer = forged(&|document| {
        let owed = document["parvis:obligations"].as_array_mut().unwrap();
        owed.remove(0);
    });
    let elsewhere = forged(&|document| {
        document.insert("parvis:concerns".to_owned(), format!("{}x", schedule.uri).into());
    });
    for document in [fewer, elsewhere] {
        let text = canonical::write(&document);
        let arrival = Arrival { text: &text, document: &document, from_origin: true, activity: None };
        let refused = receive::version(&two.angers.app, &arrival).await.unwrap_err();
        assert_eq!(rule(refused), ["owed-stays"]);
    }
    let end = serde_json::json!({
        "id": schedule.uri, "type": "Tombstone", "formerType": "Note", "deleted": "2026-11-21T12:01:00Z",
        "attributedTo": schedule.author, "published": schedule.published, "updated": "2026-11-21T12:01:00Z",
        "content": "<p>Non.</p>", "parvis:kind": "parvis:Schedule", "parvis:reason": "parvis:political",
        "parvis:version": 2, "parvis:previous": schedule.hash,
    });
    let text = end.to_string();
    let document = canonical::read(&text).unwrap();
    let arrival = Arrival { text: &text, document: &document, from_origin: true, activity: None };
    assert_eq!(rule(receive::version(&two.angers.app, &arrival).await.unwrap_err()), ["owed-stays"]);
    assert_eq!(versions::history(&two.angers.app.db, &schedule.uri).await.unwrap().len(), 1);
    assert_eq!(two.owed().await.len(), 3);
}
