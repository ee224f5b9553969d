-- The register and everything that is derived from it or stands beside it.
-- Times named *_at are milliseconds since 1970 (UTC), written by the application; dates of records are the text of the document.
-- Documents are TEXT, exactly as written or received: their bytes are hashed and signed (register.md rule 4).

-- ── The register: append-only ────────────────────────────────────────────────
CREATE TABLE versions (
    seq          INTEGER PRIMARY KEY,           -- this node's own numbering, taken from counters ('changes')
    uri          TEXT NOT NULL,
    version      INTEGER NOT NULL,
    hash         TEXT NOT NULL,                 -- sha256:… of the canonical form without proof
    previous     TEXT,                          -- hash of the version before
    kind         TEXT NOT NULL,                 -- Saisine, Avis, Recommendation … or Actor
    author       TEXT NOT NULL,
    origin       TEXT NOT NULL,                 -- authority (host:port) of the author
    ours         INTEGER NOT NULL,
    proof        TEXT NOT NULL,                 -- valid, absent
    document     TEXT,                          -- NULL once erased (hash and proof_json stay)
    proof_json   TEXT,                          -- kept when the text is erased
    received_at  INTEGER NOT NULL,
    erased_at    INTEGER,
    UNIQUE (uri, version)
) STRICT;
CREATE INDEX versions_by_author ON versions (author, uri, version);
CREATE INDEX versions_by_origin ON versions (origin, seq);
CREATE INDEX versions_ours ON versions (seq) WHERE ours;

CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
INSERT INTO counters (name, value) VALUES ('changes', 0), ('activities', 0);

-- ── Derived: `parvis reindex` rebuilds these from `versions` ─────────────────
CREATE TABLE records (
    uri          TEXT PRIMARY KEY,
    kind         TEXT NOT NULL,
    author       TEXT NOT NULL,
    origin       TEXT NOT NULL,
    ours         INTEGER NOT NULL,
    context      TEXT NOT NULL,                 -- thread
    parent       TEXT,                          -- inReplyTo
    question     TEXT,                          -- parvis:saisine
    avis         TEXT,                          -- parvis:avis
    addressee    TEXT,
    audience     TEXT,                          -- the thread's Group
    slug         TEXT NOT NULL,                 -- last segment of the page path
    reference    TEXT,
    title        TEXT NOT NULL,
    lang         TEXT NOT NULL,
    number       INTEGER,
    decision     TEXT,                          -- of an answer
    status       TEXT,                          -- of a follow-up
    synthetic    INTEGER NOT NULL,
    withdrawn    INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    hash         TEXT NOT NULL,
    proof        TEXT NOT NULL,
    published    TEXT NOT NULL,
    updated      TEXT,
    seq          INTEGER NOT NULL,              -- of the current version
    first_seq    INTEGER NOT NULL,              -- of the first version received
    document     TEXT NOT NULL
) STRICT;
CREATE INDEX records_by_kind ON records (kind, published, uri);
CREATE INDEX records_by_author ON records (author, kind, published, uri);
CREATE INDEX records_by_context ON records (context, published, uri);
CREATE INDEX records_by_parent ON records (parent, published, uri);
CREATE INDEX records_by_avis ON records (avis, number, uri);
CREATE INDEX records_by_addressee ON records (addressee, kind, published, uri);
CREATE INDEX records_by_question ON records (question, published, uri);
CREATE UNIQUE INDEX records_by_slug ON records (kind, slug) WHERE ours;
CREATE INDEX records_by_reference ON records (reference, uri) WHERE ours;
CREATE INDEX records_by_key ON records (slug) WHERE NOT ours;
CREATE INDEX records_by_origin ON records (ours, published, uri);

CREATE TABLE links (
    source       TEXT NOT NULL,
    relation     TEXT NOT NULL,                 -- addressee, concerns, recommendation, theme, saisine, avis, born-of …
    target       TEXT NOT NULL,
    position     INTEGER NOT NULL,
    PRIMARY KEY (source, relation, target)
) STRICT, WITHOUT ROWID;
CREATE INDEX links_by_target ON links (target, relation, source);

-- Words already normalised and stemmed; rowid is records.first_seq.
CREATE VIRTUAL TABLE search USING fts5 (uri UNINDEXED, body, tokenize = "unicode61 remove_diacritics 2");

