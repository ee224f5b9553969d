//! Section `[similar]`: close recommendations. The index needs nothing; a service of embeddings may help it.

use serde::Deserialize;
use url::Url;

use crate::domain::Problem;

/// How close recommendations are found.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Similar {
    /// A local service with the interface of `OpenAI`: `http://127.0.0.1:8080/v1/embeddings`. None: words alone.
    pub embeddings_url: Option<Url>,
    /// The model it is asked for.
    pub embeddings_model: String,
}

impl Default for Similar {
    fn default() -> Self {
        Self { embeddings_url: None, embeddings_model: "multilingual-e5-small".to_owned() }
    }
}

impl Similar {
    /// A service of http or https, without a password in its address; a model with a name.
    #[must_use]
    pub fn validate(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if let Some(url) = &self.embeddings_url {
            let plain = url.username().is_empty() && url.password().is_none();
            if !matches!(url.scheme(), "http" | "https") || url.host().is_none() || !plain {
                problems.push(Problem::new("similar.embeddings_url", "service-address", url.as_str()));
            }
        }
        if self.embeddings_model.trim().is_empty() {
            problems.push(Problem::new("similar.embeddings_model", "expected-text", ""));
        }
        problems
    }
}
