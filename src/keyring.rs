//! Private keys at rest (register.md rule 6): sealed with AES-256-GCM under the key file of the
//! configuration, or kept in plain form where no file is named. The id of a key is bound to its sealed
//! form, so that no sealed key can be passed off as another's.

pub mod passphrase;

use std::{fmt, sync::Arc};

use anyhow::{Context as _, anyhow};
use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};

use crate::{Error, Result, config::Keys};

/// Seals and opens private keys. Cheap to clone.
#[derive(Clone)]
pub struct Keyring(Option<Arc<RandomizedNonceKey>>);

impl Keyring {
    /// Reads the key file that the configuration names; without one, keys are kept in plain form.
    ///
    /// # Errors
    /// `Invalid`, with the problem of `keys.seal_with`.
    pub fn load(keys: &Keys) -> Result<Self> {
        let sealing = keys.sealing_key()?.map(|key| {
            RandomizedNonceKey::new(&AES_256_GCM, &key)
                .map_err(|_| Error::internal(anyhow!("AES-256-GCM key")))
        });
        Ok(Self(sealing.transpose()?.map(Arc::new)))
    }

    /// Keeps keys in plain form: for tests.
    #[must_use]
    pub const fn plain() -> Self {
        Self(None)
    }

    /// Whether new keys are sealed.
    #[must_use]
    pub const fn seals(&self) -> bool {
        self.0.is_some()
    }

    /// The form in which a private key is stored: `plain:{base64}` or `sealed:{base64 of nonce and
    /// ciphertext}`, bound to the id of the key.
    ///
    /// # Errors
    /// `Internal` when the operating system gives no randomness.
    pub fn seal(&self, key_id: &str, secret: &[u8]) -> Result<String> {
        let Some(key) = &self.0 else { return Ok(format!("plain:{}", BASE64.encode(secret))) };
        let mut sealed = secret.to_vec();
        let nonce = key
            .seal_in_place_append_tag(Aad::from(key_id), &mut sealed)
            .map_err(|_| Error::internal(anyhow!("sealing {key_id}")))?;
        let whole = [nonce.as_ref().as_slice(), &sealed].concat();
        Ok(format!("sealed:{}", BASE64.encode(whole)))
    }

    /// The private key from its stored form.
    ///
    /// # Errors
    /// `Internal`: the form is unknown, the key file is not named or is not the one it was sealed with,
    /// or the text belongs to another key. No message holds any part of the key.
    pub fn open(&self, key_id: &str, stored: &str) -> Result<Vec<u8>> {
        self.opened(key_id, stored).with_context(|| format!("private key {key_id}")).map_err(Error::Internal)
    }

    fn opened(&self, key_id: &str, stored: &str) -> anyhow::Result<Vec<u8>> {
        if let Some(text) = stored.strip_prefix("plain:") {
            return BASE64.decode(text).map_err(|_| anyhow!("not base64"));
        }
        let text = stored.strip_prefix("sealed:").context("neither plain nor sealed")?;
        let key = self.0.as_ref().context("it is sealed and keys.seal_with names no file")?;
        let whole = BASE64.decode(text).map_err(|_| anyhow!("not base64"))?;
        let (nonce, sealed) = whole.split_first_chunk::<NONCE_LEN>().context("too short")?;
        let mut bytes = sealed.to_vec();
        let length = key
            .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(key_id), &mut bytes)
            .map_err(|_| anyhow!("keys.seal_with is not the file it was sealed with, or it was altered"))?
            .len();
        bytes.truncate(length);
        Ok(bytes)
    }
}

/// Says whether it seals, never with what.
impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.seals() { "Keyring(sealing)" } else { "Keyring(plain)" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealing(byte: u8) -> Keyring {
        Keyring(Some(Arc::new(RandomizedNonceKey::new(&AES_256_GCM, &[byte; 32]).unwrap())))
    }

    const ID: &str = "https://rennes.example/actors/1#main-key";

    #[test]
    fn a_sealed_key_opens_again_and_shows_nothing() {
        let ring = sealing(1);
        let stored = ring.seal(ID, b"private").unwrap();
        assert!(stored.starts_with("sealed:"));
        assert!(!stored.contains(&BASE64.encode("private")));
        assert_ne!(stored, ring.seal(ID, b"private").unwrap(), "a nonce is used once");
        assert_eq!(ring.open(ID, &stored).unwrap(), b"private");
    }

    #[test]
    fn it_opens_for_no_other_id_and_with_no_other_file() {
        let stored = sealing(1).seal(ID, b"private").unwrap();
        assert!(sealing(1).open("https://rennes.example/actors/2#main-key", &stored).is_err());
        assert!(sealing(2).open(ID, &stored).is_err());
        assert!(Keyring::plain().open(ID, &stored).is_err());
        let altered = stored.replace(&stored[20..21], if &stored[20..21] == "A" { "B" } else { "A" });
        assert!(sealing(1).open(ID, &altered).is_err());
        assert!(sealing(1).open(ID, "sealed:AAAA").is_err());
        assert!(sealing(1).open(ID, "private").is_err());
    }

    #[test]
    fn plain_keys_still_open_once_sealing_begins() {
        let stored = Keyring::plain().seal(ID, b"private").unwrap();
        assert!(stored.starts_with("plain:"));
        assert_eq!(sealing(1).open(ID, &stored).unwrap(), b"private");
    }
}
