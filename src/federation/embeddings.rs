//! Vectors of recommendations from a service of embeddings, where the configuration names one: asked in the
//! background, a few texts at a time, each text once. Without it, and while it fails, words alone decide.

use serde::Deserialize;
use serde_json::json;

use super::{
    connector::{ConnectorError, Fetched, Service},
    peer,
};
use crate::{
    App, Result,
    actions::similar,
    storage::{records::Row, similar as stored},
};

/// Texts of one request.
const AT_ONCE: i64 = 32;
/// Requests of one run.
const REQUESTS: usize = 50;
/// Longest answer taken.
const MAX_ANSWER: usize = 4 * 1024 * 1024;
/// Longest vector taken.
const MAX_LENGTH: usize = 4096;
/// Longest text sent, in characters.
const MAX_TEXT: usize = 2000;

#[derive(Deserialize)]
struct Told {
    data: Vec<One>,
}

#[derive(Deserialize)]
struct One {
    index: usize,
    embedding: Vec<f32>,
}

/// Asks for the vectors that are missing; gives how many came, and whether more are missing still.
///
/// # Errors
/// `Unavailable` when the service does not answer as it should; those of the database.
pub async fn refresh(app: &App) -> Result<(usize, bool)> {
    let Some(url) = &app.config.similar.embeddings_url else { return Ok((0, false)) };
    let model = app.config.similar.embeddings_model.as_str();
    let (mut service, mut made, mut after) = (None, 0, String::new());
    for _ in 0..REQUESTS {
        let rows = stored::without_vector(&app.db, model, &after, AT_ONCE).await?;
        let Some(last) = rows.last() else { return Ok((made, false)) };
        after.clone_from(&last.uri);
        let texts: Vec<(&Row, String)> = rows
            .iter()
            .filter_map(|row| Some((row, similar::words_of(row)?.chars().take(MAX_TEXT).collect())))
            .collect();
        if texts.is_empty() {
            continue;
        }
        if service.is_none() {
            service = Some(Service::new(&app.config, url, app.clock.clone())?);
        }
        let Some(service) = &service else { break };
        let input: Vec<&str> = texts.iter().map(|(_, text)| text.as_str()).collect();
        let body = json!({ "model": model, "input": input, "encoding_format": "float" }).to_string();
        let fetched = service.ask(body.into_bytes(), MAX_ANSWER).await;
        let vectors = fetched.and_then(|fetched| read(&fetched, texts.len()));
        let vectors = vectors.map_err(|error| peer::silent(service.address(), &error))?;
        let kept: Vec<(&str, &str, Vec<u8>)> = texts
            .iter()
            .zip(&vectors)
            .map(|((row, _), vector)| {
                let bytes = vector.iter().flat_map(|number| number.to_le_bytes()).collect();
                (row.uri.as_str(), row.hash.as_str(), bytes)
            })
            .collect();
        let mut tx = app.db.begin().await?;
        stored::keep_vectors(&mut tx, model, &kept).await?;
        tx.commit().await?;
        made += kept.len();
    }
    Ok((made, true))
}

/// The vectors of an answer, in the order of the texts: one for each, all of one length, all of numbers.
fn read(fetched: &Fetched, texts: usize) -> Result<Vec<Vec<f32>>, ConnectorError> {
    if fetched.status != 200 {
        return Err(ConnectorError::Status(fetched.status));
    }
    let wrong = |what: &str| ConnectorError::Protocol(what.to_owned());
    let told: Told = serde_json::from_slice(&fetched.body).map_err(|_| wrong("not embeddings"))?;
    let mut found: Vec<Option<Vec<f32>>> = vec![None; texts];
    for one in told.data {
        let place = found.get_mut(one.index).ok_or_else(|| wrong("more vectors than texts"))?;
        *place = Some(one.embedding);
    }
    let found: Vec<Vec<f32>> =
        found.into_iter().collect::<Option<_>>().ok_or_else(|| wrong("fewer vectors than texts"))?;
    let length = found.first().map_or(0, Vec::len);
    let good = |vector: &Vec<f32>| {
        vector.len() == length
            && vector.iter().all(|number| number.is_finite())
            && vector.iter().any(|number| *number != 0.0)
    };
    if !(1..=MAX_LENGTH).contains(&length) || !found.iter().all(good) {
        return Err(wrong("vectors that are none"));
    }
    Ok(found)
}

/// Whether the configuration names a service.
#[must_use]
pub fn wanted(app: &App) -> bool {
    app.config.similar.embeddings_url.is_some()
}
