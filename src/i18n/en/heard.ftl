# What a council hears and what it makes of it: debates, words, summaries, books.

heard-title = What was heard
series-title = Series of meetings
series-lead = Meetings a council holds from place to place, and the territories where nothing is published yet.
series-empty = No series of meetings is published.
series-coverage = Territories covered
series-reached = { $n ->
    [one] One territory with at least one published meeting,
   *[other] { $n } territories with at least one published meeting,
}
series-planned = { $n ->
    [one] of one planned.
   *[other] of { $n } planned.
}
series-territory = Territory
series-meetings = Meetings
series-none = no meeting published
series-elsewhere = Meetings elsewhere
series-there = { $n ->
    [one] one person
   *[other] { $n } people
}
series-csv = This table as CSV
meeting-series = Part of
verbatims-title = What people said
verbatims-lead = What people said, word for word. Published words are never edited: they can only be redacted, and that is seen.
verbatims-empty = Nobody’s words are published.
verbatim-about = Said about
verbatim-used = Summaries that rest on these words
verbatim-unused = No published summary rests on these words.
verbatim-absent = (not published here, or withdrawn)
summaries-title = Summaries
summaries-lead = What councils retain of what they were told. Every passage leads to the words it rests on.
summaries-empty = No summary is published.
summary-rests-on = Words cited
summary-share = Share of the words cited
summary-share-of = { $n ->
    [one] One of { $of } cited ({ $percent }%).
   *[other] { $n } of { $of } cited ({ $percent }%).
}
summary-unused = Words this summary does not cite
summary-of = What it sums up
publications-title = Publications
publications-lead = Books of summaries and minutes, to read online, to print or to take along.
publications-empty = Nothing has been published as a book.
publication-read = Read and print
publication-epub = E-book (EPUB)
publication-how = The book is made when it is read, of the published texts: words that were redacted are so here too. Printing the page gives a PDF.
publication-contents = Contents
publication-missing = Texts that are not published here, or were withdrawn:
book-notes = Words cited
book-notes-lead = Each number leads to what somebody said, as it was said.
