-- Where the secret in a link leads. What lies behind it, who opened it and until when
-- it opens stand sealed in the case.

-- +goose Up
CREATE TABLE shares (
    id         TEXT   NOT NULL PRIMARY KEY,  -- SHA-256 of the secret
    case_id    TEXT   NOT NULL REFERENCES cases (id),
    share      TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX shares_by_case ON shares (case_id);
