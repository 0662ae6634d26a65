-- Every state change carries its audit row in the same transaction; the database enforces it (R14).

CREATE TABLE audit_event (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    xact           xid8        NOT NULL DEFAULT pg_current_xact_id(),
    at             timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor_kind     text        NOT NULL CHECK (actor_kind IN ('user', 'key', 'source', 'system')),
    actor_id       bigint,
    action         text        NOT NULL,
    entity         text        NOT NULL,
    entity_id      bigint      NOT NULL,
    site_id        bigint,
    outcome        text        NOT NULL DEFAULT 'ok',
    detail         jsonb       NOT NULL DEFAULT '{}',
    payload_sha256 bytea,
    request_id     text
);
-- Serves the trigger below, the timeline of one object and the audit screen.
CREATE INDEX audit_event_entity ON audit_event (entity, entity_id, xact);

CREATE FUNCTION require_audit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.id ELSE NEW.id END;
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM audit_event
        -- The name's own collation would keep the index from being used.
        WHERE entity = TG_TABLE_NAME::text COLLATE "default" AND entity_id = changed
          AND xact = pg_current_xact_id()
    ) THEN
        RAISE EXCEPTION 'unaudited change of % %', TG_TABLE_NAME, changed USING ERRCODE = 'MW001';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit rows are never changed' USING ERRCODE = 'MW002';
END $$;
CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

-- Answers to writes that carried an Idempotency-Key (R20); kept at least 7 days.
CREATE TABLE idempotency (
    caller      text        NOT NULL,
    route       text        NOT NULL,
    key         text        NOT NULL,
    fingerprint bytea       NOT NULL,
    status      smallint    NOT NULL,
    body        jsonb       NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (caller, route, key)
);

-- What this installation is; the key makes references of work orders unguessable and stable.
CREATE TABLE installation (
    "only"        boolean PRIMARY KEY DEFAULT true CHECK ("only"),
    reference_key bytea       NOT NULL DEFAULT sha256(gen_random_uuid()::text::bytea || gen_random_uuid()::text::bytea),
    created_at    timestamptz NOT NULL DEFAULT now()
);
INSERT INTO installation DEFAULT VALUES;
