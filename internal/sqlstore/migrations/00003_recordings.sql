-- +goose Up
CREATE TABLE recordings (
    id TEXT PRIMARY KEY,
    project TEXT NOT NULL,
    reference TEXT NOT NULL,
    owner TEXT NOT NULL,
    owner_name TEXT NOT NULL,
    state TEXT NOT NULL,
    why TEXT NOT NULL,
    started BIGINT NOT NULL,
    duration BIGINT NOT NULL,
    browser TEXT NOT NULL,
    os TEXT NOT NULL,
    title TEXT NOT NULL,
    url TEXT NOT NULL,
    pages BIGINT NOT NULL,
    errors BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    clicks BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    hold BOOLEAN NOT NULL
);
CREATE INDEX recordings_started ON recordings (started);
CREATE INDEX recordings_state ON recordings (state);
CREATE TABLE recording_tags (
    recording TEXT NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
    tag TEXT NOT NULL,
    PRIMARY KEY (recording, tag)
);
CREATE INDEX recording_tags_tag ON recording_tags (tag);
CREATE TABLE recording_documents (
    recording TEXT NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
    tab BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    facts TEXT NOT NULL,
    PRIMARY KEY (recording, tab, epoch)
);
CREATE TABLE recording_chunks (
    recording TEXT NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
    n BIGINT NOT NULL,
    facts TEXT NOT NULL,
    PRIMARY KEY (recording, n)
);
CREATE TABLE recording_notes (
    id TEXT PRIMARY KEY,
    recording TEXT NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    tab BIGINT NOT NULL,
    text TEXT NOT NULL,
    author TEXT NOT NULL,
    created BIGINT NOT NULL
);
CREATE INDEX recording_notes_recording ON recording_notes (recording, at);
