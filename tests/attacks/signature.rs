//! Rows S: what a request says of itself. All of this is refused before anybody is asked for a key.

use std::time::Duration;

use jiff::SignedDuration;
use parvis::federation::{gate::MAX_BODY, signature::Refusal};

use crate::{
    message::{Message, USUAL},
    oracle::{Verdict, counters, rose},
    world::{KEYS, World},
};

/// A world in which Alice's message was accepted, and the message.
async fn alice() -> (World, Message) {
    let world = World::new().await;
    world.publish("angers", "/a", &KEYS[0]);
    let message = world.message("angers", "/a", &KEYS[0]);
    world.accepted(&message).await;
    (world, message)
}

#[tokio::test]
async fn s01_no_signature() {
    let (world, good) = alice().await;
    world.refused(&good.clone().header("signature", ""), Refusal::SigMissing).await;
    world.refused(&good.modern().header("signature", ""), Refusal::SigMissing).await;
}

#[tokio::test]
async fn s03_body_changed_after_signing() {
    let (world, good) = alice().await;
    for good in [good.clone(), good.modern()] {
        world.accepted(&good).await;
        let headers = good.headers();
        let changed = good.clone().with("object", "http://rennes.localhost:8101/avis/2");
        let mut changed = changed.with("content", "changed");
        for name in ["signature", "signature-input", "digest", "content-digest"] {
            let value = headers.get(name).map(|value| value.to_str().unwrap().to_owned());
            changed = changed.header(name, value.unwrap_or_default());
        }
        world.refused(&changed, Refusal::DigestMismatch).await;
    }
}

#[tokio::test]
async fn s04_no_digest() {
    let (world, good) = alice().await;
    let control = good.clone().covering(USUAL);
    world.accepted(&control).await;
    let without = good.clone().signing("digest", "").covering("(request-target) host date");
    world.refused(&without, Refusal::DigestMissing).await;
    let components = r#""@method" "@target-uri""#;
    let without = good.modern().signing("content-digest", "").covering(components);
    world.refused(&without, Refusal::DigestMissing).await;
}

#[tokio::test]
async fn s05_digest_right_but_not_covered() {
    let (world, good) = alice().await;
    world.accepted(&good.clone().covering(USUAL)).await;
    world.refused(&good.covering("(request-target) host date"), Refusal::NotCovered).await;
}

#[tokio::test]
async fn s06_covers_only_digest() {
    let (world, good) = alice().await;
    world.accepted(&good.clone().covering(USUAL)).await;
    for covered in ["digest", "digest date", "host date digest", "(request-target) date digest"] {
        world.refused(&good.clone().covering(covered), Refusal::NotCovered).await;
    }
}

#[tokio::test]
async fn s07_sent_again_to_another_inbox() {
    let (world, good) = alice().await;
    let elsewhere = good.clone().to("/actors/b/inbox");
    world.refused(&elsewhere.clone().covering("date digest"), Refusal::NotCovered).await;
    let whole = Verdict::from(Refusal::SigInvalid).asking(["angers.localhost/a"]);
    world.refused(&elsewhere, whole).await;
    world.refused(&good.modern().to("/actors/b/inbox"), Refusal::SigInvalid).await;
}

#[tokio::test]
async fn s08_target_spelled_otherwise() {
    let (world, good) = alice().await;
    let first = Verdict::from(Refusal::SigInvalid).asking(["angers.localhost/a"]);
    world.refused(&good.clone().to("/actors/A/inbox"), first).await;
    for target in ["/actors/a/inbox?", "/actors/a/inbox?x=1", "/actors/%61/inbox", "/inbox"] {
        world.refused(&good.clone().to(target), Refusal::SigInvalid).await;
    }
    // These are no inboxes at all: nothing is read.
    let before = (world.state.read().await, counters());
    for target in ["/actors/a/inbox/", "/actors%2Fa/inbox", "//actors/a/inbox", "/actors/a/../a/inbox"] {
        let answer = world.send(&good.clone().to(target)).await;
        assert!(matches!(answer.status.as_u16(), 404 | 405), "{target}: {answer:?}");
    }
    assert_eq!(world.state.read().await, before.0);
    assert!(rose(&before.1, &counters()).keys().all(|name| name.starts_with("http_")));
}

#[tokio::test]
async fn s09_meant_for_another_host() {
    let (world, good) = alice().await;
    world.accepted(&good.clone().signing("host", "rennes.localhost:8101")).await;
    world.accepted(&good.clone().signing("host", "RENNES.localhost:8101")).await;
    for host in ["other.example", "rennes.localhost", "rennes.localhost:80", "a.rennes.localhost:8101"] {
        world.refused(&good.clone().signing("host", host), Refusal::HostMismatch).await;
        world.refused(&good.clone().modern().header("host", host), Refusal::HostMismatch).await;
    }
    // HTTP/2 names the host in its target.
    let elsewhere = good.clone().header("host", "").to("http://other.example/actors/a/inbox");
    world.refused(&elsewhere, Refusal::HostMismatch).await;
    world.accepted(&good.header("host", "").to("http://rennes.localhost:8101/actors/a/inbox")).await;
}

