//! Who is competent for what, within a convention (moonshot 11): its page and its tables between real nodes.

use axum::{body::Body, http::Request};
use parvis::{
    actions::{similar, withdraw},
    domain::{Iri, codes::Reason},
    storage::records,
};

use crate::world::{convened, until};

/// An avis that is given to no convention.
const BESIDE: &str = r#"
[[questions]]
ref = "q2"
council = "conseil"
kind = "saisine"
title = "Les places"
text = "Où s’asseoir ?"
[[avis]]
ref = "a2"
council = "conseil"
question = "q2"
title = "Des bancs"
summary = "Court."
diagnosis = "Ce qui est."
stakes = "Ce qui compte."
recommendations = [{ title = "Un banc tous les cent mètres", tier = "commune" }]
"#;

fn answer(decision: &str) -> String {
    format!(
        "[[answers]]\nrecommendation = \"conseil/a1/r1\"\n{decision}\ntext = \"Voici.\"\non = \"2026-11\"\n"
    )
}

#[tokio::test]
async fn m11_a_convention_shows_its_own_remits_alike_on_every_node() {
    let cities = convened(&["angers"]).await;
    let [rennes, angers] = &cities[..] else { unreachable!() };
    for city in &cities {
        city.contribute().await;
    }
    rennes.publish(&format!("{BESIDE}{}", answer("decision = \"accepted\""))).await;
    angers.publish(&answer("decision = \"refused\"\nreason = \"out-of-remit\"")).await;
    let first = async |city: &crate::world::City| {
        let all = city.own("Recommendation").await;
        all.into_iter().find(|row| row.number == Some(1) && row.slug.contains("a1")).unwrap().uri
    };
    let (here, there) = (first(rennes).await, first(angers).await);
    until("the host has what is the same", async || {
        records::get(&rennes.app().db, &there).await.unwrap().is_some()
    })
    .await;
    let both = [here, there];
    let same = similar::confirm(rennes.app(), &rennes.node.operator, &both, None, "C’est le même registre.");
    let same = same.await.unwrap();

    let path = "/competences.csv?convention=ia";
    until("the same on both, with what each city says", async || {
        let (one, other) = (rennes.page(path).await, angers.page(path).await);
        one == other && one.matches(same.as_str()).count() == 2 && one.lines().count() == 5
    })
    .await;
    let table = rennes.page(path).await;
    assert!(table.contains(",in,") && table.contains(",out,") && !table.contains("Un banc"), "{table}");
    assert!(rennes.page("/competences.csv").await.contains("Un banc"), "without a convention, everything");
    let one = format!("{path}&ville={}", angers.app().urls.host());
    let of_one = rennes.page(&one).await;
    assert_eq!(of_one.lines().count(), 3, "{of_one}");
    assert!(!of_one.contains(",in,"), "{of_one}");
    let told = rennes.page("/competences.json?convention=ia").await;
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["items"].as_array().unwrap().len(), 4);
    assert_eq!(told["disagreements"][0]["by"][0], same.as_str());

    for city in &cities {
        let page = city.page("/competences?convention=ia").await;
        for part in [
            "Un désaccord",
            "Compétence\u{a0}: oui ici, non là.",
            "Un registre public des algorithmes, rennes",
            "Former les agents, angers",
            "/competences.csv?convention=ia\"",
            "/competences?convention=ia&#38;echelon=commune&#38;ville=",
        ] {
            assert!(page.contains(part), "{}: {part} in {page}", city.name);
        }
        assert!(!page.contains("Un banc"), "{page}");
        assert!(page.contains("<p class=\"crumbs\"><a href=\"/conventions/ia"), "{page}");
        let table = city.page("/conventions/ia").await;
        assert!(table.contains("href=\"/competences?convention=ia\""), "{table}");
        assert!(
            table.contains(">novembre 2026<"),
            "as precise as it was said, and not the day it came: {table}"
        );
    }

    // Of a city, or where one of the two was taken back: what is counted is shown, with both sides.
    let contribution = Iri::parse(&angers.own("Contribution").await.remove(0).uri).unwrap();
    let operator = &angers.node.operator;
    withdraw::withdraw(angers.app(), operator, &contribution, Reason::Superseded, "Non.").await.unwrap();
    until("only what Rennes gave is in it", async || rennes.page(path).await.lines().count() == 3).await;
    for asked in ["convention=ia".to_owned(), format!("ville={}", angers.app().urls.host())] {
        let page = rennes.page(&format!("/competences?{asked}")).await;
        for part in ["Un désaccord", "algorithmes, rennes", "algorithmes, angers"] {
            assert!(page.contains(part), "{asked}: {part} in {page}");
        }
        assert!(!page.contains("Les autres sont dans le tableau"), "{page}");
    }
    for path in ["/competences?convention=rien", "/competences.csv?convention=rien"] {
        let (status, _, _) = rennes.ask(Request::get(path).body(Body::empty()).unwrap()).await;
        assert_eq!(status, 404, "{path}");
    }
}
