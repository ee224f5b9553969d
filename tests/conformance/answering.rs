//! Section A, what is received: rows 12, 20 to 24, 29.

use parvis::{
    actions::{follows, replies},
    domain::Iri,
    storage::{self, actors},
};
use serde_json::{Value, json};

use crate::{
    judge::text,
    peer::Citizen,
    rows,
    world::{ACTIVITY, PUBLIC, World},
};

#[tokio::test]
async fn a_activitypub_what_is_received() {
    rows! { World::told().await;
        row_23_a_follow_is_accepted_once_with_the_follow_in_it,
        row_12_an_activity_seen_before_is_dropped,
        row_20_an_update_is_taken_from_its_owner_only,
        row_21_an_undo_is_taken_from_the_same_actor_only,
        row_22_a_rejected_follow_adds_no_follower,
        row_18_an_undo_carries_what_is_undone,
        row_24_an_unread_reply_is_never_passed_on,
        row_29_fields_are_read_in_every_form,
    }
}

/// `totalItems` of a collection.
async fn total(world: &World, url: &str) -> Value {
    world.get(url, ACTIVITY).await.json()["totalItems"].clone()
}

/// The Accepts that name a Follow.
fn accepts(world: &World, follow: &Value) -> Vec<Value> {
    let all = world.peer.heard().into_iter().map(|heard| heard.json());
    all.filter(|it| it["type"] == "Accept" && it["object"]["id"] == follow["id"]).collect()
}

async fn row_12_an_activity_seen_before_is_dropped(world: &World) {
    let alice = world.peer.citizen("mastodon", "alice", true);
    let avis = world.record("Avis", "Pour un territoire intelligent");
    let like = world.says(&alice, "Like", avis["id"].clone());
    let likes = format!("{}/likes", text(&avis, "id"));
    for _ in 0..3 {
        assert_eq!(world.send(&alice, &like).await, 202);
        assert_eq!(total(world, &likes).await, 1);
    }
    let undo = world.says(&alice, "Undo", like.clone());
    assert_eq!(world.send(&alice, &undo).await, 202);
    assert_eq!(world.send(&alice, &like).await, 202, "late, and known");
    assert_eq!(total(world, &likes).await, 0, "an old activity has no second effect");
}

/// The content of a reply as it is kept here.
async fn held(world: &World, note: &Value) -> String {
    let kept = storage::replies::get(&world.node.app.db, note.as_str().unwrap_or_default()).await.unwrap();
    kept.map(|reply| reply.content).unwrap_or_default()
}

async fn row_20_an_update_is_taken_from_its_owner_only(world: &World) {
    let alice = world.peer.citizen("mastodon", "alice", true);
    let avis = world.record("Avis", "Pour un territoire intelligent");
    let create = world.reply(&alice, text(&avis, "id"), "Bravo");
    assert_eq!(world.send(&alice, &create).await, 202);
    let note = create["object"].clone();
    assert!(held(world, &note["id"]).await.contains("Bravo"));

    let (neighbour, stranger) = (world.mallory("mastodon"), world.mallory("evil"));
    for mallory in [&neighbour, &stranger] {
        for author in [mallory.id.as_str(), alice.id.as_str()] {
            let mut other = note.clone();
            other["content"] = json!("<p>Hélas</p>");
            other["attributedTo"] = json!(author);
            let update = world.says(mallory, "Update", other);
            assert_eq!(world.send(mallory, &update).await, 403, "{} as {author}", mallory.id);
        }
        let update = world.says(mallory, "Update", avis.clone());
        assert_eq!(world.send(mallory, &update).await, 403, "a record of ours");
    }
    assert!(held(world, &note["id"]).await.contains("Bravo"));
    assert_eq!(world.get(text(&avis, "id"), ACTIVITY).await.json(), avis);

    let mut edited = note.clone();
    edited["content"] = json!("<p>Merci</p>");
    assert_eq!(world.send(&alice, &world.says(&alice, "Update", edited)).await, 202);
    assert!(held(world, &note["id"]).await.contains("Merci"), "its owner may");
}

