//! What one node published comes to another, as catching up brings it.

use parvis::{
    actions::{receive, receive::Arrival},
    domain::canonical,
    storage::{self, actors::Actor, keys::Key},
};

use super::node::Node;

/// Makes the actors of one node known to another, with their keys pinned, then hands over what they
/// published, as catching up does.
pub async fn hand_over(from: &Node, to: &Node) {
    let mut tx = to.app.db.begin().await.unwrap();
    for actor in storage::actors::ours(&from.app.db).await.unwrap() {
        for key in storage::keys::of_actor(&from.app.db, &actor.uri).await.unwrap() {
            let pinned = Key { secret: None, pinned_at: Some(0), ..key };
            storage::keys::put(&mut tx, &pinned).await.unwrap();
        }
        let remote = Actor { ours: false, role: None, ..actor };
        storage::actors::put(&mut tx, &remote).await.unwrap();
    }
    tx.commit().await.unwrap();
    for version in
        storage::versions::all(&from.app.db, 0, 1000).await.unwrap().into_iter().filter(|one| one.ours)
    {
        let text = version.document.unwrap();
        let document = canonical::read(&text).unwrap();
        let arrival = Arrival { text: &text, document: &document, from_origin: true, activity: None };
        receive::version(&to.app, &arrival).await.unwrap();
    }
}
