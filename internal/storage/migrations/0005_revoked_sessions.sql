-- A session that was revoked stays as a mark until it would have expired: a request
-- that was under way then cannot bring it back.

-- +goose Up
ALTER TABLE sessions ADD COLUMN revoked_at BIGINT NOT NULL DEFAULT 0;
