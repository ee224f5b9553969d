-- The twin of migrations/sqlite/0006_similar.sql.
-- Close recommendations: pairs that a person put aside, and vectors of a service of embeddings, where one is named.

CREATE TABLE dismissals (
    one          TEXT COLLATE "C" NOT NULL,                 -- ids of two recommendations, the lesser first
    other        TEXT COLLATE "C" NOT NULL,
    reason       TEXT COLLATE "C" NOT NULL,
    operator     TEXT COLLATE "C" NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (one, other)
);
CREATE INDEX dismissals_by_other ON dismissals (other, one);

CREATE TABLE embeddings (
    uri          TEXT COLLATE "C" PRIMARY KEY,              -- of a recommendation
    hash         TEXT COLLATE "C" NOT NULL,                 -- of the version whose words it was made from
    model        TEXT COLLATE "C" NOT NULL,
    vector       BYTEA NOT NULL                 -- 32-bit floats, little end first
);
INSERT INTO counters (name, value) VALUES ('embeddings', 0);
