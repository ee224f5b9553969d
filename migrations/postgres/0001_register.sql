-- The twin of migrations/sqlite/0001_register.sql: same tables, same columns, same order of rows (COLLATE "C").
-- The register and everything that is derived from it or stands beside it.
-- Times named *_at are milliseconds since 1970 (UTC), written by the application; dates of records are the text of the document.
-- Documents are TEXT, exactly as written or received: their bytes are hashed and signed (register.md rule 4).

-- ── The register: append-only ────────────────────────────────────────────────
CREATE TABLE versions (
    seq          BIGINT PRIMARY KEY,  -- this node's own numbering, taken from counters ('changes')
    uri          TEXT COLLATE "C" NOT NULL,
    version      BIGINT NOT NULL,
    hash         TEXT COLLATE "C" NOT NULL,  -- sha256:… of the canonical form without proof
    previous     TEXT COLLATE "C",  -- hash of the version before
    kind         TEXT COLLATE "C" NOT NULL,  -- Saisine, Avis, Recommendation … or Actor
    author       TEXT COLLATE "C" NOT NULL,
    origin       TEXT COLLATE "C" NOT NULL,  -- authority (host:port) of the author
    ours         BOOLEAN NOT NULL,
    proof        TEXT COLLATE "C" NOT NULL,  -- valid, absent
    document     TEXT COLLATE "C",  -- NULL once erased (hash and proof_json stay)
    proof_json   TEXT COLLATE "C",  -- kept when the text is erased
    received_at  BIGINT NOT NULL,
    erased_at    BIGINT,
    UNIQUE (uri, version)
);
CREATE INDEX versions_by_author ON versions (author, uri, version);
CREATE INDEX versions_by_origin ON versions (origin, seq);
CREATE INDEX versions_ours ON versions (seq) WHERE ours;

CREATE TABLE counters (name TEXT COLLATE "C" PRIMARY KEY, value BIGINT NOT NULL);
INSERT INTO counters (name, value) VALUES ('changes', 0), ('activities', 0);

-- ── Derived: `parvis reindex` rebuilds these from `versions` ─────────────────
CREATE TABLE records (
    uri          TEXT COLLATE "C" PRIMARY KEY,
    kind         TEXT COLLATE "C" NOT NULL,
    author       TEXT COLLATE "C" NOT NULL,
    origin       TEXT COLLATE "C" NOT NULL,
    ours         BOOLEAN NOT NULL,
    context      TEXT COLLATE "C" NOT NULL,  -- thread
    parent       TEXT COLLATE "C",  -- inReplyTo
    question     TEXT COLLATE "C",  -- parvis:saisine
    avis         TEXT COLLATE "C",  -- parvis:avis
    addressee    TEXT COLLATE "C",
    audience     TEXT COLLATE "C",  -- the thread's Group
    slug         TEXT COLLATE "C" NOT NULL,  -- last segment of the page path
    reference    TEXT COLLATE "C",
    title        TEXT COLLATE "C" NOT NULL,
    lang         TEXT COLLATE "C" NOT NULL,
    number       BIGINT,
    decision     TEXT COLLATE "C",  -- of an answer
    status       TEXT COLLATE "C",  -- of a follow-up
    synthetic    BOOLEAN NOT NULL,
    withdrawn    BOOLEAN NOT NULL,
    version      BIGINT NOT NULL,
    hash         TEXT COLLATE "C" NOT NULL,
    proof        TEXT COLLATE "C" NOT NULL,
    published    TEXT COLLATE "C" NOT NULL,
    updated      TEXT COLLATE "C",
    seq          BIGINT NOT NULL,  -- of the current version
    first_seq    BIGINT NOT NULL,  -- of the first version received
    document     TEXT COLLATE "C" NOT NULL
);
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
    source       TEXT COLLATE "C" NOT NULL,
    relation     TEXT COLLATE "C" NOT NULL,  -- addressee, concerns, recommendation, theme, saisine, avis, born-of …
    target       TEXT COLLATE "C" NOT NULL,
    position     BIGINT NOT NULL,
    PRIMARY KEY (source, relation, target)
);
CREATE INDEX links_by_target ON links (target, relation, source);

