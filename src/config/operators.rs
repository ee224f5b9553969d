//! Section `[operators]`: who works with the node, and as what. Without it everybody at the command line is a
//! clerk of the authority.

use std::{collections::BTreeMap, fmt};

use serde::Deserialize;

use crate::domain::{Code as _, Handle, Problem, codes::Office};

/// Names of operators, as they log in, and what each does.
pub type Operators = BTreeMap<String, Post>;

/// What an operator does: `clerk`, `observer`, `advisor`, `facilitator:ccnr`, `guarantor:cndp`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Post {
    /// The office.
    pub office: Office,
    /// Of which account: the council of a facilitator, the guarantor that somebody speaks for.
    pub of: Option<String>,
}

impl Post {
    /// A clerk of the authority.
    #[must_use]
    pub const fn clerk() -> Self {
        Self { office: Office::Clerk, of: None }
    }

    /// Reads one.
    ///
    /// # Errors
    /// Rule `office` for an unknown one; `office-of` when a facilitator or a guarantor names no account.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let (office, of) = text.split_once(':').map_or((text, None), |(office, of)| (office, Some(of)));
        let office = Office::written(office)?;
        let of = of.map(Handle::parse).transpose()?.map(String::from);
        if of.is_none() && matches!(office, Office::Facilitator | Office::Guarantor) {
            return Err(Problem::new("", "office-of", text));
        }
        Ok(Self { office, of })
    }
}

impl fmt::Display for Post {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.office.word())?;
        self.of.iter().try_for_each(|of| write!(f, ":{of}"))
    }
}

impl TryFrom<String> for Post {
    type Error = Problem;
    fn try_from(text: String) -> Result<Self, Problem> {
        Self::parse(&text)
    }
}

/// The post of somebody: that of the section; a clerk's when there is no section; none when it does not name
/// them.
#[must_use]
pub fn post_of(operators: &Operators, name: &str) -> Option<Post> {
    if operators.is_empty() { Some(Post::clerk()) } else { operators.get(name).cloned() }
}
