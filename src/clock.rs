//! Time and chance as parameters: the only reader of the system clock and the only source of ids and
//! jitter, so that tests can set the hour and repeat a run.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// Tells the time. Cheap to clone; clones share a set clock.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Set(Arc<Mutex<Timestamp>>),
}

impl Clock {
    /// The clock of the machine.
    #[must_use]
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still until it is moved with [`Clock::advance`].
    #[must_use]
    pub fn set_to(now: Timestamp) -> Self {
        Self(Source::Set(Arc::new(Mutex::new(now))))
    }

    /// The present instant (UTC).
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            #[expect(clippy::disallowed_methods, reason = "the one reader of system time")]
            Source::System => Timestamp::now(),
            Source::Set(now) => *now.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// The present instant in milliseconds since 1970, the form kept in the database.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.now().as_millisecond()
    }

    /// Moves a set clock (also backwards); the clock of the machine is left alone.
    pub fn advance(&self, by: SignedDuration) {
        if let Source::Set(now) = &self.0 {
            let mut now = now.lock().unwrap_or_else(PoisonError::into_inner);
            *now = now.saturating_add(by).unwrap_or(*now);
        }
    }
}

/// Gives ids and fractions. Cheap to clone; clones of a seeded source share its sequence.
#[derive(Clone, Debug)]
pub struct Chance(Luck);

#[derive(Clone, Debug)]
enum Luck {
    System,
    Seeded(Arc<Mutex<u64>>),
}

impl Chance {
    /// The randomness of the operating system.
    #[must_use]
    pub const fn system() -> Self {
        Self(Luck::System)
    }

    /// The same sequence at every run (splitmix64): for tests, never for keys.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(Luck::Seeded(Arc::new(Mutex::new(seed))))
    }

    /// 64 random bits.
    ///
    /// # Panics
    /// When the operating system gives no randomness: no id would be unique, nothing sensible can go on.
    #[must_use]
    pub fn bits(&self) -> u64 {
        match &self.0 {
            Luck::System => {
                let mut bytes = [0u8; 8];
                aws_lc_rs::rand::fill(&mut bytes).expect("the operating system gives randomness");
                u64::from_le_bytes(bytes)
            }
            Luck::Seeded(state) => {
                let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
                *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
                let mut z = *state;
                z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
                z ^ (z >> 31)
            }
        }
    }

    /// A number in `[0, 1)`, for jitter.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit a double exactly")]
    pub fn fraction(&self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A `UUIDv7` (RFC 9562) of the given instant: sortable by time, never reused.
    #[must_use]
    pub fn uuid(&self, now: Timestamp) -> Uuid {
        let mut random = [0u8; 10];
        random[..8].copy_from_slice(&self.bits().to_le_bytes());
        random[8..].copy_from_slice(&self.bits().to_le_bytes()[..2]);
        let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seeded_source_repeats_itself_and_ids_differ() {
        let (a, b) = (Chance::seeded(7), Chance::seeded(7));
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(a.uuid(now), b.uuid(now));
        assert_ne!(a.uuid(now), a.uuid(now));
        assert!((0.0..1.0).contains(&a.fraction()));
    }

    #[test]
    fn clones_of_a_set_clock_move_together() {
        let clock = Clock::set_to(Timestamp::UNIX_EPOCH);
        let other = clock.clone();
        clock.advance(SignedDuration::from_hours(24));
        assert_eq!(other.now_ms(), 86_400_000);
    }
}
