//! Who is competent for what, `/competences`: recommendations by tier and by city with what their authorities said of
//! their remit, and where two cities see the same idea otherwise (moonshot 11). The same as CSV and as JSON.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use askama::Template;
use axum::{
    extract::{Query, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{choice, table};
use crate::{
    App, Result,
    actions::{conventions, standings, taken_up},
    domain::{
        Code as _, Iri, Version,
        codes::{Reason, Status, TakeUpKind, Tier},
        links,
        remit::{self, Disagreement, Placed, Remit, Same},
        said::Said,
        taken_up::Standing,
    },
    i18n::Lang,
    storage::records::{self, Page as Slice, Row},
    web::{
        Failure, html,
        layout::Page,
        markup,
        view::{self, Badge, People, Tally, Who},
    },
};

/// Recommendations read in all, and at once.
const EVERY: usize = 10_000;
const SLICE: i64 = 1_000;
/// Recommendations and disagreements shown; the tables have them all.
const SHOWN: usize = 200;
const DISAGREEMENTS: usize = 30;

/// What is asked for: `?convention=ia&echelon=region&ville=rennes.example`.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Asked {
    convention: Option<String>,
    echelon: Option<String>,
    ville: Option<String>,
}

#[derive(Template)]
#[template(path = "remit.html")]
struct Shown {
    page: Page,
    /// The convention asked for: its page and its title.
    convention: Option<(String, String)>,
    total: usize,
    disagreements: Vec<Differs>,
    differing: usize,
    tiers: Vec<Cell>,
    chosen: Vec<Side>,
    choosing: bool,
    cut: bool,
    query: String,
}

/// A tier of one city.
struct Cell {
    tier: String,
    city: String,
    href: String,
    tally: Tally,
}

/// Two recommendations that carry the same idea.
struct Differs {
    sides: [Side; 2],
    by: Vec<(String, String)>,
    remit: bool,
    tier: bool,
}

/// One recommendation.
#[derive(Clone)]
struct Side {
    href: String,
    title: String,
    lang: String,
    who: Who,
    tier: String,
    badge: Badge,
    remit: String,
}

/// A recommendation, and where it is placed.
struct One {
    id: Iri,
    row: Row,
    status: Status,
    placed: Placed,
}

/// Everything there is to show.
struct Map {
    /// By tier, city and id.
    all: Vec<One>,
    /// What those disagree with and was not asked for.
    others: Vec<One>,
    disagreements: Vec<Disagreement>,
    /// Records that call two recommendations the same idea.
    records: BTreeMap<String, Row>,
    /// The convention asked for.
    convention: Option<Row>,
}

/// `GET /competences`
///
/// # Errors
/// Not found; rule `choice` for a tier or a city that is none.
pub async fn show(
    State(app): State<App>,
    lang: Lang,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let map = Map::read(&app, &asked).await?;
    let page = Page::new(&app, lang, "/competences");
    let (title, lead, query) = (page.t("remit-title"), page.t("remit-lead"), asked.query());
    let page = page.titled(title).described(&lead).asked(query.trim_start_matches('?'));
    let choosing = !query.is_empty();
    let page = if choosing { page.unlisted() } else { page };
    let chosen: Vec<&One> = map.all.iter().filter(|_| choosing).take(SHOWN).collect();
    let differing = &map.disagreements[..map.disagreements.len().min(DISAGREEMENTS)];
    let by_id: BTreeMap<&Iri, &One> = map.all.iter().chain(&map.others).map(|one| (&one.id, one)).collect();
    let sides = differing.iter().flat_map(|two| [by_id.get(&two.one), by_id.get(&two.other)]).flatten();
    let named: HashSet<&str> = sides.chain(&chosen).map(|one| one.row.author.as_str()).collect();
    let people = People::load(&app, named).await?;
    let side = |one: &One| Side::of(&app, &page, &people, one);
    let differs = |two: &Disagreement| {
        let record = |id: &Iri| {
            let row = map.records.get(id.as_str())?;
            Some((view::href(&app, row), markup::name(&row.title)))
        };
        Some(Differs {
            sides: [side(by_id.get(&two.one)?), side(by_id.get(&two.other)?)],
            by: two.by.iter().filter_map(record).collect(),
            remit: two.remit,
            tier: two.tier,
        })
    };
    let shown = Shown {
        convention: map.convention.as_ref().map(|row| (view::href(&app, row), markup::name(&row.title))),
        total: map.all.len(),
        differing: map.disagreements.len(),
        disagreements: differing.iter().filter_map(differs).collect(),
        tiers: map.cells(&page, &asked),
        chosen: chosen.into_iter().map(side).collect(),
        choosing,
        cut: choosing && map.all.len() > SHOWN,
        query,
        page,
    };
    Ok(html(StatusCode::OK, &shown))
}

/// `GET /competences.csv`
///
/// # Errors
/// Not found; rule `choice` for a tier or a city that is none.
pub async fn csv(State(app): State<App>, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    let map = Map::read(&app, &asked).await?;
    Ok(table::csv(&COLUMNS.map(|(name, _)| name), map.lines())?)
}

/// `GET /competences.json`
///
/// # Errors
/// Not found; rule `choice` for a tier or a city that is none.
pub async fn json(State(app): State<App>, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    let map = Map::read(&app, &asked).await?;
    let item = |cells: [Value; 9]| {
        let named = COLUMNS.iter().map(|(_, name)| (*name).to_owned()).zip(cells);
        Value::Object(named.collect())
    };
    let items: Vec<Value> = map.lines().map(item).collect();
    let disagreements = map.disagreements.iter().map(
        |two| json!({ "between": [two.one, two.other], "by": two.by, "remit": two.remit, "tier": two.tier }),
    );
    let told = json!({ "items": items, "disagreements": disagreements.collect::<Vec<_>>() });
    let kind = (header::CONTENT_TYPE, "application/json");
    let open = (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    Ok(([kind, open], told.to_string()).into_response())
}

/// Names of the columns: those of the French dataset, and those of the API.
const COLUMNS: [(&str, &str); 9] = [
    ("echelon", "tier"),
    ("ville", "city"),
    ("recommandation", "id"),
    ("titre", "title"),
    ("conseil", "council"),
    ("etat", "status"),
    ("competence", "remit"),
    ("desaccord_avec", "disagreesWith"),
    ("desaccord_d_apres", "accordingTo"),
];

impl Asked {
    /// The same as a query.
    fn query(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let words = [("convention", &self.convention), ("echelon", &self.echelon), ("ville", &self.ville)];
        for (name, value) in words {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        let query = query.finish();
        if query.is_empty() { query } else { format!("?{query}") }
    }

    /// Whether a recommendation is of the tier and the city asked for.
    fn takes(&self, one: &One) -> bool {
        let tier = one.placed.tier.as_ref().map_or("", Tier::word);
        self.echelon.as_deref().is_none_or(|asked| asked == tier)
            && self.ville.as_deref().is_none_or(|asked| asked == one.row.origin)
    }
}

impl Map {
    /// Reads every recommendation that is here, and keeps those asked for.
    async fn read(app: &App, asked: &Asked) -> Result<Self> {
        let all = everything(app).await?;
        let tiers = all.iter().filter_map(|one| one.placed.tier.as_ref());
        choice::check("echelon", asked.echelon.as_deref(), choice::words(tiers))?;
        let cities = all.iter().map(|one| one.row.origin.clone());
        choice::check("ville", asked.ville.as_deref(), cities.collect())?;
        let placed = all.iter().map(|one| (one.id.clone(), one.placed.clone())).collect();
        let (same, records) = same(app).await?;
        let mut disagreements = remit::disagreements(&placed, &same);
        let known = match &asked.convention {
            Some(slug) => Some(conventions::named(app, slug).await?),
            None => None,
        };
        let given = |known| conventions::contributed(known).into_iter().map(|(_, what)| what);
        let of: Option<BTreeSet<String>> = known.as_ref().map(|known| given(known).collect());
        let (all, mut others): (Vec<One>, Vec<One>) = all.into_iter().partition(|one| {
            let named = [Some(one.row.uri.as_str()), one.row.avis.as_deref()];
            let brought = |of: &BTreeSet<String>| named.into_iter().flatten().any(|id| of.contains(id));
            asked.takes(one) && of.as_ref().is_none_or(brought)
        });
        let kept: BTreeSet<&Iri> = all.iter().map(|one| &one.id).collect();
        disagreements.retain(|two| kept.contains(&two.one) || kept.contains(&two.other));
        others.retain(|one| disagreements.iter().any(|two| [&two.one, &two.other].contains(&&one.id)));
        Ok(Self { all, others, disagreements, records, convention: known.map(|known| known.row) })
    }

    /// How many stand where, by tier and city.
    fn cells(&self, page: &Page, asked: &Asked) -> Vec<Cell> {
        let same = |a: &One, b: &One| a.placed.tier == b.placed.tier && a.row.origin == b.row.origin;
        let cell = |some: &[One]| {
            let (tier, city) = (some[0].placed.tier.as_ref(), some[0].row.origin.clone());
            let of = Asked {
                convention: asked.convention.clone(),
                echelon: Some(tier.map_or_else(String::new, |tier| tier.word().to_owned())),
                ville: Some(city.clone()),
            };
            Cell {
                tier: label(page, tier),
                href: format!("/competences{}", of.query()),
                tally: Tally::of(some.iter().map(|one| &one.status), page),
                city,
            }
        };
        self.all.chunk_by(same).map(cell).collect()
    }

    /// A line for each recommendation.
    fn lines(&self) -> impl Iterator<Item = [Value; 9]> {
        let mut with: BTreeMap<&Iri, (BTreeSet<&str>, BTreeSet<&str>)> = BTreeMap::new();
        for two in &self.disagreements {
            for (one, other) in [(&two.one, &two.other), (&two.other, &two.one)] {
                let (others, by) = with.entry(one).or_default();
                others.insert(other.as_str());
                by.extend(two.by.iter().map(Iri::as_str));
            }
        }
        self.all.iter().map(move |one| {
            let (others, by) = with.get(&one.id).cloned().unwrap_or_default();
            [
                one.placed.tier.as_ref().map(Tier::word).into(),
                one.row.origin.as_str().into(),
                one.id.as_str().into(),
                one.row.title.as_str().into(),
                one.row.author.as_str().into(),
                one.status.word().into(),
                one.placed.remit.word().into(),
                others.into_iter().collect(),
                by.into_iter().collect(),
            ]
        })
    }
}

/// Every recommendation that is here and was not withdrawn, by tier, city and id.
async fn everything(app: &App) -> Result<Vec<One>> {
    let mut all: Vec<One> = Vec::new();
    let mut slice = Slice::first(SLICE);
    while all.len() < EVERY {
        let mut rows = records::by_kind(&app.db, "Recommendation", &slice).await?;
        let Some(last) = rows.last() else { break };
        slice = Slice::after(last.cursor(), SLICE);
        rows.retain(|row| !row.withdrawn);
        all.extend(placed(app, rows).await?);
    }
    let rank = |tier: Option<&Tier>| {
        let known = |tier: &Tier| Tier::ALL.iter().position(|(_, one)| one == tier);
        tier.map_or(usize::MAX, |tier| known(tier).unwrap_or(Tier::ALL.len()))
    };
    all.sort_by(|a, b| {
        let key = |one: &One| (rank(one.placed.tier.as_ref()), one.placed.tier.clone());
        (key(a), &a.row.origin, &a.id).cmp(&(key(b), &b.row.origin, &b.id))
    });
    Ok(all)
}

/// Recommendations with their status, their tier and what was said of their remit.
async fn placed(app: &App, rows: Vec<Row>) -> Result<Vec<One>> {
    let standings = standings::standings_of(app, &rows).await?;
    let against = |status: &Status| matches!(status, Status::Refused | Status::Abandoned);
    let by = standings.values().filter(|standing| against(&standing.status));
    let by: Vec<&Iri> = by.filter_map(|standing| standing.by.as_ref()).collect();
    let said = records::by_uris(&app.db, &by).await?;
    let reasons: BTreeMap<&str, Reason> =
        said.iter().filter_map(|row| Some((row.uri.as_str(), reason(row)?))).collect();
    let one = |row: Row| {
        let standing = standings.get(&row.uri)?;
        let reason = standing.by.as_ref().and_then(|by| reasons.get(by.as_str()));
        let tier = match said_of(&row)? {
            Said::Recommendation(said) => said.tier,
            _ => None,
        };
        let placed = Placed { tier, remit: Remit::of(&standing.status, reason) };
        Some(One { id: Iri::parse(&row.uri).ok()?, status: standing.status.clone(), placed, row })
    };
    Ok(rows.into_iter().filter_map(one).collect())
}

fn said_of(row: &Row) -> Option<Said> {
    match Version::parse(&row.document).ok()? {
        Version::Record(record) => Some(record.said),
        _ => None,
    }
}

/// The reason an answer or a follow-up gives.
fn reason(row: &Row) -> Option<Reason> {
    match said_of(row)? {
        Said::Answer(said) => said.reason,
        Said::FollowUp(said) => said.reason,
        _ => None,
    }
}

/// What calls recommendations the same idea: take-ups that their origin confirmed, but for those that led to the
/// contrary; and records of the kind `SameIdea`.
async fn same(app: &App) -> Result<(Same, BTreeMap<String, Row>)> {
    let mut same = Same::new();
    let mut found = taken_up::every(app).await?;
    for judged in found.known.judged() {
        let claim = judged.claim;
        let alike = claim.said.take_up != Some(TakeUpKind::Contrary);
        if judged.standing == Standing::Confirmed
            && alike
            && let Some(became) = found.known.became(claim)
        {
            same.insert(claim.id.clone(), BTreeSet::from([claim.said.takes_up.clone(), became.clone()]));
        }
    }
    for row in records::by_kind(&app.db, "SameIdea", &Slice::first(SLICE)).await? {
        let Ok(Version::Record(record)) = Version::parse(&row.document) else { continue };
        if row.proof != "valid" {
            continue;
        }
        let named = links::links(&record).into_iter().filter(|link| link.relation == "concerns");
        let named = named.filter_map(|link| Iri::parse(&link.target).ok()).collect();
        same.insert(record.envelope.id.clone(), named);
        found.rows.insert(row.uri.clone(), row);
    }
    Ok((same, found.rows))
}

fn label(page: &Page, tier: Option<&Tier>) -> String {
    tier.map_or_else(|| page.t("remit-tier-none"), |tier| tier.label(page.lang.code()).to_owned())
}

impl Side {
    fn of(app: &App, page: &Page, people: &People, one: &One) -> Self {
        Self {
            href: view::href(app, &one.row),
            title: markup::name(&one.row.title),
            lang: one.row.lang.clone(),
            who: people.who(&one.row.author),
            tier: label(page, one.placed.tier.as_ref()),
            badge: Badge::of(&one.status, page),
            remit: page.label("remit", one.placed.remit.word()),
        }
    }
}
