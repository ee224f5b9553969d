//! What it means that an attack failed. A test that only looks at a status is not a test: a refusal is
//! told by six things together.
//!
//! 1. The message without its one fault was accepted first.
//! 2. The status is the one of the row, and the body is short, constant, and says nothing of the request.
//! 3. Nothing changed in the whole database, but what the row allows.
//! 4. Nobody was asked anything, but what the row allows: no request, no address, not even a name.
//! 5. `ap_refused_total{reason}` rose by one, and no other reason did.
//! 6. The node goes on answering, in time, and kept less than 32 MiB.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{OnceLock, atomic::Ordering},
    time::{Duration, Instant},
};

use http::StatusCode;
use parvis::{
    federation::{connector::Outbound, signature::Refusal},
    telemetry::Metrics,
};
use sqlx::{Connection as _, Row as _, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::{
    message::Message,
    world::{Answer, World},
};

/// Most memory that a refused message may leave taken.
const MEMORY: u64 = 32 * 1024 * 1024;

static METRICS: OnceLock<Metrics> = OnceLock::new();

/// Counters of the process, by name and labels as Prometheus writes them.
pub fn counters() -> BTreeMap<String, u64> {
    let metrics = METRICS.get_or_init(|| Metrics::start().expect("the only recorder"));
    let text = metrics.text();
    let lines = text.lines().filter_map(|line| line.rsplit_once(' '));
    lines.filter_map(|(name, value)| Some((name.to_owned(), value.parse().ok()?))).collect()
}

/// What must come of an attack.
#[derive(Clone, Debug)]
pub struct Verdict {
    status: u16,
    reason: &'static str,
    asked: Vec<String>,
    changed: BTreeSet<&'static str>,
    within: Duration,
}

impl Verdict {
    /// Refused beyond the gate, with this status and this reason as body.
    pub fn new(status: u16, reason: &'static str) -> Self {
        Self { status, reason, asked: Vec::new(), changed: BTreeSet::new(), within: Duration::from_secs(30) }
    }

    /// These may be asked of other servers, and must be, in this order: `angers.localhost/a`.
    pub fn asking<S: Into<String>>(mut self, asked: impl IntoIterator<Item = S>) -> Self {
        self.asked = asked.into_iter().map(Into::into).collect();
        self
    }

    /// These tables may change.
    pub fn changing(mut self, tables: impl IntoIterator<Item = &'static str>) -> Self {
        self.changed = tables.into_iter().collect();
        self
    }

    /// It may take so long. Generous: the machine may be busy.
    pub fn within(mut self, limit: Duration) -> Self {
        self.within = limit;
        self
    }
}

/// Refused by the gate, and nobody asked anything.
impl From<Refusal> for Verdict {
    fn from(refusal: Refusal) -> Self {
        Self::new(refusal.status(), refusal.reason())
    }
}

impl World {
    /// The positive control: the message is accepted, with an empty body.
    #[track_caller]
    pub fn accepted<'a>(&'a self, message: &'a Message) -> impl Future<Output = Answer> + 'a {
        let place = std::panic::Location::caller();
        async move {
            let answer = self.send(message).await;
            assert_eq!((answer.status, answer.body.as_str()), (StatusCode::ACCEPTED, ""), "{place}");
            self.controlled.store(true, Ordering::Relaxed);
            answer
        }
    }

    /// The oracle: the message is refused, as the row says, in all six respects.
    #[track_caller]
    pub fn refused<'a>(
        &'a self,
        message: &'a Message,
        verdict: impl Into<Verdict>,
    ) -> impl Future<Output = Answer> + 'a {
        self.judged(self.send(message), verdict)
    }

    /// The oracle for something that is sent otherwise.
    #[track_caller]
    pub fn judged<'a>(
        &'a self,
        sending: impl Future<Output = Answer> + 'a,
        verdict: impl Into<Verdict>,
    ) -> impl Future<Output = Answer> + 'a {
        let (place, verdict) = (std::panic::Location::caller(), verdict.into());
        async move {
            let told = format!("{place}: {}", verdict.reason);
            assert!(self.controlled.load(Ordering::Relaxed), "{told}: nothing was accepted before");
            self.asked();
            let before = (self.state.read().await, self.app.http.outbound_log().len(), refusals());
            let (memory, start) = (resident(), Instant::now());
            let answer = sending.await;
            let took = start.elapsed();
            let told = format!("{told}, answered {} {:?}", answer.status, answer.body);
            assert_eq!(answer.status.as_u16(), verdict.status, "{told}");
            assert_eq!(answer.body, verdict.reason, "{told}");
            let changed = changed(&before.0, &self.state.read().await);
            assert!(
                changed.iter().all(|table| verdict.changed.contains(table.as_str())),
                "{told}: {changed:?}"
            );
            self.check_outbound(before.1, &verdict, &told);
            let rose = rose(&before.2, &refusals());
            let label = format!("ap_refused_total{{reason=\"{}\"}}", verdict.reason);
            assert_eq!(rose, BTreeMap::from([(label, 1)]), "{told}: counted otherwise");
            assert!(took < verdict.within, "{told}: took {took:?}");
            assert_eq!(self.get("/healthz").await.status, StatusCode::OK, "{told}");
            let grown = resident().saturating_sub(memory);
            assert!(grown < MEMORY, "{told}: {grown} bytes more are in use");
            answer
        }
    }

    /// Requests are those of the verdict; names and addresses are no others than theirs.
    fn check_outbound(&self, before: usize, verdict: &Verdict, told: &str) {
        let log = self.app.http.outbound_log().split_off(before);
        let mut requests = Vec::new();
        for entry in &log {
            match entry {
                Outbound::Request { url, .. } => requests.push(without_port(url)),
                Outbound::Name(name) => {
                    let known = verdict.asked.iter().any(|asked| asked.split('/').next() == Some(name));
                    assert!(known, "{told}: looked {name} up");
                }
                Outbound::Address(address) => {
                    let allowed = !verdict.asked.is_empty() && *address == self.server.address;
                    assert!(allowed, "{told}: offered {address}");
                }
            }
        }
        assert_eq!(requests, verdict.asked, "{told}: asked of others");
        assert_eq!(self.asked(), verdict.asked, "{told}: heard by others");
    }
}

