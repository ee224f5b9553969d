//! The same idea elsewhere: what the software suggests, and apart from it what somebody confirmed, with their name and
//! the day.

use std::collections::{BTreeSet, HashMap};

use super::{People, Who, href};
use crate::{
    App, Result,
    actions::similar,
    storage::records::{self, Row},
    web::{
        layout::Page,
        markup::{self, Markup},
    },
};

/// Suggestions shown for one recommendation.
const SHOWN: usize = 3;
/// Suggestions shown on one page: those that are closest.
const ON_A_PAGE: usize = 30;

/// What stands beside one recommendation.
#[derive(Clone, Debug, Default)]
pub struct Ideas {
    /// What is suggested.
    pub near: Vec<Alike>,
    /// What was confirmed.
    pub confirmed: Vec<Confirmed>,
}

/// Another recommendation.
#[derive(Clone, Debug)]
pub struct Alike {
    /// Its page here.
    pub href: String,
    /// Its title.
    pub title: String,
    /// Language of the title.
    pub lang: String,
    /// Whose it is.
    pub who: Who,
}

/// A record that says that recommendations carry the same idea.
#[derive(Clone, Debug)]
pub struct Confirmed {
    /// Who says so.
    pub who: Who,
    /// Since when.
    pub on: Markup,
    /// Page of the record, with the reason.
    pub href: String,
    /// The others it names, as far as they are here.
    pub others: Vec<Alike>,
}

impl Ideas {
    /// Whether there is nothing to show.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.near.is_empty() && self.confirmed.is_empty()
    }
}

impl Alike {
    fn of(app: &App, people: &People, row: &Row) -> Self {
        Self {
            href: href(app, row),
            title: markup::name(&row.title),
            lang: row.lang.clone(),
            who: people.who(&row.author),
        }
    }
}

/// What stands beside each of these recommendations; nothing for most.
///
/// # Errors
/// Those of the database.
pub async fn ideas(app: &App, page: &Page, uris: &[&str]) -> Result<HashMap<String, Ideas>> {
    let mut near = similar::near(app, uris, SHOWN).await?;
    let all = near.values().flatten().map(|one| one.closeness);
    let mut all: Vec<f64> = all.collect();
    all.sort_by(|a, b| b.total_cmp(a));
    if let Some(least) = all.get(ON_A_PAGE) {
        for near in near.values_mut() {
            near.retain(|one| one.closeness > *least);
        }
    }
    let confirmed = similar::confirmed(app, uris).await?;
    let suggested = near.values().flatten().map(|one| one.uri.as_str());
    let concerned = confirmed.values().flatten().flat_map(|one| one.concerns.iter().map(String::as_str));
    let named: BTreeSet<&str> = suggested.chain(concerned).collect();
    if named.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = records::by_uris(&app.db, &named.into_iter().collect::<Vec<_>>()).await?;
    let by = confirmed.values().flatten().map(|one| one.row.author.as_str());
    let people = People::load(app, rows.iter().map(|row| row.author.as_str()).chain(by)).await?;
    let alike = |uri: &str| {
        let row = rows.iter().find(|row| row.uri == uri)?;
        // What is no recommendation, or was withdrawn since, is no idea to go to.
        (row.kind == "Recommendation" && !row.withdrawn).then(|| Alike::of(app, &people, row))
    };
    let mut found: HashMap<String, Ideas> = HashMap::new();
    for (uri, near) in near.iter().filter(|(_, near)| !near.is_empty()) {
        let near = near.iter().filter_map(|one| alike(&one.uri));
        found.entry(uri.clone()).or_default().near.extend(near);
    }
    for (uri, said) in &confirmed {
        let shown = said.iter().map(|one| Confirmed {
            who: people.who(&one.row.author),
            on: page.day(&one.row.published),
            href: href(app, &one.row),
            others: one.concerns.iter().filter(|id| *id != uri).filter_map(|id| alike(id)).collect(),
        });
        found.entry(uri.clone()).or_default().confirmed.extend(shown);
    }
    Ok(found)
}
