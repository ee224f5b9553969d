//! A convention of several cities, between real nodes over HTTP (requirements 2.34, 2.35; moonshot 1).

mod alike;
mod feed;
mod large;
#[allow(dead_code, reason = "no sample is published here")]
#[path = "../support/node.rs"]
mod node;
mod partial;
mod remits;
#[path = "../support/together.rs"]
mod together;
#[allow(dead_code, reason = "each test binary uses a part")]
mod world;

use jiff::SignedDuration;
use parvis::{
    actions::{convene, conventions, publish, take_part, withdraw},
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
    let page = rennes.page("/conventions/ia").await;
    assert!(page.contains("id=\"repris\""), "the trace: {page}");
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
    let page = angers.page("/conventions/ia/membres").await;
    assert!(page.contains("demande déclinée") && page.contains("Le calendrier est clos."), "{page}");
    assert!(page.contains("administrati"), "the coded reason: {page}");
    // That is no last word: it asks once more, by a record of its own.
    for city in &cities {
        city.app().clock.advance(SignedDuration::from_hours(24));
    }
    assert_ne!(angers.join().await, again);
    until("asked once more", async || rennes.standing(&there).await == Some(Standing::Asked)).await;
}

#[tokio::test]
async fn r2_34_who_leaves_takes_its_contributions_along_and_brings_them_back() {
    let cities = convened(&["angers"]).await;
    let [rennes, angers] = &cities[..] else { unreachable!() };
    let (group, there) = (rennes.actor("convention_ia").await, angers.actor("conseil").await);
    until("it knows that it is a member", async || angers.standing(&there).await == Some(Standing::Member))
        .await;
    let contribution = angers.contribute().await;
    let told = async |kind: &str| {
        let said = sent(rennes, &group).await;
        said.iter().filter(|(said, object)| said == kind && *object == contribution).count()
    };
    until("it is in the collection", async || told("Add").await == 1).await;
    let adhesion = Iri::parse(&angers.own("Adhesion").await.remove(0).uri).unwrap();
    let operator = &angers.node.operator;
    withdraw::withdraw(angers.app(), operator, &adhesion, Reason::Political, "Nous partons.").await.unwrap();
    until("it has left the collection", async || told("Remove").await == 1).await;

    for city in &cities {
        city.app().clock.advance(SignedDuration::from_hours(24));
    }
    let again = angers.join().await;
    until("asked again", async || rennes.standing(&there).await == Some(Standing::Asked)).await;
    assert_eq!(told("Add").await, 1, "who asks is no member");
    rennes.admit(&again).await;
    assert_eq!((told("Add").await, told("Remove").await), (2, 1), "what it contributed is in it again");
    // Excluded: the same.
    let admission = Iri::parse(&rennes.own("Admission").await.pop().unwrap().uri).unwrap();
    let operator = &rennes.node.operator;
    withdraw::withdraw(rennes.app(), operator, &admission, Reason::Administrative, "La charte.")
        .await
        .unwrap();
    assert_eq!((told("Add").await, told("Remove").await), (2, 2));
}

