//! What is said, and its rules: records and their parts, versions, hashes, proofs, the activities that
//! carry them. Pure: no I/O, no clock, no database.

pub mod activity;
pub mod actor;
pub mod agreement;
pub mod audience;
pub mod canonical;
pub mod codes;
pub mod compose;
pub mod context;
pub mod convention;
pub mod council;
pub mod facts;
mod hash;
pub mod heard;
pub mod html;
mod instant;
mod iri;
pub mod links;
pub mod moves;
pub mod obligations;
pub mod phrases;
mod problem;
pub mod proof;
pub mod record;
pub mod remit;
mod rules;
pub mod said;
pub mod status;
pub mod synthesis;
pub mod taken_up;
pub mod territory;
mod text;
mod tombstone;
pub mod union;
pub mod version;

pub use actor::{Actor, Role};
pub use codes::Code;
pub use hash::Hash;
pub use instant::{CivilDate, Instant};
pub use iri::Iri;
pub use problem::Problem;
pub use record::Record;
pub use territory::Territory;
pub use text::{Handle, Html, Lang, Slug, Title, Words, one_line};
pub use tombstone::Tombstone;
pub use version::Version;
