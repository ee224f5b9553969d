//! A city that rebuilds itself under another domain says so with its old key, and is followed there; nobody else moves
//! it.

use std::time::Duration;

use jiff::SignedDuration;
use parvis::{
    App, Error,
    actions::{
        keys_file, moving, obligations,
        say::{Saying, say},
        standings, verify,
    },
    domain::{
        Iri,
        activity::Activity,
        codes::FollowUpStatus,
        said::{self, Said},
    },
    federation::{
        activities, actors as remote,
        connector::Outbound,
        inbox::{Message, Outcome},
        mirror::rebuild,
        probe,
    },
    storage::{actors, follows, moves, outbox, records, records::Row, versions},
    worker,
};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::world::{PHRASE, Site, escaped, held, site};

/// Whom the node of `app` follows, and whether it was accepted.
async fn followed(app: &App) -> Vec<(String, String)> {
    let ours = follows::ours(&app.db).await.unwrap();
    ours.into_iter().map(|follow| (follow.followed, follow.state)).collect()
}

/// The id of one of a node's actors.
async fn actor(site: &Site, handle: &str) -> String {
    actors::by_handle(&site.app().db, handle).await.unwrap().expect("an actor of that handle").uri
}

async fn relay(site: &Site) -> String {
    actors::by_role(&site.app().db, "relay").await.unwrap().remove(0).uri
}

pub async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), waiting).await.unwrap_or_else(|_| panic!("{what}"));
}

/// Angers is gone; what it said, which Rennes had, and its keys are on the node of Bretagne.
async fn elsewhere() -> (Site, Site, Site) {
    let (angers, rennes, bretagne) = (site("angers").await, site("rennes").await, site("bretagne").await);
    angers.node.publish_sample("angers.toml").await;
    rennes.follows(&angers).await;
    probe::probe(rennes.app(), angers.host()).await.unwrap();
    let (keys, _) = keys_file::export(angers.app(), &angers.node.operator, PHRASE).await.unwrap();
    angers.gone();
    let (app, operator) = (bretagne.app(), &bretagne.node.operator);
    keys_file::import(app, operator, &keys, PHRASE).await.unwrap();
    let report = rebuild::rebuild(app, operator, &[rennes.base()], false, &|_, _| ()).await.unwrap();
    assert!(report.authors.iter().filter(|one| one.elsewhere).all(|one| one.ours), "{report:?}");
    (angers, rennes, bretagne)
}

#[tokio::test]
async fn r01_r06_a_city_rebuilt_under_a_new_domain_keeps_its_old_words_and_is_followed_there() {
    let (angers, rennes, bretagne) = elsewhere().await;
    let (app, operator) = (bretagne.app(), &bretagne.node.operator);
    let before = held(angers.app(), angers.host()).await;
    let avis =
        records::by_kind_ours(&angers.app().db, "Avis", &records::Page::first(1)).await.unwrap().remove(0);
    let (old, new) = (relay(&angers).await, relay(&bretagne).await);
    assert_eq!(held(app, angers.host()).await, before);
    assert!(
        records::by_kind_ours(&app.db, "Avis", &records::Page::first(5))
            .await
            .unwrap()
            .iter()
            .any(|row| row.uri == avis.uri)
    );
    let told = probe::relay_at(app, &rennes.base()).await.unwrap();
    let told = remote::known_or_fetched(app, &told).await.unwrap();
    let told = [(told.delivery_inbox().to_owned(), told.host.clone())];
    let waiting = moving::waiting(app).await.unwrap();
    assert_eq!(waiting[0].as_str(), old, "the node first");
    for one in &waiting {
        moving::begin(app, operator, one, &told).await.unwrap();
    }
    assert!(moving::waiting(app).await.unwrap().is_empty(), "once");
    let stop = CancellationToken::new();
    let works =
        [app, rennes.app()].map(|app| tokio::spawn(worker::run(app.clone(), "one".to_owned(), stop.clone())));
    let accepted = (new.clone(), "accepted".to_owned());
    until("it is followed at its new address", async || followed(rennes.app()).await == [accepted.clone()])
        .await;
    let moved = held(app, angers.host()).await;
    until("its last words under the old address arrive", async || {
        held(rennes.app(), angers.host()).await == moved
    })
    .await;
    until("every account moved", async || {
        moves::get(&rennes.app().db, waiting.last().unwrap().as_str()).await.unwrap().is_some()
    })
    .await;
    stop.cancel();
    for work in works {
        work.await.unwrap();
    }
    let key = Iri::parse(&avis.uri).unwrap().key();
    let (_, _, page) = bretagne.get(&rennes, &format!("/recus/{key}"), "text/html").await;
    assert!(
        page.contains("parle maintenant sous une autre adresse") && page.contains(bretagne.host()),
        "{page}"
    );
    for (holder, reader) in [(&rennes, &bretagne), (&bretagne, &rennes)] {
        let asked = format!("/api/v1/mirror?id={}", escaped(&avis.uri));
        assert_eq!(reader.get(holder, &asked, "application/json").await.0, 200, "old ids go on resolving");
        assert!(verify::register(holder.app(), &|_, _| ()).await.unwrap().broken.is_empty());
    }
}

