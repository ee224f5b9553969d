//! A city whose node is destroyed rebuilds its register from its peers.

use parvis::{
    App,
    actions::{
        actors::{self as accounts, Profile},
        keys_file, verify, withdraw,
    },
    domain::{Handle, Iri, Role, codes::Reason},
    federation::mirror::rebuild::{self, Report},
    storage::{actors, records, versions},
};

use crate::world::{PHRASE, Site, held, site};

/// Angers, with words in more than one version and one withdrawn; Rennes has all but the last, Nancy all but the
/// middle.
async fn three() -> (Site, Site, Site) {
    let (angers, rennes, nancy) = (site("angers").await, site("rennes").await, site("nancy").await);
    angers.node.publish_sample("angers.toml").await;
    renamed(angers.app(), "Ville d’Angers, deux").await;
    rennes.follows(&angers).await;
    let page = records::Page::first(50);
    let said = records::by_kind_ours(&angers.app().db, "FollowUp", &page).await.unwrap();
    let (id, operator) = (Iri::parse(&said[0].uri).unwrap(), &angers.node.operator);
    withdraw::withdraw(angers.app(), operator, &id, Reason::Legal, "Retiré.").await.unwrap();
    nancy.follows(&angers).await;
    (angers, rennes, nancy)
}

/// A new version of the account of the city hall.
async fn renamed(app: &App, name: &str) {
    let handle = Handle::parse("mairie").unwrap();
    let mut profile = Profile::new(Role::Mairie, handle, name);
    profile.territory = Some("49007".to_owned());
    accounts::save(app, &parvis::actions::Operator::cli("test"), &profile).await.unwrap();
}

async fn rebuilt(site: &Site, peers: &[&Site]) -> Report {
    let peers: Vec<String> = peers.iter().map(|peer| peer.base()).collect();
    rebuild::rebuild(site.app(), &site.node.operator, &peers, false, &|_, _| ()).await.unwrap()
}

async fn is_whole(site: &Site, before: &[String]) {
    assert_eq!(held(site.app(), site.host()).await, before, "the same records, ids and hashes");
    let findings = verify::register(site.app(), &|_, _| ()).await.unwrap();
    assert_eq!((findings.checked, findings.unsigned), (before.len(), 0));
    assert!(findings.broken.is_empty(), "{:?}", findings.broken);
}

#[tokio::test]
async fn r01_r05_a_destroyed_node_is_rebuilt_from_its_peers_and_goes_on_speaking() {
    let (mut angers, rennes, nancy) = three().await;
    let before = held(angers.app(), angers.host()).await;
    let accounts: Vec<_> = actors::ours(&angers.app().db).await.unwrap();
    let totals = records::counts(&angers.app().db).await.unwrap();
    let (_, _, heads) = nancy.get(&angers, "/api/v1/heads", "application/json").await;
    let (keys, count) = keys_file::export(angers.app(), &angers.node.operator, PHRASE).await.unwrap();
    assert_eq!(count, accounts.len() * 2);
    angers.destroyed().await;
    let (app, operator) = (angers.app(), &angers.node.operator);
    assert!(keys_file::import(app, operator, &keys, "une autre phrase").await.is_err());
    keys_file::import(app, operator, &keys, PHRASE).await.unwrap();
    let report = rebuilt(&angers, &[&rennes, &nancy]).await;
    assert!(report.refused.is_empty() && report.forks.is_empty() && report.missing.is_empty(), "{report:?}");
    assert!(report.authors.iter().all(|author| author.ours && !author.elsewhere));
    assert_eq!(report.appended, before.len());
    is_whole(&angers, &before).await;
    assert_eq!(records::counts(&app.db).await.unwrap(), totals, "withdrawn and ours as before");
    let names = |list: &[actors::Actor]| {
        list.iter().map(|one| (one.handle.clone(), one.role.clone())).collect::<Vec<_>>()
    };
    assert_eq!(names(&actors::ours(&app.db).await.unwrap()), names(&accounts));
    angers.back();
    let (_, _, after) = nancy.get(&angers, "/api/v1/heads", "application/json").await;
    let items = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap()["items"].clone();
    assert_eq!(items(&after), items(&heads));
    let again = rebuilt(&angers, &[&rennes, &nancy]).await;
    assert_eq!((again.appended, again.known), (0, before.len()), "running it again changes nothing");
    accounts::set_up(app, operator).await.unwrap();
    assert_eq!(held(app, angers.host()).await, before, "every account is there");
    // The dossier is the one of before: what each of its references became is known, and nothing is said twice.
    let published = angers.node.publish_sample("angers.toml").await;
    let said: Vec<_> = published.iter().filter(|one| one.version.is_some() && one.kind != "Actor").collect();
    assert!(said.is_empty(), "{said:?}");
    renamed(app, "Ville d’Angers, trois").await;
    let taken = nancy.catches_up(&angers).await;
    assert_eq!((taken.appended, taken.refused), (2, 0), "the dossier's name for the city, and the new one");
}

