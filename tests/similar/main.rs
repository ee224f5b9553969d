//! The same idea in several cities (requirement 2.33), and the directory of who speaks where (requirement 4.9): the
//! real server over real registers.

#![allow(missing_docs, reason = "read like the requirement")]

#[path = "../support/hand_over.rs"]
mod hand_over;
#[path = "../support/http.rs"]
mod http;
#[path = "../support/node.rs"]
#[allow(dead_code, reason = "no sample is published here")]
mod node;
#[allow(dead_code, reason = "each test binary uses a part")]
#[path = "../support/process.rs"]
mod process;
#[path = "../support/proposals.rs"]
mod proposals;

mod commands;
mod directory;
mod embeddings;

use std::collections::HashMap;

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode},
};
use hand_over::hand_over;
use node::{Node, node};
use parvis::{
    Error,
    actions::{Operator, import, publish, similar, withdraw},
    config::Post,
    domain::{Iri, Version, codes::Reason, said::Said},
    dossier::{self, Syntax},
    server,
    storage::{
        audit,
        records::{self, Page, Row},
    },
};
use serde_json::Value;
use tower::ServiceExt as _;

/// What the sample city's council recommends, one title and one text each.
pub(crate) const RENNES: [(&str, &str); 3] = [
    ("Végétaliser les cours d’école", "Planter des arbres dans la cour de chaque école et y ôter le bitume."),
    (
        "Une charte de l’intelligence artificielle",
        "Que la ville écrive une charte des usages de l’intelligence artificielle.",
    ),
    ("Des bus la nuit", "Faire rouler des bus la nuit, du jeudi au samedi."),
];
/// What the other city's does.
pub(crate) const ANGERS: [(&str, &str); 3] = [
    ("Des arbres à l’école", "Ôter le bitume des cours et planter des arbres dans toutes les écoles."),
    (
        "Encadrer l’intelligence artificielle",
        "Une charte dit les usages permis de l’intelligence artificielle par les services.",
    ),
    ("Composter les biodéchets", "Un composteur au pied de chaque immeuble."),
];

/// A dossier of one council, one avis, and these recommendations.
fn dossier(city: &str, council: &str, recommendations: &[(&str, &str)]) -> String {
    let recommendations: Vec<String> = recommendations
        .iter()
        .map(|(title, text)| format!("[[avis.recommendations]]\ntitle = \"{title}\"\ntext = \"{text}\""))
        .collect();
    let recommendations = recommendations.join("\n");
    format!(
        "format = \"parvis-dossier-1\"\n[defaults]\nsynthetic = true\n[city]\nref = \"{city}\"\nname = \"{city}\"\n\
         territory = \"35238\"\n[[councils]]\nref = \"{council}\"\nhandle = \"{council}\"\nname = \"Conseil {council}\"\n\
         summary = \"Un conseil.\"\n[[questions]]\nref = \"q\"\ncouncil = \"{council}\"\nkind = \"saisine\"\n\
         title = \"Demain\"\ntext = \"Que faire ?\"\n[[avis]]\nref = \"a\"\ncouncil = \"{council}\"\nquestion = \"q\"\n\
         title = \"Avis de {city}\"\nsummary = \"Court.\"\ndiagnosis = \"Ce qui est.\"\nstakes = \"Ce qui compte.\"\n\
         adopted_on = \"2026-03-04\"\n{recommendations}"
    )
}

/// A node that published these recommendations.
pub(crate) async fn city(name: &str, council: &str, port: u16, recommendations: &[(&str, &str)]) -> Node {
    let node = node(name, port).await;
    let dossier = dossier::parse(&dossier(name, council, recommendations), Syntax::Toml).unwrap();
    assert_eq!(dossier::check(&dossier), []);
    import::import(&node.app, &node.operator, &dossier, std::path::Path::new("/"), false).await.unwrap();
    publish::publish(&node.app, &node.operator, None, &|_, _| ()).await.unwrap();
    node
}

/// Rennes, which has what Angers published, and Angers.
async fn two_cities(port: u16) -> (Node, Node) {
    let rennes = city("rennes", "ccnr", port, &RENNES).await;
    let angers = city("angers", "codev", port + 1, &ANGERS).await;
    hand_over(&angers, &rennes).await;
    (rennes, angers)
}

