# What authorities owe, and what becomes of each recommendation.

# Obligations

nav-owed = Obligations
owed-title = Obligations
owed-lead = What authorities owe to the councils, and by when: argued answers and public accounts.
owed-computed = Computed each time from signed dates; nobody has to do anything.
owed-every = All obligations
owed-filter = Choose among the obligations
owed-list = Obligations overdue, due, then held
owed-next = Further down the list
owed-none = No obligation.
owed-all = All ({ $n })
owed-state-overdue = overdue
owed-state-due = due
owed-state-held = held
owed-for = for
owed-due-on = Due: { $date }.
owed-owner = Owed by: { $who }.
owed-days-are = { $days }.
owed-line = { $what }, { $state }: { $title }
owed-overdue-days = { $n ->
    [one] one day late
   *[other] { $n } days late
}
owed-due-days = { $n ->
    [0] today
    [one] tomorrow
   *[other] in { $n } days
}
owed-held-days = { $n ->
    [0] in time
    [one] one day late
   *[other] { $n } days late
}
owed-no-day = the day is not known: no deadline is computed
owed-postponed = Postponed from { $from } to { $to }, reason: { $reason }.
owed-held-on = Held: { $date }.
owed-answered = Answers given: { $n } of { $of }.
owed-unheard = { $n ->
    [one] A relay without an acknowledgement
   *[other] { $n } relays without an acknowledgement
}
owed-unheard-more = Only those that have waited longest are shown here.
owed-promised = Promised by the schedule.
owed-usual = The usual rhythm: nothing was promised.
owed-claimed = Counted from the delivery according to the council; the authority has not confirmed it.
owed-calendar = Obligations – { $who }
agenda-of = Calendar – { $who }
calendar = Calendar (.ics)
silence-days = { $n ->
    [0] Delivered today, no answer.
    [one] No answer for one day.
   *[other] No answer for { $n } days.
}
silence-since = No answer since it was delivered ({ $date }, day unknown).
silence-claimed = Delivered according to the council, not confirmed.
steps-are = Instruction: { $steps }.
step-taken = { $step } ({ $date }, { $who })
step-next = ;{" "}
without-evidence = done, no evidence published
without-evidence-count = { $n ->
    [one] One recommendation is said to be done with no evidence published.
   *[other] { $n } recommendations are said to be done with no evidence published.
}
said-at = Words and reasons: see recommendation { $n }
table-csv = Table (.csv)
totals-csv = Totals (.csv)
