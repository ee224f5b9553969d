//! The life of a council as shown: who sits, how they were drawn, what they plan, when they meet, what they hand
//! over, who watches over the method. The same fragments stand on the page of a council and on that of a record,
//! ours or received.

use askama::Template;

use super::{Card, People, Who, agreement, plot};
use crate::{
    App, Result,
    domain::{
        self, Code as _, Instant, Record, Version,
        codes::{Quadrant, Sector},
        council::{self, Attendance},
        obligations::day_of,
        record::Claim,
        said::{self, Said},
    },
    storage::records::{self, Page as Slice, Row},
    web::{
        layout::Page,
        markup::{self, Markup},
    },
};

/// Records of one kind that the page of a council reads.
const MOST: i64 = 100;
/// Past meetings, and groups, that it shows.
const SHOWN: usize = 10;

/// Everything a council's page says of its life.
#[derive(Default)]
pub struct Life {
    /// Who sits: the latest, and the page of that record.
    pub composition: Option<(String, Markup)>,
    /// How the latest were drawn, and the page of that record.
    pub draw: Option<(String, Markup)>,
    /// Pages of the other compositions and draws, reviews, programmes, groups.
    pub before: Vec<Card>,
    /// Programme and yearly review, the latest of each: page, title, what it says.
    pub plans: Vec<(Card, Vec<(String, String)>)>,
    /// Meetings to come, the next first.
    pub to_come: Vec<Met>,
    /// Past meetings, the latest first.
    pub past: Vec<Met>,
    /// What past meetings add up to: label and value.
    pub attendance: Vec<(String, String)>,
    /// What it handed over beside its avis.
    pub deliverables: Vec<Card>,
    /// Who watches over its method.
    pub guarantors: Vec<Who>,
    /// What they reported.
    pub reports: Vec<Card>,
}

/// A meeting in a list.
pub struct Met {
    /// Its page.
    pub card: Card,
    /// Date, hour and place, in words.
    pub when: Markup,
    /// How many were there.
    pub there: Option<String>,
}

/// A record that was read.
pub(super) type Read<T> = (Row, Box<Record>, T);

/// The latest records of a kind by an author, as `pick` takes them.
pub(super) async fn read<T>(
    app: &App,
    author: &str,
    kind: &str,
    pick: impl Fn(&Said) -> Option<T>,
) -> Result<Vec<Read<T>>> {
    let rows = records::by_author(&app.db, author, kind, &Slice::first(MOST)).await?;
    Ok(rows.into_iter().filter(|row| !row.withdrawn).filter_map(|row| picked(row, &pick)).collect())
}

fn picked<T>(row: Row, pick: impl Fn(&Said) -> Option<T>) -> Option<Read<T>> {
    let Ok(Version::Record(record)) = Version::parse(&row.document) else { return None };
    let said = pick(&record.said)?;
    Some((row, record, said))
}

/// The words of one kind.
macro_rules! of {
    ($kind:ident) => {
        |said| match said {
            Said::$kind(said) => Some(said.clone()),
            _ => None,
        }
    };
}

pub(super) use of;

