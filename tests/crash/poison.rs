//! R17: what cannot be done is tried three times at most, is told, and harms nothing else.

use jiff::SignedDuration;
use parvis::{
    actions::{import, publish},
    dossier,
    federation::tasks,
    storage::{
        self,
        drafts::{self, Draft},
        sources, tasks as queue,
    },
};

use crate::node::{Node, node};

/// Does what is due, over and over, through the next half day.
async fn through_the_day(node: &Node) {
    for _ in 0..60 {
        node.app.clock.advance(SignedDuration::from_mins(12));
        tasks::step(&node.app, "one").await.unwrap();
    }
}

#[tokio::test]
async fn r17_a_task_that_fails_by_our_fault_is_given_up_after_three_tries() {
    let node = node("rennes", 8101).await;
    let app = &node.app;
    let mut tx = app.db.begin().await.unwrap();
    queue::schedule(&mut tx, "unheard-of", "node", app.clock.now_ms()).await.unwrap();
    queue::schedule(&mut tx, tasks::PURGE, "node", app.clock.now_ms()).await.unwrap();
    tx.commit().await.unwrap();
    through_the_day(&node).await;
    let poison = queue::get(&app.db, "unheard-of", "node").await.unwrap().expect("it is kept, to be seen");
    assert_eq!((poison.attempts, poison.due_at), (3, queue::NEVER));
    assert!(poison.last_error.is_some_and(|error| error.contains("unheard-of")));
    let purge = queue::get(&app.db, tasks::PURGE, "node").await.unwrap().expect("it comes back");
    assert_eq!((purge.attempts, purge.last_error), (0, None), "the other task is well");
}

#[tokio::test]
async fn r17_a_draft_that_cannot_be_published_at_its_hour_holds_up_no_other() {
    let node = node("rennes", 8101).await;
    let app = &node.app;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("dossier.toml");
    let questions: Vec<(usize, String)> = (0..4).map(|number| (number, format!("Texte {number}."))).collect();
    std::fs::write(&file, crate::load::dossier(&questions)).unwrap();
    let dossier = dossier::read(&file).unwrap();
    import::import(app, &node.operator, &dossier, folder.path(), false).await.unwrap();
    // The actors are public; everything else is due in an hour, and the first of it is broken.
    let references = |drafts: Vec<Draft>| drafts.into_iter().map(|draft| draft.reference).collect::<Vec<_>>();
    let (actors, waiting): (Vec<Draft>, Vec<Draft>) =
        drafts::all(&app.db).await.unwrap().into_iter().partition(|draft| draft.kind == "Actor");
    publish::publish(app, &node.operator, Some(&references(actors)), &|_, _| ()).await.unwrap();
    assert_eq!(waiting.len(), 4);
    let hour = app.clock.now_ms() + 3_600_000;
    let mut tx = app.db.begin().await.unwrap();
    for draft in &waiting {
        let mut draft = draft.clone();
        draft.publish_at = Some(hour);
        if draft.reference == waiting[0].reference {
            draft.publish_at = Some(hour - 1);
            draft.body = draft.body.replace("Question 0", "");
        }
        drafts::put(&mut tx, &draft).await.unwrap();
    }
    queue::schedule(&mut tx, tasks::PUBLISH, "node", hour).await.unwrap();
    tx.commit().await.unwrap();
    through_the_day(&node).await;
    let broken = drafts::get(&app.db, &waiting[0].reference).await.unwrap().expect("it waits for a person");
    assert_eq!(broken.publish_at, None, "and is off the schedule");
    let told = storage::audit::about(&app.db, &broken.reference).await.unwrap();
    assert_eq!(told.iter().filter(|one| one.action == "unschedule-draft").count(), 1, "{told:?}");
    for draft in &waiting[1..] {
        assert!(sources::get(&app.db, &draft.reference).await.unwrap().is_some(), "{}", draft.reference);
    }
}
