//! What the cities of the demonstration make of each other's ideas: who takes up which, and what its origin says of
//! that; where two call the same idea in and out of their remit; how far people agreed; and a synthesis, with a
//! sentence that a council contests. Played once: started again, the demonstration finds it done.
//!
//! That Montpellier graded its recommendations from 1 to 5 by show of hands, and wrote again what stayed at 3 or
//! below, is a fact. All else here is synthetic, and says so.

use super::{Demo, Teller, convention, id_of, load, nodes::operator, once, parsed};
use crate::{
    Result,
    actions::{similar, take_up},
    domain::{Iri, codes::Reason},
};

/// The idea whose way is shown: that a person answers for what a machine prepared.
pub(super) const PERSON: &str = "rennes/ccnr/avis-3/r3";
/// The synthesis, by its host.
pub(super) const SYNTHESIS: &str = "rennes/synthese";

/// What is named elsewhere than where it was published. In the texts below, `<…>` stands for the id.
const NAMED: [&str; 9] = [
    "rennes/ccnr/avis-3/r1",
    PERSON,
    "angers/codev/avis-ia/r1",
    "angers/codev/avis-ia/r3",
    "angers/codev/avis-ia/r4",
    "montpellier/convention-ia/avis/r2",
    "montpellier/convention-ia/avis/r4",
    "nancy/instance-citoyenne/avis-ia/r2",
    "nancy/instance-citoyenne/avis-ia/r3",
];

const ANGERS: &str = r#"
[[take_ups]]
ref = "reprise-personne"
council = "codev"
of = "<rennes/ccnr/avis-3/r3>"
kind = "adapted"
as = "recommendation"
became = "codev/avis-ia/r4"
text = "Le conseil reprend l’idée de Rennes et l’étend aux décisions préparées par un outil (texte d’exemple)."
on = "2025-05-14"
"#;

const MONTPELLIER: &str = r#"
[[take_ups]]
ref = "essai-reponse-automatique"
of = "<rennes/ccnr/avis-3/r3>"
kind = "contrary"
as = "experiment"
outcome = "in-progress"
text = "Pour les demandes de rendez-vous, la Ville essaie l’inverse : la machine répond seule, un agent relit le lendemain (texte d’exemple)."
on = "2025-09"

[[agreements]]
ref = "premier-vote"
council = "convention-ia"
of = "convention-ia/avis/r1"
grades = [3, 8, 13, 11, 5]
kept_from = 4
text = "Premier vote. La phrase disait « à ce qui est efficace » ; elle est récrite (texte d’exemple)."
note = "La méthode est authentique ; les nombres et les textes sont d’exemple."
on = "2024-01-20"

[[agreements]]
ref = "second-vote"
council = "convention-ia"
of = "convention-ia/avis/r1"
grades = [1, 3, 6, 18, 12]
kept_from = 4
minority = ["« Utile » dépend de qui le dit : il fallait une liste (texte d’exemple)."]
text = "Second vote, après réécriture (texte d’exemple)."
note = "La méthode est authentique ; les nombres et les textes sont d’exemple."
on = "2024-02-01"
"#;

const NANCY: &str = r#"
[[take_ups]]
ref = "reprise-personne"
council = "instance-citoyenne"
of = "<angers/codev/avis-ia/r4>"
kind = "inspired"
as = "recommendation"
became = "instance-citoyenne/avis-ia/r2"
text = "L’instance part de l’idée d’Angers : avant de répondre d’une décision, il faut pouvoir être joint (texte d’exemple)."
on = "2025-06-18"

[[take_ups]]
ref = "courriers-signes"
of = "<rennes/ccnr/avis-3/r3>"
kind = "adapted"
as = "action"
outcome = "done"
text = "Chaque courrier nomme le service qui répond de la décision (texte d’exemple)."
on = "2025-10"
"#;

