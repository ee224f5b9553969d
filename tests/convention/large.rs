//! A convention of fifty cities: every page of it stays small, and nothing is hidden by that.

use std::collections::BTreeSet;

use parvis::{
    actions::{conventions, reindex, take_part},
    domain::{Hash, Version, canonical},
    storage::{actors, records::Row, versions},
};

use crate::{together::CONVENTION, world::City};

/// Bytes of a page.
const MOST: usize = 60 * 1024;
/// Cities beside the one they are like.
const OTHERS: usize = 49;

/// An avis of six recommendations, two of which have answers as long as a page shows of them.
fn avis() -> String {
    let title =
        "Que toute décision à laquelle une machine a pris part le dise à la personne qu’elle concerne";
    let themes = ["libertes", "formation", "libertes", "formation", "education", "libertes"];
    let recommendations = themes
        .map(|theme| format!("  {{ title = \"{title}\", themes = [\"{theme}\"], tier = \"commune\" }},\n"));
    let text = "La Ville examinera avec le conseil comment le faire dans ses services. ".repeat(6);
    let answers = ["accepted", "refused"].map(|decision| {
        let number = if decision == "accepted" { 1 } else { 2 };
        format!(
            "[[answers]]\nref = \"r-{number}\"\nrecommendation = \"conseil/a2/r{number}\"\ndecision = \"{decision}\"\n\
             reason = \"budget\"\non = \"2026-11-20\"\ntext = \"{text}\"\n"
        )
    });
    format!(
        "[[avis]]\nref = \"a2\"\ncouncil = \"conseil\"\nquestion = \"q1\"\ntitle = \"Six demandes\"\n\
         summary = \"Court.\"\ndiagnosis = \"Ce qui est.\"\nstakes = \"Ce qui compte.\"\nadopted_on = \"2026-11-05\"\n\
         delivered = {{ on = \"2026-11-06\" }}\nrecommendations = [\n{}]\n{}",
        recommendations.concat(),
        answers.concat()
    )
}

/// A member with six recommendations, and as many more like it as asked for, each at a server of its own: as if their
/// records had come from there.
async fn convention() -> City {
    let rennes = City::found("rennes", true).await;
    rennes.publish(&(CONVENTION.to_owned() + &avis())).await;
    let (app, operator) = (rennes.app(), &rennes.node.operator);
    let adhesion = rennes.join().await;
    rennes.admit(&adhesion).await;
    let known = conventions::named(app, "ia").await.unwrap();
    let mut all = rennes.own("Avis").await;
    let second = all.remove(1);
    take_part::contribute(app, operator, &known, (&second.uri, None), "").await.unwrap();

    let kinds = ["Adhesion", "Admission", "Avis", "Recommendation", "Delivery", "Answer", "Contribution"];
    let mut rows: Vec<Row> = Vec::new();
    for kind in kinds {
        rows.extend(rennes.own(kind).await);
    }
    // The first avis is nobody's but theirs.
    rows.retain(|row| row.uri != all[0].uri && row.avis.as_ref() != Some(&all[0].uri));
    let council = rennes.actor("conseil").await;
    let council = actors::get(&app.db, council.as_str()).await.unwrap().unwrap();
    let mut tx = app.db.begin().await.unwrap();
    for place in 1..=OTHERS {
        let like = Like { place, base: app.urls.base(), known: &known, adhesion: &adhesion };
        let mut actor = council.clone();
        (actor.uri, actor.host) = (like.moved(&actor.uri), like.host());
        (actor.ours, actor.name) = (false, format!("Conseil de développement de la ville {place:02}"));
        actor.url = actor.url.map(|url| like.moved(&url));
        actors::put(&mut tx, &actor).await.unwrap();
        for row in &rows {
            versions::append(&mut tx, &like.version(row)).await.unwrap();
        }
    }
    tx.commit().await.unwrap();
    reindex::reindex(app, operator, &|_, _| ()).await.unwrap();
    rennes
}

/// How a city is like the first one.
struct Like<'a> {
    place: usize,
    base: &'a str,
    known: &'a conventions::Known,
    adhesion: &'a str,
}

