//! The Atom feed of a convention: who comes and goes, what is contributed and taken back, what is said of the whole, and
//! what becomes of what was contributed: answers, follow-ups, majority judgements, take-ups. One entry per record,
//! which comes up again when it changes or is withdrawn.

use std::collections::{BTreeMap, BTreeSet};

use atom_syndication::{Category, Entry, Feed, Text};
use jiff::tz::TimeZone;

use super::{entry, feed, person};
use crate::{
    App, Error, Result,
    actions::{
        conventions::{self, Known},
        side_by_side,
    },
    domain::{Iri, convention::Standing},
    i18n::{Lang, t, t_args},
    storage::{
        actors::Actor,
        records::{self, Row},
    },
    web::view::{self, People},
};

/// Entries of the feed, those that changed last.
const ENTRIES: usize = 60;

/// The feed of a Group of ours.
pub(super) async fn of(app: &App, lang: Lang, group: &Actor) -> Result<Feed> {
    let known = conventions::of_group(app, &Iri::parse(&group.uri)?).await?;
    let known = known.ok_or_else(|| Error::not_found(format!("feed {}", group.handle)))?;
    let page = view::href(app, &known.row);
    let rows = rows(app, known).await?;
    let people = People::load(app, rows.iter().map(|row| row.author.as_str())).await?;
    let mut entries: Vec<Entry> = rows.iter().map(|row| of_row(app, lang, &people, row)).collect();
    entries.sort_by(|a, b| (b.updated, &b.id).cmp(&(a.updated, &a.id)));
    entries.truncate(ENTRIES);
    let title = t_args(lang, "feed-convention", &[("name", group.name.as_str().into())]);
    Ok(feed(app, lang, group, (title, page), entries))
}

fn of_row(app: &App, lang: Lang, people: &People, row: &Row) -> Entry {
    let who = people.who(&row.author);
    let mut entry = entry(app, lang, &person(app, &who.name, &who.href), row, None);
    if row.withdrawn {
        let mark = t(lang, "mark-withdrawn");
        entry.title = Text::plain(format!("{} ({mark})", entry.title.value));
        let withdrawn = Category { term: "withdrawn".to_owned(), label: Some(mark), ..Category::default() };
        entry.categories.push(withdrawn);
    }
    entry
}

/// What a convention tells of itself and of what it was given, proven.
async fn rows(app: &App, known: Known) -> Result<Vec<Row>> {
    let day = app.clock.now().to_zoned(TimeZone::UTC).date();
    let mut all: BTreeMap<String, Row> = BTreeMap::new();
    let mut add = |row: Row| drop(all.insert(row.uri.clone(), row));
    known.records.iter().filter(|row| tells(&known, row)).cloned().for_each(&mut add);
    let table = side_by_side::table(app, known, day).await?;
    let lines = table.lines.iter();
    let contributed: Vec<&Row> =
        lines.flat_map(|line| [Some(&line.row), line.avis.as_deref()]).flatten().collect();
    let targets: BTreeSet<&str> = contributed.iter().map(|row| row.uri.as_str()).collect();
    let targets: Vec<&str> = targets.into_iter().collect();
    // How it came in is told already; to other conventions it may be given too.
    let about = records::concerning(&app.db, &targets, "concerns").await?.into_iter().map(|one| one.record);
    about.filter(|row| row.kind != "Contribution").for_each(&mut add);
    contributed.into_iter().filter(|row| row.version > 1).cloned().for_each(&mut add);
    Ok(all.into_values().filter(|row| row.proof == "valid").collect())
}

/// Whether a record that names the convention is for its feed: a word of its host, or of a council that is or was in
/// it. Who merely asks is not announced.
fn tells(known: &Known, row: &Row) -> bool {
    let been = |council: &str| {
        let was = [Standing::Member, Standing::Left, Standing::Excluded];
        let member = known.members.iter().find(|member| member.council.as_str() == council);
        member.is_some_and(|member| member.ruling.is_some() && was.contains(&member.standing))
    };
    match row.kind.as_str() {
        "Convention" | "Admission" | "Synthesis" => row.author == known.host(),
        "Adhesion" | "Contribution" => been(&row.author),
        _ => false,
    }
}