-- Words already normalised and stemmed, one blank between two: no parser of PostgreSQL looks at them.
CREATE TABLE search (
    uri          TEXT COLLATE "C" PRIMARY KEY,
    body         TEXT NOT NULL,
    words        TSVECTOR NOT NULL GENERATED ALWAYS AS (array_to_tsvector(string_to_array(body, ' '))) STORED
);
CREATE INDEX search_by_words ON search USING gin (words);

-- ── Actors and keys ──────────────────────────────────────────────────────────
CREATE TABLE actors (
    uri          TEXT COLLATE "C" PRIMARY KEY,
    handle       TEXT COLLATE "C" NOT NULL,  -- preferredUsername
    host         TEXT COLLATE "C" NOT NULL,  -- authority of the uri
    kind         TEXT COLLATE "C" NOT NULL,  -- Person, Organization, Group, Application, Service
    role         TEXT COLLATE "C",  -- ours: relay, mairie, council, feed
    ours         BOOLEAN NOT NULL,
    name         TEXT COLLATE "C" NOT NULL,
    city         TEXT COLLATE "C",  -- parvis:city
    feed         TEXT COLLATE "C",  -- parvis:feed
    inbox        TEXT COLLATE "C" NOT NULL,
    shared_inbox TEXT COLLATE "C",
    outbox       TEXT COLLATE "C",
    followers    TEXT COLLATE "C",
    url          TEXT COLLATE "C",
    parvis       BOOLEAN NOT NULL DEFAULT FALSE,  -- implements https://w3id.org/parvis/v1
    document     TEXT COLLATE "C" NOT NULL,
    fetched_at   BIGINT NOT NULL,
    gone_at      BIGINT
);
CREATE UNIQUE INDEX actors_by_handle ON actors (handle) WHERE ours;
CREATE INDEX actors_by_host ON actors (host, uri);

CREATE TABLE keys (
    id           TEXT COLLATE "C" PRIMARY KEY,  -- {actor}#main-key, {actor}#ed25519-1
    actor        TEXT COLLATE "C" NOT NULL,
    algorithm    TEXT COLLATE "C" NOT NULL,  -- rsa, ed25519
    public       TEXT COLLATE "C" NOT NULL,  -- SPKI PEM, or multibase
    secret       TEXT COLLATE "C",  -- ours only: 'plain:…' or 'sealed:…' (encrypted at rest)
    created_at   BIGINT NOT NULL,
    revoked      TEXT COLLATE "C",  -- instant, as in the actor document
    pinned_at    BIGINT  -- others: when first seen at the author's origin
);
CREATE INDEX keys_by_actor ON keys (actor, algorithm, id);

-- ── Federation state ─────────────────────────────────────────────────────────
CREATE TABLE follows (
    follower     TEXT COLLATE "C" NOT NULL,
    followed     TEXT COLLATE "C" NOT NULL,
    ours         BOOLEAN NOT NULL,  -- 1: one of our actors follows; 0: somebody follows one of ours
    state        TEXT COLLATE "C" NOT NULL,  -- pending, accepted, rejected
    activity     TEXT COLLATE "C" NOT NULL,  -- id of the Follow
    document     TEXT COLLATE "C" NOT NULL,  -- the Follow, unchanged: an Accept embeds it
    host         TEXT COLLATE "C" NOT NULL,  -- of the other side
    inbox        TEXT COLLATE "C" NOT NULL,  -- where the other side is reached (shared inbox if it has one)
    at           BIGINT NOT NULL,
    PRIMARY KEY (follower, followed)
);
CREATE INDEX follows_by_followed ON follows (followed, state, follower);
CREATE INDEX follows_by_activity ON follows (activity);
CREATE INDEX follows_by_inbox ON follows (host, inbox, follower);

