# Conventions de plusieurs villes.

standing-member = membre
standing-asked = a demandé à en être
standing-declined = demande déclinée
standing-left = a quitté la convention
standing-excluded = exclu
cli-convention-said = ✓ C’est publié : { $id }
cli-convention-none = Aucune convention n’est connue ici. Suivez le nœud qui en héberge une (parvis follow), ou décrivez la vôtre dans un dossier ([[conventions]]).
cli-convention-empty = Personne n’a encore demandé à en être.
cli-convention-members = membres : { $total }

conventions-title = Conventions
conventions-lead = Les conventions de plusieurs villes : chacune mène sa démarche, les résultats se lisent côte à côte.
conventions-none = Aucune convention n’est connue ici pour l’instant.
convention-members = Membres et charte tenue
convention-charter = Charte
convention-host = Hôte
convention-contact = Contact
convention-side = Côte à côte
convention-question = Question
convention-others = Hors des questions posées
convention-filter-question = Question
convention-filter-theme = Thème
convention-filter-status = État
convention-filter-tier = Échelon
convention-filter-city = Conseil
convention-filter-on = Au jour
convention-filter-all = Tout
convention-filter-do = Filtrer
convention-count = { $n ->
    [0] Aucune recommandation
    [one] Une recommandation
   *[other] { $n } recommandations
}
convention-all = Voir les { $n }
convention-day = Calculé au
convention-nobody = Aucun conseil n’est encore membre.
convention-nothing = Aucune recommandation ne correspond. Retirez un filtre, ou revenez quand les conseils auront contribué.
convention-empty-cell = Rien de versé.
convention-overdue = réponse en retard
convention-read-answer = Lire
convention-promised = promis pour le
convention-changed = modifié depuis son versement
convention-computed = Ce tableau est calculé ici, à partir des documents signés que ce nœud a reçus et vérifiés.
convention-alike = Chaque nœud de la convention calcule le même.
convention-not-whole = Il n’est pas entier : voir plus haut ce qui manque.
convention-missing = { $n ->
    [one] Un document versé n’est pas encore reçu ici :
   *[other] { $n } documents versés ne sont pas encore reçus ici :
}
convention-unheard = Ce nœud ne suit pas les serveurs de ces conseils ; ce qu’ils versent peut manquer ici :
convention-unheard-more = { $n ->
    [one] et un autre
   *[other] et { $n } autres
}
convention-at-host = Lire la convention chez son hôte
convention-taken-up = { $n ->
    [one] reprise une fois
   *[other] reprise { $n } fois
}
convention-grade = note majoritaire : { $n } sur 5
convention-remits = Qui est compétent
convention-syntheses = Synthèses
convention-progress = Où en est chaque conseil
convention-coverage = Ce que chaque question a reçu
convention-timeline = Quand
convention-large = Il y a trop de recommandations pour une page. Chaque nombre mène à celles qu’il compte.
convention-listed = Les lire toutes, l’une après l’autre
convention-next = Suite
convention-namesakes = Une convention qui porte le même nom a été publiée ailleurs :
members-title = Membres : { $name }
members-back = Côte à côte
members-lead = Être membre, c’est tenir une charte que chacun peut vérifier. Ce qui manque est dit, avec la règle et la date.
members-no-duty = Cette charte ne demande rien qui se vérifie par le calcul.
members-since = Membre depuis le
members-older-charter = a souscrit à une charte plus ancienne
members-due = à tenir avant le
members-records = Documents :
members-said = le texte signé
convention-taken-back = Versé, puis repris
convention-over = Son hôte a retiré cette convention. Ce qui y a été versé reste côte à côte.
members-others = Ne sont pas membres
members-computed = Calculé à partir des documents publics.
kept-kept = tenu
kept-pending = délai en cours
kept-shortfall = manque
kept-not-received = pas reçu ici
members-not-received = Ce nœud ne suit pas le serveur de ce conseil : ses documents ne sont pas tous reçus ici.
