//! Is the process alive (`/healthz`), can it serve (`/readyz`), what does it count (`/metrics`). Reasons
//! and metrics are told on the private listener only, which is bound to loopback (threats W29, §5).

use std::{fs, path::Path, sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Serialize;
use tokio::sync::Mutex;

use super::gauges;
use crate::{App, storage::schema, telemetry::Metrics};

/// Free space below which the node is not ready, in bytes.
pub const ENOUGH_DISK: u64 = 200 * 1024 * 1024;
/// A worker that has not turned for so long is stuck, in milliseconds.
const WORKER_PATIENCE: i64 = 60_000;
/// The write probe must end within this.
const PROBE: Duration = Duration::from_secs(5);
/// A clock further than this from those of most other servers, in seconds, signs what they refuse.
const CLOCK: i64 = 300;
/// A report is given again for so long, in milliseconds: asking often must not mean writing often.
const KEPT: i64 = 2_000;

/// What was checked; a `None` could not be measured here.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that was checked")]
pub struct Report {
    /// The sum of the rest.
    pub ready: bool,
    /// A row could be written.
    pub database: bool,
    /// The schema is the one this program knows.
    pub migrations: bool,
    /// More than 200 MB are free where the SQLite file lies.
    pub disk: Option<bool>,
    /// The worker turned during the last minute.
    pub worker: bool,
    /// Our clock agrees with those of most servers that answered us lately.
    pub clock: Option<bool>,
}

/// Checks now.
pub async fn check(app: &App) -> Report {
    let now = app.clock.now_ms();
    let probe = tokio::time::timeout(PROBE, app.db.ping(now)).await;
    let database = match probe {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::warn!(%error, "the write probe of the database failed");
            false
        }
        Err(_) => false,
    };
    let migrations = database && app.db.schema().await.is_ok_and(|step| step == schema::latest());
    let disk = app.config.database.folder().as_deref().and_then(free_bytes).map(|free| free > ENOUGH_DISK);
    let worker = app.beat.age(now).is_some_and(|age| age < WORKER_PATIENCE);
    let clock = app.http.clock_ahead().map(|seconds| seconds.abs() < CLOCK);
    let ready = database && migrations && worker && disk != Some(false) && clock != Some(false);
    Report { ready, database, migrations, disk, worker, clock }
}

/// Bytes of the log of SQLite that are not folded back into its file yet.
#[must_use]
pub fn log_bytes(app: &App) -> Option<u64> {
    let mut log = app.config.database.sqlite_file()?.into_os_string();
    log.push("-wal");
    Some(fs::metadata(log).map_or(0, |about| about.len()))
}

/// Bytes that we may still write in a folder.
#[must_use]
pub fn free_bytes(folder: &Path) -> Option<u64> {
    let room = rustix::fs::statvfs(folder).ok()?;
    Some(room.f_bavail.saturating_mul(room.f_frsize))
}

#[derive(Clone)]
struct Asked {
    app: App,
    last: Arc<Mutex<Option<(i64, Report)>>>,
}

impl Asked {
    /// The last report if it is fresh; whoever comes while a check runs waits for it.
    async fn report(&self) -> Report {
        let mut last = self.last.lock().await;
        let now = self.app.clock.now_ms();
        match &*last {
            Some((at, report)) if (*at..*at + KEPT).contains(&now) => report.clone(),
            _ => last.insert((now, check(&self.app).await)).1.clone(),
        }
    }
}

/// `/healthz` and `/readyz` for anybody: no reasons.
pub fn public(app: &App) -> Router {
    let asked = Asked { app: app.clone(), last: Arc::default() };
    Router::new()
        .route("/healthz", get(|| async { plain(StatusCode::OK, "ok\n") }))
        .route("/readyz", get(ready))
        .with_state(asked)
}

/// `/metrics` and the reasons of `/readyz`: for the listener on loopback.
pub fn private(app: &App, metrics: Metrics) -> Router {
    let asked = Asked { app: app.clone(), last: Arc::default() };
    Router::new()
        .route("/healthz", get(|| async { plain(StatusCode::OK, "ok\n") }))
        .route("/readyz", get(reasons))
        .route(
            "/metrics",
            get(move |State(asked): State<Asked>| async move { exposition(&asked, &metrics).await }),
        )
        .with_state(asked)
}

