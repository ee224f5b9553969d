//! Signs our own requests.

use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;

use super::{KeyError, SigningKey, cavage, rfc9421};
use crate::domain::Iri;

/// Which form of signature is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// draft-cavage-12, which everybody reads.
    #[default]
    Cavage,
    /// RFC 9421, for those who no longer read the former.
    Rfc9421,
}

/// Who signs a request: the key and its public name.
#[derive(Clone, Debug)]
pub struct Signer {
    /// Id of the key: `{actor}#main-key`.
    pub key_id: Iri,
    /// The key.
    pub key: SigningKey,
    /// How.
    pub form: Form,
}

impl Signer {
    /// Signs with draft-cavage.
    #[must_use]
    pub const fn new(key_id: Iri, key: SigningKey) -> Self {
        Self { key_id, key, form: Form::Cavage }
    }

    /// The headers that sign a request: `Host`, `Date`, the digest and `Content-Type` of a body, and the
    /// signature. A retry is a new request: it is signed again.
    ///
    /// # Errors
    /// [`KeyError`] when the key does not sign.
    pub fn headers(
        &self,
        method: &http::Method,
        url: &Iri,
        body: Option<&[u8]>,
        now: Timestamp,
    ) -> Result<HeaderMap, KeyError> {
        let request = Outgoing { method: method.as_str(), url, body, now };
        let pairs = match self.form {
            Form::Cavage => cavage::sign(&request, self)?,
            Form::Rfc9421 => rfc9421::sign(&request, self)?,
        };
        pairs
            .into_iter()
            .map(|(name, value)| {
                let value = HeaderValue::from_str(&value).map_err(|_| KeyError::Form)?;
                Ok((HeaderName::from_static(name), value))
            })
            .collect()
    }
}

/// A request to be signed.
pub(super) struct Outgoing<'a> {
    pub(super) method: &'a str,
    pub(super) url: &'a Iri,
    pub(super) body: Option<&'a [u8]>,
    pub(super) now: Timestamp,
}

impl Outgoing<'_> {
    /// Path and query, as they are sent.
    pub(super) fn target(&self) -> String {
        let url = self.url.url();
        url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
    }
}
