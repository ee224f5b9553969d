//! A second node that follows the first and was accepted: it takes over its register when it catches up.

use parvis::{
    App,
    domain::Iri,
    federation::actors as remote,
    storage::{
        actors,
        follows::{self, Follow},
        hosts,
    },
};

use super::node::{Node, node};

/// Angers, whose node follows that of another city and was accepted.
pub async fn angers(followed: &App) -> Node {
    let angers = node("angers", 1).await;
    follows(&angers.app, followed).await;
    angers
}

/// Has the node of `app` follow another one, accepted.
pub async fn follows(app: &App, followed: &App) {
    let theirs = actors::by_role(&followed.db, "relay").await.unwrap().remove(0);
    let fetched = remote::fetch_actor(app, &Iri::parse(&theirs.uri).unwrap()).await.unwrap();
    let ours = actors::by_role(&app.db, "relay").await.unwrap().remove(0);
    let mut tx = app.db.begin().await.unwrap();
    let follow = Follow {
        follower: ours.uri,
        followed: theirs.uri,
        ours: true,
        state: "accepted".to_owned(),
        activity: format!("{}/activities/{}", app.urls.base(), followed.urls.host()),
        document: "{}".to_owned(),
        host: fetched.actor.host.clone(),
        inbox: fetched.actor.inbox,
        at: 0,
    };
    follows::put(&mut tx, &follow).await.unwrap();
    hosts::ensure(&mut tx, &fetched.actor.host).await.unwrap();
    tx.commit().await.unwrap();
}