#[tokio::test]
async fn r2_34_one_avis_may_be_brought_to_several_conventions() {
    let rennes = City::found("rennes", true).await;
    rennes
        .publish(
            "[[conventions]]\nref = \"eau\"\ntitle = \"Convention sur l’eau\"\ncharter = \"Répondre.\"\n",
        )
        .await;
    let (app, operator) = (rennes.app(), &rennes.node.operator);
    let rule = |refused: parvis::Result<_>| match refused.map(|published: publish::Published| published.id) {
        Err(parvis::Error::Invalid { problems }) => problems[0].rule,
        other => panic!("{other:?}"),
    };
    for slug in ["ia", "eau"] {
        let known = async || conventions::named(app, slug).await.unwrap();
        let bring =
            async || take_part::contribute(app, operator, &known().await, ("conseil/a1", None), "").await;
        let join = async || take_part::join(app, operator, &known().await, "conseil", "").await;
        let admit = async || take_part::admit(app, operator, &known().await, "@conseil", "").await;
        assert_eq!(rule(bring().await), "member-needed");
        join().await.unwrap();
        assert_eq!(rule(join().await), "adhesion-asked");
        let admission = admit().await.unwrap();
        let council = rennes.actor("conseil").await;
        let again = take_part::admit(app, operator, &known().await, council.as_str(), "").await;
        assert_eq!(rule(again), "adhesion-ruled", "{}", admission.id);
        bring().await.unwrap();
        assert_eq!(rule(bring().await), "contribution-there");
        assert!(rennes.page(&format!("/conventions/{slug}.csv")).await.contains("Former les agents"));
    }

    // Where a convention asks no questions, themes are its rows; and they are a filter of every convention.
    let page = rennes.page("/conventions/eau").await;
    assert!(page.contains("?q=theme-libertes") && page.contains("?q=theme-formation"), "{page}");
    for path in ["ia.csv?theme=formation", "eau.csv?theme=formation", "eau.csv?q=theme-formation"] {
        let csv = rennes.page(&format!("/conventions/{path}")).await;
        assert!(csv.lines().count() == 2 && csv.contains("Former les agents"), "{path}: {csv}");
    }
    // Withdrawn, it is over: what was contributed stays side by side, nothing is added.
    let known = conventions::named(app, "eau").await.unwrap();
    let id = Iri::parse(&known.row.uri).unwrap();
    let end = withdraw::withdraw(app, operator, &id, Reason::Superseded, "La région la reprend.");
    end.await.unwrap();
    let page = rennes.page("/conventions/eau").await;
    assert!(page.contains("Son hôte a retiré cette convention") && page.contains("La région la reprend."));
    assert!(page.contains("Former les agents, rennes"), "{page}");
    let known = conventions::named(app, "eau").await.unwrap();
    assert_eq!(rule(take_part::join(app, operator, &known, "conseil", "").await), "convention-over");
    // The day before, nothing of this was there.
    let day = rennes.app().clock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let before = day.yesterday().unwrap();
    for (path, lines) in [("ia.csv", 1), ("ia/membres.csv", 1), ("eau.csv", 1)] {
        let csv = rennes.page(&format!("/conventions/{path}?on={before}")).await;
        assert_eq!(csv.lines().count(), lines, "{path}: {csv}");
        assert!(rennes.page(&format!("/conventions/{path}?on={day}")).await.lines().count() > lines);
    }
}

/// An avis that is addressed to the convention of a host.
fn addressed(host: &City) -> String {
    format!(
        r#"
[[avis]]
ref = "a2"
council = "conseil"
question = "q1"
title = "Pour la convention"
summary = "Court."
diagnosis = "Ce qui est."
stakes = "Ce qui compte."
adopted_on = "2026-11-10"
convention = "@convention_ia@{}"
sub_question = "formation"
recommendations = [{{ title = "Un guichet d’aide" }}]
"#,
        host.app().urls.host()
    )
}

