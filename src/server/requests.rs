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
    let own = request.extensions().get::<MatchedPath>().cloned();
    request.extensions_mut().insert(RequestId(id.clone()));
    let start = Instant::now();
    let mut response = next.run(request).await;
    let took = start.elapsed();
    let route = match (&own, response.extensions_mut().remove::<Route>()) {
        (_, Some(Route(route))) => route,
        (Some(own), None) => own.as_str().to_owned(),
        (None, None) => "none".to_owned(),
    };
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

/// The route of an answer, found among its extensions: what answered, when it is not the outer router.
#[derive(Clone, Debug)]
pub struct Route(pub String);

/// Middleware of the routes of pages: names the one that answers.
pub async fn name_route(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(|route| Route(route.as_str().to_owned()));
    let mut response = next.run(request).await;
    if let Some(route) = route {
        response.extensions_mut().insert(route);
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
