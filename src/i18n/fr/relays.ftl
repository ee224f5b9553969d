# Relais vers une autre collectivité, positions reçues, réponse par lien.

relays-title = Relais vers une autre collectivité
relay-way = Le chemin de ce relais
relay-ground = fondement :
relay-supporters = { $n ->
    [one] un soutien
   *[other] { $n } soutiens
}
relay-received = accusé de réception le
relay-declined = décliné le
relay-entered = réponse saisie par lien le
relay-waiting = en attente d’un accusé de réception
relay-silent = { $n ->
    [one] sans accusé de réception depuis un jour
   *[other] sans accusé de réception depuis { $n } jours
}
entered-for = saisi par lien au nom de { $body }
entered-by-link = Saisi par lien au nom de

positions-title = Positions reçues
positions-lead = Ce que d’autres collectivités ont relayé ici, et ce qui en est fait.
positions-none = Rien n’a encore été relayé ici.
positions-caption = { $n ->
    [one] Une position
   *[other] { $n } positions
}
positions-what = Recommandation ou avis
positions-by = Relayé par
positions-on = Reçu le
positions-ground = Fondement
positions-alike = Autres villes sur ces thèmes
positions-state = État
position-received = reçue, à examiner
position-accepted = prise en charge
position-answered = répondue
position-declined = déclinée

respond-title = Répondre à un relais
respond-lead = { $city } vous relaie ce qui suit. Vous pouvez en accuser réception, y répondre ou le décliner, une seule fois, par cette page.
respond-yours = Votre réponse
respond-what = Que souhaitez-vous faire ?
respond-receipt = Accuser réception
respond-answer = Répondre
respond-refusal = Décliner
respond-decision = Décision (pour une réponse)
respond-reason = Motif (pour un refus, ou pour décliner)
respond-text = Votre texte (obligatoire pour répondre ou décliner)
respond-warning = Ce texte sera public, signé par le serveur qui héberge cette page et marqué comme saisi par lien au nom de votre organisme. Le lien ne sert qu’une fois.
respond-send = Publier
respond-used = Ce lien a servi : votre réponse est publiée, merci. Pour en ajouter une autre, demandez un nouveau lien à qui vous l’a envoyé.
respond-over = Ce lien n’est plus valable. Demandez-en un autre à { $city } : rien de ce que vous aviez à dire n’est perdu.

problem-link-days = Un lien vaut de 1 à 365 jours.
problem-too-long = Ce texte est trop long : 20 000 caractères au plus.

cli-intake-total = Positions reçues : { $total }
cli-intake-said = ✓ C’est publié, et annoncé à qui a relayé : { $id }
cli-intake-by = Relayé par
cli-intake-at = Reçu le
cli-intake-state = État
cli-intake-ground = Fondement
cli-relay-link = ✓ Ce lien sert une fois, jusqu’au { $until }. Il n’est gardé nulle part : copiez-le maintenant.
cli-relay-revoked = ✓ Liens repris : { $total }
cli-relay-links = liens : { $links }, encore ouverts : { $open }
cli-relay-state-none = non offert (pas de nœud Parvis, ou pas encore)
cli-relay-state-offered = offert
cli-relay-state-received = reçu, à examiner
cli-relay-state-accepted = pris en charge
cli-relay-state-declined = décliné
