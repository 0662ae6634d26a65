-- What of an alert goes into which field of a CMMS's work order: a draft that people edit, and published versions that never change.
CREATE TABLE field_mapping (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    connection_id bigint      NOT NULL REFERENCES connection,
    version       integer     NOT NULL CHECK (version > 0),
    state         text        NOT NULL CHECK (state IN ('draft', 'published', 'superseded')),
    -- field of the catalogue -> {source, cut}
    fields        jsonb       NOT NULL DEFAULT '{}',
    -- value map -> our word -> theirs
    maps          jsonb       NOT NULL DEFAULT '{}',
    reason        text,
    changed_kind  text        NOT NULL,
    changed_by    bigint,
    changed_at    timestamptz NOT NULL,
    published_at  timestamptz,
    UNIQUE (connection_id, version)
);
CREATE UNIQUE INDEX field_mapping_draft ON field_mapping (connection_id) WHERE state = 'draft';
CREATE UNIQUE INDEX field_mapping_live ON field_mapping (connection_id) WHERE state = 'published';
CREATE CONSTRAINT TRIGGER field_mapping_audited AFTER INSERT OR UPDATE OR DELETE ON field_mapping
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_audit();

CREATE FUNCTION refuse_mapping_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published mapping is never changed' USING ERRCODE = 'MW003';
END $$;
CREATE TRIGGER field_mapping_fixed BEFORE UPDATE OF fields, maps, version ON field_mapping
    FOR EACH ROW WHEN (OLD.state <> 'draft') EXECUTE FUNCTION refuse_mapping_change();

-- The failure codes of a CMMS as it lists them.
CREATE TABLE cmms_failure_code (
    connection_id bigint      NOT NULL REFERENCES connection,
    code          text        NOT NULL,
    name          text        NOT NULL,
    parent        text,
    read_at       timestamptz NOT NULL,
    gone_at       timestamptz,
    PRIMARY KEY (connection_id, code)
);

-- The mapping that rendered a work order's body; later ones leave it alone (R8).
ALTER TABLE work_order ADD COLUMN IF NOT EXISTS mapping_version integer NOT NULL DEFAULT 0;
