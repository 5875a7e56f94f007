-- +goose Up
CREATE TABLE moments (
    place INTEGER PRIMARY KEY,
    recording TEXT NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
    tab BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    n BIGINT NOT NULL,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    level TEXT NOT NULL,
    method TEXT NOT NULL,
    status BIGINT NOT NULL,
    took BIGINT NOT NULL,
    failed BOOLEAN NOT NULL,
    url TEXT NOT NULL,
    page TEXT NOT NULL,
    title TEXT NOT NULL,
    detail TEXT NOT NULL,
    words TEXT NOT NULL
);
CREATE UNIQUE INDEX moments_entry ON moments (recording, tab, epoch, n);
CREATE TABLE recording_has (
    recording TEXT NOT NULL REFERENCES recordings (id) ON DELETE CASCADE,
    what TEXT NOT NULL,
    PRIMARY KEY (recording, what)
);
CREATE INDEX recording_has_what ON recording_has (what, recording);
CREATE VIRTUAL TABLE moments_words USING fts5 (
    words, content = 'moments', content_rowid = 'place', columnsize = 0, tokenize = 'unicode61 remove_diacritics 2'
);
-- What is deleted does not stay in the index until it happens to be merged.
INSERT INTO moments_words (moments_words, rank) VALUES ('secure-delete', 1);
-- +goose StatementBegin
CREATE TRIGGER moments_come AFTER INSERT ON moments BEGIN
    INSERT INTO moments_words (rowid, words) VALUES (new.place, new.words);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER moments_go AFTER DELETE ON moments BEGIN
    INSERT INTO moments_words (moments_words, rowid, words) VALUES ('delete', old.place, old.words);
END;
-- +goose StatementEnd
