//! Who took up a recommendation and where it comes from, with the word of its origin and what changed on the way.

use super::{Badge, People, Text, Who, sheet::href};
use crate::{
    App,
    actions::taken_up::Found,
    domain::{Code as _, Iri, Version, codes::TakenUpAs, taken_up::Judged},
    storage::records::Row,
    web::{
        diff::{self, Part},
        layout::Page,
        markup::{self, Markup},
    },
};

/// Take-ups that stand under one recommendation; its genealogy has them all.
const SHOWN: usize = 5;
/// Longest text that is compared, in characters.
const TEXT: usize = 12_000;

/// The take-ups of a recommendation, or one take-up on its own page.
#[derive(Clone, Debug, Default)]
pub struct Takings {
    /// Who took it up.
    pub by: Vec<TakenUp>,
    /// Where it comes from.
    pub from: Vec<TakenUp>,
    /// How many are not shown.
    pub more: usize,
    /// Page of its genealogy.
    pub genealogy: String,
}

/// One take-up as shown.
#[derive(Clone, Debug)]
pub struct TakenUp {
    /// Page of the take-up.
    pub href: String,
    /// Who takes up.
    pub who: Who,
    /// The local organisation that does it.
    pub by_name: Option<String>,
    /// How, as what, in words.
    pub facts: Vec<String>,
    /// Where it stands there.
    pub outcome: Option<Badge>,
    /// When: in history where its author says so, else when it was published.
    pub on: Markup,
    /// `confirmed`, `not-confirmed`, `contested` or `withdrawn`.
    pub standing: &'static str,
    /// The same, in words.
    pub says: String,
    /// When it was withdrawn.
    pub withdrawn: Option<Markup>,
    /// Whether it was changed after it was confirmed.
    pub changed: bool,
    /// Every word of the origin.
    pub words: Vec<Spoke>,
    /// What is taken up.
    pub origin: End,
    /// What it became.
    pub became: Option<End>,
    /// What changed from the one to the other.
    pub diff: Option<Vec<Part>>,
}

/// A word of the origin.
#[derive(Clone, Debug)]
pub struct Spoke {
    /// Confirms; else contests.
    pub confirms: bool,
    /// Who.
    pub who: Who,
    /// When.
    pub on: Markup,
    /// Its page.
    pub href: String,
    /// Why it is contested.
    pub reason: Option<String>,
    /// It was withdrawn.
    pub withdrawn: bool,
}

/// A recommendation at an end of a take-up.
#[derive(Clone, Debug)]
pub struct End {
    /// Its page here; its id, when it is not here.
    pub href: String,
    /// Its title.
    pub title: String,
    /// Language of the title.
    pub lang: String,
}

impl Takings {
    /// The take-ups of a recommendation, the oldest first.
    #[must_use]
    pub fn of(app: &App, page: &Page, people: &People, found: &Found, id: &str) -> Self {
        let (mut by, mut from, mut more) = (Vec::new(), Vec::new(), 0);
        for judged in found.known.judged() {
            let list = if judged.claim.said.takes_up.as_str() == id {
                &mut by
            } else if found.known.became(judged.claim).is_some_and(|became| became.as_str() == id) {
                &mut from
            } else {
                continue;
            };
            if list.len() < SHOWN {
                list.push(TakenUp::of(app, page, people, found, &judged));
            } else {
                more += 1;
            }
        }
        Self { by, from, more, genealogy: genealogy(id) }
    }

    /// One take-up, on its own page; nothing when it counts for nothing.
    #[must_use]
    pub fn one(app: &App, page: &Page, people: &People, found: &Found) -> Self {
        let Some(judged) = found.known.judged().into_iter().next() else { return Self::default() };
        let origin = judged.claim.said.takes_up.as_str();
        Self {
            by: vec![TakenUp::of(app, page, people, found, &judged)],
            from: Vec::new(),
            more: 0,
            genealogy: genealogy(origin),
        }
    }

    /// Whether nobody took anything up.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by.is_empty() && self.from.is_empty()
    }
}

/// The page of a genealogy: the same path on every node.
#[must_use]
pub fn genealogy(id: &str) -> String {
    let id: String = url::form_urlencoded::byte_serialize(id.as_bytes()).collect();
    format!("/genealogie?id={id}")
}

impl End {
    /// One end, as far as it is known here.
    #[must_use]
    pub fn of(app: &App, found: &Found, id: &Iri) -> Self {
        match found.rows.get(id.as_str()) {
            Some(row) => {
                Self { href: href(app, row), title: markup::name(&row.title), lang: row.lang.clone() }
            }
            None => Self { href: id.to_string(), title: markup::name(id.as_str()), lang: String::new() },
        }
    }
}

impl TakenUp {
    /// One take-up.
    #[must_use]
    pub fn of(app: &App, page: &Page, people: &People, found: &Found, judged: &Judged<'_>) -> Self {
        let (claim, lang) = (judged.claim, page.lang.code());
        let said = &claim.said;
        let path = |id: &Iri| found.rows.get(id.as_str()).map(|row| href(app, row)).unwrap_or_default();
        let became = found.known.became(claim);
        let kind = said.take_up.as_ref().map(|kind| kind.label(lang).to_owned());
        // What it became is named beside it.
        let other = said.taken_up_as.as_ref();
        let other = other.filter(|other| became.is_none() || **other != TakenUpAs::Recommendation);
        let as_what = other.map(|other| page.with("taken-up-as", "what", other.label(lang)));
        let standing = judged.standing.word();
        Self {
            href: path(&claim.id),
            who: people.who(claim.by.as_str()),
            by_name: said.by_name.as_deref().map(markup::name),
            facts: kind.into_iter().chain(as_what).collect(),
            outcome: said.outcome.as_ref().map(|outcome| Badge::of(&outcome.status(), page)),
            on: match &said.as_of {
                Some(date) => page.civil(date),
                None => page.day(&claim.published.to_string()),
            },
            standing,
            says: page.label("taken-up", standing),
            withdrawn: claim.withdrawn.map(|at| page.day(&at.to_string())),
            changed: judged.changed,
            words: judged
                .words
                .iter()
                .map(|word| Spoke {
                    confirms: word.confirms,
                    who: people.who(word.author.as_str()),
                    on: page.day(&word.published.to_string()),
                    href: path(&word.id),
                    reason: word.reason.as_ref().map(|reason| reason.label(lang).to_owned()),
                    withdrawn: word.withdrawn,
                })
                .collect(),
            origin: End::of(app, found, &said.takes_up),
            became: became.map(|became| End::of(app, found, became)),
            diff: became.and_then(|became| {
                let text = |id: &Iri| words(page, found.rows.get(id.as_str())?);
                diff::between(&text(&said.takes_up)?, &text(became)?)
            }),
        }
    }
}

/// Title and text of a record, as they stand; none once it was withdrawn.
fn words(page: &Page, row: &Row) -> Option<String> {
    let Ok(Version::Record(record)) = Version::parse(&row.document) else { return None };
    let text = markup::plain(Text::of(&record, page.lang).html.as_str(), TEXT);
    Some(format!("{}. {text}", markup::name(row.title.trim_end_matches('.'))))
}
