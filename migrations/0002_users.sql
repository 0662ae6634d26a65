-- People, their roles, their sessions, and the keys of machines.
-- Audit rows name people by id only: names and addresses live here, so that erasure keeps the log intact.
CREATE TABLE app_user (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email          text        NOT NULL,
    -- lower case, so that one person has one account
    email_key      text        NOT NULL CONSTRAINT app_user_email UNIQUE,
    name           text        NOT NULL,
    -- NULL until an invited person has chosen one
    password_hash  text,
    status         text        NOT NULL CHECK (status IN ('invited', 'active', 'disabled')),
    -- a session is valid for the version it was made at
    rights_version integer     NOT NULL DEFAULT 1,
    last_seen_at   timestamptz,
    created_at     timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE role_grant (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES app_user,
    role    text   NOT NULL CHECK (role IN ('viewer', 'operator', 'technician', 'reviewer',
                                            'supervisor', 'planner', 'integration_admin', 'admin')),
    -- NULL is every site
    site_id bigint,
    UNIQUE NULLS NOT DISTINCT (user_id, role, site_id)
);
CREATE INDEX role_grant_role ON role_grant (role, site_id);

-- The id in the cookie is stored hashed: who reads this table cannot use a session.
CREATE TABLE session (
    id_sha256      bytea       PRIMARY KEY,
    user_id        bigint      NOT NULL REFERENCES app_user,
    rights_version integer     NOT NULL,
    data           jsonb       NOT NULL,
    idle_minutes   integer     NOT NULL DEFAULT 30,
    created_at     timestamptz NOT NULL DEFAULT now(),
    last_seen_at   timestamptz NOT NULL DEFAULT now(),
    ends_at        timestamptz NOT NULL DEFAULT now() + interval '12 hours'
);
CREATE INDEX session_by_user ON session (user_id);
CREATE INDEX session_ends ON session (ends_at);

-- One-time links: the first administrator (no user), or an invited person.
CREATE TABLE setup_token (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token_sha256 bytea       NOT NULL UNIQUE,
    user_id      bigint      REFERENCES app_user,
    expires_at   timestamptz,
    used_at      timestamptz,
    created_at   timestamptz NOT NULL DEFAULT now()
);

-- Failed sign-ins in a row, by network address and by account. Accounts are counted by the hash of
-- the address that was typed, whether there is one or not: a lock does not tell.
CREATE TABLE sign_in_failure (
    key            text PRIMARY KEY,
    failures       integer     NOT NULL,
    locked_until   timestamptz,
    last_failed_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE api_key (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name         text        NOT NULL,
    -- shown in lists, so that a key can be recognised
    prefix       text        NOT NULL UNIQUE,
    key_sha256   bytea       NOT NULL UNIQUE,
    source_id    bigint,
    user_id      bigint      REFERENCES app_user,
    scopes       text[]      NOT NULL,
    -- NULL is every site
    site_ids     bigint[],
    expires_at   timestamptz,
    last_used_at timestamptz,
    revoked_at   timestamptz,
    created_at   timestamptz NOT NULL DEFAULT now()
);

CREATE CONSTRAINT TRIGGER app_user_audited
    AFTER INSERT OR DELETE OR UPDATE OF email_key, name, password_hash, status, rights_version ON app_user
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_audit();
CREATE CONSTRAINT TRIGGER role_grant_audited AFTER INSERT OR UPDATE OR DELETE ON role_grant
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_audit();
CREATE CONSTRAINT TRIGGER setup_token_audited AFTER INSERT OR UPDATE OR DELETE ON setup_token
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_audit();
CREATE CONSTRAINT TRIGGER api_key_audited
    AFTER INSERT OR DELETE OR UPDATE OF name, prefix, key_sha256, source_id, user_id, scopes, site_ids, expires_at, revoked_at ON api_key
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_audit();
