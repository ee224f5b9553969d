//! Keys (S19).

use std::time::Instant;

use super::*;

/// One DER element.
fn der(tag: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).unwrap();
    let mut out = vec![tag];
    match length {
        0..0x80 => out.push(length.to_be_bytes()[1]),
        0x80..0x100 => out.extend([0x81, length.to_be_bytes()[1]]),
        _ => out.extend([&[0x82][..], &length.to_be_bytes()].concat()),
    }
    out.extend_from_slice(body);
    out
}

fn integer(bytes: &[u8]) -> Vec<u8> {
    let sign: &[u8] = if bytes[0] >= 0x80 { &[0] } else { &[] };
    der(2, &[sign, bytes].concat())
}

fn pem(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der))
}

/// The PKCS#1 form of a key with an odd modulus of so many bits.
fn pkcs1(bits: usize, exponent: &[u8]) -> Vec<u8> {
    let mut modulus = vec![0xa5; bits / 8];
    *modulus.last_mut().unwrap() = 0x35;
    der(0x30, &[integer(&modulus), integer(exponent)].concat())
}

/// The SPKI PEM of such a key.
fn spki(bits: usize, exponent: &[u8]) -> String {
    let algorithm = [0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 1, 5, 0];
    let key = der(3, &[&[0][..], &pkcs1(bits, exponent)].concat());
    pem("PUBLIC KEY", &der(0x30, &[&algorithm[..], &key].concat()))
}

const F4: &[u8] = &[1, 0, 1];

#[test]
fn s19_sizes() {
    for bits in [2048, 3072, 4096] {
        assert!(VerifyingKey::parse(&spki(bits, F4)).is_ok(), "{bits}");
    }
    for bits in [512, 1024, 2040, 4104, 8192] {
        assert_eq!(VerifyingKey::parse(&spki(bits, F4)).err(), Some(KeyError::Size(bits)));
    }
    let start = Instant::now();
    assert_eq!(VerifyingKey::parse(&spki(16_384, F4)).err(), Some(KeyError::Form));
    assert!(start.elapsed().as_millis() < 50);
}

#[test]
fn s19_exponents() {
    assert!(VerifyingKey::parse(&spki(2048, &[1, 0, 3])).is_ok());
    for exponent in [&[1][..], &[3], &[17], &[0xff, 0xff], &[1, 0, 0], &[1, 0, 2], &[1, 0, 0, 0, 1]] {
        assert!(VerifyingKey::parse(&spki(2048, exponent)).is_err(), "{exponent:?}");
    }
}

#[test]
fn s19_forms() {
    let ec = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEJnTMtIjFnvWXGI9+AG2bKjjArpk3\nVJgpL+PRfHSvaRY6sZ6CYE0kXcfh4v/p1Nn1Ua7ueHA+9G+hHrkVlublOg==\n-----END PUBLIC KEY-----\n";
    for bad in [
        pem("RSA PUBLIC KEY", &pkcs1(2048, F4)),
        pem("PUBLIC KEY", &pkcs1(2048, F4)),
        ec.to_owned(),
        ALICE.to_pem().unwrap(),
        String::new(),
        "z6Mk".to_owned(),
        "-----BEGIN PUBLIC KEY-----\n%%%\n-----END PUBLIC KEY-----".to_owned(),
        pem("PUBLIC KEY", b"\x30"),
        spki(2048, F4).repeat(2),
    ] {
        assert_eq!(VerifyingKey::parse(&bad).err(), Some(KeyError::Form), "{bad}");
    }
}

#[test]
fn s19_verifying_is_quick() {
    let (key, message) = (public(&ALICE), [7; 1000]);
    let signature = ALICE.sign(&message).unwrap();
    let start = Instant::now();
    assert!((0..20).all(|_| key.verify(&message, &signature)));
    assert!(start.elapsed().as_millis() < 100, "20 of them in {:?}", start.elapsed());
}

#[test]
fn a_key_survives_being_written() {
    let again = SigningKey::from_pem(&ALICE.to_pem().unwrap()).unwrap();
    assert_eq!(again.public_pem().unwrap(), ALICE.public_pem().unwrap());
    assert!(public(&ALICE).verify(b"x", &again.sign(b"x").unwrap()));
    assert!(!public(&MALLORY).verify(b"x", &again.sign(b"x").unwrap()));
    let shown = format!("{again:?}");
    assert!(!shown.contains("PRIVATE") && shown.len() < 20, "{shown}");
}
