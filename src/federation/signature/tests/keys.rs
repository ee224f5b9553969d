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

/// FEP-521a: the Ed25519 vector reads and writes; the RSA one reads, in each of its forms the same key.
#[test]
fn fep_521a_vectors_reproduce_57() {
    let hex = |text: &str| -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    };
    let public = hex("2e6fcce36701dc791488e0d0b1745cc1e33a4c1c9fcc41c63bd343dbbe0970e6");
    let multikey = "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";
    assert_eq!(crate::domain::proof::multibase(&public), multikey);
    assert_eq!(crate::domain::proof::from_multibase(multikey).unwrap()[..], public);
    assert_eq!(VerifyingKey::parse(multikey).unwrap().algorithm(), Algorithm::Ed25519);

    let pkcs1 = hex(
        "3082010a0282010100b1b5fcd8d4d5e88ca5c4287b31f578865caf6a78826a3b8ff7b1b23aa4af4e6a0474139f945bd9d3a911ffd0fa72db78e4593a86c91f9da836186ebd3402d51f6a3844247ab5088b46929c311b43604fed84499f06f0f39bf55590e2187f1bbe229ba8f49fd2e570cd0e3733c76bfede80e1e7e0881e4538ea1bc5782be9512f8bf132526e05f4923564fe6e1e21bf7087adebb660fa533fca06d0a8e66991e1312d70b64a61da8ca77c028cdf939601e2cffe2855759b1d479f0847bcac59d7d62427a431d4e3dfd2697428b9dd6309a7b1167db99fe01af1ff1b739566fb949e47089d1dae84aef1214ef7f5773e86a0d3e9da246f9bec09d60c705891183d0203010001",
    );
    let multikey = "z4MXj1wBzi9jUstyPMS4jQqB6KdJaiatPkAtVtGc6bQEQEEsKTic4G7Rou3iBf9vPmT5dbkm9qsZsuVNjq8HCuW1w24nhBFGkRE4cd2Uf2tfrB3N7h4mnyPp1BF3ZttHTYv3DLUPi1zMdkULiow3M1GfXkoC6DoxDUm1jmN6GBj22SjVsr6dxezRVQc7aj9TxE7JLbMH1wh5X3kA58H3DFW8rnYMakFGbca5CB2Jf6CnGQZmL7o5uJAdTwXfy2iiiyPxXEGerMhHwhjTA1mKYobyk2CpeEcmvynADfNZ5MBvcCS7m3XkFCMNUYBS9NQ3fze6vMSUPsNa6GVYmKx2x6JrdEjCk3qRMMmyjnjCMfR4pXbRMZa3i";
    let read = VerifyingKey::parse(multikey).unwrap();
    assert_eq!(read.algorithm(), Algorithm::RsaSha256);
    let written = bs58::encode([&[0x85, 0x24], pkcs1.as_slice()].concat()).into_string();
    assert_eq!(format!("z{written}"), multikey);
}
