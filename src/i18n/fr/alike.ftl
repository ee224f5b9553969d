# Idées proches d’une ville à l’autre ; annuaire.

ideas-title = Idées proches
ideas-confirmed-by = Rapprochement confirmé par
ideas-near = { $n ->
    [one] Une recommandation proche ailleurs
   *[other] { $n } recommandations proches ailleurs
}
ideas-unconfirmed = suggestion automatique, non confirmée

cli-similar-confirmed = Rapprochement publié : { $id }
cli-similar-dismissed = Suggestion écartée, ici seulement.
cli-similar-recalled = La paire peut de nouveau être suggérée.
cli-similar-unchanged = Rien n’a changé.
cli-similar-words-alone = Le service de plongements n’a pas répondu : suggestions par les mots seuls ({ $why })
cli-similar-total = { $total ->
    [0] Aucune suggestion.
    [one] Une suggestion automatique, non confirmée.
   *[other] { $total } suggestions automatiques, non confirmées.
}

problem-two-recommendations = Un rapprochement nomme au moins deux recommandations différentes.
problem-two-authors = Un rapprochement réunit des recommandations d’au moins deux auteurs. Nommez-en une d’un autre conseil.
problem-speaks-not = Ce compte ne parle pas : il diffuse ou fait fonctionner le nœud. Choisissez la ville, un conseil ou un garant.
problem-service-address = Ce n’est pas l’adresse d’un service. Écrivez par exemple http://127.0.0.1:8080/v1/embeddings, sans mot de passe.

directory-title = Annuaire
directory-lead = Les nœuds connus d’ici, les conseils et ce qu’ils ont dit en dernier. Tout vient de ce que chaque nœud dit de lui-même.
directory-alone = Ce nœud n’en connaît encore aucun autre.
directory-nodes = { $n ->
    [one] Un nœud
   *[other] { $n } nœuds
}
directory-councils = { $n ->
    [0] Aucun conseil
    [one] Un conseil
   *[other] { $n } conseils
}
directory-conventions = { $n ->
    [one] Une convention
   *[other] { $n } conventions
}
directory-name = Nom
directory-node = Nœud
directory-last = Dernière publication reçue
directory-feed = Flux
directory-atom = Atom
directory-here = ce nœud
directory-nothing = rien encore
directory-csv = Annuaire (CSV)
directory-opml = Tous les flux (OPML)
directory-feeds-of = Flux des conseils suivis par { $city }
directory-see = Annuaire des nœuds et des conseils
