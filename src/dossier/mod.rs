//! The dossier: the file a city writes to say what its councils asked, advised and obtained
//! (docs/dossier.md). Read, checked and turned into one item per record to publish. Pure but for
//! [`read`], which opens the file; knows `domain` only.
//!
//! [`parse`] reports every problem of form at once, [`check`] every problem of sense; both name the
//! field by its path, the rule, and the value. [`items`] gives the records in the order of publication,
//! each under a reference that never changes (`rennes/ccnr/avis-1`) and with a digest of what it says,
//! so that importing twice changes nothing and a changed text makes a new version.

mod beside;
mod check;
mod index;
mod item;
mod life;
mod publication;
mod reader;
mod sections;
mod shared;
mod syntax;
mod values;
mod written;

pub use beside::{Placeholder, accounts, fill};
pub use item::{Answer, Avis, Delivery, FollowUp, Item, ItemBody, Question, Recommendation, Spoken, Verdict};
pub use publication::items;
pub use syntax::Syntax;
pub use values::{Addressee, Attachment, Claim, ClaimValue, Common, Source, Text};
pub use written::{City, Council, Dossier, Guarantor, QuestionKind, Vote};

use std::path::Path;

use crate::domain::Problem;

/// The format this version reads, as the file says it.
pub const FORMAT: &str = "parvis-dossier-1";

/// Longest file, in bytes.
pub const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// Reads a file, parses and checks it.
///
/// # Errors
/// Rule `file` when it cannot be read, `file-size` above [`MAX_BYTES`]; else those of [`parse`] and
/// [`check`].
pub fn read(path: &Path) -> Result<Dossier, Vec<Problem>> {
    let syntax = Syntax::of(path).map_err(|problem| vec![problem])?;
    let unreadable = |error: std::io::Error| vec![Problem::new("", "file", error.to_string())];
    let size = std::fs::metadata(path).map_err(unreadable)?.len();
    if size > MAX_BYTES {
        return Err(vec![Problem::new("", "file-size", size.to_string())]);
    }
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    let dossier = parse(&text, syntax)?;
    let problems = check(&dossier);
    if problems.is_empty() { Ok(dossier) } else { Err(problems) }
}

/// Parses the text of a dossier; every field of a wrong name, type or value is reported.
///
/// # Errors
/// Rule `syntax` (with line and column) when it is not TOML or JSON, `format` when it is not a
/// dossier; else a problem per field, in the order of the file's sections.
pub fn parse(text: &str, syntax: Syntax) -> Result<Dossier, Vec<Problem>> {
    let root = syntax.tree(text).map_err(|problem| vec![problem])?;
    sections::dossier(root)
}

/// Checks what a dossier says as a whole: references, roles, dates, reasons.
#[must_use]
pub fn check(dossier: &Dossier) -> Vec<Problem> {
    check::problems(dossier)
}

#[cfg(test)]
mod tests;
