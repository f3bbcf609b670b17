-- Who can sign in, how, and where they are signed in.

-- +goose Up
CREATE TABLE people (
    id           TEXT   NOT NULL PRIMARY KEY,
    handle_token TEXT   NOT NULL UNIQUE,    -- keyed token of the normalised handle
    sealed       BYTEA  NOT NULL,           -- handle, display name, language
    is_owner     BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    disabled_at  BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE credentials (
    id         TEXT   NOT NULL PRIMARY KEY,
    person     TEXT   NOT NULL REFERENCES people (id),
    kind       TEXT   NOT NULL,
    sealed     BYTEA  NOT NULL,             -- label and secret
    created_at BIGINT NOT NULL,
    used_at    BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX credentials_by_person ON credentials (person);

CREATE TABLE sessions (
    id         TEXT   NOT NULL PRIMARY KEY, -- SHA-256 of the cookie's token
    person     TEXT   NOT NULL DEFAULT '',
    sealed     BYTEA,                       -- contents; absent until first saved
    device     BYTEA,                       -- sealed
    created_at BIGINT NOT NULL DEFAULT 0,
    seen_at    BIGINT NOT NULL DEFAULT 0,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_person ON sessions (person);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE links (
    id         TEXT   NOT NULL PRIMARY KEY, -- SHA-256 of the secret
    purpose    TEXT   NOT NULL,
    person     TEXT   NOT NULL,
    case_id    TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE attempts (
    id       TEXT   NOT NULL PRIMARY KEY,
    subject  TEXT   NOT NULL,               -- keyed token of a handle or an address
    tried_at BIGINT NOT NULL
);
CREATE INDEX attempts_by_subject ON attempts (subject, tried_at);
CREATE INDEX attempts_by_time ON attempts (tried_at);
