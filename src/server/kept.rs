//! Public answers, kept for a moment: what a thousand people ask for in one second is made once. An answer is
//! given again for a second at most, and never after this process has committed anything (threats P4): what
//! is deleted is gone at once here, and within a second when another process deleted it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderName, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use crate::App;

/// How long an answer is given again, in milliseconds.
const LIFE: i64 = 1000;
/// Most bytes kept in all, of one answer, and of one question.
const ROOM: usize = 8 << 20;
const LARGEST: usize = 512 << 10;
const LONGEST: usize = 1024;
/// What tells one answer of a path from another.
const CHOICES: [HeaderName; 3] = [header::ACCEPT, header::ACCEPT_LANGUAGE, header::ACCEPT_ENCODING];
/// What makes a request one person's own, or asks for less than the whole.
const PERSONAL: [HeaderName; 6] = [
    header::COOKIE,
    header::AUTHORIZATION,
    HeaderName::from_static("signature"),
    header::RANGE,
    header::IF_NONE_MATCH,
    header::IF_MODIFIED_SINCE,
];

/// Where they are kept. Cheap to clone; clones share it.
#[derive(Clone, Default)]
pub struct Kept(Arc<Mutex<Stock>>);

#[derive(Default)]
struct Stock {
    answers: HashMap<Vec<u8>, Answer>,
    bytes: usize,
}

/// An answer, and what the database was when it was begun.
struct Answer {
    at: i64,
    commits: u64,
    headers: HeaderMap,
    body: Bytes,
}

/// Middleware: gives an answer again, or keeps the one that is made.
pub async fn again(State((app, kept)): State<(App, Kept)>, request: Request, next: Next) -> Response {
    let Some(question) = question(&request) else { return next.run(request).await };
    let (at, commits) = (app.clock.now_ms(), app.db.commits());
    if let Some(response) = kept.get(&question, at, commits) {
        return response;
    }
    let response = next.run(request).await;
    if !may_be_kept(&response) {
        return response;
    }
    let (parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    if body.len() <= LARGEST {
        kept.put(question, Answer { at, commits, headers: parts.headers.clone(), body: body.clone() });
    }
    Response::from_parts(parts, Body::from(body))
}

/// What is asked, with everything an answer may depend on; none when it is not to be kept.
fn question(request: &Request) -> Option<Vec<u8>> {
    let headers = request.headers();
    if request.method() != Method::GET || PERSONAL.iter().any(|name| headers.contains_key(name)) {
        return None;
    }
    let mut question = request.uri().path_and_query()?.as_str().as_bytes().to_vec();
    for name in CHOICES {
        question.push(b'\n');
        for value in headers.get_all(name) {
            question.extend_from_slice(value.as_bytes());
            question.push(b',');
        }
    }
    (question.len() <= LONGEST).then_some(question)
}

/// Whole, for everybody.
fn may_be_kept(response: &Response) -> bool {
    let headers = response.headers();
    let said = headers.get(header::CACHE_CONTROL).and_then(|value| value.to_str().ok()).unwrap_or_default();
    response.status() == StatusCode::OK
        && said.contains("public")
        && !headers.contains_key(header::SET_COOKIE)
}

impl Kept {
    fn stock(&self) -> MutexGuard<'_, Stock> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, question: &[u8], now: i64, commits: u64) -> Option<Response> {
        let stock = self.stock();
        let answer = stock.answers.get(question)?;
        if answer.commits != commits || !(answer.at..answer.at + LIFE).contains(&now) {
            return None;
        }
        let (headers, body) = (answer.headers.clone(), answer.body.clone());
        drop(stock);
        let mut response = Response::new(Body::from(body));
        *response.headers_mut() = headers;
        Some(response)
    }

    /// What is kept is worth a second at most: when there is no room, all of it goes.
    fn put(&self, question: Vec<u8>, answer: Answer) {
        let size = question.len() + answer.body.len() + LONGEST;
        let mut stock = self.stock();
        if stock.bytes + size > ROOM {
            *stock = Stock::default();
        }
        stock.bytes += size;
        stock.answers.insert(question, answer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(at: i64, commits: u64, length: usize) -> Answer {
        Answer { at, commits, headers: HeaderMap::new(), body: Bytes::from(vec![b'x'; length]) }
    }

    #[test]
    fn p04_an_answer_lasts_a_second_and_no_longer_than_the_next_commit() {
        let kept = Kept::default();
        kept.put(b"/".to_vec(), answer(5_000, 7, 10));
        assert!(kept.get(b"/", 5_999, 7).is_some());
        assert!(kept.get(b"/", 6_000, 7).is_none(), "a second is over");
        assert!(kept.get(b"/", 4_999, 7).is_none(), "the clock was turned back");
        assert!(kept.get(b"/", 5_500, 8).is_none(), "something was committed");
        assert!(kept.get(b"/other", 5_500, 7).is_none());
    }

    #[test]
    fn what_is_kept_has_a_bound() {
        let kept = Kept::default();
        for number in 0..100 {
            kept.put(format!("/{number}").into_bytes(), answer(0, 0, LARGEST));
            assert!(kept.stock().bytes <= ROOM);
        }
        assert!(kept.get(b"/99", 0, 0).is_some());
    }

    #[test]
    fn only_what_everybody_may_have_is_kept() {
        let asked = |name: HeaderName| {
            let request = Request::get("/avis").header(name, "x").body(Body::empty()).unwrap();
            question(&request)
        };
        assert!(PERSONAL.into_iter().all(|name| asked(name).is_none()));
        let [plain, french] = [header::DATE, header::ACCEPT_LANGUAGE].map(asked);
        assert!(plain.is_some() && plain != french, "answers differ by language");
        let post = Request::post("/inbox").body(Body::empty()).unwrap();
        assert!(question(&post).is_none());
        let said = |value: &'static str| {
            let mut response = Response::new(Body::empty());
            response.headers_mut().insert(header::CACHE_CONTROL, value.parse().unwrap());
            may_be_kept(&response)
        };
        assert!(said("public, max-age=60") && !said("no-store") && !said("private"));
    }
}
