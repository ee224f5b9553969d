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

# Valeurs simples.
problem-title = Le titre doit tenir sur une ligne de 1 à 300 caractères, sans espace au bord ni caractère invisible. Corrigez-le.
problem-html = Le texte est vide, dépasse 256 Kio ou contient un caractère nul. Raccourcissez-le ou nettoyez-le.
problem-handle = L’identifiant doit compter de 3 à 30 caractères parmi a-z, 0-9 et _. Choisissez par exemple ccnr.
problem-handle-reserved = Cet identifiant est réservé au serveur. Choisissez-en un autre.
problem-handle-twice = Deux comptes portent le même identifiant. Changez l’un des deux.
problem-slug = Le nom dans l’adresse doit compter de 1 à 80 caractères parmi a-z, 0-9 et -. Corrigez-le.
problem-lang = La langue doit être une étiquette BCP 47. Écrivez par exemple fr, en, br ou fr-CA.
problem-translation-language = Une langue traduite par une machine doit être l’une des langues du texte, autre que l’originale. Corrigez la liste.
problem-theme = Le thème doit compter de 2 à 50 caractères parmi a-z et 0-9, mots joints par -. Écrivez par exemple demarches-en-ligne.
problem-territory = Le code de territoire est inconnu. Donnez un code COG (35238) ou un SIREN (243500139).
problem-siren = Le numéro SIREN ne passe pas le contrôle de Luhn. Vérifiez ses neuf chiffres.
problem-licence = La licence n’est pas dans la liste. Choisissez l’un des codes donnés.
problem-decision = La décision n’est pas dans la liste. Choisissez l’un des codes donnés.
problem-follow-up-status = L’état d’avancement n’est pas dans la liste. Choisissez l’un des codes donnés.
problem-status = L’état n’est pas dans la liste. Choisissez l’un des codes donnés.
problem-reason = Le motif n’est pas dans la liste. Choisissez l’un des codes donnés.
problem-tier = Le niveau de compétence n’est pas dans la liste. Choisissez l’un des codes donnés.
problem-number = Le numéro est déjà pris ou hors de la suite 1, 2, 3… Renumérotez les recommandations.
problem-media-type = Le type de fichier doit être de la forme application/pdf. Corrigez-le.

