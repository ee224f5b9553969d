//! Majority judgements: distributions only, the rule recomputed and in words, opinions of the minority with them.

use parvis::{
    actions::{import, publish},
    domain::agreement,
    dossier::{self, Syntax},
    storage::records::{self, Page, Row},
};
use serde_json::Value;

use crate::{
    broken, dossier_with, get,
    node::{Node, node},
    page,
};

async fn published(sections: &str) -> Node {
    let node = node("rennes", 8481).await;
    let dossier = dossier::parse(&dossier_with(sections), Syntax::Toml).unwrap();
    assert_eq!(dossier::check(&dossier), []);
    let folder = std::path::Path::new("/");
    import::import(&node.app, &node.operator, &dossier, folder, false).await.unwrap();
    publish::publish(&node.app, &node.operator, None, &|_, _| ()).await.unwrap();
    node
}

async fn ours(node: &Node, kind: &str) -> Vec<Row> {
    records::by_kind_ours(&node.app.db, kind, &Page::first(100)).await.unwrap()
}

async fn api(node: &Node, of: &str) -> Value {
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("of", of).finish();
    let (status, text) = get(node, &format!("/api/v1/agreements?{query}"), "fr").await;
    assert_eq!(status, 200, "{text}");
    serde_json::from_str(&text).unwrap()
}

const JUDGED: &str = r#"
[[agreements]]
ref = "premier"
council = "conseil"
of = "conseil/a1/r1"
grades = [2, 8, 12, 6, 2]
kept_from = 4
minority = ["Nous voulions <b>plus</b>."]
on = "2026-03-01"
[[agreements]]
ref = "second"
council = "conseil"
of = "conseil/a1/r1"
grades = [1, 2, 4, 13, 10]
minority = ["Un registre ne suffit pas."]
text = "Après réécriture."
on = "2026-06-01"
[[agreements]]
ref = "ensemble"
council = "conseil"
of = ["conseil/a1/r1..r2"]
grades = [0, 0, 3, 0, 3]
on = "2026-05-01"
[[agreements]]
ref = "paragraphe"
council = "conseil"
of = "conseil/a1"
paragraph = "Ce qui compte."
grades = [0, 0, 1, 4, 1]
"#;

