-- Close recommendations: pairs that a person put aside, and vectors of a service of embeddings, where one is named.

CREATE TABLE dismissals (
    one          TEXT NOT NULL,                 -- ids of two recommendations, the lesser first
    other        TEXT NOT NULL,
    reason       TEXT NOT NULL,
    operator     TEXT NOT NULL,
    at           INTEGER NOT NULL,
    PRIMARY KEY (one, other)
) STRICT;
CREATE INDEX dismissals_by_other ON dismissals (other, one);

CREATE TABLE embeddings (
    uri          TEXT PRIMARY KEY,              -- of a recommendation
    hash         TEXT NOT NULL,                 -- of the version whose words it was made from
    model        TEXT NOT NULL,
    vector       BLOB NOT NULL                  -- 32-bit floats, little end first
) STRICT;
INSERT INTO counters (name, value) VALUES ('embeddings', 0);
