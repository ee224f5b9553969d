# Marques communes.

mark-synthetic = texte synthétique
mark-sample = compte d’exemple
mark-withdrawn = retiré
mark-official = compte officiel
machine-translation = Traduction automatique, fournie par l’auteur. Seul le texte d’origine fait foi.
original-text = Lire le texte d’origine
published-on = publié le
updated-on = modifié le
reference = Référence
licence = Licence
themes = Thèmes
addressed-to = Adressé à
reason = Motif
reason-is = (motif : { $label })
decision-is = Décision : { $label }.
dated = en date du
promised-by = Échéance annoncée :
evidence = Voir la preuve
sources = Sources et documents
atom-feed = Flux Atom

# Accueil

home-title = Ce que disent les conseils citoyens { $ofCity }
home-lead = Des habitants réunis en conseils étudient des questions et rendent des avis. Ici se lisent leurs recommandations, ce que la collectivité a répondu à chacune, et ce qu’elle en a fait.
home-standing = Où en est-on ?
home-standing-count = { $n ->
    [one] Une recommandation publiée :
   *[other] { $n } recommandations publiées :
}
home-nothing-yet = Aucune recommandation n’est encore publiée.
home-councils = Les conseils
home-latest-avis = Derniers avis
home-latest-questions = Dernières questions
all-avis = Tous les avis
all-questions = Toutes les questions
tally-label = Recommandations par état
tally-computed = Ces nombres sont recalculés à chaque lecture, à partir de la dernière réponse ou du dernier suivi signé par l’autorité interrogée.

# Suivre

follow-title = Suivre depuis Mastodon ou une autre application du fédivers
follow-council-title = Suivre ce conseil
follow-intro = Avec un compte sur Mastodon, PeerTube, Lemmy, Mobilizon ou un autre service du fédivers :
follow-copy = copiez cette adresse :
follow-paste = collez-la dans le champ de recherche de votre application ;
follow-press = choisissez « Suivre ». Les avis, réponses et suivis arriveront dans votre fil.
follow-no-account = Sans compte, le flux Atom et ces pages disent la même chose.

# Conseils

councils-title = Conseils
councils-lead = Les conseils citoyens qui publient ici, et ce qu’ils ont produit.
councils-none = Aucun conseil ne publie encore ici.
count-avis = { $n ->
    [0] aucun avis
    [one] un avis
   *[other] { $n } avis
}
count-questions = { $n ->
    [0] aucune question
    [one] une question
   *[other] { $n } questions
}
council-standing = Que sont devenues ses recommandations ?
council-no-avis = Ce conseil n’a pas encore publié d’avis.
council-no-question = Aucune question n’est publiée pour ce conseil.
council-born-of = Ce conseil est né d’une recommandation :
claims-title = Ce que disent les sources
claims-disputed = Les sources se contredisent. Rien n’est tranché ici : chaque valeur est donnée avec sa source.
claims-caption = Faits et sources
claims-about = Fait
claims-value = Valeur
claims-source = Source

# Profil d'un compte

profile-council = Page du conseil : mandat, questions et avis
profile-latest = Dernières publications
followers-count = { $n ->
    [0] Personne ne suit encore ce compte.
    [one] Un compte le suit.
   *[other] { $n } comptes le suivent.
}
role-council = Conseil citoyen
role-guarantor = Garant
role-mairie = Collectivité
role-feed = Fil de tous les conseils
role-relay = Serveur

# Questions

questions-title = Questions
questions-lead = Les questions posées aux conseils, ou qu’ils ont choisies eux-mêmes, y compris celles qu’ils ont refusées.
questions-none = Aucune question n’est publiée.
asked-by = Posée par
asked-to = Adressée à
asked-on = Date de la question
expected-by = Échéance demandée
question-outcome = Ce que le conseil en a fait
question-no-outcome = Le conseil n’a pas encore répondu à cette question.
question-avis = Avis rendus sur cette question

# Avis

avis-title = Avis
avis-lead = Les avis rendus par les conseils citoyens, du plus récent au plus ancien.
avis-none = Aucun avis n’est publié.
avis-question = Question
avis-what-became = Qu’est devenu cet avis ?
avis-recommendations = Recommandations
avis-recommendations-count = { $n ->
    [one] Une recommandation :
   *[other] { $n } recommandations :
}
avis-recommendations-listed = (l’avis en compte { $n } ; les autres ne sont pas encore arrivées ici)
avis-text = Texte
avis-diagnosis = Diagnostic
avis-stakes = Enjeux
avis-body = Texte intégral
adopted-on = Adoption
vote = Vote
vote-counts = { $for } pour, { $against } contre, { $abstain } abstentions
delivered-on = Remise
delivery-acknowledged = réception confirmée par
delivery-record = voir la remise
delivery-claimed = selon le conseil ; la réception n’est pas encore confirmée
recommendation-number = Lien vers la recommandation { $n }
what-became = Suites données
no-answer-yet = Aucune réponse publiée à ce jour.
counts-now = fait l’état actuel
other-voices = Autres prises de position, sans effet sur l’état
replies-label = Réponses de citoyens
replies-explained = Écrites depuis le fédivers et approuvées avant affichage. Elles n’engagent que leurs auteurs et ne font pas partie du registre.
replies-count = { $n ->
    [one] Une réponse de citoyen
   *[other] { $n } réponses de citoyens
}
reply-edited = modifiée

