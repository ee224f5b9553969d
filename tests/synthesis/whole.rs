//! Syntheses between real nodes: sources, marks that stay, coverage, and what is refused.

use jiff::SignedDuration;
use parvis::{
    actions::{
        receive::{self, Arrival},
        withdraw,
    },
    domain::{Iri, canonical, codes::Reason},
    federation::signing,
    storage::records::{self, Row},
};
use serde_json::{Value, json};

use crate::{
    broken, dossier_with,
    world::{City, convened, until},
};

/// Where a record is shown on a node.
async fn path(city: &City, uri: &str) -> String {
    let row = held(city, uri).await.expect("it is here");
    if row.ours {
        format!("/syntheses/{}", row.slug)
    } else {
        format!("/recus/{}", Iri::parse(uri).unwrap().key())
    }
}

async fn held(city: &City, uri: &str) -> Option<Row> {
    records::get(&city.app().db, uri).await.unwrap()
}

/// The recommendations of a city, by number.
async fn recommendations(city: &City) -> Vec<String> {
    let mut rows = city.own("Recommendation").await;
    rows.sort_by_key(|row| row.number);
    rows.into_iter().map(|row| row.uri).collect()
}

/// Waits until every node says the same of a synthesis, and that says something; gives it.
async fn agreed(cities: &[City], uri: &str, end: &str, says: impl Fn(&str) -> bool) -> String {
    let mut last = Vec::new();
    until("every node says the same", async || {
        last.clear();
        for city in cities {
            if held(city, uri).await.is_none() {
                return false;
            }
            last.push(city.page(&format!("{}{end}", path(city, uri).await)).await);
        }
        last.iter().all(|one| *one == last[0]) && says(&last[0])
    })
    .await;
    last.swap_remove(0)
}

fn synthesis(group: &Iri, second: &str, cites: [&str; 3]) -> String {
    format!(
        r#"
[[syntheses]]
ref = "ensemble"
convention = "{group}"
title = "Ce que disent les villes"
summary = "En deux phrases."
sentences = [
  {{ text = "Toutes veulent un registre public.", cites = ["conseil/a1/r1", "{}"] }},
  {{ text = "{second}", cites = ["{}", "{}"] }},
]
"#,
        cites[0], cites[1], cites[2]
    )
}