CREATE TABLE received (
    activity     TEXT COLLATE "C" NOT NULL,
    actor        TEXT COLLATE "C" NOT NULL,     -- an id is only its actor's word
    at           BIGINT NOT NULL,
    PRIMARY KEY (activity, actor)
);
CREATE INDEX received_by_time ON received (at);

CREATE TABLE outbox (
    seq          BIGINT PRIMARY KEY,  -- from counters ('activities')
    activity     TEXT COLLATE "C" NOT NULL UNIQUE,
    actor        TEXT COLLATE "C" NOT NULL,
    kind         TEXT COLLATE "C" NOT NULL,  -- Create, Update, Delete, Announce, Follow, Accept …
    object       TEXT COLLATE "C" NOT NULL,
    public       BOOLEAN NOT NULL,  -- shown in the actor's outbox collection
    published    TEXT COLLATE "C" NOT NULL,
    document     TEXT COLLATE "C" NOT NULL
);
CREATE INDEX outbox_by_actor ON outbox (actor, published, seq) WHERE public;
CREATE INDEX outbox_by_object ON outbox (object, kind);

CREATE TABLE deliveries (
    activity     BIGINT NOT NULL,  -- outbox.seq
    inbox        TEXT COLLATE "C" NOT NULL,
    host         TEXT COLLATE "C" NOT NULL,
    state        BIGINT NOT NULL DEFAULT 0,  -- 0 waiting, 1 delivered, 2 refused, 3 given up
    attempts     BIGINT NOT NULL DEFAULT 0,
    refusals     BIGINT NOT NULL DEFAULT 0,  -- tries that the other side refused, or that failed here
    not_before   BIGINT NOT NULL DEFAULT 0,  -- after a refusal: when this row is tried again
    last_status  BIGINT,
    last_error   TEXT COLLATE "C",
    created_at   BIGINT NOT NULL,
    done_at      BIGINT,
    PRIMARY KEY (activity, inbox)
);
CREATE INDEX deliveries_waiting ON deliveries (host, activity) WHERE state = 0;
CREATE INDEX deliveries_held ON deliveries (host, inbox) WHERE state = 0 AND not_before > 0;
CREATE INDEX deliveries_gone ON deliveries (host, inbox) WHERE last_status = 410;
CREATE INDEX deliveries_done ON deliveries (done_at) WHERE done_at IS NOT NULL;

CREATE TABLE hosts (
    host           TEXT COLLATE "C" PRIMARY KEY,  -- authority, lower case, with port if not default
    policy         TEXT COLLATE "C" NOT NULL DEFAULT 'allowed',  -- allowed, limited, blocked
    policy_reason  TEXT COLLATE "C",
    state          BIGINT NOT NULL DEFAULT 0,  -- 0 well, 1 backing off, 2 suspended (30 days of silence)
    fails          BIGINT NOT NULL DEFAULT 0,
    next_at        BIGINT NOT NULL DEFAULT 0,
    first_fail_at  BIGINT,
    lease_owner    TEXT COLLATE "C",
    lease_until    BIGINT NOT NULL DEFAULT 0,
    software       TEXT COLLATE "C",  -- from NodeInfo
    parvis         BOOLEAN NOT NULL DEFAULT FALSE,  -- a Parvis peer
    relay          TEXT COLLATE "C",  -- uri of its node actor
    changes_since  BIGINT NOT NULL DEFAULT 0,  -- resume point of catch-up
    last_seen_at   BIGINT,  -- last verified message or 2xx
    last_sync_at   BIGINT
);

CREATE TABLE reactions (
    actor        TEXT COLLATE "C" NOT NULL,
    object       TEXT COLLATE "C" NOT NULL,
    kind         TEXT COLLATE "C" NOT NULL,  -- Like, Announce
    activity     TEXT COLLATE "C" NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (actor, object, kind)
);
CREATE INDEX reactions_by_object ON reactions (object, kind, actor);
CREATE INDEX reactions_by_activity ON reactions (activity);