impl Life {
    /// Reads the life of a council of ours; `claims` are what sources say of it.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn of(app: &App, page: &Page, council: &str, claims: &[Claim]) -> Result<Self> {
        let mut compositions = read(app, council, "Composition", of!(Composition)).await?;
        compositions.sort_by(|a, b| (&b.2.as_of, &b.0.uri).cmp(&(&a.2.as_of, &a.0.uri)));
        let mut draws = read(app, council, "Draw", of!(Draw)).await?;
        draws.sort_by(|a, b| (&b.2.as_of, &b.0.uri).cmp(&(&a.2.as_of, &a.0.uri)));
        let deliverables = read(app, council, "Deliverable", of!(Deliverable)).await?;
        let reports = records::concerning(&app.db, &[council], "concerns").await?;
        let reports = reports.into_iter().map(|one| one.record);
        let reports: Vec<Row> = reports
            .filter(|row| row.kind == "Deliverable" && row.author != council && !row.withdrawn)
            .collect();
        let guarantors: Vec<String> = match compositions.first() {
            Some((_, _, said)) => said.guarantors.iter().map(ToString::to_string).collect(),
            None => Vec::new(),
        };
        let mut named: Vec<&str> = guarantors.iter().map(String::as_str).collect();
        named.push(council);
        named.extend(reports.iter().map(|row| row.author.as_str()));
        let people = People::load(app, named).await?;
        let mut watching: Vec<&str> = guarantors.iter().map(String::as_str).collect();
        watching.extend(reports.iter().map(|row| row.author.as_str()));
        watching.sort_unstable();
        watching.dedup();
        let card = |row: &Row| Card::of(app, page, &people, row);
        let mut life = Self {
            before: compositions.iter().skip(1).map(|(row, ..)| card(row)).collect(),
            deliverables: deliverables.iter().map(|(row, ..)| card(row)).collect(),
            guarantors: watching.into_iter().map(|uri| people.who(uri)).collect(),
            reports: reports.iter().map(card).collect(),
            ..Self::default()
        };
        life.before.extend(draws.iter().skip(1).map(|(row, ..)| card(row)));
        life.composition = compositions.first().map(|(row, record, said)| {
            let claims: Vec<Claim> = claims.iter().chain(&record.envelope.claims).cloned().collect();
            (card(row).href, composition(app, page, said, &claims))
        });
        life.draw = draws.first().map(|(row, _, said)| {
            let href = card(row).href;
            let table = Some(format!("{href}.csv"));
            (href, draw(page, said, table))
        });
        life.plan(app, page, council, &people).await?;
        life.meet(app, page, council, &people).await?;
        Ok(life)
    }

    /// Programmes, reviews and working groups.
    async fn plan(&mut self, app: &App, page: &Page, council: &str, people: &People) -> Result<()> {
        let phrases = domain::phrases::Phrases::in_language(page.lang.code());
        for (kind, shown) in [("Programme", 1), ("Review", 1), ("WorkingGroup", SHOWN)] {
            let mut found = read(app, council, kind, |said| Some(said.clone())).await?;
            let year = |said: &Said| match said {
                Said::Programme(said) => said.year.to_string(),
                Said::Review(said) => said.year.to_string(),
                _ => String::new(),
            };
            found.sort_by(|a, b| {
                (year(&b.2), &b.0.published, &b.0.uri).cmp(&(year(&a.2), &a.0.published, &a.0.uri))
            });
            for (at, (row, _, said)) in found.iter().enumerate() {
                let card = Card::of(app, page, people, row);
                if at < shown {
                    let facts = domain::facts::facts(said, &phrases);
                    self.plans.push((card, facts.into_iter().map(|fact| (fact.label, fact.value)).collect()));
                } else {
                    self.before.push(card);
                }
            }
        }
        Ok(())
    }

    /// Meetings to come and past, and what the past ones add up to.
    async fn meet(&mut self, app: &App, page: &Page, council: &str, people: &People) -> Result<()> {
        let mut meetings = read(app, council, "Meeting", of!(Meeting)).await?;
        meetings.sort_by(|a, b| (a.2.start, &a.0.uri).cmp(&(b.2.start, &b.0.uri)));
        let now = Instant::of(app.clock.now());
        let past = meetings.partition_point(|(_, _, said)| said.start <= now);
        let met = |(row, _, said): &Read<Box<said::Meeting>>| Met {
            card: Card::of(app, page, people, row),
            when: markup::clean(said.when_and_where.as_str()),
            there: said.present.map(|present| there(page, present, said.expected)),
        };
        self.attendance =
            attendance(page, &Attendance::of(meetings[..past].iter().map(|(_, _, said)| &**said)), past);
        self.to_come = meetings[past..].iter().map(met).collect();
        self.past = meetings[..past].iter().rev().take(SHOWN).map(met).collect();
        Ok(())
    }

    /// Whether there is anything to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.composition.is_none()
            && self.draw.is_none()
            && self.plans.is_empty()
            && self.past.is_empty()
            && self.to_come.is_empty()
            && self.deliverables.is_empty()
            && self.guarantors.is_empty()
    }
}

/// “14 of 18”, or what there is of it.
fn there(page: &Page, present: u32, expected: Option<u32>) -> String {
    let present = page.number(present);
    match expected {
        Some(expected) => {
            let args = [("there", present.into()), ("of", page.number(expected).into())];
            crate::i18n::t_args(page.lang, "life-present-of", &args)
        }
        None => page.with("life-present", "there", present),
    }
}

