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
