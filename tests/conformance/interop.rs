//! Section E, what other servers rely on beyond the standards: rows 62 to 70, 73 and 75.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    judge::{every_member, text},
    rows,
    world::{ACTIVITY, HTML, World},
};

/// The context every server looks for.
const AS2: &str = "https://www.w3.org/ns/activitystreams";

#[tokio::test]
async fn e_interop() {
    rows! { World::told().await;
        row_62_types_are_one_string,
        row_63_the_context_names_activitystreams,
        row_64_lists_are_lists_and_single_values_single,
        row_65_an_avis_is_a_post_of_its_own_without_media,
        row_66_a_note_has_neither_name_nor_summary,
        row_67_featured_holds_ids,
        row_68_followers_have_a_first_page,
        row_69_activities_dereference_to_what_was_sent,
        row_70_one_group_per_object,
        row_73_every_page_has_a_preview,
        row_75_a_follow_up_is_a_note_and_a_boost,
    }
}

/// What was delivered, each activity once.
fn delivered(world: &World) -> Vec<Value> {
    let mut seen = BTreeSet::new();
    let all = world.peer.heard().into_iter().map(|heard| heard.json());
    all.filter(|activity| seen.insert(text(activity, "id").to_owned())).collect()
}

async fn row_62_types_are_one_string(world: &World) {
    for (place, document) in world.everything() {
        assert!(document["type"].is_string(), "{place}");
        every_member(&document, &mut |name, value| {
            assert!(name != "type" || value.is_string(), "{place}: {value}");
        });
    }
}

async fn row_63_the_context_names_activitystreams(world: &World) {
    for (place, document) in world.everything() {
        let context = &document["@context"];
        let listed = context.as_array().is_some_and(|list| list.contains(&json!(AS2)));
        assert!(context == AS2 || listed, "{place}: {context}");
    }
}

async fn row_64_lists_are_lists_and_single_values_single(world: &World) {
    for activity in delivered(world) {
        let kind = text(&activity, "type");
        let public = matches!(kind, "Create" | "Update" | "Delete" | "Announce");
        assert!(activity["to"].is_array() && (activity["cc"].is_array() || !public), "{kind}: {activity}");
        assert!(activity["audience"].is_string() || activity["audience"].is_null(), "{kind}");
    }
    for record in world.records().iter().filter(|record| record["type"] != "Tombstone") {
        for list in ["to", "cc", "tag", "attachment"] {
            assert!(record[list].is_array(), "{list}: {record}");
        }
        for single in ["audience", "attributedTo", "url", "context", "conversation"] {
            assert!(record[single].is_string(), "{single}: {record}");
        }
        assert!(record["image"].is_null() || record["image"].is_object(), "{record}");
        assert!(record["inReplyTo"].is_null() || record["inReplyTo"].is_string(), "{record}");
    }
    for actor in world.actors() {
        assert!(actor["attachment"].is_array() && actor["url"].is_string(), "{actor}");
    }
}

async fn row_65_an_avis_is_a_post_of_its_own_without_media(world: &World) {
    let avis: Vec<Value> =
        world.records().into_iter().filter(|it| it["parvis:kind"] == "parvis:Avis").collect();
    assert!(!avis.is_empty());
    for avis in avis {
        assert!(avis.get("inReplyTo").is_none(), "{avis}");
        let attached = avis["attachment"].as_array().unwrap();
        assert!(attached.iter().all(|one| one["type"] == "Link"), "{attached:?}");
    }
}

async fn row_66_a_note_has_neither_name_nor_summary(world: &World) {
    let notes: Vec<Value> = world.records().into_iter().filter(|record| record["type"] == "Note").collect();
    assert!(notes.len() > 8);
    for note in notes {
        assert!(note.get("name").is_none() && note.get("summary").is_none(), "{note}");
        assert!(text(&note, "content").starts_with("<p><strong>"), "its first line is its title");
    }
}

async fn row_67_featured_holds_ids(world: &World) {
    let mut count = 0;
    for actor in world.actors() {
        let featured = world.documents[text(&actor, "featured")].json();
        let items = featured["orderedItems"].as_array().unwrap();
        assert!(items.iter().all(Value::is_string), "{featured}");
        count += items.len();
    }
    assert_eq!(count, 2, "the avis of the council, what the city said last of it");
}

