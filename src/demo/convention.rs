//! The convention of the demonstration: Rennes hosts it, Angers, Montpellier and Nancy take part, and each reads the
//! same table from its own register. Played once: started again, the demonstration finds it done.
//!
//! That towns were called to hold concertations on AI in September 2024, and that Rennes, Angers and Montpellier
//! answered, is a fact; the convention itself, its charter, the part of Nancy and the avis of Angers and Nancy are
//! synthetic, and say so.

use super::{
    Demo, Teller, load,
    nodes::{Node, operator},
    once, parsed, patiently,
};
use crate::{
    Error, Result,
    actions::{
        conventions::{self, Known},
        take_part,
    },
    domain::convention::Standing,
    storage,
};

/// Name of the convention: its page is `/conventions/ia` on every node.
pub(super) const NAME: &str = "ia";

/// What Rennes says of it.
pub(super) const HOSTED: &str = r#"
[[conventions]]
ref = "ia"
title = "Convention décentralisée sur l’intelligence artificielle"
text = """
Chaque ville mène sa propre démarche ; les résultats se lisent ici côte à côte.

L’appel à des concertations territoriales sur l’intelligence artificielle a été lancé le 18 septembre 2024 ; Rennes, Angers et Montpellier y ont répondu. L’idée d’une convention commune a été présentée à Nancy. La convention elle-même, sa charte et la participation de Nancy sont écrites pour la démonstration.
"""
charter = """
# Charte de la convention (texte d’exemple)

Chaque conseil membre :

1. publie sa composition ;
2. publie ce qu’il remet ;
3. publie les réponses de sa ville, ou le jour où elles sont promises ;
4. publie les jours où sa ville rendra compte.

La convention ne récrit rien : elle désigne des documents que leurs auteurs ont signés.
"""
contact = "convention-ia@rennes.example (adresse d’exemple)"
on = "2024-09-18"
themes = ["intelligence-artificielle", "democratie"]
phases = [
  { title = "Appel aux concertations territoriales", from = "2024-09-18" },
  { title = "Démarches des villes", from = "2024-10", until = "2025-06" },
  { title = "Mise en commun", from = "2025-07", until = "2026-12" },
]
sub_questions = [
  { key = "utilite", title = "À quoi l’intelligence artificielle doit-elle servir ?", themes = ["services-publics"] },
  { key = "transparence", title = "Comment savoir qu’une machine décide, et qui en répond ?" },
  { key = "donnees", title = "Quelles données, et sous quelle garde ?", themes = ["donnees", "libertes"] },
  { key = "environnement", title = "Comment limiter son effet sur l’environnement ?", themes = ["environnement"] },
  { key = "gouvernance", title = "Qui veille, et avec quels pouvoirs ?", themes = ["ethique", "democratie"] },
  { key = "formation", title = "Qui former, et à quoi ?", themes = ["formation", "travail"] },
]
"#;

/// An avis of Angers for it. Synthetic, as it says.
pub(super) const ANGERS: &str = r#"
[[compositions]]
council = "codev"
on = "2024-10"
seats = [{ origin = "drawn", count = 20 }, { origin = "designated", count = 40 }]
text = "Composition d’exemple."

[[questions]]
ref = "question-ia"
council = "codev"
kind = "saisine"
title = "L’intelligence artificielle à Angers"
text = "Quelle place lui donner dans les services de la Ville ? (texte d’exemple)"
asked_on = "2024-10-07"

[[avis]]
ref = "avis-ia"
council = "codev"
question = "question-ia"
title = "Avis sur l’intelligence artificielle (exemple)"
summary = "Quatre recommandations d’exemple, pour la convention."
diagnosis = "Des outils sont essayés sans que les habitants le sachent (texte d’exemple)."
stakes = "La confiance, la sobriété, la compétence des agents (texte d’exemple)."
adopted_on = "2025-05-14"
delivered = { on = "2025-05-20" }
recommendations = [
  { title = "Tenir une liste publique des usages de l’intelligence artificielle", text = "Dire où la Ville l’emploie, pour quoi, et qui en répond.", tier = "commune" },
  { title = "Former les agents avant tout nouvel outil", text = "Que celles et ceux dont le travail change soient formés d’abord.", tier = "commune", themes = ["formation"] },
  { title = "Mesurer l’énergie et l’eau que demandent les outils", text = "Publier la mesure chaque année.", tier = "epci", themes = ["environnement"] },
  { title = "Qu’une personne réponde de toute décision", text = "Aucune décision sur un habitant sans un agent qui en réponde.", tier = "commune" },
]

[[answers]]
recommendation = "codev/avis-ia/r1"
decision = "accepted"
text = "La liste sera en ligne (texte d’exemple)."
promised_by = "2026-03-31"
on = "2025-09-15"

[[answers]]
recommendation = "codev/avis-ia/r3"
decision = "refused"
reason = "out-of-remit"
text = "La communauté urbaine porte les marchés informatiques : cette mesure relève d’elle (texte d’exemple)."
on = "2025-09-15"
"#;

