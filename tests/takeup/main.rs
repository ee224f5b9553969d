//! Who takes up whose idea, among three real nodes over HTTP: the same genealogy on each, confirmations and contests
//! by the origin alone, traces of what was withdrawn, and where two cities see the same idea otherwise.

#[allow(dead_code, reason = "no sample is published here")]
#[path = "../support/node.rs"]
mod node;
#[path = "../support/peer.rs"]
mod peer;
mod world;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use parvis::{
    Error,
    actions::{take_up, withdraw},
    domain::codes::{Reason, TakeUpKind},
    federation::summon,
    storage::{
        records::{self, Page},
        replies,
    },
};
use peer::{peer, until};
use serde_json::{Value, json};
use world::{dossier, world};

/// What the API says of a genealogy: where each take-up stands, by who takes up.
fn standings(told: &str) -> Vec<String> {
    let told: Value = serde_json::from_str(told).unwrap();
    let edges = told["edges"].as_array().unwrap();
    edges.iter().map(|edge| edge["standing"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn m5_a_chain_is_the_same_graph_on_every_node() {
    let world = Box::pin(world()).await;
    world.connect().await;
    let (rennes, angers, nancy) = (&world.rennes, &world.angers, &world.nancy);
    let (a, b) = (rennes.recommendation(1).await, angers.recommendation(1).await);
    let of: String = url::form_urlencoded::byte_serialize(a.as_str().as_bytes()).collect();
    let api = format!("/api/v1/genealogy?id={of}");

    // One-sided: shown, and not confirmed.
    let first = angers.takes_up(&a, TakeUpKind::Adapted).await;
    world.later();
    let second = nancy.takes_up(&b, TakeUpKind::Inspired).await;
    let told = world.alike(&api, |told| standings(told).len() == 2).await;
    assert_eq!(standings(&told), ["not-confirmed", "not-confirmed"]);

    // The origin confirms the first at the command line, the second in its dossier; nobody else can.
    world.later();
    assert!(matches!(nancy.confirms(&first).await, Err(Error::Forbidden { .. })));
    assert!(matches!(angers.confirms(&first).await, Err(Error::Forbidden { .. })));
    let confirmed = rennes.confirms(&first).await.unwrap().id;
    assert!(matches!(rennes.confirms(&first).await, Err(Error::Conflict { .. })));
    let text = dossier(
        "angers",
        "Équiper les écoles de capteurs",
        "region",
        "decision = \"refused\"\nreason = \"out-of-remit\"",
    );
    angers.publish(&format!("{text}[[confirmations]]\ncouncil = \"ccn\"\nof = \"{second}\"\n")).await;
    let told = world.alike(&api, |told| standings(told) == ["confirmed", "confirmed"]).await;
    let graph: Value = serde_json::from_str(&told).unwrap();
    let generations: Vec<&Value> =
        graph["nodes"].as_array().unwrap().iter().map(|n| &n["generation"]).collect();
    assert_eq!(generations, [0, 1, 2]);
    world.alike(&format!("/genealogie.csv?id={of}"), |csv| csv.lines().count() == 3).await;

    // Forged, with a valid proof of a third: it counts for nothing, wherever it arrived.
    until("the confirmation", async || nancy.record(confirmed.as_str()).await.is_some()).await;
    world.later();
    nancy.forges(&confirmed, &[rennes, angers]).await;
    assert_eq!(told, world.alike(&api, |_| true).await);

    // Contested: the latest word of the origin counts, and both are shown.
    let words = "Ce n’est plus notre idée.";
    take_up::contest(rennes.app(), &rennes.node.operator, &first, Reason::Technical, "").await.unwrap_err();
    let contest = take_up::contest(rennes.app(), &rennes.node.operator, &first, Reason::Political, words);
    contest.await.unwrap();
    let told = world.alike(&api, |told| standings(told) == ["contested", "confirmed"]).await;
    let graph: Value = serde_json::from_str(&told).unwrap();
    let said: Vec<&Value> =
        graph["edges"][0]["words"].as_array().unwrap().iter().map(|word| &word["says"]).collect();
    assert_eq!(said, ["confirms", "contests"]);
    world.later();
    rennes.confirms(&first).await.unwrap();
    world.alike(&api, |told| standings(told) == ["confirmed", "confirmed"]).await;

    // Changed after it was confirmed: that shows.
    world.later();
    assert_eq!(angers.takes_up(&a, TakeUpKind::AsIs).await, first, "a new version of the same");
    world.alike(&api, |told| told.contains("\"changedSince\":true")).await;

    // Withdrawn: a trace stays everywhere, with what it had said.
    world.later();
    let (app, operator) = (angers.app(), &angers.node.operator);
    withdraw::withdraw(app, operator, &first, Reason::Technical, "Abandonné.").await.unwrap();
    let told = world.alike(&api, |told| standings(told) == ["withdrawn", "confirmed"]).await;
    let graph: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(graph["edges"][0]["kind"], "as-is");
    assert!(rennes.page("/avis/ccn-a1").await.contains("Reprise retirée le"));
}

#[tokio::test]
async fn m11_two_cities_that_see_the_same_idea_otherwise_are_shown() {
    let world = Box::pin(world()).await;
    world.connect().await;
    let (rennes, angers) = (&world.rennes, &world.angers);
    let (a, b) = (rennes.recommendation(1).await, angers.recommendation(1).await);
    let told = world.alike("/competences.json", |told| told.contains("\"remit\":\"out\"")).await;
    let map: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(map["disagreements"], json!([]), "nobody says that it is the same idea");
    world.later();
    let take_up = angers.takes_up(&a, TakeUpKind::Adapted).await;
    until("the take-up", async || rennes.record(take_up.as_str()).await.is_some()).await;
    assert!(rennes.page("/competences").await.contains("Aucun désaccord connu"));
    world.later();
    rennes.confirms(&take_up).await.unwrap();
    let told = world.alike("/competences.json", |told| told.contains(take_up.as_str())).await;
    let map: Value = serde_json::from_str(&told).unwrap();
    let mut between = [a.as_str(), b.as_str()];
    between.sort_unstable();
    assert_eq!(
        map["disagreements"],
        json!([{ "between": between, "by": [take_up], "remit": true, "tier": true }])
    );
    world.alike("/competences.csv", |csv| csv.matches(take_up.as_str()).count() == 2).await;
    for one in world.all() {
        let page = one.page("/competences").await;
        for part in
            ["Un désaccord", "Équiper les trois lycées", "hors de sa compétence", "Échelons différents."]
        {
            assert!(page.contains(part), "{part}: {page}");
        }
    }
    let chosen = rennes.page("/competences?echelon=region").await;
    assert!(chosen.contains("Équiper les écoles"), "{chosen}");
    let (status, _, _) =
        rennes.ask(Request::get("/competences?echelon=x").body(Body::empty()).unwrap()).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);

    // What a person sees: who, how, the word of the origin, what changed in the text, and the tree.
    let avis = rennes.page("/avis/ccn-a1").await;
    for part in [
        "Qui reprend cette idée",
        "adaptée",
        "Confirmée par l’origine",
        "<del><span class=\"hide\">[retiré\u{a0}: </span>trois lycées<span class=\"hide\"> fin]</span></del>",
        "<ins><span class=\"hide\">[ajouté\u{a0}: </span>écoles",
    ] {
        assert!(avis.contains(part), "{part}: {avis}");
    }
    assert!(angers.page("/avis/ccn-a1").await.contains("D’où vient cette idée"));
    let of: String = url::form_urlencoded::byte_serialize(a.as_str().as_bytes()).collect();
    for one in world.all() {
        let page = one.page(&format!("/genealogie?id={of}")).await;
        for part in [
            "<svg class=\"tree\"",
            "<title id=\"arbre\">",
            "<desc id=\"arbre-dit\">",
            "<caption class=\"hide\">",
            "confirmée",
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
        assert!(!page.contains("<script") && !page.contains("style=") && page.len() < 60_000);
    }
    let path = format!("/recus/{}", take_up.key());
    assert!(rennes.page(&path).await.contains("Confirmée par l’origine"));
    assert!(angers.page(&format!("/recus/{}", a.key())).await.contains("Qui reprend cette idée"));
}

#[tokio::test]
async fn m5_where_nobody_follows_the_origin_is_heard_and_strangers_are_not() {
    let world = Box::pin(world()).await;
    let (rennes, angers, nancy) = (&world.rennes, &world.angers, &world.nancy);
    let a = rennes.recommendation(1).await;
    // A person names the idea: it is had from its own server, once.
    summon::named(angers.app(), &a).await.unwrap();
    let take_up = angers.takes_up(&a, TakeUpKind::Adapted).await;
    // Rennes follows nobody: what a stranger says of its recommendation waits for a person, outside the register.
    until("held", async || replies::count_by_state(&rennes.app().db, "held").await.unwrap() == 1).await;
    assert!(rennes.record(take_up.as_str()).await.is_none());
    // That person asks for it by its address, and confirms.
    world.later();
    summon::named(rennes.app(), &take_up).await.unwrap();
    let confirmation = rennes.confirms(&take_up).await.unwrap().id;
    // Angers asked the origin, and no one else.
    until("the word of the origin", async || angers.record(confirmation.as_str()).await.is_some()).await;
    assert_eq!(angers.record(confirmation.as_str()).await.unwrap().proof, "valid");
    let of: String = url::form_urlencoded::byte_serialize(a.as_str().as_bytes()).collect();
    let told = angers.page(&format!("/api/v1/genealogy?id={of}")).await;
    assert_eq!(standings(&told), ["confirmed"]);
    // A stranger that takes part does not enter: Nancy’s own take-up reaches Rennes as a reply.
    summon::named(nancy.app(), &a).await.unwrap();
    let other = nancy.takes_up(&a, TakeUpKind::Inspired).await;
    until("held", async || replies::count_by_state(&rennes.app().db, "held").await.unwrap() == 2).await;
    assert!(rennes.record(other.as_str()).await.is_none());
    // Whoever else speaks of the take-up waits for a person there too.
    summon::named(nancy.app(), &take_up).await.unwrap();
    let text = dossier("nancy", "Mesurer avant d’équiper", "commune", "decision = \"accepted\"");
    nancy.publish(&format!("{text}[[supports]]\nrecommendation = \"{take_up}\"\n")).await;
    until("held", async || replies::count_by_state(&angers.app().db, "held").await.unwrap() == 1).await;
    let supports = records::by_kind_ours(&nancy.app().db, "Support", &Page::first(10)).await.unwrap();
    assert!(angers.record(&supports[0].uri).await.is_none());
}

#[tokio::test]
async fn r1_7_local_actors_take_up_too_and_nobody_takes_up_its_own_2_31() {
    let rennes = peer("rennes").await;
    let base = dossier("rennes", "Équiper", "commune", "decision = \"accepted\"");
    let with = |more: &str| format!("{base}{more}");
    rennes.publish(&base).await;
    rennes
        .publish(&with(
            "[[take_ups]]\nof = \"ccn/a1/r1\"\nas = \"experiment\"\noutcome = \"in-progress\"\non = \"2026-06\"\ntext = \"Au lycée Zola.\"\n\
             [[take_ups]]\nof = \"ccn/a1/r2\"\ncouncil = \"ccn\"\nas = \"project\"\nby_name = \"Les Amis du canal\"\n",
        ))
        .await;
    let page = rennes.page("/avis/ccn-a1").await;
    for part in [
        "comme expérimentation",
        "Non confirmée par l’origine",
        "pour Les Amis du canal",
        "Confirmée par l’origine",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let rows = records::by_kind_ours(&rennes.app().db, "TakeUp", &Page::first(10)).await.unwrap();
    assert_eq!(rows.len(), 2);
    // Its own: refused, and nothing is left waiting.
    let of = rennes.recommendation(1).await;
    let said = take_up::Assertion { by: "ccn".to_owned(), ..take_up::Assertion::default() };
    let refused = take_up::assert(rennes.app(), &rennes.node.operator, &of, &said, "").await;
    assert!(matches!(refused, Err(Error::Invalid { problems }) if problems[0].rule == "take-up-own"));
    assert!(parvis::actions::drafts::list(rennes.app()).await.unwrap().is_empty());
    let request = Request::get(format!("/reprises/{}", rows[0].slug)).header(header::ACCEPT_LANGUAGE, "en");
    let (status, _, page) = rennes.ask(request.body(Body::empty()).unwrap()).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("Who takes up this idea"), "{page}");
    let (status, _, _) = rennes.ask(Request::get("/genealogie?id=x").body(Body::empty()).unwrap()).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}
