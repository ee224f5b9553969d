//! What was lost on the way comes from a third node when its origin is gone.

use parvis::{
    actions::{
        receive::{self, Arrival},
        withdraw,
    },
    domain::{Iri, canonical, codes::Reason},
    federation::mirror::heal,
    storage::{records, versions},
};

use crate::world::{Site, held, site};

/// Rennes lacks one record of Angers, Nancy has all of it, Rennes follows Nancy too; Angers is gone.
async fn lost() -> (Site, Site, Site) {
    let (angers, rennes, nancy) = (site("angers").await, site("rennes").await, site("nancy").await);
    angers.node.publish_sample("angers.toml").await;
    nancy.follows(&angers).await;
    angers.lies(true);
    crate::follower::follows(rennes.app(), angers.app()).await;
    assert_eq!(rennes.catches_up(&angers).await.refused, 1);
    angers.lies(false);
    rennes.follows(&nancy).await;
    (angers, rennes, nancy)
}

#[tokio::test]
async fn r05_r17_a_lost_version_is_taken_from_a_third_node_when_its_origin_is_gone() {
    let (angers, rennes, nancy) = lost().await;
    angers.gone();
    nancy.lies(true);
    let report = heal::heal(rennes.app(), &|_, _| ()).await.unwrap();
    assert_eq!((report.appended, report.refused.len()), (0, 1), "{report:?}");
    assert_eq!(report.refused[0].host, nancy.host(), "who gives it is named");
    assert_eq!(report.silent.len(), 1, "Angers: {report:?}");
    nancy.lies(false);
    let report = heal::heal(rennes.app(), &|_, _| ()).await.unwrap();
    assert_eq!((report.appended, report.refused.len()), (1, 0), "{report:?}");
    assert_eq!(held(rennes.app(), angers.host()).await, held(angers.app(), angers.host()).await);
    let again = heal::heal(rennes.app(), &|_, _| ()).await.unwrap();
    assert_eq!(again.appended, 0);
}

#[tokio::test]
async fn r17_a_superseded_version_heals_and_what_is_withdrawn_stays_so() {
    let (angers, rennes, nancy) = lost().await;
    let (theirs, here) = (held(angers.app(), angers.host()).await, held(rennes.app(), angers.host()).await);
    let lost = theirs.iter().find(|line| !here.contains(line)).unwrap();
    let id = Iri::parse(lost.split(' ').next().unwrap()).unwrap();
    let words = (Reason::Legal, "Retiré.");
    withdraw::withdraw(angers.app(), &angers.node.operator, &id, words.0, words.1).await.unwrap();
    nancy.catches_up(&angers).await;
    let end = versions::current(&angers.app().db, id.as_str()).await.unwrap().unwrap().document.unwrap();
    let document = canonical::read(&end).unwrap();
    let arrival = Arrival { text: &end, document: &document, from_origin: false, activity: None };
    receive::version(rennes.app(), &arrival).await.unwrap();
    assert!(records::get(&rennes.app().db, id.as_str()).await.unwrap().is_none(), "an end of nothing known");
    angers.gone();
    assert_eq!(heal::heal(rennes.app(), &|_, _| ()).await.unwrap().appended, 1, "its first version");
    let row = || async { records::get(&rennes.app().db, id.as_str()).await.unwrap().unwrap() };
    assert!(row().await.withdrawn, "withdrawn, although its end came first");
    parvis::actions::reindex::reindex(rennes.app(), &rennes.node.operator, &|_, _| ()).await.unwrap();
    assert!(row().await.withdrawn);
}
