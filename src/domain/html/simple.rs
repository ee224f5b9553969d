//! The words of HTML as Parvis writes it: elements opened and closed in order, around words. Most texts are that, and
//! their words are had without building a document; any other HTML is left to the parser.

/// Deepest nesting, longest attributes of one tag, most entities that are read here.
const DEEPEST: usize = 20;
const LONGEST: usize = 1_000;
const MOST: usize = 1_000;

/// Entities that stand for one character, as the parser and its writer have them.
const ENTITIES: [(&str, char); 6] =
    [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"'), ("&#39;", '\''), ("&nbsp;", '\u{a0}')];

/// What an element may stand in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Words and inlines only.
    Line,
    /// Anything.
    Block,
    /// Items only, and blanks.
    List,
    /// In a list only.
    Item,
    /// In anything, words and inlines in it.
    Inline,
}

fn kind(name: &str) -> Option<Kind> {
    match name {
        "p" | "h2" | "h3" => Some(Kind::Line),
        "blockquote" => Some(Kind::Block),
        "ul" | "ol" => Some(Kind::List),
        "li" => Some(Kind::Item),
        "a" | "strong" | "em" | "b" | "i" | "code" => Some(Kind::Inline),
        _ => None,
    }
}

/// Whether an element of one kind may stand in one of another, so that no parser moves it.
const fn fits(inside: Option<Kind>, one: Kind) -> bool {
    match (inside, one) {
        (Some(Kind::List), Kind::Item) => true,
        (Some(Kind::List), _) | (_, Kind::Item) => false,
        (Some(Kind::Line | Kind::Inline), one) => matches!(one, Kind::Inline),
        (None | Some(Kind::Block | Kind::Item), _) => true,
    }
}

/// The words, with a line break after each block; none, where only a parser can tell.
pub(super) fn text(html: &str) -> Option<String> {
    let mut text = String::with_capacity(html.len());
    let mut open: Vec<&str> = Vec::new();
    let mut entities = 0_usize;
    let mut rest = html;
    loop {
        let Some(tag) = rest.find('<') else {
            words(rest, &mut text, &mut entities)?;
            return open.is_empty().then_some(text);
        };
        words(&rest[..tag], &mut text, &mut entities)?;
        let end = tag + rest[tag..].find('>')?;
        let inside = &rest[tag + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = inside.strip_prefix('/') {
            if open.pop() != Some(name) {
                return None;
            }
            if matches!(name, "p" | "li" | "h2" | "h3" | "blockquote") {
                text.push('\n');
            }
        } else if matches!(inside, "br" | "br/" | "br /") {
            if open.last().is_some_and(|name| kind(name) == Some(Kind::List)) {
                return None;
            }
            text.push('\n');
        } else {
            let name = inside.split(' ').next().unwrap_or_default();
            let kind_of = kind(name)?;
            let nested = name == "a" && open.contains(&"a");
            let around = open.last().and_then(|name| kind(name));
            if nested || open.len() >= DEEPEST || !fits(around, kind_of) || !plain(&inside[name.len()..]) {
                return None;
            }
            open.push(name);
        }
    }
}

/// Whether attributes are written ` name="value"`, one after the other: then the tag ends where it seems to.
fn plain(attributes: &str) -> bool {
    let mut rest = attributes;
    while let Some((name, after)) = rest.strip_prefix(' ').and_then(|rest| rest.split_once("=\"")) {
        let Some((value, after)) = after.split_once('"') else { return false };
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_lowercase()) || value.contains('<') {
            return false;
        }
        rest = after;
    }
    rest.is_empty() && attributes.len() <= LONGEST
}

/// Appends words; none, when there is something in them that a parser reads otherwise.
fn words(from: &str, text: &mut String, entities: &mut usize) -> Option<()> {
    if from.contains(['\r', '\0', '\u{c}']) {
        return None;
    }
    let mut rest = from;
    while let Some(at) = rest.find('&') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let (entity, character) = ENTITIES.iter().find(|(entity, _)| rest.starts_with(entity))?;
        text.push(*character);
        rest = &rest[entity.len()..];
        *entities += 1;
        if *entities > MOST {
            return None;
        }
    }
    text.push_str(rest);
    Some(())
}
