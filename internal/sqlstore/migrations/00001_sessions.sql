-- +goose Up
CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    project TEXT NOT NULL,
    owner TEXT NOT NULL,
    owner_name TEXT NOT NULL,
    state TEXT NOT NULL,
    page TEXT NOT NULL,
    reference TEXT NOT NULL,
    url TEXT NOT NULL,
    title TEXT NOT NULL,
    consent_view BOOLEAN NOT NULL,
    consent_control BOOLEAN NOT NULL,
    consent_record BOOLEAN NOT NULL,
    consent_text TEXT NOT NULL,
    consent_at BIGINT NOT NULL,
    consent_withdrawn_at BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    next_leg BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    end_reason TEXT NOT NULL
);
CREATE INDEX sessions_expiry ON sessions (ended_at, expires_at);
CREATE TABLE links (
    auth TEXT PRIMARY KEY,
    session TEXT NOT NULL REFERENCES sessions (id),
    expires_at BIGINT NOT NULL,
    claimed_by TEXT NOT NULL
);
CREATE INDEX links_session ON links (session);
CREATE TABLE codes (
    code TEXT PRIMARY KEY,
    session TEXT NOT NULL REFERENCES sessions (id),
    expires_at BIGINT NOT NULL
);
CREATE INDEX codes_session ON codes (session);
CREATE INDEX codes_expiry ON codes (expires_at);
CREATE TABLE participants (
    id TEXT PRIMARY KEY,
    session TEXT NOT NULL REFERENCES sessions (id),
    leg BIGINT NOT NULL,
    role TEXT NOT NULL,
    name TEXT NOT NULL,
    account TEXT NOT NULL,
    resume TEXT NOT NULL,
    resume_before TEXT NOT NULL,
    grants TEXT NOT NULL,
    UNIQUE (session, leg)
);
CREATE INDEX participants_resume ON participants (resume);
CREATE INDEX participants_resume_before ON participants (resume_before);
CREATE TABLE tickets (
    secret TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    session TEXT NOT NULL REFERENCES sessions (id),
    participant TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX tickets_session ON tickets (session);
CREATE INDEX tickets_expiry ON tickets (expires_at);
CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    password TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE TABLE logins (
    secret TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id),
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);
CREATE TABLE one_time (
    secret TEXT PRIMARY KEY,
    purpose TEXT NOT NULL,
    account TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
