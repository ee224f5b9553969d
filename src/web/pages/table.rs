//! The recommendations of an avis as a table for spreadsheets and programs: the same state as its page, one
//! line each, and the totals counted from those lines (requirement 2.24).

use std::collections::BTreeMap;

use axum::{
    http::header,
    response::{IntoResponse as _, Response},
};
use jiff::civil;
use serde_json::{Value, json};

use super::avis::{self, Avis};
use crate::{
    App, Error, Result,
    actions::obligations,
    domain::{
        Code, Iri, obligations as clock,
        obligations::Silence,
        said::{Answer, FollowUp, Said},
    },
    i18n::Lang,
    storage::records::Row,
    web::{
        layout::Page,
        view::{Hop, Recommendation},
    },
};

/// A form of the table, by the end of its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `.csv`
    Csv,
    /// `.totaux.csv`
    Totals,
    /// `.json`
    Json,
}

impl Form {
    /// The form an address asks for, and the rest of it.
    #[must_use]
    pub fn of(segment: &str) -> Option<(&str, Self)> {
        let forms = [(".totaux.csv", Self::Totals), (".csv", Self::Csv), (".json", Self::Json)];
        forms.into_iter().find_map(|(end, form)| Some((segment.strip_suffix(end)?, form)))
    }
}

/// One recommendation.
struct Line {
    number: i64,
    title: String,
    category: String,
    tier: String,
    addressee: String,
    status: String,
    status_label: String,
    since: String,
    decision: String,
    reason: String,
    answered_on: String,
    promised_by: String,
    answered_by: String,
    /// Its relays: the cells of five columns.
    relays: [Value; 5],
    silence_days: Option<i64>,
    evidence: Vec<String>,
    /// Said to be done, and nothing shown for it.
    without_evidence: bool,
}

/// Names of the columns: those of the French dataset, and those of the API. The columns of relays have one place
/// for each relay, of the recommendation and of its avis, in the same order.
const COLUMNS: [(&str, &str); 21] = [
    ("numero", "number"),
    ("titre", "title"),
    ("rubrique", "category"),
    ("echelon", "tier"),
    ("destinataire", "addressee"),
    ("etat", "status"),
    ("etat_libelle", "statusLabel"),
    ("depuis", "since"),
    ("decision", "decision"),
    ("motif", "reason"),
    ("repondu_le", "answeredOn"),
    ("promis_pour", "promisedBy"),
    ("repondu_par", "answeredBy"),
    ("relaye_a", "relayedTo"),
    ("relaye_le", "relayedOn"),
    ("accuse_le", "acknowledgedOn"),
    ("decline_le", "declinedOn"),
    ("jours_sans_accuse", "unacknowledgedDays"),
    ("jours_sans_reponse", "silenceDays"),
    ("preuves", "evidence"),
    ("fait_sans_preuve", "doneWithoutEvidence"),
];

