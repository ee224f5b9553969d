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