#[tokio::test]
async fn s10_two_hours_old() {
    let (world, good) = alice().await;
    world.accepted(&good.clone().earlier(SignedDuration::from_mins(59))).await;
    for minutes in [61, 120] {
        let old = good.clone().earlier(SignedDuration::from_mins(minutes));
        world.refused(&old, Refusal::Expired).await;
        world.refused(&old.modern(), Refusal::Expired).await;
    }
}

#[tokio::test]
async fn s11_no_time_at_all() {
    let (world, good) = alice().await;
    let timeless = good.clone().signing("date", "").covering("(request-target) host digest");
    world.refused(&timeless, Refusal::NoDate).await;
    world.refused(&good.clone().header("date", ""), Refusal::NoDate).await;
    // A date that is sent and not signed is no time either.
    world.refused(&good.covering("(request-target) host digest"), Refusal::NotCovered).await;
}

#[tokio::test]
async fn s12_from_the_future() {
    let (world, good) = alice().await;
    world.accepted(&good.clone().earlier(SignedDuration::from_mins(-4))).await;
    for minutes in [-6, -60 * 24 * 3652] {
        let ahead = good.clone().earlier(SignedDuration::from_mins(minutes));
        world.refused(&ahead, Refusal::Future).await;
        world.refused(&ahead.modern(), Refusal::Future).await;
    }
    let now = good.signed_at.as_second();
    let created = good.covering("(request-target) (created) host digest");
    world.accepted(&created.clone().parameter("created", now + 240)).await;
    world.refused(&created.parameter("created", now + 360), Refusal::Future).await;
}

#[tokio::test]
async fn s13_dates_that_cannot_be_read() {
    let (world, good) = alice().await;
    world.accepted(&good.clone().signing("date", "Mon, 09 Mar 2026 08:02:00 GMT")).await;
    for date in
        ["yesterday", "Mon, 09 Mar 2026 08:02:00 +0000", "1773043320", "Tue, 09 Mar 2026 08:02:00 GMT"]
    {
        world.refused(&good.clone().signing("date", date), Refusal::BadDate).await;
    }
    world.refused(&good.modern().parameter("created", "soon"), Refusal::BadDate).await;
}

#[tokio::test]
async fn s14_an_expiry_in_ten_years_is_an_hour() {
    let (world, good) = alice().await;
    let now = good.signed_at.as_second();
    let expiring =
        good.covering("(request-target) (created) (expires) host digest").parameter("created", now);
    let in_ten_years = expiring.clone().parameter("expires", now + 315_360_000);
    world.accepted(&in_ten_years).await;
    let in_a_minute = expiring.parameter("expires", now + 60);
    world.accepted(&in_a_minute).await;
    world.app.clock.advance(SignedDuration::from_secs(61));
    world.refused(&in_a_minute, Refusal::Expired).await;
    world.accepted(&in_ten_years).await;
    world.app.clock.advance(SignedDuration::from_mins(60));
    world.refused(&in_ten_years, Refusal::Expired).await;
}

#[tokio::test]
async fn s17_a_secret_is_no_key() {
    let (world, good) = alice().await;
    let secret = KEYS[0].public_pem().unwrap();
    let named = good.clone().secret(secret.clone()).parameter("algorithm", "hmac-sha256");
    world.refused(&named, Refusal::BadAlgorithm).await;
    let verdict = Verdict::from(Refusal::SigInvalid).asking(["angers.localhost/a"]);
    world.refused(&good.clone().secret(secret.clone()), verdict).await;
    world.refused(&good.clone().secret(secret.trim().to_owned()), Refusal::SigInvalid).await;
    let modern = good.modern().secret(secret).parameter("alg", "hmac-sha256");
    world.refused(&modern, Refusal::BadAlgorithm).await;
}

#[tokio::test]
async fn s18_algorithms() {
    let (world, good) = alice().await;
    for known in ["rsa-sha256", "hs2019"] {
        world.accepted(&good.clone().parameter("algorithm", known)).await;
    }
    world.accepted(&good.clone().covering(USUAL)).await;
    for other in ["none", "rsa-sha1", "ecdsa-sha256", "rsa-sha256 ", "anything"] {
        world.refused(&good.clone().parameter("algorithm", other), Refusal::BadAlgorithm).await;
    }
}

#[tokio::test]
async fn s28_headers_that_come_twice() {
    let (world, good) = alice().await;
    let headers = good.headers();
    for name in ["digest", "signature", "date", "host", "content-type"] {
        let value = headers[name].to_str().unwrap();
        world.refused(&good.clone().twice(name, value), Refusal::DupHeader).await;
    }
    let modern = good.clone().modern();
    world.accepted(&modern).await;
    for name in ["content-digest", "signature", "signature-input"] {
        let value = modern.headers()[name].to_str().unwrap().to_owned();
        world.refused(&modern.clone().twice(name, value), Refusal::DupHeader).await;
    }
    let digest = headers["digest"].to_str().unwrap();
    let listed = good.clone().signing("digest", format!("{digest},{digest}"));
    world.refused(&listed, Refusal::DupHeader).await;
    let second = format!("Signature {}", headers["signature"].to_str().unwrap());
    world.refused(&good.clone().header("authorization", second), Refusal::DupHeader).await;
    world.accepted(&good.clone().header("authorization", "Bearer x")).await;
    // HTTP/2: the target names a host, and so does a header, differently.
    world.refused(&good.to("http://other.example/actors/a/inbox"), Refusal::DupHeader).await;
}

