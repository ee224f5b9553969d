//! One file per page, or per family of pages. A page function takes the application, the language and
//! what the address names, reads the register in a fixed number of queries, and gives the page.

pub mod avis;
pub mod convention;
pub mod council;
pub mod directory;
pub mod genealogy;
pub mod heard;
pub mod home;
pub mod legal;
pub mod life;
pub mod network;
pub mod obligations;
pub mod positions;
pub mod profile;
pub mod question;
pub mod received;
pub mod record;
pub mod remit;
pub mod respond;
pub mod search;
pub mod strategy;
pub mod synthesis;
pub mod theme;

mod book;
mod choice;
mod claims;
mod list;
mod paging;
mod table;
