-- The twin of migrations/sqlite/0004_relays.sql.
-- Offers of relays, ours and those made to us, and the links by which a body without a node answers.

CREATE TABLE offers (
    relay        TEXT COLLATE "C" NOT NULL,  -- id of the Relay record
    body         TEXT COLLATE "C" NOT NULL,  -- whom it is offered to
    sender       TEXT COLLATE "C" NOT NULL,  -- who offers
    offer        TEXT COLLATE "C" NOT NULL,  -- id of the Offer
    ours         BOOLEAN NOT NULL,  -- true: we offer; false: it is offered to one of ours
    state        TEXT COLLATE "C" NOT NULL,  -- ours: offered, received, accepted, declined; others': received, accepted, answered, declined
    host         TEXT COLLATE "C" NOT NULL,  -- of the other side
    at           BIGINT NOT NULL,
    changed_at   BIGINT NOT NULL,
    PRIMARY KEY (relay, body)
);
CREATE INDEX offers_by_offer ON offers (offer);
CREATE INDEX offers_by_body ON offers (body, at, relay);

CREATE TABLE invitations (
    digest       TEXT COLLATE "C" PRIMARY KEY,  -- SHA-256 of the secret; the secret itself is kept nowhere
    relay        TEXT COLLATE "C" NOT NULL,
    made_by      TEXT COLLATE "C" NOT NULL,
    made_at      BIGINT NOT NULL,
    ends_at      BIGINT NOT NULL,
    used_at      BIGINT,
    record       TEXT COLLATE "C",  -- what was entered by it
    revoked_at   BIGINT
);
CREATE INDEX invitations_by_relay ON invitations (relay, made_at, digest);
