//! Something owed, as shown: the same words on pages, in the feed and in calendars.

use super::{Badge, People, Who, sheet};
use crate::{
    App,
    actions::obligations::Owing,
    domain::{
        CivilDate, Code as _,
        obligations::{Delivered, Obligation, State, silence},
    },
    i18n::t_args,
    web::{
        layout::Page,
        markup::{self, Markup},
    },
};

/// Something owed.
#[derive(Clone, Debug)]
pub struct Owed {
    /// Its id, the same on every node.
    pub id: String,
    /// Where it stands.
    pub badge: Badge,
    /// What is owed.
    pub what: String,
    /// By when.
    pub due: Markup,
    /// How far that is.
    pub days: Option<String>,
    /// What else is to be known, each with the page of the record that says so.
    pub notes: Vec<(String, Option<String>)>,
    /// Who owes it.
    pub authority: Who,
    /// The council that advised.
    pub council: Who,
    /// Path of the page of the avis here, its title and the language of that.
    pub avis: (String, String, String),
    /// Where the avis comes from, when not from here.
    pub origin: Option<String>,
    /// Nobody published it but the sample.
    pub synthetic: bool,
}

impl Owed {
    /// Something owed, in the words of the reader's language.
    #[must_use]
    pub fn of(app: &App, page: &Page, people: &People, one: &Owing) -> Self {
        let (avis, owed) = (&one.ledger.avis, &one.owed);
        let folder = if avis.ours { "avis" } else { "recus" };
        Self {
            id: one.id.clone(),
            badge: Badge {
                code: owed.state.word().to_owned(),
                label: page.label("owed-state", owed.state.word()),
            },
            what: owed.duty.label(page.lang.code()).to_owned(),
            due: page.civil(&owed.due),
            days: days(page, owed),
            notes: notes(app, page, one),
            authority: people.who(avis.addressee.as_deref().unwrap_or_default()),
            council: people.who(&avis.author),
            avis: (format!("/{folder}/{}", avis.slug), markup::name(&avis.title), avis.lang.clone()),
            origin: (!avis.ours).then(|| avis.origin.clone()),
            synthetic: avis.synthetic,
        }
    }

    /// What it is called where there is only a line.
    #[must_use]
    pub fn line(&self, page: &Page) -> String {
        let args = [
            ("state", self.badge.label.as_str().into()),
            ("what", self.what.as_str().into()),
            ("title", self.avis.1.as_str().into()),
        ];
        t_args(page.lang, "owed-line", &args)
    }

    /// The rest of it, in plain words.
    #[must_use]
    pub fn words(&self, page: &Page) -> String {
        let due = page.with("owed-due-on", "date", markup::plain(self.due.as_str(), 60));
        let who = page.with("owed-owner", "who", &self.authority.name);
        let notes = self.notes.iter().map(|(note, _)| note.clone());
        let days = self.days.iter().map(|days| page.with("owed-days-are", "days", days));
        [due, who].into_iter().chain(days).chain(notes).collect::<Vec<_>>().join("\n")
    }
}

/// How far the day is, in words.
fn days(page: &Page, owed: &Obligation) -> Option<String> {
    match (owed.state, owed.days) {
        (State::Overdue, Some(days)) => Some(page.n("owed-overdue-days", days)),
        (State::Due, Some(days)) => Some(page.n("owed-due-days", days)),
        (State::Held, Some(late)) => Some(page.n("owed-held-days", late.max(0))),
        (State::Held, None) => None,
        (_, None) => Some(page.t("owed-no-day")),
    }
}

fn notes(app: &App, page: &Page, one: &Owing) -> Vec<(String, Option<String>)> {
    let owed = &one.owed;
    let href = |id| one.ledger.record(id).map(|row| sheet::href(app, row));
    let mut notes = Vec::new();
    if let Some(moved) = &owed.postponed {
        let args = [
            ("from", plain(page, &moved.from).into()),
            ("to", plain(page, &owed.due).into()),
            ("reason", moved.reason.label(page.lang.code()).into()),
        ];
        notes.push((t_args(page.lang, "owed-postponed", &args), href(&moved.by)));
    }
    if let Some((by, on)) = &owed.held {
        notes.push((page.with("owed-held-on", "date", plain(page, on)), href(by)));
    }
    if let Some((given, of)) = owed.answered {
        let args = [("n", page.number(given).into()), ("of", page.number(of).into())];
        notes.push((t_args(page.lang, "owed-answered", &args), None));
    }
    match &owed.schedule {
        Some(schedule) => notes.push((page.t("owed-promised"), href(schedule))),
        None => notes.push((page.t("owed-usual"), None)),
    }
    if owed.claimed {
        notes.push((page.t("owed-claimed"), None));
    }
    notes
}

/// How long a recommendation has waited for an answer, in words; none when nobody says since when.
#[must_use]
pub fn waits(app: &App, page: &Page, delivered: Option<&Delivered>) -> Option<String> {
    let waits = silence(delivered, crate::actions::obligations::today(app))?;
    let words = match (waits.days, waits.since.day()) {
        (Some(days), _) => page.n("silence-days", days),
        (None, None) => page.with("silence-since", "date", plain(page, &waits.since)),
        (None, Some(_)) => return None,
    };
    Some(if waits.claimed { format!("{words} {}", page.t("silence-claimed")) } else { words })
}

/// A civil date without markup.
#[must_use]
pub fn plain(page: &Page, date: &CivilDate) -> String {
    markup::plain(page.civil(date).as_str(), 60)
}
