//! Conventions: what their members recommend, side by side (requirements 2.34, 2.35). The page, and the same as a
//! table for spreadsheets and programs.

mod large;
mod lines;
mod members;
mod missing;
mod plots;
mod show;

use std::collections::BTreeSet;

use axum::{
    extract::{Path, Query, State},
    http::{HeaderName, header},
    response::{IntoResponse as _, Response},
};
use jiff::{civil, tz::TimeZone};
use serde::Deserialize;

pub use members::members;

use super::{
    choice,
    list::{self, Words},
    paging::Place,
    table::Form,
};
use crate::{
    App, Error, Result,
    actions::{
        conventions,
        side_by_side::{self, Line, Table},
    },
    domain::{CivilDate, Code as _, codes::Theme, convention::Heading},
    i18n::{Lang, t},
    storage::records,
    web::{
        Failure,
        layout::Page,
        markup::{self, Markup},
    },
};

/// What is asked for: `?q=transparence&etat=done&echelon=commune&ville=angers.example&on=2026-11-21`; with
/// `vue=liste` one after the other, beyond `apres`.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Asked {
    /// Key of a row: a sub-question; `theme-` and a theme for what is under none; `autres` for what has no theme either.
    q: Option<String>,
    /// Theme.
    theme: Option<String>,
    /// Status.
    etat: Option<String>,
    /// Tier.
    echelon: Option<String>,
    /// Server of the council, or its id.
    ville: Option<String>,
    /// The day to compute for.
    on: Option<String>,
    /// `liste`: one after the other rather than side by side.
    vue: Option<String>,
    /// Id of the recommendation, or of the member, after which a page of a list begins.
    apres: Option<String>,
}

/// What is under no sub-question and has no theme.
const OTHERS: &str = "autres";

/// The key by which a row is asked for.
fn key(table: &Table, heading: &Heading) -> String {
    match heading {
        Heading::Question(at) => {
            table.known.said.sub_questions.get(*at).map_or(OTHERS, |row| &row.key).to_owned()
        }
        Heading::Theme(theme) => format!("theme-{theme}"),
        Heading::Neither => OTHERS.to_owned(),
    }
}

/// A theme, in the words of the reader.
fn theme_label(page: &Page, theme: &str) -> String {
    Theme::parse(theme).map_or_else(|_| markup::name(theme), |theme| theme.label(page.lang.code()))
}

/// What there is before anything is asked for.
struct Whole {
    /// How many recommendations.
    count: usize,
    /// How many of those asked for come before the page of a list.
    before: usize,
    headings: Vec<Heading>,
    themes: BTreeSet<String>,
}

/// The title of a row.
fn title(page: &Page, table: &Table, heading: &Heading) -> String {
    let question = match heading {
        Heading::Question(at) => table.known.said.sub_questions.get(*at),
        Heading::Theme(theme) => return theme_label(page, theme),
        Heading::Neither => None,
    };
    question.map_or_else(|| page.t("convention-others"), |row| markup::name(&row.title))
}

/// A field that was filled in.
fn given(field: Option<&str>) -> Option<&str> {
    field.filter(|text| !text.is_empty())
}

impl Asked {
    /// The day asked for; else the one it is, in UTC, so that every node computes the same table.
    fn day(&self, app: &App) -> Result<civil::Date> {
        match given(self.on.as_deref()) {
            Some(day) => day.parse().map_err(|_| Error::invalid("on", "whole-day", day)),
            None => Ok(app.clock.now().to_zoned(TimeZone::UTC).date()),
        }
    }

    /// Whether a line is asked for.
    fn takes(&self, line: &Line, table: &Table) -> bool {
        let tier = line.said.tier.as_ref().map(|tier| tier.word().to_owned()).unwrap_or_default();
        let is = |field: Option<&str>, value: &str| given(field).is_none_or(|asked| asked == value);
        let theme = given(self.theme.as_deref());
        self.row(table, &line.heading)
            && theme.is_none_or(|asked| line.themes.iter().any(|theme| theme == asked))
            && is(self.etat.as_deref(), line.status.word())
            && is(self.echelon.as_deref(), &tier)
            && (is(self.ville.as_deref(), &line.row.origin) || self.ville.as_ref() == Some(&line.row.author))
    }

    /// Whether what is asked for exists: rows, themes, statuses, tiers, and councils or their servers.
    fn check(&self, table: &Table, councils: &[String]) -> Result<()> {
        let lines = &table.lines;
        // Those in use first: of a long list the beginning is told.
        let mut themes: Vec<String> = lines.iter().flat_map(|line| line.themes.iter().cloned()).collect();
        themes.extend(Theme::list().codes.iter().map(|theme| theme.code.clone()));
        let questions = table.known.said.sub_questions.iter().map(|row| row.key.clone());
        let of_themes = themes.iter().map(|theme| format!("theme-{theme}"));
        let rows = questions.chain([OTHERS.to_owned()]).chain(of_themes).collect();
        let statuses = choice::words(lines.iter().map(|line| &line.status));
        let tiers = choice::words(lines.iter().filter_map(|line| line.said.tier.as_ref()));
        choice::check("q", self.q.as_deref(), rows)?;
        choice::check("theme", self.theme.as_deref(), themes)?;
        choice::check("etat", self.etat.as_deref(), statuses)?;
        choice::check("echelon", self.echelon.as_deref(), tiers)?;
        choice::check("ville", self.ville.as_deref(), councils.to_vec())
    }