/// What a node answers at a path, as a browser or a program asks.
pub(crate) async fn ask(node: &Node, path: &str, accept: &str, lang: &str) -> (StatusCode, String) {
    let request = Request::get(path)
        .header("host", node.app.urls.host())
        .header("accept", accept)
        .header("accept-language", lang)
        .body(Body::empty())
        .unwrap();
    let response = server::router(&node.app).oneshot(request).await.unwrap();
    let status = response.status();
    let bytes = to_bytes(response.into_body(), 8 << 20).await.unwrap();
    (status, String::from_utf8(bytes.to_vec()).unwrap())
}

pub(crate) async fn page(node: &Node, path: &str, lang: &str) -> String {
    let (status, text) = ask(node, path, "text/html", lang).await;
    assert_eq!(status, StatusCode::OK, "{path}: {text}");
    text
}

async fn api(node: &Node, id: &str) -> Value {
    let path = format!("/api/v1/similar?id={id}");
    let (status, text) = ask(node, &path, "application/json", "fr").await;
    assert_eq!(status, StatusCode::OK, "{text}");
    serde_json::from_str(&text).unwrap()
}

/// The recommendation with that title.
async fn titled(node: &Node, title: &str) -> Row {
    let rows = records::by_kind(&node.app.db, "Recommendation", &Page::first(100)).await.unwrap();
    rows.into_iter().find(|row| row.title == title).unwrap_or_else(|| panic!("no {title}"))
}

async fn avis_page(node: &Node, lang: &str) -> String {
    let rows = records::by_kind_ours(&node.app.db, "Avis", &Page::first(10)).await.unwrap();
    page(node, &format!("/avis/{}", rows[0].slug), lang).await
}

/// What is suggested for a recommendation: titles, the closest first.
async fn suggested(node: &Node, of: &Row) -> Vec<String> {
    let told = api(node, &of.uri).await;
    told["items"].as_array().unwrap().iter().map(|one| one["title"].as_str().unwrap().to_owned()).collect()
}

/// The section of a page on one recommendation.
fn section<'a>(page: &'a str, number: &str) -> &'a str {
    let from = page.split(&format!("id=\"r{number}\"")).nth(1).unwrap_or_else(|| panic!("no r{number}"));
    from.split("</article>").next().unwrap()
}

#[tokio::test]
async fn requirement_2_33_the_same_idea_of_another_city_is_suggested_and_said_to_be_unconfirmed() {
    let (rennes, angers) = two_cities(8301).await;
    let trees = titled(&rennes, RENNES[0].0).await;
    assert_eq!(suggested(&rennes, &trees).await, [ANGERS[0].0]);
    assert_eq!(suggested(&rennes, &titled(&rennes, RENNES[1].0).await).await, [ANGERS[1].0]);
    assert_eq!(suggested(&rennes, &titled(&rennes, RENNES[2].0).await).await, [""; 0], "nothing like it");
    assert_eq!(
        suggested(&angers, &titled(&angers, ANGERS[0].0).await).await,
        [""; 0],
        "it has nothing of Rennes"
    );
    let item = &api(&rennes, &trees.uri).await["items"][0];
    assert_eq!(item["confirmed"], false);
    assert_eq!(item["host"], "angers.localhost:8302");
    let french = avis_page(&rennes, "fr").await;
    let shown = section(&french, "1");
    assert!(shown.contains("<h4>Idées proches</h4>"), "{shown}");
    assert!(
        shown.contains("suggestion automatique, non confirmée") && shown.contains(ANGERS[0].0),
        "{shown}"
    );
    assert!(!shown.contains("confirmé par"), "{shown}");
    assert!(!section(&french, "3").contains("Idées proches"));
    assert!(section(&avis_page(&rennes, "en").await, "1").contains("automatic suggestion, not confirmed"));
    // The page of what was received shows it too.
    let there = titled(&rennes, ANGERS[0].0).await;
    let received = page(&rennes, &format!("/recus/{}", Iri::parse(&there.uri).unwrap().key()), "fr").await;
    assert!(received.contains("suggestion automatique") && received.contains("Végétaliser"), "{received}");
    let pairs = similar::pairs(&rennes.app, 10).await.unwrap();
    let pairs: Vec<&str> = pairs.iter().map(|pair| pair.other.title.as_str()).collect();
    assert!(pairs.len() == 2 && pairs.contains(&ANGERS[0].0) && pairs.contains(&ANGERS[1].0), "{pairs:?}");
}