#[tokio::test]
async fn r01_without_the_keys_an_archive_comes_back_and_is_ours_once_they_are_found() {
    let (mut angers, rennes, nancy) = three().await;
    let before = held(angers.app(), angers.host()).await;
    let (keys, _) = keys_file::export(angers.app(), &angers.node.operator, PHRASE).await.unwrap();
    angers.destroyed().await;
    let alone = rebuilt(&angers, &[&rennes]).await;
    assert_eq!(alone.authors[0].pinned_by, [rennes.host()]);
    assert!(held(angers.app(), angers.host()).await.len() < before.len(), "Rennes had not all");
    let report = rebuilt(&angers, &[&rennes, &nancy]).await;
    assert!(report.authors.iter().all(|author| !author.ours), "{report:?}");
    is_whole(&angers, &before).await;
    let app = angers.app();
    assert!(actors::ours(&app.db).await.unwrap().is_empty(), "nobody speaks without a key");
    assert_eq!(versions::last_seq(&app.db).await.unwrap(), 0);
    angers.back();
    let received = records::received(&app.db, &records::Page::first(50)).await.unwrap();
    let avis = received.into_iter().find(|row| row.kind == "Avis").unwrap();
    let path = avis.uri.strip_prefix(&angers.base()).unwrap().to_owned();
    let (status, _, text) = nancy.get(&angers, &path, "application/activity+json").await;
    assert_eq!((status, text), (200, avis.document.clone()), "old ids lead to what was signed");
    let (status, _, page) = nancy.get(&angers, &path, "text/html").await;
    assert!(status == 200 && page.contains(&avis.hash), "{status}");
    keys_file::import(app, &angers.node.operator, &keys, PHRASE).await.unwrap();
    let adopted = rebuilt(&angers, &[&nancy]).await;
    assert_eq!(usize::try_from(adopted.adopted).unwrap(), before.len());
    assert!(!actors::ours(&app.db).await.unwrap().is_empty());
    assert!(records::received(&app.db, &records::Page::first(1)).await.unwrap().is_empty());
}

#[tokio::test]
async fn r01_a_name_that_another_account_has_here_stops_the_rebuilding_and_says_so() {
    let (mut angers, rennes, _) = three().await;
    let (keys, _) = keys_file::export(angers.app(), &angers.node.operator, PHRASE).await.unwrap();
    angers.destroyed().await;
    angers.app().clock.advance(jiff::SignedDuration::from_secs(5));
    accounts::set_up(angers.app(), &angers.node.operator).await.unwrap();
    keys_file::import(angers.app(), &angers.node.operator, &keys, PHRASE).await.unwrap();
    let peers = [rennes.base()];
    let done = rebuild::rebuild(angers.app(), &angers.node.operator, &peers, false, &|_, _| ()).await;
    assert!(done.unwrap_err().to_string().contains("handle-taken"));
}
