//! Keys of HTTP signatures: RSA of 2048 to 4096 bits and Ed25519, in SPKI PEM or as Multikey (FEP-521a).
//! Parsed once, used many times (threats S17, S19).

use std::{fmt, sync::Arc};

use aws_lc_rs::{
    encoding::{AsDer as _, Pkcs8V1Der, PublicKeyX509Der},
    rand::SystemRandom,
    rsa::{KeyPair, KeySize, PublicKey},
    signature::{ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::Algorithm;

/// Longest written form of a public key that is looked at.
const MAX_WRITTEN: usize = 2048;
/// `AlgorithmIdentifier` of rsaEncryption (RFC 3279), and of Ed25519 with the head of its key (RFC 8410).
const RSA_ENCRYPTION: [u8; 15] = [0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 1, 5, 0];
const ED25519_SPKI: [u8; 12] = [0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0];
/// Multicodec prefixes of an Ed25519 public key, and of an RSA one.
const ED25519_MULTICODEC: [u8; 2] = [0xed, 0x01];
const RSA_MULTICODEC: [u8; 2] = [0x85, 0x24];

/// Why a key is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not SPKI PEM and not a Multikey.
    #[error("not a key in a form we read")]
    Form,
    /// RSA shorter than 2048 or longer than 4096 bits.
    #[error("RSA key of {0} bits")]
    Size(usize),
    /// RSA exponent even or below 65537.
    #[error("RSA exponent refused")]
    Exponent,
}

/// A public key, ready to verify. Cheap to clone.
#[derive(Clone)]
pub struct VerifyingKey {
    algorithm: Algorithm,
    parsed: Arc<ParsedPublicKey>,
}

impl VerifyingKey {
    /// Reads SPKI PEM (`BEGIN PUBLIC KEY`) or a Multikey (`z6Mk…`, `z4MX…`), RSA or Ed25519.
    ///
    /// # Errors
    /// [`KeyError`], each row of S19.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        if text.len() > MAX_WRITTEN {
            return Err(KeyError::Form);
        }
        if let Some(base58) = text.strip_prefix('z') {
            let bytes = bs58::decode(base58).into_vec().map_err(|_| KeyError::Form)?;
            return match bytes.strip_prefix(&RSA_MULTICODEC) {
                Some(pkcs1) => Self::rsa(pkcs1),
                None => Self::ed25519(bytes.strip_prefix(&ED25519_MULTICODEC).ok_or(KeyError::Form)?),
            };
        }
        let der = pem(text, "PUBLIC KEY")?;
        match der.strip_prefix(&ED25519_SPKI) {
            Some(bytes) => Self::ed25519(bytes),
            None if body_of_sequence(&der).is_some_and(|body| body.starts_with(&RSA_ENCRYPTION)) => {
                Self::rsa(&der)
            }
            None => Err(KeyError::Form),
        }
    }

    /// From the 32 bytes of an Ed25519 public key.
    fn ed25519(bytes: &[u8]) -> Result<Self, KeyError> {
        let parsed = ParsedPublicKey::new(&ED25519, bytes).map_err(|_| KeyError::Form)?;
        Ok(Self { algorithm: Algorithm::Ed25519, parsed: Arc::new(parsed) })
    }

    /// From the DER of an RSA `SubjectPublicKeyInfo` or `RSAPublicKey`.
    fn rsa(der: &[u8]) -> Result<Self, KeyError> {
        let key = PublicKey::from_der(der).map_err(|_| KeyError::Form)?;
        let modulus = key.modulus().big_endian_without_leading_zero().to_vec();
        let bits = modulus.len() * 8 - modulus.first().map_or(0, |byte| byte.leading_zeros() as usize);
        if !(2048..=4096).contains(&bits) {
            return Err(KeyError::Size(bits));
        }
        let exponent = key.exponent();
        let exponent = exponent.big_endian_without_leading_zero();
        let value = exponent.iter().fold(0u64, |value, byte| (value << 8) | u64::from(*byte));
        if exponent.len() > 4 || value < 65_537 || value.is_multiple_of(2) {
            return Err(KeyError::Exponent);
        }
        let parsed = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, der).map_err(|_| KeyError::Form)?;
        Ok(Self { algorithm: Algorithm::RsaSha256, parsed: Arc::new(parsed) })
    }

    /// What it verifies.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Whether it made a signature of a message.
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.parsed.verify_sig(message, signature).is_ok()
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyingKey").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

/// An RSA private key, ready to sign. Cheap to clone; never shown.
#[derive(Clone)]
pub struct SigningKey(Arc<KeyPair>);

impl SigningKey {
    /// A new key of 2048 bits.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn generate() -> Result<Self, KeyError> {
        KeyPair::generate(KeySize::Rsa2048).map(|key| Self(Arc::new(key))).map_err(|_| KeyError::Form)
    }

    /// From PKCS#8 PEM (`BEGIN PRIVATE KEY`).
    ///
    /// # Errors
    /// [`KeyError::Form`].
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        Self::from_pkcs8(&pem(text.trim(), "PRIVATE KEY")?)
    }

    /// From PKCS#8 DER.
    ///
    /// # Errors
    /// [`KeyError::Form`].
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        KeyPair::from_pkcs8(der).map(|key| Self(Arc::new(key))).map_err(|_| KeyError::Form)
    }

    /// As PKCS#8 PEM, to be kept.
    ///
    /// # Errors
    /// [`KeyError::Form`] when the key cannot be written.
    pub fn to_pem(&self) -> Result<String, KeyError> {
        let der: Pkcs8V1Der<'_> = self.0.as_der().map_err(|_| KeyError::Form)?;
        Ok(to_pem(der.as_ref(), "PRIVATE KEY"))
    }

    /// Its public half as SPKI PEM, to be published.
    ///
    /// # Errors
    /// [`KeyError::Form`] when the key cannot be written.
    pub fn public_pem(&self) -> Result<String, KeyError> {
        use aws_lc_rs::signature::KeyPair as _;
        let der: PublicKeyX509Der<'_> = self.0.public_key().as_der().map_err(|_| KeyError::Form)?;
        Ok(to_pem(der.as_ref(), "PUBLIC KEY"))
    }

    /// Signs a message (RSASSA-PKCS1-v1_5, SHA-256).
    ///
    /// # Errors
    /// [`KeyError::Form`] when the library fails.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
            .map_err(|_| KeyError::Form)?;
        Ok(signature)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

/// The bytes of the one PEM block with this label.
fn pem(text: &str, label: &str) -> Result<Vec<u8>, KeyError> {
    let body = text
        .strip_prefix(&format!("-----BEGIN {label}-----"))
        .and_then(|rest| rest.strip_suffix(&format!("-----END {label}-----")))
        .ok_or(KeyError::Form)?;
    let packed: String = body.split_ascii_whitespace().collect();
    STANDARD.decode(packed).map_err(|_| KeyError::Form)
}

/// A PEM block, 64 characters to the line.
fn to_pem(der: &[u8], label: &str) -> String {
    let packed = STANDARD.encode(der);
    let lines: Vec<&str> = packed
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).expect("base64 is ASCII"))
        .collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// What a DER SEQUENCE holds, without its head.
fn body_of_sequence(der: &[u8]) -> Option<&[u8]> {
    let (head, rest) = der.split_first_chunk::<2>()?;
    match head {
        [0x30, length] if *length < 0x80 => Some(rest),
        [0x30, length] => rest.get(usize::from(length & 0x7f)..),
        _ => None,
    }
}