/// What meetings add up to, as labels and values.
fn attendance(page: &Page, sum: &Attendance, meetings: usize) -> Vec<(String, String)> {
    let mut facts = Vec::new();
    if meetings > 0 {
        facts.push((page.t("life-meetings-held"), page.number(meetings)));
    }
    if let (Some(percent), Some(expected)) = (sum.percent(), sum.expected) {
        let value = format!("{percent}\u{a0}% ({})", there(page, sum.present, Some(expected)));
        facts.push((page.t("life-participation"), value));
    }
    if sum.excused > 0 {
        facts.push((page.t("life-excused"), page.number(sum.excused)));
    }
    if sum.reached > 0 {
        facts.push((page.t("life-reached"), page.number(sum.reached)));
    }
    if !sum.heard.is_empty() {
        let sector = |(sector, count): &(Sector, usize)| {
            format!("{} ({})", markup::name(sector.label(page.lang.code())), page.number(count))
        };
        facts.push((page.t("life-heard"), sum.heard.iter().map(sector).collect::<Vec<_>>().join(", ")));
    }
    facts
}

/// Whether a page draws what a record says: [`fragment`] of it.
#[must_use]
pub(super) const fn is_drawn(said: &Said) -> bool {
    matches!(
        said,
        Said::Composition(_)
            | Said::Draw(_)
            | Said::Deliverable(_)
            | Said::DebateSeries(_)
            | Said::Publication(_)
            | Said::Convention(_)
    )
}

/// What a record of the life of a council shows instead of a list of facts.
#[must_use]
pub fn fragment(app: &App, page: &Page, row: &Row, record: &Record) -> Option<Markup> {
    match &record.said {
        Said::Composition(said) => Some(composition(app, page, said, &record.envelope.claims)),
        Said::Draw(said) => Some(draw(page, said, row.ours.then(|| format!("{}.csv", page.path)))),
        Said::Deliverable(said) => Some(deliverable(page, said)),
        Said::Agreement(said) => Some(agreement::whole(page, &row.lang, said)),
        _ => None,
    }
}

#[derive(Template)]
#[template(path = "parts/composition.html")]
struct Composition<'a> {
    page: &'a Page,
    as_of: Markup,
    seats: Vec<Seats>,
    total: u32,
    /// How many there should be, and how far that is from the total.
    target: Option<(u32, String)>,
    /// What sources say there is: value, how far that is from the total, source.
    stated: Vec<(u32, String, String)>,
    roles: Vec<(String, u32)>,
    named: Vec<String>,
    endings: Vec<(u32, String, Markup, bool)>,
}

struct Seats {
    origin: String,
    count: u32,
    term: Option<u32>,
    since: Option<Markup>,
    until: Option<Markup>,
}

fn composition(app: &App, page: &Page, said: &said::Composition, claims: &[Claim]) -> Markup {
    let lang = page.lang.code();
    let seats = said.seats.iter().map(|seats| Seats {
        origin: markup::name(seats.origin.label(lang)),
        count: seats.count,
        term: seats.term,
        since: seats.since.as_ref().map(|date| page.civil(date)),
        until: seats.until.as_ref().map(|date| page.civil(date)),
    });
    let total = said.seats.iter().fold(0_u32, |sum, seats| sum.saturating_add(seats.count));
    let gap = |number: u32| {
        let gap = i64::from(total) - i64::from(number);
        if gap > 0 { format!("+{}", page.number(gap)) } else { page.number(gap) }
    };
    let stated = claims.iter().filter(|claim| claim.about == "parvis:seats").filter_map(|claim| {
        let value = u32::try_from(claim.value.as_u64()?).ok()?;
        Some((value, gap(value), markup::name(&claim.source.name)))
    });
    let endings = council::endings(said, day_of(Instant::of(app.clock.now())));
    let endings = endings.into_iter().map(|ending| {
        let origin = markup::name(ending.origin.label(lang));
        (ending.count, origin, page.civil(&ending.until), ending.past)
    });
    Markup::rendered(&Composition {
        as_of: page.civil(&said.as_of),
        seats: seats.collect(),
        total,
        target: said.target.map(|target| (target, gap(target))),
        stated: stated.collect(),
        roles: said.roles.iter().map(|role| (markup::name(role.role.label(lang)), role.count)).collect(),
        named: said.named.iter().map(|name| markup::name(name)).collect(),
        endings: endings.collect(),
        page,
    })
}

