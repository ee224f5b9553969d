//! Majority judgements as shown (moonshot 14): the majority grade, recomputed, with its rule in words; how many gave
//! each grade, never who; and the opinions of those who did not agree, always with it.

use askama::Template;

use super::{People, Who, href, plot};
use crate::{
    App,
    actions::synthesis,
    domain::{agreement, one_line, said},
    i18n::t_args,
    storage::records::Row,
    web::{
        layout::Page,
        markup::{self, Markup},
    },
};

/// A majority judgement.
#[derive(Clone, Debug)]
pub struct Agreed {
    /// Whose members judged.
    pub who: Who,
    /// Its page.
    pub href: String,
    /// When it was published here.
    pub published: Markup,
    /// The day it speaks of.
    pub on: Option<Markup>,
    /// The paragraph that was judged, when it is not the whole.
    pub paragraph: Option<String>,
    /// Language of the paragraph and of the opinions.
    pub lang: String,
    /// Nobody published it but the sample.
    pub synthetic: bool,
    /// What follows: the majority grade, kept or to be rewritten.
    pub verdict: String,
    /// By which rule.
    pub rule: String,
    /// How many gave each grade, from 1; where its part of the bar begins, and its width.
    pub grades: Vec<(usize, u32, u64, u64)>,
    /// Opinions of those who did not agree.
    pub minority: Vec<String>,
}

impl Agreed {
    /// The judgements among rows about one thing, the latest first.
    #[must_use]
    pub fn list<'a>(
        app: &App,
        page: &Page,
        people: &People,
        rows: impl IntoIterator<Item = &'a Row>,
    ) -> Vec<Self> {
        let all = synthesis::agreements(rows);
        all.iter().map(|one| Self::of(app, page, people, &one.row, &one.said)).collect()
    }

    fn of(app: &App, page: &Page, people: &People, row: &Row, said: &said::Agreement) -> Self {
        let (verdict, rule) = words(page, said);
        let people_in_all: u64 = said.grades.iter().map(|count| u64::from(*count)).sum();
        let mut before = 0;
        let grades = (1..).zip(&said.grades).map(|(grade, count)| {
            let place = |count: u64| (count * 10_000).checked_div(people_in_all).unwrap_or_default();
            let from = place(before);
            before += u64::from(*count);
            (grade, *count, from, place(before) - from)
        });
        Self {
            who: people.who(&row.author),
            href: href(app, row),
            published: page.day(&row.published),
            on: said.as_of.as_ref().map(|date| page.civil(date)),
            paragraph: said.paragraph.as_deref().map(markup::name),
            lang: row.lang.clone(),
            synthetic: row.synthetic,
            verdict,
            rule,
            grades: grades.collect(),
            minority: said.minority.iter().map(|text| one_line(text, 2_000)).collect(),
        }
    }
}

/// The majority grade with what follows from it, and the rule.
fn words(page: &Page, said: &said::Agreement) -> (String, String) {
    let Some(ruling) = agreement::ruling(&said.grades, said.kept_from) else {
        return (String::new(), String::new());
    };
    let key = if ruling.kept { "agreement-kept" } else { "agreement-rewritten" };
    let people = i64::try_from(ruling.people).unwrap_or(i64::MAX);
    let args =
        [("n", people.into()), ("people", page.number(people).into()), ("from", said.kept_from.into())];
    (page.n(key, ruling.grade), t_args(page.lang, "agreement-rule", &args))
}

#[derive(Template)]
#[template(path = "parts/agreement_whole.html")]
struct Whole<'a> {
    page: &'a Page,
    lang: &'a str,
    paragraph: Option<String>,
    verdict: String,
    rule: String,
    plot: Markup,
    minority: Vec<String>,
}

/// A judgement on its own page, with its plot and table.
pub(super) fn whole(page: &Page, lang: &str, said: &said::Agreement) -> Markup {
    let (verdict, rule) = words(page, said);
    let majority = agreement::ruling(&said.grades, said.kept_from).map(|ruling| ruling.grade as usize);
    Markup::rendered(&Whole {
        page,
        lang,
        paragraph: said.paragraph.as_deref().map(markup::name),
        verdict,
        rule,
        plot: plot::grades(page, "notes", &said.grades, majority),
        minority: said.minority.iter().map(|text| one_line(text, 2_000)).collect(),
    })
}
