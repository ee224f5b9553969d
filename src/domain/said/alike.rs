//! What brings recommendations of several authors together.

use serde::{Deserialize, Serialize};

use crate::domain::{Iri, record::one_or_many};

/// Somebody confirms that recommendations carry the same idea (requirement 2.33). A suggestion of the software
/// becomes a link only by this; the text says why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SameIdea {
    /// The recommendations, two or more.
    #[serde(
        rename = "parvis:concerns",
        default,
        deserialize_with = "one_or_many",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub concerns: Vec<Iri>,
}
