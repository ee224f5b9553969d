# La vie d’un conseil.

life-composition = Composition
life-composition-caption = Sièges pourvus, par origine
life-as-of = Au
life-origin = Origine
life-seats = Sièges
life-term = Mandat
life-since = Depuis
life-until = Jusqu’au
life-total = Total calculé
life-target = Effectif prévu :
life-stated = Selon une source :
life-gap = écart :
life-roles = À côté des membres, sans voix
life-named = Ont accepté d’être nommés :
life-term-ending = { $n ->
    [one] Un mandat s’achève bientôt, le
   *[other] { $n } mandats s’achèvent bientôt, le
}
life-term-ended = { $n ->
    [one] Un mandat est échu depuis le
   *[other] { $n } mandats sont échus depuis le
}
agenda-term-ends = { $n ->
    [one] Un mandat s’achève
   *[other] { $n } mandats s’achèvent
}
life-guarantors = Garants de la méthode
life-guarantors-lead = Ils ne dépendent pas de la collectivité : elle ne peut ni écrire, ni modifier, ni retirer ce qu’ils publient.
life-draw = Tirage au sort
life-replaces = { $n ->
    [one] un siège à remplacer
   *[other] { $n } sièges à remplacer
}
life-funnel-scale = Une barre par étape, de la première à la dernière. Échelle logarithmique : les nombres sont dans le tableau.
life-stages-caption = Étapes du tirage
life-stage = Étape
life-people = Personnes
life-criterion = Critère :
life-group = Groupe
life-wanted = Visé
life-obtained = Obtenu
life-withheld = non communiqué
life-groups = Un groupe de moins de cinq personnes est réuni à ses voisins, ou tu : personne ne doit être reconnu.
life-csv = Ces nombres en CSV
life-meetings = Séances
life-to-come = À venir
life-past = Passées
life-meetings-held = Séances tenues
life-participation = Participation
life-excused = Absences excusées
life-reached = Personnes rencontrées
life-heard = Auditions, par secteur
life-present = présents : { $there }
life-present-of = présents : { $there } sur { $of }
life-plans = Programme, groupes et bilans
life-before = Compositions, tirages, programmes et bilans précédents
life-axes = Axes
life-analysis = Analyse : ce qui est avéré, ce qui est projeté
life-good = Favorable
life-bad = Défavorable
life-choice = Sujets possibles, et choix
life-chosen = choisi
life-method = Méthode :
meeting-when = Quand et où
meeting-minutes = Compte rendu
meetings-title = Séances
meetings-lead = Les séances des conseils : plénières, auditions, rencontres avec le public. Les présences sont des nombres, jamais des noms.
meetings-none = Aucune séance n’est publiée.
meetings-all = Toutes les séances
draws-title = Tirages au sort
draws-lead = Comment les membres des conseils ont été tirés au sort : de combien de personnes à combien, selon quels critères.
draws-none = Aucun tirage n’est publié.
deliverables-title = Livrables
deliverables-lead = Ce que les conseils remettent à côté de leurs avis : rapports d’étonnement, analyses, contributions, priorités, et les rapports de leurs garants. Aucun ne clôt une question.
deliverables-none = Aucun livrable n’est publié.
question-steps = Étapes du travail
question-steps-lead = Ces livrables préparent la réponse ; seul l’avis clôt la question.
