-- The cases, their documents and their log. Times are milliseconds since 1970, UTC.
-- One text for SQLite and PostgreSQL; forward only.

-- +goose Up
CREATE TABLE cases (
    id          TEXT   NOT NULL PRIMARY KEY,
    state       TEXT   NOT NULL,
    wrapped_key BYTEA,                      -- destroyed when the case is erased
    created_at  BIGINT NOT NULL,
    changed_at  BIGINT NOT NULL,
    erased_at   BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE documents (
    case_id      TEXT   NOT NULL REFERENCES cases (id),
    kind         TEXT   NOT NULL,
    name         TEXT   NOT NULL,           -- "", an id of ours or a SHA-256
    version      BIGINT NOT NULL,
    from_version BIGINT NOT NULL,
    saved_at     BIGINT NOT NULL,
    saved_by     TEXT   NOT NULL,
    sealed       BYTEA  NOT NULL,
    PRIMARY KEY (case_id, kind, name, version)
);

CREATE TABLE grants (
    id         TEXT   NOT NULL PRIMARY KEY,
    case_id    TEXT   NOT NULL REFERENCES cases (id),
    person     TEXT   NOT NULL,
    role       TEXT   NOT NULL,
    from_at    BIGINT NOT NULL,
    until_at   BIGINT NOT NULL DEFAULT 0,
    revoked_at BIGINT NOT NULL DEFAULT 0,
    wording    TEXT   NOT NULL
);
CREATE INDEX grants_by_case ON grants (case_id);
CREATE INDEX grants_by_person ON grants (person);

-- One tree for each case, and the installation's own.
CREATE TABLE log_trees (
    tree TEXT   NOT NULL PRIMARY KEY,
    size BIGINT NOT NULL
);

CREATE TABLE log_entries (
    tree       TEXT   NOT NULL REFERENCES log_trees (tree),
    seq        BIGINT NOT NULL,
    entry      BYTEA  NOT NULL,
    checkpoint TEXT   NOT NULL,             -- signed state of the tree that ends with this entry
    PRIMARY KEY (tree, seq)
);

CREATE TABLE log_hashes (
    tree TEXT   NOT NULL REFERENCES log_trees (tree),
    n    BIGINT NOT NULL,
    hash BYTEA  NOT NULL,
    PRIMARY KEY (tree, n)
);

INSERT INTO log_trees (tree, size) VALUES ('installation', 0);
