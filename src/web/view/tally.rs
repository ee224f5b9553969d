//! Where recommendations stand: a badge whose shape says it as well as its words, and totals that are
//! always computed from the items (requirement 2.24), never stored.

use askama::Template;

use crate::{
    domain::{Code as _, codes::Status},
    web::layout::Page,
};

/// A status, by a shape and a word.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "parts/badge.html")]
pub struct Badge {
    /// Code of the list, or `other`.
    pub code: String,
    /// What people read.
    pub label: String,
}

impl askama::filters::HtmlSafe for Badge {}

impl Badge {
    /// The badge of a status; a status of a later version of the list keeps its own word.
    #[must_use]
    pub fn of(status: &Status, page: &Page) -> Self {
        let code = if status.unknown().is_some() { "other" } else { status.word() };
        Self { code: code.to_owned(), label: status.label(page.lang.code()).to_owned() }
    }
}

/// How many recommendations stand where.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Status, count, and where its part of the bar begins and ends, of 100.
    pub parts: Vec<Part>,
    /// How many in all.
    pub total: usize,
}

/// One status of a tally.
#[derive(Clone, Debug)]
pub struct Part {
    /// Which.
    pub badge: Badge,
    /// How many.
    pub count: usize,
    /// Left end in the bar, in hundredths of a percent.
    pub from: usize,
    /// Width in the bar, in hundredths of a percent.
    pub width: usize,
}

impl Tally {
    /// Counts statuses, in the order of the list; those we do not know count together as other.
    #[must_use]
    pub fn of<'a>(statuses: impl IntoIterator<Item = &'a Status>, page: &Page) -> Self {
        let mut counts = vec![0_usize; Status::ALL.len() + 1];
        for status in statuses {
            let place = Status::ALL.iter().position(|(_, known)| known == status);
            counts[place.unwrap_or(Status::ALL.len())] += 1;
        }
        let total: usize = counts.iter().sum();
        let mut parts = Vec::new();
        let mut before = 0;
        for (place, count) in counts.into_iter().enumerate().filter(|(_, count)| *count > 0) {
            let badge = match Status::ALL.get(place) {
                Some((_, status)) => Badge::of(status, page),
                None => Badge { code: "other".to_owned(), label: page.t("status-other") },
            };
            let (from, to) = (before * 10_000 / total, (before + count) * 10_000 / total);
            parts.push(Part { badge, count, from, width: to - from });
            before += count;
        }
        Self { parts, total }
    }
}