-- ── Citizens' replies: beside the register, never in it (rule 14) ─────────────
CREATE TABLE replies (
    uri          TEXT COLLATE "C" PRIMARY KEY,
    author       TEXT COLLATE "C" NOT NULL,
    author_name  TEXT COLLATE "C" NOT NULL,
    author_handle TEXT COLLATE "C" NOT NULL,  -- user@host
    parent       TEXT COLLATE "C" NOT NULL,
    content      TEXT COLLATE "C" NOT NULL,  -- cleaned for display
    lang         TEXT COLLATE "C",
    published    TEXT COLLATE "C" NOT NULL,
    updated      TEXT COLLATE "C",
    received_at  BIGINT NOT NULL,
    state        TEXT COLLATE "C" NOT NULL,  -- held, approved, rejected
    decided_by   TEXT COLLATE "C",
    decided_at   BIGINT,
    reason       TEXT COLLATE "C"
);
CREATE INDEX replies_by_parent ON replies (parent, state, published, uri);
CREATE INDEX replies_by_state ON replies (state, received_at, uri);
CREATE INDEX replies_by_author ON replies (author, uri);
CREATE TABLE erased_replies (digest TEXT COLLATE "C" PRIMARY KEY, at BIGINT NOT NULL);

-- ── Work at hand ─────────────────────────────────────────────────────────────
CREATE TABLE drafts (
    reference    TEXT COLLATE "C" PRIMARY KEY,  -- stable reference of the dossier, e.g. rennes/ccnr/avis-1
    uri          TEXT COLLATE "C" NOT NULL,  -- minted at once, so that drafts can name each other
    kind         TEXT COLLATE "C" NOT NULL,
    author       TEXT COLLATE "C" NOT NULL,
    body         TEXT COLLATE "C" NOT NULL,  -- JSON of dossier::Item
    publish_at   BIGINT,  -- scheduled publication
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL
);
CREATE INDEX drafts_by_time ON drafts (publish_at) WHERE publish_at IS NOT NULL;

CREATE TABLE sources (  -- what a dossier reference became
    reference    TEXT COLLATE "C" PRIMARY KEY,
    uri          TEXT COLLATE "C" NOT NULL UNIQUE,
    kind         TEXT COLLATE "C" NOT NULL,
    digest       TEXT COLLATE "C" NOT NULL  -- of the dossier item as last published
);

CREATE TABLE media (
    hash         TEXT COLLATE "C" PRIMARY KEY,  -- hex SHA-256 of the bytes
    media_type   TEXT COLLATE "C" NOT NULL,
    length       BIGINT NOT NULL,
    bytes        BYTEA NOT NULL,
    created_at   BIGINT NOT NULL
);

CREATE TABLE tasks (
    kind         TEXT COLLATE "C" NOT NULL,  -- catch-up, probe, publish, purge
    subject      TEXT COLLATE "C" NOT NULL,
    due_at       BIGINT NOT NULL,
    attempts     BIGINT NOT NULL DEFAULT 0,
    lease_owner  TEXT COLLATE "C",
    lease_until  BIGINT NOT NULL DEFAULT 0,
    last_error   TEXT COLLATE "C",
    PRIMARY KEY (kind, subject)
);
CREATE INDEX tasks_due ON tasks (due_at);

CREATE TABLE audit (
    seq          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at           BIGINT NOT NULL,
    operator     TEXT COLLATE "C" NOT NULL,
    role         TEXT COLLATE "C" NOT NULL,
    action       TEXT COLLATE "C" NOT NULL,
    subject      TEXT COLLATE "C" NOT NULL,
    reason       TEXT COLLATE "C"
);

CREATE TABLE settings (name TEXT COLLATE "C" PRIMARY KEY, value TEXT COLLATE "C" NOT NULL);  -- node facts: salt of erasures, uri of the relay …
