//! A node that follows the host of a convention and is in it with nobody: what it lacks is said, and held against
//! nobody. And what a table cannot be cut to.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use jiff::SignedDuration;
use parvis::{
    actions::receive::{self, Arrival},
    domain::{canonical, convention::Standing},
    storage::{moves, moves::Move},
};
use serde_json::{Value, json};

use crate::world::{City, convened, until};

async fn told(city: &City, path: &str) -> Value {
    serde_json::from_str(&city.page(path).await).unwrap()
}

/// A record of one node reaches another, as its author signed it.
async fn hand(from: &City, kind: &str, to: &City) {
    let text = from.own(kind).await.remove(0).document;
    let document = canonical::read(&text).unwrap();
    let arrival = Arrival { text: &text, document: &document, from_origin: true, activity: None };
    receive::version(to.app(), &arrival).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r2_34_r2_35_who_is_no_member_is_told_what_is_not_received_and_nobody_is_short_by_that() {
    let cities = convened(&["angers"]).await;
    let [rennes, angers] = &cities[..] else { unreachable!() };
    for city in &cities {
        city.contribute().await;
    }
    let nancy = City::found("nancy", false).await;
    nancy.follow(rennes).await;
    let there = angers.actor("conseil").await;
    until("it knows who is a member", async || nancy.standing(&there).await == Some(Standing::Member)).await;

    // What it does not follow may be missing: that is said, with where the whole is.
    let page = nancy.page("/conventions/ia").await;
    let host = format!("{}/conventions/ia", rennes.app().urls.base());
    for part in
        ["Ce nœud ne suit pas les serveurs de ces conseils", "Il n’est pas entier", &host, "pas reçu ici"]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("calcule le même"), "{page}");
    let json = told(&nancy, "/conventions/ia.json").await;
    assert_eq!((&json["notFollowed"], &json["notReceived"]), (&json!([there]), &json!([])));

    // Long after, members know what is not kept; who does not receive it says that instead.
    let path = "/conventions/ia/membres.csv?on=2027-06-01";
    until("the same on both members", async || rennes.page(path).await == angers.page(path).await).await;
    let states = |csv: &str| -> Vec<String> {
        let own = csv.lines().filter(|line| line.starts_with(there.as_str()));
        own.map(|line| line.split(',').nth(5).unwrap().to_owned()).collect()
    };
    let by_members = states(&rennes.page(path).await);
    assert!(by_members.iter().any(|state| state == "shortfall"), "{by_members:?}");
    assert_eq!(states(&nancy.page(path).await), ["not-received"; 4]);
    let page = nancy.page("/conventions/ia/membres?on=2027-06-01").await;
    assert!(page.contains("Ce nœud ne suit pas le serveur de ce conseil"), "{page}");

    // A contribution arrives and what it brings does not: that is named, then asked for where it is.
    hand(angers, "Contribution", &nancy).await;
    let avis = angers.own("Avis").await.remove(0).uri;
    let json = told(&nancy, "/conventions/ia.json").await;
    assert_eq!(
        (&json["notReceived"][0]["id"], &json["notReceived"][0]["council"]),
        (&json!(avis), &json!(there))
    );
    let page = nancy.page("/conventions/ia").await;
    assert!(page.contains("Un document versé n’est pas encore reçu ici"), "{page}");
    assert!(page.contains(&format!("href=\"{avis}\"")), "{page}");
    assert!(!nancy.page("/conventions/ia.csv").await.contains("Former les agents, angers"));
    nancy.app().clock.advance(SignedDuration::from_mins(2));
    nancy.app().wake.notify_one();
    until("it has what was contributed", async || {
        nancy.page("/conventions/ia.csv").await.contains("Former les agents, angers")
    })
    .await;
    assert_eq!(told(&nancy, "/conventions/ia.json").await["notReceived"], json!([]));

    for city in &cities {
        let json = told(city, "/conventions/ia.json").await;
        assert_eq!((&json["notFollowed"], &json["notReceived"]), (&json!([]), &json!([])));
        let page = city.page("/conventions/ia").await;
        assert!(page.contains("calcule le même") && !page.contains("Il n’est pas entier"), "{page}");
    }
}

#[tokio::test]
async fn r2_34_what_a_table_cannot_be_cut_to_is_refused_and_said() {
    let rennes = City::found("rennes", true).await;
    let adhesion = rennes.join().await;
    rennes.admit(&adhesion).await;
    rennes.contribute().await;
    let host = rennes.app().urls.host().to_owned();
    let fields = [
        ("etat", "accepted", "refused"),
        ("echelon", "commune", "region"),
        ("q", "transparence", "autres"),
        ("theme", "libertes", "formation"),
        ("ville", host.as_str(), host.as_str()),
    ];
    let refused = async |path: &str| {
        let (status, headers, text) = rennes.ask(Request::get(path).body(Body::empty()).unwrap()).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{path}: {text}");
        (headers["content-type"].to_str().unwrap().to_owned(), text)
    };
    for (field, known, other) in fields {
        for end in ["", ".csv", ".json"] {
            for value in [known, other, ""] {
                rennes.page(&format!("/conventions/ia{end}?{field}={value}")).await;
            }
            let (kind, text) = refused(&format!("/conventions/ia{end}?{field}=zzz")).await;
            let form = match end {
                ".csv" => "text/plain",
                ".json" => "application/problem+json",
                _ => "text/html",
            };
            assert!(kind.starts_with(form), "{field}{end}: {kind}");
            assert!([field, known, other, "zzz"].iter().all(|part| text.contains(part)), "{text}");
        }
    }
    for field in ["echelon", "ville"] {
        let (_, text) = refused(&format!("/competences.csv?{field}=zzz")).await;
        assert!(
            text.contains(field) && text.contains(if field == "ville" { &host } else { "commune" }),
            "{text}"
        );
    }
    let (kind, _) = refused("/conventions/ia.json?on=2026").await;
    assert_eq!(kind, "application/problem+json");
}

#[tokio::test]
async fn r01_a_convention_whose_host_moved_is_listed_with_where_it_went() {
    let rennes = City::found("rennes", true).await;
    let (old, new) = (rennes.actor("mairie").await, rennes.actor("fil").await);
    let note = "Parle maintenant sous une autre adresse";
    assert!(!rennes.page("/conventions").await.contains(note));
    let mut tx = rennes.app().db.begin().await.unwrap();
    let row = Move { actor: old.to_string(), target: new.to_string(), ours: true, at: 0 };
    moves::put(&mut tx, &row).await.unwrap();
    tx.commit().await.unwrap();
    for path in ["/conventions", "/conventions/ia"] {
        let page = rennes.page(path).await;
        let said = page.contains("maintenant sous une autre adresse") && page.contains("/@fil\"");
        assert!(said, "{path}: {page}");
    }
}
