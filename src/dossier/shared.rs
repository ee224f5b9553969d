//! What the sections of a dossier share: its preamble, sources, licences, references, and the fields
//! all items may have.

use std::{cell::RefCell, collections::BTreeMap};

use serde_json::{Map, Value};

use super::{
    reader::{Context, Fields, Read, date, iri, language, segment, string, truth},
    values::{Attachment, Claim, ClaimValue, Common, Source},
};
use crate::domain::{
    Instant, Iri, Problem, Territory,
    codes::{Licence, Theme},
};

/// Most recommendations one range may name.
const RANGE_MAX: u32 = 500;

/// Reads what holds for the whole file: language, sources, defaults.
pub(super) fn preamble(root: Map<String, Value>) -> (Context, Map<String, Value>) {
    let mut context = Context {
        language: "fr".to_owned(),
        sources: BTreeMap::new(),
        synthetic: None,
        licence: Licence::default_of_france(),
        machine_translated: Vec::new(),
        problems: RefCell::default(),
        notes: RefCell::default(),
    };
    let mut root = root;
    let mut own = Map::new();
    for name in ["language", "sources", "defaults"] {
        own.extend(root.shift_remove(name).map(|value| (name.to_owned(), value)));
    }
    let mut fields = Fields::new(&context, "", own);
    let language = fields.optional("language", language);
    let sources = fields.optional("sources", library).unwrap_or_default();
    let defaults = fields.table("defaults", |mut fields| {
        let synthetic = fields.optional("synthetic", truth);
        let licence = fields.optional("licence", licence);
        let translated = fields.list("machine_translated", self::language);
        fields.done();
        Some((synthetic, licence, translated))
    });
    context.sources = sources;
    context.language = language.unwrap_or(context.language);
    if let Some((synthetic, licence, translated)) = defaults {
        context.synthetic = synthetic;
        context.licence = licence.unwrap_or(context.licence);
        context.machine_translated = translated;
    }
    (context, root)
}

/// The sources of the file, by the key that items name them with.
fn library(value: &Value) -> Read<BTreeMap<String, Source>> {
    let Value::Object(map) = value else { return Err(Problem::new("", "wrong-type", "table")) };
    map.iter()
        .map(|(key, value)| Ok((key.clone(), source(value, None).map_err(|p| p.within(key))?)))
        .collect()
}

/// A source, or the key of one.
pub(super) fn source(value: &Value, context: Option<&Context>) -> Read<Source> {
    if let (Value::String(key), Some(context)) = (value, context) {
        return context.sources.get(key).cloned().ok_or_else(|| Problem::new("", "source-unknown", key));
    }
    let Value::Object(map) = value else {
        return Err(Problem::new("", "wrong-type", "table, or key of a source"));
    };
    if let Some(name) = map.keys().find(|name| !["name", "url", "date"].contains(&name.as_str())) {
        return Err(Problem::new(name, "unknown-field", name));
    }
    let missing = || Problem::new("name", "missing-field", "name");
    Ok(Source {
        name: map.get("name").map_or_else(|| Err(missing()), |v| string(v).map_err(|p| p.within("name")))?,
        url: map.get("url").map(iri).transpose().map_err(|p| p.within("url"))?,
        date: map.get("date").map(date).transpose().map_err(|p| p.within("date"))?,
    })
}

fn licence(value: &Value) -> Read<Licence> {
    Licence::written(&string(value)?)
}

pub(super) fn territory(value: &Value) -> Read<Territory> {
    Territory::parse(&string(value)?)
}

/// What all items may say; an item says `synthetic` itself, or the item around it does, or the defaults.
pub(super) fn common(fields: &mut Fields<'_>, around: Option<&Common>) -> Option<Common> {
    let context = fields.context;
    let note = fields.optional_text("note");
    let said = fields.optional("synthetic", truth).or(around.map(|c| c.synthetic)).or(context.synthetic);
    let licence = fields.optional("licence", licence).or_else(|| around.map(|c| c.licence.clone()));
    let translated = fields.optional("machine_translated", |value| match value {
        Value::Array(values) => values.iter().map(language).collect::<Read<Vec<String>>>(),
        _ => Err(Problem::new("", "wrong-type", "list")),
    });
    let machine_translated = match translated {
        Some(written) => {
            for language in &written {
                if *language == context.language || !fields.languages.contains(language) {
                    fields.refuse("machine_translated", "translation-language", language);
                }
            }
            written
        }
        None => {
            context.machine_translated.iter().filter(|l| fields.languages.contains(*l)).cloned().collect()
        }
    };
    let themes = fields.list("themes", |value| Theme::parse(&string(value)?));
    let sources = fields.list("sources", |value| source(value, Some(context)));
    let claims = fields.tables("claims", |fields, _| claim(fields));
    let attachments = fields.tables("attachments", |fields, _| attachment(fields));
    let publish_at = fields.optional("publish_at", |value| Instant::parse(&string(value)?));
    if said.is_none() {
        fields.refuse("synthetic", "synthetic-unsaid", "synthetic");
    }
    Some(Common {
        synthetic: said?,
        note,
        machine_translated,
        licence: licence.unwrap_or_else(|| context.licence.clone()),
        themes,
        sources,
        claims,
        attachments,
        publish_at,
    })
}

