//! RFC 9421.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};

use super::*;

/// Signs over what the test wants; `who` makes the signature.
fn signed(components: &str, parameters: &str, who: impl Fn(&[u8]) -> Vec<u8>) -> Sent {
    let sent = Sent::post(Form::Rfc9421);
    let line = |name: &str| match name.trim_matches('"') {
        "@method" => "POST".to_owned(),
        "@target-uri" => "https://rennes.example/actors/a/inbox".to_owned(),
        "@authority" => "rennes.example".to_owned(),
        "@path" => sent.target.clone(),
        "@query" => "?".to_owned(),
        name => sent.headers[name].to_str().unwrap().to_owned(),
    };
    let lines: Vec<String> = components.split(' ').map(|name| format!("{name}: {}", line(name))).collect();
    let base = format!("{}\n\"@signature-params\": ({components}){parameters}", lines.join("\n"));
    let signature = STANDARD.encode(who(base.as_bytes()));
    sent.set("signature-input", &format!("sig1=({components}){parameters}"))
        .set("signature", &format!("sig1=:{signature}:"))
}

const ALL: &str = r#""@method" "@target-uri" "content-digest""#;

fn parameters(alg: &str) -> String {
    format!(r#";created={};keyid="{KEY_ID}"{alg}"#, now().as_second())
}

fn by_alice(base: &[u8]) -> Vec<u8> {
    ALICE.sign(base).unwrap()
}

#[test]
fn what_we_sign_is_accepted() {
    assert_eq!(Sent::post(Form::Rfc9421).verdict(), Ok(()));
    assert_eq!(signed(ALL, &parameters(""), by_alice).verdict(), Ok(()));
    assert_eq!(signed(ALL, &parameters(r#";alg="rsa-v1_5-sha256""#), by_alice).verdict(), Ok(()));
    let by_path = r#""@method" "@authority" "@path" "@query" "content-digest" "host" "date""#;
    assert_eq!(signed(by_path, &parameters(""), by_alice).verdict(), Ok(()));
}

#[test]
fn s31_every_part_must_be_covered() {
    for part in [
        r#""@target-uri" "content-digest""#,
        r#""@method" "content-digest""#,
        r#""@method" "@target-uri""#,
        r#""@method" "@authority" "content-digest""#,
        r#""@method" "@path" "content-digest""#,
    ] {
        assert_eq!(signed(part, &parameters(""), by_alice).verdict(), Err(Refusal::NotCovered), "{part}");
    }
    let path = signed(r#""@method" "@authority" "@path" "content-digest""#, &parameters(""), by_alice);
    assert_eq!(path.verdict(), Ok(()));
    assert_eq!(path.to("/actors/a/inbox?x=1").verdict(), Err(Refusal::NotCovered));
}

#[test]
fn s31_label_algorithm_and_time() {
    let sent = Sent::post(Form::Rfc9421);
    let other_label = sent.headers["signature"].to_str().unwrap().replace("sig1", "sig2");
    assert_eq!(sent.clone().set("signature", &other_label).verdict(), Err(Refusal::SigInvalid));
    for alg in [r#";alg="ed25519""#, r#";alg="rsa-pss-sha512""#, r#";alg="hmac-sha256""#, r#";alg="none""#] {
        let verdict = signed(ALL, &parameters(alg), by_alice).verdict();
        assert_eq!(verdict, Err(Refusal::BadAlgorithm), "{alg}");
    }
    let no_created = format!(r#";keyid="{KEY_ID}""#);
    assert_eq!(signed(ALL, &no_created, by_alice).verdict(), Err(Refusal::NoDate));
    assert_eq!(sent.clone().after(SignedDuration::from_mins(61)).verdict(), Err(Refusal::Expired));
    assert_eq!(sent.after(SignedDuration::from_mins(-6)).verdict(), Err(Refusal::Future));
    let expires = format!("{};expires={}", parameters(""), now().as_second() + 60);
    let expiring = signed(ALL, &expires, by_alice);
    assert_eq!(expiring.verdict(), Ok(()));
    assert_eq!(expiring.after(SignedDuration::from_secs(61)).verdict(), Err(Refusal::Expired));
}

#[test]
fn s03_s07_s09_tampered_messages() {
    let sent = Sent::post(Form::Rfc9421);
    let mut changed = sent.clone();
    changed.body = b"{}".to_vec();
    assert_eq!(changed.verdict(), Err(Refusal::DigestMismatch));
    assert_eq!(sent.clone().to("/actors/b/inbox").verdict(), Err(Refusal::SigInvalid));
    assert_eq!(sent.clone().set("host", "other.example").verdict(), Err(Refusal::HostMismatch));
    assert_eq!(sent.clone().without("content-digest").verdict(), Err(Refusal::DigestMissing));
    assert_eq!(sent.set("content-digest", "md5=:AA==:").verdict(), Err(Refusal::DigestMissing));
}

#[test]
fn s30_inputs_that_cannot_be_read() {
    for (input, refusal) in [
        ("", Refusal::SigMalformed),
        ("sig1", Refusal::SigMalformed),
        ("sig1=(", Refusal::SigMalformed),
        (r#"sig1=("@method";req);keyid="https://a.example/x""#, Refusal::SigMalformed),
        (r#"sig1=("@method" "@method");keyid="https://a.example/x""#, Refusal::SigMalformed),
        (r#"sig1=("@method");created=1;created=2;keyid="https://a.example/x""#, Refusal::SigMalformed),
        (r#"sig1=("@method");created=now;keyid="https://a.example/x""#, Refusal::BadDate),
        (r#"sig1=("@method");keyid=unquoted"#, Refusal::SigMalformed),
    ] {
        let verdict = Sent::post(Form::Rfc9421).set("signature-input", input).verdict();
        assert_eq!(verdict, Err(refusal), "{input}");
    }
    let verdict = Sent::post(Form::Rfc9421).add("signature-input", "sig1=()").verdict();
    assert_eq!(verdict, Err(Refusal::DupHeader));
}

#[test]
fn an_ed25519_key_signs_too() {
    let pair = Ed25519KeyPair::generate().unwrap();
    let mut bytes = vec![0xed, 1];
    bytes.extend_from_slice(pair.public_key().as_ref());
    let key = VerifyingKey::parse(&format!("z{}", bs58::encode(bytes).into_string())).unwrap();
    let sent = signed(ALL, &parameters(r#";alg="ed25519""#), |base| pair.sign(base).as_ref().to_vec());
    assert_eq!(parse(&sent.view()).unwrap().verify(&key), Ok(()));
    assert_eq!(sent.verdict(), Err(Refusal::BadAlgorithm), "Alice's key is an RSA key");
}

/// RFC 9421, appendix B.2.6.
#[test]
fn the_example_of_the_rfc_verifies() {
    let key = VerifyingKey::parse(
        "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=\n-----END PUBLIC KEY-----",
    )
    .unwrap();
    let input = r#"sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519""#;
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("host", "example.com"),
        ("date", "Tue, 20 Apr 2021 02:07:55 GMT"),
        ("content-type", "application/json"),
        ("content-length", "18"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let request = RequestView {
        method: "POST",
        target: "/foo",
        base: "https://example.com",
        headers: &headers,
        body: br#"{"hello": "world"}"#,
        now: "2021-04-20T02:07:55Z".parse().unwrap(),
    };
    let input = crate::federation::signature::rfc9421::read_input(input).unwrap();
    let base = crate::federation::signature::rfc9421::base(&request, &input).unwrap();
    let signature =
        "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==";
    assert!(key.verify(base.as_bytes(), &STANDARD.decode(signature).unwrap()), "{base}");
    let forged = base.replace("POST", "PUT");
    assert!(!key.verify(forged.as_bytes(), &STANDARD.decode(signature).unwrap()));
}
