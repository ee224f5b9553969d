//! A plot of counts in rows and columns: how many recommendations of each city stand under each theme.

use super::{Across, Bar, Down, Figure, Shape, Table, Words, short};
use crate::{
    i18n::t_args,
    web::{
        layout::Page,
        markup::{self, Markup},
    },
};

/// Height of a row with its words, in tenths of a line.
const ROW: usize = 38;
/// Characters of the name of a row, and of a city.
const LABELS: [usize; 2] = [34, 22];
/// Names of cities stand side by side when they take no more characters than this; else they are written downwards.
const SIDE_BY_SIDE: usize = 32;
/// Density of a cell with one, and of the cell with most, in percent: words stay readable on both.
const DENSE: [usize; 2] = [10, 45];

/// Counts by theme or sub-question, and by city.
#[derive(Clone, Debug)]
pub struct Coverage {
    /// The columns.
    pub cities: Vec<String>,
    /// The rows: a theme or a sub-question, and a count for each city, in their order.
    pub rows: Vec<(String, Vec<usize>)>,
}

/// Coverage: themes or sub-questions in rows, cities in columns, the count in the cell. `id`: unlike that of any
/// other plot of the page.
#[must_use]
pub fn coverage(page: &Page, id: &str, shown: &Coverage) -> Markup {
    let columns = shown.cities.len();
    let most = shown.rows.iter().flat_map(|(_, counts)| counts).copied().max().unwrap_or(1).max(1);
    let cities: Vec<String> = shown.cities.iter().map(|city| markup::name(city)).collect();
    let longest = cities.iter().map(|city| city.chars().count().min(LABELS[1] + 1)).max().unwrap_or(0);
    let down = longest * columns > SIDE_BY_SIDE;
    let mut top = if down { longest * 6 + 6 } else { 14 };
    let mut shapes: Vec<Shape> = (0..)
        .zip(&cities)
        .map(|(column, city)| Shape {
            class: if down { "down".to_owned() } else { String::new() },
            title: if city.chars().count() > LABELS[1] { city.clone() } else { String::new() },
            bar: None,
            words: Some(Words {
                x: Across::of(2 * column + 1, 2 * columns),
                y: Down(top - 4),
                anchor: if down { "end" } else { "middle" },
                text: short(city, LABELS[1]),
            }),
        })
        .collect();
    for (row, counts) in &shown.rows {
        let row = markup::name(row);
        shapes.push(Shape::line(top + 11, short(&row, LABELS[0])));
        for (column, (count, city)) in counts.iter().zip(&cities).enumerate() {
            shapes.push(cell(page, (column, columns), top, (*count, most), (&row, city)));
        }
        top += ROW;
    }
    let rows = shown.rows.iter().map(|(row, counts)| {
        let all = counts
            .iter()
            .chain([counts.iter().sum::<usize>()].iter())
            .map(|count| page.number(*count))
            .collect::<Vec<_>>();
        [markup::name(row)].into_iter().chain(all).collect()
    });
    let head = [page.t("plot-theme")].into_iter().chain(cities.clone()).chain([page.t("plot-total")]);
    Figure {
        id,
        title: page.t("plot-coverage"),
        words: page.t("plot-coverage-words"),
        height: Down(top),
        shapes,
        legend: Vec::new(),
        table: Table { head: head.collect(), rows: rows.collect() },
    }
    .drawn()
}

/// A cell: its count, on a ground the denser the more there are.
fn cell(
    page: &Page,
    (column, columns): (usize, usize),
    top: usize,
    (count, most): (usize, usize),
    (row, city): (&str, &str),
) -> Shape {
    let title = t_args(
        page.lang,
        "plot-cell",
        &[("row", row.into()), ("column", city.into()), ("value", page.number(count).into())],
    );
    let words = Words {
        x: Across::of(2 * column + 1, 2 * columns),
        y: Down(top + 28),
        anchor: "middle",
        text: page.number(count),
    };
    let bar = Bar {
        x: Across::of(column, columns),
        y: Down(top + 15),
        width: Across::of(1, columns),
        height: Down(19),
        dense: if count == 0 { 0 } else { DENSE[0] + count * (DENSE[1] - DENSE[0]) / most },
    };
    Shape { title, bar: Some(bar), words: Some(words), ..Shape::default() }
}
