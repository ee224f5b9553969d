//! The rules of dependency and of form, and how one file is held against them.

use crate::tokens::{Token, tokens};

/// What each part of `src/` may use of the others. `main.rs` and `lib.rs` are not held to it.
const PARTS: &[(&str, &[&[&str]])] = &[
    ("domain", &[]),
    ("clock", &[]),
    ("error", &[&["domain"]]),
    ("urls", &[&["domain"]]),
    ("config", &[SHARED]),
    ("i18n", &[SHARED]),
    ("telemetry", &[SHARED]),
    ("keyring", &[SHARED]),
    ("app", &[SHARED, &["storage", "federation", "actions"]]),
    ("dossier", &[&["domain"]]),
    ("storage", &[SHARED]),
    ("actions", &[SHARED, &["app", "storage", "dossier"]]),
    ("federation", &[SHARED, &["app", "storage", "actions"]]),
    ("web", &[SHARED, &["app", "storage", "actions"]]),
    ("server", &[EVERYTHING]),
    ("worker", &[EVERYTHING]),
    ("demo", &[EVERYTHING]),
    ("cli", &[EVERYTHING]),
];
const SHARED: &[&str] = &["domain", "clock", "error", "urls", "config", "i18n", "telemetry", "keyring"];
const EVERYTHING: &[&str] = &["*"];

/// Where each of these crates may be named: parts, or paths under `src/`.
const CRATES: &[(&str, &[&str])] = &[
    ("sqlx", &["storage/"]),
    // The citizen of the demonstration is a server of another kind; its nodes are asked for pages.
    ("axum", &["web/", "federation/", "server", "demo/citizen", "demo/nodes"]),
    ("tower_http", &["web/", "federation/", "server"]),
    ("activitypub_federation", &["federation/", "app"]),
    ("clap", &["cli/"]),
    ("clap_complete", &["cli/"]),
    ("indicatif", &["cli/", "demo/"]),
    ("askama", &["web/"]),
    ("reqwest", &["federation/connector"]),
];

/// Names re-exported at the root of the crate, and the part each comes from.
const ROOT_NAMES: &[(&str, &str)] = &[("App", "app"), ("Error", "error"), ("Result", "error")];

/// Words that say that something is not finished.
const UNFINISHED: &[&str] = &["todo", "unimplemented", "dbg"];

const FILE_LINES: usize = 500;
const FUNCTION_LINES: usize = 80;

/// Every breach of one file. `path` is relative to `src/`, with `/`: `storage/records.rs`.
pub fn breaches(path: &str, source: &str) -> Vec<String> {
    let tokens = tokens(source);
    let mut found = form(source, &tokens);
    found.extend(parts_used(path, &tokens).into_iter().filter_map(|(used, line)| {
        (!may_use(path, &used)).then(|| format!("line {line}: {} must not use {used}", part(path)))
    }));
    for (name, places) in CRATES {
        if let Some(line) = names_crate(&tokens, name).filter(|_| !places.iter().any(|p| path.starts_with(p)))
        {
            found.push(format!("line {line}: the crate {name} belongs in {}", places.join(", ")));
        }
    }
    found.into_iter().map(|breach| format!("src/{path}: {breach}")).collect()
}

fn form(source: &str, tokens: &[Token]) -> Vec<String> {
    let mut found = Vec::new();
    if !source.starts_with("//! ") {
        found.push("does not open with `//!` saying what it is for".to_owned());
    }
    let lines = source.lines().count();
    if lines > FILE_LINES {
        found.push(format!("{lines} lines, more than {FILE_LINES}"));
    }
    for pair in tokens.windows(2) {
        if pair[1].text == "!" && UNFINISHED.contains(&pair[0].text.as_str()) {
            found.push(format!("line {}: {}!", pair[0].line, pair[0].text));
        }
    }
    for (name, from, to) in functions(tokens) {
        let lines = to - from + 1;
        if lines > FUNCTION_LINES {
            found.push(format!("line {from}: fn {name} has {lines} lines, more than {FUNCTION_LINES}"));
        }
    }
    found
}

