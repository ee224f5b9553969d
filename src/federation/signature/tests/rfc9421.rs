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

/// Two foreign signatures of rsa-v1_5-sha256, for which the RFC has no example: made with one key over one
/// message by Fedify 2.3.6 and by `http-message-signatures` 3.0.0.
#[test]
fn foreign_rsa_signatures_verify() {
    const PUBLIC: &str = "-----BEGIN PUBLIC KEY-----MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAvjsUd+3ZH7j3VsE74xCXwDWJrpIMe1Y9FyvacjwXv7zsU2Akq05FC917EBUcj0wUZAb+qc40akdIJwDg/Af7/iyUOGCqjNOznxCnsCuWjebEFgpSejvjwHPyt4y1G4eubq4Uc96oVfnDBhFC6xFWL6ZBSpSlKCkWoEnFfNBN6BegqynqYQ1gWi/yGuehLgadArCl2IURuJMTjNbJrOci3LR7D1jVbnfgfcSwSGzqiwYtexcW8+tE2oRX0xvaDLaHagQ4vIc3PVquoKJYOSVUVH+XZePIdoWjWMvDG66NgT9zSLLIWulXyTxNw38e36PP8WDqVduoGByWQzezuthuhwIDAQAB-----END PUBLIC KEY-----";
    const CASES: [(&str, &str); 2] = [
        (
            r#"sig1=("@method" "@target-uri" "@authority" "host" "date" "content-digest");alg="rsa-v1_5-sha256";keyid="https://angers.example/actors/1#main-key";created=1618884475"#,
            "AbDHUVGHcYJIXGMDpt807820+fs+FqyXB5ybrZcn3RAEhTbkby+MgYnYWJchQc/km5WysBJPauvCLpZF1dk5emn150hvPs4n3ktpbjNdRBYypG/AmZjTcCkFIFHOkChaKOLMMKX5ZnM0NgzgERNy25TAwD//ijmcJ3qiOCqn7RnemCG4zqWCweF1sM3jAU8IzzToswGt3Qg4PtRgOsKNiJh8uDYM903hpQs07/kv47TvbRH4vPNWmfExgWwDCQcoseunmJJIoG0X92q9ETq/HznV1d1LukRtWsxGIBw7ZRSXrD6+NfBSpFqldaB+9134DUI+FRbPLFIMPXUztsuX3g==",
        ),
        (
            r#"sig1=("@method" "@target-uri" "@authority" "content-digest" "date");created=1618884475;keyid="https://angers.example/actors/1#main-key";alg="rsa-v1_5-sha256""#,
            "IJ0QTeoDr0jgcuO5MXj7JB9PTXO+trTMWzpYwLMWQjGnY7WwPVlg/r2es7UtobEmhecgTYa1SDhfmMi3JdTvOiVmm3SA40YSj5Hk3VxPizBcujy/IWKEBy2Wj18nGAI8Ed6c55JHv6aciGnsQ7Brrz1omEiNUOydrUGdpYtjAgDQsdZFk5pglAsndn3WuF7YR79YmFMbFCVHiS+BD/cqJ59tLi6CHcmdvQO4wPIjMOe29jFrcuYF2hV2T7p5XdkA4nV0cz9xJLEhtqCSAiY/4KXkQkFd6yZFwN8b+KZARKcto0owX/vZufR3jKe1+ZPJGq95U4HG164fLpZo9a10nQ==",
        ),
    ];
    let key = VerifyingKey::parse(PUBLIC).unwrap();
    for (input, signature) in CASES {
        let mut sent = Sent::unsigned()
            .to("/actors/a/inbox?x=1")
            .set("date", "Tue, 20 Apr 2021 02:07:55 GMT")
            .set("content-digest", "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:")
            .set("signature-input", input)
            .set("signature", &format!("sig1=:{signature}:"));
        sent.body = br#"{"hello": "world"}"#.to_vec();
        sent.at = "2021-04-20T02:08:00Z".parse().unwrap();
        assert_eq!(parse(&sent.view()).unwrap().verify(&key), Ok(()), "{input}");
        let elsewhere = sent.clone().to("/actors/a/inbox?x=2");
        assert!(parse(&elsewhere.view()).unwrap().verify(&key).is_err());
        sent.body.push(b' ');
        assert!(parse(&sent.view()).is_err());
    }
}
