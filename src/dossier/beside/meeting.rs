//! `[[meetings]]`: meetings of a council, as agendas read them, with who came, in counts, and who was heard.

use jiff::{Timestamp, Zoned, civil, tz::TimeZone};
use serde_json::Value;

use super::{
    Beside, By,
    council::{person, speaker},
    frame, heard, html, named,
};
use crate::{
    domain::{
        CivilDate, Html, Instant, Problem, council,
        html::escape,
        phrases::Phrases,
        said::{self, Hearing, Place, Said},
    },
    dossier::{
        reader::{Fields, Read, code, count, string, truth},
        shared::{path, reference_or_id},
    },
};

/// Time zone of a meeting that names none.
const ZONE: &str = "Europe/Paris";

/// A meeting. Its day and hour are those of the place; date and place are also said in words.
pub(super) fn meeting(mut fields: Fields<'_>) -> Option<Beside> {
    let language = fields.context.language.clone();
    let under = fields.required("council", path);
    let title = fields.title("title");
    let when = when(&mut fields);
    let location = fields.table("place", place);
    let open = fields.optional("open", truth).unwrap_or(false);
    let [present, expected, excused] = attendance(&mut fields);
    let text = fields.optional_text("text");
    let minutes = fields.optional_text("minutes");
    let minutes = html(&fields, minutes.as_ref());
    let meeting = fields.optional("kind", code);
    let question = fields.optional("question", |value| named(&reference_or_id(value)?));
    let working_group = fields.optional("working_group", |value| named(&path(value)?));
    let series = fields.optional("series", |value| named(&reference_or_id(value)?));
    let territory = fields.optional("territory", heard::territory);
    let reached = fields.optional("reached", count);
    let hearings = fields.tables("hearings", |fields, _| hearing(fields));
    let publics = fields.list("publics", string);
    let partners = fields.list("partners", string);
    let frame = frame(fields);
    let (under, title, (start, end)) = (under?, title?, when?);
    let said = said::Meeting {
        name: title.of(&language)?.to_owned(),
        name_map: title.from(&language).map(|(tag, words)| (tag.to_owned(), words.into())).collect(),
        when_and_where: in_words(&start, location.as_ref(), open, &language)?,
        start: Instant::of(start.timestamp()),
        end: end.map(|end| Instant::of(end.timestamp())),
        timezone: start.time_zone().iana_name().unwrap_or(ZONE).to_owned(),
        join_mode: if open { "free" } else { "invite" }.to_owned(),
        location,
        organiser: speaker(frame.by.as_ref(), &under)?,
        meeting,
        question,
        working_group,
        series,
        territory,
        present,
        expected,
        excused,
        reached,
        hearings,
        publics,
        partners,
        minutes,
    };
    let on = CivilDate::parse(&start.date().to_string()).ok()?;
    let default = format!("seance-{on}");
    let item = frame.item(&default, Some(under), By::Council, Said::Meeting(Box::new(said)))?;
    Some(Beside { text, on: Some(on), replies: false, ..item })
}

/// When it begins and ends, in the time zone of its place.
fn when(fields: &mut Fields<'_>) -> Option<(Zoned, Option<Zoned>)> {
    let zone = fields.optional("timezone", |value| {
        let name = string(value)?;
        TimeZone::get(&name).map_err(|_| Problem::new("", "time-zone", name))
    });
    let zone = zone.or_else(|| TimeZone::get(ZONE).ok()).unwrap_or(TimeZone::UTC);
    let start = fields.required("start", |value| moment(value, &zone));
    let end = fields.optional("end", |value| moment(value, &zone));
    if let (Some(start), Some(end)) = (&start, &end)
        && end <= start
    {
        fields.refuse("end", "date-order", format!("{} ≤ {}", end.datetime(), start.datetime()));
    }
    Some((start?, end))
}

/// Day and hour at the place, `2026-06-04T18:30`, or an instant with its offset.
fn moment(value: &Value, zone: &TimeZone) -> Read<Zoned> {
    let text = string(value)?;
    let refused = || Problem::new("", "moment", &text);
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant.to_zoned(zone.clone()));
    }
    let local: civil::DateTime = text.parse().map_err(|_| refused())?;
    if !text.contains(['T', 't', ' ']) {
        return Err(refused());
    }
    local.to_zoned(zone.clone()).map_err(|_| refused())
}

fn in_words(start: &Zoned, place: Option<&Place>, open: bool, language: &str) -> Option<Html> {
    let parts = place.map(|place| [Some(place.name.as_str()), place.address.as_deref()]);
    let parts: Vec<&str> = parts.iter().flatten().flatten().copied().collect();
    let words = council::when_and_where(start, &parts, open, &Phrases::in_language(language));
    Html::parse(&format!("<p>{}</p>", escape(&words))).ok()
}

/// Who came, of whom, and who told why not: counts, never names (requirement 2.14).
fn attendance(fields: &mut Fields<'_>) -> [Option<u32>; 3] {
    let counts = ["present", "expected", "excused"].map(|name| fields.optional(name, count));
    if let [Some(present), Some(expected), excused] = counts
        && present.saturating_add(excused.unwrap_or(0)) > expected
    {
        fields.refuse("present", "attendance", format!("{present} + {} > {expected}", excused.unwrap_or(0)));
    }
    counts
}

fn place(mut fields: Fields<'_>) -> Option<Place> {
    let name = fields.required("name", string);
    let address = fields.optional("address", string);
    fields.done();
    Some(Place { kind: "Place".to_owned(), name: name?, address })
}

fn hearing(mut fields: Fields<'_>) -> Option<Hearing> {
    let speaker = person(&mut fields, "speaker");
    let organisation = fields.optional("organisation", string);
    let sector = fields.required("sector", code);
    let topic = fields.required("topic", string);
    fields.done();
    Some(Hearing { speaker, organisation, sector: sector?, topic: topic? })
}
