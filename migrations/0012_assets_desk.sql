-- The planner's desk on assets: search, crews, files on their way in.

-- What a search looks at: tag, serial number and barcode as compared, the name in lower case.
CREATE FUNCTION asset_words(tag_key text, name text, serial_key text, barcode_key text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT tag_key || ' ' || lower(name) || coalesce(' ' || serial_key, '') || coalesce(' ' || barcode_key, '')
$$;

-- Trigrams find a word's middle at once. A Postgres without its contrib package reads every row instead: slower, same answers.
DO $$ BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE INDEX asset_search ON asset
        USING gin (asset_words(tag_key, name, serial_key, barcode_key) gin_trgm_ops);
EXCEPTION WHEN undefined_file OR feature_not_supported OR insufficient_privilege THEN
    RAISE NOTICE 'pg_trgm is not available: the search for assets works without its index';
END $$;

-- Who can be assigned at a site besides persons. Work orders and calendars hold the name.
CREATE TABLE crew (
    id       bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site_id  bigint  NOT NULL REFERENCES asset,
    name     text    NOT NULL,
    -- as compared
    name_key text    NOT NULL,
    note     text    NOT NULL DEFAULT '',
    retired  boolean NOT NULL DEFAULT false,
    UNIQUE (site_id, name_key)
);
CREATE CONSTRAINT TRIGGER crew_audited AFTER INSERT OR UPDATE OR DELETE ON crew
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_audit();

-- Crews that calendars name already.
WITH used AS (
    SELECT DISTINCT ON (s.id, lower(btrim(x ->> 'crew'))) s.id AS site_id, btrim(x ->> 'crew') AS name
    FROM site s, jsonb_array_elements(coalesce(s.calendar -> 'shutdowns', '[]')
                                      || coalesce(s.calendar -> 'weekly_shutdowns', '[]')) AS x
    WHERE btrim(coalesce(x ->> 'crew', '')) <> ''
), made AS (
    INSERT INTO crew (site_id, name, name_key) SELECT site_id, name, lower(name) FROM used
    RETURNING id, site_id, name
)
INSERT INTO audit_event (actor_kind, action, entity, entity_id, site_id, detail)
SELECT 'system', 'crew.create', 'crew', id, site_id, jsonb_build_object('name', name) FROM made;

-- A file somebody is importing, between its steps; only they see it, for a week.
CREATE TABLE asset_import (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    created_by bigint      NOT NULL,
    created_at timestamptz NOT NULL,
    file_name  text        NOT NULL,
    content    bytea       NOT NULL,
    -- which column of ours each column of the file is, once a person has said so
    columns    jsonb,
    -- what the import did
    report     jsonb
);
CREATE INDEX asset_import_owner ON asset_import (created_by, created_at);
