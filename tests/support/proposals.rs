//! How well close recommendations are found among real ones: the proposals of the French Citizens' Convention for the
//! Climate (with the State's objective each belongs to), which stand in no registry. Two proposals of one objective
//! count as the same idea.
#![allow(dead_code, reason = "test and bench each use a part")]

use std::{collections::HashMap, path::PathBuf};

use parvis::actions::similar::{Index, Text};
use serde::Deserialize;

/// A proposal.
#[derive(Debug, Deserialize)]
pub struct Proposal {
    /// Its id.
    pub id: String,
    /// Its chapter.
    pub theme: String,
    /// Its objective.
    pub objective_id: String,
    /// Its words.
    pub text: String,
}

/// The proposals, from `ccc/ccc_proposals.json` in the folder that `PARVIS_CORPORA` names or beside it. Says so when
/// there are none.
pub fn proposals() -> Option<Vec<Proposal>> {
    let corpora = std::env::var_os("PARVIS_CORPORA").map(PathBuf::from);
    let file = corpora.into_iter().flat_map(|folder| [folder.join("ccc"), folder.join("../ccc")]);
    let file = file.map(|folder| folder.join("ccc_proposals.json")).find(|file| file.is_file());
    let Some(file) = file else {
        println!("not run: ccc/ccc_proposals.json (PARVIS_CORPORA names no folder that has it)");
        return None;
    };
    let text = std::fs::read_to_string(file).expect("the proposals");
    Some(serde_json::from_str(&text).expect("proposals"))
}

/// How often the same idea was found.
#[derive(Clone, Copy, Debug)]
pub struct Quality {
    /// Proposals that have a neighbour.
    pub asked: usize,
    /// Share with a good one first.
    pub first: f64,
    /// Share with a good one among the first five.
    pub within_five: f64,
    /// Mean of one over the rank of the first good one.
    pub mean_rank: f64,
}

/// Asks the index about every proposal that has a neighbour; `words` says what is indexed of each.
#[expect(clippy::cast_precision_loss, reason = "a few hundred proposals")]
pub fn quality(
    all: &[Proposal],
    words: impl Fn(&Proposal) -> String,
    vectors: &HashMap<String, Vec<f32>>,
) -> Quality {
    let text = |one: &Proposal| Text {
        uri: one.id.clone(),
        author: one.id.clone(),
        words: words(one),
        vector: vectors.get(&one.id).cloned(),
    };
    let index = Index::of(all.iter().map(text).collect());
    let objective: HashMap<&str, &str> =
        all.iter().map(|one| (one.id.as_str(), one.objective_id.as_str())).collect();
    let (mut asked, mut first, mut within_five, mut ranks) = (0, 0, 0, 0.0);
    for one in all {
        if all.iter().filter(|other| other.objective_id == one.objective_id).count() < 2 {
            continue;
        }
        asked += 1;
        let near = index.near(&one.id);
        if let Some(rank) = near.iter().position(|near| objective[near.uri.as_str()] == one.objective_id) {
            first += usize::from(rank == 0);
            within_five += usize::from(rank < 5);
            ranks += 1.0 / (rank as f64 + 1.0);
        }
    }
    let share = |count: usize| count as f64 / asked as f64;
    Quality { asked, first: share(first), within_five: share(within_five), mean_rank: ranks / asked as f64 }
}
