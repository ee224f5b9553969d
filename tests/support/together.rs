//! Cities that come together: each with a council and its avis, one with a convention too.

use parvis::{Result, actions, dossier};

use super::node::Node;

/// What the host says of its convention.
pub const CONVENTION: &str = r#"
[[conventions]]
ref = "ia"
title = "Convention sur l’intelligence artificielle"
text = "Ce que les villes recommandent."
charter = "Publier sa composition, ses livrables, ses réponses et son calendrier."
contact = "convention@rennes.example"
on = "2026-11-01"
phases = [{ title = "Travaux", from = "2026-11", until = "2027-03" }]
sub_questions = [
  { key = "transparence", title = "Comment savoir qu’une machine décide ?", themes = ["libertes"] },
  { key = "formation", title = "Qui former, et à quoi ?", themes = ["formation"] },
]
"#;

fn dossier_of(name: &str, beside: &str) -> String {
    let territory = if name == "angers" { "49007" } else { "35238" };
    format!(
        r#"
format = "parvis-dossier-1"
[defaults]
synthetic = true
[city]
ref = "{name}"
name = "{name}"
territory = "{territory}"
[[councils]]
ref = "conseil"
handle = "conseil"
name = "Conseil de {name}"
summary = "Un conseil."
[[questions]]
ref = "q1"
council = "conseil"
kind = "saisine"
title = "L’IA"
text = "Que faire ?"
asked_on = "2026-01"
[[avis]]
ref = "a1"
council = "conseil"
question = "q1"
title = "L’IA vue de {name}"
summary = "Court."
diagnosis = "Ce qui est."
stakes = "Ce qui compte."
adopted_on = "2026-11-04"
delivered = {{ on = "2026-11-05" }}
recommendations = [
  {{ title = "Un registre public des algorithmes, {name}", themes = ["libertes"], tier = "commune" }},
  {{ title = "Former les agents, {name}", themes = ["formation"] }},
]
{beside}
"#
    )
}

/// Publishes the dossier of a city, with some sections more.
///
/// # Errors
/// Why that is refused.
pub async fn publish(node: &Node, name: &str, beside: &str) -> Result<()> {
    let file = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
    std::fs::write(file.path(), dossier_of(name, beside)).unwrap();
    let dossier = dossier::read(file.path()).unwrap_or_else(|problems| panic!("{problems:?}"));
    let folder = file.path().parent().unwrap();
    let (app, operator) = (&node.app, &node.operator);
    actions::import::import(app, operator, &dossier, folder, false).await.unwrap();
    actions::publish::publish(app, operator, None, &|_, _| ()).await.map(drop)
}
