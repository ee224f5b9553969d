# Labels of the codes written in records.

kind-Saisine = Question put by the authority (saisine)
kind-AutoSaisine = Question chosen by the council itself
kind-Acceptance = Question taken up
kind-Refusal = Question declined
kind-Avis = Avis
kind-Recommendation = Recommendation
kind-Delivery = Delivery of an avis
kind-Answer = Answer
kind-FollowUp = Follow-up
kind-Deliverable = Deliverable
kind-Schedule = Schedule
kind-Postponement = Postponement
kind-Instruction = Step of instruction
kind-Account = Public account
kind-Assessment = Assessment
kind-Indicator = Indicator
kind-Strategy = Strategy
kind-Deliberation = Deliberation
kind-Relay = Relay to another authority
kind-Receipt = Acknowledgement
kind-Support = Support
kind-Composition = Composition of the council
kind-Review = Yearly review
kind-Draw = Draw by lot
kind-Programme = Programme
kind-WorkingGroup = Working group
kind-Meeting = Meeting
kind-other = Other document

status-other = other

proof-valid = Signature verified
proof-absent = Not signed
proof-valid-long = The author signed this text; the signature was verified here with the author's public key.
proof-absent-long = This text is not signed. It was read at its author's server and counts in no status.

claim-seats = Number of members
claim-createdOn = Created
claim-adoptedOn = Adopted
claim-deliveredOn = Delivered
claim-wording = Wording
claim-seatsDrawn = Members drawn by lot
claim-startedOn = Start of the work
claim-drawnOn = Date of the draw
claim-duration = Duration
claim-experts = People heard
claim-lettersSent = Letters sent
claim-licence = Licence
claim-peopleInDifficulty = People in difficulty
claim-membersAre = How members are chosen
claim-spokesperson = Elected member who speaks of it
claim-recommendations = Number of recommendations
