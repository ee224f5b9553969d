# Qui reprend l’idée de qui, d’où elle vient, et dans le pouvoir de qui elle est.

taken-up-by = Qui reprend cette idée
taken-up-from = D’où vient cette idée
taken-up-for = pour { $name }
taken-up-as = comme { $what }
taken-up-confirmed = Confirmée par l’origine
taken-up-not-confirmed = Non confirmée par l’origine
taken-up-contested = Contestée par l’origine
taken-up-withdrawn = Reprise retirée le
taken-up-word-confirms = confirmée le
taken-up-word-contests = contestée le
taken-up-changed = modifiée depuis sa confirmation
taken-up-more = { $n ->
    [one] Une autre reprise n’est pas montrée ici.
   *[other] { $n } autres reprises ne sont pas montrées ici.
}

diff-title = Ce qui change dans le texte
diff-gone = [retiré :
diff-new = [ajouté :
diff-end = fin]

genealogy-link = Voir la généalogie de cette idée
genealogy-title = Généalogie de « { $title } »
genealogy-lead = D’où vient cette idée, qui l’a reprise, et ce que l’origine en dit. Calculé d’après les textes signés : chaque serveur qui les a trouve la même chose.
genealogy-none = Personne n’a encore repris cette idée, et elle ne dit pas venir d’une autre.
genealogy-picture = L’arbre
genealogy-described = { $n ->
    [one] Un texte
   *[other] { $n } textes
}, chacun sous celui dont il vient. Un trait continu : la reprise est confirmée. Un trait interrompu : elle ne l’est pas. Le tableau qui suit dit la même chose.
genealogy-table = Les reprises
genealogy-from = Recommandation reprise
genealogy-to = Ce qu’elle est devenue
genealogy-who = Qui reprend
genealogy-how = Comment
genealogy-when = Quand
genealogy-stands = Ce qu’en dit l’origine
tree-confirmed = confirmée
tree-not-confirmed = non confirmée
tree-contested = contestée
tree-withdrawn = retirée
genealogy-cut = Cette généalogie est plus grande : les deux cents textes les plus proches sont montrés.
genealogy-missing = Une recommandation de cette généalogie n’est pas encore reçue ici.

remit-title = Compétences
remit-lead = À quel échelon chaque ville adresse ses recommandations, et ce que son autorité a dit de sa compétence. Deux villes peuvent voir autrement la même idée : les deux textes sont montrés.
remit-none = Aucune recommandation n’est encore connue ici.
remit-disagree = { $n ->
    [0] Aucun désaccord connu
    [one] Un désaccord
   *[other] { $n } désaccords
}
remit-disagree-how = Un désaccord se voit quand une reprise confirmée, ou un rapprochement signé, dit que deux recommandations portent la même idée.
remit-about-remit = Compétence : oui ici, non là.
remit-about-tier = Échelons différents.
remit-same-idea = Même idée d’après
remit-more = Les autres sont dans le tableau à télécharger.
remit-in = l’autorité s’en saisit
remit-out = hors de sa compétence, dit l’autorité
remit-unsaid = compétence pas encore dite
remit-by-tier = Par échelon et par ville
remit-tier = Échelon
remit-city = Ville
remit-count = Recommandations
remit-status = États
remit-tier-none = non précisé
remit-chosen = Recommandations choisies
remit-all = Tout voir
remit-too-many = Les deux cents premières sont montrées ; le tableau à télécharger les a toutes.

problem-take-up-own = Cette recommandation est de vous : on ne reprend pas sa propre idée. Si une association ou un collectif le fait, nommez-le (by_name).
problem-take-up-became = Une reprise ne devient qu’une recommandation de celui qui reprend. Corrigez became, ou enlevez-le.
problem-confirmation-origin = Seul l’auteur de la recommandation confirme qu’elle a été reprise.

cli-take-up-said = ✓ Publié : { $id }
cli-take-up-same = = Rien de nouveau : { $id }
cli-take-up-total = Reprises : { $total }
cli-take-up-of = reprend
cli-take-up-became = devient
