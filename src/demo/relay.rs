//! The relay of the demonstration: what is not in the power of Rennes goes up to the Region, which passes it on
//! to the State, which answers; the answer comes back down. A body without a node gets a link to answer by.
//! Played once: started again, the demonstration finds it done.

use super::{
    Demo, Teller, id_of, load,
    nodes::{Node, operator},
    parsed, patiently,
};
use crate::{
    Result,
    actions::{
        intake::{self, Further, Word},
        invitations,
    },
    domain::{
        Iri,
        codes::{Decision, Tier},
    },
    federation::discover,
    storage,
};

/// What Rennes relays. Synthetic, as the text says.
const RELAYS: &str = r#"
[[relays]]
ref = "relais-region"
recommendation = "ccnr/avis-3/r3"
by = "ccnr"
to = "REGION"
tier = "region"
ground = "La Région coordonne avec l’État les usages du numérique sur son territoire (texte d’exemple)."
text = "Le conseil demande que la règle vaille au-delà de la Ville (texte d’exemple)."

[[relays]]
ref = "relais-education"
recommendations = ["ccnr/avis-2/r16", "ccnr/avis-2/r17"]
to = "https://www.education.gouv.fr/"
to_name = "Éducation nationale"
tier = "etat"
ground = "Les programmes et la formation des enseignants relèvent de l’État."
text = "La Ville relaie ces recommandations du conseil (texte d’exemple)."
"#;

/// What the State answers.
pub(super) const ANSWER: &str = "La règle sera proposée pour les décisions individuelles (texte d’exemple).";

/// Relays, passes on, answers.
///
/// # Errors
/// `Unavailable` when a step does not come to its end; faults of the nodes.
pub(super) async fn play(demo: &Demo, tell: &Teller) -> Result<()> {
    let (rennes, bretagne, etat) = (demo.node("rennes"), demo.node("bretagne"), demo.node("etat"));
    let region = discover::actor(&rennes.app, &account(bretagne)).await?;
    let text = format!("{}{}", rennes.city.dossier, RELAYS.replace("REGION", &region.uri));
    load(rennes, &parsed(&text)?, tell).await?;
    let relay = id_of(rennes, "rennes/ccnr/avis-3/r3/relais-region").await?;
    if offered(bretagne, &relay, &region.uri).await? == "received" {
        let relay = relay.as_str();
        intake::say(&bretagne.app, &operator(), relay, &Word::Accept, "", Some("BZH-2026-077".to_owned()))
            .await?;
        let state = discover::actor(&bretagne.app, &account(etat)).await?;
        let further = Further {
            to: Iri::parse(&state.uri)?,
            name: state.name.clone(),
            is_actor: true,
            tier: Some(Tier::Etat),
            ground: Some("La loi est du domaine de l’État.".to_owned()),
            expected_by: None,
        };
        let passed = Word::PassOn(Box::new(further));
        let words = "La Région transmet à l’État (texte d’exemple).";
        let hop = intake::say(&bretagne.app, &operator(), relay, &passed, words, None).await?;
        offered(etat, &hop, &state.uri).await?;
        intake::say(&etat.app, &operator(), hop.as_str(), &Word::Accept, "", None).await?;
        let answer = Word::Answer { decision: Decision::AcceptedInPart, reason: None, promised_by: None };
        intake::say(&etat.app, &operator(), hop.as_str(), &answer, ANSWER, None).await?;
    }
    Ok(())
}

/// A fresh link by which the Éducation nationale, which has no node, may answer.
///
/// # Errors
/// Those of the database.
pub(super) async fn link(demo: &Demo) -> Result<Iri> {
    let rennes = demo.node("rennes");
    let relay = id_of(rennes, "rennes/ccnr/avis-2/r16/relais-education").await?;
    Ok(invitations::create(&rennes.app, &operator(), relay.as_str(), 30).await?.0)
}

/// The account of a node's own body.
fn account(node: &Node) -> String {
    format!("@{}@{}", node.city.handle, node.city.host())
}

/// Where an offer stands at the body it was made to, once it is there.
async fn offered(node: &Node, relay: &Iri, body: &str) -> Result<String> {
    let what = format!("{relay}: not offered at {}", node.city.host());
    let offer = async || storage::offers::get(&node.app.db, relay.as_str(), body).await;
    Ok(patiently(what, offer).await?.state)
}