async fn row_21_an_undo_is_taken_from_the_same_actor_only(world: &World) {
    let alice = world.peer.citizen("mastodon", "alice", true);
    let followers = format!("{}/followers", world.actor("codev").await);
    let before = total(world, &followers).await;
    let follow = world.follows.iter().find(|it| it["actor"] == json!(alice.id)).expect("her Follow").clone();
    for mallory in [world.mallory("mastodon"), world.mallory("evil")] {
        for object in [follow.clone(), follow["id"].clone()] {
            let undo = world.says(&mallory, "Undo", object);
            assert_eq!(world.send(&mallory, &undo).await, 403, "{undo}");
        }
    }
    assert_eq!(total(world, &followers).await, before);
    assert_eq!(world.send(&alice, &world.says(&alice, "Undo", follow.clone())).await, 202);
    assert_eq!(total(world, &followers).await, before.as_u64().unwrap() - 1, "she may");
}

async fn row_22_a_rejected_follow_adds_no_follower(world: &World) {
    let (app, operator) = (&world.node.app, &world.node.operator);
    let them = world.peer.node_actor("rennes");
    let ours = Iri::parse(&world.actor("relay").await).unwrap();
    let lists = ["/followers", "/following"].map(|list| format!("{ours}{list}"));
    let before = [total(world, &lists[0]).await, total(world, &lists[1]).await];
    let known = actors::get(&app.db, them.id.as_str()).await.unwrap().expect("it follows us");
    follows::follow(app, operator, &ours, &known).await.unwrap();
    world.deliver().await;
    let all = world.peer.heard().into_iter().map(|heard| heard.json());
    let follow = all.into_iter().find(|it| it["type"] == "Follow").expect("a Follow of ours");
    let mallory = world.mallory("rennes");
    for kind in ["Reject", "Accept"] {
        assert_eq!(world.send(&mallory, &world.says(&mallory, kind, follow.clone())).await, 403, "not asked");
    }
    assert_eq!(world.send(&them, &world.says(&them, "Reject", follow)).await, 202);
    assert_eq!([total(world, &lists[0]).await, total(world, &lists[1]).await], before);
}

async fn row_18_an_undo_carries_what_is_undone(world: &World) {
    let (app, operator) = (&world.node.app, &world.node.operator);
    let [ours, theirs] = [world.actor("relay").await, world.peer.node_actor("rennes").id.to_string()];
    let [ours, theirs] = [ours, theirs].map(|id| Iri::parse(&id).unwrap());
    follows::unfollow(app, operator, &ours, &theirs).await.unwrap();
    world.deliver().await;
    let all: Vec<Value> = world.peer.heard().into_iter().map(|heard| heard.json()).collect();
    let follow = all.iter().find(|it| it["type"] == "Follow").expect("a Follow of ours");
    let undo = all.iter().find(|it| it["type"] == "Undo").expect("an Undo of ours");
    assert_eq!((&undo["object"], &undo["actor"]), (follow, &follow["actor"]), "embedded as it was sent");
}

async fn row_23_a_follow_is_accepted_once_with_the_follow_in_it(world: &World) {
    assert_eq!(world.follows.len(), 11);
    for follow in &world.follows {
        let accepts = accepts(world, follow);
        assert_eq!(accepts.len(), 1, "{follow}");
        assert_eq!((&accepts[0]["object"], &accepts[0]["actor"]), (follow, &follow["object"]));
        assert_eq!(accepts[0]["to"], json!([follow["actor"]]));
    }
    let followers = format!("{}/followers", world.actor("codev").await);
    assert_eq!(total(world, &followers).await, 4);
    // Asked again under another id: accepted again, counted once.
    let bob = world.peer.citizen("gts", "bob", false);
    let again = world.says(&bob, "Follow", world.actor("codev").await);
    assert_eq!(world.send(&bob, &again).await, 202);
    world.deliver().await;
    assert_eq!(accepts(world, &again).len(), 1);
    assert_eq!(total(world, &followers).await, 4);
}

async fn row_24_an_unread_reply_is_never_passed_on(world: &World) {
    let ada = world.peer.citizen("mastodon", "ada", true);
    let avis = world.record("Avis", "Pour un territoire intelligent");
    let followers = format!("{}/followers", text(&avis, "attributedTo"));
    let mut create = world.reply(&ada, text(&avis, "id"), "Une question");
    create["cc"] = json!([followers]);
    create["object"]["cc"] = json!([followers]);
    let before = world.peer.heard().len();
    assert_eq!(world.send(&ada, &create).await, 202);
    world.deliver().await;
    assert_eq!(world.peer.heard().len(), before, "nobody has read it yet");
    let list = format!("{}/replies?page=1", text(&avis, "id"));
    let note = &create["object"]["id"];
    let shown = async || world.get(&list, ACTIVITY).await.json()["items"].as_array().unwrap().contains(note);
    assert!(!shown().await);
    let (app, operator) = (&world.node.app, &world.node.operator);
    replies::decide(app, operator, note.as_str().unwrap(), true).await.unwrap();
    world.deliver().await;
    assert!(shown().await, "once a person has read it, it is in the thread, for whoever asks");
    assert_eq!(world.peer.heard().len(), before);
}