# Preuve et histoire

proof-title = Authenticité et versions
proof-state = Signature
proof-version = Version
proof-id = Identifiant
proof-hash = Empreinte
history-title = Versions conservées
history-count = { $n ->
    [one] Une version conservée
   *[other] { $n } versions conservées
}
history-version = Version
history-received = Enregistrée le
history-erased = texte effacé le
withdrawn-title = Ce texte a été retiré par son auteur le
withdrawn-erased = Son texte a été effacé, ici et sur les nœuds qui le gardaient : restent ci-dessous l’empreinte et la signature de chaque version.
withdrawn-history = Rien n’est supprimé du registre : les versions précédentes restent consultables ci-dessous.
withdrawn-last-words = Lire le texte tel qu’il était avant son retrait
thread-title = Dans le même fil

# Reçus

received-title = Reçus d’autres territoires
received-lead = Les textes publiés par les conseils et collectivités que ce nœud suit, tels qu’ils les ont signés.
received-none = Rien n’a encore été reçu. Les textes apparaîtront ici dès que ce nœud suivra d’autres villes.
received-from = Ce texte vient de { $host }. Il est montré ici tel qu’il a été reçu.
mirror = Miroir
mirror-silent = l’origine, { $host }, ne répond plus.
mirror-silent-since = l’origine, { $host }, ne répond plus depuis le
mirror-explained = Le texte et sa preuve sont ceux que ce nœud avait reçus ; ce n’est pas une publication de ce nœud.
moved-to = L’auteur de ce texte parle maintenant sous une autre adresse :
moved-actor = Parle maintenant sous une autre adresse :
date-at = à
last-seen-on = vu pour la dernière fois le
last-seen-never = jamais joint
received-read-there = Le lire à son origine

# Recherche

search-title = Recherche
search-lead = Cherchez dans tout le registre : textes publiés ici et reçus d’autres territoires.
search-label = Mots cherchés (200 caractères au plus)
search-button = Chercher
search-count = { $n ->
    [0] Aucun résultat
    [one] Un résultat
   *[other] { $n } résultats
}
search-nothing = Essayez un mot plus court ou plus général, ou parcourez la liste des avis.

# Réseau

network-title = Réseau
network-lead = Les serveurs avec lesquels ce nœud échange : ceux que nous suivons et ceux qui nous suivent.
network-none = Ce nœud n’échange encore avec aucun autre.
network-caption = { $n ->
    [one] Un serveur
   *[other] { $n } serveurs
}
network-host = Serveur
network-we-follow = Nous le suivons
network-follows-us = Nous suit
network-software = Logiciel
network-seen = Vu pour la dernière fois
network-never = jamais
network-state = État
network-yes = oui
network-no = non
network-pending = demande en attente
network-rejected = refusé
network-state-well = joignable
network-state-retrying = injoignable, nouveaux essais en cours
network-state-suspended = injoignable depuis longtemps
network-state-limited = limité
network-state-blocked = bloqué
network-unknown = inconnu

# Flux

feed-title = { $council } – avis, réponses et suivis
feed-convention = { $name } – membres, contributions, synthèses et suites
feed-subtitle = Publié par { $city }

# Thème

theme-lead = Les textes publiés sur ce thème, ici et dans les territoires que ce nœud suit.
theme-none = Aucun texte n’est publié sur ce thème.
voices-title = Regards croisés
voices-lead = Chacun signe sa propre évaluation, à sa date. Rien n’est fondu en un seul chiffre.
voice-authority = La collectivité
voice-council = Le conseil
voice-guarantor = Le garant
voice-third = Un tiers
assessments-title = Ce que d’autres en disent
finding-of = { $what } : { $value }
strategies-title = Stratégies
strategies-lead = Les stratégies de la collectivité, et les recommandations qui servent chacun de leurs axes.
strategies-none = Aucune stratégie n’est publiée.
strategy-coverage = Recommandations par axe
strategy-coverage-lead = Chaque case compte les recommandations d’un avis qui servent l’axe, et entre parenthèses celles qui sont réalisées.
strategy-axis = Axe
strategy-total = Ensemble
strategy-none = Aucune recommandation
