//! The pages a citizen reads: server-rendered, one small stylesheet, no script. It reads the register and
//! writes nothing; every HTML of a record is cleaned where it is shown.

pub mod error;
pub mod headers;
pub mod language;
pub mod layout;
mod dates;
mod markup;
mod stylesheet;

use askama::Template;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

pub use error::Failure;
pub use headers::security_headers;

/// A rendered template as a response.
fn html(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(text) => {
            let kind = HeaderValue::from_static("text/html; charset=utf-8");
            (status, [(header::CONTENT_TYPE, kind)], text).into_response()
        }
        Err(error) => Failure::from(crate::Error::internal(error)).into_response(),
    }
}
