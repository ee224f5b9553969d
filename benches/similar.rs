//! How well close recommendations are found, as a table: `PARVIS_CORPORA=… cargo bench --bench similar`. With
//! `EMBEDDINGS=http://…/v1/embeddings` beside it, also with vectors of that service.

#[path = "../tests/support/proposals.rs"]
mod proposals;

use std::collections::HashMap;

use parvis::{clock::Clock, config::Config, federation::connector::Service};
use proposals::{Proposal, Quality, proposals, quality};
use serde_json::{Value, json};

/// Texts of one request to the service.
const AT_ONCE: usize = 16;

fn main() {
    let Some(all) = proposals() else { return };
    let text = |one: &Proposal| one.text.clone();
    let with_theme = |one: &Proposal| format!("{} {}", one.text, one.theme.replace(' ', ""));
    println!("| what is indexed | asked | first | within five | mean reciprocal rank |");
    println!("|---|---|---|---|---|");
    let none = HashMap::new();
    line("text", quality(&all, text, &none));
    line("text and theme", quality(&all, with_theme, &none));
    if let Ok(address) = std::env::var("EMBEDDINGS") {
        let vectors = vectors(&all, &address);
        line("text, with vectors", quality(&all, text, &vectors));
        line("text and theme, with vectors", quality(&all, with_theme, &vectors));
    }
}

fn line(what: &str, found: Quality) {
    let Quality { asked, first, within_five, mean_rank } = found;
    println!("| {what} | {asked} | {first:.3} | {within_five:.3} | {mean_rank:.3} |");
}

/// The vectors of every proposal.
fn vectors(all: &[Proposal], address: &str) -> HashMap<String, Vec<f32>> {
    let config: Config = toml::from_str(
        "domain = \"bench.example\"\npublic_url = \"https://bench.example\"\n\
         [city]\nname = \"Bench\"\nterritory = \"35238\"\n[federation]\ntimeout_seconds = 120\n",
    )
    .expect("a configuration");
    let model = std::env::var("MODEL").unwrap_or_else(|_| "multilingual-e5-small".to_owned());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let address = address.parse().expect("an address");
    let service = Service::new(&config, &address, Clock::system()).expect("the way to the service");
    let mut found = HashMap::new();
    for some in all.chunks(AT_ONCE) {
        let input: Vec<&str> = some.iter().map(|one| one.text.as_str()).collect();
        let body = json!({ "model": model, "input": input, "encoding_format": "float" }).to_string();
        let answer = runtime.block_on(service.ask(body.into_bytes(), 8 << 20)).expect("an answer");
        let told: Value = serde_json::from_slice(&answer.body).expect("JSON");
        for one in told["data"].as_array().expect("vectors") {
            let place = usize::try_from(one["index"].as_u64().expect("a place")).expect("a place");
            let vector = serde_json::from_value(one["embedding"].clone()).expect("a vector");
            found.insert(some[place].id.clone(), vector);
        }
    }
    found
}
