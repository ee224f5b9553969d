//! The list of attacks: complete, true to the sources, and the same as the page that people read.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::PathBuf};

use serde::Deserialize;

/// Letters, their titles, and how many rows of each must be there.
const TABLES: [(&str, &str, usize); 5] = [
    ("S", "Signatures", 33),
    ("O", "Origin and authority", 46),
    ("F", "What the node asks of others", 17),
    ("D", "Load", 24),
    ("C", "Content", 16),
];

/// One row of `rows/*.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    /// `S1`
    id: String,
    /// What is sent, in words that help nobody to attack anything.
    attack: String,
    /// What the node does, with status and reason.
    answer: String,
    /// `tests/attacks/signature.rs s01_no_signature`, each.
    #[serde(default)]
    tests: Vec<String>,
    /// Why the row does not apply yet; then `tests` shows that what it is about does not exist.
    does_not_apply: Option<String>,
}

/// What is said before the rows of a letter, and rows.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(default)]
    about: String,
    row: Vec<Row>,
}

fn repository(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: &str) -> String {
    fs::read_to_string(repository(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// What is said of each letter, and its rows in the order of their numbers.
fn tables() -> BTreeMap<String, Table> {
    let mut all: BTreeMap<String, Table> = BTreeMap::new();
    for file in fs::read_dir(repository("tests/attacks/rows")).expect("the rows") {
        let path = file.expect("a file").path();
        let text = fs::read_to_string(&path).expect("UTF-8");
        let read: Table = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for row in read.row {
            let table = all.entry(row.id[..1].to_owned()).or_default();
            table.row.push(row);
            if !read.about.is_empty() {
                table.about.clone_from(&read.about);
            }
        }
    }
    for table in all.values_mut() {
        table.row.sort_by_key(number);
    }
    all
}

fn number(row: &Row) -> usize {
    row.id[1..].parse().unwrap_or_else(|_| panic!("the id of a row: {}", row.id))
}

#[test]
fn every_row_has_an_entry_and_every_entry_its_tests() {
    let all = tables();
    for (letter, _, count) in TABLES {
        let numbers: Vec<usize> = all.get(letter).iter().flat_map(|table| &table.row).map(number).collect();
        assert_eq!(numbers, (1..=count).collect::<Vec<_>>(), "rows {letter}");
    }
    assert!(all.keys().all(|letter| TABLES.iter().any(|(known, ..)| known == letter)), "{:?}", all.keys());
    for row in all.values().flat_map(|table| &table.row) {
        assert!(!row.tests.is_empty(), "{} names no test", row.id);
        for test in &row.tests {
            let (file, name) = test.split_once(' ').unwrap_or_else(|| panic!("{}: {test}", row.id));
            assert!(read(file).contains(&format!("fn {name}(")), "{}: no such test: {test}", row.id);
        }
    }
}

/// The page, in Markdown.
fn written() -> String {
    let mut page = String::from(
        "# Attacks, and what becomes of them\n\n\
         This page is written from `tests/attacks/rows/`; a test fails when it is not up to date. Each row is \
         an attack of our threat model. The tests it names send it to a node and see that it fails, and they \
         run with every change.\n\n\
         That an attack failed is told by six things together: the same message without its one fault was \
         accepted; the status is the one named here, and the answer is short, constant and repeats nothing of \
         what was sent; nothing changed in the database; nobody else was asked anything, unless the row says \
         so; the refusal was counted once, under its own reason; and the node went on answering.\n",
    );
    let all = tables();
    for (letter, title, _) in TABLES {
        let Some(table) = all.get(letter) else { continue };
        let _ = writeln!(page, "\n## {letter}: {title}\n\n{}\n", table.about.trim());
        page.push_str("| | what is sent | what Parvis does | verdict | shown by |\n|---|---|---|---|---|\n");
        for row in &table.row {
            let verdict = row.does_not_apply.as_ref().map(|why| format!("does not apply yet: {why}"));
            let tests: Vec<String> = row.tests.iter().map(|test| link(test)).collect();
            let cells =
                [&row.id, &row.attack, &row.answer, verdict.as_deref().unwrap_or("holds"), &tests.join(", ")];
            let _ = writeln!(page, "| {} |", cells.map(|cell| cell.replace('|', "\\|")).join(" | "));
        }
    }
    page
}

fn link(test: &str) -> String {
    let (file, name) = test.split_once(' ').expect("a file and a test");
    format!("[{name}](../../{file})")
}

#[test]
fn the_page_is_up_to_date() {
    let (path, page) = ("docs/security/attacks.md", written());
    if std::env::var_os("PARVIS_WRITE").is_some() {
        fs::create_dir_all(repository("docs/security")).expect("the folder");
        fs::write(repository(path), &page).expect("the page");
    }
    assert_eq!(read(path), page, "PARVIS_WRITE=1 cargo test --test attacks page writes it anew");
}
