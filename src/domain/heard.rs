//! What a council hears, computed: how a verbatim and a summary read, what a redaction is, which territories a
//! series of meetings reached. Pure.

use std::{
    collections::{HashMap, HashSet},
    fmt::Write as _,
};

use serde_json::{Value, json};

use super::{
    Iri, Problem, Record, Territory, html,
    said::{Said, Summary, Verbatim},
};

/// What stands in the place of words that were taken out.
pub const MARK: &str = "[…]";

/// Whether a text is another one with pieces taken out, a mark in the place of each, and nothing else changed.
#[must_use]
pub fn redacts(before: &str, after: &str) -> bool {
    let mut parts = after.split(MARK);
    let Some(mut rest) = before.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, between)) = parts.split_last() else { return rest.is_empty() };
    for part in between {
        // What is taken out is one character at least; the first place where the part fits leaves the most.
        let one = rest.chars().next().map_or(0, char::len_utf8);
        let Some(at) = rest.get(one..).filter(|_| one > 0).and_then(|rest| rest.find(part)) else {
            return false;
        };
        rest = &rest[one + at + part.len()..];
    }
    rest.len() > last.len() && rest.ends_with(last)
}

/// Whether a later version of a verbatim says what the earlier one said, but for what was redacted. It holds
/// between any two versions, however many lie between.
///
/// # Errors
/// Rule `verbatim-edited`, with the first term that says something else.
pub fn keeps(before: &Record, after: &Record) -> Result<(), Problem> {
    let (old, new) = (stated(before), stated(after));
    let (Value::Object(old), Value::Object(new)) = (&old, &new) else { return Ok(()) };
    let names = old.keys().chain(new.keys());
    let edited = names.into_iter().find(|name| {
        let html = matches!(name.as_str(), "content" | "contentMap" | "parvis:summary");
        match (old.get(*name), new.get(*name)) {
            (Some(old), Some(new)) => !only_redacted(old, new, html),
            _ => true,
        }
    });
    match edited {
        Some(name) => Err(Problem::new(name, "verbatim-edited", after.envelope.id.as_str())),
        None => Ok(()),
    }
}

/// Everything a record says, in its own terms and to people.
fn stated(record: &Record) -> Value {
    let envelope = &record.envelope;
    let mut said = record.said.to_map();
    let shown = [
        ("content", json!(envelope.content)),
        ("contentMap", json!(envelope.content_map)),
        ("parvis:title", json!(envelope.title)),
        ("parvis:summary", json!(envelope.summary)),
        ("parvis:claims", json!(envelope.claims)),
        ("tag", json!(envelope.tag)),
        ("attachment", json!(envelope.attachment)),
    ];
    said.extend(shown.map(|(name, value)| (name.to_owned(), value)));
    Value::Object(said)
}

fn only_redacted(before: &Value, after: &Value, is_html: bool) -> bool {
    match (before, after) {
        (Value::String(before), Value::String(after)) => {
            let shown = |text: &str| html::plain(text);
            // Of HTML, what people read is redacted too: no tag is cut so that more disappears.
            before == after || redacts(before, after) && (!is_html || redacts(&shown(before), &shown(after)))
        }
        (Value::Array(before), Value::Array(after)) => {
            before.len() == after.len()
                && before.iter().zip(after).all(|(before, after)| only_redacted(before, after, is_html))
        }
        (Value::Object(before), Value::Object(after)) => {
            before.len() == after.len()
                && before.iter().all(|(name, before)| {
                    after.get(name).is_some_and(|after| only_redacted(before, after, is_html))
                })
        }
        (before, after) => before == after,
    }
}

/// A verbatim as people see it: the words as a quotation, and whose they are if they agreed to be named.
#[must_use]
pub fn quoted(said: &Verbatim) -> String {
    let mut text = "<blockquote>".to_owned();
    for line in said.words.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let _ = write!(text, "<p>{}</p>", html::escape(line));
    }
    text.push_str("</blockquote>");
    if let Some(speaker) = &said.speaker {
        let _ = write!(text, "<p>— {}</p>", html::escape(speaker));
    }
    text
}

/// What a verbatim is called: how it begins.
#[must_use]
pub fn called(said: &Verbatim) -> String {
    let line = html::first_line(&html::escape(&said.words));
    match line.char_indices().nth(80) {
        Some((end, _)) => format!("{}…", line[..end].rsplit_once(' ').map_or(&line[..end], |(kept, _)| kept)),
        None => line,
    }
}

/// Whether what people see of a verbatim holds its words, in every language it is said in.
#[must_use]
pub fn shows(record: &Record, said: &Verbatim) -> bool {
    let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = squeezed(&said.words);
    let shown = record.envelope.content_map.values().filter_map(Value::as_str);
    let mut shown = shown.chain([record.envelope.content.as_str()]);
    shown.all(|text| squeezed(&html::plain(text)).contains(&words))
}

/// The passages of a summary as people see them, each with links to what it rests on.
#[must_use]
pub fn passages(said: &Summary) -> String {
    let numbers: HashMap<&str, usize> = cited(said).into_iter().zip(1..).collect();
    let mut text = String::new();
    for passage in &said.passages {
        let _ = write!(text, "<p>{}", html::escape(&passage.text));
        for verbatim in &passage.verbatims {
            let number = numbers.get(verbatim.as_str()).copied().unwrap_or_default();
            let _ = write!(text, " <a href=\"{}\">[{number}]</a>", html::escape(verbatim.as_str()));
        }
        text.push_str("</p>");
    }
    text
}

