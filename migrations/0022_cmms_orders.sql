-- Our mirror of every work order a CMMS holds, ours or made by hand there.
CREATE TABLE cmms_order (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    connection_id  bigint      NOT NULL REFERENCES connection,
    cmms_id        text        NOT NULL,
    number         text        NOT NULL,
    external_ref   text,
    title          text,
    work_type      text,
    -- in our words; NULL when the status map does not know it
    status         text
        CHECK (status IN ('draft', 'approved', 'assigned', 'in_progress', 'closed', 'cancelled')),
    cmms_status    text,
    priority       text,
    assigned_to    text,
    -- its asset: the id there, and ours once they are paired
    cmms_asset     text,
    asset_id       bigint,
    failure_code   text,
    opened_at      timestamptz,
    due            timestamptz,
    started_at     timestamptz,
    finished_at    timestamptz,
    labour_hours   float8,
    downtime_hours float8,
    cost           float8,
    currency       text,
    parts          jsonb       NOT NULL DEFAULT '[]',
    closure        jsonb,
    version        bigint      NOT NULL,
    changed_at     timestamptz NOT NULL,
    -- how it came: a list, a reading of this one, or a file
    origin         text        NOT NULL CHECK (origin IN ('sync', 'read', 'import')),
    first_seen_at  timestamptz NOT NULL DEFAULT now(),
    seen_at        timestamptz NOT NULL DEFAULT now(),
    UNIQUE (connection_id, cmms_id)
) WITH (fillfactor = 90);
CREATE INDEX cmms_order_open ON cmms_order (connection_id, asset_id, failure_code)
    WHERE status IN ('draft', 'approved', 'assigned', 'in_progress');
CREATE INDEX cmms_order_asset ON cmms_order (asset_id, opened_at);
CREATE INDEX cmms_order_cmms_asset ON cmms_order (connection_id, cmms_asset);
CREATE INDEX cmms_order_stray ON cmms_order (connection_id, first_seen_at)
    WHERE external_ref LIKE 'MW-%';

-- Reading them: where the run stands. A killed run goes on from its cursor.
CREATE TABLE order_sync (
    connection_id      bigint      PRIMARY KEY REFERENCES connection,
    full_every_seconds integer     NOT NULL DEFAULT 86400 CHECK (full_every_seconds > 0),
    -- the run under way, or the last one: everything, what has changed, or our open ones by id
    mode               text        CHECK (mode IN ('full', 'incremental', 'open')),
    since              timestamptz,
    cursor             jsonb,
    newest             timestamptz,
    pages              integer     NOT NULL DEFAULT 0,
    rows               bigint      NOT NULL DEFAULT 0,
    changed            bigint      NOT NULL DEFAULT 0,
    started_at         timestamptz,
    finished_at        timestamptz,
    -- what has changed up to then, by the CMMS's clock, is known here
    synced_to          timestamptz,
    full_at            timestamptz,
    failures           integer     NOT NULL DEFAULT 0,
    error              text,
    error_at           timestamptz,
    next_at            timestamptz NOT NULL DEFAULT now(),
    leased_until       timestamptz,
    lease_token        bigint
);

-- Single records to be read again: a webhook's hint, or a closed one whose list row says too little.
CREATE TABLE order_reading (
    connection_id bigint      NOT NULL REFERENCES connection,
    cmms_id       text        NOT NULL,
    -- grows with each hint: one that comes during a reading asks for another
    asked         integer     NOT NULL DEFAULT 1,
    first_at      timestamptz NOT NULL DEFAULT now(),
    asked_at      timestamptz NOT NULL DEFAULT now(),
    attempts      integer     NOT NULL DEFAULT 0,
    next_at       timestamptz NOT NULL DEFAULT now(),
    leased_until  timestamptz,
    error         text,
    -- given up then: the CMMS does not know such a work order
    quarantined_at timestamptz,
    PRIMARY KEY (connection_id, cmms_id)
);
CREATE INDEX order_reading_due ON order_reading (connection_id, next_at) WHERE quarantined_at IS NULL;

-- Calls of a CMMS, each counted once.
CREATE TABLE webhook_event (
    connection_id     bigint      NOT NULL REFERENCES connection,
    provider_event_id text        NOT NULL,
    cmms_id           text,
    body_sha256       bytea       NOT NULL,
    received_at       timestamptz NOT NULL DEFAULT now(),
    repeats           integer     NOT NULL DEFAULT 0,
    UNIQUE (connection_id, provider_event_id)
);
CREATE INDEX webhook_event_age ON webhook_event (received_at);

ALTER TABLE work_order
    -- the CMMS's status has no word of ours: the state stays as it was
    ADD COLUMN unmapped_status boolean NOT NULL DEFAULT false,
    -- title, priority, due date and assignee as the CMMS showed them first
    ADD COLUMN shown jsonb,
    -- what somebody changed there since: {field: {ours, theirs}}
    ADD COLUMN drift jsonb,
    DROP CONSTRAINT work_order_origin_check,
    ADD CONSTRAINT work_order_origin_check
        CHECK (origin IN ('rule', 'review', 'person', 'batch', 'shutdown', 'linked'));
CREATE INDEX work_order_tail ON work_order (connection_id, right(external_ref, 10));
CREATE INDEX work_order_to_poll ON work_order (connection_id, id)
    WHERE cmms_id IS NOT NULL AND status NOT IN ('closed', 'cancelled');

-- Kept for a day; one that nothing has claimed by then is shown as unknown.
ALTER TABLE held_record ADD COLUMN quarantined_at timestamptz;
