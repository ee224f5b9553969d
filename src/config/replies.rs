//! Section `[replies]`: what citizens answer from other servers.

use serde::Deserialize;

/// Citizens' replies.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Replies {
    /// Whether a reply waits for a person's approval before it is shown (default: yes).
    pub held: bool,
}

impl Default for Replies {
    fn default() -> Self {
        Self { held: true }
    }
}