#[tokio::test]
async fn r2_34_an_avis_may_be_addressed_to_the_convention_from_its_first_version() {
    let cities = convened(&["angers"]).await;
    let [rennes, angers] = &cities[..] else { unreachable!() };
    let (group, there) = (rennes.actor("convention_ia").await, angers.actor("conseil").await);
    let (mairie, stranger) = (angers.actor("mairie").await, angers.actor("relay").await);
    until("it knows that it is a member", async || angers.standing(&there).await == Some(Standing::Member))
        .await;
    angers.publish(&addressed(rennes)).await;

    // Its whole thread has the Group of the convention, and one contribution brings it there.
    let avis = angers.own("Avis").await.pop().unwrap();
    let recommendation = angers.own("Recommendation").await.pop().unwrap();
    for row in [&avis, &recommendation] {
        assert_eq!(row.audience.as_deref(), Some(group.as_str()), "{}", row.uri);
    }
    let contribution = angers.own("Contribution").await.remove(0).uri;
    let told = async || sent(rennes, &group).await;
    until("the Group says so", async || {
        told().await.iter().any(|(kind, object)| kind == "Add" && *object == contribution)
    })
    .await;
    let boosts = told().await.iter().filter(|(kind, what)| kind == "Announce" && *what == avis.uri).count();
    assert_eq!(boosts, 1, "boosted once");
    let table = rennes.page("/conventions/ia.csv?q=formation").await;
    assert!(table.contains("Un guichet d’aide"), "{table}");
    // Who follows the city's feed sees it too.
    let feed = angers.actor("fil").await;
    assert!(sent(angers, &feed).await.contains(&("Announce".to_owned(), avis.uri.clone())));

    // Whom it asks speaks in its thread; nobody else does.
    let speaks = async |author: &Iri, parent: &str| {
        convene::speaks_in(rennes.app(), group.as_str(), author.as_str(), Some(parent)).await.unwrap()
    };
    assert!(speaks(&there, &avis.uri).await && speaks(&mairie, &recommendation.uri).await);
    assert!(!speaks(&stranger, &recommendation.uri).await && !speaks(&mairie, &contribution).await);
    angers
        .publish(&(addressed(rennes) + &answer("accepted", "Oui.", "2026-11-20").replace("a1/r1", "a2/r1")))
        .await;
    let said = angers.own("Answer").await.remove(0);
    assert_eq!(said.audience.as_deref(), Some(group.as_str()));
    until("the answer is on the host's table", async || {
        rennes.page("/conventions/ia.csv").await.contains(",Oui.")
    })
    .await;
    assert_eq!(angers.own("Contribution").await.len(), 1, "imported again, nothing is brought twice");
}

#[tokio::test]
async fn r2_34_what_is_addressed_to_a_convention_before_one_is_in_it_is_brought_on_admission() {
    let rennes = City::found("rennes", true).await;
    let angers = City::found("angers", false).await;
    angers.follow(&rennes).await;
    angers.publish(&addressed(&rennes)).await;
    let avis = angers.own("Avis").await.pop().unwrap();
    assert_eq!(avis.audience, angers.own("Avis").await[0].audience, "in the city's own feed");

    let group = rennes.actor("convention_ia").await;
    let contribution = angers.own("Contribution").await.remove(0).uri;
    let adhesion = angers.join().await;
    until("the host has the request", async || {
        let there = angers.actor("conseil").await;
        rennes.standing(&there).await == Some(Standing::Asked)
    })
    .await;
    rennes.admit(&adhesion).await;
    until("it is in the collection", async || {
        let said = sent(&rennes, &group).await;
        said.iter().any(|(kind, object)| kind == "Add" && *object == contribution)
    })
    .await;
    angers.publish(&addressed(&rennes)).await;
    assert_eq!(angers.own("Avis").await.pop().unwrap().version, 1, "it stays where it was born");
}

