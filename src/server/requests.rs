//! One line and one count per request: method, route (never the path, which may hold what somebody
//! searched), status, time, request id. The id is also given to whoever asked, so that an error page and
//! the log can be brought together (threats W22).

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, Method},
    middleware::Next,
    response::Response,
};

use crate::App;

/// The header that carries the id of a request.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of a request, found among its extensions.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// Middleware of the whole router. An id sent from outside is replaced: it could be anything.
pub async fn tell(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let id = app.chance.uuid(app.clock.now()).to_string();
    let method = known(request.method());
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    request.extensions_mut().insert(RequestId(id.clone()));
    let start = Instant::now();
    let mut response = next.run(request).await;
    let took = start.elapsed();
    let status = response.status().as_u16();
    tracing::info!(target: "parvis::request", id, method, route, status, ms = took.as_millis());
    let labels = [("method", method.to_owned()), ("route", route.clone()), ("status", status.to_string())];
    metrics::counter!("http_requests_total", &labels).increment(1);
    metrics::histogram!("http_request_seconds", "route" => route).record(took.as_secs_f64());
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// Methods invented by a client must not become labels of metrics.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
