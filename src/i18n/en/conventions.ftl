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

conventions-title = Conventions
conventions-lead = Conventions of several cities: each runs its own process, the results stand side by side.
conventions-none = No convention is known here yet.
convention-members = Members and charter kept
convention-charter = Charter
convention-host = Host
convention-contact = Contact
convention-side = Side by side
convention-question = Question
convention-others = Outside the questions asked
convention-filter-question = Question
convention-filter-theme = Theme
convention-filter-status = Status
convention-filter-tier = Tier
convention-filter-city = Council
convention-filter-on = On the day
convention-filter-all = All
convention-filter-do = Filter
convention-count = { $n ->
    [0] No recommendation
    [one] One recommendation
   *[other] { $n } recommendations
}
convention-all = See all { $n }
convention-day = Computed on
convention-nobody = No council is a member yet.
convention-nothing = No recommendation matches. Take a filter off, or come back when councils have contributed.
convention-empty-cell = Nothing contributed.
convention-overdue = answer overdue
convention-read-answer = Read
convention-promised = promised for
convention-changed = changed since it was contributed
convention-computed = This table is computed here, from the signed documents that this node received and verified.
convention-alike = Every node of the convention computes the same.
convention-not-whole = It is not whole: see above what is missing.
convention-missing = { $n ->
    [one] One contributed record is not received here yet:
   *[other] { $n } contributed records are not received here yet:
}
convention-unheard = This node does not follow the servers of these councils; what they contribute may be missing here:
convention-unheard-more = { $n ->
    [one] and one more
   *[other] and { $n } more
}
convention-at-host = Read the convention at its host
convention-taken-up = { $n ->
    [one] taken up once
   *[other] taken up { $n } times
}
convention-grade = majority grade: { $n } out of 5
convention-remits = Who has the power
convention-syntheses = Syntheses
convention-progress = Where each council stands
convention-coverage = What each question received
convention-timeline = When
convention-large = There are too many recommendations for one page. Each number leads to those it counts.
convention-listed = Read all of them, one after the other
convention-next = Next
convention-namesakes = A convention of the same name was published elsewhere:
members-title = Members: { $name }
members-back = Side by side
members-lead = To be a member is to keep a charter that anybody can verify. What is missing is said, with the rule and the date.
members-no-duty = This charter asks for nothing that can be verified by computing.
members-since = Member since
members-older-charter = took on an older charter
members-due = to be kept by
members-records = Documents:
members-said = the signed text
convention-taken-back = Contributed, then taken back
convention-over = Its host withdrew this convention. What was contributed stays side by side.
members-others = Not members
members-computed = Computed from public documents.
kept-kept = kept
kept-pending = time not over
kept-shortfall = missing
kept-not-received = not received here
members-not-received = This node does not follow the server of this council: not all of its records are received here.
