# Conventions of several cities.

standing-member = member
standing-asked = asked to be in it
standing-declined = declined
standing-left = left
standing-excluded = excluded
cli-convention-said = ✓ It is published: { $id }
cli-convention-none = No convention is known here. Follow the node that hosts one (parvis follow), or describe yours in a dossier ([[conventions]]).
cli-convention-empty = Nobody has asked to be in it yet.
cli-convention-members = members: { $total }
