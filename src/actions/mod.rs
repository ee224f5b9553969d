//! What can be done: one file per verb. Each takes the node and the operator, changes everything that
//! belongs together in one transaction, and writes who did it beside it (register.md rule 18). No
//! network here: what must be fetched is fetched before, by `federation`.

pub mod actors;
pub mod backup;
pub mod convene;
pub mod conventions;
pub mod deliveries;
pub mod directory;
pub mod drafts;
mod enqueue;
pub mod export;
pub mod follows;
pub mod import;
pub mod intake;
pub mod invitations;
pub mod keys_file;
pub mod moving;
mod names;
mod new_keys;
pub mod obligations;
mod operator;
pub mod peers;
pub mod publish;
pub mod reactions;
pub mod rebuild;
pub mod receive;
mod register;
pub mod reindex;
pub mod relays;
pub mod replies;
pub mod restore;
pub mod say;
pub mod side_by_side;
pub mod similar;
mod speak;
pub mod standings;
pub mod synthesis;
pub mod take_part;
pub mod take_up;
pub mod taken_up;
mod thread;
pub mod unheard;
pub mod verify;
pub mod withdraw;
mod words;

pub use operator::{Act, Operator, Voice, allow};
pub use register::Proof;