const RENNES: &str = r#"
[[syntheses]]
ref = "synthese"
convention = "convention_ia"
title = "Ce que disent les quatre villes (exemple)"
summary = "Cinq phrases, chacune avec les recommandations sur lesquelles elle repose."
on = "2026-06-15"
sentences = [
  { text = "Rennes et Angers demandent une liste publique des usages de l’intelligence artificielle.", cites = ["<rennes/ccnr/avis-3/r1>", "<angers/codev/avis-ia/r1>"] },
  { text = "Rennes, Angers et Nancy veulent qu’une personne réponde aux habitants.", cites = ["<rennes/ccnr/avis-3/r3>", "<angers/codev/avis-ia/r4>", "<nancy/instance-citoyenne/avis-ia/r2>"] },
  { text = "Montpellier et Nancy acceptent que des données soient croisées, si elles sont anonymes.", cites = ["<montpellier/convention-ia/avis/r4>", "<nancy/instance-citoyenne/avis-ia/r3>"] },
  { text = "Angers et Montpellier veulent mesurer ce que les outils coûtent à l’environnement.", cites = ["<angers/codev/avis-ia/r3>", "<montpellier/convention-ia/avis/r2>"] },
  { text = "Toutes placent l’habitant avant l’outil.", cites = ["<rennes/ccnr/avis-3/r3>", "<angers/codev/avis-ia/r4>", "<montpellier/convention-ia/avis/r4>", "<nancy/instance-citoyenne/avis-ia/r2>"] },
]
"#;

const CONTEST: &str = r#"
[[assessments]]
ref = "phrase-3-infidele"
by = "instance_citoyenne"
synthesis = "SYNTHESIS"
sentence = 3
assessment = "not-faithful"
text = "Notre recommandation ne parle pas d’anonymat : elle refuse tout croisement sans l’accord de la personne (texte d’exemple)."
on = "2026-06-30"
"#;

/// Takes up, judges, sums up, contests.
///
/// # Errors
/// Faults of the nodes.
pub(super) async fn play(demo: &Demo, tell: &Teller) -> Result<()> {
    let [rennes, angers, nancy] = ["rennes", "angers", "nancy"].map(|name| demo.node(name));
    let mut ids: Vec<(&str, Iri)> = Vec::with_capacity(NAMED.len());
    for reference in NAMED {
        let home = demo.node(reference.split('/').next().unwrap_or_default());
        ids.push((reference, id_of(home, reference).await?));
    }
    let filled = |text: &str| {
        let put = |text: String, (reference, id): &(&str, Iri)| {
            text.replace(&format!("<{reference}>"), id.as_str())
        };
        ids.iter().fold(text.to_owned(), put)
    };
    let said = [
        ("rennes", convention::HOSTED, RENNES),
        ("angers", convention::ANGERS, ANGERS),
        ("montpellier", "", MONTPELLIER),
        ("nancy", convention::NANCY, NANCY),
    ];
    for (name, before, more) in said {
        let node = demo.node(name);
        let text = format!("{}{before}{}", node.city.dossier, filled(more));
        load(node, &parsed(&text)?, tell).await?;
    }
    demo.converge(tell).await?;

    let taken = id_of(angers, "angers/codev/reprise-personne").await?;
    once(
        take_up::confirm(&rennes.app, &operator(), &taken, "C’est bien notre idée (texte d’exemple).").await,
    )?;
    let taken = id_of(nancy, "nancy/courriers-signes").await?;
    let words = "Un service n’est pas une personne : nous demandons qu’un agent réponde (texte d’exemple).";
    once(take_up::contest(&rennes.app, &operator(), &taken, Reason::Unlisted, words).await)?;

    let same = |pair: [&str; 2]| pair.map(|reference| filled(&format!("<{reference}>")));
    let listed = same(["rennes/ccnr/avis-3/r1", "angers/codev/avis-ia/r1"]);
    let words = "Les deux demandent la même liste publique (texte d’exemple).";
    once(similar::confirm(&rennes.app, &operator(), &listed, None, words).await)?;
    let measured = same(["angers/codev/avis-ia/r3", "montpellier/convention-ia/avis/r2"]);
    let words =
        "Les deux demandent de mesurer ; l’une des villes s’en saisit, l’autre non (texte d’exemple).";
    once(similar::confirm(&angers.app, &operator(), &measured, None, words).await)?;

    let contest = CONTEST.replace("SYNTHESIS", id_of(rennes, SYNTHESIS).await?.as_str());
    load(nancy, &parsed(&format!("{}{contest}", nancy.city.dossier))?, tell).await?;
    Ok(())
}
