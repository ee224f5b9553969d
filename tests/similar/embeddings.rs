//! Vectors of a service of embeddings: a real server of a few lines that answers as such services do, or does not.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use parvis::{
    config::Similar,
    federation::{embeddings, tasks},
    storage,
};
use serde_json::{Value, json};

use crate::{
    city,
    hand_over::hand_over,
    http::{Reply, Server},
    suggested, titled,
};

/// What the service does: 0 answers, 1 fails, 2 answers too few, 3 answers something else.
static MOOD: [AtomicU8; 1] = [AtomicU8::new(0)];

fn json_reply(body: &Value) -> Reply {
    Reply::new("200 OK", &[("Content-Type", "application/json")], body.to_string().as_bytes())
}

fn answer(request: &str) -> Reply {
    let body = request.split("\r\n\r\n").nth(1).unwrap_or_default();
    let asked: Value = serde_json::from_str(body).unwrap();
    assert_eq!(asked["model"], "petit-modele");
    assert!(request.starts_with("POST /v1/embeddings "), "{request}");
    let about_heat = |text: &str| text.contains("fraîcheur") || text.contains("ombre");
    let vectors = asked["input"].as_array().unwrap().iter().enumerate().map(|(index, text)| {
        let warm = about_heat(text.as_str().unwrap());
        json!({ "object": "embedding", "index": index, "embedding": if warm { [1.0, 0.1] } else { [-0.1, 1.0] } })
    });
    let mut data: Vec<Value> = vectors.collect();
    // In whatever order.
    data.reverse();
    match MOOD[0].load(Ordering::SeqCst) {
        0 => json_reply(&json!({ "object": "list", "data": data })),
        1 => Reply::new("503 Service Unavailable", &[], b"tired"),
        2 => json_reply(&json!({ "data": data[1..] })),
        _ => json_reply(&json!({ "error": "no such model" })),
    }
}

#[tokio::test]
async fn requirement_2_33_a_local_service_helps_and_when_it_fails_words_alone_decide() {
    let server = Server::start(answer).await;
    let cool = ("Des îlots de fraîcheur", "Rafraîchir les places par la fraîcheur de l’eau.");
    let shade = ("De l’ombre partout", "Tendre des voiles au-dessus des rues : de l’ombre.");
    let mut rennes = city("rennes", "ccnr", 8311, &[cool]).await;
    let bread = ("Du pain", "Des boulangeries ouvertes le lundi.");
    let angers =
        city("angers", "codev", 8312, &[shade, bread, ("Du vin", "Des caves."), ("Du thé", "Des salons.")])
            .await;
    hand_over(&angers, &rennes).await;
    let asked = titled(&rennes, cool.0).await;
    assert_eq!(suggested(&rennes, &asked).await, [""; 0], "no word in common");

    let address = format!("http://{}/v1/embeddings", server.address);
    let similar = Similar {
        embeddings_url: Some(address.parse().unwrap()),
        embeddings_model: "petit-modele".to_owned(),
    };
    let mut config = (*rennes.app.config).clone();
    config.similar = similar;
    // A production node: nothing private may be reached by what other servers say.
    config.federation.allow_networks.clear();
    assert!(config.similar.validate().is_empty());
    rennes.app.config = Arc::new(config);
    for mood in [1, 2, 3] {
        MOOD[0].store(mood, Ordering::SeqCst);
        let failed = embeddings::refresh(&rennes.app).await;
        assert!(matches!(failed, Err(parvis::Error::Unavailable { .. })), "{mood}: {failed:?}");
        assert_eq!(suggested(&rennes, &asked).await, [""; 0]);
    }
    MOOD[0].store(0, Ordering::SeqCst);
    // In the background, as a task of the node.
    tasks::at_start(&rennes.app).await.unwrap();
    tasks::step(&rennes.app, "test").await.unwrap();
    let task = storage::tasks::get(&rennes.app.db, tasks::EMBED, "node").await.unwrap().unwrap();
    assert_eq!(task.last_error, None);
    assert_eq!(suggested(&rennes, &asked).await[0], shade.0, "the same meaning in other words");
    assert_eq!(embeddings::refresh(&rennes.app).await.unwrap(), (0, false), "each text once");
}

#[test]
fn the_address_of_a_service_is_checked() {
    let with =
        |address: &str| Similar { embeddings_url: address.parse().ok(), ..Similar::default() }.validate();
    assert!(with("http://127.0.0.1:8080/v1/embeddings").is_empty());
    assert_eq!(with("ftp://127.0.0.1/x")[0].rule, "service-address");
    assert_eq!(with("http://anna:secret@127.0.0.1/x")[0].rule, "service-address");
}