#[tokio::test]
async fn s29_labels_of_digests() {
    let (world, good) = alice().await;
    let digest = good.headers()["digest"].to_str().unwrap().to_owned();
    let value = digest.strip_prefix("SHA-256=").unwrap();
    world.accepted(&good.clone().signing("digest", format!("sha-256={value}"))).await;
    for (written, refusal) in [
        (format!("MD5={value}"), Refusal::DigestMissing),
        (format!("SHA-512={value}"), Refusal::DigestMismatch),
        (format!("SHA={value}"), Refusal::DigestMissing),
        ("SHA-256=".to_owned(), Refusal::DigestMismatch),
        ("SHA-256".to_owned(), Refusal::DigestMissing),
        (value.to_owned(), Refusal::DigestMissing),
    ] {
        world.refused(&good.clone().signing("digest", written), refusal).await;
    }
    let modern = good.modern();
    let digest = modern.headers()["content-digest"].to_str().unwrap().to_owned();
    world.accepted(&modern.clone().signing("content-digest", format!("{digest}, other=:AAAA:"))).await;
    let wrong = digest.replace("sha-256", "sha-512");
    world.refused(&modern.clone().signing("content-digest", wrong), Refusal::DigestMismatch).await;
    let unknown = digest.replace("sha-256", "md5");
    world.refused(&modern.signing("content-digest", unknown), Refusal::DigestMissing).await;
}

#[tokio::test]
async fn s30_absurd_headers() {
    let (world, good) = alice().await;
    let id = &good.key_id;
    let many = "date ".repeat(10_000);
    let forty: Vec<String> = (0..40).map(|n| format!("x-{n}")).collect();
    for (header, refusal) in [
        ("x".repeat(65_536), Refusal::HeaderTooLarge),
        (format!(r#"keyId="{id}",headers="{}",signature="AA==""#, many.trim()), Refusal::HeaderTooLarge),
        (format!(r#"keyId="{id}",headers="{}",signature="AA==""#, forty.join(" ")), Refusal::SigMalformed),
        (r#"keyId="a"b",signature="x""#.to_owned(), Refusal::SigMalformed),
        (r#"keyId="a\"b",signature="x""#.to_owned(), Refusal::SigMalformed),
        (r#"keyId="unfinished"#.to_owned(), Refusal::SigMalformed),
        (",,,,".to_owned(), Refusal::SigMalformed),
    ] {
        let verdict = Verdict::from(refusal).within(Duration::from_secs(5));
        world.refused(&good.clone().header("signature", header), verdict).await;
    }
    world.refused(&good.clone().modern().header("signature-input", "sig1=("), Refusal::SigMalformed).await;
    let long = format!("/actors/a/inbox?{}", "x".repeat(60_000));
    world.refused(&good.clone().to(&long), Refusal::HeaderTooLarge).await;
    world.refused(&good.text(vec![b' '; MAX_BODY + 1]), Refusal::TooLarge).await;
}

#[tokio::test]
async fn s31_the_newer_form_must_cover_as_much() {
    let (world, good) = alice().await;
    let good = good.modern();
    let by_path = r#""@method" "@authority" "@path" "content-digest" "host" "date""#;
    world.accepted(&good.clone().covering(by_path)).await;
    for covered in [
        r#""@target-uri" "content-digest""#,
        r#""@method" "content-digest""#,
        r#""@method" "@target-uri""#,
        r#""@method" "@path" "content-digest""#,
        r#""@method" "@authority" "content-digest""#,
    ] {
        world.refused(&good.clone().covering(covered), Refusal::NotCovered).await;
    }
    let signature = good.headers()["signature"].to_str().unwrap().replace("sig1", "sig2");
    world.refused(&good.clone().header("signature", signature), Refusal::SigInvalid).await;
    let whole = r#""@method" "@target-uri" "content-digest""#;
    let whole = good.clone().covering(whole);
    world.accepted(&whole.clone().parameter("alg", "rsa-v1_5-sha256")).await;
    for other in ["rsa-pss-sha512", "hmac-sha256", "none"] {
        world.refused(&whole.clone().parameter("alg", other), Refusal::BadAlgorithm).await;
    }
    // One that we know and that is not that of the key.
    let other = Verdict::from(Refusal::BadAlgorithm).asking(["angers.localhost/a"]);
    world.refused(&whole.clone().parameter("alg", "ed25519"), other).await;
    world.refused(&whole.parameter("created", 0), Refusal::NoDate).await;
}
