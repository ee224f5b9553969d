//! What every page has around its own words: title, description, navigation, language switch, footer.
//! Templates say everything through it, in the language of the reader.

use fluent_templates::fluent_bundle::FluentValue;
use jiff::tz::TimeZone;
use unicode_normalization::UnicodeNormalization as _;

use super::{assets, dates, markup, markup::Markup};
use crate::{
    App,
    domain::{CivilDate, Instant},
    i18n::{self, Lang},
};

/// A count, as templates hand it over.
pub trait Count {
    /// The count.
    fn count(&self) -> i64;
}

impl Count for i64 {
    fn count(&self) -> i64 {
        *self
    }
}

impl Count for u32 {
    fn count(&self) -> i64 {
        i64::from(*self)
    }
}

impl Count for usize {
    fn count(&self) -> i64 {
        i64::try_from(*self).unwrap_or(i64::MAX)
    }
}

impl<T: Count> Count for &T {
    fn count(&self) -> i64 {
        (*self).count()
    }
}

/// The frame of a page.
#[derive(Clone, Debug)]
pub struct Page {
    /// Language of the reader.
    pub lang: Lang,
    /// Name of the city, also the name of the site.
    pub city: String,
    /// What the page is, without the city.
    pub title: String,
    /// One sentence for search engines and previews.
    pub description: String,
    /// Path of the page, without query.
    pub path: String,
    /// Path and query, for the way back of the language switch.
    pub here: String,
    /// Absolute address of the page.
    pub address: String,
    /// `website`, `article` or `profile`.
    pub og_type: &'static str,
    /// Id of the same thing as an ActivityPub document.
    pub activity: Option<String>,
    /// Atom feeds: path and title.
    pub feeds: Vec<(String, String)>,
    /// Profiles of our actors, for `rel=me`.
    pub profiles: Vec<String>,
    /// Whether search engines may keep it.
    pub listed: bool,
    /// Path of the stylesheet.
    pub style: String,
    /// Path of the icon.
    pub icon: String,
    /// Address of the picture of its preview.
    pub card: String,
    /// Address of the city feed in the fediverse.
    pub follow: String,
    /// Address of the site.
    pub site: String,
    domain: String,
    zone: TimeZone,
}

impl Page {
    /// The frame of the page at `path`; it needs a title.
    #[must_use]
    pub fn new(app: &App, lang: Lang, path: &str) -> Self {
        Self {
            lang,
            city: app.config.city.name.clone(),
            title: app.config.city.name.clone(),
            description: String::new(),
            path: path.to_owned(),
            here: path.to_owned(),
            address: format!("{}{path}", app.urls.base()),
            og_type: "website",
            activity: None,
            feeds: Vec::new(),
            profiles: Vec::new(),
            listed: true,
            style: assets::style(),
            icon: assets::icon(),
            card: format!("{}{}", app.urls.base(), assets::card()),
            follow: format!("@fil@{}", app.config.domain),
            domain: app.config.domain.clone(),
            site: app.urls.base().to_owned(),
            zone: TimeZone::get(&app.config.time_zone).unwrap_or(TimeZone::UTC),
        }
    }

    /// With a title.
    #[must_use]
    pub fn titled(mut self, title: impl Into<String>) -> Self {
        self.title = markup::name(&title.into());
        self
    }

    /// With a description, cut at 200 characters; HTML in it is taken off.
    #[must_use]
    pub fn described(mut self, html: &str) -> Self {
        self.description = markup::plain(html, 200);
        self
    }

    /// An article or a profile that is also the ActivityPub document `id`.
    #[must_use]
    pub fn showing(mut self, og_type: &'static str, id: &str) -> Self {
        self.og_type = og_type;
        self.activity = Some(id.to_owned());
        self
    }

    /// With an Atom feed.
    #[must_use]
    pub fn with_feed(mut self, path: impl Into<String>, title: impl Into<String>) -> Self {
        self.feeds.push((path.into(), title.into()));
        self
    }

    /// With the query it was asked with, which the language switch keeps.
    #[must_use]
    pub fn asked(mut self, query: &str) -> Self {
        if !query.is_empty() {
            self.here = format!("{}?{query}", self.path);
        }
        self
    }

    /// Following a certain actor of ours rather than the city feed.
    #[must_use]
    pub fn following(mut self, app: &App, handle: &str) -> Self {
        self.follow = format!("@{handle}@{}", app.config.domain);
        self
    }

    /// Address of an actor of ours in the fediverse: `@ccnr@rennes.example`.
    #[must_use]
    pub fn address_of(&self, handle: &str) -> String {
        format!("@{handle}@{}", self.domain)
    }

    /// Kept out of search engines.
    #[must_use]
    pub fn unlisted(mut self) -> Self {
        self.listed = false;
        self
    }

