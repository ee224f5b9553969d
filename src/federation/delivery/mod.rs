//! Delivery: what was queued with the record reaches every inbox, in order, however long a host is away.
//! `machine` decides.

pub mod machine;
