//! Who acts: a parameter of every action, and of the row it leaves in the audit log.

use crate::storage::audit::Deed;

/// A person, the command line, or the node itself; and why, where the rules ask for a reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    name: String,
    role: &'static str,
    reason: Option<String>,
}

impl Operator {
    /// Somebody at the command line, by login name.
    #[must_use]
    pub fn cli(name: impl Into<String>) -> Self {
        Self { name: name.into(), role: "cli", reason: None }
    }

    /// The node itself, doing what was scheduled.
    #[must_use]
    pub fn system() -> Self {
        Self { name: "parvis".to_owned(), role: "system", reason: None }
    }

    /// Another server, by the id of its actor.
    #[must_use]
    pub fn peer(actor: impl Into<String>) -> Self {
        Self { name: actor.into(), role: "peer", reason: None }
    }

    /// The same, with a reason.
    #[must_use]
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// Name, as the audit log has it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The reason given.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// A row for the audit log.
    #[must_use]
    pub fn deed<'a>(&'a self, action: &'a str, subject: &'a str) -> Deed<'a> {
        Deed { operator: &self.name, role: self.role, action, subject, reason: self.reason() }
    }
}
