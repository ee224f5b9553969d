//! Joins the pages, the documents of federation and the inboxes into one server, chooses between page and
//! document by `Accept`, and stops gently.

mod gauges;
pub mod health;
mod kept;
pub mod listener;
mod negotiate;
mod patient;
pub mod requests;
mod systemd;

use std::time::Duration;

use axum::{
    Router,
    extract::{Request, State},
    http::{Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer};

use crate::{
    App,
    federation::{
        agreements, directory, genealogy, heads, inbox, mirror, nodeinfo, obligations, self_test, similar,
        webfinger,
    },
    telemetry::Metrics,
    web, worker,
};

/// How long the database may take to close; with the grace of the listener and of the worker, less than ten seconds
/// (threats R15).
const CLOSING: Duration = Duration::from_secs(1);

/// Everything the node answers to the world.
pub fn router(app: &App) -> Router {
    let federation = Router::new()
        .route("/.well-known/webfinger", get(webfinger::webfinger))
        .route("/.well-known/host-meta", get(webfinger::host_meta))
        .route("/.well-known/nodeinfo", get(nodeinfo::links))
        .route("/nodeinfo/2.0", get(nodeinfo::v20))
        .route("/nodeinfo/2.1", get(nodeinfo::v21))
        .route("/api/v1/heads", get(heads::heads))
        .route("/api/v1/changes", get(heads::changes))
        .route("/api/v1/mirror", get(mirror::one))
        .route("/api/v1/mirror/authors", get(mirror::authors))
        .route("/api/v1/mirror/lines", get(mirror::lines))
        .route("/api/v1/mirror/versions", get(mirror::texts))
        .route("/api/v1/obligations", get(obligations::list))
        .route("/api/v1/genealogy", get(genealogy::show))
        .route("/api/v1/similar", get(similar::list))
        .route("/api/v1/directory", get(directory::show))
        .route("/api/v1/agreements", get(agreements::list))
        .route(self_test::PATH, post(self_test::post))
        .route("/inbox", post(inbox::post).fallback(negotiate::document))
        .route("/actors/{id}/inbox", post(inbox::post).fallback(negotiate::document))
        .with_state(app.clone());
    let pages = web::router(app.clone())
        .route_layer(middleware::from_fn(requests::name_route))
        .layer(middleware::from_fn_with_state(app.clone(), negotiate::page_or_document))
        .layer(middleware::from_fn_with_state(app.clone(), web::render_failures))
        .layer(CompressionLayer::new());
    Router::new()
        .merge(federation)
        .fallback_service(pages)
        .layer(middleware::from_fn(web::security_headers))
        .layer(middleware::from_fn_with_state((app.clone(), kept::Kept::default()), kept::again))
        .layer(middleware::from_fn_with_state(app.clone(), own_name_only))
        .merge(health::public(app))
        .layer(middleware::from_fn_with_state(app.clone(), requests::tell))
        .layer(CatchPanicLayer::new())
}

/// A request that names another host is not for us: addresses are built from the configuration alone,
/// and no page is served under a name that is not the node's (threats W17). What is posted is judged by
/// the gate, which knows that its host was signed (S9).
async fn own_name_only(State(app): State<App>, request: Request, next: Next) -> Response {
    if request.method() == Method::POST {
        return next.run(request).await;
    }
    let named = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let named = named.or_else(|| request.uri().authority().map(axum::http::uri::Authority::as_str));
    if named.is_some_and(|name| name.eq_ignore_ascii_case(app.urls.host())) {
        next.run(request).await
    } else {
        (StatusCode::MISDIRECTED_REQUEST, "misdirected").into_response()
    }
}

/// Serves the node on a listener that is already bound, with its worker, until `stop` is cancelled; then
/// lets requests end within ten seconds (threats R15).
pub async fn run(
    app: App,
    listener: TcpListener,
    metrics: Option<(TcpListener, Metrics)>,
    stop: CancellationToken,
) {
    let owner = app.chance.uuid(app.clock.now()).to_string();
    let work = tokio::spawn(worker::run(app.clone(), owner, stop.clone()));
    let limits = listener::Limits::default();
    tokio::spawn(systemd::tell(app.clone(), stop.clone()));
    if let Some((listener, metrics)) = metrics {
        tokio::spawn(listener::serve(listener, health::private(&app, metrics), limits, stop.clone()));
    }
    listener::serve(listener, router(&app), limits, stop).await;
    if let Err(error) = work.await {
        tracing::error!(%error, "the worker ended badly");
    }
    // What is still open then is taken up at the next start; SQLite recovers its log by itself.
    let _ = tokio::time::timeout(CLOSING, app.db.close()).await;
}
