-- Who speaks under another address now: an actor of ours after a move, or another's, verified at both ends.

CREATE TABLE moves (
    actor        TEXT PRIMARY KEY,              -- id under which it spoke
    target       TEXT NOT NULL,                 -- id under which it speaks
    ours         INTEGER NOT NULL,              -- 1: an actor of this node
    at           INTEGER NOT NULL
) STRICT;