async fn row_29_fields_are_read_in_every_form(world: &World) {
    let avis = text(&world.record("Avis", "Pour un territoire intelligent"), "id").to_owned();
    let picture = json!({ "type": "Image", "mediaType": "image/png", "url": "http://x.localhost/1.png" });
    let link = json!({ "type": "Link", "mediaType": "text/html", "href": "http://odd.localhost/@oddly" });
    let odd = json!({
        "icon": [picture, picture], "image": picture, "url": [link, "http://odd.localhost/"], "tag": {"type": "Emoji"},
        "attachment": {"type": "PropertyValue", "name": "a", "value": "b"}, "summary": null, "endpoints": null,
        "following": null, "@context": ["https://www.w3.org/ns/activitystreams", {"x": "http://x.localhost/#"}],
    });
    let odd = world.peer.somebody("odd", "oddly", false, &crate::peer::KEYS[0], &odd);
    let author = json!({ "type": "Person", "id": odd.id, "name": "Oddly" });
    let forms: Vec<(&str, Value)> = vec![
        ("to", json!(PUBLIC)),
        ("to", json!("as:Public")),
        ("to", json!("Public")),
        ("to", json!(["as:Public"])),
        ("cc", Value::Null),
        ("cc", json!("missing")),
        ("cc", json!(PUBLIC)),
        ("tag", Value::Null),
        ("tag", json!({ "type": "Mention", "href": avis, "name": "@codev" })),
        ("tag", json!("http://x.localhost/tag")),
        ("attachment", picture.clone()),
        ("attachment", json!([picture, link])),
        ("url", json!([link, "http://odd.localhost/1"])),
        ("url", link.clone()),
        ("url", Value::Null),
        ("icon", json!([picture])),
        ("icon", json!("http://x.localhost/1.png")),
        ("attributedTo", author.clone()),
        ("attributedTo", json!([odd.id])),
        ("attributedTo", json!({ "type": "Link", "href": odd.id })),
        ("inReplyTo", json!({ "type": "Note", "id": avis })),
        ("inReplyTo", json!([avis])),
        ("summary", Value::Null),
        ("published", Value::Null),
        ("updated", Value::Null),
        ("contentMap", Value::Null),
        ("content", Value::Null),
        ("@context", Value::Null),
        ("x:unknown", json!({ "deep": [1, { "er": null }] })),
    ];
    for (field, value) in forms {
        let mut create = world.reply(&odd, &avis, "En toute forme");
        for part in ["/object", ""] {
            let part = create.pointer_mut(part).and_then(Value::as_object_mut).expect("an object");
            let on_both = matches!(field, "to" | "cc");
            if !on_both && part.contains_key("actor") {
                continue;
            }
            if field == "content" {
                // Said in a language only, as some servers do.
                part.insert("contentMap".to_owned(), json!({ "fr": "<p>En toute forme</p>" }));
            }
            if value == "missing" {
                part.remove(field);
            } else {
                part.insert(field.to_owned(), value.clone());
            }
        }
        let id = create["object"]["id"].clone();
        assert_eq!(world.send(&odd, &create).await, 202, "{field}: {value}");
        assert!(held(world, &id).await.contains("En toute forme"), "not kept: {field}: {value}");
    }
    every_object(world, &odd, &avis).await;
}

/// An object may be named, embedded, or the only one of a list.
async fn every_object(world: &World, odd: &Citizen, avis: &str) {
    for object in [json!(avis), json!([avis]), json!({ "type": "Note", "id": avis })] {
        let like = world.says(odd, "Like", object.clone());
        assert_eq!(world.send(odd, &like).await, 202, "{object}");
        assert_eq!(total(world, &format!("{avis}/likes")).await, 1, "{object}");
        let undo = world.says(odd, "Undo", like["id"].clone());
        assert_eq!(world.send(odd, &undo).await, 202, "{object}");
        assert_eq!(total(world, &format!("{avis}/likes")).await, 0, "{object}");
    }
}
