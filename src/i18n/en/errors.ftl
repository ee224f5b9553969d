# Error pages: what is happening, and how to go on.

error-400-title = Request not understood
error-400-text = The address or the form holds a value that this site cannot read.
error-403-title = Access denied
error-403-text = This content is not open to everybody.
error-404-title = Page not found
error-404-text = Nothing is published at this address. The link may be incomplete, or the text was never published here.
error-405-title = Method not allowed
error-405-text = This address can be read; it receives nothing.
error-409-title = Conflict
error-409-text = The request contradicts what is already recorded. Reload the page before trying again.
error-410-title = Text withdrawn
error-410-text = This text was published, then withdrawn.
error-414-title = Address too long
error-414-text = Shorten the address or the words you search for.
error-422-title = Value refused
error-422-text = The request is readable, but one of its values breaks the rules.
error-500-title = Server error
error-500-text = The fault is ours and has been recorded. Try again in a moment.
error-503-title = Temporarily unavailable
error-503-text = The site is too busy or under maintenance. Try again in { $seconds ->
    [one] one second
   *[other] { $seconds } seconds
}.
error-problems = What to correct
error-back = Back to the home page
error-search = Search the register
error-value = Value read: { $detail }

# Rules: what is wrong, and what to do.
problem-other = The value breaks the rule “{ $rule }”. Correct it and try again.
problem-iri = This is not an absolute http or https address in its usual form. Write it in full, for instance https://rennes.example/avis/1.
problem-instant = The instant is not RFC 3339 in UTC with whole seconds. Write for instance 2026-03-09T08:02:00Z.
problem-civil-date = The date cannot be read. Write a year (2022), a month (2023-01) or a day (2023-01-31).
problem-hash = The hash is not “sha256:” followed by 64 lower-case hex digits. Copy it whole.
problem-public-url = The public address must look like https://city.example, without a path. Correct public_url in the configuration.
problem-search-length = The search is longer than 200 characters. Keep the most useful words.
problem-page = This page number does not exist. Go back to the first page of the list.
problem-language = This language is not offered. Choose French or English.
problem-return-path = The return address must be a path of this site, for instance /avis.

# Simple values.
problem-title = The title must be one line of 1 to 300 characters, with no blank at its ends and nothing invisible. Correct it.
problem-html = The text is empty, longer than 256 KiB or holds a null character. Shorten or clean it.
problem-handle = The handle must be 3 to 30 characters among a-z, 0-9 and _. Choose for instance ccnr.
problem-handle-reserved = This handle is reserved for the server. Choose another.
problem-handle-twice = Two accounts have the same handle. Change one of them.
problem-slug = The name in the address must be 1 to 80 characters among a-z, 0-9 and -. Correct it.
problem-lang = The language must be a BCP 47 tag. Write for instance fr, en, br or fr-CA.
problem-translation-language = A machine-translated language must be one of the languages of the text, other than the original. Correct the list.
problem-theme = The theme must be 2 to 50 characters among a-z and 0-9, words joined by -. Write for instance demarches-en-ligne.
problem-territory = The territory code is unknown. Give a COG code (35238) or a SIREN (243500139).
problem-siren = The SIREN number fails the Luhn check. Check its nine digits.
problem-licence = The licence is not in the list. Choose one of the codes given.
problem-decision = The decision is not in the list. Choose one of the codes given.
problem-follow-up-status = The follow-up status is not in the list. Choose one of the codes given.
problem-status = The status is not in the list. Choose one of the codes given.
problem-reason = The reason is not in the list. Choose one of the codes given.
problem-tier = The tier is not in the list. Choose one of the codes given.
problem-number = The number is taken or out of the sequence 1, 2, 3… Renumber the recommendations.
problem-media-type = The type of the file must look like application/pdf. Correct it.

