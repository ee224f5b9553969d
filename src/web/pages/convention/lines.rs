//! The table of a convention for spreadsheets and programs. What is in it comes from signed records alone, in a
//! total order: on every node that has the same records it is the same, byte for byte (moonshot 1).

use std::collections::BTreeMap;

use axum::{
    http::header,
    response::{IntoResponse as _, Response},
};
use serde_json::{Value, json};

use super::super::table;
use crate::{
    App, Result,
    actions::{
        conventions,
        side_by_side::{Line, Table},
    },
    domain::{Code as _, codes::Decision, convention::Heading},
    storage::{actors, records::Row},
    web::view,
};

/// Names of the columns: those of the French dataset, and those of the API.
const COLUMNS: [(&str, &str); 34] = [
    ("convention", "convention"),
    ("question", "subQuestion"),
    ("question_titre", "subQuestionTitle"),
    ("conseil", "council"),
    ("conseil_id", "councilId"),
    ("serveur", "server"),
    ("avis_id", "avisId"),
    ("avis_titre", "avisTitle"),
    ("recommandation_id", "recommendationId"),
    ("numero", "number"),
    ("titre", "title"),
    ("texte", "text"),
    ("langue", "language"),
    ("themes", "themes"),
    ("echelon", "tier"),
    ("destinataire_id", "addresseeId"),
    ("etat", "status"),
    ("depuis", "since"),
    ("en_date_du", "statedOn"),
    ("parole_id", "statementId"),
    ("parole_auteur_id", "statementAuthorId"),
    ("decision", "decision"),
    ("motif", "reason"),
    ("reponse", "answer"),
    ("promis_pour", "promisedBy"),
    ("jours_sans_reponse", "silenceDays"),
    ("en_retard", "overdue"),
    ("contribution_id", "contributionId"),
    ("empreinte_versee", "contributedHash"),
    ("modifie_depuis", "changedSince"),
    ("version", "version"),
    ("empreinte", "hash"),
    ("signature", "proof"),
    ("synthetique", "synthetic"),
];

/// One line for each recommendation.
pub(super) async fn csv(app: &App, table: &Table) -> Result<Response> {
    table::csv(&COLUMNS.map(|(name, _)| name), cells(app, table).await?)
}

/// The same for programs, with what it was computed for.
pub(super) async fn json(app: &App, table: &Table) -> Result<Response> {
    let items: Vec<Value> = cells(app, table)
        .await?
        .into_iter()
        .map(|cells| {
            let names = COLUMNS.iter().map(|(_, name)| (*name).to_owned());
            Value::Object(names.zip(cells).collect())
        })
        .collect();
    let rows = table.known.said.sub_questions.iter();
    let rows: Vec<Value> = rows.map(|row| json!({ "key": row.key, "title": row.title })).collect();
    let all = json!({
        "convention": {
            "id": table.known.row.uri,
            "group": table.known.said.convention,
            "name": conventions::slug(&table.known.row),
            "title": table.known.row.title,
            "host": table.known.host(),
        },
        "day": table.day.to_string(),
        "subQuestions": rows,
        "members": table.seats.iter().map(|seat| seat.member.council.as_str()).collect::<Vec<_>>(),
        "notReceived": table.missing.iter().map(|one| json!({
            "id": one.record, "contribution": one.contribution, "council": one.by,
        })).collect::<Vec<_>>(),
        "notFollowed": table.seats.iter().filter(|seat| !seat.received)
            .map(|seat| seat.member.council.as_str()).collect::<Vec<_>>(),
        "count": items.len(),
        "items": items,
    });
    let open = (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    Ok(([(header::CONTENT_TYPE, "application/json"), open], all.to_string()).into_response())
}

/// How many stand where, by council.
pub(super) async fn totals(app: &App, table: &Table) -> Result<Response> {
    let names = names(app, table).await?;
    let mut totals: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for line in &table.lines {
        *totals.entry((&line.row.author, line.status.word())).or_default() += 1;
    }
    let line = |((council, status), count): ((&str, &str), usize)| {
        let name = names.get(council).cloned().unwrap_or_default();
        [name.into(), council.into(), status.into(), count.into()]
    };
    table::csv(&["conseil", "conseil_id", "etat", "nombre"], totals.into_iter().map(line))
}

/// What each council calls itself.
async fn names(app: &App, table: &Table) -> Result<BTreeMap<String, String>> {
    let councils: Vec<&str> = table.lines.iter().map(|line| line.row.author.as_str()).collect();
    let actors = actors::by_uris(&app.db, &councils).await?;
    Ok(actors.into_iter().map(|actor| (actor.uri, actor.name)).collect())
}

async fn cells(app: &App, table: &Table) -> Result<Vec<[Value; 34]>> {
    let names = names(app, table).await?;
    let slug = conventions::slug(&table.known.row);
    Ok(table.lines.iter().map(|line| cells_of(table, line, &slug, &names)).collect())
}

fn cells_of(table: &Table, line: &Line, slug: &str, names: &BTreeMap<String, String>) -> [Value; 34] {
    let question = match &line.heading {
        Heading::Question(at) => table.known.said.sub_questions.get(*at),
        _ => None,
    };
    let by = line.by.as_ref();
    let reason = by.and_then(|by| by.reason.as_ref()).map(|reason| reason.word().to_owned());
    let decision = by.and_then(|by| by.row.decision.as_deref()).map(Decision::received);
    let promised = by.and_then(|by| by.promised_by.as_ref()).map(ToString::to_string);
    let text = |text: Option<String>| text.map_or(Value::Null, Value::from);
    [
        slug.into(),
        text(question.map(|row| row.key.clone())),
        text(question.map(|row| row.title.clone())),
        text(names.get(&line.row.author).cloned()),
        line.row.author.clone().into(),
        line.row.origin.clone().into(),
        text(line.row.avis.clone()),
        text(line.avis.as_ref().map(|avis| avis.title.clone())),
        line.row.uri.clone().into(),
        line.said.number.into(),
        line.row.title.clone().into(),
        words(&line.row).into(),
        line.row.lang.clone().into(),
        line.themes.join(" ").into(),
        text(line.said.tier.as_ref().map(|tier| tier.word().to_owned())),
        line.said.addressee.to_string().into(),
        line.status.word().into(),
        text(line.since.map(|since| since.to_string())),
        text(by.and_then(|by| by.on.as_ref()).map(ToString::to_string)),
        text(by.map(|by| by.row.uri.clone())),
        text(by.map(|by| by.row.author.clone())),
        text(decision.map(|decision| decision.word().to_owned())),
        text(reason),
        text(by.map(|by| words(&by.row))),
        text(promised),
        line.silence.into(),
        line.overdue.into(),
        line.contributed.id.clone().into(),
        text(line.contributed.hash.as_ref().map(ToString::to_string)),
        line.changed.into(),
        line.row.version.into(),
        line.row.hash.clone().into(),
        line.row.proof.clone().into(),
        line.row.synthetic.into(),
    ]
}

/// The words of a record, as its author wrote them, without their form.
pub(super) fn words(row: &Row) -> String {
    row.envelope().map(|envelope| view::plain(&envelope)).unwrap_or_default()
}
