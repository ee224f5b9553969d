-- The twin of migrations/sqlite/0005_moves.sql.
-- Who speaks under another address now: an actor of ours after a move, or another's, verified at both ends.

CREATE TABLE moves (
    actor        TEXT COLLATE "C" PRIMARY KEY,  -- id under which it spoke
    target       TEXT COLLATE "C" NOT NULL,  -- id under which it speaks
    ours         BOOLEAN NOT NULL,  -- true: an actor of this node
    at           BIGINT NOT NULL
);
