# Graphiques, et leurs tableaux.

plot-says = { $label } : { $value }
plot-cell = { $row }, { $column } : { $value }
plot-city = Ville
plot-total = Total
plot-theme = Thème ou question
plot-when = Date
plot-kind = Quoi
plot-count = Combien
plot-share = Part
plot-grade-head = Note, de 1 (la plus basse) à 5 (la plus haute)
plot-progress = Avancement par ville
plot-progress-words = Une barre par ville, une part par état de ses recommandations. Le tableau donne les mêmes nombres.
plot-coverage = Recommandations par thème et par ville
plot-coverage-words = Une ligne par thème ou question, une colonne par ville, d’autant plus foncée que les recommandations sont nombreuses. Le tableau donne les mêmes nombres.
plot-timeline = Ce qui s’est passé, ville par ville
plot-timeline-words = Une ligne par ville, du premier au dernier jour, et un signe par sorte d’événement. Le tableau dit la même chose.
plot-grades = Combien ont donné chaque note
plot-grades-words = Une barre par note, de 1 à 5 ; la plus foncée est la note majoritaire. Le tableau donne les mêmes nombres.
percent-whole = { $whole } %
percent-tenths = { $whole },{ $tenths } %