/// `GET /avis/{slug}.csv`, `.totaux.csv`, `.json`, the same under `/recus`.
///
/// # Errors
/// Those of the database.
pub async fn of(app: &App, lang: Lang, row: &Row, form: Form) -> Result<Response> {
    if row.withdrawn {
        return Err(Error::Gone { what: row.uri.clone() });
    }
    let avis = avis::assemble(app, Page::new(app, lang, "/avis"), row).await?;
    let lines = lines(app, &avis);
    let response = match form {
        Form::Csv => csv(&COLUMNS.map(|(name, _)| name), lines.iter().map(Line::cells))?,
        Form::Totals => csv(&["etat", "etat_libelle", "nombre", "dont_sans_preuve"], totals(&lines))?,
        Form::Json => {
            let open = (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
            let kind = (header::CONTENT_TYPE, "application/json");
            ([kind, open], json_of(app, row, &lines).to_string()).into_response()
        }
    };
    Ok(response)
}

fn lines(app: &App, avis: &Avis) -> Vec<Line> {
    let waits = clock::silence(avis.delivered(), obligations::today(app));
    let kept = avis.recommendations().iter().filter(|one| !one.sheet.card.withdrawn);
    let shown = |one: &Recommendation| {
        let hops: Vec<&Hop> = one.relays.iter().chain(avis.hops()).collect();
        line(one, relays(&hops), avis.authority(), waits.as_ref())
    };
    kept.map(shown).collect()
}

/// To whom, when, acknowledged when, declined when, and how long without an acknowledgement.
fn relays(hops: &[&Hop]) -> [Value; 5] {
    let day = |day: civil::Date| Value::from(day.to_string());
    [
        hops.iter().map(|hop| Value::from(hop.body.as_str())).collect(),
        hops.iter().map(|hop| day(hop.sent_on)).collect(),
        hops.iter().map(|hop| hop.received_on.map_or(Value::Null, day)).collect(),
        hops.iter().map(|hop| hop.declined_on.map_or(Value::Null, day)).collect(),
        hops.iter().map(|hop| Value::from(hop.silent_for)).collect(),
    ]
}

fn line(one: &Recommendation, relays: [Value; 5], authority: Option<&str>, waits: Option<&Silence>) -> Line {
    let said = one.sheet.record.as_ref().map(|record| &record.said);
    let (tier, addressee) = match said {
        Some(Said::Recommendation(said)) => (word(said.tier.as_ref()), said.addressee.to_string()),
        _ => (String::new(), String::new()),
    };
    let counts = one.statements.iter().chain(&one.others).find(|statement| statement.counts);
    let counts = counts.and_then(|statement| statement.sheet.record.as_ref());
    let answered: Option<(&Answer, &Iri)> = one.statements.iter().rev().find_map(|statement| {
        let record = statement.sheet.record.as_ref()?;
        if let Said::Answer(answer) = &record.said { Some((answer, &record.envelope.author)) } else { None }
    });
    let answer = answered.map(|(answer, _)| answer);
    let follow_up: Option<&FollowUp> = match counts.map(|record| &record.said) {
        Some(Said::FollowUp(said)) => Some(said),
        _ => None,
    };
    let reason =
        follow_up.map_or_else(|| answer.and_then(|said| said.reason.as_ref()), |said| said.reason.as_ref());
    let date = |date: Option<&crate::domain::CivilDate>| date.map(ToString::to_string).unwrap_or_default();
    let waits = waits.filter(|_| one.statements.is_empty() && Some(addressee.as_str()) == authority);
    Line {
        number: one.number,
        title: one.sheet.card.title.clone(),
        category: one.category.clone().unwrap_or_default(),
        tier,
        addressee,
        status: one.status.word().to_owned(),
        status_label: one.badge.label.clone(),
        since: counts.map(|record| record.envelope.published.to_string()).unwrap_or_default(),
        decision: word(answer.map(|said| &said.decision)),
        reason: word(reason),
        answered_on: date(answer.and_then(|said| said.decided_on.as_ref())),
        promised_by: date(answer.and_then(|said| said.promised_by.as_ref())),
        answered_by: answered.map(|(_, author)| author.to_string()).unwrap_or_default(),
        relays,
        silence_days: waits.and_then(|waits| waits.days),
        evidence: follow_up
            .map(|said| said.evidence.iter().map(ToString::to_string).collect())
            .unwrap_or_default(),
        without_evidence: one.without_evidence(),
    }
}

fn word<C: Code>(code: Option<&C>) -> String {
    code.map(|code| code.word().to_owned()).unwrap_or_default()
}

impl Line {
    /// Its cells, in the order of [`COLUMNS`].
    fn cells(&self) -> [Value; 21] {
        let [to, on, acknowledged, declined, unacknowledged] = self.relays.clone();
        let text = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
        [
            self.number.into(),
            text(&self.title),
            text(&self.category),
            text(&self.tier),
            text(&self.addressee),
            text(&self.status),
            text(&self.status_label),
            text(&self.since),
            text(&self.decision),
            text(&self.reason),
            text(&self.answered_on),
            text(&self.promised_by),
            text(&self.answered_by),
            to,
            on,
            acknowledged,
            declined,
            unacknowledged,
            self.silence_days.into(),
            self.evidence.clone().into(),
            self.without_evidence.into(),
        ]
    }
}

/// How many stand where, and how many of those are said to be done with nothing shown for it.
fn totals(lines: &[Line]) -> Vec<[Value; 4]> {
    let mut by_status: BTreeMap<(&str, &str), (usize, usize)> = BTreeMap::new();
    for line in lines {
        let (count, bare) = by_status.entry((&line.status, &line.status_label)).or_default();
        *count += 1;
        *bare += usize::from(line.without_evidence);
    }
    let total = |((status, label), (count, bare)): ((&str, &str), (usize, usize))| {
        [status.into(), label.into(), count.into(), bare.into()]
    };
    by_status.into_iter().map(total).collect()
}

/// A table as an answer.
///
/// # Errors
/// `Internal`, never expected.
pub(super) fn csv<const N: usize>(
    names: &[&str; N],
    rows: impl IntoIterator<Item = [Value; N]>,
) -> Result<Response> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(names).map_err(Error::internal)?;
    for row in rows {
        writer.write_record(row.iter().map(cell)).map_err(Error::internal)?;
    }
    let bytes = writer.into_inner().map_err(|error| Error::internal(error.into_error()))?;
    let kind = "text/csv; charset=utf-8; header=present";
    Ok(([(header::CONTENT_TYPE, kind)], bytes).into_response())
}

/// A cell as text; a list keeps its empty places. What a spreadsheet would run as a formula is led by an apostrophe.
fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::Bool(yes) => if *yes { "oui" } else { "non" }.to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(all) => all.iter().map(cell).collect::<Vec<_>>().join(" | "),
        other => other.to_string(),
    };
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text }
}

fn json_of(app: &App, row: &Row, lines: &[Line]) -> Value {
    let mut totals: BTreeMap<&str, usize> = BTreeMap::new();
    for line in lines {
        *totals.entry(&line.status).or_default() += 1;
    }
    let items = lines.iter().map(|line| {
        let cells = COLUMNS.iter().map(|(_, name)| (*name).to_owned()).zip(line.cells());
        Value::Object(cells.collect())
    });
    let items: Vec<Value> = items.collect();
    json!({
        "avis": { "id": row.uri, "title": row.title },
        "day": obligations::today(app).to_string(),
        "count": lines.len(),
        "totals": totals,
        "doneWithoutEvidence": lines.iter().filter(|line| line.without_evidence).count(),
        "items": items,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        assert_eq!(
            cell(&"=HYPERLINK(\"https://evil.example\")".into()),
            "'=HYPERLINK(\"https://evil.example\")"
        );
        assert_eq!(cell(&"une, deux".into()), "une, deux");
        assert_eq!(cell(&json!(["https://a.example/1", null, 25])), "https://a.example/1 |  | 25");
    }
}
