# Étiquettes des codes écrits dans les enregistrements.

kind-Saisine = Question posée par la collectivité (saisine)
kind-AutoSaisine = Question choisie par le conseil (auto-saisine)
kind-Acceptance = Prise en charge d’une question
kind-Refusal = Refus
kind-Avis = Avis
kind-Recommendation = Recommandation
kind-Delivery = Remise d’un avis
kind-Answer = Réponse
kind-FollowUp = Suivi
kind-Deliverable = Livrable
kind-Schedule = Échéancier
kind-Postponement = Report d’une échéance
kind-Instruction = Étape d’instruction
kind-Account = Point public de suivi
kind-Assessment = Évaluation
kind-Indicator = Indicateur
kind-Strategy = Stratégie
kind-Deliberation = Délibération
kind-Relay = Relais vers une autre collectivité
kind-Receipt = Accusé de réception
kind-Support = Soutien
kind-Composition = Composition du conseil
kind-Review = Bilan annuel
kind-Draw = Tirage au sort
kind-Programme = Programme
kind-WorkingGroup = Groupe de travail
kind-Meeting = Séance
kind-other = Autre document

status-other = autre

proof-valid = Signature vérifiée
proof-absent = Sans signature
proof-valid-long = L’auteur a signé ce texte ; la signature a été vérifiée ici avec sa clé publique.
proof-absent-long = Ce texte n’est pas signé. Il a été lu chez son auteur et ne compte dans aucun statut.

claim-seats = Nombre de membres
claim-createdOn = Création
claim-adoptedOn = Date d’adoption
claim-deliveredOn = Date de remise
claim-wording = Formulation
claim-seatsDrawn = Membres tirés au sort
claim-startedOn = Début des travaux
claim-drawnOn = Date du tirage au sort
claim-duration = Durée
claim-experts = Personnes entendues
claim-lettersSent = Lettres envoyées
claim-licence = Licence
claim-peopleInDifficulty = Personnes en difficulté
claim-membersAre = Comment les membres sont désignés
claim-spokesperson = Élu qui en parle
claim-recommendations = Nombre de recommandations