fn claim(mut fields: Fields<'_>) -> Option<Claim> {
    let context = fields.context;
    let about = fields.required("about", |value| {
        let text = string(value)?;
        let good = text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.bytes().all(|b| b.is_ascii_alphanumeric());
        if good { Ok(text) } else { Err(Problem::new("", "claim-about", text)) }
    });
    let value = fields.required("value", |value| match value.as_i64() {
        Some(number) => Ok(ClaimValue::Number(number)),
        None => string(value).map(ClaimValue::Text),
    });
    let unit = fields.optional("unit", string);
    let source = fields.required("source", |value| source(value, Some(context)));
    fields.done();
    Some(Claim { about: about?, value: value?, unit, source: source? })
}

fn attachment(mut fields: Fields<'_>) -> Option<Attachment> {
    let name = fields.required("name", string);
    let file = fields.optional("file", |value| {
        let path = string(value)?;
        let inside = !path.starts_with('/')
            && !path.contains('\\')
            && path.split('/').all(|p| !matches!(p, "" | "." | ".."));
        if inside { Ok(path) } else { Err(Problem::new("", "attachment-file", path)) }
    });
    let url = fields.optional("url", iri);
    let media_type = fields.required("media_type", |value| {
        let text = string(value)?;
        let part =
            |p: &str| !p.is_empty() && p.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
        let good = text.split_once('/').is_some_and(|(kind, name)| part(kind) && part(name));
        if good { Ok(text) } else { Err(Problem::new("", "media-type", text)) }
    });
    if file.is_some() == url.is_some() {
        fields.refuse("", "attachment-one", "file, url");
    }
    fields.done();
    Some(Attachment { name: name?, file, url, media_type: media_type? })
}

/// The recommendations an answer or a follow-up is about: `recommendation = "ccnr/avis-1/r1"`, or
/// `recommendations = ["ccnr/avis-2/r1..r4", "ccnr/avis-2/r9"]`.
pub(super) fn recommendations(fields: &mut Fields<'_>) -> Vec<String> {
    if !fields.has("recommendation") && !fields.has("recommendations") {
        fields.refuse("recommendation", "missing-field", "recommendation");
    }
    let one = fields.optional("recommendation", path);
    let several = fields.list("recommendations", range);
    one.into_iter().chain(several.into_iter().flatten()).collect()
}

/// `a/b/r1..r4` as four references.
pub(super) fn range(value: &Value) -> Read<Vec<String>> {
    let text = string(value)?;
    let Some((from, to)) = text.split_once("..") else { return path(value).map(|one| vec![one]) };
    let refused = || Problem::new("", "range", &text);
    let (parent, first) = from.rsplit_once('/').ok_or_else(refused)?;
    let number =
        |part: &str| part.strip_prefix('r').and_then(|digits| digits.parse::<u32>().ok()).ok_or_else(refused);
    let (first, last) = (number(first)?, number(to)?);
    if first > last || last - first >= RANGE_MAX {
        return Err(refused());
    }
    path(&Value::from(parent))?;
    Ok((first..=last).map(|n| format!("{parent}/r{n}")).collect())
}

/// A reference: segments joined by `/`.
pub(super) fn path(value: &Value) -> Read<String> {
    let text = string(value)?;
    let good = text.split('/').all(|part| segment(&Value::from(part)).is_ok());
    if good { Ok(text) } else { Err(Problem::new("", "ref", text)) }
}

/// A reference, or the id of a record elsewhere.
pub(super) fn reference_or_id(value: &Value) -> Read<String> {
    let text = string(value)?;
    if text.contains("://") { Iri::parse(&text).map(String::from) } else { path(value) }
}
