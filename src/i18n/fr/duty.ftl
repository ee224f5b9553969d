# Ce que les collectivités doivent, et ce que devient chaque recommandation.

# Échéances

nav-owed = Échéances
owed-title = Échéances
owed-lead = Ce que les collectivités doivent aux conseils, et pour quand : réponses argumentées et points de suivi publics.
owed-computed = Calculé à chaque lecture à partir des dates signées, sans intervention de personne.
owed-every = Toutes les échéances
owed-filter = Choisir parmi les échéances
owed-list = Échéances dépassées, à venir, puis tenues
owed-next = Suite de la liste
owed-none = Aucune échéance.
owed-all = Toutes ({ $n })
owed-state-overdue = dépassée
owed-state-due = à venir
owed-state-held = tenue
owed-for = pour :
owed-due-on = Pour : { $date }.
owed-owner = Due par : { $who }.
owed-days-are = { $days }.
owed-line = { $what }, { $state } : { $title }
owed-overdue-days = { $n ->
    [one] en retard d’un jour
   *[other] en retard de { $n } jours
}
owed-due-days = { $n ->
    [0] aujourd’hui
    [one] demain
   *[other] dans { $n } jours
}
owed-held-days = { $n ->
    [0] à temps
    [one] avec un jour de retard
   *[other] avec { $n } jours de retard
}
owed-no-day = le jour n’est pas connu : aucun délai n’est calculé
owed-postponed = Reportée (d’abord prévue : { $from } ; nouvelle date : { $to } ; motif : { $reason }).
owed-held-on = Tenue : { $date }.
owed-answered = Réponses données : { $n } sur { $of }.
owed-unheard = { $n ->
    [one] Un relais sans accusé de réception
   *[other] { $n } relais sans accusé de réception
}
owed-unheard-more = Seuls les plus anciens sont montrés ici.
owed-promised = Promise par l’échéancier.
owed-usual = Rythme d’usage : rien n’a été promis.
owed-claimed = Comptée depuis la remise selon le conseil ; la collectivité n’en a pas confirmé la réception.
owed-calendar = Échéances – { $who }
agenda-of = Agenda – { $who }
calendar = Agenda (.ics)
silence-days = { $n ->
    [0] Remis aujourd’hui, sans réponse.
    [one] Sans réponse depuis un jour.
   *[other] Sans réponse depuis { $n } jours.
}
silence-since = Sans réponse depuis la remise ({ $date }, jour inconnu).
silence-claimed = Remise selon le conseil, non confirmée.
steps-are = Instruction : { $steps }.
step-taken = { $step } ({ $date }, { $who })
step-next =  ;{" "}
without-evidence = fait, sans preuve publiée
without-evidence-count = { $n ->
    [one] Une recommandation est dite faite sans preuve publiée.
   *[other] { $n } recommandations sont dites faites sans preuve publiée.
}
said-at = Texte et motifs : voir la recommandation { $n }
table-csv = Tableau (.csv)
totals-csv = Totaux (.csv)
