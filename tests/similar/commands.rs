//! `parvis similar` and `parvis take-up` as operators run them: two programs that serve, and commands beside them.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{ANGERS, RENNES, dossier, process::Node};

/// A node that published these, and serves; and their ids.
fn serving(city: &str, council: &str, recommendations: &[(&str, &str)]) -> (Node, Vec<String>) {
    let mut node = Node::new();
    node.file("dossier.toml", &dossier(city, council, recommendations));
    node.ask(&["init"]);
    let done = node.ask(&["import", "dossier.toml", "--publish"]);
    node.start();
    let id = |number: usize| {
        let reference = format!("{city}/{council}/a/r{number}");
        let mut published = done["published"].as_array().unwrap().iter();
        published.find(|one| one["reference"] == reference).unwrap()["id"].as_str().unwrap().to_owned()
    };
    let ids = (1..=recommendations.len()).map(id).collect();
    (node, ids)
}

fn until(what: &str, mut so: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while !so() {
        assert!(Instant::now() < deadline, "never: {what}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// Exit code of a command.
fn code(node: &Node, arguments: &[&str]) -> i32 {
    node.run(arguments).code
}

#[test]
fn requirements_2_33_and_1_7_hold_at_the_command_line_between_two_nodes() {
    let (rennes, here) = serving("rennes", "ccnr", &RENNES);
    let (angers, there) = serving("angers", "codev", &ANGERS);
    rennes.ask(&["follow", &angers.domain]);
    brings_together(&rennes, &here, &there);
    puts_aside(&rennes, &there);
    let take_up = takes_up(&angers, &here, &there);
    answers(&rennes, &angers, &take_up);
}

/// What `similar` suggests for a recommendation.
fn suggested(node: &Node, what: &str) -> Vec<Value> {
    let told = node.ask(&["similar", what]);
    told["items"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect()
}

fn brings_together(rennes: &Node, here: &[String], there: &[String]) {
    let (ours, theirs) = ("rennes/ccnr/a/r1", there[0].as_str());
    until("the other city is known and its idea suggested", || suggested(rennes, ours) == [json!(theirs)]);
    let pairs = rennes.ask(&["similar"]);
    let pair = pairs.as_array().unwrap().iter().find(|pair| pair["of"] == here[0] && pair["id"] == theirs);
    assert!(pair.unwrap()["closeness"].as_f64().unwrap() > 0.0, "{pairs}");
    let told = rennes.run(&["--lang", "fr", "similar", ours]).out;
    for part in [RENNES[0].0, ANGERS[0].0, " % ", theirs] {
        assert!(told.contains(part), "{part}: {told}");
    }

    let confirm = |what: &[&str], text: &str| {
        rennes.run(&[&["--json", "similar", "confirm"], what, &["--text", text]].concat())
    };
    assert_eq!(confirm(&[ours, theirs], " ").code, 65, "it is said why");
    assert_eq!(confirm(&[ours, "rennes/ccnr/a/r2"], "Pareil.").code, 65, "of two authors");
    assert_eq!(confirm(&[ours], "Pareil.").code, 2);
    assert_eq!(confirm(&[ours, "rennes/ccnr/a/r9"], "Pareil.").code, 1);
    let done = confirm(&[ours, theirs], "Les deux veulent des arbres.");
    assert_eq!(done.code, 0, "{}", done.err);
    let said: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(confirm(&[ours, theirs], "Encore.").code, 1, "once");
    assert!(suggested(rennes, ours).is_empty(), "a link, and no suggestion any more");
    let page = rennes.get("/avis/ccnr-a", "text/html").body;
    let path = said["id"].as_str().unwrap().strip_prefix(&rennes.base).unwrap();
    assert!(rennes.get(path, "text/html").status < 400 && page.contains(ANGERS[0].0), "{path}: {page}");
}

fn puts_aside(rennes: &Node, there: &[String]) {
    let (ours, theirs) = ("rennes/ccnr/a/r2", there[1].as_str());
    assert_eq!(suggested(rennes, ours), [json!(theirs)]);
    let dismiss = ["similar", "dismiss", ours, theirs];
    assert_eq!(code(rennes, &dismiss), 65, "with a reason");
    let with = [&dismiss[..], &["--reason", "Autre sujet."]].concat();
    let done = rennes.ask(&with);
    assert_eq!((&done["dismissed"], &done["changed"]), (&json!(true), &json!(true)));
    assert_eq!(rennes.ask(&with)["changed"], false, "once");
    assert!(suggested(rennes, ours).is_empty());
    let undo = [&dismiss[..], &["--undo"]].concat();
    let done = rennes.ask(&undo);
    assert_eq!((&done["dismissed"], &done["changed"]), (&json!(false), &json!(true)));
    assert_eq!(suggested(rennes, ours), [json!(theirs)]);
}

/// The take-ups a node lists, as `id standing`.
fn listed(node: &Node) -> Vec<(String, String)> {
    let told = node.ask(&["take-up", "list"]);
    let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
    told.as_array().unwrap().iter().map(|one| (text(one, "id"), text(one, "standing"))).collect()
}

/// Angers follows nobody: what it names is had from its own server.
fn takes_up(angers: &Node, here: &[String], there: &[String]) -> String {
    assert!(listed(angers).is_empty());
    let of = here[0].as_str();
    let assertion = |of: &str, by: &str, more: &[&str]| {
        angers.run(&[&["--json", "take-up", "assert", of, "--by", by][..], more].concat())
    };
    let wrong = assertion(of, "codev", &["--kind", "stolen"]);
    assert_eq!(wrong.code, 65);
    assert!(wrong.err.contains("--kind"), "{}", wrong.err);
    assert_eq!(assertion(of, "personne", &[]).code, 1);
    assert_eq!(assertion(&format!("{of}0"), "codev", &[]).code, 1, "nothing is there");
    assert_eq!(assertion(&there[0], "codev", &[]).code, 65, "its own");
    let how =
        ["--kind", "adapted", "--as", "recommendation", "--became", "angers/codev/a/r1", "--on", "2026-05"];
    let how = [&how[..], &["--text", "Nous reprenons l’idée."]].concat();
    let done = assertion(of, "@codev", &how);
    assert_eq!(done.code, 0, "{}", done.err);
    let said: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!((&said["kind"], &said["version"]), (&json!("TakeUp"), &json!(1)));
    let again: Value = serde_json::from_str(&assertion(of, "codev", &how).out).unwrap();
    assert_eq!((&again["id"], &again["version"]), (&said["id"], &json!(null)), "nothing new");
    let told = angers.ask(&["take-up", "list"]);
    assert_eq!((&told[0]["of"], &told[0]["became"]), (&json!(of), &json!(there[0])));
    said["id"].as_str().unwrap().to_owned()
}

fn answers(rennes: &Node, angers: &Node, take_up: &str) {
    let stands = |node: &Node, standing: &str| {
        until(standing, || listed(node) == [(take_up.to_owned(), standing.to_owned())]);
    };
    stands(angers, "not-confirmed");
    assert_eq!(code(angers, &["take-up", "confirm", take_up]), 1, "the origin alone");
    let confirm = ["take-up", "confirm", take_up, "--text", "C’est notre idée."];
    assert_eq!(rennes.ask(&confirm)["kind"], "Confirmation");
    assert_eq!(code(rennes, &confirm), 1, "said already");
    stands(angers, "confirmed");
    let contest = ["take-up", "contest", take_up, "--reason"];
    assert_eq!(code(rennes, &[&contest[..], &["other"]].concat()), 2, "with words");
    assert_eq!(code(rennes, &[&contest[..], &["because", "--text", "Non."]].concat()), 65);
    assert_eq!(code(rennes, &[&contest[..], &["other", "--text", " "]].concat()), 65);
    rennes.ask(&[&contest[..], &["other", "--text", "Le texte dit le contraire."]].concat());
    stands(angers, "contested");
    let told = angers.run(&["--lang", "fr", "take-up", "list"]).out;
    for part in ["contestée", take_up, RENNES[0].0, ANGERS[0].0, "Reprises\u{a0}: 1"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    angers.ask(&["withdraw", take_up, "--reason", "other", "--text", "Abandonné."]);
    stands(rennes, "withdrawn");
}
