//! Every URL of the node, minted and parsed here only.

use std::sync::Arc;

use uuid::Uuid;

use crate::domain::{Iri, Problem};

/// Mints and recognises the node's own URLs; they come from the configuration alone, never from a
/// request (threats W17).
#[derive(Clone, Debug)]
pub struct Urls(Arc<str>);

impl Urls {
    /// From the public URL of the configuration (`https://rennes.example`, no path).
    ///
    /// # Errors
    /// Rule `public-url` when it has a path, a query, user information, or is not http(s).
    pub fn new(public_url: &url::Url) -> Result<Self, Problem> {
        let base = public_url.as_str().trim_end_matches('/');
        let plain = Iri::parse(base).is_ok_and(|iri| iri.origin() == base);
        if plain {
            Ok(Self(Arc::from(base)))
        } else {
            Err(Problem::new("public_url", "public-url", public_url.as_str()))
        }
    }

    /// `https://rennes.example`, without a slash at the end.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.0
    }

    /// Authority: `rennes.example`, `rennes.localhost:8101`.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.split_once("://").map_or("", |(_, host)| host)
    }

    /// A URL under the node: `at("/avis/x")`.
    ///
    /// # Panics
    /// When the path is no path: paths are minted from safe segments, never taken from a request.
    #[must_use]
    pub fn at(&self, path: &str) -> Iri {
        Iri::parse(&format!("{}{path}", self.0)).expect("paths are minted from safe segments")
    }

    /// Whether an identifier was minted here. (Whether a record is *ours* is another matter: rule 1.)
    #[must_use]
    pub fn is_here(&self, iri: &Iri) -> bool {
        iri.origin() == self.base()
    }

    /// The path of an identifier minted here.
    #[must_use]
    pub fn path<'a>(&self, iri: &'a Iri) -> Option<&'a str> {
        if self.is_here(iri) { Some(&iri.as_str()[self.0.len()..]) } else { None }
    }

    /// Id of a record, under the folder of its kind: `avis`, `questions`.
    #[must_use]
    pub fn record(&self, folder: &str, id: Uuid) -> Iri {
        self.at(&format!("/{folder}/{id}"))
    }

    /// Page of a record.
    #[must_use]
    pub fn page(&self, folder: &str, slug: &str) -> Iri {
        self.at(&format!("/{folder}/{slug}"))
    }

    /// Id of an actor.
    #[must_use]
    pub fn actor(&self, id: Uuid) -> Iri {
        self.at(&format!("/actors/{id}"))
    }

    /// Profile page of an actor.
    #[must_use]
    pub fn profile(&self, handle: &str) -> Iri {
        self.at(&format!("/@{handle}"))
    }

    /// Id of a thread (FEP-f228): that of its question.
    #[must_use]
    pub fn context(&self, id: Uuid) -> Iri {
        self.at(&format!("/contexts/{id}"))
    }

    /// Id of an activity.
    #[must_use]
    pub fn activity(&self, id: Uuid) -> Iri {
        self.at(&format!("/activities/{id}"))
    }

    /// The inbox all our actors share.
    #[must_use]
    pub fn shared_inbox(&self) -> Iri {
        self.at("/inbox")
    }

    /// Page of a theme.
    #[must_use]
    pub fn theme(&self, slug: &str) -> Iri {
        self.at(&format!("/themes/{slug}"))
    }

    /// An attachment, by the hex digits of its SHA-256.
    #[must_use]
    pub fn media(&self, digits: &str) -> Iri {
        self.at(&format!("/media/{digits}"))
    }
}
