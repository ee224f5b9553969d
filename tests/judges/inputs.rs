//! What becomes of the foreign-shaped messages of fediverse-pasture: a table of those that are not held as
//! replies, and why; all others are.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::{foreign::text, process::Node};

/// How many messages there are.
const MESSAGES: usize = 262;

/// What is not held, though it was sent as a reply: the message, its number, the answer, the reason.
const NOT_HELD: &[(&str, u64, u64, &str)] = &[
    ("attachments", 9, 400, "a keyword of JSON-LD outside the context"),
    ("attributed_to", 2, 403, "two authors"),
    ("html_tags", 26, 202, "no words once it is cleaned"),
    ("html_tags", 27, 202, "no words once it is cleaned"),
    ("html_tags_article", 26, 202, "no words once it is cleaned"),
    ("html_tags_article", 27, 202, "no words once it is cleaned"),
    ("in_reply_to", 1, 202, "replies to another server"),
    ("in_reply_to", 5, 202, "replies to a collection without an id"),
    ("necessary_properties", 1, 400, "no id"),
    ("necessary_properties", 3, 403, "no author"),
    ("necessary_properties", 4, 202, "no type"),
    ("object_types", 2, 202, "no post"),
    ("object_types", 7, 202, "no post"),
    ("object_types", 8, 202, "no post"),
    ("object_types", 9, 202, "no post"),
    ("object_types", 10, 202, "no post"),
    ("object_types", 13, 202, "no type"),
];

/// Holds what was sent against what the node answered and keeps.
pub fn judge(node: &Node, sent: &Value, avis: &str) {
    let sent = sent.as_array().expect("what was sent");
    assert_eq!(sent.len(), 2 * MESSAGES);
    let held = node.ask(&["replies", "list"]);
    let held: BTreeMap<String, &Value> =
        held.as_array().expect("replies").iter().map(|reply| (text(reply, "id"), reply)).collect();
    let mut wrong = Vec::new();
    let mut expected = 0;
    for message in sent {
        let (name, number) = (text(message, "name"), message["number"].as_u64().unwrap_or_default());
        let refused = NOT_HELD.iter().find(|row| (row.0, row.1) == (name.as_str(), number));
        let is_reply = message["reply"] == true;
        let status = refused.map_or(202, |row| row.2);
        let kept = is_reply && refused.is_none();
        expected += usize::from(kept);
        let found = held.get(&text(message, "id"));
        // What a reply would be refused for may be ignored in what is none.
        let answered = message["status"] == status || (!is_reply && message["status"] == 202);
        if !answered || found.is_some() != kept {
            wrong.push(format!("{message}: {found:?}, expected {status}"));
        } else if let Some(reply) = found {
            wrong.extend(faults(reply, avis).map(|fault| format!("{message}: {fault}: {reply}")));
        }
    }
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(held.len(), expected, "nothing else is held");
}

/// What is wrong with a reply that is held.
fn faults(reply: &Value, avis: &str) -> impl Iterator<Item = &'static str> {
    // The classes by which servers mark mentions and hashtags stay (C5).
    let content = ["", "mention", "hashtag"]
        .iter()
        .fold(text(reply, "content"), |content, class| content.replace(&format!(" class=\"{class}\""), ""));
    let harm =
        ["<script", "<img", "<video", "<audio", "<form", "<input", "<body", " class=", " style=", "payto:"];
    [
        (content.trim().is_empty(), "no words"),
        (harm.iter().any(|harm| content.contains(harm)), "not cleaned"),
        (reply["in_reply_to"] != avis, "replies to something else"),
        (reply["state"] != "held", "not held"),
    ]
    .into_iter()
    .filter_map(|(wrong, fault)| wrong.then_some(fault))
}