/// The verbatims a summary rests on, each once, in the order it names them.
#[must_use]
pub fn cited(said: &Summary) -> Vec<&str> {
    let mut seen = HashSet::new();
    let all = said.passages.iter().flat_map(|passage| &passage.verbatims).map(Iri::as_str);
    all.filter(|verbatim| seen.insert(*verbatim)).collect()
}

/// A territory that a series of meetings means to reach, and the meetings held there, by their place among all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached<'a> {
    /// The territory, as the series names it.
    pub territory: &'a str,
    /// Its meetings; none: nothing is published of any.
    pub meetings: Vec<usize>,
}

/// Which territories of a series its meetings reached, in its order, and which meetings were elsewhere. A meeting
/// in a commune or a department is one in its region.
#[must_use]
pub fn coverage<'a>(planned: &'a [String], held_in: &[Option<&str>]) -> (Vec<Reached<'a>>, Vec<usize>) {
    let within = |place: &str, territory: &str| match (Territory::parse(place), Territory::parse(territory)) {
        (Ok(place), Ok(territory)) => place.lies_in(&territory),
        _ => place == territory,
    };
    let of = |territory: &'a String| Reached {
        territory,
        meetings: (0..held_in.len())
            .filter(|at| held_in[*at].is_some_and(|place| within(place, territory)))
            .collect(),
    };
    let reached: Vec<Reached<'_>> = planned.iter().map(of).collect();
    let elsewhere = (0..held_in.len()).filter(|at| reached.iter().all(|one| !one.meetings.contains(at)));
    let elsewhere = elsewhere.collect();
    (reached, elsewhere)
}

/// What a territory is called: its official name, or as it is written.
#[must_use]
pub fn place_name(written: &str) -> &str {
    Territory::parse(written).ok().and_then(|territory| territory.name()).unwrap_or(written)
}

/// The passages of a record that has some.
#[must_use]
pub fn passages_of(said: &Said) -> Option<String> {
    match said {
        Said::Summary(said) => Some(passages(said)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn r4_6_a_redaction_takes_words_out_and_puts_a_mark() {
        let said = "Je m’appelle Anne, et j’ai peur du bruit.";
        for good in [
            said,
            "Je m’appelle […], et j’ai peur du bruit.",
            "[…], et j’ai peur du […].",
            "[…]",
            "Je […][…].",
        ] {
            assert!(redacts(said, good), "{good}");
        }
        for bad in [
            "",
            "Je m’appelle Anne, et j’ai peur.",
            "Je m’appelle […]Anne, et j’ai peur du bruit.",
            "Je m’appelle […], et je n’ai pas peur du bruit.",
            "Je m’appelle Anne, et j’ai peur du bruit.[…]",
            "et j’ai peur du […] Je m’appelle",
        ] {
            assert!(!redacts(said, bad), "{bad}");
        }
        assert!(!redacts("Je […].", said), "what was taken out does not come back");
        assert!(redacts("Je […] peur.", "Je […]."), "a piece may take in an older one");
        assert!(redacts("", "") && !redacts("", MARK));
    }

    #[test]
    fn r4_3_a_meeting_in_a_commune_is_one_in_its_region() {
        let planned = ["region:53", "region:52", "departement:35", "Le Blosne"].map(str::to_owned);
        let held = [Some("commune:35238"), Some("Le Blosne"), Some("region:93"), None];
        let (reached, elsewhere) = coverage(&planned, &held);
        let meetings: Vec<Vec<usize>> = reached.into_iter().map(|one| one.meetings).collect();
        assert_eq!(meetings, [vec![0], vec![], vec![0], vec![1]]);
        assert_eq!(elsewhere, [2, 3]);
        assert_eq!((place_name("region:53"), place_name("Le Blosne")), ("Bretagne", "Le Blosne"));
    }

    /// A text, and the same with some of its characters taken out, the runs of them as one mark.
    fn redacted() -> impl Strategy<Value = (String, String)> {
        proptest::collection::vec(("[a-cé ’]{1,3}", any::<bool>()), 0..12).prop_map(|pieces| {
            let whole = pieces.iter().map(|(piece, _)| piece.as_str()).collect();
            let mut kept = String::new();
            for (piece, stays) in &pieces {
                kept.push_str(if *stays { piece } else { MARK });
            }
            (whole, kept)
        })
    }

    proptest! {
        #[test]
        fn r4_6_every_redaction_is_one_and_one_of_a_redaction_is_one_of_the_whole((whole, once) in redacted(), cut in 0usize..20) {
            prop_assert!(redacts(&whole, &once));
            let at = once.char_indices().map(|(at, _)| at).nth(cut).unwrap_or(once.len());
            // From some place that cuts no mark in two, everything is taken out.
            if at < once.len() && !once[..at].ends_with('[') && !once[..at].ends_with("[…") {
                let twice = [&once[..at], MARK].concat();
                prop_assert!(redacts(&once, &twice), "{once} {twice}");
                prop_assert!(redacts(&whole, &twice), "{whole} {twice}");
            }
        }

        #[test]
        fn r4_6_any_other_letter_or_lost_word_is_an_edit((whole, kept) in redacted(), at in 0usize..30) {
            let at = kept.char_indices().map(|(at, _)| at).nth(at).unwrap_or(kept.len());
            let added = [&kept[..at], "x", &kept[at..]].concat();
            prop_assert!(!redacts(&whole, &added), "{added}");
            if !kept.contains(MARK) && !whole.is_empty() {
                let less: String = whole.chars().skip(1).collect();
                prop_assert!(!redacts(&whole, &less));
            }
        }
    }
}
