//! A convention of several cities, between real nodes over HTTP (requirements 2.34, 2.35; moonshot 1).

#[allow(dead_code, reason = "no sample is published here")]
#[path = "../support/node.rs"]
mod node;
mod world;

use jiff::SignedDuration;
use parvis::{
    actions::{conventions, withdraw},
    domain::{Iri, codes::Reason, convention::Standing},
    storage::records,
};
use world::{City, convened, until};

#[tokio::test]
async fn r2_34_a_council_joins_contributes_takes_back_and_leaves_each_with_its_trace() {
    let cities = convened(&["angers"]).await;
    let [rennes, angers] = &cities[..] else { unreachable!() };
    let (here, there) = (rennes.actor("conseil").await, angers.actor("conseil").await);
    for city in &cities {
        for council in [&here, &there] {
            until("both are members everywhere", async || {
                city.standing(council).await == Some(Standing::Member)
            })
            .await;
        }
    }

    // The contribution names the version it brings; the Group takes it into its collection.
    let contribution = angers.contribute().await;
    let held = async |city: &City| records::get(&city.app().db, &contribution).await.unwrap();
    until("the host has it", async || held(rennes).await.is_some()).await;
    let group = rennes.actor("convention_ia").await;
    let listed = async || {
        rennes
            .page(group.join("/contributions").as_str().strip_prefix(rennes.app().urls.base()).unwrap())
            .await
    };
    assert!(listed().await.contains(&contribution));
    let known = conventions::named(rennes.app(), "ia").await.unwrap();
    let contributed = conventions::contributed(&known);
    let avis = angers.own("Avis").await.remove(0);
    assert_eq!(contributed[0].1, avis.uri);
    assert_eq!(contributed[0].0.hash.as_ref().map(ToString::to_string), Some(avis.hash));
    assert_eq!(held(rennes).await.unwrap().audience.as_deref(), Some(group.as_str()));

    // What follows the Group is told by Add and by a boost of what was brought; nothing is told twice.
    let said = sent(rennes, &group).await;
    assert_eq!(said.iter().filter(|(kind, object)| kind == "Add" && *object == contribution).count(), 1);
    assert_eq!(said.iter().filter(|(kind, object)| kind == "Announce" && *object == avis.uri).count(), 1);

    // Taken back: gone from the collection, the trace stays.
    let id = Iri::parse(&contribution).unwrap();
    let operator = &angers.node.operator;
    withdraw::withdraw(angers.app(), operator, &id, Reason::Superseded, "Nous reverserons.").await.unwrap();
    until("taken back at the host", async || held(rennes).await.is_some_and(|row| row.withdrawn)).await;
    assert!(!listed().await.contains(&contribution));
    assert!(
        sent(rennes, &group).await.iter().any(|(kind, object)| kind == "Remove" && *object == contribution)
    );

    // Left: no member any more, on either node, and said so.
    let adhesion = angers.own("Adhesion").await.remove(0).uri;
    let id = Iri::parse(&adhesion).unwrap();
    withdraw::withdraw(angers.app(), operator, &id, Reason::Political, "Nous partons.").await.unwrap();
    until("left at the host", async || rennes.standing(&there).await == Some(Standing::Left)).await;
    assert_eq!(angers.standing(&there).await, Some(Standing::Left));

    // It may come back a day later, and the host may say no, with a reason.
    for city in &cities {
        city.app().clock.advance(SignedDuration::from_hours(24));
    }
    let again = angers.join().await;
    until("asked again", async || rennes.standing(&there).await == Some(Standing::Asked)).await;
    let known = conventions::named(rennes.app(), "ia").await.unwrap();
    let no = (Reason::Administrative, "Le calendrier est clos.");
    let operator = &rennes.node.operator;
    parvis::actions::take_part::decline(rennes.app(), operator, &known, &again, no).await.unwrap();
    until("declined where it was asked", async || angers.standing(&there).await == Some(Standing::Declined))
        .await;
}

/// What an actor of a node said: types and objects.
async fn sent(city: &City, actor: &Iri) -> Vec<(String, String)> {
    let path = actor.join("/outbox?page=1");
    let page = city.page(path.as_str().strip_prefix(city.app().urls.base()).unwrap()).await;
    let page: serde_json::Value = serde_json::from_str(&page).unwrap();
    let items = page["orderedItems"].as_array().unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    items
        .iter()
        .map(|item| {
            let object =
                item["object"].as_str().map_or_else(|| text(&item["object"]["id"]), ToOwned::to_owned);
            (text(&item["type"]), object)
        })
        .collect()
}
