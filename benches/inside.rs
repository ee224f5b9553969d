//! What the inside costs, each beside one RSA verification of the same run: `cargo bench --bench inside`.

#[path = "../tests/support/node.rs"]
mod node;

use std::{
    hint::black_box,
    sync::atomic::{AtomicUsize, Ordering},
};

use axum::{body::Body, http::Request};
use divan::Bencher;
use http::{HeaderMap, Method};
use jiff::Timestamp;
use parvis::{
    domain::{
        Hash, Instant, Iri, Version,
        activity::Activity,
        canonical::{self, Document},
        proof::{self, ProofKey},
    },
    federation::{
        activities,
        inbox::Message,
        json,
        signature::{self, Form, RequestView, Signer, SigningKey, VerifyingKey},
    },
    server, storage, web,
};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

const BASE: &str = "https://rennes.example";
const NOW: &str = "2026-11-21T12:00:00Z";
const AVIS: &str = include_str!("../tests/documents/examples/avis.json");

fn main() {
    divan::main();
}

fn iri(text: &str) -> Iri {
    Iri::parse(text).expect("an id")
}

fn now() -> Timestamp {
    NOW.parse().expect("an instant")
}

/// A remark of the usual length, as a citizen's server sends it.
fn reply(number: usize, parent: &str) -> Document {
    // Nobody says more than fifty things a day.
    let actor = format!("https://social.example/users/ana{}", number / 40);
    let id = format!("{actor}/notes/{number}");
    let public = "https://www.w3.org/ns/activitystreams#Public";
    let content = "<p>Une remarque aussi longue qu’une remarque l’est d’ordinaire : deux phrases, dont voici la \
                   première. Et voilà la seconde, avec <a href=\"https://social.example/x\">un lien</a>.</p>";
    let note = json!({"id": id, "type": "Note", "attributedTo": actor, "inReplyTo": parent, "content": content,
        "published": NOW, "to": [public], "cc": [format!("{BASE}/actors/1")]});
    let create = json!({"@context": "https://www.w3.org/ns/activitystreams", "id": format!("{id}/create"),
        "type": "Create", "actor": actor, "to": [public], "object": note});
    create.as_object().cloned().expect("an object")
}

/// A signed message and the key that verifies it.
fn signed(form: Form) -> (HeaderMap, String, VerifyingKey) {
    let key = SigningKey::generate().expect("a key");
    let known = VerifyingKey::parse(&key.public_pem().expect("its public half")).expect("read back");
    let signer = Signer { key_id: iri("https://social.example/users/ana#main-key"), key, form };
    let body = Value::Object(reply(1, "https://rennes.example/avis/1")).to_string();
    let inbox = iri("https://rennes.example/inbox");
    let headers = signer.headers(&Method::POST, &inbox, Some(body.as_bytes()), now()).expect("signed");
    (headers, body, known)
}

#[divan::bench]
fn limit_rsa_2048_verify(bencher: Bencher<'_, '_>) {
    let key = SigningKey::generate().expect("a key");
    let known = VerifyingKey::parse(&key.public_pem().expect("its public half")).expect("read back");
    let signature = key.sign(b"message").expect("signed");
    bencher.bench(|| assert!(known.verify(b"message", &signature)));
}

#[divan::bench]
fn limit_rsa_2048_sign(bencher: Bencher<'_, '_>) {
    let key = SigningKey::generate().expect("a key");
    bencher.bench(|| key.sign(b"message"));
}

#[divan::bench(args = [Form::Cavage, Form::Rfc9421])]
fn signature_parse_and_verify(bencher: Bencher<'_, '_>, form: Form) {
    let (headers, body, known) = signed(form);
    let request = RequestView {
        method: "POST",
        target: "/inbox",
        base: BASE,
        headers: &headers,
        body: body.as_bytes(),
        now: now(),
    };
    bencher.bench(|| signature::parse(&request).expect("checked").verify(&known).expect("verified"));
}

#[divan::bench]
fn key_parse(bencher: Bencher<'_, '_>) {
    let pem = SigningKey::generate().and_then(|key| key.public_pem()).expect("a key");
    bencher.bench(|| VerifyingKey::parse(&pem));
}

#[divan::bench]
fn digest_of_the_body(bencher: Bencher<'_, '_>) {
    let (_, body, _) = signed(Form::Cavage);
    bencher.bench(|| signature::digest::digest(body.as_bytes()));
}

#[divan::bench]
fn json_of_the_gate(bencher: Bencher<'_, '_>) {
    let (_, body, _) = signed(Form::Cavage);
    bencher.bench(|| json::read_object(&body));
}

