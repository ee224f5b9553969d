# Règles de la configuration : ce qui ne va pas, et quoi faire.

problem-domain = Ce n’est pas un nom d’hôte. Écrivez le nom seul, en minuscules, avec le port s’il y en a un : rennes.example ou rennes.localhost:8101.
problem-domain-elsewhere = Le domaine des identifiants n’est pas celui de l’adresse publique. Écrivez dans domain l’hôte de public_url, ou un domaine dont il est un sous-domaine.
problem-public-url-https = L’adresse publique doit être en https. Une adresse en http ne vaut que si son hôte est dans federation.allow_networks (démonstration, fédération fermée).
problem-time-zone = Ce fuseau horaire n’existe pas dans la base IANA. Écrivez par exemple Europe/Paris ou Indian/Reunion.
problem-loopback-only = Ces pages ne s’ouvrent que sur la machine elle-même, à un autre port que listen. Écrivez par exemple 127.0.0.1:9100, ou retirez la clé.
problem-network-too-wide = Ce réseau est l’internet entier. Nommez exactement les réseaux voulus, par exemple 10.20.0.0/16.
problem-city-name = Le nom de la collectivité est vide ou dépasse 100 caractères. Écrivez-le comme on le dit : Rennes.
problem-database-url = Ce n’est pas une base connue. Écrivez sqlite:parvis.sqlite ou postgres://utilisateur@hôte/base.
problem-certificate = Ce fichier ne contient pas de certificat au format PEM. Indiquez le certificat de l’autorité (-----BEGIN CERTIFICATE-----).
problem-unreadable = Ce fichier ne peut pas être lu. Vérifiez le chemin (il part du dossier du fichier de configuration) et les droits de l’utilisateur du service.
problem-file-too-open = Tout le monde peut lire ce fichier secret. Faites : chmod 600 FICHIER.
problem-sealing-key = Ce fichier ne contient pas une clé de 32 octets (ou 64 chiffres hexadécimaux). Faites : openssl rand -hex 32 > FICHIER.
problem-resolve-name = Ce n’est pas un nom d’hôte seul. Écrivez "angers.test" = "127.0.0.1", sans port ni chemin.
problem-timeout-seconds = Le délai doit être compris entre 1 et 120 secondes.
problem-parallel-hosts = Le nombre de serveurs servis à la fois doit être compris entre 1 et 1024.
problem-config-unreadable = Le fichier de configuration ne peut pas être lu. Vérifiez son chemin et ses droits, ou créez-le avec parvis init.
problem-config-syntax = Cette ligne n’est pas du TOML. Comparez avec config/example.toml.
problem-config-value = Cette valeur ne convient pas à cette clé. Comparez avec config/example.toml.
problem-dangerous-switch = Cette variable d’environnement désactive des contrôles d’adresses. Retirez-la ; pour une fédération fermée, nommez ses réseaux dans federation.allow_networks.
problem-unknown-key = Cette clé n’existe pas. Corrigez-la ou retirez-la ; à cet endroit, on peut écrire les clés indiquées.
problem-missing-key = Cette clé est nécessaire et n’est pas donnée. Ajoutez-la au fichier ou à l’environnement.
problem-expected-text = On attend un texte entre guillemets droits.
problem-expected-url = On attend une adresse entière, par exemple "https://rennes.example".
problem-expected-address = On attend une adresse IP et un port, par exemple "127.0.0.1:8100".
problem-expected-number = On attend un nombre entier positif, sans guillemets.
problem-expected-flag = On attend true (oui) ou false (non), sans guillemets.
problem-expected-networks = On attend une liste de réseaux, par exemple ["127.0.0.0/8", "10.20.0.0/16"].
problem-expected-files = On attend une liste de fichiers, par exemple ["autorite.pem"].
problem-expected-operators = On attend des noms et un rôle : clerk, observer, advisor, facilitator:COMPTE ou guarantor:COMPTE.
problem-office-of = Ce rôle nomme le compte pour lequel il vaut. Écrivez facilitator:ccnr ou guarantor:cndp.
problem-expected-names = On attend des noms et leur adresse IP, par exemple {"{"} "angers.test" = "127.0.0.1" {"}"}.