    /// Title and city.
    #[must_use]
    pub fn full_title(&self) -> String {
        if self.title == self.city {
            return self.city.clone();
        }
        let args = [("title", self.title.as_str().into()), ("city", self.city.as_str().into())];
        i18n::t_args(self.lang, "page-title", &args)
    }

    /// The items of the navigation: path, label, whether the page is in that part of the site.
    #[must_use]
    pub fn nav(&self) -> Vec<(&'static str, String, bool)> {
        let items = [
            ("/", "nav-home"),
            ("/conseils", "nav-councils"),
            ("/questions", "nav-questions"),
            ("/avis", "nav-avis"),
            ("/echeances", "nav-owed"),
            ("/conventions", "conventions-title"),
            ("/recus", "nav-received"),
            ("/recherche", "nav-search"),
            ("/reseau", "nav-network"),
        ];
        let inside =
            |path: &str| self.path == path || (path != "/" && self.path.starts_with(&format!("{path}/")));
        items.into_iter().map(|(path, key)| (path, self.t(key), inside(path))).collect()
    }

    /// The languages of the switch.
    #[must_use]
    pub fn languages(&self) -> [Lang; 2] {
        Lang::ALL
    }

    /// A message.
    #[must_use]
    pub fn t(&self, key: &str) -> String {
        i18n::t(self.lang, key)
    }

    /// The label of a code: `status-done`; the code itself when it is not one of ours.
    #[must_use]
    pub fn label(&self, list: &str, code: &str) -> String {
        let key = format!("{list}-{code}");
        if i18n::has(self.lang, &key) { self.t(&key) } else { markup::name(code) }
    }

    /// A message with a number, `n`.
    #[must_use]
    pub fn n(&self, key: &str, n: impl Count) -> String {
        i18n::t_args(self.lang, key, &[("n", n.count().into())])
    }

    /// A message with a word.
    #[must_use]
    pub fn with(&self, key: &str, name: &'static str, value: impl AsRef<str>) -> String {
        i18n::t_args(self.lang, key, &[(name, FluentValue::from(value.as_ref()))])
    }

    /// The city after a noun: « de Rennes », « d’Angers », « du Havre »; “of Rennes”.
    #[must_use]
    pub fn of_city(&self) -> String {
        of_place(self.lang, &self.city)
    }

    /// A number, grouped.
    #[must_use]
    pub fn number(&self, value: impl Count) -> String {
        i18n::number(self.lang, value.count())
    }

    /// Tenths of a percent: « 12,5 % »; “12.5%”.
    #[must_use]
    pub fn percent(&self, tenths: usize) -> String {
        let (whole, rest) = (tenths / 10, tenths % 10);
        let args = [("whole", whole.to_string().into()), ("tenths", rest.to_string().into())];
        i18n::t_args(self.lang, if rest == 0 { "percent-whole" } else { "percent-tenths" }, &args)
    }

    /// A civil date.
    #[must_use]
    pub fn civil(&self, date: &CivilDate) -> Markup {
        dates::civil(self.lang, date)
    }

    /// The day of an instant of a record, as the record writes it.
    #[must_use]
    pub fn day(&self, written: &str) -> Markup {
        Instant::parse_foreign(written)
            .map(|instant| dates::instant(self.lang, &self.zone, instant))
            .unwrap_or_default()
    }

    /// The day of a time kept in milliseconds.
    #[must_use]
    pub fn moment_of_millis(&self, millis: i64) -> Markup {
        jiff::Timestamp::from_millisecond(millis)
            .map(|at| dates::moment(self.lang, &self.zone, Instant::of(at)))
            .unwrap_or_default()
    }

    /// The day alone.
    #[must_use]
    pub fn day_of_millis(&self, millis: i64) -> Markup {
        jiff::Timestamp::from_millisecond(millis)
            .map(|at| dates::instant(self.lang, &self.zone, Instant::of(at)))
            .unwrap_or_default()
    }
}

/// A place after a noun, with the elision and the contractions of French.
fn of_place(lang: Lang, name: &str) -> String {
    if lang == Lang::En {
        return format!("of {name}");
    }
    if let Some(rest) = name.strip_prefix("Le ") {
        return format!("du {rest}");
    }
    if let Some(rest) = name.strip_prefix("Les ") {
        return format!("des {rest}");
    }
    let first = name.nfd().next().unwrap_or_default().to_ascii_lowercase();
    if matches!(first, 'a' | 'e' | 'i' | 'o' | 'u' | 'y') {
        format!("d’{name}")
    } else {
        format!("de {name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_after_a_noun_in_french() {
        let of = |name| of_place(Lang::Fr, name);
        assert_eq!(of("Rennes"), "de Rennes");
        assert_eq!(of("Angers"), "d’Angers");
        assert_eq!(of("Évreux"), "d’Évreux");
        assert_eq!(of("Le Havre"), "du Havre");
        assert_eq!(of("Les Ulis"), "des Ulis");
        assert_eq!(of_place(Lang::En, "Angers"), "of Angers");
    }
}
