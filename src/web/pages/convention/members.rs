//! How members keep the charter of their convention, duty by duty, computed from public records (requirement 2.35).

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde_json::{Value, json};

use super::{super::table, Asked, Form, given, read};
use crate::{
    App, Error, Result,
    actions::side_by_side::{Seat, Table},
    domain::{
        Code as _, Iri,
        convention::{Member, Standing},
        said::Said,
    },
    i18n::Lang,
    storage::records::{self, Row},
    web::{
        Failure, html,
        layout::Page,
        markup::Markup,
        view::{People, Sheet, Who},
    },
};

#[derive(Template)]
#[template(path = "members.html")]
struct Members {
    page: Page,
    back: String,
    duties: Vec<String>,
    seats: Vec<Shown>,
    others: Vec<Other>,
    day: Markup,
    data: String,
    first: Option<String>,
    next: Option<String>,
}

/// What the members on one page weigh at most, in bytes, as far as it can be told before it is written.
const LARGEST: usize = 40_000;

/// A member.
struct Shown {
    who: Who,
    since: Markup,
    of_today: bool,
    received: bool,
    duties: Vec<Kept>,
}

/// A duty of a member.
struct Kept {
    duty: String,
    code: &'static str,
    label: String,
    due: Option<Markup>,
    records: Vec<(String, String)>,
}

/// A council that is no member.
struct Other {
    who: Who,
    standing: String,
    since: Markup,
    /// What was said of that: where it is, its coded reason and its words.
    said: Option<(String, Option<String>, Markup)>,
}

