//! A plot of what happened when: a line of marks for each city.

use std::collections::BTreeMap;

use jiff::civil;

use super::{Across, Down, Figure, Shape, Sign, Table, Words, short};
use crate::{
    domain::CivilDate,
    i18n::t_args,
    web::{
        layout::Page,
        markup::{self, Markup},
    },
};

/// Marks drawn at most, before days are taken together as months, and months as years.
const MOST: usize = 60;
/// Marks closer than this, in hundredths of a percent, stand below each other.
const APART: usize = 500;
/// Left and right of the marks.
const MARGIN: usize = 300;
/// Signs of the kinds, by the order in which they first happen; kinds beyond share the last.
const SIGNS: [&str; 6] = ["■", "●", "▲", "◆", "□", "○"];

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Event {
    /// In which city.
    pub city: String,
    /// The kind of the record that says it: `Avis`, `Answer`, `FollowUp`, `Contribution`.
    pub kind: String,
    /// When.
    pub day: civil::Date,
}

/// How finely dates are told apart.
#[derive(Clone, Copy)]
enum Grain {
    Day,
    Month,
    Year,
}

impl Grain {
    /// First day of the period a day is in.
    fn start(self, day: civil::Date) -> civil::Date {
        match self {
            Self::Day => day,
            Self::Month => day.first_of_month(),
            Self::Year => day.first_of_year(),
        }
    }

    /// The period in words.
    fn words(self, page: &Page, start: civil::Date) -> String {
        let written = start.to_string();
        let kept = match self {
            Self::Day => written.len(),
            Self::Month => written.len().saturating_sub(3),
            Self::Year => written.len().saturating_sub(6),
        };
        let civil = CivilDate::parse(&written[..kept]);
        civil.map(|date| markup::plain(page.civil(&date).as_str(), 60)).unwrap_or(written)
    }
}

/// How often a kind happened in a city, by period; cities and kinds by their place.
type Marks = BTreeMap<(civil::Date, usize, usize), usize>;

/// A timeline: a line for each city, in the order of their first event given, and a mark for each kind and day. When
/// there are many, days are counted together as months, or years. `id`: unlike that of any other plot of the page.
#[must_use]
pub fn timeline(page: &Page, id: &str, events: &[Event]) -> Markup {
    let cities = places(events, |event| &event.city);
    let kinds = places(events, |event| &event.kind);
    let (grain, marks) = marks(events, &cities, &kinds);
    let label = |kind: usize| page.label("kind", kinds[kind]);
    let says = |kind: usize, at: civil::Date, count: usize| {
        let period = grain.words(page, at);
        let args =
            [("row", period.into()), ("column", label(kind).into()), ("value", page.number(count).into())];
        t_args(page.lang, "plot-cell", &args)
    };
    let (height, shapes) = draw(page, &cities, grain, &marks, says);
    let rows = marks.iter().map(|((at, city, kind), count)| {
        vec![grain.words(page, *at), markup::name(cities[*city]), label(*kind), page.number(*count)]
    });
    let heads = ["plot-when", "plot-city", "plot-kind", "plot-count"];
    Figure {
        id,
        title: page.t("plot-timeline"),
        words: page.t("plot-timeline-words"),
        height,
        shapes,
        legend: (0..kinds.len())
            .map(|kind| Sign { class: class(kind), mark: sign(kind), label: label(kind) })
            .collect(),
        table: Table { head: heads.iter().map(|key| page.t(key)).collect(), rows: rows.collect() },
    }
    .drawn()
}

/// Each value once, in the order in which they come.
fn places<'a>(events: &'a [Event], of: impl Fn(&'a Event) -> &'a String) -> Vec<&'a str> {
    let mut found: Vec<&str> = Vec::new();
    for event in events {
        let one = of(event).as_str();
        if !found.contains(&one) {
            found.push(one);
        }
    }
    found
}

/// The finest periods that give no more marks than can be told apart.
fn marks(events: &[Event], cities: &[&str], kinds: &[&str]) -> (Grain, Marks) {
    let place = |all: &[&str], one: &str| all.iter().position(|known| *known == one).unwrap_or_default();
    let count = |grain: Grain| {
        let mut marks = Marks::new();
        for event in events {
            let key = (grain.start(event.day), place(cities, &event.city), place(kinds, &event.kind));
            *marks.entry(key).or_default() += 1;
        }
        (grain, marks)
    };
    let few = |(_, marks): &(Grain, Marks)| marks.len() <= MOST;
    let finest = [Grain::Day, Grain::Month].into_iter().map(count).find(few);
    finest.unwrap_or_else(|| count(Grain::Year))
}

fn draw(
    page: &Page,
    cities: &[&str],
    grain: Grain,
    marks: &Marks,
    says: impl Fn(usize, civil::Date, usize) -> String,
) -> (Down, Vec<Shape>) {
    let days = || marks.keys().map(|(at, ..)| *at);
    let (Some(first), Some(last)) = (days().min(), days().max()) else { return (Down(0), Vec::new()) };
    let between = |a: civil::Date, b: civil::Date| {
        a.until(b).ok().and_then(|span| usize::try_from(span.get_days()).ok()).unwrap_or_default()
    };
    let span = between(first, last);
    let across = |at: civil::Date| {
        let room = Across::WHOLE.0 - 2 * MARGIN;
        MARGIN + (between(first, at) * room).checked_div(span).unwrap_or(room / 2)
    };
    let (mut shapes, mut top) = (Vec::new(), 0);
    for (place, city) in cities.iter().enumerate() {
        shapes.push(Shape::line(top + 11, short(&markup::name(city), 36)));
        shapes.push(Shape::rule(top + 15));
        // How far each level below the line is taken.
        let mut taken: Vec<usize> = Vec::new();
        for ((at, _, kind), count) in marks.iter().filter(|((_, city, _), _)| *city == place) {
            let x = across(*at);
            let free = taken.iter().position(|until| *until + APART <= x);
            let level = free.unwrap_or_else(|| {
                taken.push(0);
                taken.len() - 1
            });
            taken[level] = x;
            let y = Down(top + 28 + 12 * level);
            let words = Words { x: Across(x), y, anchor: "middle", text: sign(*kind).to_owned() };
            shapes.push(Shape {
                class: class(*kind),
                title: says(*kind, *at, *count),
                bar: None,
                words: Some(words),
            });
        }
        top += 28 + 12 * taken.len();
    }
    let ends = [(Across(0), "start", first), (Across::WHOLE, "end", last)];
    for (x, anchor, at) in ends.into_iter().take(if span == 0 { 1 } else { 2 }) {
        let words = Words { x, y: Down(top + 8), anchor, text: grain.words(page, at) };
        shapes.push(Shape { words: Some(words), ..Shape::default() });
    }
    (Down(top + 14), shapes)
}

fn sign(kind: usize) -> &'static str {
    SIGNS[kind.min(SIGNS.len() - 1)]
}

/// Class of the colour of a kind.
fn class(kind: usize) -> String {
    format!("sign v-{}", kind % 4)
}
