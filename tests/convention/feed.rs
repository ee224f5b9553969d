//! The Atom feed of a convention: on its page on every node, in the directory, and what it tells.

use atom_syndication::{Entry, Feed};
use axum::{body::Body, http::Request};
use jiff::SignedDuration;
use parvis::{
    actions::withdraw,
    domain::{Iri, codes::Reason},
};

use crate::world::{City, convened, until};

const PATH: &str = "/flux/convention_ia.atom";

/// What a member says after it contributed.
const SAID: &str = r#"
[[answers]]
recommendation = "conseil/a1/r1"
decision = "accepted"
on = "2026-11-20"
text = "Oui, un registre public."
[[agreements]]
council = "conseil"
of = "conseil/a1/r2"
grades = [1, 2, 4, 13, 10]
on = "2026-11-21"
"#;

async fn read(city: &City) -> Feed {
    let (status, headers, text) = city.ask(Request::get(PATH).body(Body::empty()).unwrap()).await;
    assert_eq!(status, 200, "{text}");
    assert_eq!(headers["content-type"], "application/atom+xml; charset=utf-8");
    text.parse().unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The entry of a record.
fn entry<'a>(feed: &'a Feed, id: &str) -> Option<&'a Entry> {
    feed.entries.iter().find(|entry| entry.id == id)
}

#[tokio::test]
async fn r2_34_the_feed_of_a_convention_tells_who_comes_and_goes_and_what_becomes_of_it() {
    let cities = convened(&["angers"]).await;
    let [rennes, angers] = &cities[..] else { unreachable!() };
    let feed = read(rennes).await;
    assert_eq!(
        feed.title.value,
        "Convention sur l’intelligence artificielle – membres, contributions, synthèses et suites"
    );
    let (adhesion, admissions) = (angers.own("Adhesion").await.remove(0).uri, rennes.own("Admission").await);
    for id in admissions.iter().map(|row| &row.uri).chain([&adhesion]) {
        assert!(entry(&feed, id).is_some(), "{id}: {feed:?}");
    }

    // What was contributed, what its city and its council say of it, and the whole.
    let contribution = angers.contribute().await;
    angers.publish(SAID).await;
    let cited = angers.own("Recommendation").await.remove(0).uri;
    let group = rennes.actor("convention_ia").await;
    rennes
        .publish(&format!(
            "[[syntheses]]\nconvention = \"{group}\"\ntitle = \"Ensemble\"\nsentences = [{{ text = \"Angers veut un registre.\", cites = [\"{cited}\"] }}]\n"
        ))
        .await;
    let mut told = vec![contribution.clone(), rennes.own("Synthesis").await.remove(0).uri];
    for kind in ["Answer", "Agreement"] {
        told.push(angers.own(kind).await.remove(0).uri);
    }
    until("everything is told", async || {
        let feed = read(rennes).await;
        told.iter().all(|id| entry(&feed, id).is_some())
    })
    .await;
    let feed = read(rennes).await;
    let answer = entry(&feed, &told[2]).unwrap();
    assert_eq!(answer.authors[0].name, "angers");
    let content = answer.content.as_ref().and_then(|content| content.value.clone()).unwrap();
    assert!(content.contains("Oui, un registre public."), "{content}");
    assert!(feed.entries.is_sorted_by(|a, b| a.updated >= b.updated), "the newest first");
    for one in &feed.entries {
        assert!(Iri::parse(&one.links[0].href).is_ok() && !one.authors[0].name.is_empty(), "{one:?}");
        assert!(!one.title.value.is_empty(), "{one:?}");
    }

    // Taken back: it comes up again, and says so; what was said of it is no matter of the convention any more.
    for city in &cities {
        city.app().clock.advance(SignedDuration::from_hours(1));
    }
    let id = Iri::parse(&contribution).unwrap();
    let words = "Nous reverserons.";
    withdraw::withdraw(angers.app(), &angers.node.operator, &id, Reason::Superseded, words).await.unwrap();
    until("taken back", async || {
        let feed = read(rennes).await;
        feed.entries[0].id == contribution && feed.entries[0].title.value.ends_with("(retiré)")
    })
    .await;
    let feed = read(rennes).await;
    assert!(feed.entries[0].categories.iter().any(|mark| mark.term == "withdrawn"));
    assert!(entry(&feed, &told[2]).is_none() && entry(&feed, &told[1]).is_some());
}

#[tokio::test]
async fn requirement_4_9_a_convention_is_in_the_directory_and_its_feed_on_its_page_wherever_it_is_read() {
    let cities = convened(&["angers"]).await;
    let address = format!("{}{PATH}", cities[0].app().urls.base());
    for city in &cities {
        let page = city.page("/conventions/ia").await;
        let link = format!("<link rel=\"alternate\" type=\"application/atom+xml\" href=\"{address}\"");
        assert!(page.contains(&link), "{}: {page}", city.name);
        assert!(page.contains(&format!("<a href=\"{address}\" type=\"application/atom+xml\">")), "{page}");
        for path in ["/annuaire", "/annuaire.csv", "/annuaire.opml", "/api/v1/directory"] {
            let shown = city.page(path).await;
            assert!(
                shown.contains("Convention sur l’intelligence artificielle"),
                "{}{path}: {shown}",
                city.name
            );
            assert!(path.starts_with("/api") || shown.contains(&address), "{}{path}: {shown}", city.name);
        }
    }
    // A Group says nothing itself: what was last said in it counts.
    let told = cities[1].page("/api/v1/directory").await;
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    let listed = told["bodies"].as_array().unwrap().iter().find(|one| one["kind"] == "convention");
    assert!(listed.unwrap()["lastPublished"].is_string(), "{told}");
    assert!(cities[0].page("/@convention_ia").await.contains(&address));
    for path in ["/flux/relay.atom", "/flux/rien.atom"] {
        let (status, _, _) = cities[0].ask(Request::get(path).body(Body::empty()).unwrap()).await;
        assert_eq!(status, 404, "{path}");
    }
}
