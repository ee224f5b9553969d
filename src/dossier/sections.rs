//! The sections of a dossier, each read from its table. Every field is read before any is missed, so
//! that all problems are reported at once.

use std::{cell::RefCell, collections::BTreeMap};

use serde_json::{Map, Value};

use super::{
    FORMAT,
    reader::{Context, Fields, Read, code, count, date, handle, iri, language, segment, string, truth},
    values::{Addressee, Attachment, Claim, ClaimValue, Common, Source},
    written::{
        Answer, Avis, City, Council, Delivered, Dossier, FollowUp, Question, QuestionKind, Recommendation,
        Response, Vote,
    },
};
use crate::domain::{
    Instant, Iri, Problem, Territory,
    codes::{Licence, Theme},
};

/// Most recommendations one range may name.
const RANGE_MAX: u32 = 500;

/// Reads the whole tree.
pub(super) fn dossier(mut root: Map<String, Value>) -> Result<Dossier, Vec<Problem>> {
    if root.remove("format").as_ref().and_then(Value::as_str) != Some(FORMAT) {
        return Err(vec![Problem::new("format", "format", FORMAT)]);
    }
    let (context, root) = preamble(root);
    let mut fields = Fields::new(&context, "", root);
    let city = fields.table("city", city);
    if city.is_none() {
        fields.refuse("city", "missing-field", "city");
    }
    let councils = fields.tables("councils", |fields, _| council(fields));
    let questions = fields.tables("questions", |fields, _| question(fields));
    let avis = fields.tables("avis", |fields, _| avis(fields));
    let answers = fields.tables("answers", |fields, _| answer(fields));
    let follow_ups = fields.tables("follow_ups", |fields, _| follow_up(fields));
    fields.done();
    let Context { language, problems, .. } = context;
    match (city, problems.into_inner()) {
        (Some(city), problems) if problems.is_empty() => {
            Ok(Dossier { language, city, councils, questions, avis, answers, follow_ups })
        }
        (_, problems) => Err(problems),
    }
}

