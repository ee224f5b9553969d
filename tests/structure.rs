//! The shape of the source: who may use whom, how long files and functions may be, nothing unfinished.
//!
//! The rules are the table in `structure/rules.rs`; ARCHITECTURE.md says why they are so. The second half
//! of this file holds the rules themselves to account: each must refuse a source that breaks it.

#[path = "structure/rules.rs"]
mod rules;
#[path = "structure/tokens.rs"]
mod tokens;

use std::{fs, path::Path};

use rules::{breaches, has_rule};

/// Every Rust file below a folder, by its path relative to that folder, in order.
fn rust_files(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).expect("a folder of the repository") {
            let path = entry.expect("its entry").path();
            if path.is_dir() && path.file_name().is_none_or(|name| name != "node_modules") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let relative = path.strip_prefix(folder).expect("below the folder");
                let relative = relative.to_string_lossy().replace('\\', "/");
                found.push((relative, fs::read_to_string(&path).expect("UTF-8")));
            }
        }
    }
    found.sort();
    found
}

fn repository(folder: &str) -> Vec<(String, String)> {
    rust_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder))
}

#[test]
fn the_source_keeps_its_rules() {
    let files = repository("src");
    assert!(files.iter().any(|(path, _)| path == "domain/mod.rs"), "the source was not found");
    let broken: Vec<String> = files.iter().flat_map(|(path, source)| breaches(path, source)).collect();
    assert!(broken.is_empty(), "{} breaches:\n{}", broken.len(), broken.join("\n"));
}

#[test]
fn every_part_of_the_source_has_a_rule() {
    let unruled: Vec<String> =
        repository("src").into_iter().map(|(path, _)| path).filter(|path| !has_rule(path)).collect();
    assert!(unruled.is_empty(), "no rule in structure/rules.rs for {unruled:?}");
}

#[test]
fn every_test_says_what_it_is_for() {
    for (path, source) in repository("tests") {
        assert!(source.starts_with("//! "), "tests/{path} does not open with `//!`");
    }
}

fn broken(path: &str, body: &str) -> bool {
    !breaches(path, &format!("//! A file.\n{body}\n")).is_empty()
}

#[test]
fn a_layer_must_not_look_up() {
    assert!(broken("domain/avis.rs", "use crate::storage::Db;"));
    assert!(broken("storage/records.rs", "fn f() { crate::actions::publish(); }"));
    assert!(broken("storage/records.rs", "use crate::{domain::Iri, web::pages};"));
    assert!(broken("storage/records.rs", "use crate::App;"));
    assert!(broken("web/pages/avis.rs", "use crate::federation::inbox;"));
    assert!(broken("federation/inbox.rs", "use super::super::web::pages;"));
    assert!(!broken("federation/inbox.rs", "use super::web::pages;"));
    assert!(!broken(
        "web/pages/avis.rs",
        "use crate::{App, actions, domain::{Iri, Hash}, storage::records};"
    ));
    assert!(!broken("cli/serve.rs", "use crate::{federation, server, web};"));
}

#[test]
fn comments_and_texts_are_not_uses() {
    assert!(!broken("domain/avis.rs", "/// Not `crate::storage`. \nconst A: &str = \"crate::web::x\";"));
    assert!(!broken(
        "domain/avis.rs",
        "/* use crate::web; /* deeper */ */ const A: &str = r#\"sqlx::\"q\"\"#;"
    ));
    assert!(broken("domain/avis.rs", "const QUOTE: char = '\"'; use crate::web; const E: char = '\"';"));
    assert!(broken("domain/avis.rs", "fn f<'a>(x: &'a str) { crate::web::f(x) }"));
}

#[test]
fn a_crate_stays_where_it_belongs() {
    assert!(broken("web/mod.rs", "use sqlx::Row;"));
    assert!(broken("actions/publish.rs", "fn f(x: axum::Router) {}"));
    assert!(broken("federation/delivery.rs", "use reqwest::Client;"));
    assert!(!broken("federation/connector.rs", "use reqwest::Client;"));
    assert!(!broken("storage/records.rs", "use sqlx::{Row, query};"));
}

#[test]
fn the_form_of_a_file_is_held() {
    assert!(!breaches("app.rs", "struct A;\n").is_empty(), "no //!");
    assert!(broken("app.rs", "fn f() { todo!() }"));
    assert!(broken("app.rs", &"\n".repeat(500)));
    let long = format!("fn f() {{\n{}}}\n", "    g();\n".repeat(80));
    assert!(broken("app.rs", &long));
    let two = format!("fn f() {{\n{0}}}\nfn h() {{\n{0}}}\n", "    g();\n".repeat(45));
    assert!(!broken("app.rs", &two));
}
