//! Bytes sealed with a passphrase: AES-256-GCM under a key that PBKDF2 makes of it. For what leaves the node.

use std::num::NonZeroU32;

use anyhow::anyhow;
use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey},
    pbkdf2, rand,
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// Shortest passphrase taken, in characters.
pub const SHORTEST: usize = 12;
/// Rounds of PBKDF2-HMAC-SHA256: half a second of computing.
const ROUNDS: u32 = 1_000_000;
/// Most rounds that a file may ask for.
const MOST_ROUNDS: u32 = 10_000_000;

/// Sealed bytes, and what besides the passphrase opens them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Locked {
    rounds: u32,
    salt: String,
    sealed: String,
}

/// Seals bytes; `bound` must be said again to open them.
///
/// # Errors
/// Rule `passphrase-short`; `Internal` when the operating system gives no randomness.
pub fn lock(bytes: &[u8], passphrase: &str, bound: &str) -> Result<Locked> {
    if passphrase.chars().count() < SHORTEST {
        return Err(Error::invalid("passphrase", "passphrase-short", ""));
    }
    let mut salt = [0u8; 16];
    rand::fill(&mut salt).map_err(|_| Error::internal(anyhow!("randomness")))?;
    let mut sealed = bytes.to_vec();
    let nonce = key(passphrase, &salt, ROUNDS)?
        .seal_in_place_append_tag(Aad::from(bound), &mut sealed)
        .map_err(|_| Error::internal(anyhow!("sealing")))?;
    let whole = [nonce.as_ref().as_slice(), &sealed].concat();
    Ok(Locked { rounds: ROUNDS, salt: BASE64.encode(salt), sealed: BASE64.encode(whole) })
}

/// Opens them again.
///
/// # Errors
/// Rule `passphrase-wrong`: another passphrase, or something was altered. It does not say which.
pub fn open(locked: &Locked, passphrase: &str, bound: &str) -> Result<Vec<u8>> {
    let wrong = || Error::invalid("passphrase", "passphrase-wrong", "");
    let salt = BASE64.decode(&locked.salt).map_err(|_| wrong())?;
    let whole = BASE64.decode(&locked.sealed).map_err(|_| wrong())?;
    if locked.rounds > MOST_ROUNDS {
        return Err(wrong());
    }
    let (nonce, sealed) = whole.split_first_chunk::<NONCE_LEN>().ok_or_else(wrong)?;
    let mut bytes = sealed.to_vec();
    let length = key(passphrase, &salt, locked.rounds)?
        .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(bound), &mut bytes)
        .map_err(|_| wrong())?
        .len();
    bytes.truncate(length);
    Ok(bytes)
}

fn key(passphrase: &str, salt: &[u8], rounds: u32) -> Result<RandomizedNonceKey> {
    let rounds =
        NonZeroU32::new(rounds).ok_or_else(|| Error::invalid("passphrase", "passphrase-wrong", ""))?;
    let mut key = [0u8; 32];
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, rounds, salt, passphrase.as_bytes(), &mut key);
    RandomizedNonceKey::new(&AES_256_GCM, &key).map_err(|_| Error::internal(anyhow!("AES-256-GCM key")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn w23_only_the_passphrase_opens_and_only_what_was_sealed() {
        let locked = lock(b"seed", "correct horse battery", "rennes").unwrap();
        assert_eq!(open(&locked, "correct horse battery", "rennes").unwrap(), b"seed");
        assert!(open(&locked, "correct horse batterz", "rennes").is_err());
        assert!(open(&locked, "correct horse battery", "angers").is_err());
        let other = Locked { sealed: locked.sealed.replace(&locked.sealed[20..21], "+"), ..locked.clone() };
        assert!(other.sealed == locked.sealed || open(&other, "correct horse battery", "rennes").is_err());
        assert!(open(&Locked { rounds: u32::MAX, ..locked }, "correct horse battery", "rennes").is_err());
        assert!(lock(b"seed", "short", "rennes").is_err());
    }
}
