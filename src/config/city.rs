//! Section `[city]`: who runs the node.

use serde::Deserialize;

use crate::domain::{Handle, Problem, Territory};

/// The city or body that runs the node.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct City {
    /// As people say it: `Rennes`.
    pub name: String,
    /// Code of the territory: COG of a commune (`35238`), SIREN of an EPCI, COG of a département or region.
    pub territory: String,
    /// Tier: commune, epci, departement, region, etat, ue.
    #[serde(default = "default_tier")]
    pub tier: String,
    /// User part of the account of the city hall, or of the body: `mairie`, `region`.
    #[serde(default = "default_handle")]
    pub handle: String,
}

fn default_handle() -> String {
    "mairie".to_owned()
}

fn default_tier() -> String {
    "commune".to_owned()
}

impl City {
    /// Name present, territory known in its tier.
    #[must_use]
    pub fn validate(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.name.trim().is_empty() || self.name.chars().count() > 100 {
            problems.push(Problem::new("city.name", "city-name", &self.name));
        }
        if let Err(problem) = Territory::parse(&format!("{}:{}", self.tier, self.territory)) {
            problems.push(problem.within("city.territory"));
        }
        if let Err(problem) = Handle::parse(&self.handle) {
            problems.push(problem.within("city.handle"));
        }
        problems
    }
}