#[tokio::test]
async fn p14_distributions_are_recomputed_and_shown_with_their_rule_the_latest_first() {
    let node = published(JUDGED).await;
    let rows = ours(&node, "Recommendation").await;
    let first = rows.iter().find(|row| row.number == Some(1)).unwrap();
    let told = api(&node, &first.uri).await;
    let items = told["items"].as_array().unwrap();
    let found: Vec<_> = items
        .iter()
        .map(|one| (one["asOf"].clone(), one["majorityGrade"].clone(), one["kept"].clone()))
        .collect();
    let expected = [
        ("2026-06-01".into(), 4.into(), true.into()),
        ("2026-05-01".into(), 3.into(), false.into()),
        ("2026-03-01".into(), 3.into(), false.into()),
    ];
    assert_eq!(found, expected, "the latest first; two in the middle: the lower");
    assert_eq!(items[0]["grades"], serde_json::json!({"1": 1, "2": 2, "3": 4, "4": 13, "5": 10}));
    assert_eq!(items[0]["people"], 30);
    assert_eq!(items[0]["minority"][0], "Un registre ne suffit pas.");
    // Counts, and nothing of whoever gave them.
    for one in items {
        let keys: Vec<&str> = one.as_object().unwrap().keys().map(String::as_str).collect();
        assert!(!keys.iter().any(|key| key.contains("voter") || key.contains("member")), "{keys:?}");
    }

    let avis = ours(&node, "Avis").await.remove(0);
    let shown = page(&node, &format!("/avis/{}", avis.slug)).await;
    let recommendation = shown.split("id=\"r1\"").nth(1).unwrap().split("</article>").next().unwrap();
    let (later, earlier) = (
        recommendation.find("Note majoritaire\u{a0}: 4 sur 5. Gardé.").expect("the latest"),
        recommendation.find("Nous voulions &#60;b&#62;plus&#60;/b&#62;.").expect("the minority, escaped"),
    );
    assert!(later < earlier, "the latest first");
    for part in [
        "30 personnes ont noté de 1 à 5. La note majoritaire est la médiane",
        "Balinski et Laraki",
        "Un registre ne suffit pas.",
        "À réécrire.",
        "<td>13</td>",
    ] {
        assert!(recommendation.contains(part), "{part} in {recommendation}");
    }
    let whole = shown.split("id=\"accord\"").nth(1).unwrap().split("</section>").next().unwrap();
    assert!(whole.contains("Ce qui compte.") && whole.contains("6 personnes"), "{whole}");

    let row = ours(&node, "Agreement").await.into_iter().find(|row| row.slug.ends_with("second")).unwrap();
    let own = page(&node, &format!("/jugements/{}", row.slug)).await;
    for part in ["<desc", "43,3\u{202f}%", "Un registre ne suffit pas.", "Gardé à partir de 4"] {
        assert!(own.contains(part), "{part} in {own}");
    }
    let (_, english) = get(&node, &format!("/jugements/{}", row.slug), "en").await;
    assert!(english.contains("Majority grade: 4 out of 5. Kept."), "{english}");
    // What other servers show says it too.
    assert!(row.document.contains("Note majoritaire") && row.document.contains("gardé"), "{}", row.document);

    let (status, _) = get(&node, "/api/v1/agreements", "fr").await;
    assert!(status.is_client_error());
    assert_eq!(api(&node, "https://nowhere.example/1").await["items"], serde_json::json!([]));
}

#[test]
fn p14_fewer_than_five_people_or_another_scale_never_leave_the_dossier() {
    let with = |grades: &str, kept: u32| {
        broken(&dossier_with(&format!(
            "[[agreements]]\ncouncil = \"conseil\"\nof = \"conseil/a1\"\ngrades = {grades}\nkept_from = {kept}\n"
        )))
    };
    assert_eq!(with("[0, 0, 0, 1, 4]", 4), [""; 0]);
    assert_eq!(with("[0, 0, 0, 0, 4]", 4), ["grades"]);
    assert_eq!(with("[5, 5, 5, 5]", 4), ["grades"]);
    assert_eq!(with("[1, 1, 1, 1, 1]", 6), ["grades"]);
}

/// The majority grades that the citizens' convention on climate published for its proposals: those who gave no
/// opinion stand with the lowest grade there.
#[test]
fn p14_the_median_is_that_of_the_climate_proposals() {
    let corpora = std::env::var_os("PARVIS_CORPORA").map(std::path::PathBuf::from);
    let folders = corpora.into_iter().flat_map(|folder| [folder.join("ccc"), folder.join("../ccc")]);
    let Some(file) = folders.map(|folder| folder.join("ccc_proposals.json")).find(|file| file.is_file())
    else {
        println!("not run: ccc/ccc_proposals.json (PARVIS_CORPORA names no folder that has it)");
        return;
    };
    let proposals: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let (mut judged, mut kept) = (0, 0);
    for one in proposals.as_array().unwrap() {
        let Some(published) = one["mj_majority_grade"].as_u64() else { continue };
        let count = |grade: &str| u32::try_from(one["mj_counts"][grade].as_u64().unwrap_or(0)).unwrap();
        let mut grades = ["1", "2", "3", "4", "5"].map(count);
        grades[0] += count("-1");
        let ruling = agreement::ruling(&grades, 4).unwrap();
        assert_eq!(u64::from(ruling.grade), published, "{}", one["id"]);
        (judged, kept) = (judged + 1, kept + u32::from(ruling.kept));
    }
    assert_eq!((judged, kept), (143, 143));
}