    /// Whether a row is asked for.
    fn row(&self, table: &Table, heading: &Heading) -> bool {
        given(self.q.as_deref()).is_none_or(|asked| asked == key(table, heading))
    }

    /// Whether a part of the convention is asked for.
    fn narrows(&self) -> bool {
        [&self.q, &self.theme, &self.etat, &self.echelon, &self.ville]
            .iter()
            .any(|field| given(field.as_deref()).is_some())
    }

    /// Whether a list is asked for.
    fn lists(&self) -> bool {
        given(self.vue.as_deref()) == Some("liste")
    }

    /// How many lines that are asked for come before the page of the list that is: those up to `apres`.
    fn before(&self, table: &Table) -> Result<usize> {
        let Some(after) = given(self.apres.as_deref()) else { return Ok(0) };
        let place = table.lines.iter().position(|line| line.row.uri == after);
        let place = place.ok_or_else(|| Error::invalid("apres", "page", after))?;
        Ok(table.lines[..=place].iter().filter(|line| self.takes(line, table)).count())
    }

    /// The page of a list that goes on after an id, of what is asked for.
    fn next(&self, path: &str, after: &str) -> String {
        let next = Self { apres: Some(after.to_owned()), ..self.clone() };
        format!("{path}?{}", next.whole_query())
    }

    /// The query with the place in a list.
    fn whole_query(&self) -> String {
        self.written(&[("vue", &self.vue), ("apres", &self.apres)])
    }

    /// As a query, without what was left empty.
    fn query(&self) -> String {
        self.written(&[])
    }

    fn written(&self, more: &[(&'static str, &Option<String>)]) -> String {
        let fields = [
            ("q", &self.q),
            ("theme", &self.theme),
            ("etat", &self.etat),
            ("echelon", &self.echelon),
            ("ville", &self.ville),
        ];
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in fields.iter().chain(&[("on", &self.on)]).chain(more) {
            if let Some(value) = given(value.as_deref()) {
                query.append_pair(name, value);
            }
        }
        query.finish()
    }
}

/// `GET /conventions`
///
/// # Errors
/// Rule `page` for a place no list gave.
pub async fn list(
    State(app): State<App>,
    lang: Lang,
    Query(place): Query<Place>,
) -> Result<Response, Failure> {
    let page = Page::new(&app, lang, "/conventions").titled(t(lang, "conventions-title"));
    let rows = records::by_kind(&app.db, "Convention", &place.slice()?).await?;
    let words = Words { lead: "conventions-lead", empty: "conventions-none" };
    Ok(list::show(&app, page, words, &place, rows).await?)
}

/// `GET /conventions/{name}`, `.csv`, `.json`
///
/// # Errors
/// Not found; rule `whole-day` for a day that is none, `choice` for what the table cannot be cut to.
pub async fn show(
    State(app): State<App>,
    lang: Lang,
    Path(segment): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let (name, form) = Form::of(&segment).map_or((segment.as_str(), None), |(name, form)| (name, Some(form)));
    let mut table = read(&app, name, &asked).await?;
    let whole = Whole {
        count: table.lines.len(),
        before: asked.before(&table)?,
        headings: table.headings(),
        themes: table.lines.iter().flat_map(|line| line.themes.iter().cloned()).collect(),
    };
    let lines = std::mem::take(&mut table.lines);
    table.lines = lines.into_iter().filter(|line| asked.takes(line, &table)).collect();
    let response = match form {
        Some(Form::Csv) => lines::csv(&app, &table).await?,
        Some(Form::Json) => lines::json(&app, &table).await?,
        Some(Form::Totals) => lines::totals(&app, &table).await?,
        None => show::page(&app, lang, name, &asked, (table, &whole)).await?,
    };
    Ok(response)
}

/// A convention as it stands on the day asked for.
async fn read(app: &App, name: &str, asked: &Asked) -> Result<Table> {
    let day = asked.day(app)?;
    let known = conventions::named(app, name).await?;
    let servers = known.members.iter().map(|member| member.council.host().to_owned());
    let ids = known.members.iter().map(|member| member.council.to_string());
    let councils: Vec<String> = servers.chain(ids).collect();
    let table = side_by_side::table(app, known, day).await?;
    asked.check(&table, &councils)?;
    Ok(table)
}

/// A day, in the words of the reader.
fn day_in_words(page: &Page, day: civil::Date) -> Markup {
    CivilDate::parse(&day.to_string()).map(|date| page.civil(&date)).unwrap_or_default()
}

/// `GET /conventions/{name}/charte`: its charter, the very bytes whose hash members take on.
///
/// # Errors
/// Not found.
pub async fn charter(State(app): State<App>, Path(name): Path<String>) -> Result<Response, Failure> {
    let known = conventions::named(&app, &name).await?;
    let digest = (HeaderName::from_static("x-content-sha256"), known.said.charter_hash.digits().to_owned());
    let kind = (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned());
    Ok(([kind, digest], known.said.charter_text).into_response())
}
