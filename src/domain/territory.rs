//! Territories: communes, EPCI, departments and regions of the official geographic code, and the SIREN
//! numbers of public bodies. The list is frozen in `codes/territories.json` with its vintage.

use std::{fmt, sync::LazyLock};

use serde::{Deserialize, Serialize};

use super::{Code as _, Problem, codes::Tier};

/// A territory, written `{tier}:{code}`: `commune:35238`, `epci:243500139`, `departement:35`,
/// `region:53`, `etat:FR`, `ue:EU`. The tier is needed: 53 is a department and a region.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Territory {
    tier: Tier,
    code: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Frozen {
    version: u32,
    vintage: String,
    #[expect(dead_code, reason = "said in the file for those who read it")]
    title: serde_json::Value,
    source: String,
    /// Code, name, SIREN, department, population.
    communes: Vec<(String, String, String, String, u32)>,
    /// SIREN, name, type, population.
    epci: Vec<(String, String, String, u32)>,
    /// Code, name, region.
    departements: Vec<(String, String, String)>,
    /// Code, name.
    regions: Vec<(String, String)>,
}

static FROZEN: LazyLock<Frozen> = LazyLock::new(|| {
    serde_json::from_str(include_str!("codes/territories.json")).expect("the territories of the program")
});

impl Territory {
    /// Parses a territory. Without a tier, five characters are a commune and nine digits an EPCI. A
    /// commune or an EPCI too small for the frozen list is accepted when its code is well formed: its
    /// department exists, its SIREN holds.
    ///
    /// # Errors
    /// Rule `siren` for a SIREN whose check digit is wrong, `territory` for all the rest.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let refused = || Problem::new("", "territory", text);
        let (tier, code) = match text.split_once(':') {
            Some((tier, code)) => (Tier::written(tier).map_err(|_| refused())?, code),
            None if text.len() == 5 => (Tier::Commune, text),
            None if text.len() == 9 => (Tier::Epci, text),
            None => return Err(refused()),
        };
        let good = match tier {
            Tier::Commune => commune(code),
            Tier::Epci => {
                if digits(code, 9) && !luhn(code) {
                    return Err(Problem::new("", "siren", code));
                }
                digits(code, 9) && code.starts_with('2')
            }
            Tier::Departement => FROZEN.departements.iter().any(|row| row.0 == code),
            Tier::Region => FROZEN.regions.iter().any(|row| row.0 == code),
            Tier::Etat => code == "FR",
            Tier::Ue => code == "EU",
            Tier::Other(_) => false,
        };
        if good { Ok(Self { tier, code: code.to_owned() }) } else { Err(refused()) }
    }

    /// Its tier.
    #[must_use]
    pub const fn tier(&self) -> &Tier {
        &self.tier
    }

    /// Its code in the official geographic code, or its SIREN.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Its official name, if the list holds it.
    #[must_use]
    pub fn name(&self) -> Option<&'static str> {
        match self.tier {
            Tier::Commune => FROZEN.communes.iter().find(|row| row.0 == self.code).map(|row| row.1.as_str()),
            Tier::Epci => FROZEN.epci.iter().find(|row| row.0 == self.code).map(|row| row.1.as_str()),
            Tier::Departement => {
                FROZEN.departements.iter().find(|row| row.0 == self.code).map(|row| row.1.as_str())
            }
            Tier::Region => FROZEN.regions.iter().find(|row| row.0 == self.code).map(|row| row.1.as_str()),
            Tier::Etat => Some("France"),
            Tier::Ue => Some("Union européenne"),
            Tier::Other(_) => None,
        }
    }

    /// The SIREN of its authority, if the list holds it.
    #[must_use]
    pub fn siren(&self) -> Option<&str> {
        match self.tier {
            Tier::Commune => {
                let row = FROZEN.communes.iter().find(|row| row.0 == self.code)?;
                Some(row.2.as_str()).filter(|siren| !siren.is_empty())
            }
            Tier::Epci => Some(&self.code),
            _ => None,
        }
    }

    /// Whether it is another territory or a part of it, as far as the list tells: a commune is of its department
    /// and its region, anything of the State. (Which departments an EPCI is in, the list does not say.)
    #[must_use]
    pub fn lies_in(&self, wider: &Self) -> bool {
        let department = match self.tier {
            Tier::Commune => FROZEN.departements.iter().find(|row| self.code.starts_with(&row.0)),
            Tier::Departement => FROZEN.departements.iter().find(|row| row.0 == self.code),
            _ => None,
        };
        self == wider
            || match wider.tier {
                Tier::Departement => department.is_some_and(|row| row.0 == wider.code),
                Tier::Region => department.is_some_and(|row| row.2 == wider.code),
                Tier::Etat => !matches!(self.tier, Tier::Ue | Tier::Other(_)),
                _ => false,
            }
    }

    /// The regions, overseas ones too. (The list also holds collectivities of another kind, with three digits.)
    pub fn regions() -> impl Iterator<Item = Self> {
        let regions = FROZEN.regions.iter().filter(|(code, _)| code.len() == 2);
        regions.map(|(code, _)| Self { tier: Tier::Region, code: code.clone() })
    }

    /// Its population, if the list holds it.
    #[must_use]
    pub fn population(&self) -> Option<u32> {
        match self.tier {
            Tier::Commune => FROZEN.communes.iter().find(|row| row.0 == self.code).map(|row| row.4),
            Tier::Epci => FROZEN.epci.iter().find(|row| row.0 == self.code).map(|row| row.3),
            _ => None,
        }
    }

    /// What the list is made of: version, vintage, source.
    #[must_use]
    pub fn provenance() -> (u32, &'static str, &'static str) {
        (FROZEN.version, &FROZEN.vintage, &FROZEN.source)
    }
}

