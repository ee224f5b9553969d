//! What the council of the story publishes, stage after stage: each stage is a whole dossier, the one
//! before and something more. Every text is made for the test.

const CITY: &str = r#"
format = "parvis-dossier-1"

[defaults]
synthetic = true
licence = "etalab-2.0"

[city]
ref = "ville"
name = "Ville de Rennes"
territory = "35238"

[[councils]]
ref = "conseil"
handle = "conseil"
name = "Conseil de l’histoire"
summary = "Un conseil écrit pour les essais."
"#;

const AVIS: &str = r#"
[[questions]]
ref = "q1"
council = "conseil"
kind = "saisine"
title = "Des rues calmes devant les écoles"
text = "Comment rendre calmes les rues devant les écoles ?"
asked_on = "2025-01"
response = { decision = "accepted", text = "Le conseil s’en saisit." }

[[avis]]
ref = "a1"
council = "conseil"
question = "q1"
title = "Vingt rues aux enfants"
summary = "Deux recommandations."
diagnosis = "Deux trajets sur trois se font en voiture."
stakes = "La santé et la sécurité des enfants."
adopted_on = "2025-06-12"
delivered = { on = "2025-06-20", text = "La Ville a reçu l’avis." }

[[avis.recommendations]]
title = "Fermer vingt rues aux voitures"
text = "Aux heures d’entrée et de sortie."

[[avis.recommendations]]
title = "Un pédibus par école"
"#;

const ANSWER: &str = r#"
[[answers]]
recommendation = "conseil/a1/r1"
decision = "accepted-in-part"
reason = "budget"
text = "Douze rues seront fermées ; les huit autres attendent le budget suivant."
promised_by = "2027-12-31"
on = "2025-09-01"

[[follow_ups]]
recommendation = "conseil/a1/r1"
status = "in-progress"
text = "Cinq rues sont fermées."
on = "2026-02-01"
"#;

const CONVENTION: &str = r#"
[[conventions]]
ref = "ia"
title = "Convention sur l’intelligence artificielle"
text = "Ce que les villes recommandent."
charter = "Publier ses livrables et ses réponses."
contact = "convention@rennes.example"
on = "2025-01"
"#;

/// The city hosts a convention.
pub fn convened() -> String {
    [CITY, CONVENTION].concat()
}

/// The city and its council, who have said nothing yet.
pub fn founded() -> String {
    CITY.to_owned()
}

/// A question, its acceptance, an avis with two recommendations, its delivery.
pub fn advised() -> String {
    [CITY, AVIS].concat()
}

/// And an avis that is addressed to the convention whose Group that is, with the city's answer.
pub fn born_in(group: &str) -> String {
    let avis = format!(
        r#"
[[avis]]
ref = "a2"
council = "conseil"
question = "q1"
title = "Des machines devant les écoles"
summary = "Une recommandation."
diagnosis = "Des caméras comptent les enfants."
stakes = "Leurs libertés."
adopted_on = "2025-10-01"
convention = "{group}"
recommendations = [{{ title = "Un registre public des caméras" }}]

[[answers]]
recommendation = "conseil/a2/r1"
decision = "accepted"
text = "Le registre ouvrira au printemps."
on = "2025-11-01"
"#
    );
    [CITY, AVIS, &avis].concat()
}

/// The city's answer and a follow-up.
pub fn answered() -> String {
    [CITY, AVIS, ANSWER].concat()
}

/// The question in other words.
pub fn corrected() -> String {
    answered().replace("Comment rendre calmes", "Comment rendre plus calmes")
}