/// `GET /conventions/{name}/membres`, `/membres.csv`, `/membres.json`
///
/// # Errors
/// Not found; rule `whole-day` for a day that is none.
pub async fn members(
    State(app): State<App>,
    lang: Lang,
    Path((name, file)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let (stem, form) = Form::of(&file).map_or((file.as_str(), None), |(stem, form)| (stem, Some(form)));
    if stem != "membres" {
        return Err(Error::not_found(file).into());
    }
    let table = read(&app, &name, &asked).await?;
    let response = match form {
        None => page(&app, lang, &name, (&table, &asked)).await?,
        Some(Form::Csv) => {
            let names = [
                "conseil_id",
                "adhesion_id",
                "membre_depuis",
                "engagement",
                "echeance",
                "etat",
                "enregistrements",
            ];
            table::csv(&names, cells(&table))?
        }
        Some(Form::Json) => {
            let names = ["council", "adhesion", "since", "duty", "due", "state", "records"];
            let items = cells(&table)
                .map(|cells| Value::Object(names.iter().map(|name| (*name).to_owned()).zip(cells).collect()));
            let others = table.known.members.iter().filter(|member| member.standing != Standing::Member);
            let others = others.map(|member| {
                json!({ "council": member.council, "adhesion": member.adhesion, "since": member.since,
                    "standing": member.standing.word(), "statement": said_of(member) })
            });
            let all = json!({ "convention": table.known.row.uri, "day": table.day.to_string(),
                "charter": table.known.said.charter_hash, "items": items.collect::<Vec<_>>(),
                "others": others.collect::<Vec<_>>() });
            let open = (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
            ([(header::CONTENT_TYPE, "application/json"), open], all.to_string()).into_response()
        }
        Some(Form::Totals) => return Err(Error::not_found(file).into()),
    };
    Ok(response)
}

/// One line for each duty of each member: by council, in the order of the charter.
fn cells(table: &Table) -> impl Iterator<Item = [Value; 7]> + '_ {
    table.seats.iter().flat_map(|seat| {
        seat.conformity.iter().map(|one| {
            [
                seat.member.council.to_string().into(),
                seat.member.adhesion.to_string().into(),
                seat.member.since.to_string().into(),
                one.duty.word().into(),
                one.due.map_or(Value::Null, |due| due.to_string().into()),
                one.kept.word().into(),
                one.records.iter().map(|id| Value::from(id.as_str())).collect(),
            ]
        })
    })
}

async fn page(app: &App, lang: Lang, name: &str, (table, asked): (&Table, &Asked)) -> Result<Response> {
    let path = format!("/conventions/{name}/membres");
    let title = table.known.row.title.clone();
    let page = Page::new(app, lang, &path);
    let title = page.with("members-title", "name", &title);
    let page = page.titled(title).asked(&asked.whole_query());
    let (shown, more) = some(table, asked);
    let councils = table.known.members.iter().map(|member| member.council.as_str());
    let people = People::load(app, councils).await?;
    let last = shown.last().filter(|_| more).map(|seat| seat.member.council.as_str());
    let start = Asked { apres: None, ..asked.clone() };
    let first = given(asked.apres.as_deref()).map(|_| format!("{path}?{}", start.query()));
    let next = last.map(|last| asked.next(&path, last));
    let seats = shown.into_iter().map(|seat| Shown {
        who: people.who(seat.member.council.as_str()),
        since: page.day(&seat.member.since.to_string()),
        of_today: seat.of_today,
        received: seat.received,
        duties: seat
            .conformity
            .iter()
            .map(|one| Kept {
                duty: one.duty.label(lang.code()).to_owned(),
                code: match one.kept.word() {
                    "kept" => "held",
                    "pending" => "due",
                    "not-received" => "unknown",
                    _ => "overdue",
                },
                label: page.t(&format!("kept-{}", one.kept.word())),
                due: one.due.map(|due| super::day_in_words(&page, due)),
                records: (1_usize..)
                    .zip(&one.records)
                    .map(|(number, id)| (id.to_string(), number.to_string()))
                    .take(20)
                    .collect(),
            })
            .collect(),
    });
    let said = said(app, table).await?;
    let others = table.known.members.iter().filter(|member| member.standing != Standing::Member);
    let others = others.map(|member| Other {
        who: people.who(member.council.as_str()),
        standing: page.t(&format!("standing-{}", member.standing.word())),
        since: page.day(&member.since.to_string()),
        said: said_of(member).and_then(|id| said.iter().find(|row| row.uri == id.as_str())).map(|row| {
            let sheet = Sheet::of(app, &page, &people, row);
            match (sheet.reason, &sheet.record) {
                (Some((label, words)), _) => (sheet.card.href, Some(label), words),
                (None, Some(record)) => {
                    let reason = match &record.said {
                        Said::Refusal(said) => said.reason.as_ref(),
                        _ => None,
                    };
                    let label = reason.map(|reason| reason.label(lang.code()).to_owned());
                    (sheet.card.href, label, sheet.text.html)
                }
                (None, None) => (sheet.card.href, None, Markup::default()),
            }
        }),
    });
    let members = Members {
        back: format!("/conventions/{name}"),
        duties: table
            .known
            .said
            .duties
            .iter()
            .map(|asked| asked.duty.label(lang.code()).to_owned())
            .collect(),
        seats: seats.collect(),
        others: others.collect(),
        day: super::day_in_words(&page, table.day),
        data: path,
        first,
        next,
        page,
    };
    Ok(html(StatusCode::OK, &members))
}

/// The record by which a council is no member: the refusal, or the adhesion or the admission that was withdrawn.
const fn said_of(member: &Member) -> Option<&Iri> {
    match member.standing {
        Standing::Declined | Standing::Excluded => member.ruling.as_ref(),
        Standing::Left => Some(&member.adhesion),
        Standing::Member | Standing::Asked => None,
    }
}

async fn said(app: &App, table: &Table) -> Result<Vec<Row>> {
    let ids: Vec<&str> = table.known.members.iter().filter_map(said_of).map(Iri::as_str).collect();
    records::by_uris(&app.db, &ids).await
}

/// The members on the page asked for, by council, and whether there are more.
fn some<'a>(table: &'a Table, asked: &Asked) -> (Vec<&'a Seat>, bool) {
    let after = given(asked.apres.as_deref()).unwrap_or_default();
    let mut seats = table.seats.iter().filter(|seat| seat.member.council.as_str() > after).peekable();
    let (mut shown, mut weight) = (Vec::new(), 0);
    while let Some(seat) = seats.peek() {
        weight += seat.conformity.iter().fold(500, |sum, one| sum + 250 + 120 * one.records.len().min(20));
        if weight > LARGEST && !shown.is_empty() {
            break;
        }
        shown.extend(seats.next());
    }
    (shown, seats.peek().is_some())
}