-- ── Actors and keys ──────────────────────────────────────────────────────────
CREATE TABLE actors (
    uri          TEXT PRIMARY KEY,
    handle       TEXT NOT NULL,                 -- preferredUsername
    host         TEXT NOT NULL,                 -- authority of the uri
    kind         TEXT NOT NULL,                 -- Person, Organization, Group, Application, Service
    role         TEXT,                          -- ours: relay, mairie, council, feed
    ours         INTEGER NOT NULL,
    name         TEXT NOT NULL,
    city         TEXT,                          -- parvis:city
    feed         TEXT,                          -- parvis:feed
    inbox        TEXT NOT NULL,
    shared_inbox TEXT,
    outbox       TEXT,
    followers    TEXT,
    url          TEXT,
    parvis       INTEGER NOT NULL DEFAULT 0,    -- implements https://w3id.org/parvis/v1
    document     TEXT NOT NULL,
    fetched_at   INTEGER NOT NULL,
    gone_at      INTEGER
) STRICT;
CREATE UNIQUE INDEX actors_by_handle ON actors (handle) WHERE ours;
CREATE INDEX actors_by_host ON actors (host, uri);

CREATE TABLE keys (
    id           TEXT PRIMARY KEY,              -- {actor}#main-key, {actor}#ed25519-1
    actor        TEXT NOT NULL,
    algorithm    TEXT NOT NULL,                 -- rsa, ed25519
    public       TEXT NOT NULL,                 -- SPKI PEM, or multibase
    secret       TEXT,                          -- ours only: 'plain:…' or 'sealed:…' (encrypted at rest)
    created_at   INTEGER NOT NULL,
    revoked      TEXT,                          -- instant, as in the actor document
    pinned_at    INTEGER                        -- others: when first seen at the author's origin
) STRICT;
CREATE INDEX keys_by_actor ON keys (actor, algorithm, id);

-- ── Federation state ─────────────────────────────────────────────────────────
CREATE TABLE follows (
    follower     TEXT NOT NULL,
    followed     TEXT NOT NULL,
    ours         INTEGER NOT NULL,              -- 1: one of our actors follows; 0: somebody follows one of ours
    state        TEXT NOT NULL,                 -- pending, accepted, rejected
    activity     TEXT NOT NULL,                 -- id of the Follow
    document     TEXT NOT NULL,                 -- the Follow, unchanged: an Accept embeds it
    host         TEXT NOT NULL,                 -- of the other side
    inbox        TEXT NOT NULL,                 -- where the other side is reached (shared inbox if it has one)
    at           INTEGER NOT NULL,
    PRIMARY KEY (follower, followed)
) STRICT;
CREATE INDEX follows_by_followed ON follows (followed, state, follower);
CREATE INDEX follows_by_activity ON follows (activity);
CREATE INDEX follows_by_inbox ON follows (host, inbox, follower);

CREATE TABLE received (
    activity     TEXT NOT NULL,
    actor        TEXT NOT NULL,                 -- an id is only its actor's word
    at           INTEGER NOT NULL,
    PRIMARY KEY (activity, actor)
) STRICT;
CREATE INDEX received_by_time ON received (at);

CREATE TABLE outbox (
    seq          INTEGER PRIMARY KEY,           -- from counters ('activities')
    activity     TEXT NOT NULL UNIQUE,
    actor        TEXT NOT NULL,
    kind         TEXT NOT NULL,                 -- Create, Update, Delete, Announce, Follow, Accept …
    object       TEXT NOT NULL,
    public       INTEGER NOT NULL,              -- shown in the actor's outbox collection
    published    TEXT NOT NULL,
    document     TEXT NOT NULL
) STRICT;
CREATE INDEX outbox_by_actor ON outbox (actor, published, seq) WHERE public;
CREATE INDEX outbox_by_object ON outbox (object, kind);