/// An avis of Nancy for it. Synthetic, as it says.
pub(super) const NANCY: &str = r#"
[[questions]]
ref = "question-ia"
council = "instance-citoyenne"
kind = "auto-saisine"
title = "L’intelligence artificielle à Nancy (exemple)"
text = "Que voulons-nous en faire ? (texte d’exemple)"
asked_on = "2025-01-13"

[[avis]]
ref = "avis-ia"
council = "instance-citoyenne"
question = "question-ia"
title = "Avis sur l’intelligence artificielle (exemple)"
summary = "Trois recommandations d’exemple, pour la convention."
diagnosis = "Peu de gens savent où elle est employée (texte d’exemple)."
stakes = "Le droit de savoir, le droit de parler à quelqu’un (texte d’exemple)."
adopted_on = "2025-06-18"
delivered = { on = "2025-06-25" }
recommendations = [
  { title = "Un comité d’éthique avec des habitants tirés au sort", text = "Le consulter avant tout nouvel usage.", tier = "commune", themes = ["ethique"] },
  { title = "Pouvoir toujours parler à une personne", text = "Garder un accueil humain pour chaque démarche.", tier = "commune", themes = ["services-publics"] },
  { title = "Ne pas croiser les données des habitants", text = "Pas de croisement sans accord.", tier = "etat", themes = ["donnees"] },
]
"#;

/// A reference, and the sub-question it belongs under.
type Part = (&'static str, Option<&'static str>);

/// The cities, their councils, and what each contributes: references, with the sub-question where themes do not
/// say it.
const PARTS: [(&str, &str, &[Part]); 4] = [
    (
        "rennes",
        "ccnr",
        &[
            ("rennes/ccnr/avis-3/r1", Some("transparence")),
            ("rennes/ccnr/avis-3/r2", Some("formation")),
            ("rennes/ccnr/avis-3/r3", Some("transparence")),
        ],
    ),
    (
        "angers",
        "codev",
        &[
            ("angers/codev/avis-ia/r1", Some("transparence")),
            ("angers/codev/avis-ia/r4", Some("transparence")),
            ("angers/codev/avis-ia", None),
        ],
    ),
    (
        "montpellier",
        "convention_ia",
        &[("montpellier/convention-ia/avis/r1", Some("utilite")), ("montpellier/convention-ia/avis", None)],
    ),
    ("nancy", "instance_citoyenne", &[("nancy/instance-citoyenne/avis-ia", None)]),
];

/// Hosts, joins, admits, contributes.
///
/// # Errors
/// `Unavailable` when a step does not come to its end; faults of the nodes.
pub(super) async fn play(demo: &Demo, tell: &Teller) -> Result<()> {
    for (name, more) in [("rennes", HOSTED), ("angers", ANGERS), ("nancy", NANCY)] {
        let node = demo.node(name);
        load(node, &parsed(&format!("{}{more}", node.city.dossier))?, tell).await?;
    }
    let host = demo.node("rennes");
    for (name, council, _) in PARTS {
        let node = demo.node(name);
        let known = known(node).await?;
        let uri = council_of(node, council).await?;
        if standing(&known, &uri).is_none() {
            take_part::join(&node.app, &operator(), &known, council, "").await?;
        }
        if self::until(host, &uri, &[Standing::Asked, Standing::Member]).await? == Standing::Asked {
            take_part::admit(&host.app, &operator(), &self::known(host).await?, &uri, "").await?;
        }
    }
    for (name, council, parts) in PARTS {
        let node = demo.node(name);
        let uri = council_of(node, council).await?;
        self::until(node, &uri, &[Standing::Member]).await?;
        for (of, question) in parts {
            let known = known(node).await?;
            let question = question.map(ToOwned::to_owned);
            once(take_part::contribute(&node.app, &operator(), &known, (of, question), "").await)?;
        }
    }
    Ok(())
}

/// The convention, once it is known at a node.
async fn known(node: &Node) -> Result<Known> {
    let what = format!("{NAME}: no such convention at {}", node.city.host());
    let look = async || match conventions::named(&node.app, NAME).await {
        Err(Error::NotFound { .. }) => Ok(None),
        found => found.map(Some),
    };
    patiently(what, look).await
}

/// The id of a council of a node.
async fn council_of(node: &Node, handle: &str) -> Result<String> {
    let found = storage::actors::by_handle(&node.app.db, handle).await?;
    Ok(found.ok_or_else(|| Error::not_found(handle))?.uri)
}

fn standing(known: &Known, council: &str) -> Option<Standing> {
    known.members.iter().find(|member| member.council.as_str() == council).map(|member| member.standing)
}

/// Waits until a council stands so at a node.
async fn until(node: &Node, council: &str, wanted: &[Standing]) -> Result<Standing> {
    let what = format!("{council}: not in the convention at {}", node.city.host());
    patiently(what, async || Ok(standing(&known(node).await?, council).filter(|now| wanted.contains(now))))
        .await
}
