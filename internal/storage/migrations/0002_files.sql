-- Files that a case holds, and files on their way in. The bytes lie in the vault.

-- +goose Up
CREATE TABLE files (
    case_id  TEXT   NOT NULL REFERENCES cases (id),
    sha256   TEXT   NOT NULL,
    size     BIGINT NOT NULL,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (case_id, sha256)
);

CREATE TABLE file_parts (
    case_id TEXT   NOT NULL,
    sha256  TEXT   NOT NULL,
    n       BIGINT NOT NULL,
    name    TEXT   NOT NULL,
    size    BIGINT NOT NULL,
    PRIMARY KEY (case_id, sha256, n),
    FOREIGN KEY (case_id, sha256) REFERENCES files (case_id, sha256)
);

CREATE TABLE uploads (
    id         TEXT   NOT NULL PRIMARY KEY,
    case_id    TEXT   NOT NULL REFERENCES cases (id),
    person     TEXT   NOT NULL,
    size       BIGINT NOT NULL,             -- announced; -1 when unknown
    received   BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    touched_at BIGINT NOT NULL,
    sealed     BYTEA  NOT NULL              -- name and hash state, with the case's key
);
CREATE INDEX uploads_by_touch ON uploads (touched_at);

CREATE TABLE upload_parts (
    upload_id TEXT   NOT NULL REFERENCES uploads (id),
    n         BIGINT NOT NULL,
    name      TEXT   NOT NULL,
    size      BIGINT NOT NULL,
    PRIMARY KEY (upload_id, n)
);