#[tokio::test]
async fn requirement_2_33_a_link_is_what_somebody_confirmed_in_public_and_who_and_when_is_kept() {
    let (rennes, angers) = two_cities(8303).await;
    let (ours, theirs) = (titled(&rennes, RENNES[0].0).await, titled(&rennes, ANGERS[0].0).await);
    let what = [ours.uri.clone(), theirs.uri.clone()];
    let operator = Operator::cli("anna");
    let id = similar::confirm(&rennes.app, &operator, &what, None, "Les deux veulent *des arbres*.")
        .await
        .unwrap();
    let row = records::get(&rennes.app.db, id.as_str()).await.unwrap().unwrap();
    assert_eq!(
        (row.kind.as_str(), row.author.as_str(), row.proof.as_str()),
        ("SameIdea", ours.author.as_str(), "valid")
    );
    assert_eq!(
        (row.parent.as_deref(), row.context.as_str()),
        (Some(ours.uri.as_str()), ours.context.as_str())
    );
    let Version::Record(record) = Version::parse(&row.document).unwrap() else { panic!("a record") };
    let Said::SameIdea(said) = &record.said else { panic!("{:?}", record.said) };
    assert_eq!(said.concerns.iter().map(Iri::as_str).collect::<Vec<_>>(), what);
    assert!(record.envelope.cc.iter().any(|to| to.as_str() == theirs.author), "the other author is told");
    assert!(record.envelope.content.as_str().contains(ANGERS[0].0), "{}", record.envelope.content);
    let deeds = audit::about(&rennes.app.db, id.as_str()).await.unwrap();
    assert_eq!((deeds[0].operator.as_str(), deeds[0].action.as_str()), ("anna", "publish"));

    // Apart from suggestions, and suggested no more, on either side.
    let shown = avis_page(&rennes, "fr").await;
    let shown = section(&shown, "1").to_owned();
    assert!(shown.contains("Rapprochement confirmé par") && shown.contains("Conseil ccnr"), "{shown}");
    assert!(shown.contains("21 novembre 2026") && shown.contains(ANGERS[0].0), "{shown}");
    assert!(!shown.contains("suggestion automatique"), "{shown}");
    assert_eq!(suggested(&rennes, &ours).await, [""; 0]);
    assert_eq!(suggested(&rennes, &theirs).await, [""; 0]);
    assert_eq!(api(&rennes, &theirs.uri).await["confirmed"][0]["record"], id.as_str());
    assert!(similar::pairs(&rennes.app, 10).await.unwrap().iter().all(|pair| pair.one.uri != ours.uri));
    let own = page(&rennes, &format!("/rapprochements/{}", row.slug), "fr").await;
    assert!(own.contains("<em>des arbres</em>") && own.contains("c’est la même idée"), "{own}");
    let again = similar::confirm(&rennes.app, &operator, &what, None, "Encore.").await;
    assert!(matches!(again, Err(Error::Conflict { .. })), "{again:?}");

    // The other city reads the same, as somebody else's word.
    hand_over(&rennes, &angers).await;
    let there = section(&avis_page(&angers, "fr").await, "1").to_owned();
    assert!(there.contains("confirmé par") && there.contains("@ccnr@rennes.localhost:8303"), "{there}");

    // Withdrawn, it leaves a trace and is a suggestion again.
    withdraw::withdraw(&rennes.app, &operator, &id, Reason::Technical, "Une erreur.").await.unwrap();
    hand_over(&rennes, &angers).await;
    for node in [&rennes, &angers] {
        let shown = section(&avis_page(node, "fr").await, "1").to_owned();
        assert!(!shown.contains("confirmé par") && shown.contains("suggestion automatique"), "{shown}");
    }
    let (status, gone) = ask(&rennes, &format!("/rapprochements/{}", row.slug), "text/html", "fr").await;
    assert!(status == StatusCode::GONE && gone.contains("Une erreur."), "{gone}");
}

