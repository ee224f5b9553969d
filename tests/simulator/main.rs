//! Months of federation lived through in seconds: delivery and receiving as the pure state machines they are,
//! under a seeded simulator with crashes, partitions, lost answers, clocks that jump and peers that misbehave
//! (promises R1 to R7, R11, R16 and R19 of the threat model).
//!
//! A failure names its seed; `PARVIS_SEED=17 cargo test --test simulator months` lives through it again.

mod checks;
mod equal;
mod herd;
mod node;
#[allow(dead_code, reason = "each test binary uses a part")]
#[path = "../support/postgres.rs"]
mod postgres;
mod tables;
mod world;

use std::{env, thread};

use checks::Sums;
use world::World;

const NODES: usize = 5;
const DAYS: i64 = 60;
/// With five nodes and two months each: ten thousand node-months.
const RUNS: u64 = 1000;

fn live(seed: u64) -> (Sums, u64) {
    let mut world = World::new(seed, NODES, DAYS);
    world.run();
    (world.checks.sums, world.events)
}

#[test]
fn r01_to_r06_r11_r19_ten_thousand_node_months() {
    if let Some(seed) = env::var("PARVIS_SEED").ok().and_then(|seed| seed.parse().ok()) {
        println!("seed {seed}: {:?}", live(seed));
        return;
    }
    let half = |odd: u64| move || (0..RUNS / 2).map(|run| live(2 * run + odd)).collect::<Vec<_>>();
    let other = thread::spawn(half(1));
    let mut all = half(0)();
    all.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
    let total = |of: fn(&Sums) -> u64| all.iter().map(|(sums, _)| of(sums)).sum::<u64>();
    let events: u64 = all.iter().map(|(_, events)| events).sum();
    println!(
        "{events} events, {} requests, {} delivered, {} repeated, {} refused, {} crashes, {} steps, {} gaps",
        total(|s| s.sent),
        total(|s| s.delivered),
        total(|s| s.repeated),
        total(|s| s.refused),
        total(|s| s.crashes),
        total(|s| s.steps),
        total(|s| s.gaps),
    );
    let months = RUNS * NODES as u64 * u64::try_from(DAYS / 30).unwrap();
    assert!(total(|s| s.delivered) >= 20 * months, "a node-month holds real events");
    assert!(
        total(|s| s.crashes) > months / 10 && total(|s| s.steps) > months / 2 && total(|s| s.repeated) > 0
    );
}

#[tokio::test]
async fn the_simulated_tables_are_those_of_sqlite() {
    for seed in 0..3 {
        let dir = tempfile::tempdir().unwrap();
        equal::lives_of_both(&format!("sqlite:{}", dir.path().join("p.sqlite").display()), seed, 250).await;
    }
}

#[tokio::test]
async fn the_simulated_tables_are_those_of_postgresql() {
    equal::lives_of_both(&postgres::fresh_database(), 1, 400).await;
}