/// An answer to the first recommendation of a city, which changes its status.
fn answer(decision: &str, text: &str, on: &str) -> String {
    format!(
        "[[answers]]\nref = \"r-{on}\"\nrecommendation = \"conseil/a1/r1\"\ndecision = \"{decision}\"\non = \"{on}\"\ntext = \"{text}\"\n"
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p1_four_nodes_show_the_same_table_byte_for_byte_and_converge_after_one_was_away() {
    let mut cities = convened(&["angers", "montpellier", "nancy"]).await;
    for city in &cities {
        city.contribute().await;
    }
    let equal = async |cities: &[City], needle: &str| {
        let mut tables = Vec::new();
        for city in cities {
            tables.push(city.page("/conventions/ia.csv?on=2026-11-22").await);
        }
        let lines = tables[0].lines().count();
        tables.iter().all(|table| *table == tables[0] && table.contains(needle)) && lines >= 8
    };
    until("the same table of eight recommendations everywhere", async || equal(&cities, "nancy").await).await;
    let page = cities[2].page("/conventions/ia").await;
    for shown in ["Conseil de rennes", "Conseil de nancy", "Former les agents, angers", "Signature vérifiée"]
    {
        assert!(page.contains(shown), "{shown}: {page}");
    }

    // One city changes a status: every table says so.
    cities[1].publish(&answer("accepted", "Oui, un registre public.", "2026-11-20")).await;
    until("the answer on every table", async || equal(&cities, "Oui, un registre public.").await).await;
    let filtered = cities[3].page("/conventions/ia?etat=accepted&q=transparence").await;
    assert!(filtered.contains("registre public des algorithmes, angers"), "{filtered}");
    assert!(!filtered.contains("algorithmes, rennes"), "only what was asked for");
    let csv = cities[3].page("/conventions/ia.csv?etat=accepted").await;
    assert_eq!(csv.lines().count(), 2, "{csv}");
    assert!(csv.contains(",2026-11-20,"), "the day of the decision, beside that of its publication: {csv}");

    // One node is away: the others say so, keep its column, and go on.
    cities[3].stop();
    cities[0].publish(&answer("refused", "Non, pas en l’état.\"\nreason = \"budget", "2026-11-21")).await;
    until("the three others go on", async || equal(&cities[..3], "Non, pas en l’état.").await).await;
    until("it is said to be silent", async || {
        let page = cities[0].page("/conventions/ia").await;
        page.contains("vu pour la dernière fois le") && page.contains("Conseil de nancy")
    })
    .await;

    // It is back: what waited for it comes, or it asks for it.
    cities[3].start().await;
    assert!(!cities[3].page("/conventions/ia.csv?on=2026-11-22").await.contains("Non, pas en l’état."));
    let host = cities[0].app().urls.host().to_owned();
    parvis::federation::catch_up::catch_up(cities[3].app(), &host).await.unwrap();
    until("the same again on all four", async || equal(&cities, "Non, pas en l’état.").await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r2_35_every_node_computes_the_same_conformity_and_shows_what_is_missing_with_rule_and_date() {
    let cities = convened(&["angers"]).await;
    for city in &cities {
        city.contribute().await;
    }
    let composition = "[[compositions]]\ncouncil = \"conseil\"\non = \"2026-11\"\nseats = [{ origin = \"drawn\", count = 20 }]\n";
    let schedule = "[[schedules]]\navis = \"conseil/a1\"\npreset = \"six-months-three-years\"\n";
    cities[1].publish(&format!("{composition}{schedule}")).await;
    let path = "/conventions/ia/membres.csv?on=2027-06-01";
    until("the same on both", async || {
        let (here, there) = (cities[0].page(path).await, cities[1].page(path).await);
        here == there && here.contains("composition-published") && here.contains(",kept,")
    })
    .await;
    let table = cities[0].page(path).await;
    let of = |council: &Iri, duty: &str| {
        let line = table.lines().find(|line| line.starts_with(council.as_str()) && line.contains(duty));
        line.unwrap_or_else(|| panic!("{council} {duty}: {table}")).to_owned()
    };
    let (here, there) = (cities[0].actor("conseil").await, cities[1].actor("conseil").await);
    assert!(of(&here, "composition-published").contains("2027-02-19,shortfall"), "{table}");
    assert!(of(&there, "composition-published").contains(",kept,"), "{table}");
    assert!(of(&here, "deliverables-published").contains(",kept,"), "{table}");
    assert!(of(&there, "answers-given").contains("2027-02-19,shortfall"), "{table}");
    assert!(of(&there, "accounts-scheduled").contains(",kept,"), "{table}");
    assert!(
        of(&here, "accounts-scheduled").contains(",shortfall,"),
        "the usual rhythm is no promise: {table}"
    );
    let early = cities[0].page("/conventions/ia/membres.csv?on=2026-12-01").await;
    assert!(early.contains(",pending,") && !early.contains("shortfall"), "{early}");
    let page = cities[0].page("/conventions/ia/membres?on=2027-06-01").await;
    assert!(page.contains("manque") && page.contains("composition publiée"), "{page}");
    let charter = cities[1].page("/conventions/ia/charte").await;
    assert_eq!(charter, "Publier sa composition, ses livrables, ses réponses et son calendrier.");
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
