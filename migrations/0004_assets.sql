-- Site, line, machine, component: one table, one tree.
CREATE TABLE asset (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site_id       bigint NOT NULL,
    parent_id     bigint REFERENCES asset,
    kind          text   NOT NULL CHECK (kind IN ('site', 'line', 'machine', 'component')),
    tag           text   NOT NULL,
    tag_key       text   NOT NULL UNIQUE,
    name          text   NOT NULL,
    serial_number text,
    serial_key    text,
    barcode       text,
    barcode_key   text,
    manufacturer  text,
    model         text,
    installed_on  date,
    own_criticality text CHECK (own_criticality IN ('critical', 'high', 'medium', 'low')),
    -- own, else inherited from the machine
    criticality   text   NOT NULL CHECK (criticality IN ('critical', 'high', 'medium', 'low')),
    status        text   NOT NULL CHECK (status IN ('active', 'decommissioned')),
    -- ids from the site down to the asset itself
    path          bigint[] NOT NULL,
    -- the same as words: "Rockford / Line 1 / VMC-1050 / VMC-1050-SP02"
    path_text     text   NOT NULL,
    version       integer NOT NULL DEFAULT 1,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX asset_serial ON asset (serial_key) WHERE serial_key IS NOT NULL;
CREATE INDEX asset_barcode ON asset (barcode_key) WHERE barcode_key IS NOT NULL;
CREATE INDEX asset_parent ON asset (parent_id);
CREATE INDEX asset_site ON asset (site_id, kind, id);
CREATE INDEX asset_path ON asset USING gin (path);

-- What only a site has.
CREATE TABLE site (
    id               bigint PRIMARY KEY REFERENCES asset,
    time_zone        text    NOT NULL DEFAULT 'UTC',
    calendar         jsonb   NOT NULL,
    calendar_version integer NOT NULL DEFAULT 1,
    connection_id    bigint  NOT NULL REFERENCES connection
);

CREATE CONSTRAINT TRIGGER asset_audited AFTER INSERT OR UPDATE OR DELETE ON asset
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_audit();
CREATE CONSTRAINT TRIGGER site_audited AFTER INSERT OR UPDATE OR DELETE ON site
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_audit();