#[divan::bench]
fn activity_read(bencher: Bencher<'_, '_>) {
    let document = reply(1, "https://rennes.example/avis/1");
    bencher.with_inputs(|| document.clone()).bench_values(Activity::from_document);
}

#[divan::bench]
fn html_sanitized(bencher: Bencher<'_, '_>) {
    let document = reply(1, "https://rennes.example/avis/1");
    let content = document["object"]["content"].as_str().expect("text");
    bencher.bench(|| web::markup::clean(black_box(content)));
}

#[divan::bench]
fn record_canonical_form_and_hash(bencher: Bencher<'_, '_>) {
    let document = canonical::read(AVIS).expect("an example");
    bencher.bench(|| canonical::hash(&document));
}

#[divan::bench]
fn record_proof_sign(bencher: Bencher<'_, '_>) {
    let key = ProofKey::from_seed(iri("https://rennes.example/actors/1#ed25519-1"), &[7; 32]).expect("a key");
    let at = Instant::of(now());
    let document = canonical::read(AVIS).expect("an example");
    bencher.with_inputs(|| document.clone()).bench_refs(|document| proof::sign(document, &key, at));
}

#[divan::bench]
fn record_proof_verify(bencher: Bencher<'_, '_>) {
    let key = ProofKey::from_seed(iri("https://rennes.example/actors/1#ed25519-1"), &[7; 32]).expect("a key");
    let mut document = canonical::read(AVIS).expect("an example");
    proof::sign(&mut document, &key, Instant::of(now()));
    let public = proof::from_multibase(&key.public()).expect("read back");
    bencher.bench(|| proof::verify(&document, &public).expect("it holds"));
}

#[divan::bench]
fn record_parse() -> Version {
    Version::parse(AVIS).expect("an example")
}

#[divan::bench]
fn record_sha_256() -> Hash {
    Hash::of(black_box(AVIS.as_bytes()))
}

fn ready() -> (Runtime, node::Node, storage::records::Row) {
    let runtime = Runtime::new().expect("a runtime");
    let (node, avis) = runtime.block_on(async {
        let node = node::node("rennes", 8101).await;
        node.publish_sample("rennes.toml").await;
        let first = storage::records::Page::first(1);
        let mut avis = storage::records::by_kind_ours(&node.app.db, "Avis", &first).await.expect("read");
        let avis = avis.remove(0);
        (node, avis)
    });
    (runtime, node, avis)
}

fn ana() -> storage::actors::Actor {
    let uri = "https://social.example/users/ana".to_owned();
    storage::actors::Actor {
        inbox: format!("{uri}/inbox"),
        uri,
        handle: "ana".to_owned(),
        host: "social.example".to_owned(),
        kind: "Person".to_owned(),
        role: None,
        ours: false,
        name: "Ana".to_owned(),
        city: None,
        feed: None,
        shared_inbox: None,
        outbox: None,
        followers: None,
        url: None,
        parvis: false,
        document: "{}".to_owned(),
        fetched_at: 0,
        gone_at: None,
    }
}

/// A reply taken in: read, cleaned, written, committed (with the one wait for the disk).
#[divan::bench(sample_count = 50, sample_size = 1)]
fn reply_received(bencher: Bencher<'_, '_>) {
    let (runtime, node, avis) = ready();
    let count = AtomicUsize::new(0);
    bencher.bench(|| {
        let document = reply(count.fetch_add(1, Ordering::Relaxed), &avis.uri);
        let activity = Activity::from_document(document).expect("an activity");
        let message = Message { activity, text: String::new(), sender: ana(), limited: false };
        runtime.block_on(activities::receive(&node.app, &message)).expect("received")
    });
}

/// The whole page of an avis, from the router, not from memory: the clock moves two seconds each time.
#[divan::bench(sample_count = 50, sample_size = 1)]
fn avis_page_made(bencher: Bencher<'_, '_>) {
    get(bencher, jiff::SignedDuration::from_secs(2));
}

/// The same page, asked again within a second.
#[divan::bench]
fn avis_page_kept(bencher: Bencher<'_, '_>) {
    get(bencher, jiff::SignedDuration::ZERO);
}

fn get(bencher: Bencher<'_, '_>, later: jiff::SignedDuration) {
    let (runtime, node, avis) = ready();
    let router = server::router(&node.app);
    let host = node.app.urls.host().to_owned();
    bencher.bench(|| {
        node.app.clock.advance(later);
        let request = Request::get(format!("/avis/{}", avis.slug))
            .header("host", &host)
            .header("accept", "text/html")
            .body(Body::empty())
            .expect("a request");
        let response = runtime.block_on(router.clone().oneshot(request)).expect("a response");
        assert_eq!(response.status(), 200);
    });
}
