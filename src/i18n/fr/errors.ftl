# Pages d'erreur : ce qui se passe, et comment continuer.

error-400-title = Demande incomprise
error-400-text = L’adresse ou le formulaire contient une valeur que ce site ne peut pas lire.
error-403-title = Accès refusé
error-403-text = Ce contenu n’est pas ouvert à tous.
error-404-title = Page introuvable
error-404-text = Rien n’est publié à cette adresse. Le lien est peut-être incomplet, ou le texte n’a jamais été publié ici.
error-405-title = Méthode non permise
error-405-text = Cette adresse se lit ; elle ne reçoit rien.
error-409-title = Conflit
error-409-text = La demande contredit ce qui est déjà enregistré. Rechargez la page avant de recommencer.
error-410-title = Texte retiré
error-410-text = Ce texte a été publié, puis retiré.
error-414-title = Adresse trop longue
error-414-text = Raccourcissez l’adresse ou les mots cherchés.
error-422-title = Valeur refusée
error-422-text = La demande est lisible, mais une de ses valeurs n’obéit pas aux règles.
error-500-title = Erreur du serveur
error-500-text = L’erreur est de notre côté ; elle a été enregistrée. Réessayez dans un moment.
error-503-title = Service momentanément indisponible
error-503-text = Le site est trop occupé ou en maintenance. Réessayez dans { $seconds ->
    [one] une seconde
   *[other] { $seconds } secondes
}.
error-problems = Ce qu’il faut corriger
error-back = Revenir à l’accueil
error-search = Chercher dans le registre
error-value = Valeur lue : { $detail }

# Règles : ce qui ne va pas, et quoi faire.
problem-other = La valeur n’obéit pas à la règle « { $rule } ». Corrigez-la puis recommencez.
problem-iri = Ce n’est pas une adresse absolue en http ou https sous sa forme usuelle. Écrivez-la en entier, par exemple https://rennes.example/avis/1.
problem-instant = L’instant n’est pas au format RFC 3339 en UTC et en secondes entières. Écrivez par exemple 2026-03-09T08:02:00Z.
problem-civil-date = La date n’est pas lisible. Écrivez une année (2022), un mois (2023-01) ou un jour (2023-01-31).
problem-hash = L’empreinte n’est pas de la forme « sha256: » suivie de 64 chiffres hexadécimaux minuscules. Recopiez-la en entier.
problem-public-url = L’adresse publique doit être de la forme https://ville.example, sans chemin. Corrigez public_url dans la configuration.
problem-search-length = La recherche dépasse 200 caractères. Gardez les mots les plus utiles.
problem-page = Ce numéro de page n’existe pas. Revenez au début de la liste.
problem-language = Cette langue n’est pas proposée. Choisissez le français ou l’anglais.
problem-return-path = L’adresse de retour doit être un chemin de ce site, par exemple /avis.
