# The life of a council.

life-composition = Composition
life-composition-caption = Seats filled, by origin
life-as-of = As of
life-origin = Origin
life-seats = Seats
life-term = Term
life-since = Since
life-until = Until
life-total = Total, computed
life-target = Planned size:
life-stated = According to a source:
life-gap = gap:
life-roles = Beside the members, without a vote
life-named = Agreed to be named:
life-term-ending = { $n ->
    [one] One term ends soon, on
   *[other] { $n } terms end soon, on
}
life-term-ended = { $n ->
    [one] One term ended on
   *[other] { $n } terms ended on
}
agenda-term-ends = { $n ->
    [one] One term ends
   *[other] { $n } terms end
}
life-guarantors = Guarantors of the method
life-guarantors-lead = They do not depend on the authority: it can neither write, nor edit, nor withdraw what they publish.
life-draw = Draw by lot
life-replaces = { $n ->
    [one] one seat to replace
   *[other] { $n } seats to replace
}
life-funnel-scale = One bar per stage, from the first to the last. Logarithmic scale: the numbers are in the table.
life-stages-caption = Stages of the draw
life-stage = Stage
life-people = People
life-criterion = Criterion:
life-group = Group
life-wanted = Wanted
life-obtained = Obtained
life-withheld = withheld
life-groups = A group of fewer than five people is merged with its neighbours, or withheld: nobody should be recognised.
life-csv = These numbers as CSV
life-meetings = Meetings
life-to-come = To come
life-past = Past
life-meetings-held = Meetings held
life-participation = Attendance
life-excused = Absences explained
life-reached = People met
life-heard = Hearings, by sector
life-present = present: { $there }
life-present-of = present: { $there } of { $of }
life-plans = Programme, groups and reviews
life-before = Earlier compositions, draws, programmes and reviews
life-axes = Lines
life-analysis = Analysis: what is proven, what is projected
life-good = Favourable
life-bad = Unfavourable
life-choice = Candidates, and the choice
life-chosen = chosen
life-method = Method:
meeting-when = When and where
meeting-minutes = Minutes
meetings-title = Meetings
meetings-lead = Meetings of the councils: plenaries, hearings, encounters with the public. Attendance is counted, never named.
meetings-none = No meeting is published.
meetings-all = All meetings
draws-title = Draws by lot
draws-lead = How the members of councils were drawn by lot: from how many people to how many, by which criteria.
draws-none = No draw is published.
deliverables-title = Deliverables
deliverables-lead = What councils hand over beside their avis: first impressions, analyses, contributions, priorities, and the reports of their guarantors. None of them closes a question.
deliverables-none = No deliverable is published.
question-steps = Steps of the work
question-steps-lead = These deliverables prepare the answer; only the avis closes the question.
