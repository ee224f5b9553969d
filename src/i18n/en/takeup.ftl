# Who takes up whose idea, where it comes from, and in whose power it is.

taken-up-by = Who takes up this idea
taken-up-from = Where this idea comes from
taken-up-for = for { $name }
taken-up-as = as { $what }
taken-up-confirmed = Confirmed by its origin
taken-up-not-confirmed = Not confirmed by its origin
taken-up-contested = Contested by its origin
taken-up-withdrawn = Take-up withdrawn on
taken-up-word-confirms = confirmed on
taken-up-word-contests = contested on
taken-up-changed = changed since it was confirmed
taken-up-more = { $n ->
    [one] One more take-up is not shown here.
   *[other] { $n } more take-ups are not shown here.
}

diff-title = What changes in the text
diff-gone = [removed:
diff-new = [added:
diff-end = end]

genealogy-link = See the genealogy of this idea
genealogy-title = Genealogy of “{ $title }”
genealogy-lead = Where this idea comes from, who took it up, and what its origin says of that. Computed from the signed records: every server that has them finds the same.
genealogy-none = Nobody has taken up this idea yet, and it does not say that it comes from another.
genealogy-picture = The tree
genealogy-described = { $n ->
    [one] One record
   *[other] { $n } records
}, each under the one it comes from. A solid line: the take-up is confirmed. A broken line: it is not. The table below says the same.
genealogy-table = The take-ups
genealogy-from = Recommendation taken up
genealogy-to = What it became
genealogy-who = Who takes it up
genealogy-how = How
genealogy-when = When
genealogy-stands = What its origin says
tree-confirmed = confirmed
tree-not-confirmed = not confirmed
tree-contested = contested
tree-withdrawn = withdrawn
genealogy-cut = This genealogy is larger: the two hundred closest records are shown.
genealogy-missing = A recommendation of this genealogy is not received here yet.

remit-title = Remits
remit-lead = To which tier each city addresses its recommendations, and what its authority said of its remit. Two cities may see the same idea otherwise: both records are shown.
remit-none = No recommendation is known here yet.
remit-disagree = { $n ->
    [0] No known disagreement
    [one] One disagreement
   *[other] { $n } disagreements
}
remit-disagree-how = A disagreement is seen when a confirmed take-up, or a signed record, says that two recommendations carry the same idea.
remit-about-remit = In remit here, out of remit there.
remit-about-tier = Different tiers.
remit-same-idea = The same idea according to
remit-more = The others are in the table to download.
remit-in = the authority deals with it
remit-out = out of remit, says the authority
remit-unsaid = remit not said yet
remit-by-tier = By tier and by city
remit-tier = Tier
remit-city = City
remit-count = Recommendations
remit-status = Statuses
remit-tier-none = not said
remit-chosen = Chosen recommendations
remit-all = See all
remit-too-many = The first two hundred are shown; the table to download has them all.

problem-take-up-own = This recommendation is yours: nobody takes up its own idea. If an association or a group does it, name it (by_name).
problem-take-up-became = A take-up only becomes a recommendation of whoever takes up. Correct became, or leave it out.
problem-confirmation-origin = Only the author of the recommendation confirms that it was taken up.

cli-take-up-said = ✓ Published: { $id }
cli-take-up-same = = Nothing new: { $id }
cli-take-up-total = Take-ups: { $total }
cli-take-up-of = takes up
cli-take-up-became = becomes
