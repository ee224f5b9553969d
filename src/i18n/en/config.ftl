# Rules of the configuration: what is wrong, and what to do.

problem-domain = This is not a host name. Write the name alone, in lower case, with its port if it has one: rennes.example or rennes.localhost:8101.
problem-domain-elsewhere = The domain of handles is not that of the public address. Write in domain the host of public_url, or a domain it is below of.
problem-public-url-https = The public address must be https. Plain http is only for a host that lies in federation.allow_networks (demonstration, closed federation).
problem-time-zone = This time zone is not in the IANA database. Write for instance Europe/Paris or Indian/Reunion.
problem-loopback-only = These pages are open to the machine itself only, on another port than listen. Write for instance 127.0.0.1:9100, or remove the key.
problem-network-too-wide = This network is the whole internet. Name exactly the networks you mean, for instance 10.20.0.0/16.
problem-city-name = The name of the city is empty or longer than 100 characters. Write it as people say it: Rennes.
problem-database-url = This is no database we know. Write sqlite:parvis.sqlite or postgres://user@host/name.
problem-certificate = This file holds no PEM certificate. Name the certificate of the authority (-----BEGIN CERTIFICATE-----).
problem-unreadable = This file cannot be read. Check the path (it starts at the folder of the configuration file) and the rights of the user that runs the service.
problem-file-too-open = Everybody can read this secret file. Do: chmod 600 FILE.
problem-sealing-key = This file does not hold a key of 32 bytes (or 64 hex digits). Do: openssl rand -hex 32 > FILE.
problem-resolve-name = This is not a host name alone. Write "angers.test" = "127.0.0.1", without port or path.
problem-timeout-seconds = The limit must lie between 1 and 120 seconds.
problem-parallel-hosts = The number of hosts delivered to at once must lie between 1 and 1024.
problem-config-unreadable = The configuration file cannot be read. Check its path and its rights, or create it with parvis init.
problem-config-syntax = This line is not TOML. Compare with config/example.toml.
problem-config-value = This value does not fit this key. Compare with config/example.toml.
problem-dangerous-switch = This environment variable switches address checks off. Unset it; for a closed federation, name its networks in federation.allow_networks.
problem-unknown-key = There is no such key. Correct or remove it; the keys shown are those known at this place.
problem-missing-key = This key is needed and is not given. Add it to the file or to the environment.
problem-expected-text = A text in double quotes is expected.
problem-expected-url = A whole address is expected, for instance "https://rennes.example".
problem-expected-address = An IP address and a port are expected, for instance "127.0.0.1:8100".
problem-expected-number = A positive whole number without quotes is expected.
problem-expected-flag = Either true or false is expected, without quotes.
problem-expected-networks = A list of networks is expected, for instance ["127.0.0.0/8", "10.20.0.0/16"].
problem-expected-files = A list of files is expected, for instance ["authority.pem"].
problem-expected-operators = Names and an office are expected: clerk, observer, advisor, facilitator:ACCOUNT or guarantor:ACCOUNT.
problem-office-of = This office names the account it is for. Write facilitator:ccnr or guarantor:cndp.
problem-expected-names = Names and their IP addresses are expected, for instance {"{"} "angers.test" = "127.0.0.1" {"}"}.