#[derive(Template)]
#[template(path = "parts/draw.html")]
struct Draw<'a> {
    page: &'a Page,
    as_of: Markup,
    replaces: Option<u32>,
    funnel: Option<Markup>,
    criteria: Vec<(String, Vec<Group>)>,
    table: Option<String>,
}

struct Group {
    label: String,
    target: Option<u32>,
    obtained: Option<u32>,
    /// Widths of both bars, of 1000.
    wanted: u32,
    got: u32,
}

/// The funnel as a plot and a table, the criteria as tables with bars. `table`: where the CSV is.
fn draw(page: &Page, said: &said::Draw, table: Option<String>) -> Markup {
    let stages = said.stages.iter();
    let stages: Vec<(String, u32)> =
        stages.map(|stage| (stage.stage.label(page.lang.code()).to_owned(), stage.count)).collect();
    let criteria = said.criteria.iter().map(|criterion| {
        let counts = criterion.groups.iter().flat_map(|group| [group.target, group.obtained]).flatten();
        let most = counts.max().unwrap_or(1).max(1);
        let width = |count: Option<u32>| {
            u32::try_from(u64::from(count.unwrap_or(0)) * 1000 / u64::from(most)).unwrap_or(1000)
        };
        let groups = criterion.groups.iter().map(|group| Group {
            label: markup::name(&group.label),
            target: group.target,
            obtained: group.obtained,
            wanted: width(group.target),
            got: width(group.obtained),
        });
        (markup::name(&criterion.criterion), groups.collect())
    });
    Markup::rendered(&Draw {
        as_of: page.civil(&said.as_of),
        replaces: said.replaces,
        funnel: (!stages.is_empty()).then(|| plot::funnel(page, &stages)),
        criteria: criteria.collect(),
        table,
        page,
    })
}

#[derive(Template)]
#[template(path = "parts/deliverable.html")]
struct Deliverable<'a> {
    page: &'a Page,
    kind: String,
    as_of: Option<Markup>,
    body: Option<Markup>,
    axes: Vec<(String, Option<Markup>)>,
    /// Rows of two cells: label, findings and how sure each is.
    quadrants: Vec<[Cell; 2]>,
    others: Vec<(String, String)>,
    candidates: Vec<(String, bool)>,
    method: Option<String>,
}

struct Cell {
    label: String,
    findings: Vec<(String, String)>,
}

fn deliverable(page: &Page, said: &said::Deliverable) -> Markup {
    let lang = page.lang.code();
    let finding = |one: &said::Finding| (markup::name(&one.text), markup::name(one.certainty.label(lang)));
    let cell = |quadrant: Quadrant| Cell {
        findings: said.analysis.iter().filter(|one| one.quadrant == quadrant).map(finding).collect(),
        label: quadrant.label(lang).to_owned(),
    };
    let quadrants = vec![
        [cell(Quadrant::Advantage), cell(Quadrant::Drawback)],
        [cell(Quadrant::Opportunity), cell(Quadrant::Risk)],
    ];
    let others = said.analysis.iter().filter(|one| one.quadrant.unknown().is_some()).map(finding);
    let mut candidates: Vec<(String, bool)> =
        said.candidates.iter().map(|one| (markup::name(one), said.chosen.contains(one))).collect();
    if candidates.is_empty() {
        candidates = said.chosen.iter().map(|one| (markup::name(one), true)).collect();
    }
    Markup::rendered(&Deliverable {
        kind: markup::name(said.deliverable.label(lang)),
        as_of: said.as_of.as_ref().map(|date| page.civil(date)),
        body: said.body.as_ref().map(|body| markup::clean(body.as_str())),
        axes: said
            .axes
            .iter()
            .map(|axis| {
                (markup::name(&axis.title), axis.text.as_ref().map(|text| markup::clean(text.as_str())))
            })
            .collect(),
        quadrants: if said.analysis.is_empty() { Vec::new() } else { quadrants },
        others: others.collect(),
        candidates,
        method: said.method.as_deref().map(markup::name),
        page,
    })
}
