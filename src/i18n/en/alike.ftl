# Close ideas across cities; the directory.

ideas-title = Close ideas
ideas-confirmed-by = Same idea, confirmed by
ideas-near = { $n ->
    [one] One close recommendation elsewhere
   *[other] { $n } close recommendations elsewhere
}
ideas-unconfirmed = automatic suggestion, not confirmed

cli-similar-confirmed = Published: { $id }
cli-similar-dismissed = Suggestion put aside, here only.
cli-similar-recalled = The pair may be suggested again.
cli-similar-unchanged = Nothing changed.
cli-similar-words-alone = The service of embeddings did not answer: suggestions by words alone ({ $why })
cli-similar-total = { $total ->
    [0] No suggestion.
    [one] One automatic suggestion, not confirmed.
   *[other] { $total } automatic suggestions, not confirmed.
}

problem-two-recommendations = This names at least two different recommendations.
problem-two-authors = This brings together recommendations of at least two authors. Name one of another council.
problem-speaks-not = This account does not speak: it distributes, or runs the node. Choose the city, a council or a guarantor.
problem-service-address = This is no address of a service. Write for example http://127.0.0.1:8080/v1/embeddings, without a password.

directory-title = Directory
directory-lead = The nodes known here, the councils, and what they said last. All of it comes from what each node says of itself.
directory-alone = This node knows no other yet.
directory-nodes = { $n ->
    [one] One node
   *[other] { $n } nodes
}
directory-councils = { $n ->
    [0] No council
    [one] One council
   *[other] { $n } councils
}
directory-conventions = { $n ->
    [one] One convention
   *[other] { $n } conventions
}
directory-name = Name
directory-node = Node
directory-last = Last publication received
directory-feed = Feed
directory-atom = Atom
directory-here = this node
directory-nothing = nothing yet
directory-csv = Directory (CSV)
directory-opml = All feeds (OPML)
directory-feeds-of = Feeds of the councils followed by { $city }
directory-see = Directory of nodes and councils
