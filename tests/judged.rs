//! What others make of it: plural assessments side by side, strategies and their axes, deliberations,
//! indicators, and facts that sources dispute. The real pages over a real register.

mod support {
    pub mod node;
}

use std::fmt::Write as _;

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode},
};
use parvis::{
    actions::{import, publish},
    dossier::{self, Syntax},
    storage::records::{self, Page, Row},
    web,
};
use support::node::{Node, node};
use tower::ServiceExt as _;

async fn page(node: &Node, path: &str) -> String {
    let request = Request::get(path).header("accept", "text/html").body(Body::empty()).unwrap();
    let response = web::router(node.app.clone()).oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    let bytes = to_bytes(response.into_body(), 8 << 20).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Our record of that reference.
async fn named(node: &Node, reference: &str) -> Row {
    let row = records::by_reference(&node.app.db, reference).await.unwrap();
    row.unwrap_or_else(|| panic!("no {reference}"))
}

/// The three views of the 149 proposals of the climate convention, as totals in the dossier's form. Totals are
/// those the sources give; which proposal is which is synthetic.
fn climate() -> String {
    let mut text = r#"
format = "parvis-dossier-1"
language = "fr"
[defaults]
synthetic = true
licence = "etalab-2.0"
[city]
ref = "pays"
handle = "gouvernement"
name = "Gouvernement"
territory = "commune:35238"
[[councils]]
ref = "convention"
handle = "convention"
name = "Convention citoyenne pour le climat"
summary = "Cent cinquante personnes tirées au sort."
[[councils]]
ref = "presse"
handle = "reporterre"
name = "Reporterre"
summary = "Un tiers qui évalue."
[[questions]]
ref = "climat"
council = "convention"
kind = "saisine"
title = "Le climat"
text = "Comment réduire les émissions dans un esprit de justice sociale ?"
[[avis]]
ref = "rapport"
council = "convention"
question = "climat"
title = "149 propositions"
summary = "Le rapport."
diagnosis = "Diagnostic."
stakes = "Enjeux."
adopted_on = "2020-06-21"
"#
    .to_owned();
    for number in 1..=149 {
        let _ = write!(text, "[[avis.recommendations]]\ntitle = \"Proposition {number}\"\n");
    }
    let ranges = [("follow_ups", "done", "r1..r75"), ("follow_ups", "in-progress", "r76..r146")];
    for (section, status, range) in ranges {
        let _ = write!(
            text,
            "[[{section}]]\nrecommendations = [\"convention/rapport/{range}\"]\nstatus = \"{status}\"\ntext = \"Bilan du gouvernement.\"\non = \"2021-02-10\"\n"
        );
    }
    text.push_str(
        "[[answers]]\nrecommendations = [\"convention/rapport/r147..r149\"]\ndecision = \"refused\"\nreason = \"political\"\ntext = \"Refusées.\"\non = \"2020-06-29\"\n",
    );
    for (value, range) in
        [("sans modification", "r1..r15"), ("modifiée", "r16..r70"), ("rejetée", "r71..r149")]
    {
        let _ = write!(
            text,
            "[[assessments]]\nref = \"vue-{}\"\nby = \"reporterre\"\nrecommendations = [\"convention/rapport/{range}\"]\ncriterion = \"reprise\"\nvalue = \"{value}\"\ntext = \"Lecture de la presse.\"\non = \"2021-03-31\"\n",
            range.replace("..", "-")
        );
    }
    text.push_str(
        "[[assessments]]\nby = \"convention\"\navis = \"convention/rapport\"\nmark = \"2,5\"\nout_of = \"10\"\ntext = \"Note moyenne des membres.\"\non = \"2021-02-28\"\n",
    );
    text
}

#[tokio::test]
async fn the_three_views_of_149_proposals_stand_side_by_side_and_are_never_merged_4_2() {
    let node = node("rennes", 8471).await;
    let dossier = dossier::parse(&climate(), Syntax::Toml).unwrap();
    assert_eq!(dossier::check(&dossier), []);
    let folder = std::path::Path::new("/");
    import::import(&node.app, &node.operator, &dossier, folder, false).await.unwrap();
    publish::publish(&node.app, &node.operator, None, &|_, _| ()).await.unwrap();
    let avis = named(&node, "pays/convention/rapport").await;
    let shown = page(&node, &format!("/avis/{}", avis.slug)).await;
    let after = |title: &str| {
        let part = shown.split(title).nth(1).unwrap_or_else(|| panic!("no {title}"));
        part.split("</div>").next().unwrap().to_owned()
    };
    let tally = shown.split("id=\"suites\"").nth(1).unwrap().split("</section>").next().unwrap();
    for count in ["<strong>75</strong>", "<strong>71</strong>", "<strong>3</strong>"] {
        assert!(tally.contains(count), "{count} in {tally}");
    }
    let press = after("Un tiers · ");
    for count in ["<strong>15</strong>", "<strong>55</strong>", "<strong>79</strong>"] {
        assert!(press.contains(count), "{count} in {press}");
    }
    assert!(after("Le conseil · ").contains("<strong>2,5/10</strong>"));
    // Each view is signed by its own author with its own key.
    let mut keys = std::collections::BTreeSet::new();
    for row in records::by_kind_ours(&node.app.db, "Assessment", &Page::first(10)).await.unwrap() {
        let document: serde_json::Value = serde_json::from_str(&row.document).unwrap();
        let key = document["proof"]["verificationMethod"].as_str().unwrap().to_owned();
        assert!(key.starts_with(&row.author) && row.proof == "valid");
        keys.insert(key);
    }
    assert_eq!(keys.len(), 2);
}

#[tokio::test]
async fn a_strategy_shows_which_recommendations_serve_each_axis_and_which_axes_none_serves_3_1() {
    let node = node("rennes", 8472).await;
    node.publish_sample("rennes.toml").await;
    let strategy = named(&node, "rennes/numerique-responsable").await;
    let shown = page(&node, &format!("/strategies/{}", strategy.slug)).await;
    let matrix = shown.split("</table>").next().unwrap().split("<table>").nth(1).unwrap();
    let line = |axis: &str| {
        let rest = matrix.split(axis).nth(1).unwrap_or_else(|| panic!("no {axis}"));
        rest.split("</tr>").next().unwrap().to_owned()
    };
    assert_eq!(matrix.matches("<tr><th scope=\"row\"").count(), 6, "six axes");
    assert!(line("Écologie et environnement").contains("Aucune recommandation"));
    let service = line("Efficacité du service public");
    assert!(
        service.contains("<strong>5</strong> (2)"),
        "two of avis 1, done, and three of avis 2: {service}"
    );
    assert!(page(&node, "/strategies").await.contains("Pour un numérique responsable"));
}

#[tokio::test]
async fn an_axis_nobody_wrote_is_refused_3_1() {
    let text =
        climate().replacen("title = \"Proposition 1\"", "title = \"Proposition 1\"\naxes = [\"santé\"]", 1);
    assert!(dossier::parse(&text, Syntax::Toml).is_err(), "a key is a segment");
    let text =
        climate().replacen("title = \"Proposition 1\"", "title = \"Proposition 1\"\naxes = [\"sante\"]", 1);
    let problems = dossier::check(&dossier::parse(&text, Syntax::Toml).unwrap());
    let told: Vec<String> = problems.iter().map(|p| format!("{} {}", p.field, p.rule)).collect();
    assert_eq!(told, ["avis[0].recommendations[0].axes axis-unknown"]);
}

#[tokio::test]
async fn a_deliberation_and_an_indicator_say_their_facts_in_the_text_2_10_3_6() {
    let node = node("rennes", 8473).await;
    node.publish_sample("rennes.toml").await;
    for (reference, folder, facts) in [
        (
            "rennes/ccnr/avis-1/r2/deliberation",
            "deliberations",
            ["EX-2024-0042", "30 septembre 2024", "Pour\u{a0}: 58"],
        ),
        (
            "rennes/ccnr/avis-1/indicateur",
            "indicateurs",
            ["2024\u{a0}: 60", "% de la population", "Définition"],
        ),
    ] {
        let row = named(&node, reference).await;
        let shown = page(&node, &format!("/{folder}/{}", row.slug)).await;
        let document: serde_json::Value = serde_json::from_str(&row.document).unwrap();
        let seen_elsewhere = document["content"].as_str().unwrap();
        for fact in facts {
            // The cleaner writes the no-break space by its name.
            assert!(shown.contains(&fact.replace('\u{a0}', "&nbsp;")), "{fact} on {reference}");
            assert!(seen_elsewhere.contains(fact), "{fact} in {seen_elsewhere}");
        }
    }
}

/// The eight contradictions of the sources: where each shows, and the values that stand side by side.
#[tokio::test]
async fn the_eight_contradictions_show_every_value_with_its_source() {
    let node = node("rennes", 8474).await;
    node.publish_sample("rennes.toml").await;
    let question = |reference: &'static str| async {
        let row = named(&node, reference).await;
        page(&node, &format!("/questions/{}", row.slug)).await
    };
    let ccnr = page(&node, "/conseils/ccnr").await;
    let mission = page(&node, "/conseils/mission5g").await;
    let health = question("rennes/ccnr/question-2").await;
    let ai = question("rennes/ccnr/question-3").await;
    let report = named(&node, "rennes/mission-5g/rapport").await;
    let report = page(&node, &format!("/avis/{}", report.slug)).await;
    let ai_avis = named(&node, "rennes/ccnr/avis-3").await;
    let ai_avis = page(&node, &format!("/avis/{}", ai_avis.slug)).await;
    let places: [(&str, &str, &[&str]); 8] = [
        (
            "1 members",
            &ccnr,
            &["20\u{a0}personnes", "18\u{a0}personnes", "Horizons publics", "Ville de Rennes"],
        ),
        ("2 creation", &ccnr, &["fin 2021", "2022", "Conseil national du numérique"]),
        (
            "3 wording of question 2",
            &health,
            &["bonne santé (des jeunes)", "bonne santé mentale (des jeunes)"],
        ),
        ("4 wording of the AI question", &ai, &["nos vies de Rennaises", "vos vies de Rennais"]),
        ("5 date of the AI avis", &ai_avis, &["2024-02", "pas encore remis"]),
        ("6 how members are called", &ccnr, &["élu·es", "tirées au sort"]),
        ("7 spelling of a name", &ccnr, &["Janin", "Jannin"]),
        ("8 proposals and draw of Mission 5G", &report, &["54 = 26 + 28", "54 + 52"]),
    ];
    for (what, shown, values) in places {
        for value in values {
            assert!(shown.contains(value), "{what}: {value}");
        }
    }
    for drawn in ["20\u{a0}personnes tirées au sort", "16\u{a0}personnes tirées au sort"] {
        assert!(mission.contains(drawn), "8 draw of Mission 5G: {drawn}");
    }
}
