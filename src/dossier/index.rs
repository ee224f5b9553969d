//! Whole references: what each short reference of a dossier means.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    beside::{Beside, By},
    values::Addressee,
    written::{Avis, Council, DELIVERY, Dossier, Recommendation},
};
use crate::domain::{CivilDate, said::Said};

/// What a whole reference names.
#[derive(Clone, Copy)]
pub(super) enum Target<'a> {
    City,
    Council(&'a Council),
    Guarantor,
    /// A question, with the reference of its council and when it was asked.
    Question(Option<&'a CivilDate>),
    Avis,
    Recommendation(&'a Avis, &'a Recommendation),
    /// Anything beside these.
    Beside,
}

/// Every item of a dossier that others can name, by whole reference.
pub(super) struct Index<'a> {
    pub dossier: &'a Dossier,
    targets: BTreeMap<String, Target<'a>>,
    /// Whole references with `-` for `/`, as pages have them.
    slugs: BTreeSet<String>,
    /// Where in the file a whole reference, or the slug it makes, is given a second time, and which.
    pub twice: Vec<(String, String)>,
}

impl<'a> Index<'a> {
    pub fn new(dossier: &'a Dossier) -> Self {
        let mut index = Self { dossier, targets: BTreeMap::new(), slugs: BTreeSet::new(), twice: Vec::new() };
        index.add("city".to_owned(), dossier.city.reference.clone(), Target::City);
        for (i, council) in dossier.councils.iter().enumerate() {
            let whole = index.council(&council.reference);
            index.add(format!("councils[{i}]"), whole, Target::Council(council));
        }
        for (i, guarantor) in dossier.guarantors.iter().enumerate() {
            let whole = format!("{}/{}", dossier.city.reference, guarantor.reference);
            index.add(format!("guarantors[{i}]"), whole, Target::Guarantor);
        }
        for (i, question) in dossier.questions.iter().enumerate() {
            let whole = index.under(&question.council, &question.reference);
            if let Some(response) = &question.response {
                index.is_free(format!("questions[{i}].response"), &format!("{whole}/{}", response.segment()));
            }
            index.add(format!("questions[{i}]"), whole, Target::Question(question.asked_on.as_ref()));
        }
        for (i, avis) in dossier.avis.iter().enumerate() {
            let whole = index.under(&avis.council, &avis.reference);
            for (j, recommendation) in avis.recommendations.iter().enumerate() {
                let path = format!("avis[{i}].recommendations[{j}]");
                let whole = format!("{whole}/{}", recommendation.reference);
                index.add(path, whole, Target::Recommendation(avis, recommendation));
            }
            if avis.delivered.is_some() {
                index.is_free(format!("avis[{i}].delivered"), &format!("{whole}/{DELIVERY}"));
            }
            index.add(format!("avis[{i}]"), whole, Target::Avis);
        }
        // What stands under another of these comes after it, whatever the order of the file.
        let mut waiting: Vec<&Beside> = dossier.beside.iter().collect();
        while let Some(at) = waiting.iter().position(|one| index.whole(one).is_some()) {
            let one = waiting.remove(at);
            if let Some(whole) = index.whole(one) {
                index.add(one.path.clone(), whole, Target::Beside);
            }
        }
        index
    }

    fn add(&mut self, path: String, whole: String, target: Target<'a>) {
        if self.is_free(path, &whole) {
            self.targets.insert(whole, target);
        }
    }

    /// Takes a reference, if neither it nor its slug is taken.
    fn is_free(&mut self, path: String, whole: &str) -> bool {
        let free = self.slugs.insert(whole.replace('/', "-"));
        if !free {
            self.twice.push((path, whole.to_owned()));
        }
        free
    }

    /// Whole reference of a council, written short (`ccnr`) or whole (`rennes/ccnr`).
    pub fn council(&self, written: &str) -> String {
        let city = &self.dossier.city.reference;
        if written.strip_prefix(city.as_str()).is_some_and(|rest| rest.starts_with('/')) {
            written.to_owned()
        } else {
            format!("{city}/{written}")
        }
    }

    /// Whole reference of something under a council.
    pub fn under(&self, council: &str, reference: &str) -> String {
        format!("{}/{reference}", self.council(council))
    }

    /// What a reference means, seen from a council if it stands in one: the nearest that exists.
    pub fn find(&self, written: &str, council: Option<&str>) -> Option<(String, Target<'a>)> {
        let city = &self.dossier.city.reference;
        let near = council.map(|council| self.under(council, written));
        let mut candidates = near.into_iter().chain([format!("{city}/{written}"), written.to_owned()]);
        candidates.find_map(|whole| self.targets.get(&whole).map(|target| (whole, *target)))
    }

    /// Whole reference of an item beside; none when what it stands under is nowhere.
    pub fn whole(&self, one: &Beside) -> Option<String> {
        let above = match &one.under {
            Some(under) => self.find(under, None)?.0,
            None => self.dossier.city.reference.clone(),
        };
        Some(format!("{above}/{}", one.reference))
    }

    /// Handle of the council that a whole reference stands under.
    pub fn council_of(&self, whole: &str) -> Option<&'a str> {
        let mut parts = whole.split('/');
        let council = format!("{}/{}", parts.next()?, parts.next()?);
        self.handle_of(&council)
    }

    /// Whether a handle is a guarantor's.
    pub fn is_guarantor(&self, handle: &str) -> bool {
        self.dossier.guarantors.iter().any(|guarantor| guarantor.handle == handle)
    }

    /// Who says an item beside, of that whole reference.
    pub fn author(&self, one: &Beside, whole: &str) -> String {
        let city = || self.dossier.city.handle.clone();
        match &one.by {
            By::City => city(),
            By::Council => self.council_of(whole).map_or_else(city, ToOwned::to_owned),
            By::Handle(handle) => handle.clone(),
        }
    }

    /// Whether a strategy of the dossier has an axis of that key (requirement 3.1).
    pub fn has_axis(&self, key: &str) -> bool {
        let strategies = self.dossier.beside.iter().filter_map(|one| match &one.said {
            Said::Strategy(said) => Some(said),
            _ => None,
        });
        strategies.flat_map(|strategy| &strategy.axes).any(|axis| axis.key == key)
    }

    /// The recommendation a reference names.
    pub fn recommendation(&self, written: &str) -> Option<(String, &'a Avis, &'a Recommendation)> {
        match self.find(written, None)? {
            (whole, Target::Recommendation(avis, recommendation)) => Some((whole, avis, recommendation)),
            _ => None,
        }
    }

    /// Who is expected to answer a recommendation.
    pub fn addressee(&self, recommendation: &Recommendation) -> Addressee {
        let city = || Addressee::Handle(self.dossier.city.handle.clone());
        recommendation.addressee.clone().unwrap_or_else(city)
    }

    /// Handle of a council, by reference.
    pub fn handle_of(&self, council: &str) -> Option<&'a str> {
        match self.targets.get(&self.council(council)) {
            Some(Target::Council(council)) => Some(&council.handle),
            _ => None,
        }
    }
}
