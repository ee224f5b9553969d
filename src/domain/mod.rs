//! What is said, and its rules: records and their parts, versions, hashes, proofs, the activities that
//! carry them. Pure: no I/O, no clock, no database.

mod hash;
mod instant;
mod iri;
mod problem;

pub use hash::Hash;
pub use instant::{CivilDate, Instant};
pub use iri::Iri;
pub use problem::Problem;
