-- What is to be done later, by when, and how a case is found.

-- +goose Up
CREATE TABLE jobs (
    id          TEXT   NOT NULL PRIMARY KEY,
    case_id     TEXT   NOT NULL,
    kind        TEXT   NOT NULL,
    subject     TEXT   NOT NULL,            -- an id or a SHA-256; never health data
    after_at    BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    attempts    BIGINT NOT NULL DEFAULT 0,
    worker      TEXT   NOT NULL DEFAULT '',
    held_until  BIGINT NOT NULL DEFAULT 0,
    dead        BIGINT NOT NULL DEFAULT 0,
    last_fault  TEXT   NOT NULL DEFAULT ''  -- a kind of fault, nothing else
);
CREATE INDEX jobs_due ON jobs (dead, after_at, created_at);

CREATE TABLE due_dates (
    case_id TEXT NOT NULL REFERENCES cases (id),
    key     TEXT NOT NULL,                  -- text key
    on_date TEXT NOT NULL,                  -- YYYY-MM-DD
    PRIMARY KEY (case_id, key, on_date)
);

-- Blind index: keyed tokens of names, birth dates and numbers.
CREATE TABLE tokens (
    label   TEXT NOT NULL,
    token   TEXT NOT NULL,
    case_id TEXT NOT NULL REFERENCES cases (id),
    PRIMARY KEY (label, token, case_id)
);
CREATE INDEX tokens_by_case ON tokens (case_id);
