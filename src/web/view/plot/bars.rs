//! Plots of bars, one line each: where recommendations stand by city, the stages of a draw, the grades of a
//! judgement.

use super::{Across, Bar, Down, Figure, Shape, Sign, Table, Words, short};
use crate::{
    domain::codes::Status,
    i18n::t_args,
    web::{
        layout::Page,
        markup::{self, Markup},
        view::Tally,
    },
};

/// Height of a line with its bar, in tenths of a line.
const ROW: usize = 36;
/// Characters of a name.
const LABEL: usize = 34;
/// From what width on a number fits in its bar, in hundredths of a percent.
const ROOM: usize = 900;

/// Where the recommendations of a city stand.
#[derive(Clone, Debug)]
pub struct Progress {
    /// The city.
    pub city: String,
    /// The status of each of its recommendations, in any order.
    pub standing: Vec<Status>,
}

/// A bar, or a part of one.
struct Part {
    class: String,
    label: String,
    number: String,
    from: usize,
    width: usize,
    dense: usize,
}

/// Lines of words, each with its bar below.
fn lines(rows: impl IntoIterator<Item = (String, Vec<Part>)>) -> (Down, Vec<Shape>) {
    let mut shapes = Vec::new();
    let mut top = 0;
    for (label, parts) in rows {
        shapes.push(Shape::line(top + 11, short(&label, LABEL)));
        for part in parts {
            let bar = Bar {
                x: Across(part.from),
                y: Down(top + 15),
                width: Across(part.width),
                height: Down(15),
                dense: part.dense,
            };
            let words = (part.width >= ROOM && !part.number.is_empty()).then(|| Words {
                x: Across(part.from + part.width / 2),
                y: Down(top + 26),
                anchor: "middle",
                text: part.number.clone(),
            });
            shapes.push(Shape { class: part.class, title: part.label, bar: Some(bar), words });
        }
        top += ROW;
    }
    (Down(top), shapes)
}

/// Progress by city: a bar a city, a part a status. `id`: unlike that of any other plot of the page.
#[must_use]
pub fn progress(page: &Page, id: &str, cities: &[Progress]) -> Markup {
    let tallies: Vec<(String, Tally)> =
        cities.iter().map(|one| (markup::name(&one.city), Tally::of(&one.standing, page))).collect();
    let all = Tally::of(cities.iter().flat_map(|one| &one.standing), page);
    let says = |label: &str, count: usize| {
        t_args(page.lang, "plot-says", &[("label", label.into()), ("value", page.number(count).into())])
    };
    let (height, shapes) = lines(tallies.iter().map(|(city, tally)| {
        let parts = tally.parts.iter().map(|part| Part {
            class: format!("s-{}", part.badge.code),
            label: says(&part.badge.label, part.count),
            number: page.number(part.count),
            from: part.from,
            width: part.width,
            dense: 100,
        });
        (says(city, tally.total), parts.collect())
    }));
    let columns = all.parts.iter().map(|part| part.badge.label.clone());
    let rows = tallies.iter().map(|(city, tally)| {
        let count =
            |code: &str| tally.parts.iter().find(|part| part.badge.code == code).map_or(0, |p| p.count);
        let counts = all.parts.iter().map(|part| page.number(count(&part.badge.code)));
        [city.clone()].into_iter().chain(counts).chain([page.number(tally.total)]).collect()
    });
    let head = [page.t("plot-city")].into_iter().chain(columns).chain([page.t("plot-total")]);
    Figure {
        id,
        title: page.t("plot-progress"),
        words: page.t("plot-progress-words"),
        height,
        shapes,
        legend: all
            .parts
            .iter()
            .map(|part| Sign {
                class: format!("s-{}", part.badge.code),
                mark: "■",
                label: part.badge.label.clone(),
            })
            .collect(),
        table: Table { head: head.collect(), rows: rows.collect() },
    }
    .drawn()
}

/// The stages of a draw, from the file to the council, on a scale of orders of magnitude.
#[must_use]
pub fn funnel(page: &Page, stages: &[(String, u32)]) -> Markup {
    let most = stages.iter().map(|(_, count)| *count).max().unwrap_or(1);
    let (height, shapes) = lines(stages.iter().map(|(label, count)| {
        let width = logarithm(*count, most);
        let from = (Across::WHOLE.0 - width) / 2;
        let args = [("label", markup::name(label).into()), ("value", page.number(*count).into())];
        let part = Part {
            class: String::new(),
            label: String::new(),
            number: String::new(),
            from,
            width,
            dense: 100,
        };
        (t_args(page.lang, "plot-says", &args), vec![part])
    }));
    let rows = stages.iter().map(|(label, count)| vec![markup::name(label), page.number(*count)]);
    Figure {
        id: "entonnoir",
        title: page.t("life-stages-caption"),
        words: page.t("life-funnel-scale"),
        height,
        shapes,
        legend: Vec::new(),
        table: Table { head: vec![page.t("life-stage"), page.t("life-people")], rows: rows.collect() },
    }
    .drawn()
}

/// A width on a scale of orders of magnitude, or the last stage of a draw could not be seen.
fn logarithm(count: u32, most: u32) -> usize {
    let scale = |count: u32| {
        let count = u64::from(count.saturating_add(1));
        u64::from(count.ilog2()) * 1000 + count * 1000 / (1 << count.ilog2()) - 1000
    };
    let width = (scale(count) * 10_000).checked_div(scale(most)).unwrap_or(10_000);
    usize::try_from(width).unwrap_or(10_000).clamp(100, 10_000)
}

/// How many gave each grade, from 1 on; that of the majority is the dense one.
#[must_use]
pub fn grades(page: &Page, id: &str, counts: &[u32], majority: Option<usize>) -> Markup {
    let people: u64 = counts.iter().map(|count| u64::from(*count)).sum();
    let most = counts.iter().copied().max().unwrap_or(1).max(1);
    let share = |count: u32| {
        let tenths = (u64::from(count) * 1000 + people / 2).checked_div(people).unwrap_or_default();
        page.percent(usize::try_from(tenths).unwrap_or_default())
    };
    let says = |grade: usize, count: u32| {
        let value = format!("{} ({})", page.number(count), share(count));
        t_args(page.lang, "plot-says", &[("label", page.number(grade).into()), ("value", value.into())])
    };
    let (height, shapes) = lines((1..).zip(counts).map(|(grade, count)| {
        let width = usize::try_from(u64::from(*count) * 10_000 / u64::from(most)).unwrap_or(10_000);
        let dense = if majority == Some(grade) { 100 } else { 45 };
        let part =
            Part { class: String::new(), label: String::new(), number: String::new(), from: 0, width, dense };
        (says(grade, *count), vec![part])
    }));
    let rows = (1_usize..)
        .zip(counts)
        .map(|(grade, count)| vec![page.number(grade), page.number(*count), share(*count)]);
    Figure {
        id,
        title: page.t("plot-grades"),
        words: page.t("plot-grades-words"),
        height,
        shapes,
        legend: Vec::new(),
        table: Table {
            head: vec![page.t("plot-grade-head"), page.t("life-people"), page.t("plot-share")],
            rows: rows.collect(),
        },
    }
    .drawn()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r2_1_the_funnel_is_seen_at_both_ends() {
        assert_eq!(logarithm(40_000, 40_000), 10_000);
        let widths = [40_000, 2_000, 100, 20].map(|count| logarithm(count, 40_000));
        assert!(widths.windows(2).all(|pair| pair[0] > pair[1]), "{widths:?}");
        assert!(widths[3] > 2_000, "{widths:?}");
        assert_eq!(logarithm(0, 0), 10_000);
    }
}