/// Name, first line and last line of every function with a body.
fn functions(tokens: &[Token]) -> Vec<(String, usize, usize)> {
    let mut found = Vec::new();
    for (n, token) in tokens.iter().enumerate().filter(|(_, token)| token.text == "fn") {
        let Some(name) =
            tokens.get(n + 1).filter(|t| t.text.starts_with(|c: char| c.is_alphabetic() || c == '_'))
        else {
            continue;
        };
        if let Some(last) = body_end(&tokens[n..]) {
            found.push((name.text.clone(), token.line, last));
        }
    }
    found
}

/// Line of the brace that closes the first body; `None` when a `;` comes first.
fn body_end(tokens: &[Token]) -> Option<usize> {
    let (mut nested, mut braces) = (0_i32, 0_i32);
    for token in tokens {
        match token.text.as_str() {
            "(" | "[" => nested += 1,
            ")" | "]" => nested -= 1,
            ";" if nested == 0 && braces == 0 => return None,
            "{" => braces += 1,
            "}" => {
                braces -= 1;
                if braces == 0 {
                    return Some(token.line);
                }
            }
            _ => {}
        }
    }
    None
}

/// The part of the node a file belongs to: `storage` for `storage/records.rs`, `app` for `app.rs`.
fn part(path: &str) -> &str {
    path.split(['/', '.']).next().unwrap_or(path)
}

fn may_use(path: &str, used: &str) -> bool {
    let own = part(path);
    if own == used || own == "main" || own == "lib" {
        return true;
    }
    PARTS
        .iter()
        .find(|(name, _)| *name == own)
        .is_some_and(|(_, allowed)| allowed.iter().any(|names| names.contains(&used) || names.contains(&"*")))
}

/// Every other part a file names by `crate::…` or by climbing with `super::…`, with the line.
fn parts_used(path: &str, tokens: &[Token]) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for (n, token) in tokens.iter().enumerate() {
        let after = match token.text.as_str() {
            "crate" if follows(tokens, n, "::") => Some(n + 2),
            "super" if n == 0 || tokens[n - 1].text != "::" => top_of_climb(path, tokens, n),
            _ => None,
        };
        if let Some(after) = after {
            found.extend(first_segments(&tokens[after..]).into_iter().filter_map(|t| known(&t)));
        }
    }
    found
}

/// Where the path goes on after `super::super::…`, when that climbs to the root of the crate.
fn top_of_climb(path: &str, tokens: &[Token], from: usize) -> Option<usize> {
    let climbs = tokens[from..].chunks(2).take_while(|c| c.len() == 2 && c[0].text == "super").count();
    let depth = path.trim_end_matches(".rs").split('/').filter(|segment| *segment != "mod").count();
    (climbs >= depth).then_some(from + 2 * climbs)
}

/// First segments of a path or of a group of paths: `a::b` gives `a`; `{a::{b, c}, d}` gives `a`, `d`.
fn first_segments(tokens: &[Token]) -> Vec<Token> {
    if tokens.first().is_none_or(|token| token.text != "{") {
        return tokens.first().cloned().into_iter().collect();
    }
    let mut found = Vec::new();
    let mut depth = 0;
    for pair in tokens.windows(2) {
        match pair[0].text.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        if depth == 1 && matches!(pair[0].text.as_str(), "{" | ",") {
            found.push(pair[1].clone());
        }
    }
    found
}

fn known(token: &Token) -> Option<(String, usize)> {
    let renamed = ROOT_NAMES.iter().find(|(name, _)| *name == token.text).map(|(_, part)| *part);
    let name = renamed.or_else(|| PARTS.iter().map(|(name, _)| *name).find(|name| *name == token.text))?;
    Some((name.to_owned(), token.line))
}

fn names_crate(tokens: &[Token], name: &str) -> Option<usize> {
    let mut named = tokens.iter().enumerate().filter(|(_, token)| token.text == name);
    named
        .find(|(n, _)| {
            let before = n.checked_sub(1).map_or("", |n| tokens[n].text.as_str());
            before == "use" || (before != "::" && follows(tokens, *n, "::"))
        })
        .map(|(_, token)| token.line)
}

fn follows(tokens: &[Token], n: usize, text: &str) -> bool {
    tokens.get(n + 1).is_some_and(|token| token.text == text)
}

/// Whether a rule exists for a part of `src/`.
pub fn has_rule(path: &str) -> bool {
    let own = part(path);
    own == "main" || own == "lib" || PARTS.iter().any(|(name, _)| *name == own)
}
