-- The register of a CMMS as it was read, what of it is paired with our assets, and what differs.

-- One reading of the register; a crash between two pages goes on at the next page.
CREATE TABLE asset_sync (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    connection_id bigint      NOT NULL REFERENCES connection,
    kind          text        NOT NULL CHECK (kind IN ('full', 'incremental')),
    state         text        NOT NULL DEFAULT 'reading' CHECK (state IN ('reading', 'comparing', 'done', 'failed')),
    -- changed after this, by the clock over there; NULL reads everything
    since         timestamptz,
    -- where the next page begins
    cursor        jsonb       NOT NULL DEFAULT '{}',
    pages         integer     NOT NULL DEFAULT 0,
    records       bigint      NOT NULL DEFAULT 0,
    changed       bigint      NOT NULL DEFAULT 0,
    failures      integer     NOT NULL DEFAULT 0,
    error         text,
    asked_kind    text        NOT NULL,
    asked_by      bigint,
    started_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    finished_at   timestamptz,
    leased_until  timestamptz
);
CREATE UNIQUE INDEX asset_sync_running ON asset_sync (connection_id) WHERE state IN ('reading', 'comparing');
CREATE INDEX asset_sync_latest ON asset_sync (connection_id, id);
CREATE CONSTRAINT TRIGGER asset_sync_audited AFTER INSERT OR DELETE OR UPDATE OF state ON asset_sync
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_audit();

-- The register. What is no longer in it is marked, never removed.
CREATE TABLE cmms_asset (
    connection_id bigint      NOT NULL REFERENCES connection,
    cmms_id       text        NOT NULL,
    -- the number on the plate, else the id
    tag           text        NOT NULL,
    name          text        NOT NULL,
    serial        text,
    barcode       text,
    manufacturer  text,
    model         text,
    installed_on  date,
    criticality   text,
    parent_id     text,
    location      text,
    retired       boolean     NOT NULL,
    changed_at    timestamptz,
    -- counts up when what it says changes
    version       integer     NOT NULL DEFAULT 1,
    -- the reading that saw it last
    sync_id       bigint      NOT NULL,
    gone_at       timestamptz,
    PRIMARY KEY (connection_id, cmms_id)
) WITH (fillfactor = 85);

-- Which two are one; one to one per connection. Undone pairs stay for the record.
CREATE TABLE asset_link (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    connection_id bigint      NOT NULL,
    cmms_id       text        NOT NULL,
    asset_id      bigint      NOT NULL REFERENCES asset,
    method        text        NOT NULL CHECK (method IN ('tag', 'serial', 'barcode', 'suggestion', 'hand', 'added')),
    score         smallint    NOT NULL CHECK (score BETWEEN 0 AND 100),
    linked_kind   text        NOT NULL,
    linked_by     bigint,
    linked_at     timestamptz NOT NULL,
    unlinked_kind text,
    unlinked_by   bigint,
    unlinked_at   timestamptz,
    FOREIGN KEY (connection_id, cmms_id) REFERENCES cmms_asset
);
CREATE UNIQUE INDEX asset_link_theirs ON asset_link (connection_id, cmms_id) WHERE unlinked_at IS NULL;
CREATE UNIQUE INDEX asset_link_ours ON asset_link (connection_id, asset_id) WHERE unlinked_at IS NULL;
CREATE INDEX asset_link_asset ON asset_link (asset_id);

-- Pairs that a person has said are two.
CREATE TABLE asset_pair_refused (
    connection_id bigint      NOT NULL REFERENCES connection,
    asset_id      bigint      NOT NULL REFERENCES asset,
    cmms_id       text        NOT NULL,
    refused_by    bigint,
    refused_at    timestamptz NOT NULL,
    PRIMARY KEY (connection_id, asset_id, cmms_id)
);

-- What would make our register match theirs, as of one reading; the newest counts.
CREATE TABLE asset_plan (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    connection_id bigint      NOT NULL REFERENCES connection,
    sync_id       bigint      NOT NULL REFERENCES asset_sync,
    made_at       timestamptz NOT NULL,
    records       integer     NOT NULL,
    linked        integer     NOT NULL,
    equal         integer     NOT NULL,
    superseded_at timestamptz
);
CREATE UNIQUE INDEX asset_plan_current ON asset_plan (connection_id) WHERE superseded_at IS NULL;

CREATE TABLE asset_plan_item (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    plan_id       bigint      NOT NULL REFERENCES asset_plan,
    connection_id bigint      NOT NULL,
    kind          text        NOT NULL
        CHECK (kind IN ('added', 'changed', 'moved', 'missing', 'conflict', 'duplicate', 'suggestion')),
    site_id       bigint,
    asset_id      bigint      REFERENCES asset,
    cmms_id       text,
    detail        jsonb       NOT NULL,
    score         smallint    NOT NULL DEFAULT 0,
    -- a person must look; never part of a group
    choice        boolean     NOT NULL,
    -- as compared; other ones at apply refuse the item
    asset_version integer,
    cmms_version  integer,
    state         text        NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'applied', 'skipped', 'refused', 'stale')),
    decided_kind  text,
    decided_by    bigint,
    decided_at    timestamptz
);
CREATE INDEX asset_plan_item_page ON asset_plan_item (plan_id, state, kind, id);
CREATE INDEX asset_plan_item_decided ON asset_plan_item (connection_id, asset_id, cmms_id) WHERE state IN ('skipped', 'refused');