/// Whether a SIREN is nine digits whose last holds (Luhn).
#[must_use]
pub fn siren_holds(text: &str) -> bool {
    digits(text, 9) && luhn(text)
}

fn digits(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| b.is_ascii_digit())
}

/// The Luhn key of a number: every second digit from the right doubled, the sum a multiple of ten.
fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(index, byte)| {
            let digit = u32::from(byte - b'0') * if index % 2 == 0 { 1 } else { 2 };
            if digit > 9 { digit - 9 } else { digit }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// A commune: five characters that begin with a department of the list and end in digits.
fn commune(code: &str) -> bool {
    let department =
        |length: usize| code.get(..length).is_some_and(|d| FROZEN.departements.iter().any(|row| row.0 == d));
    let number = |from: usize| code.get(from..).is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()));
    code.len() == 5 && ((department(2) && number(2)) || (department(3) && number(3)))
}

impl fmt::Display for Territory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.tier.word(), self.code)
    }
}

impl TryFrom<String> for Territory {
    type Error = Problem;
    fn try_from(text: String) -> Result<Self, Problem> {
        Self::parse(&text)
    }
}

impl From<Territory> for String {
    fn from(territory: Territory) -> Self {
        territory.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_five_places_of_the_samples() {
        for (text, written, name, siren) in [
            ("35238", "commune:35238", "Rennes", Some("213502388")),
            ("49007", "commune:49007", "Angers", Some("214900078")),
            ("34172", "commune:34172", "Montpellier", Some("213401722")),
            ("245400676", "epci:245400676", "Métropole du Grand Nancy", Some("245400676")),
            ("region:53", "region:53", "Bretagne", None),
        ] {
            let territory = Territory::parse(text).unwrap();
            assert_eq!(territory.to_string(), written);
            assert_eq!((territory.name(), territory.siren()), (Some(name), siren));
        }
        assert_eq!(Territory::parse("35238").unwrap().population(), Some(230_890));
    }

    #[test]
    fn a_small_commune_is_accepted_by_its_department_corsica_and_overseas_too() {
        for good in ["35051", "2A004", "97105", "98818"] {
            assert!(Territory::parse(good).is_ok(), "{good}");
        }
        for bad in
            ["20004", "99001", "3523x", "35", "region:99", "planet:3", "etat:DE", "", "é5238", "352380"]
        {
            assert_eq!(Territory::parse(bad).unwrap_err().rule, "territory", "{bad}");
        }
    }

    #[test]
    fn the_luhn_key_of_a_siren() {
        assert!(siren_holds("213502388") && !siren_holds("213502389") && !siren_holds("2135023888"));
        assert_eq!(Territory::parse("243500138").unwrap_err().rule, "siren");
    }

    #[test]
    fn every_siren_of_the_list_holds_and_every_department_has_its_region() {
        let communes = FROZEN.communes.iter().map(|row| &row.2).filter(|siren| !siren.is_empty());
        for siren in communes.chain(FROZEN.epci.iter().map(|row| &row.0)) {
            assert!(siren_holds(siren), "{siren}");
        }
        for (code, _, region) in &FROZEN.departements {
            assert!(FROZEN.regions.iter().any(|row| row.0 == *region), "{code}: {region}");
        }
        for (code, _, _, department, _) in &FROZEN.communes {
            assert!(Territory::parse(code).is_ok(), "{code}");
            assert!(FROZEN.departements.iter().any(|row| row.0 == *department), "{code}");
        }
        assert_eq!((FROZEN.communes.len(), FROZEN.epci.len()), (135, 265));
    }
}
