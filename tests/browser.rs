//! The pages as a citizen has them: in Chromium, on a telephone and on a desk, in French and in English.
//! `judges/pages.mjs` measures, this says what must hold.

mod support;

use std::{collections::BTreeSet, fs, io::Write as _, path::Path};

use serde_json::{Value, json};
use support::{
    foreign::{script, text},
    process::{Node, repository},
};

/// What a page may cost: requests, and bytes on the wire.
const REQUESTS: usize = 4;
const BYTES: u64 = 60 * 1024;

/// Every kind of page that must be found by following links from the home page.
const KINDS: &[&str] = &[
    "/",
    "/conseils",
    "/conseils/…",
    "/@…",
    "/questions",
    "/questions/…",
    "/avis",
    "/avis/…",
    "/echeances",
    "/conventions",
    "/conventions/…",
    "/conventions/…/…",
    "/annuaire",
    "/competences",
    "/reponses/…",
    "/suivis/…",
    "/recherche",
    "/reseau",
];

/// A convention that the city hosts, with its own council in it.
const CONVENTION: &str = r#"
[[conventions]]
ref = "ia"
title = "Convention sur l’intelligence artificielle (exemple)"
text = "Ce que les villes recommandent, côte à côte."
charter = "Publier sa composition et ses livrables."
sub_questions = [
  { key = "ethique", title = "Qui veille ?", themes = ["ethique"] },
  { key = "formation", title = "Qui former ?", themes = ["formation"] },
]
[[adhesions]]
council = "ccnr"
convention = "convention_ia"
[[admissions]]
convention = "convention_ia"
adhesion = "ccnr/adhesion"
[[contributions]]
council = "ccnr"
convention = "convention_ia"
of = "ccnr/avis-3"
"#;

#[test]
fn every_page_can_be_read_by_everybody() {
    let mut node = Node::new();
    node.ask(&["init"]);
    let dossier = fs::read_to_string(repository("samples/rennes.toml")).expect("the dossier");
    let dossier = node.file("dossier.toml", &format!("{dossier}{CONVENTION}"));
    node.ask(&["import", "--publish", &dossier.to_string_lossy()]);
    node.start();
    let seen = look_at(&node);

    let mut wrong = Vec::new();
    for link in list(&seen["links"]) {
        let (path, from) = (text(link, "path"), text(link, "from"));
        if !matches!(link["status"].as_u64(), Some(200..=399)) {
            wrong.push(format!("{from} leads to {path}, which answers {}", link["status"]));
        }
    }
    let kinds: BTreeSet<String> = list(&seen["pages"]).iter().map(|page| kind(&text(page, "path"))).collect();
    wrong.extend(
        KINDS.iter().filter(|kind| !kinds.contains(**kind)).map(|kind| format!("{kind} is not linked")),
    );
    for page in list(&seen["pages"]) {
        let name = format!("{} ({}, {} px)", text(page, "path"), text(page, "language"), page["width"]);
        wrong.extend(faults(page, &node.base).into_iter().map(|fault| format!("{name}: {fault}")));
    }
    let searched = &seen["searched"];
    if text(searched, "wanted").is_empty() || searched["wanted"] != searched["url"] {
        wrong.push(format!("a search by keyboard leads to {searched}"));
    }
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
}

/// Has the browser read the pages of a node; pictures of them go to the folder `PARVIS_PICTURES`, if it is named.
fn look_at(node: &Node) -> Value {
    let pictures = std::env::var("PARVIS_PICTURES").ok();
    let chromium = std::env::var("PARVIS_CHROMIUM").unwrap_or_else(|_| "/usr/bin/chromium".to_owned());
    assert!(Path::new(&chromium).exists(), "no browser at {chromium}: run scripts/test");
    let order = json!({
        "base": node.base,
        "chromium": chromium,
        "pictures": pictures,
        "perKind": 1,
        "also": ["/positions", "/avis/il-n-y-a-rien-ici"],
    });
    let mut reader = script("pages.mjs").spawn().expect("Node.js starts");
    reader.stdin.take().expect("its input").write_all(order.to_string().as_bytes()).expect("the order");
    let done = reader.wait_with_output().expect("its output");
    assert!(done.status.success(), "pages.mjs failed");
    serde_json::from_slice(&done.stdout).expect("one JSON object")
}

/// What is wrong with one page in one language at one width.
fn faults(page: &Value, base: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut must = |holds: bool, fault: String| {
        if !holds {
            found.push(fault);
        }
    };
    let missing = text(page, "path").contains("il-n-y-a-rien");
    must(page["status"] == if missing { 404 } else { 200 }, format!("status {}", page["status"]));
    must(page["lang"] == page["language"], format!("lang is {}", page["lang"]));
    must(page["headings"] == 1, format!("{} h1", page["headings"]));
    must(page["mains"] == 1, format!("{} main", page["mains"]));
    must(!text(page, "title").is_empty(), "no title".to_owned());
    must(page["scripts"] == 0, "a script".to_owned());
    must(text(page, "policy").starts_with("default-src 'none'"), format!("policy {}", page["policy"]));
    must(list(&page["violations"]).is_empty(), format!("against its policy: {}", page["violations"]));
    let complaints: Vec<&Value> = list(&page["complaints"])
        .iter()
        .filter(|line| !(missing && line.to_string().contains("404")))
        .collect();
    must(complaints.is_empty(), format!("in the console: {complaints:?}"));
    must(
        page["scrollWidth"].as_u64() <= page["innerWidth"].as_u64(),
        format!("{} px wide in a window of {}", page["scrollWidth"], page["innerWidth"]),
    );
    let skip = &page["skipLink"];
    must(skip["visible"] == true && skip["leadsSomewhere"] == true, format!("first stop of Tab: {skip}"));
    let keyboard = &page["keyboard"];
    must(list(&keyboard["unreached"]).is_empty(), format!("not reached by Tab: {}", keyboard["unreached"]));
    must(list(&keyboard["noFocus"]).is_empty(), format!("no visible focus: {}", keyboard["noFocus"]));
    must(keyboard["left"] != false, "Tab does not lead out of the page".to_owned());
    let requests = list(&page["requests"]);
    must(requests.len() <= REQUESTS, format!("{} requests", requests.len()));
    let bytes: u64 = requests.iter().filter_map(|request| request["bytes"].as_u64()).sum();
    must(bytes <= BYTES, format!("{bytes} bytes"));
    for request in requests.iter().filter(|request| !text(request, "url").starts_with(&format!("{base}/"))) {
        must(false, format!("a request to {}", request["url"]));
    }
    for violation in page["axe"].as_array().into_iter().flatten() {
        must(false, format!("axe {}: {} {}", violation["id"], violation["help"], violation["where"]));
    }
    found
}

/// `/avis/…` for `/avis/12`, as in `judges/crawl.mjs`.
fn kind(path: &str) -> String {
    let path = path.split('?').next().unwrap_or(path);
    let mut segments = path.split('/').skip(1);
    let first = segments.next().unwrap_or_default();
    let head = if first.starts_with('@') { "@…" } else { first };
    let rest = segments.map(|_| "/…").collect::<String>();
    format!("/{head}{rest}")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