CREATE TABLE deliveries (
    activity     INTEGER NOT NULL,              -- outbox.seq
    inbox        TEXT NOT NULL,
    host         TEXT NOT NULL,
    state        INTEGER NOT NULL DEFAULT 0,    -- 0 waiting, 1 delivered, 2 refused, 3 given up
    attempts     INTEGER NOT NULL DEFAULT 0,
    refusals     INTEGER NOT NULL DEFAULT 0,  -- tries that the other side refused, or that failed here
    not_before   INTEGER NOT NULL DEFAULT 0,  -- after a refusal: when this row is tried again
    last_status  INTEGER,
    last_error   TEXT,
    created_at   INTEGER NOT NULL,
    done_at      INTEGER,
    PRIMARY KEY (activity, inbox)
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_waiting ON deliveries (host, activity) WHERE state = 0;
CREATE INDEX deliveries_held ON deliveries (host, inbox) WHERE state = 0 AND not_before > 0;
CREATE INDEX deliveries_gone ON deliveries (host, inbox) WHERE last_status = 410;
CREATE INDEX deliveries_done ON deliveries (done_at) WHERE done_at IS NOT NULL;

CREATE TABLE hosts (
    host           TEXT PRIMARY KEY,            -- authority, lower case, with port if not default
    policy         TEXT NOT NULL DEFAULT 'allowed',   -- allowed, limited, blocked
    policy_reason  TEXT,
    state          INTEGER NOT NULL DEFAULT 0,  -- 0 well, 1 backing off, 2 suspended (30 days of silence)
    fails          INTEGER NOT NULL DEFAULT 0,
    next_at        INTEGER NOT NULL DEFAULT 0,
    first_fail_at  INTEGER,
    lease_owner    TEXT,
    lease_until    INTEGER NOT NULL DEFAULT 0,
    software       TEXT,                        -- from NodeInfo
    parvis         INTEGER NOT NULL DEFAULT 0,  -- a Parvis peer
    relay          TEXT,                        -- uri of its node actor
    changes_since  INTEGER NOT NULL DEFAULT 0,  -- resume point of catch-up
    last_seen_at   INTEGER,                     -- last verified message or 2xx
    last_sync_at   INTEGER
) STRICT;

CREATE TABLE reactions (
    actor        TEXT NOT NULL,
    object       TEXT NOT NULL,
    kind         TEXT NOT NULL,                 -- Like, Announce
    activity     TEXT NOT NULL,
    at           INTEGER NOT NULL,
    PRIMARY KEY (actor, object, kind)
) STRICT;
CREATE INDEX reactions_by_object ON reactions (object, kind, actor);
CREATE INDEX reactions_by_activity ON reactions (activity);

-- ── Citizens' replies: beside the register, never in it (rule 14) ─────────────
CREATE TABLE replies (
    uri          TEXT PRIMARY KEY,
    author       TEXT NOT NULL,
    author_name  TEXT NOT NULL,
    author_handle TEXT NOT NULL,                -- user@host
    parent       TEXT NOT NULL,
    content      TEXT NOT NULL,                 -- cleaned for display
    lang         TEXT,
    published    TEXT NOT NULL,
    updated      TEXT,
    received_at  INTEGER NOT NULL,
    state        TEXT NOT NULL,                 -- held, approved, rejected
    decided_by   TEXT,
    decided_at   INTEGER,
    reason       TEXT
) STRICT;
CREATE INDEX replies_by_parent ON replies (parent, state, published, uri);
CREATE INDEX replies_by_state ON replies (state, received_at, uri);
CREATE INDEX replies_by_author ON replies (author, uri);
CREATE TABLE erased_replies (digest TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT;

-- ── Work at hand ─────────────────────────────────────────────────────────────
CREATE TABLE drafts (
    reference    TEXT PRIMARY KEY,              -- stable reference of the dossier, e.g. rennes/ccnr/avis-1
    uri          TEXT NOT NULL,                 -- minted at once, so that drafts can name each other
    kind         TEXT NOT NULL,
    author       TEXT NOT NULL,
    body         TEXT NOT NULL,                 -- JSON of dossier::Item
    publish_at   INTEGER,                       -- scheduled publication
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX drafts_by_time ON drafts (publish_at) WHERE publish_at IS NOT NULL;

CREATE TABLE sources (                           -- what a dossier reference became
    reference    TEXT PRIMARY KEY,
    uri          TEXT NOT NULL UNIQUE,
    kind         TEXT NOT NULL,
    digest       TEXT NOT NULL                  -- of the dossier item as last published
) STRICT;

CREATE TABLE media (
    hash         TEXT PRIMARY KEY,              -- hex SHA-256 of the bytes
    media_type   TEXT NOT NULL,
    length       INTEGER NOT NULL,
    bytes        BLOB NOT NULL,
    created_at   INTEGER NOT NULL
) STRICT;

CREATE TABLE tasks (
    kind         TEXT NOT NULL,                 -- catch-up, probe, publish, purge
    subject      TEXT NOT NULL,
    due_at       INTEGER NOT NULL,
    attempts     INTEGER NOT NULL DEFAULT 0,
    lease_owner  TEXT,
    lease_until  INTEGER NOT NULL DEFAULT 0,
    last_error   TEXT,
    PRIMARY KEY (kind, subject)
) STRICT;
CREATE INDEX tasks_due ON tasks (due_at);

CREATE TABLE audit (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    at           INTEGER NOT NULL,
    operator     TEXT NOT NULL,
    role         TEXT NOT NULL,
    action       TEXT NOT NULL,
    subject      TEXT NOT NULL,
    reason       TEXT
) STRICT;

CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;   -- node facts: salt of erasures, uri of the relay …
