//! What the node tells those who run it: log lines (never personal data, never a secret: threats W21),
//! metrics, and the beat of its worker. Requests are logged by `server::requests`.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::{EnvFilter, filter::ParseError};

/// The form of log lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people who watch a terminal.
    #[default]
    Human,
    /// One JSON object a line, for journals.
    Json,
}

/// What is logged when nothing else is asked for: ours from `info`, libraries from `warn`.
pub const DEFAULT_FILTER: &str = "warn,parvis=info";

/// Bounds of the buckets of every duration, in seconds.
const SECONDS: [f64; 11] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 10.0];

/// Starts logging to standard error; a second call in one process changes nothing.
///
/// # Errors
/// When the filter (`PARVIS_LOG`, the directives of `tracing-subscriber`) cannot be read.
pub fn start_logging(format: Format, filter: &str) -> Result<(), ParseError> {
    // The federation library logs whole message bodies at debug; they hold what people wrote.
    let filter = EnvFilter::builder().parse(filter)?.add_directive("activitypub_federation=warn".parse()?);
    // A log that cannot be written (its disk is full) is no reason to stop: complaining of it on standard
    // error would end the task that logs (threats X14).
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let lines = lines.log_internal_errors(false);
    // An error here means that logging has already begun.
    let _ = match format {
        Format::Human => lines.with_target(false).compact().try_init(),
        Format::Json => lines.json().flatten_event(true).with_current_span(false).try_init(),
    };
    Ok(())
}

/// The metrics of the process. Cheap to clone.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// Begins to count, for the whole process: once.
    ///
    /// # Errors
    /// When another recorder counts already.
    pub fn start() -> anyhow::Result<Self> {
        let handle = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
            .install_recorder()?;
        describe();
        Ok(Self(handle))
    }

    /// The text of `/metrics` (Prometheus exposition format 0.0.4).
    #[must_use]
    pub fn text(&self) -> String {
        self.0.run_upkeep();
        self.0.render()
    }
}

fn describe() {
    metrics::describe_counter!("http_requests_total", "Requests answered, by method, route and status");
    metrics::describe_histogram!("http_request_seconds", "Time to answer, by route");
    metrics::describe_counter!("http_accept_failures_total", "Connections the system refused (descriptors)");
    metrics::describe_counter!(
        "http_slow_connections_total",
        "Connections let go because they took too long"
    );
    metrics::describe_counter!("ap_refused_total", "Incoming messages refused, by reason");
    metrics::describe_counter!("ap_replayed_total", "Incoming messages that were known already");
    metrics::describe_counter!("parvis_deliveries_total", "Attempts to deliver, by outcome");
    metrics::describe_histogram!("parvis_delivery_delay_seconds", "From queueing to delivery");
    metrics::describe_counter!("parvis_database_waits_total", "Times the database was busy, full or away");
    metrics::describe_gauge!("parvis_ready", "Whether /readyz says so");
    metrics::describe_gauge!("parvis_worker_age_seconds", "Since the worker last turned");
    metrics::describe_gauge!("parvis_clock_ahead_seconds", "Our clock against most other servers'");
    metrics::describe_gauge!("parvis_database_wal_bytes", "Log of SQLite not folded back yet");
    metrics::describe_gauge!("parvis_disk_free_bytes", "Room left where the database lies");
    metrics::describe_gauge!("parvis_queue_waiting", "Deliveries that wait");
    metrics::describe_gauge!("parvis_queue_oldest_seconds", "How long the oldest of them waits");
    metrics::describe_gauge!("parvis_backup_age_seconds", "Since the last backup");
    metrics::describe_gauge!("process_resident_memory_bytes", "Memory in use");
    // From the start, so that a first increase is seen as one.
    for name in ["http_accept_failures_total", "http_slow_connections_total", "ap_replayed_total"] {
        metrics::counter!(name).absolute(0);
    }
    metrics::gauge!("parvis_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
}

/// When a loop last turned. Cheap to clone; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Beat(Arc<AtomicI64>);

impl Beat {
    /// Notes that the loop turned at `now` (milliseconds since 1970).
    pub fn at(&self, now: i64) {
        self.0.store(now, Ordering::Relaxed);
    }

    /// How long ago the loop turned, in milliseconds; none if it never did.
    #[must_use]
    pub fn age(&self, now: i64) -> Option<i64> {
        match self.0.load(Ordering::Relaxed) {
            0 => None,
            last => Some(now.saturating_sub(last).max(0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beat_is_shared_and_has_an_age() {
        let beat = Beat::default();
        assert_eq!(beat.age(5), None);
        beat.clone().at(1_000);
        assert_eq!(beat.age(61_000), Some(60_000));
        assert_eq!(beat.age(500), Some(0), "a clock set back is no negative age");
    }
}