#[tokio::test]
async fn p13_each_sentence_has_its_sources_and_a_mark_stays_wherever_it_is_shown() {
    let cities = convened(&["angers"]).await;
    let [rennes, angers] = &cities[..] else { unreachable!() };
    for city in [rennes, angers] {
        let contribution = city.contribute().await;
        for other in &cities {
            until("what is contributed is everywhere", async || held(other, &contribution).await.is_some())
                .await;
        }
    }
    let (here, there) = (recommendations(rennes).await, recommendations(angers).await);
    for id in &there {
        until("the host has what it cites", async || held(rennes, id).await.is_some()).await;
    }
    let group = rennes.actor("convention_ia").await;
    let away = "https://ailleurs.example/recommandations/1";
    rennes.publish(&synthesis(&group, "Angers <b>refuse</b> de former.", [&there[0], &here[0], away])).await;
    let uri = rennes.own("Synthesis").await.remove(0).uri;

    // The same on every node: sources, and coverage by member.
    let told = agreed(&cities, &uri, ".json", |_| true).await;
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["sentences"][0]["cites"], json!([here[0], there[0]]));
    let covered = |council: &Iri| {
        let all = told["coverage"].as_array().unwrap();
        let one = all.iter().find(|one| one["council"] == council.as_str()).unwrap();
        (one["cited"].clone(), one["of"].clone(), one["percent"].clone())
    };
    for city in &cities {
        assert_eq!(covered(&city.actor("conseil").await), (json!(1), json!(2), json!(50)), "{}", city.name);
    }
    let shown = rennes.page(&path(rennes, &uri).await).await;
    for part in [
        "<li id=\"phrase-1\">",
        "Toutes veulent un registre public.",
        "angers, <a href=\"/recus/",
        "Un registre public des algorithmes, angers",
        "Angers &#60;b&#62;refuse&#60;/b&#62; de former.",
        "ailleurs.example",
        "1 / 2",
        "50\u{202f}%",
        "<meta name=\"description\" content=\"En deux phrases.",
    ] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    assert!(!shown.contains("contestée par"));
    let record = held(rennes, &uri).await.unwrap();
    assert!(
        record.document.contains(&format!("<a href=\\\"{}\\\">[2]</a>", there[0])),
        "{}",
        record.document
    );

    nobody_else_says_it(rennes, angers, &uri).await;

    // Angers signs: the second sentence is not faithful. Everybody shows it, with the sentence.
    angers.publish(&format!(
        "[[assessments]]\nby = \"mairie\"\nsynthesis = \"{uri}\"\nsentence = 2\nassessment = \"not-faithful\"\ntext = \"Nous formons.\"\non = \"2026-11-20\"\n"
    ))
    .await;
    let contested = |text: &str| text.contains("assessment") || text.contains("/evaluations/");
    let told: Value = serde_json::from_str(&agreed(&cities, &uri, ".json", contested).await).unwrap();
    let mairie = angers.actor("mairie").await;
    let mark = &told["sentences"][1]["notFaithful"][0];
    assert_eq!((&mark["by"], &mark["earlier"]), (&json!(mairie), &Value::Null));
    assert_eq!(told["sentences"][0]["notFaithful"], json!([]));
    let csv = agreed(&cities, &uri, ".csv", |_| true).await;
    assert!(csv.lines().nth(2).unwrap().contains(mairie.as_str()), "{csv}");
    let assessment = angers.own("Assessment").await.remove(0);
    for city in &cities {
        let shown = city.page(&path(city, &uri).await).await;
        let second = shown.split("id=\"phrase-2\"").nth(1).unwrap().split("</ol>").next().unwrap();
        assert!(second.contains("contestée par") && second.contains("angers"), "{second}");
        assert!(!shown.split("id=\"phrase-2\"").next().unwrap().contains("contestée"), "only the second");
    }
    // So does the page of a recommendation that it cites.
    let avis = rennes.own("Avis").await.remove(0);
    let cited = rennes.page(&format!("/avis/{}", avis.slug)).await;
    let first = cited.split("id=\"r1\"").nth(1).unwrap().split("</article>").next().unwrap();
    let at = |part: &str| first.find(part).unwrap_or_else(|| panic!("{part} in {first}"));
    assert!(
        at("Cité par la synthèse") < at("#phrase-1\">phrase 1")
            && at("#phrase-2\">phrase 2") < at("contestée par")
    );

    // Another wording: the mark stays, as one on the earlier wording; so it does when the sentence is gone.
    for city in &cities {
        city.app().clock.advance(SignedDuration::from_hours(1));
    }
    rennes.publish(&synthesis(&group, "Angers forme.", [&there[0], &here[0], &there[1]])).await;
    let changed = |text: &str| text.contains("Angers forme.");
    let told: Value = serde_json::from_str(&agreed(&cities, &uri, ".json", changed).await).unwrap();
    assert_eq!(told["sentences"][1]["notFaithful"][0]["earlier"], "Angers <b>refuse</b> de former.");
    let shown = angers.page(&path(angers, &uri).await).await;
    assert!(shown.contains("à propos d’une rédaction antérieure de la phrase 2\u{a0}:"), "{shown}");
    assert!(shown.contains("<q>Angers &#60;b&#62;refuse"), "{shown}");
    let csv = agreed(&cities, &uri, ".totaux.csv", |_| true).await;
    assert!(csv.contains(",2,2,100"), "{csv}");

    // Angers takes its word back: the trace is its tombstone, the mark is gone.
    let id = Iri::parse(&assessment.uri).unwrap();
    let words = "La phrase a changé.";
    withdraw::withdraw(angers.app(), &angers.node.operator, &id, Reason::Superseded, words).await.unwrap();
    agreed(&cities, &uri, ".json", |text| !text.contains("evaluations")).await;

    refused(rennes, angers, &uri).await;
}

/// There is no ninth sentence, and only the host says what they say as a whole.
async fn nobody_else_says_it(rennes: &City, angers: &City, uri: &str) {
    let ninth = format!(
        "[[assessments]]\nref = \"neuf\"\nby = \"mairie\"\nsynthesis = \"{uri}\"\nsentence = 9\nassessment = \"not-faithful\"\ntext = \"Non.\"\non = \"2026-11-20\"\n"
    );
    assert_eq!(angers.refuses(&ninth).await, "sentence-unknown");
    let group = rennes.actor("convention_ia").await;
    let other = format!(
        "[[syntheses]]\nconvention = \"{group}\"\ntitle = \"Autre\"\nsentences = [{{ text = \"Une phrase.\", cites = [\"conseil/a1/r1\"] }}]\n"
    );
    assert_eq!(angers.refuses(&other).await, "synthesis-by-host");
}

