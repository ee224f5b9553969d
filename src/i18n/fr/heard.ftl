# Ce qu’un conseil entend et ce qu’il en dit : débats, paroles, résumés, recueils.

heard-title = Ce qui a été entendu
series-title = Séries de rencontres
series-lead = Les rencontres qu’un conseil tient de lieu en lieu, et les territoires où rien n’est encore publié.
series-empty = Aucune série de rencontres n’est publiée.
series-coverage = Territoires couverts
series-reached = { $n ->
    [one] Un territoire avec au moins une rencontre publiée,
   *[other] { $n } territoires avec au moins une rencontre publiée,
}
series-planned = { $n ->
    [one] sur un prévu.
   *[other] sur { $n } prévus.
}
series-territory = Territoire
series-meetings = Rencontres
series-none = aucune rencontre publiée
series-elsewhere = Rencontres ailleurs
series-there = { $n ->
    [one] une personne
   *[other] { $n } personnes
}
series-csv = Ce tableau en CSV
meeting-series = Fait partie de
verbatims-title = Paroles recueillies
verbatims-lead = Ce que des personnes ont dit, mot pour mot. Une parole publiée ne se modifie pas : elle peut seulement être occultée, et cela se voit.
verbatims-empty = Aucune parole n’est publiée.
verbatim-about = Dit à propos de
verbatim-used = Résumés qui s’appuient sur cette parole
verbatim-unused = Aucun résumé publié ne s’appuie sur cette parole.
verbatim-absent = (n’est pas publiée ici, ou a été retirée)
summaries-title = Résumés
summaries-lead = Ce que les conseils retiennent de ce qui leur a été dit. Chaque passage renvoie aux paroles sur lesquelles il s’appuie.
summaries-empty = Aucun résumé n’est publié.
summary-rests-on = Paroles citées
summary-share = Part des paroles citées
summary-share-of = { $n ->
    [one] Une parole citée sur { $of } recueillies ({ $percent } %).
   *[other] { $n } paroles citées sur { $of } recueillies ({ $percent } %).
}
summary-unused = Paroles recueillies que ce résumé ne cite pas
summary-of = Ce qu’il résume
publications-title = Publications
publications-lead = Des recueils de résumés et de comptes rendus, à lire en ligne, à imprimer ou à emporter.
publications-empty = Aucune publication n’est parue.
publication-read = Lire et imprimer
publication-epub = Livre numérique (EPUB)
publication-how = Le recueil est composé à la lecture, à partir des textes publiés : une parole occultée l’est aussi ici. L’impression de la page donne un PDF.
publication-contents = Sommaire
publication-missing = Textes qui ne sont pas publiés ici, ou ont été retirés :
book-notes = Paroles citées
book-notes-lead = Chaque numéro renvoie à une parole recueillie, telle que dite.
