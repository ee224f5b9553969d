# Déclaration d'accessibilité, au format imposé par l'arrêté du 20 septembre 2019.

a11y-title = Déclaration d’accessibilité
a11y-commitment = { $city } s’engage à rendre ses sites internet accessibles, conformément à l’article 47 de la loi n° 2005-102 du 11 février 2005.
a11y-scope = Cette déclaration s’applique à { $host }.
a11y-state-title = État de conformité
a11y-state = Ce site est non conforme au référentiel général d’amélioration de l’accessibilité (RGAA 4.1) : aucun audit n’a encore été enregistré.
a11y-results-title = Résultats des tests
a11y-results = Aucun audit de conformité n’a été réalisé à ce jour. En l’absence d’audit, le site est réputé non conforme.
a11y-content-title = Contenus non accessibles
a11y-nonconformities-title = Non-conformités
a11y-nonconformities = Non évaluées, faute d’audit.
a11y-derogations-title = Dérogations pour charge disproportionnée
a11y-derogations = Aucune dérogation n’est invoquée.
a11y-exempt-title = Contenus non soumis à l’obligation d’accessibilité
a11y-exempt = Les réponses de citoyens écrites depuis d’autres services, et les textes reçus d’autres territoires, sont montrés tels que leurs auteurs les ont écrits.
a11y-made-title = Établissement de cette déclaration
a11y-technologies-title = Technologies utilisées
a11y-technologies = HTML5, CSS, SVG. Aucun script n’est nécessaire ni chargé.
a11y-pages-title = Pages ayant fait l’objet de la vérification
a11y-pages = Aucune, faute d’audit.
a11y-contact-title = Retour d’information et contact
a11y-contact = Si vous ne pouvez pas accéder à un contenu ou à un service, écrivez à { $city } pour être orienté vers une alternative accessible ou obtenir le contenu sous une autre forme.
a11y-remedy-title = Voies de recours
a11y-remedy = Si vous avez signalé un défaut d’accessibilité qui vous empêche d’accéder à un contenu et que vous n’avez pas obtenu de réponse satisfaisante, vous pouvez :
a11y-remedy-form = écrire un message au Défenseur des droits ;
a11y-remedy-delegate = contacter le délégué du Défenseur des droits dans votre région ;
a11y-remedy-post = envoyer un courrier par la poste, gratuit, sans timbre : Défenseur des droits, Libre réponse 71120, 75342 Paris CEDEX 07.

# Données personnelles

privacy-title = Données personnelles
privacy-lead = Lire ce site ne demande ni compte, ni nom, ni consentement : rien n’y suit ses lecteurs.
privacy-reading-title = Quand vous lisez
privacy-reading = Aucun traceur, aucune mesure d’audience nominative, aucune ressource chargée d’un autre site. Un seul témoin (cookie), « langue », garde votre choix de langue si vous en faites un.
privacy-replies-title = Quand vous répondez depuis le fédivers
privacy-replies = Votre réponse publique, le nom et l’adresse de votre compte sont enregistrés ici, puis relus par une personne avant d’être affichés.
privacy-replies-delete = Si vous supprimez votre réponse ou votre compte, leur contenu est effacé ici ; il n’en reste qu’une empreinte qui empêche son retour.
privacy-follow-title = Quand vous suivez un compte
privacy-follow = L’adresse de votre compte est conservée pour vous envoyer les publications. La liste des abonnés n’est jamais publiée : seul leur nombre l’est.
privacy-register-title = Le registre public
privacy-register = Les textes des conseils et des collectivités sont publiés sans limite de durée. Les personnes tirées au sort n’y sont pas nommées.
privacy-rights-title = Vos droits
privacy-rights = Pour accéder à vos données, les rectifier ou les faire effacer, adressez-vous au délégué à la protection des données { $ofCity }. Vous pouvez aussi saisir la CNIL.
