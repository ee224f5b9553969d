# La synthèse d’une convention, et l’accord.

syntheses-title = Synthèses
syntheses-lead = Ce que des conventions disent dans leur ensemble. Chaque phrase cite les textes sur lesquels elle repose.
syntheses-none = Aucune synthèse n’est publiée ici.
synthesis-lead = Chaque phrase cite les textes signés sur lesquels elle repose. Une ville ou un conseil qui juge une phrase infidèle le signe : la mention reste attachée à la phrase, même quand sa rédaction change.
synthesis-sentences = Phrases et sources
synthesis-sources = Sources de la phrase { $n }
synthesis-away = n’est pas conservé ici
synthesis-gone = Contesté, et retiré depuis
synthesis-coverage = Ce qui est cité, ville par ville
synthesis-coverage-lead = Parmi les recommandations que chaque membre a apportées à la convention, celles que cite au moins une phrase. Citer un avis entier ne compte pas. Le pourcentage est arrondi à l’unité inférieure.
synthesis-no-members = Aucun membre de cette convention n’est connu ici.
synthesis-council = Conseil
synthesis-cited = Recommandations citées, sur celles apportées
contest-sentence = contestée par
contest-whole = synthèse contestée par
contest-earlier = à propos d’une rédaction antérieure de la phrase { $n } :
cited-title = Cité par
cited-by = Cité par la synthèse
cited-sentence = phrase { $n }
agreements-title = Jugement majoritaire
agreement-kept = Note majoritaire : { $n } sur 5. Gardé.
agreement-rewritten = Note majoritaire : { $n } sur 5. À réécrire.
agreement-rule = { $n ->
    [one] Une personne
   *[other] { $people } personnes
} ont noté de 1 à 5. La note majoritaire est la médiane ; quand deux notes se partagent le milieu, la plus basse des deux (jugement majoritaire de Balinski et Laraki). Gardé à partir de { $from }, à réécrire au-dessous. Aucun vote n’est attribué à une personne.
agreement-minority = { $n ->
    [one] Opinion minoritaire :
   *[other] Opinions minoritaires :
}
