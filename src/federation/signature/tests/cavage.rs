//! draft-cavage.

use std::time::Instant;

use super::*;

const ALL: &str = "(request-target) host date digest";

fn accepted(sent: &Sent) {
    assert_eq!(sent.verdict(), Ok(()));
}

fn refused(sent: &Sent, refusal: Refusal) {
    assert_eq!(sent.verdict(), Err(refusal));
}

#[test]
fn what_we_sign_is_accepted_and_covers_what_everybody_asks() {
    let sent = Sent::post(Form::Cavage);
    accepted(&sent);
    let header = sent.headers["signature"].to_str().unwrap();
    assert!(header.contains(r#"headers="(request-target) host date digest content-type""#), "{header}");
    assert!(header.contains(r#"algorithm="rsa-sha256""#));
    accepted(&Sent::unsigned().cavage(ALL, &[("algorithm", "rsa-sha256")]));
}

#[test]
fn a_signed_get_is_accepted() {
    let url = iri("https://rennes.example/actors/a?page=1");
    let headers = Signer::new(iri(KEY_ID), ALICE.clone()).headers(&Method::GET, &url, None, now()).unwrap();
    let sent = Sent { method: "GET", target: "/actors/a?page=1".into(), headers, body: vec![], at: now() };
    accepted(&sent);
    refused(&sent.to("/actors/a?page=2"), Refusal::SigInvalid);
}

#[test]
fn s01_no_signature() {
    refused(&Sent::unsigned(), Refusal::SigMissing);
}

#[test]
fn s02_signed_by_another_key() {
    let sent = Sent::post(Form::Cavage);
    accepted(&sent);
    let checked = parse(&sent.view()).unwrap();
    assert_eq!(checked.verify(&public(&MALLORY)), Err(Refusal::SigInvalid));
}

#[test]
fn s03_body_changed_after_signing() {
    let mut sent = Sent::post(Form::Cavage);
    accepted(&sent);
    sent.body = BODY.to_ascii_uppercase();
    refused(&sent, Refusal::DigestMismatch);
}

#[test]
fn s04_no_digest() {
    let sent = Sent::unsigned().without("digest").cavage("(request-target) host date", &[]);
    refused(&sent, Refusal::DigestMissing);
}

#[test]
fn s05_digest_right_but_not_covered() {
    refused(&Sent::unsigned().cavage("(request-target) host date", &[]), Refusal::NotCovered);
    accepted(&Sent::unsigned().cavage(ALL, &[]));
}

#[test]
fn s06_covers_only_digest() {
    refused(&Sent::unsigned().cavage("digest", &[]), Refusal::NotCovered);
    for part in ["host date digest", "(request-target) date digest", "(request-target) host digest"] {
        refused(&Sent::unsigned().cavage(part, &[]), Refusal::NotCovered);
    }
}

#[test]
fn s07_replayed_to_another_inbox() {
    refused(&Sent::unsigned().cavage("date digest", &[]).to("/actors/b/inbox"), Refusal::NotCovered);
    refused(&Sent::post(Form::Cavage).to("/actors/b/inbox"), Refusal::SigInvalid);
}

#[test]
fn s08_target_spelled_otherwise() {
    accepted(&Sent::post(Form::Cavage).to("/actors/a/inbox"));
    for target in ["/actors/A/inbox", "/actors%2Fa/inbox", "/actors/a/inbox/", "/actors/a/inbox?x=1"] {
        refused(&Sent::post(Form::Cavage).to(target), Refusal::SigInvalid);
    }
}

#[test]
fn s09_meant_for_another_host() {
    accepted(&Sent::unsigned().set("host", "Rennes.Example").cavage(ALL, &[]));
    accepted(&Sent::unsigned().set("host", "rennes.example:443").cavage(ALL, &[]));
    for host in ["other.example", "rennes.example.", "rennes.example:80", "a.rennes.example", "rennes.exampl"]
    {
        refused(&Sent::unsigned().set("host", host).cavage(ALL, &[]), Refusal::HostMismatch);
    }
}

#[test]
fn s10_two_hours_old() {
    accepted(&Sent::post(Form::Cavage).after(SignedDuration::from_mins(59)));
    refused(&Sent::post(Form::Cavage).after(SignedDuration::from_mins(61)), Refusal::Expired);
    refused(&Sent::post(Form::Cavage).after(SignedDuration::from_hours(2)), Refusal::Expired);
}

#[test]
fn s11_no_time_at_all() {
    refused(&Sent::unsigned().without("date").cavage("(request-target) host digest", &[]), Refusal::NoDate);
}

#[test]
fn s12_from_the_future() {
    accepted(&Sent::post(Form::Cavage).after(SignedDuration::from_mins(-4)));
    refused(&Sent::post(Form::Cavage).after(SignedDuration::from_mins(-6)), Refusal::Future);
    refused(&Sent::post(Form::Cavage).after(SignedDuration::from_hours(-87_600)), Refusal::Future);
    let created = |ahead: i64| {
        let at = (now().as_second() + ahead).to_string();
        Sent::unsigned().cavage("(request-target) (created) host digest", &[("created", &at)])
    };
    accepted(&created(240));
    refused(&created(360), Refusal::Future);
}

#[test]
fn s13_dates_that_cannot_be_read() {
    accepted(&Sent::unsigned().set("date", "Mon, 09 Mar 2026 08:02:00 GMT").cavage(ALL, &[]));
    for date in [
        "yesterday",
        "Mon, 09 Mar 2026 08:02:00 +0000",
        "1773043320",
        "2026-03-09T08:02:00Z",
        "Monday, 09-Mar-26 08:02:00 GMT",
        "Mon Mar  9 08:02:00 2026",
        "Tue, 09 Mar 2026 08:02:00 GMT",
        "",
    ] {
        refused(&Sent::unsigned().set("date", date).cavage(ALL, &[]), Refusal::BadDate);
    }
}

#[test]
fn s14_expiry_is_capped_at_an_hour_after_creation() {
    let created = now().as_second().to_string();
    let sign = |expires: i64| {
        let expires = (now().as_second() + expires).to_string();
        let covered = "(request-target) (created) (expires) host digest";
        Sent::unsigned().cavage(covered, &[("created", &created), ("expires", &expires)])
    };
    let ten_years = sign(315_360_000);
    accepted(&ten_years);
    refused(&ten_years.after(SignedDuration::from_mins(61)), Refusal::Expired);
    accepted(&sign(60));
    refused(&sign(60).after(SignedDuration::from_secs(61)), Refusal::Expired);
}

#[test]
fn s16_replay_after_eight_days() {
    refused(&Sent::post(Form::Cavage).after(SignedDuration::from_hours(192)), Refusal::Expired);
}

#[test]
fn s17_hmac_with_the_public_key_is_no_signature() {
    let sent = Sent::unsigned().cavage(ALL, &[]);
    accepted(&sent);
    let header = sent.headers["signature"].to_str().unwrap().to_owned();
    let base = parse(&sent.view()).unwrap().base;
    let secret = ALICE.public_pem().unwrap();
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret.as_bytes());
    let forged = STANDARD.encode(aws_lc_rs::hmac::sign(&key, &base));
    let (start, _) = header.split_once("signature=").unwrap();
    let with =
        |algorithm: &str| sent.clone().set("signature", &format!("{algorithm}{start}signature=\"{forged}\""));
    refused(&with(r#"algorithm="hmac-sha256","#), Refusal::BadAlgorithm);
    refused(&with(""), Refusal::SigInvalid);
}

#[test]
fn s18_algorithms() {
    for good in ["rsa-sha256", "hs2019"] {
        accepted(&Sent::unsigned().cavage(ALL, &[("algorithm", good)]));
    }
    accepted(&Sent::unsigned().cavage(ALL, &[]));
    for bad in ["none", "rsa-sha1", "RSA-SHA256 ", "ed448", "", "ecdsa-sha256"] {
        refused(&Sent::unsigned().cavage(ALL, &[("algorithm", bad)]), Refusal::BadAlgorithm);
    }
}

#[test]
fn s24_key_ids_that_nobody_is_asked_for() {
    let with = |key_id: &str| {
        let sent = Sent::post(Form::Cavage);
        let header = sent.headers["signature"].to_str().unwrap().replace(KEY_ID, key_id);
        sent.set("signature", &header)
    };
    accepted(&with(KEY_ID));
    for bad in [
        "file:///etc/passwd",
        "data:text/plain,x",
        "unix:/run/x",
        "ftp://a.example/x",
        "acct:a@b.example",
        "",
        "https://u@a.example/x",
        "https://a.example./x",
        "https://127.1/x",
        "HTTPS://a.example/x",
    ] {
        refused(&with(bad), Refusal::BadKeyId);
    }
}

#[test]
fn s28_headers_that_come_twice() {
    let sent = Sent::post(Form::Cavage);
    accepted(&sent);
    for name in ["digest", "signature", "date", "host", "content-type"] {
        let value = sent.headers[name].to_str().unwrap().to_owned();
        refused(&sent.clone().add(name, &value), Refusal::DupHeader);
    }
    let digest = sent.headers["digest"].to_str().unwrap().to_owned();
    let listed = Sent::unsigned().set("digest", &format!("{digest},{digest}")).cavage(ALL, &[]);
    refused(&listed, Refusal::DupHeader);
    let signature = sent.headers["signature"].to_str().unwrap().to_owned();
    refused(&sent.clone().set("authorization", &format!("Signature {signature}")), Refusal::DupHeader);
    accepted(&sent.set("authorization", "Bearer x"));
}

#[test]
fn s29_labels_of_digests() {
    let value = digest::digest(BODY);
    let value = value.strip_prefix("SHA-256=").unwrap();
    let sha512 = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA512, BODY);
    let sha512 = STANDARD.encode(sha512);
    let with = |digest: &str| Sent::unsigned().set("digest", digest).cavage(ALL, &[]);
    accepted(&with(&format!("sha-256={value}")));
    accepted(&with(&format!("SHA-512={sha512}")));
    refused(&with(&format!("MD5={value}")), Refusal::DigestMissing);
    refused(&with(&format!("SHA-512={value}")), Refusal::DigestMismatch);
    refused(&with(&format!("SHA-256={sha512}")), Refusal::DigestMismatch);
    refused(&with("SHA-256="), Refusal::DigestMismatch);
    refused(&with("SHA-256"), Refusal::DigestMissing);
}

#[test]
fn s30_absurd_sizes_cost_nothing() {
    let many = "date ".repeat(10_000);
    let long = format!(r#"keyId="{KEY_ID}",headers="{}",signature="AA==""#, many.trim_end());
    let forty: Vec<String> = (0..40).map(|n| format!("x-{n}")).collect();
    let forty = format!(r#"keyId="{KEY_ID}",headers="{}",signature="AA==""#, forty.join(" "));
    let cases = [
        ("x".repeat(65_536), Refusal::HeaderTooLarge),
        (long, Refusal::HeaderTooLarge),
        (forty, Refusal::SigMalformed),
        (r#"keyId="a"b",signature="x""#.to_owned(), Refusal::SigMalformed),
        (r#"keyId="a\"b",signature="x""#.to_owned(), Refusal::SigMalformed),
        (r#"keyId="a,b",signature="x""#.to_owned(), Refusal::BadKeyId),
        (format!(r#"keyId="{KEY_ID}",keyId="{KEY_ID}",signature="x""#), Refusal::SigMalformed),
        (r#"keyId="unfinished"#.to_owned(), Refusal::SigMalformed),
        ("nonsense".to_owned(), Refusal::SigMalformed),
        (",,,,".to_owned(), Refusal::SigMalformed),
        (format!(r#"keyId="{KEY_ID}",headers="date  date",signature="x""#), Refusal::SigMalformed),
        (format!(r#"keyId="{KEY_ID}",headers="{ALL}""#), Refusal::SigMalformed),
        (format!(r#"keyId="{KEY_ID}",headers="{ALL}",signature="%%""#), Refusal::SigInvalid),
    ];
    for (header, refusal) in cases {
        let sent = Sent::unsigned().set("signature", &header);
        let start = Instant::now();
        refused(&sent, refusal);
        assert!(start.elapsed().as_millis() < 100, "{refusal}");
    }
}

#[test]
fn s33_forwarded_headers_are_not_believed() {
    let other = Sent::unsigned().set("host", "other.example").set("x-forwarded-host", "rennes.example");
    refused(&other.cavage(ALL, &[]), Refusal::HostMismatch);
    accepted(&Sent::post(Form::Cavage).set("x-forwarded-host", "evil.example"));
}

/// The examples of the draft, as frozen in the tests of `httpsig` 1.3 (a key of 1024 bits, which only a
/// test may use): the text we sign and verify is theirs, byte for byte.
#[test]
fn the_text_that_is_signed_is_that_of_the_draft() {
    use aws_lc_rs::signature::{RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, UnparsedPublicKey};
    const PUBLIC: &str = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDCFENGw33yGihy92pDjZQhl0C36rPJj+CvfSC8+q28hxA161QFNUd13wuCTUcq0Qd2qsBe/2hFyc2DCJJg0h1L78+6Z4UMR7EOcpfdUE9Hf3m/hs+FUR45uBJeDK1HSFHD8bHKD6kv8FPGfJTotc+2xjJwoYi+1hqp1fIekaxsyQIDAQAB";
    const CASES: [(&str, &str); 3] = [
        (
            "date",
            "jKyvPcxB4JbmYY4mByyBY7cZfNl4OW9HpFQlG7N4YcJPteKTu4MWCLyk+gIr0wDgqtLWf9NLpMAMimdfsH7FSWGfbMFSrsVTHNTk0rK3usrfFnti1dxsM4jl0kYJCKTGI/UWkqiaxwNiKqGcdlEDrTcUhhsFsOIo8VhddmZTZ8w=",
        ),
        (
            "(request-target) host date",
            "HUxc9BS3P/kPhSmJo+0pQ4IsCo007vkv6bUm4Qehrx+B1Eo4Mq5/6KylET72ZpMUS80XvjlOPjKzxfeTQj4DiKbAzwJAb4HX3qX6obQTa00/qPDXlMepD2JtTw33yNnm/0xV7fQuvILN/ys+378Ysi082+4xBQFwvhNvSoVsGv4=",
        ),
        (
            "(request-target) host date content-type digest content-length",
            "Ef7MlxLXoBovhil3AlyjtBwAL9g4TN3tibLj7uuNB3CROat/9KaeQ4hW2NiJ+pZ6HQEOx9vYZAyi+7cmIkmJszJCut5kQLAwuX+Ms/mUFvpKlSo9StS2bMXDBNjOh4Auj774GFj4gwjS+3NhFeoqyr/MuN6HsEnkvn6zdgfE2i0=",
        ),
    ];
    let mut sent = Sent::unsigned()
        .to("/foo?param=value&pet=dog")
        .set("host", "example.com")
        .set("date", "Thu, 05 Jan 2014 21:31:40 GMT")
        .set("content-type", "application/json")
        .set("digest", "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=")
        .set("content-length", "18");
    sent.body = br#"{"hello": "world"}"#.to_vec();
    assert_eq!(digest::check_digest(sent.headers["digest"].to_str().unwrap(), &sent.body), Ok(()));
    let key = UnparsedPublicKey::new(
        &RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
        STANDARD.decode(PUBLIC).unwrap(),
    );
    for (covered, signature) in CASES {
        let header =
            format!(r#"keyId="Test",algorithm="rsa-sha256",headers="{covered}",signature="{signature}""#);
        let parameters = crate::federation::signature::cavage::parameters(&header).unwrap();
        let covered = crate::federation::signature::cavage::covered(covered).unwrap();
        let base = crate::federation::signature::cavage::base(&sent.view(), &parameters, &covered).unwrap();
        assert!(key.verify(base.as_bytes(), &STANDARD.decode(signature).unwrap()).is_ok(), "{base}");
    }
}
