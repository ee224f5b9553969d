//! What the templates show of records and actors: read once from the register, cleaned, in the reader's
//! language. No template sees a row of the database.

mod agenda;
mod agreement;
pub mod heard;
mod ideas;
mod instruction;
mod life;
mod obligation;
mod origin;
mod people;
pub mod plot;
mod recommendation;
mod relays;
mod sheet;
mod synthesis;
mod taken_up;
mod tally;
mod text;
mod thread;
mod voices;

pub use crate::actions::standings::{latest, standings, standings_by_id};
pub use agenda::dates;
pub use agreement::Agreed;
pub use ideas::{Ideas, ideas};
pub use life::{Life, fragment};
pub use obligation::{Owed, waits};
pub use origin::{Origin, Seen, moved};
pub use people::{People, Who};
pub use recommendation::{Around, Recommendation, Statement, once};
pub use relays::{Hop, relay_of};
pub use sheet::{Card, Sheet, href};
pub use synthesis::{Citation, Mark, citations};
pub use taken_up::{End, TakenUp, Takings, genealogy};
pub use tally::{Badge, Tally};
pub use text::{Text, plain};
pub use thread::{Past, Reply, history, replies};
pub use voices::{Assessed, Parts, Voice, assessments, guarantors, voices};
