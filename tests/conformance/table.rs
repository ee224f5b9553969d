//! The checklist: complete, true to the sources, and the same as the page that people read.

use std::{collections::BTreeSet, fmt::Write as _};

use serde::Deserialize;

use crate::page;

/// A row of `rows.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    number: u8,
    /// What it asks of a node.
    asks: String,
    /// Names of the tests that show it, in this binary or another.
    #[serde(default)]
    shown: Vec<String>,
    /// What a reader should know besides.
    #[serde(default)]
    note: String,
    /// Why it is not done, on purpose; then the tests show what is done instead.
    #[serde(default)]
    not_done: String,
}

#[derive(Deserialize)]
struct Table {
    row: Vec<Row>,
}

/// The first row of each section, and its title.
const SECTIONS: [(u8, &str); 5] = [
    (1, "A. ActivityPub and ActivityStreams"),
    (31, "B. WebFinger"),
    (44, "C. NodeInfo"),
    (48, "D. Signatures, and what is believed"),
    (62, "E. What other servers rely on"),
];

fn rows() -> Vec<Row> {
    toml::from_str::<Table>(include_str!("rows.toml")).expect("rows.toml").row
}

#[test]
fn every_row_is_here_once_and_its_tests_exist() {
    let numbers: Vec<u8> = rows().iter().map(|row| row.number).collect();
    assert_eq!(numbers, (1..=75).collect::<Vec<u8>>());
    let known = page::functions();
    let mut named = BTreeSet::new();
    for row in rows() {
        assert!(
            !row.shown.is_empty() || row.note.len() > 20,
            "row {} has neither test nor reason",
            row.number
        );
        for test in row.shown {
            assert!(known.contains_key(&test), "row {}: no test {test}", row.number);
            assert!(number(&test).is_none_or(|of| of == row.number), "row {}: {test}", row.number);
            named.insert(test);
        }
    }
    let unnamed: Vec<&String> =
        known.keys().filter(|name| number(name).is_some() && !named.contains(*name)).collect();
    assert!(unnamed.is_empty(), "tests that no row names: {unnamed:?}");
}

/// The number in the name of a test: 17 of `row_17_posts_are_signed`.
fn number(test: &str) -> Option<u8> {
    test.strip_prefix("row_")?.get(..2)?.parse().ok()
}

#[test]
fn the_page_is_up_to_date() {
    page::says("docs/conformance.md", &written());
}

/// The page, in Markdown.
fn written() -> String {
    let (rows, known) = (rows(), page::functions());
    let done = rows.iter().filter(|row| row.not_done.is_empty()).count();
    let mut page = format!(
        "# Conformance\n\n\
         This page is written from `tests/conformance/rows.toml`; a test fails when it is not up to date. Each row is \
         something that a standard, or another server, asks of a node; {done} of {} are held by the tests they name, \
         with every change.\n\n\
         The tests whose names begin with `row_` (`cargo nextest run --test conformance`) start a whole node over HTTP, \
         followed from six other servers that the test plays. They judge every document that can be read \
         and every message that was sent, while the sample of Angers is published, answered, corrected and withdrawn.\n",
        rows.len()
    );
    for row in &rows {
        if let Some((_, title)) = SECTIONS.iter().find(|(first, _)| *first == row.number) {
            let _ = write!(page, "\n## {title}\n\n| | asks | held by |\n|---|---|---|\n");
        }
        let link = |test: &String| format!("[{test}](../{})", known.get(test).map_or("", String::as_str));
        let tests: Vec<String> = row.shown.iter().map(link).collect();
        let mut held = vec![tests.join(", ")];
        held.extend(
            Some(format!("**Not done**, on purpose: {}", row.not_done)).filter(|_| !row.not_done.is_empty()),
        );
        held.extend(Some(row.note.clone()).filter(|note| !note.is_empty()));
        let cells = [&row.asks, &held.join("<br>")];
        let cells = cells.map(|cell| cell.replace('|', "\\|"));
        let _ = writeln!(page, "| {} | {} |", row.number, cells.join(" | "));
    }
    page
}