/// What is refused at the inbox, and what is kept without counting.
async fn refused(rennes: &City, angers: &City, uri: &str) {
    let known = held(angers, uri).await.unwrap();
    let mut document = canonical::read(&known.document).unwrap();
    document.remove("proof");
    document.insert("id".to_owned(), format!("{uri}0").into());
    for term in ["parvis:previous", "updated"] {
        document.remove(term);
    }
    document.insert("parvis:version".to_owned(), 1.into());
    document["parvis:sentences"][1].as_object_mut().unwrap().remove("parvis:cites");
    let author = Iri::parse(&known.author).unwrap();
    let create = json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": format!("{uri}0/create"), "type": "Create", "actor": author,
        "to": document["to"], "cc": document["cc"], "object": document,
    });
    let signer = signing::signer(rennes.app(), author.as_str()).await.unwrap();
    let inbox = Iri::parse(&format!("{}/inbox", angers.app().urls.base())).unwrap();
    let answer = rennes.app().http.post(&inbox, create.to_string().as_bytes(), &signer).await.unwrap();
    assert!((400..500).contains(&answer.status), "{} {}", answer.status, answer.body);
    assert!(answer.body.contains("sentence-without-source"), "{}", answer.body);
    assert!(held(angers, &format!("{uri}0")).await.is_none());

    // A word without proof is kept as such, and marks nothing.
    let mut unsigned = canonical::read(&known.document).unwrap();
    for term in ["proof", "parvis:previous", "updated", "parvis:sentences", "parvis:convention"] {
        unsigned.remove(term);
    }
    let id = format!("{}/evaluations/01900000-0000-7000-8000-000000000001", rennes.app().urls.base());
    let own = [
        ("id", json!(id)),
        ("parvis:kind", json!("parvis:Assessment")),
        ("parvis:version", json!(1)),
        ("parvis:concerns", json!(uri)),
        ("parvis:sentence", json!(1)),
        ("parvis:assessment", json!("parvis:not-faithful")),
    ];
    unsigned.extend(own.map(|(term, value)| (term.to_owned(), value)));
    let text = canonical::write(&unsigned);
    let arrival = Arrival { text: &text, document: &unsigned, from_origin: true, activity: None };
    receive::version(angers.app(), &arrival).await.unwrap();
    assert_eq!(held(angers, &id).await.unwrap().proof, "absent");
    let told = angers.page(&format!("{}.json", path(angers, uri).await)).await;
    assert!(!told.contains("evaluations"), "{told}");
}

#[test]
fn p13_a_sentence_without_source_is_refused_in_the_dossier() {
    let with = |cites: &str| {
        broken(&dossier_with(&format!(
            "[[syntheses]]\nconvention = \"https://rennes.example/actors/1\"\ntitle = \"Ensemble\"\nsentences = [{{ text = \"Une phrase.\"{cites} }}]\n"
        )))
    };
    assert_eq!(with(", cites = [\"conseil/a1/r1\", \"https://angers.example/recommandations/1\"]"), [""; 0]);
    assert_eq!(with(", cites = []"), ["sentence-without-source"]);
    assert_eq!(with(""), ["sentence-without-source"]);
    assert_eq!(with(", cites = [\"conseil/a1/r9\"]"), ["reference-unknown"]);
    assert!(!with(", cites = [\"pas une référence\"]").is_empty());
    let contest = |of: &str| {
        broken(&dossier_with(&format!(
            "[[assessments]]\nby = \"mairie\"\n{of}\nassessment = \"not-faithful\"\ntext = \"Non.\"\n"
        )))
    };
    assert_eq!(contest("synthesis = \"https://rennes.example/syntheses/1\"\nsentence = 3"), [""; 0]);
    assert_eq!(contest("avis = \"conseil/a1\"\nsentence = 3"), ["sentence-of"]);
    assert_eq!(contest("synthesis = \"https://rennes.example/syntheses/1\"\nsentence = 0"), ["sentence-of"]);
}
