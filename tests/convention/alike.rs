//! Two conventions of the same name, each hosted elsewhere: both can be read and joined everywhere.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use parvis::{
    actions::{conventions, take_part},
    domain::convention::Standing,
};
use serde_json::Value;

use crate::world::{City, until};

/// Which convention an address stands for: the host of its record.
async fn at(city: &City, name: &str) -> String {
    let told: Value = serde_json::from_str(&city.page(&format!("/conventions/{name}.json")).await).unwrap();
    let id = told["convention"]["id"].as_str().unwrap();
    id.split('/').nth(2).unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r2_34_two_conventions_of_one_name_have_an_address_each_and_ours_goes_first() {
    let rennes = City::found("rennes", true).await;
    let angers = City::found("angers", true).await;
    let nancy = City::found("nancy", false).await;
    let hosts = [&rennes, &angers].map(|city| city.app().urls.host().to_owned());
    nancy.follow(&rennes).await;
    nancy.follow(&angers).await;
    angers.follow(&rennes).await;

    // Each has its address; the plain one is ours, else the first that came; every page names the other.
    for host in &hosts {
        assert_eq!(at(&nancy, &format!("ia@{host}")).await, *host);
        let csv = nancy.page(&format!("/conventions/ia@{host}.csv")).await;
        assert!(csv.starts_with("convention,question"), "{csv}");
        nancy.page(&format!("/conventions/ia@{host}/membres")).await;
        nancy.page(&format!("/conventions/ia@{host}/charte")).await;
    }
    assert_eq!(at(&nancy, "ia").await, hosts[0]);
    assert_eq!(at(&angers, "ia").await, hosts[1]);
    let page = nancy.page("/conventions/ia").await;
    assert!(page.contains(&format!("href=\"/conventions/ia@{}\"", hosts[1])), "{page}");
    let listed = angers.page("/conventions").await;
    for link in ["href=\"/conventions/ia\"".to_owned(), format!("href=\"/conventions/ia@{}\"", hosts[0])] {
        assert!(listed.contains(&link), "{link}: {listed}");
    }
    let nowhere = Request::get("/conventions/ia@nulle.part").body(Body::empty()).unwrap();
    assert_eq!(nancy.ask(nowhere).await.0, StatusCode::NOT_FOUND);

    // A council may be in both; the plain address is then the one it is in.
    let council = nancy.actor("conseil").await;
    for (city, host) in [(&angers, &hosts[1]), (&rennes, &hosts[0])] {
        let known = conventions::named(nancy.app(), &format!("ia@{host}")).await.unwrap();
        let asked = take_part::join(nancy.app(), &nancy.node.operator, &known, "conseil", "").await.unwrap();
        until("the host has the request", async || city.standing(&council).await == Some(Standing::Asked))
            .await;
        city.admit(asked.id.as_str()).await;
        until("it is a member", async || {
            conventions::named(nancy.app(), &format!("ia@{host}")).await.unwrap().has(council.as_str())
        })
        .await;
        if city.name == "angers" {
            assert_eq!(at(&nancy, "ia").await, hosts[1]);
        }
    }
    assert_eq!(nancy.own("Adhesion").await.len(), 2);
}
