//! The messages as a whole: both languages complete, every key used exists, French well typeset.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use super::*;

/// All files under a folder of the repository with one of these endings.
fn files(folder: &str, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if endings.iter().any(|ending| path.to_string_lossy().ends_with(ending)) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn messages(lang: &str) -> Vec<(String, String)> {
    files(&format!("src/i18n/{lang}"), &[".ftl"])
        .iter()
        .flat_map(|path| fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect::<Vec<_>>())
        .filter(|line| line.starts_with(|first: char| first.is_ascii_alphabetic()))
        .map(|line| {
            let (key, text) = line.split_once(" =").expect("key = text");
            (key.to_owned(), text.to_owned())
        })
        .collect()
}

fn keys(lang: &str) -> BTreeSet<String> {
    messages(lang).into_iter().map(|(key, _)| key).collect()
}

/// The quoted words that follow each `before` in a text.
fn quoted_after<'a>(text: &'a str, before: &str) -> Vec<&'a str> {
    text.split(before).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn french_and_english_have_the_same_keys() {
    let (french, english) = (keys("fr"), keys("en"));
    assert_eq!(french.difference(&english).collect::<Vec<_>>(), Vec::<&String>::new(), "missing in English");
    assert_eq!(english.difference(&french).collect::<Vec<_>>(), Vec::<&String>::new(), "missing in French");
    assert_eq!(messages("fr").len(), french.len(), "a key is written once");
}

#[test]
fn every_key_used_exists() {
    let known = keys("fr");
    let mut missing = Vec::new();
    for path in files("src", &[".rs", ".html"]) {
        let text = fs::read_to_string(&path).unwrap();
        let ours = path.ends_with("i18n/tests.rs") || path.ends_with("i18n.rs");
        for before in ["page.t(\"", "page.n(\"", "page.with(\"", "t(lang, \"", "t_args(lang, \"", "say(\""] {
            for key in quoted_after(&text, before).into_iter().filter(|_| !ours) {
                if !known.contains(key) && !key.ends_with('-') {
                    missing.push(format!("{} in {}", key, path.display()));
                }
            }
        }
    }
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn every_rule_tells_what_to_do() {
    let known = keys("fr");
    let mut missing = BTreeSet::new();
    for path in files("src", &[".rs"]) {
        let text = fs::read_to_string(&path).unwrap();
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        for call in ["Problem::new(", "Error::invalid(", "refuse("] {
            for rest in text.split(call).skip(1) {
                let arguments = arguments(rest);
                // `refuse` of the dossier's checks names a path and a field before the rule.
                let place = if call == "refuse(" && arguments.len() == 4 { 2 } else { 1 };
                let Some(rule) = arguments.get(place).and_then(|rule| literal(rule)) else { continue };
                if !known.contains(&format!("problem-{rule}")) {
                    missing.insert(format!("problem-{rule} ({})", path.display()));
                }
            }
        }
        let listed = text.lines().filter(|line| line.contains(".toml\") {"));
        let listed = listed.flat_map(|line| quoted_after(line, "(\"").into_iter().take(1));
        for rule in quoted_after(text, "RULE: &'static str = \"").into_iter().chain(listed) {
            if !known.contains(&format!("problem-{rule}")) {
                missing.insert(format!("problem-{rule} ({})", path.display()));
            }
        }
    }
    assert_eq!(missing, BTreeSet::new());
}

/// A text without its quotes, if that is all it is.
fn literal(argument: &str) -> Option<&str> {
    argument.trim().strip_prefix('"')?.strip_suffix('"').filter(|text| !text.contains('"'))
}

/// The arguments of a call, from what follows its opening parenthesis.
fn arguments(rest: &str) -> Vec<&str> {
    let (mut depth, mut in_text, mut start) = (0_usize, false, 0);
    let mut found = Vec::new();
    for (index, char) in rest.char_indices() {
        match char {
            '"' => in_text = !in_text,
            _ if in_text => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth == 0 => {
                found.push(&rest[start..index]);
                break;
            }
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                found.push(&rest[start..index]);
                start = index + 1;
            }
            _ => {}
        }
    }
    found.retain(|argument| !argument.trim().is_empty());
    found
}

#[test]
fn french_is_typeset() {
    for (key, text) in messages("fr") {
        for plain in [" :", " ;", " !", " ?", " »", "« ", "'"] {
            assert!(!text.contains(plain), "{key}: « {plain} » needs U+00A0, U+202F or ’ in {text:?}");
        }
    }
}

#[test]
fn numbers_are_grouped_in_the_manner_of_the_language() {
    assert_eq!(number(Lang::Fr, 1_234_567), "1\u{202f}234\u{202f}567");
    assert_eq!(number(Lang::En, 1_234_567), "1,234,567");
    assert_eq!(number(Lang::Fr, 999), "999");
    assert_eq!(number(Lang::Fr, -1_000), "−1\u{202f}000");
    assert!(
        t_args(Lang::Fr, "error-503-text", &[("seconds", 1_200.into())]).contains("1\u{202f}200 secondes")
    );
    assert!(t_args(Lang::En, "error-503-text", &[("seconds", 1.into())]).contains("one second"));
}

#[test]
fn no_isolating_mark_is_added() {
    assert_eq!(
        t_args(Lang::Fr, "page-title", &[("title", "Avis".into()), ("city", "Rennes".into())]),
        "Avis – Rennes"
    );
}

#[test]
fn the_language_is_the_choice_then_the_browser_then_the_city() {
    let of = |accept, cookies| Lang::from_request(accept, cookies, Lang::Fr);
    assert_eq!(of(None, None), Lang::Fr);
    assert_eq!(of(Some("de, en-GB;q=0.8, fr;q=0.5"), None), Lang::En);
    assert_eq!(of(Some("fr-CA, en"), None), Lang::Fr);
    assert_eq!(of(Some("en;q=0, fr;q=0"), None), Lang::Fr);
    assert_eq!(of(Some("de"), None), Lang::Fr);
    assert_eq!(of(Some("fr"), Some("a=b; langue=en")), Lang::En);
    assert_eq!(of(Some("en"), Some("langue=xx")), Lang::En);
    assert_eq!(of(Some(";;;,,q=, \u{0}"), None), Lang::Fr);
}