async fn row_68_followers_have_a_first_page(world: &World) {
    for actor in world.actors() {
        for list in ["followers", "following"] {
            let head = world.documents[text(&actor, list)].json();
            let first = world.documents[text(&head, "first")].json();
            assert_eq!((&first["type"], &first["partOf"]), (&json!("OrderedCollectionPage"), &head["id"]));
        }
    }
}

async fn row_69_activities_dereference_to_what_was_sent(world: &World) {
    let mut announced = 0;
    for heard in world.peer.heard() {
        let activity = heard.json();
        if activity["to"].as_array().is_some_and(|to| to.contains(&json!(crate::world::PUBLIC))) {
            let got = world.get(text(&activity, "id"), ACTIVITY).await;
            assert_eq!((got.status, got.text), (200, heard.text.clone()), "{}", activity["id"]);
        }
        if activity["type"] == "Announce" && activity["object"].is_object() {
            let got = world.get(text(&activity["object"], "id"), ACTIVITY).await;
            assert_eq!(got.json(), activity["object"], "what a Group announces is to be had");
            announced += 1;
        }
    }
    assert!(announced > 3, "{announced} activities were announced");
}

async fn row_70_one_group_per_object(world: &World) {
    let actors = world.actors();
    let groups: Vec<&Value> = actors.iter().filter(|it| it["type"] == "Group").map(|it| &it["id"]).collect();
    assert_eq!(groups.len(), 1);
    for record in world.records().iter().filter(|record| record["type"] != "Tombstone") {
        assert_eq!(&record["audience"], groups[0], "{record}");
        let named = ["to", "cc"].iter().flat_map(|list| record[*list].as_array().unwrap());
        assert_eq!(named.filter(|one| groups.contains(one)).count(), 1, "{record}");
    }
}

async fn row_73_every_page_has_a_preview(world: &World) {
    let all: Vec<Value> = world.records().into_iter().chain(world.actors()).collect();
    let urls: BTreeSet<&str> =
        all.iter().map(|it| text(it, "url").split('#').next().unwrap_or_default()).collect();
    let urls: Vec<&str> = urls.into_iter().filter(|url| !url.is_empty()).collect();
    assert!(urls.len() > 8, "{urls:?}");
    let mut pictures = BTreeSet::new();
    for url in urls {
        let page = world.get(url, HTML).await.text;
        let said = |name: &str| {
            let before = format!("<meta property=\"og:{name}\" content=\"");
            let at = page.find(&before).unwrap_or_else(|| panic!("{url} has no og:{name}")) + before.len();
            let value = page[at..].split('"').next().unwrap_or_default().to_owned();
            assert!(!value.trim().is_empty(), "{url}: og:{name} is empty");
            value
        };
        said("title");
        said("description");
        pictures.insert(said("image"));
    }
    for picture in pictures {
        assert!(picture.starts_with(&format!("{}/static/", world.base)), "{picture}");
        let got = world.get(&picture, "image/*").await;
        assert_eq!((got.status, got.header("content-type")), (200, "image/png"));
        assert!(got.header("content-length").parse().unwrap_or(usize::MAX) <= 20 * 1024);
    }
}

async fn row_75_a_follow_up_is_a_note_and_a_boost(world: &World) {
    let follow_up = world.record("FollowUp", "première rencontre publique");
    let recommendation = world.record("Recommendation", "Associer habitants");
    let avis = world.record("Avis", "Pour un territoire intelligent");
    assert_eq!(follow_up["type"], "Note");
    assert_eq!(follow_up["inReplyTo"], recommendation["id"]);
    assert_eq!((&follow_up["context"], &recommendation["context"]), (&avis["context"], &avis["context"]));
    let thread = world.documents[text(&avis, "context")].json();
    assert!(world.items(&thread).contains(&follow_up["id"]), "it is in the thread");
    let delivered = delivered(world);
    let about = |kind: &'static str| delivered.iter().filter(move |it| it["type"] == kind);
    assert_eq!(about("Create").filter(|it| it["object"]["id"] == follow_up["id"]).count(), 1);
    for actor in [&avis["attributedTo"], &follow_up["attributedTo"]] {
        let boosts = about("Announce").filter(|it| it["object"] == follow_up["id"] && it["actor"] == *actor);
        assert_eq!(boosts.count(), 1, "{actor} boosts it");
    }
    assert_eq!((&recommendation["parvis:version"], recommendation.get("updated")), (&json!(1), None));
    assert!(!about("Update").any(|it| it["object"]["id"] == recommendation["id"]), "it is unchanged");
}
