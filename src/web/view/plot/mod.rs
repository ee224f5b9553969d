//! Plots as accessible SVG, drawn here: no script, a title and a description, the same numbers in the table that
//! follows. Places across are percents and places down are lines of text, so that bars stretch while words keep
//! their size: the same plot is read at 320 pixels, on a large screen and on paper.

mod bars;
mod matrix;
mod timeline;

use std::fmt;

use askama::Template;

pub use bars::{Progress, funnel, grades, progress};
pub use matrix::{Coverage, coverage};
pub use timeline::{Event, timeline};

use crate::web::markup::Markup;

/// A place or a length across, in hundredths of a percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Across(usize);

impl Across {
    /// The whole width.
    const WHOLE: Self = Self(10_000);

    /// `part` of `whole` of the width.
    fn of(part: usize, whole: usize) -> Self {
        Self((part * 10_000).checked_div(whole).unwrap_or_default())
    }
}

impl fmt::Display for Across {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}%", self.0 / 100, self.0 % 100)
    }
}

/// A place or a length down, in tenths of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Down(usize);

impl fmt::Display for Down {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}em", self.0 / 10, self.0 % 10)
    }
}

/// A thing drawn: a bar, words, or words on a bar.
#[derive(Default)]
struct Shape {
    /// Class of its colour.
    class: String,
    /// What it says to whoever points at it.
    title: String,
    bar: Option<Bar>,
    words: Option<Words>,
}

struct Bar {
    x: Across,
    y: Down,
    width: Across,
    height: Down,
    /// How dense, in percent.
    dense: usize,
}

struct Words {
    x: Across,
    /// Of the line they stand on.
    y: Down,
    /// `start`, `middle` or `end`.
    anchor: &'static str,
    text: String,
}

impl Shape {
    /// Words in a line of their own.
    fn line(y: usize, text: String) -> Self {
        let words = Words { x: Across(0), y: Down(y), anchor: "start", text };
        Self { words: Some(words), ..Self::default() }
    }

    /// A thin line across the whole width.
    fn rule(y: usize) -> Self {
        let bar = Bar { x: Across(0), y: Down(y), width: Across::WHOLE, height: Down(1), dense: 100 };
        Self { class: "rule".to_owned(), bar: Some(bar), ..Self::default() }
    }
}

/// The same numbers as a table: heads of the columns, and rows that begin with their own head.
struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// A plot and its table.
#[derive(Template)]
#[template(path = "parts/plot.html")]
struct Figure<'a> {
    /// Unlike that of any other plot of the page.
    id: &'a str,
    title: String,
    /// What is drawn, in a sentence.
    words: String,
    height: Down,
    shapes: Vec<Shape>,
    /// Sign or class, and what it stands for.
    legend: Vec<Sign>,
    table: Table,
}

/// A line of a legend.
struct Sign {
    class: String,
    mark: &'static str,
    label: String,
}

impl Figure<'_> {
    fn drawn(&self) -> Markup {
        Markup::rendered(self)
    }
}

/// Words that fit in a plot; the table has all of them.
fn short(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
    }
}
