-- +goose Up
CREATE TABLE source_maps (
    script TEXT PRIMARY KEY,
    told TEXT NOT NULL,
    size BIGINT NOT NULL,
    kept BIGINT NOT NULL,
    at BIGINT NOT NULL,
    packed BYTEA NOT NULL
);
CREATE INDEX source_maps_told ON source_maps (told, at);