async fn ready(State(asked): State<Asked>) -> Response {
    let report = asked.report().await;
    plain(status(&report), if report.ready { "ready\n" } else { "not ready\n" })
}

async fn reasons(State(asked): State<Asked>) -> Response {
    let report = asked.report().await;
    (status(&report), [(header::CACHE_CONTROL, "no-store")], Json(report)).into_response()
}

const fn status(report: &Report) -> StatusCode {
    if report.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}

fn plain(status: StatusCode, text: &'static str) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")], text).into_response()
}

async fn exposition(asked: &Asked, metrics: &Metrics) -> Response {
    let report = asked.report().await;
    let hosts = gauges::observe(&asked.app, &report).await;
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics.text() + &hosts)
        .into_response()
}

#[cfg(test)]
mod tests {
    use axum::{
        body::{Body, to_bytes},
        http::Request,
        middleware,
    };
    use jiff::{SignedDuration, Timestamp};
    use tower::ServiceExt as _;

    use super::*;
    use crate::{
        clock::{Chance, Clock},
        config,
        server::requests,
    };

    async fn node(folder: &Path) -> App {
        let url = format!("sqlite:{}/parvis.sqlite", folder.display());
        let env = [
            ("PARVIS__DOMAIN", "rennes.example"),
            ("PARVIS__PUBLIC_URL", "https://rennes.example"),
            ("PARVIS__CITY__NAME", "Rennes"),
            ("PARVIS__CITY__TERRITORY", "35238"),
            ("PARVIS__DATABASE__URL", &url),
        ];
        let config = config::load(None, env.map(|(a, b)| (a.to_owned(), b.to_owned())).into_iter()).unwrap();
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        App::open(config, Clock::set_to(now), Chance::seeded(1)).await.unwrap()
    }

    async fn get(router: &Router, path: &str) -> (StatusCode, String, bool) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        let (status, told) = (response.status(), response.headers().contains_key(requests::REQUEST_ID));
        let body = to_bytes(response.into_body(), 65_536).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap(), told)
    }

    #[tokio::test]
    async fn a_node_is_ready_while_its_worker_turns_and_gives_no_reason_in_public_w29() {
        let folder = tempfile::tempdir().unwrap();
        let app = node(folder.path()).await;
        let router = public(&app);
        assert_eq!(get(&router, "/healthz").await, (StatusCode::OK, "ok\n".to_owned(), false));
        let silent = (StatusCode::SERVICE_UNAVAILABLE, "not ready\n".to_owned(), false);
        assert_eq!(get(&router, "/readyz").await, silent);
        app.beat.at(app.clock.now_ms());
        app.clock.advance(SignedDuration::from_secs(3));
        assert_eq!(get(&router, "/readyz").await.0, StatusCode::OK);
        app.clock.advance(SignedDuration::from_secs(60));
        assert_eq!(get(&router, "/readyz").await, silent);
        assert_eq!(get(&router, "/metrics").await.0, StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn reasons_and_metrics_are_private_and_requests_are_counted_by_route() {
        let folder = tempfile::tempdir().unwrap();
        let app = node(folder.path()).await;
        let metrics = Metrics::start().unwrap();
        let private = private(&app, metrics.clone());
        let (status, body, _) = get(&private, "/readyz").await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        let report: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(report["worker"], false);
        assert_eq!(report["database"], true);
        assert_eq!(report["migrations"], true);
        assert_eq!(report["clock"], serde_json::Value::Null, "nobody told the time yet");
        let public = public(&app).layer(middleware::from_fn_with_state(app.clone(), requests::tell));
        assert!(get(&public, "/healthz?secret=canary").await.2, "the request id is given back");
        let (_, text, _) = get(&private, "/metrics").await;
        let line = "http_requests_total{method=\"GET\",route=\"/healthz\",status=\"200\"} 1";
        assert!(text.contains(line), "{text}");
        assert!(text.contains("http_request_seconds_bucket"));
        assert!(!text.contains("canary"));
    }

    #[tokio::test]
    async fn a_database_that_cannot_be_written_is_not_ready() {
        let folder = tempfile::tempdir().unwrap();
        let app = node(folder.path()).await;
        app.beat.at(app.clock.now_ms());
        assert!(check(&app).await.ready);
        app.db.close().await;
        let report = check(&app).await;
        assert!(!report.database && !report.ready);
    }
}
