-- One configured CMMS each; the built-in book is the first.
CREATE TABLE connection (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug         text     NOT NULL UNIQUE,
    name         text     NOT NULL,
    system       text     NOT NULL,
    state        text     NOT NULL CHECK (state IN ('shadow', 'live', 'paused')),
    cap_per_hour integer  NOT NULL DEFAULT 20 CHECK (cap_per_hour >= 0),
    cap_per_day  integer  NOT NULL DEFAULT 60 CHECK (cap_per_day >= 0),
    concurrency  smallint NOT NULL DEFAULT 4,
    -- circuit: failures in a row, open until
    failures     integer  NOT NULL DEFAULT 0,
    -- refused credentials in a row; at 2 the connection pauses
    unauthorised integer  NOT NULL DEFAULT 0,
    open_until   timestamptz,
    created_at   timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE failure_code (
    connection_id bigint NOT NULL REFERENCES connection,
    failure_mode  text   NOT NULL,
    code          text   NOT NULL,
    PRIMARY KEY (connection_id, failure_mode)
);

-- An inbound feed with an identity of its own.
CREATE TABLE source (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text        NOT NULL UNIQUE,
    kind       text        NOT NULL DEFAULT 'rest',
    settings   jsonb       NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now()
);

-- The words of a source for our failure modes.
CREATE TABLE failure_mode_alias (
    source_id    bigint NOT NULL REFERENCES source,
    external     text   NOT NULL,
    failure_mode text   NOT NULL,
    PRIMARY KEY (source_id, external)
);

CREATE CONSTRAINT TRIGGER connection_audited
    AFTER INSERT OR DELETE OR UPDATE OF slug, name, system, state, cap_per_hour, cap_per_day, concurrency
    ON connection DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_audit();
CREATE CONSTRAINT TRIGGER source_audited AFTER INSERT OR UPDATE OR DELETE ON source
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_audit();

WITH book AS (
    INSERT INTO connection (slug, name, system, state) VALUES ('book', 'Work-order book', 'book', 'live') RETURNING id
), audited AS (
    INSERT INTO audit_event (actor_kind, action, entity, entity_id)
    SELECT 'system', 'connection.create', 'connection', id FROM book
)
INSERT INTO failure_code (connection_id, failure_mode, code)
SELECT id, mode, code FROM book, (VALUES
    ('tool_wear', 'TWL-04'), ('tool_breakage', 'TWL-09'), ('spindle_bearing_fault', 'SPB-01'),
    ('spindle_bearing_wear', 'SPB-02'), ('backlash_growth', 'AXB-02'), ('ball_screw_wear', 'AXB-01')
) AS codes (mode, code);