impl Like<'_> {
    fn host(&self) -> String {
        format!("ville-{:02}.example", self.place)
    }

    /// Everything as if it were there, but for the convention itself.
    fn moved(&self, text: &str) -> String {
        let there = format!("http://{}", self.host());
        let moved = text.replace(self.base, &there);
        let charter = self.known.said.charter.as_ref().map(ToString::to_string).unwrap_or_default();
        let stays = [self.known.said.convention.to_string(), self.known.row.uri.clone(), charter];
        stays.iter().fold(moved, |text, id| text.replace(&id.replace(self.base, &there), id))
    }

    fn version(&self, row: &Row) -> versions::NewVersion {
        let text = if row.kind == "Admission" {
            // The host's own word on that city: an id of its own, about the adhesion there.
            let (start, end) = row.uri.split_at(row.uri.len() - 4);
            let end = usize::from_str_radix(end, 16).unwrap() + self.place;
            let own = format!("{start}{:04x}", end % 0x1_0000);
            row.document.replace(&row.uri, &own).replace(self.adhesion, &self.moved(self.adhesion))
        } else {
            self.moved(&row.document)
        };
        let document = canonical::read(&text).unwrap();
        let version = Version::from_document(&document).unwrap();
        versions::NewVersion {
            uri: version.id().to_string(),
            version: row.version,
            hash: canonical::hash(&document).to_string(),
            previous: version.previous().map(Hash::to_string),
            kind: row.kind.clone(),
            author: version.author().to_string(),
            origin: version.author().host().to_owned(),
            ours: false,
            proof: "valid".to_owned(),
            document: text,
            received_at: 0,
        }
    }
}

/// Addresses in a page that begin so.
fn links<'a>(page: &'a str, start: &str) -> Vec<&'a str> {
    let all = page.split("href=\"").skip(1).filter_map(|part| part.split('"').next());
    all.filter(|href| href.starts_with(start)).collect()
}

fn address(href: &str) -> String {
    let href = href.replace("&amp;", "&").replace("&#38;", "&");
    let href = href.split('#').next().unwrap();
    if href.starts_with('?') { format!("/conventions/ia{href}") } else { href.to_owned() }
}

/// A page that is small, and the same in English.
async fn small(city: &City, path: &str) -> String {
    let page = city.page(path).await;
    assert!(page.len() <= MOST, "{path} weighs {}", page.len());
    assert!(!page.contains("<script") && !page.contains("style="), "{path}");
    page
}

/// What lists show, from page to page.
async fn walked(city: &City, start: &str, shows: &str) -> BTreeSet<String> {
    let (mut path, mut found) = (Some(start.to_owned()), BTreeSet::new());
    while let Some(at) = path {
        let page = small(city, &at).await;
        let before = found.len();
        found.extend(links(&page, shows).into_iter().map(ToOwned::to_owned));
        assert!(found.len() > before, "{at} shows nothing new");
        let next = page.split("rel=\"next\"").next().filter(|_| page.contains("rel=\"next\""));
        path = next.and_then(|before| before.rsplit("href=\"").next()?.split('"').next()).map(address);
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r2_34_fifty_cities_stand_on_pages_below_60_kb_and_nothing_is_hidden() {
    let rennes = convention().await;
    let csv = rennes.page("/conventions/ia.csv").await;
    assert_eq!(csv.lines().count(), 1 + 6 * (OTHERS + 1), "the whole is in the table");

    // It opens on what there is, by question and by council, each count a link to what it counts.
    let page = small(&rennes, "/conventions/ia").await;
    assert!(page.contains("id=\"par-question\"") && page.contains("id=\"par-conseil\""), "{page}");
    assert!(page.contains("?ville=ville-49.example") && page.contains("?vue=liste"), "{page}");
    let counts: BTreeSet<String> = links(&page, "?").into_iter().map(address).collect();
    assert!(counts.len() > 150, "{counts:?}");
    let asked =
        |part: &str| counts.iter().find(|path| path.contains(part)).unwrap_or_else(|| panic!("{part}"));
    for part in ["q=transparence&etat=accepted", "q=formation", "q=theme-education", "ville=ville-07.example"]
    {
        small(&rennes, asked(part)).await;
    }
    let one = small(&rennes, "/conventions/ia?ville=ville-07.example").await;
    assert!(one.contains("<table class=\"side\"") && one.contains("id=\"plot-progress-titre\""), "{one}");
    assert!(!one.contains("ville 08</p>"), "columns of those asked for only");

    // One after the other: all of them, each once; of a question, its own.
    let all = walked(&rennes, "/conventions/ia?vue=liste", "/recus/").await;
    let answers = 2 * OTHERS;
    assert_eq!(all.len(), 6 * OTHERS + answers, "recommendations and answers from elsewhere");
    let accepted = walked(&rennes, "/conventions/ia?q=transparence&etat=accepted", "/recus/").await;
    assert_eq!(accepted.len(), 2 * OTHERS, "a recommendation and its answer of each");
    assert!(accepted.is_subset(&all));
    let members = walked(&rennes, "/conventions/ia/membres", "http://ville-").await;
    assert!((1..=OTHERS).all(|n| members.iter().any(|href| href.contains(&format!("ville-{n:02}.")))));
}