/// Reads what holds for the whole file: language, sources, defaults.
fn preamble(root: Map<String, Value>) -> (Context, Map<String, Value>) {
    let mut context = Context {
        language: "fr".to_owned(),
        sources: BTreeMap::new(),
        synthetic: None,
        licence: Licence::default_of_france(),
        machine_translated: Vec::new(),
        problems: RefCell::default(),
    };
    let mut root = root;
    let mut own = Map::new();
    for name in ["language", "sources", "defaults"] {
        own.extend(root.remove(name).map(|value| (name.to_owned(), value)));
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
fn source(value: &Value, context: Option<&Context>) -> Read<Source> {
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

fn territory(value: &Value) -> Read<Territory> {
    Territory::parse(&string(value)?)
}

/// What all items may say; an item says `synthetic` itself, or the item around it does, or the defaults.
fn common(fields: &mut Fields<'_>, around: Option<&Common>) -> Option<Common> {
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

fn city(mut fields: Fields<'_>) -> Option<City> {
    let reference = fields.required("ref", segment);
    let handle = fields.optional("handle", handle);
    let name = fields.title("name");
    let summary = fields.optional_text("summary");
    let territory = fields.required("territory", territory);
    let url = fields.optional("url", iri);
    let common = common(&mut fields, None);
    fields.done();
    Some(City {
        reference: reference?,
        handle: handle.unwrap_or_else(|| "mairie".to_owned()),
        name: name?,
        summary,
        territory: territory?,
        url,
        common: common?,
    })
}

fn council(mut fields: Fields<'_>) -> Option<Council> {
    let reference = fields.required("ref", segment);
    let handle = fields.required("handle", handle);
    let name = fields.title("name");
    let summary = fields.text("summary");
    let mandate = fields.optional_text("mandate");
    let territory = fields.optional("territory", territory);
    let url = fields.optional("url", iri);
    let created_on = fields.optional("created_on", date);
    let ended_on = fields.optional("ended_on", date);
    let born_of = fields.optional("born_of", reference_or_id);
    let common = common(&mut fields, None);
    fields.done();
    Some(Council {
        reference: reference?,
        handle: handle?,
        name: name?,
        summary: summary?,
        mandate,
        territory,
        url,
        created_on,
        ended_on,
        born_of,
        common: common?,
    })
}

fn question(mut fields: Fields<'_>) -> Option<Question> {
    let reference = fields.required("ref", segment);
    let council = fields.required("council", path);
    let kind = fields.required("kind", |value| match string(value)?.as_str() {
        "saisine" => Ok(QuestionKind::Saisine),
        "auto-saisine" => Ok(QuestionKind::AutoSaisine),
        other => Err(Problem::new("", "question-kind", format!("{other}: saisine, auto-saisine"))),
    });
    let by = fields.optional("by", handle);
    let title = fields.title("title");
    let text = fields.text("text");
    let asked_on = fields.optional("asked_on", date);
    let expected_by = fields.optional("expected_by", date);
    let common = common(&mut fields, None);
    let response = fields.table("response", |fields| response(fields, common.as_ref()));
    fields.done();
    Some(Question {
        reference: reference?,
        council: council?,
        kind: kind?,
        by,
        title: title?,
        text: text?,
        asked_on,
        expected_by,
        response,
        common: common?,
    })
}

fn response(mut fields: Fields<'_>, around: Option<&Common>) -> Option<Response> {
    let accepted = fields.required("decision", |value| match string(value)?.as_str() {
        "accepted" => Ok(true),
        "refused" => Ok(false),
        other => Err(Problem::new("", "response-decision", format!("{other}: accepted, refused"))),
    });
    let text = fields.optional_text("text");
    let reason = fields.optional("reason", code);
    let on = fields.optional("on", date);
    let common = common(&mut fields, around);
    fields.done();
    Some(Response { accepted: accepted?, text, reason, on, common: common? })
}

fn avis(mut fields: Fields<'_>) -> Option<Avis> {
    let reference = fields.required("ref", segment);
    let council = fields.required("council", path);
    let question = fields.required("question", path);
    let title = fields.title("title");
    let summary = fields.text("summary");
    let diagnosis = fields.text("diagnosis");
    let stakes = fields.text("stakes");
    let body = fields.optional_text("body");
    let adopted_on = fields.optional("adopted_on", date);
    let vote = fields.table("vote", vote);
    let common = common(&mut fields, None);
    let delivered = fields.table("delivered", |fields| delivered(fields, common.as_ref()));
    let recommendations =
        fields.tables("recommendations", |fields, index| recommendation(fields, index, common.as_ref()));
    fields.done();
    Some(Avis {
        reference: reference?,
        council: council?,
        question: question?,
        title: title?,
        summary: summary?,
        diagnosis: diagnosis?,
        stakes: stakes?,
        body,
        adopted_on,
        vote,
        delivered,
        recommendations,
        common: common?,
    })
}

fn vote(mut fields: Fields<'_>) -> Option<Vote> {
    let in_favour = fields.required("for", count);
    let against = fields.required("against", count);
    let abstain = fields.required("abstain", count);
    fields.done();
    Some(Vote { in_favour: in_favour?, against: against?, abstain: abstain? })
}

fn delivered(mut fields: Fields<'_>, around: Option<&Common>) -> Option<Delivered> {
    let on = fields.required("on", date);
    let to = fields.optional("to", handle);
    let text = fields.optional_text("text");
    let common = common(&mut fields, around);
    fields.done();
    Some(Delivered { on: on?, to, text, common: common? })
}

fn recommendation(mut fields: Fields<'_>, index: usize, around: Option<&Common>) -> Option<Recommendation> {
    let number = fields.optional("number", count).or_else(|| u32::try_from(index + 1).ok())?;
    let reference = fields.optional("ref", segment).unwrap_or_else(|| format!("r{number}"));
    let title = fields.title("title");
    let text = fields.optional_text("text");
    let category = fields.optional("category", string);
    let addressee = fields.optional("addressee", |value| Addressee::parse(&string(value)?));
    let tier = fields.optional("tier", code);
    let common = common(&mut fields, around);
    fields.done();
    Some(Recommendation {
        reference,
        number,
        title: title?,
        text,
        category,
        addressee,
        tier,
        common: common?,
    })
}

fn answer(mut fields: Fields<'_>) -> Option<Answer> {
    let reference = fields.optional("ref", segment).unwrap_or_else(|| "reponse".to_owned());
    let recommendations = recommendations(&mut fields);
    let by = fields.optional("by", handle);
    let decision = fields.required("decision", code);
    let reason = fields.optional("reason", code);
    let text = fields.text("text");
    let promised_by = fields.optional("promised_by", date);
    let on = fields.required("on", date);
    let common = common(&mut fields, None);
    fields.done();
    Some(Answer {
        reference,
        recommendations,
        by,
        decision: decision?,
        reason,
        text: text?,
        promised_by,
        on: on?,
        common: common?,
    })
}

fn follow_up(mut fields: Fields<'_>) -> Option<FollowUp> {
    let reference = fields.optional("ref", segment).unwrap_or_else(|| "suivi".to_owned());
    let recommendations = recommendations(&mut fields);
    let by = fields.optional("by", handle);
    let status = fields.required("status", code);
    let reason = fields.optional("reason", code);
    let text = fields.text("text");
    let on = fields.required("on", date);
    let evidence = fields.list("evidence", iri);
    let common = common(&mut fields, None);
    fields.done();
    Some(FollowUp {
        reference,
        recommendations,
        by,
        status: status?,
        reason,
        text: text?,
        on: on?,
        evidence,
        common: common?,
    })
}

/// The recommendations an answer or a follow-up is about: `recommendation = "ccnr/avis-1/r1"`, or
/// `recommendations = ["ccnr/avis-2/r1..r4", "ccnr/avis-2/r9"]`.
fn recommendations(fields: &mut Fields<'_>) -> Vec<String> {
    let one = fields.optional("recommendation", path);
    let several = fields.list("recommendations", range);
    let all: Vec<String> = one.into_iter().chain(several.into_iter().flatten()).collect();
    if all.is_empty() {
        fields.refuse("recommendation", "missing-field", "recommendation");
    }
    all
}

/// `a/b/r1..r4` as four references.
fn range(value: &Value) -> Read<Vec<String>> {
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
fn path(value: &Value) -> Read<String> {
    let text = string(value)?;
    let good = text.split('/').all(|part| segment(&Value::from(part)).is_ok());
    if good { Ok(text) } else { Err(Problem::new("", "ref", text)) }
}

/// A reference, or the id of a record elsewhere.
fn reference_or_id(value: &Value) -> Read<String> {
    let text = string(value)?;
    if text.contains("://") { Iri::parse(&text).map(String::from) } else { path(value) }
}
