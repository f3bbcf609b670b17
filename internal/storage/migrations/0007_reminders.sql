-- Who is reminded by e-mail, and which reminders there have been.

-- +goose Up
CREATE TABLE reminding (
    person       TEXT   NOT NULL PRIMARY KEY REFERENCES people (id),
    sealed       BYTEA  NOT NULL,           -- address, language, days before, secret of the links
    link_id      TEXT   NOT NULL UNIQUE,    -- SHA-256 of that secret
    asked_at     BIGINT NOT NULL,
    confirmed_at BIGINT NOT NULL DEFAULT 0,
    refused_at   BIGINT NOT NULL DEFAULT 0  -- when the mail server refused the address for good
);

-- One row for each message: it is written when the message is planned and says when
-- it was sent, so that no restart and no replica sends it again.
CREATE TABLE reminders (
    person     TEXT   NOT NULL,
    on_date    TEXT   NOT NULL,             -- YYYY-MM-DD
    days       BIGINT NOT NULL,             -- so many days before
    planned_at BIGINT NOT NULL,
    sent_at    BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (person, on_date, days)
);
