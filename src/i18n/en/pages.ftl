# Common marks.

mark-synthetic = synthetic text
mark-sample = sample account
mark-withdrawn = withdrawn
mark-official = official account
machine-translation = Machine translation provided by the author. Only the original text is authoritative.
original-text = Read the original text
published-on = published on
updated-on = changed on
reference = Reference
licence = Licence
themes = Themes
addressed-to = Addressed to
reason = Reason
reason-is = (reason: { $label })
decision-is = Decision: { $label }.
dated = dated
promised-by = Announced for:
evidence = See the evidence
sources = Sources and documents
atom-feed = Atom feed

# Home

home-title = What the citizen councils { $ofCity } say
home-lead = Residents meeting in councils study questions and give their avis (formal opinions). Read here what they recommend, what the authority answered to each recommendation, and what it did about it.
home-standing = Where do things stand?
home-standing-count = { $n ->
    [one] One recommendation published:
   *[other] { $n } recommendations published:
}
home-nothing-yet = No recommendation has been published yet.
home-councils = The councils
home-latest-avis = Latest avis
home-latest-questions = Latest questions
all-avis = All avis
all-questions = All questions
tally-label = Recommendations by status
tally-computed = These numbers are computed anew each time, from the latest answer or follow-up signed by the authority that was asked.

# Follow

follow-title = Follow from Mastodon or another fediverse application
follow-council-title = Follow this council
follow-intro = With an account on Mastodon, PeerTube, Lemmy, Mobilizon or another fediverse service:
follow-copy = copy this address:
follow-paste = paste it into the search field of your application;
follow-press = choose “Follow”. Avis, answers and follow-ups will reach your timeline.
follow-no-account = Without an account, the Atom feed and these pages say the same.

# Councils

councils-title = Councils
councils-lead = The citizen councils that publish here, and what they have produced.
councils-none = No council publishes here yet.
count-avis = { $n ->
    [0] no avis
    [one] one avis
   *[other] { $n } avis
}
count-questions = { $n ->
    [0] no question
    [one] one question
   *[other] { $n } questions
}
council-standing = What became of its recommendations?
council-no-avis = This council has not published an avis yet.
council-no-question = No question is published for this council.
council-born-of = This council was born of a recommendation:
claims-title = What the sources say
claims-disputed = The sources contradict each other. Nothing is decided here: each value is given with its source.
claims-caption = Facts and sources
claims-about = Fact
claims-value = Value
claims-source = Source

# Profile of an account

profile-council = Page of the council: mandate, questions and avis
profile-latest = Latest publications
followers-count = { $n ->
    [0] Nobody follows this account yet.
    [one] One account follows it.
   *[other] { $n } accounts follow it.
}
role-council = Citizen council
role-guarantor = Guarantor
role-mairie = Authority
role-feed = Feed of all councils
role-relay = Server

# Questions

questions-title = Questions
questions-lead = The questions put to the councils, or chosen by them, including those they declined.
questions-none = No question has been published.
asked-by = Asked by
asked-to = Addressed to
asked-on = Asked
expected-by = Avis expected by
question-outcome = What the council did with it
question-no-outcome = The council has not responded to this question yet.
question-avis = Avis given on this question

# Avis

avis-title = Avis
avis-lead = The avis given by the citizen councils, the latest first.
avis-none = No avis has been published.
avis-question = Question
avis-what-became = What became of this avis?
avis-recommendations = Recommendations
avis-recommendations-count = { $n ->
    [one] One recommendation:
   *[other] { $n } recommendations:
}
avis-recommendations-listed = (the avis lists { $n }; the others have not arrived here yet)
avis-text = Text
avis-diagnosis = Diagnosis
avis-stakes = Stakes
avis-body = Full text
adopted-on = Adopted
vote = Vote
vote-counts = { $for } for, { $against } against, { $abstain } abstentions
delivered-on = Delivered
delivery-acknowledged = receipt confirmed by
delivery-record = see the delivery
delivery-claimed = according to the council; receipt not confirmed yet
recommendation-number = Link to recommendation { $n }
what-became = What became of it
no-answer-yet = No answer published so far.
counts-now = current status
other-voices = Other positions, without effect on the status
replies-label = Replies from citizens
replies-explained = Written from the fediverse and approved before display. They commit only their authors and are not part of the register.
replies-count = { $n ->
    [one] One reply from a citizen
   *[other] { $n } replies from citizens
}
reply-edited = edited

# Proof and history

proof-title = Authenticity and versions
proof-state = Signature
proof-version = Version
proof-id = Identifier
proof-hash = Hash
history-title = Versions kept
history-count = { $n ->
    [one] One version kept
   *[other] { $n } versions kept
}
history-version = Version
history-received = Recorded on
history-erased = text erased on
withdrawn-title = This text was withdrawn by its author on
withdrawn-erased = Its text was erased, here and on the nodes that kept it: the hash and the signature of each version stay below.
withdrawn-history = Nothing is deleted from the register: earlier versions can still be read below.
withdrawn-last-words = Read the text as it was before it was withdrawn
thread-title = In the same thread

# Received

received-title = Received from other territories
received-lead = Texts published by the councils and authorities this node follows, as they signed them.
received-none = Nothing has been received yet. Texts will appear here once this node follows other cities.
received-from = This text comes from { $host }. It is shown here as it was received.
mirror = Mirror
mirror-silent = the origin, { $host }, does not answer any more.
mirror-silent-since = the origin, { $host }, has not answered since
mirror-explained = The text and its proof are those this node received; it is no publication of this node.
moved-to = The author of this text speaks now under another address:
moved-actor = Speaks now under another address:
date-at = at
last-seen-on = last seen on
last-seen-never = never reached
received-read-there = Read it at its origin

# Search

search-title = Search
search-lead = Search the whole register: texts published here and received from other territories.
search-label = Words to look for (200 characters at most)
search-button = Search
search-count = { $n ->
    [0] No result
    [one] One result
   *[other] { $n } results
}
search-nothing = Try a shorter or more general word, or browse the list of avis.

# Network

network-title = Network
network-lead = The servers this node exchanges with: those we follow and those that follow us.
network-none = This node does not exchange with any other yet.
network-caption = { $n ->
    [one] One server
   *[other] { $n } servers
}
network-host = Server
network-we-follow = We follow it
network-follows-us = Follows us
network-software = Software
network-seen = Last seen
network-never = never
network-state = State
network-yes = yes
network-no = no
network-pending = request pending
network-rejected = rejected
network-state-well = reachable
network-state-retrying = unreachable, trying again
network-state-suspended = unreachable for a long time
network-state-limited = limited
network-state-blocked = blocked
network-unknown = unknown

# Feed

feed-title = { $council } – avis, answers and follow-ups
feed-convention = { $name } – members, contributions, syntheses and what follows
feed-subtitle = Published by { $city }

# Theme

theme-lead = Texts published on this theme, here and in the territories this node follows.
theme-none = No text has been published on this theme.
voices-title = Different views
voices-lead = Each signs its own assessment, at its own date. Nothing is merged into one number.
voice-authority = The authority
voice-council = The council
voice-guarantor = The guarantor
voice-third = A third party
assessments-title = What others make of it
finding-of = { $what }: { $value }
strategies-title = Strategies
strategies-lead = The authority’s strategies, and the recommendations that serve each of their axes.
strategies-none = No strategy is published.
strategy-coverage = Recommendations by axis
strategy-coverage-lead = Each cell counts the recommendations of an avis that serve the axis, and in brackets those that are done.
strategy-axis = Axis
strategy-total = Total
strategy-none = No recommendation