/// The city hall of a node says something.
async fn says(site: &Site, reference: &str, said: &Said) -> String {
    let reference = reference.to_owned();
    let saying = Saying { reference, by: "mairie", said, title: None, text: "Voilà.", synthetic: true };
    say(site.app(), &site.node.operator, saying).await.unwrap().id.to_string()
}

fn follow_up(of: &Row, status: FollowUpStatus) -> Said {
    Said::FollowUp(said::FollowUp {
        concerns: vec![Iri::parse(&of.uri).unwrap()],
        status,
        reason: None,
        as_of: None,
        evidence: Vec::new(),
        relay: None,
        entered_for: None,
        service: None,
    })
}

/// By which record a recommendation stands, as a node computes it.
async fn stands_by(site: &Site, of: &Row) -> Option<String> {
    let mut found = standings::standings_of(site.app(), std::slice::from_ref(of)).await.unwrap();
    found.remove(&of.uri).unwrap().by.map(|by| by.to_string())
}

async fn accounts(site: &Site, avis: &str) -> usize {
    obligations::of(site.app(), avis).await.unwrap().expect("the avis").known.accounts.len()
}

#[tokio::test]
async fn o46_from_the_move_on_the_new_account_speaks_for_the_old_one_and_nobody_by_its_own_word() {
    let (angers, rennes, bretagne) = elsewhere().await;
    rennes.follows(&bretagne).await;
    let later = || {
        for site in [&rennes, &bretagne] {
            site.app().clock.advance(SignedDuration::from_hours(1));
        }
    };
    let (old, new) = (actor(&angers, "mairie").await, actor(&bretagne, "mairie").await);
    let asked = records::by_kind_ours(&angers.app().db, "Recommendation", &records::Page::first(50)).await;
    let one = asked.unwrap().into_iter().find(|row| row.addressee.as_ref() == Some(&old)).unwrap();
    let avis = one.avis.clone().unwrap();
    let (before, given) = (stands_by(&rennes, &one).await, accounts(&rennes, &avis).await);

    // Before the move, and of anybody else at any time: a word beside it.
    later();
    says(&bretagne, "avant", &follow_up(&one, FollowUpStatus::Done)).await;
    says(&rennes, "autre", &follow_up(&one, FollowUpStatus::Done)).await;
    rennes.catches_up(&bretagne).await;
    assert_eq!(stands_by(&rennes, &one).await, before);
    assert_eq!(stands_by(&bretagne, &one).await, before);

    // What both accounts signed of the move is enough; no message of it arrived.
    later();
    for one in moving::waiting(bretagne.app()).await.unwrap() {
        moving::begin(bretagne.app(), &bretagne.node.operator, &one, &[]).await.unwrap();
    }
    rennes.catches_up(&bretagne).await;
    let known = async |site: &Site| moves::get(&site.app().db, &old).await.unwrap().expect("its move");
    let (here, there) = (known(&rennes).await, known(&bretagne).await);
    assert_eq!((&here.target, here.at), (&there.target, there.at), "the same on both nodes");
    assert_eq!(here.target, new);
    assert_eq!(stands_by(&rennes, &one).await, before, "what it said before the move does not count");

    later();
    let word = says(&bretagne, "apres", &follow_up(&one, FollowUpStatus::InProgress)).await;
    let account = said::Account { concerns: vec![Iri::parse(&avis).unwrap()], due: None, as_of: None };
    says(&bretagne, "compte", &Said::Account(account)).await;
    rennes.catches_up(&bretagne).await;
    for site in [&rennes, &bretagne] {
        assert_eq!(stands_by(site, &one).await.as_ref(), Some(&word));
        assert_eq!(accounts(site, &avis).await, given + 1, "and what is owed is held by it");
    }
    let council =
        moves::get(&bretagne.app().db, &one.author).await.unwrap().expect("its council moved").target;
    let boosts = outbox::of_object(&bretagne.app().db, &word).await.unwrap();
    assert!(
        boosts.iter().any(|one| one.kind == "Announce" && one.actor == council),
        "boosted where it speaks"
    );

    // Who looks for the council is told where it went.
    let said_so = format!(
        "Parle maintenant sous une autre adresse\u{a0}: <span class=\"who\"><a href=\"{}",
        bretagne.base()
    );
    let (_, _, page) = bretagne.get(&rennes, "/annuaire", "text/html").await;
    assert!(page.contains(&said_so), "{page}");
    let mut tx = angers.app().db.begin().await.unwrap();
    let gone = moves::Move { actor: one.author.clone(), target: council, ours: true, at: 1 };
    moves::put(&mut tx, &gone).await.unwrap();
    tx.commit().await.unwrap();
    angers.back();
    let handle = actors::get(&angers.app().db, &one.author).await.unwrap().unwrap().handle;
    let (_, _, page) = bretagne.get(&angers, &format!("/conseils/{handle}"), "text/html").await;
    assert!(page.contains("Parle maintenant sous une autre adresse"), "{page}");
}

