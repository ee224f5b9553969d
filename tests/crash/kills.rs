//! R1, R2, R3, R4, R19, X1: killed at random, at the server and at the command line, on both databases.

use std::time::Duration;

use parvis::clock::{Chance, Clock};

use crate::{
    load::Stage,
    support::{postgres, process::Node},
    world::World,
};

/// Kills of one run.
const KILLS: usize = 54;
/// Longest life of a process after its first acknowledgement.
const LIFE: Duration = Duration::from_millis(400);

/// Of this run, or the one asked for.
pub fn seed() -> u64 {
    let asked = std::env::var("PARVIS_CRASH_SEED").ok().and_then(|seed| seed.parse().ok());
    let now = || u64::try_from(Clock::system().now_ms()).unwrap_or(1);
    let seed = asked.unwrap_or_else(now);
    println!("PARVIS_CRASH_SEED={seed}");
    seed
}

async fn killed_at_random(database: &str) {
    let seed = seed();
    let world = World::start(seed).await;
    let mut stage = Stage::set(Node::on(database, &World::names()), world).await;
    let chance = Chance::seeded(seed);
    let load = stage.load(seed + 1, 0.25);
    let mut starting = 0;
    for _ in 0..KILLS {
        // One in four dies before it answers.
        if chance.fraction() < 0.25 {
            std::thread::sleep(stage.start.mul_f64(chance.fraction()));
            starting += 1;
        } else {
            stage.goes_on();
            std::thread::sleep(LIFE.mul_f64(chance.fraction()));
        }
        stage.node.kill();
        stage.node.spawn();
    }
    stage.node.wait_until_it_answers();
    println!("{KILLS} kills, {starting} of them while starting");
    stage.settle(load, KILLS).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r01_r02_r03_r04_r19_killed_at_random_on_sqlite_nothing_acknowledged_is_lost() {
    killed_at_random("sqlite:parvis.sqlite").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r01_r02_r03_r04_r19_killed_at_random_on_postgres_nothing_acknowledged_is_lost() {
    killed_at_random(&postgres::fresh_database()).await;
}