/// `http://angers.localhost:1234/a` as `angers.localhost/a`.
fn without_port(url: &str) -> String {
    let (_, rest) = url.split_once("://").expect("a URL");
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    format!("{}/{path}", authority.split(':').next().unwrap_or_default())
}

/// How often messages were refused so far, by reason.
fn refusals() -> BTreeMap<String, u64> {
    counters().into_iter().filter(|(name, _)| name.starts_with("ap_refused_total")).collect()
}

/// Which counters rose, and by how much.
pub fn rose(before: &BTreeMap<String, u64>, after: &BTreeMap<String, u64>) -> BTreeMap<String, u64> {
    let rise = |(name, value): (&String, &u64)| (name.clone(), value - before.get(name).unwrap_or(&0));
    after.iter().map(rise).filter(|(_, by)| *by > 0).collect()
}

/// Memory in use; 0 where the system does not say.
fn resident() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    pages.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4096
}

/// A second connection to the database, which reads all of it.
pub struct State {
    connection: tokio::sync::Mutex<SqliteConnection>,
    everything: String,
}

/// Every row of every table, as text.
pub type Contents = BTreeMap<String, String>;

/// The tables that differ.
pub fn changed(before: &Contents, after: &Contents) -> BTreeSet<String> {
    after
        .iter()
        .filter(|(table, rows)| before.get(*table) != Some(*rows))
        .map(|(table, _)| table.clone())
        .collect()
}

impl State {
    /// Of the database in this file.
    pub async fn open(file: &Path) -> Self {
        let options = SqliteConnectOptions::new().filename(file).read_only(true);
        let mut connection = SqliteConnection::connect_with(&options).await.expect("the database");
        let columns = "SELECT s.name, group_concat('quote(\"' || c.name || '\")', '||'',''||') \
                       FROM sqlite_schema s, pragma_table_info(s.name) c \
                       WHERE s.type = 'table' AND s.sql NOT LIKE 'CREATE VIRTUAL%' GROUP BY s.name";
        let tables = sqlx::query(columns).fetch_all(&mut connection).await.expect("the tables");
        let all: Vec<String> = tables
            .iter()
            .map(|row| {
                let (table, line): (String, String) = (row.get(0), row.get(1));
                format!(
                    "SELECT '{table}', (SELECT group_concat(line, char(10)) \
                     FROM (SELECT {line} AS line FROM \"{table}\" ORDER BY 1))"
                )
            })
            .collect();
        assert!(all.len() > 15, "the tables of the schema");
        Self { connection: tokio::sync::Mutex::new(connection), everything: all.join(" UNION ALL ") }
    }

    /// All that is stored now.
    pub async fn read(&self) -> Contents {
        let mut connection = self.connection.lock().await;
        let rows = sqlx::query(sqlx::AssertSqlSafe(self.everything.clone())).fetch_all(&mut *connection);
        let rows = rows.await.expect("the whole database");
        rows.iter().map(|row| (row.get(0), row.get::<Option<String>, _>(1).unwrap_or_default())).collect()
    }
}
