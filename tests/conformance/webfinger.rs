//! Section B, WebFinger (RFC 7033) and host-meta: rows 32 to 43.

use serde_json::{Value, json};

use crate::{
    judge::text,
    rows,
    world::{ACTIVITY, Got, World},
};

/// `rel` of a node actor (FEP-d556).
const SERVICE: &str = "https://www.w3.org/ns/activitystreams#Service";

#[tokio::test]
async fn b_webfinger() {
    rows! { World::quiet().await;
        row_32_a_resource_is_needed,
        row_33_a_malformed_resource_is_refused,
        row_34_an_unknown_resource_is_not_found,
        row_35_the_answer_is_a_jrd,
        row_36_any_web_page_may_read_it,
        row_37_rel_filters_the_links,
        row_38_order_and_spelling_of_the_query_do_not_matter,
        row_39_every_name_gives_the_same_document,
        row_40_one_link_leads_to_the_actor,
        row_41_handles_lead_to_ids_and_back,
        row_42_the_address_of_the_node_gives_its_actor,
        row_43_host_meta_says_where_webfinger_is,
    }
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

async fn asked(world: &World, query: &str) -> Got {
    world.get(&format!("/.well-known/webfinger{query}"), "application/jrd+json").await
}

async fn finger(world: &World, resource: &str) -> Got {
    asked(world, &format!("?resource={}", encoded(resource))).await
}

fn acct(world: &World, handle: &str) -> String {
    format!("acct:{handle}@{}", world.base.trim_start_matches("http://"))
}

async fn row_32_a_resource_is_needed(world: &World) {
    for query in ["", "?", "?rel=self", "?resource", "?resource="] {
        assert_eq!(asked(world, query).await.status, 400, "{query}");
    }
}

async fn row_33_a_malformed_resource_is_refused(world: &World) {
    for resource in
        ["=acct:mairie@x", "mairie", "@mairie", "acct:mairie", "acct:@host", "acct:a@b@c", "//host/x"]
    {
        let got = asked(world, &format!("?resource={resource}")).await;
        assert_eq!(got.status, 400, "{resource}");
    }
    let twice = format!("?resource={0}&resource={0}", encoded(&acct(world, "mairie")));
    assert_eq!(asked(world, &twice).await.status, 400);
}

async fn row_34_an_unknown_resource_is_not_found(world: &World) {
    let here =
        [acct(world, "nobody"), format!("{}/actors/nobody", world.base), format!("{}/@nobody", world.base)];
    let elsewhere =
        ["acct:mairie@elsewhere.example", "https://elsewhere.example/u/1", "mailto:mairie@x.example"];
    for resource in here.iter().map(String::as_str).chain(elsewhere) {
        let got = finger(world, resource).await;
        assert!(
            matches!(got.status, 404) || (resource.starts_with("mailto:") && got.status == 400),
            "{resource}"
        );
    }
}

async fn row_35_the_answer_is_a_jrd(world: &World) {
    let got = finger(world, &acct(world, "mairie")).await;
    assert_eq!((got.status, got.header("content-type")), (200, "application/jrd+json"));
}

async fn row_36_any_web_page_may_read_it(world: &World) {
    for handle in ["mairie", "nobody"] {
        let got = finger(world, &acct(world, handle)).await;
        assert_eq!(got.header("access-control-allow-origin"), "*", "{handle}");
    }
}

async fn row_37_rel_filters_the_links(world: &World) {
    let mairie = encoded(&acct(world, "mairie"));
    let own = asked(world, &format!("?resource={mairie}&rel=self")).await.json();
    assert_eq!(own["links"].as_array().map(Vec::len), Some(1));
    let unknown = asked(world, &format!("?resource={mairie}&rel=http%3A%2F%2Fx.example%2Frel")).await;
    assert_eq!((unknown.status, &unknown.json()["links"]), (200, &json!([])));
    assert_eq!(unknown.json()["subject"], own["subject"]);
}

async fn row_38_order_and_spelling_of_the_query_do_not_matter(world: &World) {
    let acct = acct(world, "mairie");
    let plain = asked(world, &format!("?resource={acct}&rel=self")).await;
    assert_eq!(plain.status, 200);
    let every: String = acct.bytes().fold(String::new(), |every, byte| every + &format!("%{byte:02x}"));
    for query in
        [format!("?rel=self&x=1&resource={}", encoded(&acct)), format!("?resource={every}&rel=%73elf")]
    {
        assert_eq!(asked(world, &query).await.json(), plain.json(), "{query}");
    }
}

async fn row_39_every_name_gives_the_same_document(world: &World) {
    for handle in ["mairie", "fil", "relay"] {
        let document = finger(world, &acct(world, handle)).await.json();
        assert_eq!(document["subject"], acct(world, handle));
        let id = world.actor(handle).await;
        for name in [id.clone(), format!("{}/@{handle}", world.base), acct(world, &handle.to_uppercase())] {
            assert_eq!(finger(world, &name).await.json(), document, "{name}");
        }
        assert!(document["aliases"].as_array().is_some_and(|aliases| aliases.contains(&json!(id))));
    }
}

/// The links of a document with `rel=self`.
fn own(document: &Value) -> Vec<Value> {
    let links = document["links"].as_array().cloned().unwrap_or_default();
    links.into_iter().filter(|link| link["rel"] == "self").collect()
}

async fn row_40_one_link_leads_to_the_actor(world: &World) {
    for handle in ["mairie", "fil", "relay"] {
        let own = own(&finger(world, &acct(world, handle)).await.json());
        assert_eq!(own.len(), 1, "{handle}");
        assert_eq!((&own[0]["type"], &own[0]["href"]), (&json!(ACTIVITY), &json!(world.actor(handle).await)));
        let served = world.get(text(&own[0], "href"), ACTIVITY).await.json();
        assert_eq!(served["id"], own[0]["href"], "byte for byte");
    }
}

async fn row_41_handles_lead_to_ids_and_back(world: &World) {
    let domain = world.base.trim_start_matches("http://");
    for actor in parvis::storage::actors::ours(&world.node.app.db).await.unwrap() {
        let document = world.get(&actor.uri, ACTIVITY).await.json();
        let user = text(&document, "preferredUsername");
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        assert!((3..=30).contains(&user.len()) && user.bytes().all(plain), "{user}");
        assert_eq!(document["webfinger"], format!("{user}@{domain}"), "FEP-2c59");
        let found = finger(world, &format!("acct:{user}@{domain}")).await.json();
        assert_eq!(
            (&found["subject"], &own(&found)[0]["href"]),
            (&json!(acct(world, user)), &document["id"])
        );
    }
}

async fn row_42_the_address_of_the_node_gives_its_actor(world: &World) {
    let relay = world.actor("relay").await;
    for address in [world.base.clone(), format!("{}/", world.base)] {
        let document = finger(world, &address).await.json();
        let links = document["links"].as_array().unwrap();
        let service = |link: &&Value| link["rel"] == SERVICE && link["href"] == json!(relay);
        assert!(links.iter().any(|link| service(&link)), "{address}: {document}");
    }
}

async fn row_43_host_meta_says_where_webfinger_is(world: &World) {
    let got = world.get("/.well-known/host-meta", "application/xrd+xml").await;
    assert!(got.status == 200 && got.header("content-type").starts_with("application/xrd+xml"));
    let template = format!("template=\"{}/.well-known/webfinger?resource={{uri}}\"", world.base);
    assert!(got.text.contains(&template) && got.text.contains("rel=\"lrdd\""), "{}", got.text);
}
