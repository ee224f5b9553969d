# Ce qui entoure chaque page : en-tête, navigation, pied.

skip-to-content = Aller au contenu
brand-tagline = Conseils citoyens
nav-label = Navigation principale
nav-home = Accueil
nav-councils = Conseils
nav-questions = Questions
nav-avis = Avis
nav-received = Reçus
nav-search = Recherche
nav-network = Réseau
language-label = Langue
page-title = { $title } – { $city }
breadcrumb-label = Fil d’Ariane

footer-label = Informations
footer-accessibility = Accessibilité : non conforme
footer-privacy = Données personnelles
footer-licence = Textes sous Licence Ouverte 2.0, sauf mention contraire
footer-source = Logiciel libre Parvis (AGPL 3.0 ou ultérieure)
footer-address = Suivre depuis le fédivers :

list-label = Liste, du plus récent au plus ancien
pager-label = Pages
pager-next = Plus anciens
pager-first = Retour au début

months-1 = janvier
months-2 = février
months-3 = mars
months-4 = avril
months-5 = mai
months-6 = juin
months-7 = juillet
months-8 = août
months-9 = septembre
months-10 = octobre
months-11 = novembre
months-12 = décembre