# Records received or written.
problem-missing-field = A mandatory field is missing. Add it.
problem-unfit-value = The value does not have the expected type or form. Correct it.
problem-kind = The record does not say what it is. Add parvis:kind.
problem-record-type = The type must be Note, Event or Article. Correct it.
problem-activity-type = The type of the activity must be a single word. Correct it.
problem-object = The object of the activity must be an identifier or a document. Correct it.
problem-other-origin = The identifier and the author are on different servers. A text can only speak for its own server.
problem-id-fragment = An identifier names a whole document: it has no fragment (#…). Remove it.
problem-actor-type = This is not the type of an actor. Use Person, Organization, Group, Application or Service.
problem-future = The date is ahead of this node’s clock. Check the time of the server that wrote this text.
problem-key-owner = The key belongs to another account. Correct its owner.
problem-json = The document is not a readable JSON object. Correct its syntax.
problem-proof = The signature does not hold for this document. Ask its author for an intact copy.
problem-multikey = The public key is not an Ed25519 key in Multikey form. Copy it whole.
problem-ed25519-seed = An Ed25519 private key must be 32 bytes. Make a new one.
problem-too-large = The record is larger than 512 KiB. Shorten it or attach a file.
problem-too-many = The list has more than 200 items. Shorten it.
problem-listed-twice = A recommendation stands twice in the list. Remove one of the two.
problem-number-from-one = Numbers start at 1. Renumber the recommendation.
problem-argument-needed = A coded decision also needs a text that argues it. Write it.
problem-reason-needed = A refusal or an abandonment needs a reason. Add it.
problem-assessment-empty = An assessment says a judgement, a mark out of a total, or the value of a criterion. Add one.
problem-obligations = A schedule holds one to sixty obligations. Correct the list.
problem-state = This state does not exist. Choose overdue, due or held.
problem-owed-stays = A published obligation is not taken back: it is postponed, with a reason (section postponements). Keep it as it is.
problem-postponed-earlier = A postponement must lead to a later date. Correct the date.
problem-preset = There is no such rhythm of accounts. Choose from the list.
problem-preset-from = This rhythm is counted from a day, and the delivery of the avis is not known to the day. Write “from” with a whole date.
problem-step = This step is not in the list. Choose one.
problem-obligation = This obligation is not in the list. Choose one.
problem-assessment = This assessment is not in the list. Choose one.
problem-meeting-kind = This kind of meeting is not in the list. Choose one.
problem-seat-origin = This origin of a seat is not in the list. Choose one.
problem-draw-stage = This stage of a draw is not in the list. Choose one.
problem-deliverable = This kind of deliverable is not in the list. Choose one.
problem-quadrant = This quadrant is not in the list. Choose one.
problem-certainty = This degree of certainty is not in the list. Choose one.
problem-sector = This sector is not in the list. Choose one.
problem-axis-unknown = No strategy of the dossier has this axis. Add it to a section “strategies”, or correct the key.
problem-office = This office is not in the list. Choose one of it.
problem-consent = Somebody is named only if they consent (rule “consent”). Add consented = true beside the name, or take the name out.
problem-third-term = This is one term too many (rule “third-term”): two terms at most, unless the council has another rule (terms). Correct it, or write the council’s rule.
problem-term-length = This term is too long (rule “term-length”): two years at most, unless the council has another rule (term_years). Correct the dates, or write the council’s rule.
problem-term-number = Terms are counted from 1. Correct the number.
problem-not-a-guarantor = This account is not a guarantor’s. Describe it in the guarantors section.
problem-programme-plenary = A programme names the plenary meeting that adopted it, and the dossier holds that meeting (rule “programme-plenary”). Add it to meetings, with kind = "plenary".
problem-leads = A working group is led by one or several of its people (rule “leads”). Correct their number.
problem-draw-grows = Each stage of a draw keeps fewer people than the one before. Correct the order or the numbers.
problem-groups-merged = Groups of fewer than five people are merged with their neighbours, or withheld: their numbers are not published.
problem-moment = The moment must give day and hour at the place. Write 2026-06-04T18:30 for instance.
problem-attendance = More people are present and excused than were expected. Correct the numbers.
problem-prioritisation = A choice of priorities says what is chosen, among the candidates, and how. Correct chosen, candidates and method.
problem-method-report-by = A report on the method is written by a guarantor (rule “method-report-by”). Write by with the handle of an account of guarantors.
problem-office-none = This account has no office on this node (rule “office-none”). Add it to the operators section of the configuration.
problem-office-reads = An observer or an advisor reads: they import, publish, withdraw and decide nothing (rule “office-reads”). Ask a clerk of the authority.
problem-office-facilitator = A facilitator imports and publishes the texts of their council, and nothing else (rule “office-facilitator”). Ask a clerk of the authority.
problem-office-guarantor = A guarantor speaks for itself only (rule “office-guarantor”). Ask a clerk of the authority.
problem-office-guarantor-only = What a guarantor says, it alone imports, publishes or withdraws (rule “office-guarantor-only”). Ask it.
problem-version-number = Versions are numbered from 1. Correct the number.
problem-first-version = Version 1 has neither a previous version nor a date of change. Remove them.
problem-later-version = From version 2 on, the hash of the previous version and the date of change are mandatory. Add them.
problem-updated-before-published = The date of change is before publication. Correct it.
problem-chain-identity = This version carries the identity or the place of another record. A version keeps the identifier of the first.
problem-chain-author = This version has another author than the one before. Only the author changes a text.
problem-chain-published = This version changes the date of publication. It never changes.
problem-chain-withdrawn = The record was withdrawn. Nothing can follow it; publish a new one.
problem-chain-broken = This version does not follow the one before. Fetch the missing versions first.
problem-chain-time = This version is not later than the one before. Correct its date of change.

# Dossiers to import.
problem-file = The file cannot be read. Check its path and its permissions.
problem-file-name = The file name must end in .toml, .yaml, .yml or .json. Rename it.
problem-file-size = The file is too large. Cut it into several dossiers.
problem-syntax = The syntax of the file is wrong at the place given. Correct it.
problem-format = The file does not say that it is a dossier of this format. Write the expected first line.
problem-wrong-type = The value is not of the expected type. Correct it.
problem-unknown-field = This field does not exist here. Check its spelling or remove it.
problem-empty = The value is empty. Write it or remove the field.
problem-control-character = The text holds a control character. Remove it.
problem-ref = The reference must be made of words in a-z and 0-9, joined by - and separated by /. Correct it.
problem-reference-twice = Two items have the same reference. Change one of them.
problem-reference-unknown = Nothing in the dossier has this reference. Check it or add the item.
problem-range = The range of references cannot be read. Write for instance ccnr/avis-1/r1..r4.
problem-date-range = The date must be between 1900 and 2199. Correct it.
problem-date-order = This date is before an event it should follow. Check both.
problem-deadline-too-far = The deadline is too far away. Check the year.
problem-original-missing = The text in the original language is missing. Add it.
problem-summary-length = The summary is longer than 100 words. Shorten it.
problem-synthetic-unsaid = This text does not say whether it is authentic or synthetic. Add synthetic or a source.
problem-source-unknown = This source is not described in the dossier. Add it to the sources.
problem-claim-about = The disputed fact must have the name of a term, for instance seats. Correct it.
problem-addressee = The addressee must be an account of the dossier or an address @account@server. Correct it.
problem-actor-unknown = This account does not exist in the dossier. Check its handle.
problem-not-the-addressee = Only the addressee of the recommendation can answer it. Correct the author or the addressee.
problem-question-kind = The question is a saisine or an auto-saisine. Write one of these two words.
problem-question-by = The authority puts a saisine, the council itself an auto-saisine. Correct kind or by.
problem-question-of-other-council = The question was put to another council. Correct the question or the council.
problem-response-decision = The council’s response to a question is accepted or refused. Correct it.
problem-response-to-itself = A council does not respond to its own question. Remove the response.
problem-reason-missing = A refusal or an abandonment needs a reason. Add reason.
problem-vote-empty = The vote counts no voice. Give the votes or remove it.
problem-born-of-cycle = Councils would be born of each other. Correct born_of.
problem-attachment-file = The attached file must be a relative path inside the dossier. Correct it.
problem-attachment-one = The attachment must give either a file or an address. Keep one of the two.

# Configuration.
problem-ca-file = The authority certificate cannot be read. Check the file.

# Register, publication and federation.
problem-addressee-unknown = This node has never seen this account. Follow its server, or check the address.
problem-cursor = The place in the collection cannot be read. Start again from its first page.
problem-export-line = This line of the export cannot be read. Make the export again.
problem-file-path = The path of the attached file leaves the dossier. Put the file beside the dossier.
problem-hash-differs = The hash computed again is not the one recorded: the text was altered. Compare it with a peer’s.
problem-row-differs = The row of the register does not say the same as its document. Run parvis reindex, or restore a backup.
problem-host = The name of the server must be a lower-case host, with its port if it has one. Correct it.
problem-policy = The rule of a server is allowed, limited or blocked. Choose one of these words.
problem-not-a-record = An account is not a record. Give the reference of a question, an avis, an answer or a follow-up.
problem-not-an-actor = This item is not an account. Give the reference of an authority or a council.
problem-not-published = The record it depends on is not published. Publish that one first.
problem-convention-unknown = This convention is not known here. Follow the node that hosts it first (parvis follow), or check its account.
problem-contribution-one = A contribution brings one avis or one recommendation. Make several.
problem-sentence-without-source = A sentence of a synthesis cites at least one record it rests on. Add its source, or take the sentence out.
problem-grades = A majority judgement gives five numbers, one for each grade from 1 to 5, of five people at least; the threshold is between 1 and 5.
problem-charter-hash = The hash is not that of the charter’s text. Publish the convention again.
problem-sub-question-unknown = The convention does not ask this. Choose the key of one of its sub-questions.
problem-charter-duty = This duty is not in the list. Write composition-published, deliverables-published, answers-given or accounts-scheduled.
problem-take-up = This kind of take-up is not in the list. Write as-is, adapted, inspired or contrary.
problem-taken-up-as = This is not in the list. Write recommendation, action, experiment or project.
problem-proof-key = The key that signed is unknown. Fetch the author’s account from its server.
problem-proof-key-revoked = The key was revoked when it signed. Do not trust this text.
problem-webfinger-resource = The resource must be a single address acct:account@server or an address of this site. Correct it.
