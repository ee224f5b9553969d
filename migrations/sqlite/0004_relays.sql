-- Offers of relays, ours and those made to us, and the links by which a body without a node answers.

CREATE TABLE offers (
    relay        TEXT NOT NULL,                 -- id of the Relay record
    body         TEXT NOT NULL,                 -- whom it is offered to
    sender       TEXT NOT NULL,                 -- who offers
    offer        TEXT NOT NULL,                 -- id of the Offer
    ours         INTEGER NOT NULL,              -- 1: we offer; 0: it is offered to one of ours
    state        TEXT NOT NULL,                 -- ours: offered, received, accepted, declined; others': received, accepted, answered, declined
    host         TEXT NOT NULL,                 -- of the other side
    at           INTEGER NOT NULL,
    changed_at   INTEGER NOT NULL,
    PRIMARY KEY (relay, body)
) STRICT;
CREATE INDEX offers_by_offer ON offers (offer);
CREATE INDEX offers_by_body ON offers (body, at, relay);

CREATE TABLE invitations (
    digest       TEXT PRIMARY KEY,              -- SHA-256 of the secret; the secret itself is kept nowhere
    relay        TEXT NOT NULL,
    made_by      TEXT NOT NULL,
    made_at      INTEGER NOT NULL,
    ends_at      INTEGER NOT NULL,
    used_at      INTEGER,
    record       TEXT,                          -- what was entered by it
    revoked_at   INTEGER
) STRICT;
CREATE INDEX invitations_by_relay ON invitations (relay, made_at, digest);
