//! The sections of a dossier, each read from its table. Every field is read before any is missed, so
//! that all problems are reported at once.

use serde_json::{Map, Value};

use super::{
    FORMAT, beside,
    reader::{Context, Fields, code, count, date, handle, iri, segment, string},
    shared::{common, path, preamble, recommendations, reference_or_id, territory},
    values::{Addressee, Common},
    written::{
        Answer, Avis, Brought, City, Council, Delivered, Dossier, FollowUp, Guarantor, Question,
        QuestionKind, Recommendation, Response, Vote,
    },
};
use crate::domain::Problem;

/// Reads the whole tree.
pub(super) fn dossier(mut root: Map<String, Value>) -> Result<Dossier, Vec<Problem>> {
    if root.shift_remove("format").as_ref().and_then(Value::as_str) != Some(FORMAT) {
        return Err(vec![Problem::new("format", "format", FORMAT)]);
    }
    let (context, root) = preamble(root);
    let mut fields = Fields::new(&context, "", root);
    let city = fields.required_table("city", city);
    let councils = fields.tables("councils", |fields, _| council(fields));
    let guarantors = fields.tables("guarantors", |fields, _| guarantor(fields));
    let questions = fields.tables("questions", |fields, _| question(fields));
    let avis = fields.tables("avis", |fields, _| avis(fields));
    let answers = fields.tables("answers", |fields, _| answer(fields));
    let follow_ups = fields.tables("follow_ups", |fields, _| follow_up(fields));
    let beside = beside::read(&mut fields, &avis);
    fields.done();
    let Context { language, problems, notes, .. } = context;
    let notes = notes.into_inner();
    match (city, problems.into_inner()) {
        (Some(city), problems) if problems.is_empty() => Ok(Dossier {
            language,
            city,
            councils,
            guarantors,
            questions,
            avis,
            answers,
            follow_ups,
            beside,
            notes,
        }),
        (_, problems) => Err(problems),
    }
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
    let term_years = fields.optional("term_years", count);
    let terms = fields.optional("terms", count);
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
        term_years,
        terms,
        common: common?,
    })
}

fn guarantor(mut fields: Fields<'_>) -> Option<Guarantor> {
    let reference = fields.required("ref", segment);
    let handle = fields.required("handle", handle);
    let name = fields.title("name");
    let summary = fields.text("summary");
    let url = fields.optional("url", iri);
    let common = common(&mut fields, None);
    fields.done();
    Some(Guarantor {
        reference: reference?,
        handle: handle?,
        name: name?,
        summary: summary?,
        url,
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
    let handed_over = fields.optional("handed_over", date);
    let vote = fields.table("vote", vote);
    let convention = brought(&mut fields);
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
        handed_over,
        vote,
        convention,
        delivered,
        recommendations,
        common: common?,
    })
}

fn brought(fields: &mut Fields<'_>) -> Option<Brought> {
    let group = fields.optional("convention", |value| Addressee::parse(&string(value)?));
    let sub_question = fields.optional("sub_question", segment);
    if group.is_none() && sub_question.is_some() {
        fields.refuse("convention", "missing-field", "convention");
    }
    Some(Brought { group: group?, sub_question })
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
    let axes = fields.list("axes", segment);
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
        axes,
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
    let common = common(&mut fields, None);
    let evidence = fields.list("evidence", |value| match (&common, value.as_str()) {
        (Some(common), Some(file)) if common.attaches(file) => beside::named(file),
        _ => iri(value),
    });
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
