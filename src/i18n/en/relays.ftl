# Relays to another authority, positions received, answers through a link.

relays-title = Relays to another authority
relay-way = The way of this relay
relay-ground = legal ground:
relay-supporters = { $n ->
    [one] one supporter
   *[other] { $n } supporters
}
relay-received = acknowledged on
relay-declined = declined on
relay-entered = answered through a link on
relay-waiting = waiting for an acknowledgement
relay-silent = { $n ->
    [one] no acknowledgement for one day
   *[other] no acknowledgement for { $n } days
}
entered-for = entered through a link on behalf of { $body }
entered-by-link = Entered through a link on behalf of

positions-title = Positions received
positions-lead = What other authorities relayed here, and what became of it.
positions-none = Nothing has been relayed here yet.
positions-caption = { $n ->
    [one] One position
   *[other] { $n } positions
}
positions-what = Recommendation or avis
positions-by = Relayed by
positions-on = Received on
positions-ground = Legal ground
positions-alike = Other cities on these themes
positions-state = State
position-received = received, to be looked at
position-accepted = taken in charge
position-answered = answered
position-declined = declined

respond-title = Answer a relay
respond-lead = { $city } relays to you what follows. On this page you can acknowledge it, answer it or decline it, once.
respond-yours = Your answer
respond-what = What would you like to do?
respond-receipt = Acknowledge receipt
respond-answer = Answer
respond-refusal = Decline
respond-decision = Decision (for an answer)
respond-reason = Reason (when you refuse or decline)
respond-text = Your text (needed to answer or to decline)
respond-warning = This text will be public, signed by the server of this page and marked as entered through a link on behalf of your organisation. The link works once.
respond-send = Publish
respond-used = This link has been used: your answer is public, thank you. To add another, ask whoever sent you the link for a new one.
respond-over = This link is no longer valid. Ask { $city } for another one: nothing you had to say is lost.

problem-link-days = A link lasts from 1 to 365 days.
problem-too-long = This text is too long: 20,000 characters at most.

cli-intake-total = Positions received: { $total }
cli-intake-said = ✓ It is public, and whoever relayed it is told: { $id }
cli-intake-by = Relayed by
cli-intake-at = Received on
cli-intake-state = State
cli-intake-ground = Legal ground
cli-relay-link = ✓ This link works once, until { $until }. It is kept nowhere: copy it now.
cli-relay-revoked = ✓ Links taken back: { $total }
cli-relay-links = links: { $links }, still open: { $open }
cli-relay-state-none = not offered (no Parvis node, or not yet)
cli-relay-state-offered = offered
cli-relay-state-received = received, to be looked at
cli-relay-state-accepted = taken in charge
cli-relay-state-declined = declined