/// A Move as the gate lets it in: signed by `actor`.
async fn moved(app: &App, actor: &str, object: &str, target: &str) -> Result<Outcome, Error> {
    let id =
        format!("{}/activities/{}", Iri::parse(actor).unwrap().origin(), app.chance.uuid(app.clock.now()));
    let document = json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": id, "type": "Move", "actor": actor, "object": object, "target": target,
    });
    let text = document.to_string();
    let activity = Activity::from_document(document.as_object().unwrap().clone()).unwrap();
    let sender = actors::get(&app.db, actor).await.unwrap();
    let sender = match sender {
        Some(sender) => sender,
        None => actors::ours(&app.db).await.unwrap().remove(0),
    };
    activities::receive(app, &Message { activity, text, sender, limited: false }).await
}

#[tokio::test]
async fn o40_nobody_moves_another_nor_to_an_address_that_does_not_know_it_nor_twice() {
    let (angers, rennes, nancy) = (site("angers").await, site("rennes").await, site("nancy").await);
    angers.node.publish_sample("angers.toml").await;
    rennes.follows(&angers).await;
    rennes.follows(&nancy).await;
    let app = rennes.app();
    let (old, other) = (relay(&angers).await, relay(&nancy).await);
    let council = actors::by_role(&angers.app().db, "council").await.unwrap().remove(0).uri;
    let (before, count) = (followed(app).await, versions::count(&app.db).await.unwrap());
    let requests = || {
        let log = app.http.outbound_log();
        log.iter().filter(|one| matches!(one, Outbound::Request { .. })).count()
    };
    let asked = requests();
    assert!(matches!(moved(app, &other, &old, &other).await, Err(Error::Forbidden { .. })), "another's");
    let here = relay(&rennes).await;
    assert!(matches!(moved(app, &old, &old, &here).await, Err(Error::Forbidden { .. })), "to us");
    let stranger = "https://stranger.example/actors/1";
    assert_eq!(moved(app, stranger, stranger, &other).await.unwrap(), Outcome::Ignored);
    assert_eq!(requests(), asked, "nothing is asked of anybody for these");
    let unknown = moved(app, &old, &old, &other).await.unwrap_err();
    assert!(unknown.to_string().contains("not-known-as"), "{unknown}");
    assert!(moves::get(&app.db, &old).await.unwrap().is_none());
    assert_eq!((followed(app).await, versions::count(&app.db).await.unwrap()), (before, count), "no trace");
    let mut tx = app.db.begin().await.unwrap();
    let once =
        moves::Move { actor: council.clone(), target: "https://x.example/1".to_owned(), ours: false, at: 1 };
    moves::put(&mut tx, &once).await.unwrap();
    tx.commit().await.unwrap();
    assert!(matches!(moved(app, &council, &council, &other).await, Err(Error::Conflict { .. })), "twice");
}