# Enregistrements reçus ou écrits.
problem-missing-field = Un champ obligatoire manque. Ajoutez-le.
problem-unfit-value = La valeur n’a pas le type ou la forme attendus. Corrigez-la.
problem-kind = L’enregistrement ne dit pas ce qu’il est. Ajoutez parvis:kind.
problem-record-type = Le type doit être Note, Event ou Article. Corrigez-le.
problem-activity-type = Le type de l’activité doit être un seul mot. Corrigez-le.
problem-object = L’objet de l’activité doit être un identifiant ou un document. Corrigez-le.
problem-other-origin = L’identifiant et l’auteur ne sont pas sur le même serveur. Un texte ne peut parler qu’au nom de son serveur.
problem-id-fragment = Un identifiant désigne un document entier : il n’a pas de fragment (#…). Retirez-le.
problem-actor-type = Ce type n’est pas celui d’un acteur. Les types admis sont Person, Organization, Group, Application et Service.
problem-future = La date est en avance sur l’horloge de ce nœud. Vérifiez l’heure du serveur qui a écrit ce texte.
problem-key-owner = La clé appartient à un autre compte. Corrigez son propriétaire.
problem-json = Le document n’est pas un objet JSON lisible. Corrigez sa syntaxe.
problem-proof = La signature n’est pas valable pour ce document. Demandez-en un exemplaire intact à son auteur.
problem-multikey = La clé publique n’est pas une clé Ed25519 au format Multikey. Recopiez-la en entier.
problem-ed25519-seed = La clé privée Ed25519 doit compter 32 octets. Recréez-la.
problem-too-large = L’enregistrement dépasse 512 Kio. Raccourcissez-le ou joignez un fichier.
problem-too-many = La liste dépasse 200 éléments. Réduisez-la.
problem-listed-twice = Une recommandation figure deux fois dans la liste. Retirez l’une des deux.
problem-number-from-one = La numérotation commence à 1. Renumérotez la recommandation.
problem-argument-needed = Une décision codée demande aussi un texte qui l’argumente. Écrivez-le.
problem-reason-needed = Un refus ou un abandon demande un motif. Ajoutez-le.
problem-assessment-empty = Une évaluation dit un jugement, une note sur un total, ou la valeur d’un critère. Ajoutez-en un.
problem-obligations = Un échéancier porte de une à soixante échéances. Corrigez la liste.
problem-state = Cet état n’existe pas. Choisissez overdue (dépassée), due (à venir) ou held (tenue).
problem-owed-stays = Une échéance publiée ne se retire pas : elle se reporte, avec un motif (section postponements). Gardez-la telle quelle.
problem-postponed-earlier = Le report doit mener à une date plus tardive que l’échéance. Corrigez la date.
problem-preset = Ce rythme de points n’existe pas. Choisissez dans la liste.
problem-preset-from = Ce rythme se compte depuis un jour précis, et la remise de l’avis n’en donne pas. Écrivez « from » avec une date complète.
problem-step = Cette étape n’est pas dans la liste. Choisissez-en une.
problem-obligation = Cette échéance n’est pas dans la liste. Choisissez-en une.
problem-assessment = Cette évaluation n’est pas dans la liste. Choisissez-en une.
problem-meeting-kind = Ce type de séance n’est pas dans la liste. Choisissez-en un.
problem-seat-origin = Cette origine de siège n’est pas dans la liste. Choisissez-en une.
problem-draw-stage = Cette étape de tirage n’est pas dans la liste. Choisissez-en une.
problem-deliverable = Ce type de livrable n’est pas dans la liste. Choisissez-en un.
problem-quadrant = Ce quadrant n’est pas dans la liste. Choisissez-en un.
problem-certainty = Ce degré de preuve n’est pas dans la liste. Choisissez-en un.
problem-sector = Ce secteur n’est pas dans la liste. Choisissez-en un.
problem-axis-unknown = Aucune stratégie du dossier n’a cet axe. Ajoutez-le à une section « strategies », ou corrigez la clé.
problem-office = Ce rôle n’est pas dans la liste. Choisissez-en un.
problem-consent = Une personne n’est nommée que si elle y consent (règle « consent »). Ajoutez consented = true à côté de son nom, ou retirez le nom.
problem-third-term = Ce mandat est un renouvellement de trop (règle « third-term ») : deux mandats au plus, sauf autre règle du conseil (terms). Corrigez-le, ou écrivez la règle du conseil.
problem-term-length = Ce mandat est trop long (règle « term-length ») : deux ans au plus, sauf autre règle du conseil (term_years). Corrigez les dates, ou écrivez la règle du conseil.
problem-term-number = Les mandats se comptent à partir de 1. Corrigez le numéro.
problem-not-a-guarantor = Ce compte n’est pas celui d’un garant. Décrivez-le dans la section guarantors.
problem-programme-plenary = Un programme nomme la séance plénière qui l’a adopté, et elle est dans le dossier (règle « programme-plenary »). Ajoutez-la à meetings, avec kind = "plenary".
problem-leads = Un groupe de travail est piloté par une ou plusieurs de ses personnes (règle « leads »). Corrigez leur nombre.
problem-draw-grows = Chaque étape d’un tirage retient moins de personnes que la précédente. Corrigez l’ordre ou les nombres.
problem-groups-merged = Des groupes de moins de cinq personnes sont réunis à leurs voisins, ou tus : leurs nombres ne sont pas publiés.
problem-moment = Le moment doit donner le jour et l’heure du lieu. Écrivez par exemple 2026-06-04T18:30.
problem-attendance = Les personnes présentes et excusées sont plus nombreuses que celles qui étaient attendues. Corrigez les nombres.
problem-prioritisation = Un choix de priorités dit ce qui est choisi, parmi les sujets possibles, et comment. Corrigez chosen, candidates et method.
problem-method-report-by = Un rapport sur la méthode est écrit par un garant (règle « method-report-by »). Écrivez by avec l’identifiant d’un compte de guarantors.
problem-office-none = Ce compte n’a pas de rôle sur ce nœud (règle « office-none »). Ajoutez-le à la section operators de la configuration.
problem-office-reads = Un observateur ou un conseil lit : il n’importe, ne publie, ne retire ni ne décide rien (règle « office-reads »). Demandez à un agent de la collectivité.
problem-office-facilitator = L’animation importe et publie les textes de son conseil, et rien d’autre (règle « office-facilitator »). Demandez à un agent de la collectivité.
problem-office-guarantor = Un garant ne parle que pour lui-même (règle « office-guarantor »). Demandez à un agent de la collectivité.
problem-office-guarantor-only = Ce que dit un garant, lui seul l’importe, le publie ou le retire (règle « office-guarantor-only »). Demandez-le-lui.
problem-version-number = Les versions se numérotent à partir de 1. Corrigez le numéro.
problem-first-version = La version 1 n’a ni version précédente ni date de modification. Retirez-les.
problem-later-version = À partir de la version 2, l’empreinte de la version précédente et la date de modification sont obligatoires. Ajoutez-les.
problem-updated-before-published = La date de modification précède la publication. Corrigez-la.
problem-chain-identity = Cette version porte l’identité ou la place d’un autre enregistrement. Une version garde l’identifiant de la première.
problem-chain-author = Cette version a un autre auteur que la précédente. Seul l’auteur modifie son texte.
problem-chain-published = Cette version change la date de publication. Elle ne change jamais.
problem-chain-withdrawn = L’enregistrement a été retiré. Plus rien ne peut le suivre ; publiez-en un nouveau.
problem-chain-broken = Cette version ne suit pas la précédente. Récupérez d’abord les versions manquantes.
problem-chain-time = Cette version n’est pas plus récente que la précédente. Corrigez sa date de modification.

# Dossiers à importer.
problem-file = Le fichier ne se lit pas. Vérifiez son chemin et ses droits.
problem-file-name = Le nom du fichier doit finir par .toml, .yaml, .yml ou .json. Renommez-le.
problem-file-size = Le fichier est trop gros. Coupez-le en plusieurs dossiers.
problem-syntax = La syntaxe du fichier est fausse à l’endroit indiqué. Corrigez-la.
problem-format = Le fichier ne dit pas qu’il est un dossier de ce format. Écrivez la première ligne attendue.
problem-wrong-type = La valeur n’est pas du type attendu. Corrigez-la.
problem-unknown-field = Ce champ n’existe pas ici. Vérifiez son orthographe ou retirez-le.
problem-empty = La valeur est vide. Écrivez-la ou retirez le champ.
problem-control-character = Le texte contient un caractère de contrôle. Retirez-le.
problem-ref = La référence doit être faite de mots en a-z et 0-9, joints par - et séparés par /. Corrigez-la.
problem-reference-twice = Deux éléments portent la même référence. Changez l’une des deux.
problem-reference-unknown = Rien ne porte cette référence dans le dossier. Vérifiez-la ou ajoutez l’élément.
problem-range = La suite de références est illisible. Écrivez par exemple ccnr/avis-1/r1..r4.
problem-date-range = La date doit être comprise entre 1900 et 2199. Corrigez-la.
problem-date-order = Cette date précède un événement qu’elle devrait suivre. Vérifiez les deux.
problem-deadline-too-far = L’échéance est trop éloignée. Vérifiez l’année.
problem-original-missing = Il manque le texte dans la langue d’origine. Ajoutez-le.
problem-summary-length = Le résumé dépasse 100 mots. Raccourcissez-le.
problem-synthetic-unsaid = Ce texte ne dit pas s’il est authentique ou synthétique. Ajoutez synthetic ou une source.
problem-source-unknown = Cette source n’est pas décrite dans le dossier. Ajoutez-la aux sources.
problem-claim-about = Le fait contesté doit porter un nom de terme, par exemple seats. Corrigez-le.
problem-addressee = Le destinataire doit être un compte du dossier ou une adresse @compte@serveur. Corrigez-le.
problem-actor-unknown = Ce compte n’existe pas dans le dossier. Vérifiez son identifiant.
problem-not-the-addressee = Seul le destinataire de la recommandation peut y répondre. Corrigez l’auteur ou le destinataire.
problem-question-kind = La question est une saisine ou une auto-saisine. Écrivez l’un de ces deux mots.
problem-question-by = Une saisine est posée par la collectivité, une auto-saisine par le conseil lui-même. Corrigez kind ou by.
problem-question-of-other-council = La question a été posée à un autre conseil. Corrigez la question ou le conseil.
problem-response-decision = La réponse du conseil à une question est accepted ou refused. Corrigez-la.
problem-response-to-itself = Un conseil ne répond pas à sa propre question. Retirez la réponse.
problem-reason-missing = Un refus ou un abandon demande un motif. Ajoutez reason.
problem-vote-empty = Le vote ne compte aucune voix. Donnez les voix ou retirez-le.
problem-born-of-cycle = Des conseils seraient nés l’un de l’autre. Corrigez born_of.
problem-attachment-file = Le fichier joint doit être un chemin relatif à l’intérieur du dossier. Corrigez-le.
problem-attachment-one = La pièce jointe doit donner soit un fichier, soit une adresse. Gardez l’un des deux.

# Configuration.
problem-ca-file = Le certificat d’autorité ne se lit pas. Vérifiez le fichier.

# Registre, publication et fédération.
problem-addressee-unknown = Ce compte n’a jamais été vu par ce nœud. Suivez son serveur, ou vérifiez l’adresse.
problem-cursor = La place dans la collection est illisible. Repartez de sa première page.
problem-export-line = Cette ligne de l’export n’est pas lisible. Refaites l’export.
problem-file-path = Le chemin du fichier joint sort du dossier. Placez le fichier à côté du dossier.
problem-hash-differs = L’empreinte recalculée n’est pas celle qui est inscrite : le texte a été altéré. Comparez-le à celui d’un pair.
problem-row-differs = La ligne du registre ne dit pas la même chose que son document. Lancez parvis reindex, ou restaurez une sauvegarde.
problem-host = Le nom du serveur doit être un hôte en minuscules, avec son port s’il y en a un. Corrigez-le.
problem-policy = La règle d’un serveur est allowed, limited ou blocked. Choisissez l’un de ces mots.
problem-not-a-record = Un compte n’est pas un enregistrement. Donnez la référence d’une question, d’un avis, d’une réponse ou d’un suivi.
problem-not-an-actor = Cet élément n’est pas un compte. Donnez la référence d’une collectivité ou d’un conseil.
problem-not-published = L’enregistrement dont il dépend n’est pas publié. Publiez-le d’abord.
problem-convention-unknown = Cette convention n’est pas connue ici. Suivez d’abord le nœud qui l’héberge (parvis follow), ou vérifiez son compte.
problem-contribution-one = Une contribution apporte un avis ou une recommandation, un seul à la fois. Faites-en plusieurs.
problem-sentence-without-source = Une phrase d’une synthèse cite au moins un enregistrement sur lequel elle repose. Ajoutez sa source, ou retirez la phrase.
problem-grades = Un jugement majoritaire donne cinq nombres, un par mention de 1 à 5, d’au moins cinq personnes en tout ; le seuil est entre 1 et 5.
problem-charter-hash = L’empreinte n’est pas celle du texte de la charte. Publiez de nouveau la convention.
problem-sub-question-unknown = La convention ne pose pas cette question. Choisissez la clé d’une des siennes.
problem-charter-duty = Cet engagement n’est pas dans la liste. Écrivez composition-published, deliverables-published, answers-given ou accounts-scheduled.
problem-take-up = Cette forme de reprise n’est pas dans la liste. Écrivez as-is, adapted, inspired ou contrary.
problem-taken-up-as = Ce devenir n’est pas dans la liste. Écrivez recommendation, action, experiment ou project.
problem-proof-key = La clé qui a signé est inconnue. Récupérez le compte de l’auteur chez lui.
problem-proof-key-revoked = La clé était révoquée quand elle a signé. Ne vous fiez pas à ce texte.
problem-webfinger-resource = La ressource doit être une seule adresse acct:compte@serveur ou une adresse de ce site. Corrigez-la.