#[tokio::test]
async fn requirement_2_33_nobody_confirms_in_anothers_name_nor_without_a_reason() {
    let (rennes, _) = two_cities(8305).await;
    let (ours, theirs) = (titled(&rennes, RENNES[0].0).await, titled(&rennes, ANGERS[0].0).await);
    let pair = [ours.uri.clone(), theirs.uri.clone()];
    let both_ours = [ours.uri.clone(), titled(&rennes, RENNES[1].0).await.uri];
    let avis = records::by_kind_ours(&rennes.app.db, "Avis", &Page::first(1)).await.unwrap().remove(0);
    let with_avis = [ours.uri.clone(), avis.uri];
    let (clerk, observer) =
        (Operator::cli("anna"), Operator::cli("denis").holding(Post::parse("observer").ok()));
    let other = Operator::cli("bao").holding(Post::parse("facilitator:codev").ok());
    let app = &rennes.app;
    for (operator, what, by, words) in [
        (&clerk, &both_ours, None, "Oui."),
        (&clerk, &with_avis, None, "Oui."),
        (&clerk, &pair, None, " "),
        (&clerk, &pair, Some("codev"), "Oui."),
        (&clerk, &pair, Some("fil"), "Oui."),
        (&clerk, &pair, Some("relay"), "Oui."),
        (&observer, &pair, None, "Oui."),
        (&other, &pair, None, "Oui."),
    ] {
        let refused = similar::confirm(app, operator, what, by, words).await;
        assert!(refused.is_err(), "{by:?} {words:?} {refused:?}");
    }
    assert!(records::by_kind(&app.db, "SameIdea", &Page::first(1)).await.unwrap().is_empty());
    let city = similar::confirm(app, &clerk, &pair, Some("mairie"), "La ville aussi.").await.unwrap();
    let row = records::get(&app.db, city.as_str()).await.unwrap().unwrap();
    assert_ne!(row.author, ours.author);
}

#[tokio::test]
async fn requirement_2_33_what_a_person_put_aside_is_suggested_no_more_until_it_is_taken_back() {
    let (rennes, _) = two_cities(8307).await;
    let (ours, theirs) = (titled(&rennes, RENNES[0].0).await, titled(&rennes, ANGERS[0].0).await);
    let (app, operator) = (&rennes.app, Operator::cli("anna"));
    let refused = similar::dismiss(app, &operator, (&ours.uri, &theirs.uri), "").await;
    assert!(matches!(refused, Err(Error::Invalid { .. })));
    assert!(similar::dismiss(app, &operator, (&theirs.uri, &ours.uri), "Autre chose.").await.unwrap());
    assert!(!similar::dismiss(app, &operator, (&ours.uri, &theirs.uri), "Autre chose.").await.unwrap());
    assert_eq!(suggested(&rennes, &ours).await, [""; 0]);
    assert_eq!(suggested(&rennes, &theirs).await, [""; 0]);
    assert!(similar::recall(app, &operator, (&ours.uri, &theirs.uri)).await.unwrap());
    assert_eq!(suggested(&rennes, &ours).await, [ANGERS[0].0]);
    assert_eq!(audit::about(&app.db, &theirs.uri).await.unwrap()[0].action, "dismiss-same-idea");
}

#[tokio::test]
async fn requirement_2_33_the_index_follows_the_register() {
    let rennes = city("rennes", "ccnr", 8309, &RENNES).await;
    let trees = titled(&rennes, RENNES[0].0).await;
    assert_eq!(suggested(&rennes, &trees).await, [""; 0]);
    let nancy =
        city("nancy", "cdn", 8310, &[("Planter à l’école", "Des arbres dans la cour de chaque école.")])
            .await;
    hand_over(&nancy, &rennes).await;
    assert_eq!(suggested(&rennes, &trees).await, ["Planter à l’école"], "what came is found");
    let theirs = titled(&nancy, "Planter à l’école").await;
    let id = Iri::parse(&theirs.uri).unwrap();
    withdraw::withdraw(&nancy.app, &nancy.operator, &id, Reason::Technical, "Retirée.").await.unwrap();
    hand_over(&nancy, &rennes).await;
    assert_eq!(suggested(&rennes, &trees).await, [""; 0], "what was withdrawn is not");
    let (status, _) = ask(&rennes, "/api/v1/similar?id=https://x.example/1", "application/json", "fr").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[test]
fn requirement_2_33_among_real_proposals_the_same_objective_comes_first_or_within_five() {
    let Some(all) = proposals::proposals() else { return };
    let found = proposals::quality(&all, |one| one.text.clone(), &HashMap::new());
    assert!(found.asked == 133 && found.first >= 0.41 && found.within_five >= 0.65, "{found:?}");
}
