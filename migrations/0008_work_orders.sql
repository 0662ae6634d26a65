-- Our intent, its delivery, and our mirror of the CMMS record.
CREATE TABLE work_order (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site_id         bigint      NOT NULL,
    connection_id   bigint      NOT NULL REFERENCES connection,
    alert_id        bigint      REFERENCES alert,
    asset_id        bigint      NOT NULL,
    failure_mode    text        NOT NULL,
    attempt_no      integer     NOT NULL DEFAULT 1,
    external_ref    text        NOT NULL,
    origin          text        NOT NULL CHECK (origin IN ('rule', 'review', 'person', 'batch', 'shutdown')),
    requested_kind  text        NOT NULL,
    requested_by    bigint,
    title           text        NOT NULL,
    description     text        NOT NULL DEFAULT '',
    priority        smallint    NOT NULL CHECK (priority BETWEEN 1 AND 5),
    work_type       text        NOT NULL DEFAULT 'predictive',
    failure_code    text,
    due             timestamptz,
    scheduled_from  timestamptz,
    scheduled_until timestamptz,
    assigned_to     text,
    spare_parts     jsonb       NOT NULL DEFAULT '[]',
    -- the bytes the CMMS is sent, fixed when the intent is queued (R8)
    request         jsonb       NOT NULL,
    -- trends to attach: [{point, from, to}], and when to draw them
    evidence        jsonb       NOT NULL DEFAULT '[]',
    attach_at       timestamptz,
    -- delivery
    delivery_state  text        NOT NULL DEFAULT 'queued'
        CHECK (delivery_state IN ('queued', 'sending', 'created', 'rejected', 'unknown', 'needs_person', 'dead')),
    attempts        integer     NOT NULL DEFAULT 0,
    lookups         integer     NOT NULL DEFAULT 0,
    next_at         timestamptz,
    error_code      text,
    error_text      text,
    -- not created by then is shouted about (R21)
    deadline        timestamptz NOT NULL,
    shouted_at      timestamptz,
    -- when planners were told that the delivery failed
    failure_told_at timestamptz,
    -- mirror of the CMMS record
    cmms_id         text,
    cmms_number     text,
    status          text        NOT NULL DEFAULT 'draft'
        CHECK (status IN ('draft', 'approved', 'assigned', 'in_progress', 'closed', 'cancelled')),
    cmms_status     text,
    record_version  bigint      NOT NULL DEFAULT 0,
    closure         jsonb,
    closed_at       timestamptz,
    version         integer     NOT NULL DEFAULT 1,
    created_at      timestamptz NOT NULL DEFAULT now(),
    UNIQUE (alert_id, attempt_no),
    UNIQUE (connection_id, external_ref),
    UNIQUE (connection_id, cmms_id)
) WITH (fillfactor = 80);
-- R7: one open work order per asset and failure mode; a refused or dead delivery absorbs nothing.
CREATE UNIQUE INDEX work_order_one_open ON work_order (connection_id, asset_id, failure_mode)
    WHERE status NOT IN ('closed', 'cancelled') AND delivery_state NOT IN ('rejected', 'dead');
CREATE INDEX work_order_alert ON work_order (alert_id, id);
CREATE INDEX work_order_attach ON work_order (attach_at) WHERE attach_at IS NOT NULL;
CREATE INDEX work_order_site ON work_order (site_id, status, id);
CREATE INDEX work_order_cap ON work_order (connection_id, created_at) WHERE origin = 'rule';
CREATE INDEX work_order_waiting ON work_order (deadline) WHERE delivery_state IN ('queued', 'sending', 'unknown');
CREATE INDEX work_order_failed ON work_order (id)
    WHERE delivery_state IN ('rejected', 'needs_person', 'dead') AND failure_told_at IS NULL;
CREATE INDEX work_order_asset ON work_order (asset_id) WHERE status NOT IN ('closed', 'cancelled');

-- One lane per work order: create and later updates keep their order (recipe 1.2).
CREATE SEQUENCE lease_token_seq;
CREATE TABLE delivery_lane (
    work_order_id bigint      PRIMARY KEY REFERENCES work_order,
    connection_id bigint      NOT NULL,
    ready_at      timestamptz,
    leased_until  timestamptz,
    lease_token   bigint
) WITH (fillfactor = 70);
CREATE INDEX delivery_lane_ready ON delivery_lane (connection_id, ready_at) WHERE ready_at IS NOT NULL;

-- Every call to a CMMS.
CREATE TABLE delivery_attempt (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    work_order_id bigint      NOT NULL REFERENCES work_order,
    kind          text        NOT NULL CHECK (kind IN ('create', 'look_up')),
    started_at    timestamptz NOT NULL DEFAULT now(),
    finished_at   timestamptz,
    outcome       text,
    detail        text
);
CREATE INDEX delivery_attempt_order ON delivery_attempt (work_order_id, id);

CREATE TABLE attachment (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    work_order_id bigint      NOT NULL REFERENCES work_order,
    site_id       bigint      NOT NULL,
    name          text        NOT NULL,
    content_type  text        NOT NULL,
    content       bytea       NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX attachment_order ON attachment (work_order_id);

-- Records of a CMMS that name an id we do not know yet; applied once the create answer brings it.
CREATE TABLE held_record (
    connection_id bigint      NOT NULL REFERENCES connection,
    cmms_id       text        NOT NULL,
    version       bigint      NOT NULL,
    record        jsonb       NOT NULL,
    received_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (connection_id, cmms_id)
);

-- The built-in book: the record as a CMMS would hold it. Only the book's client and its people write here.
CREATE TABLE book_order (
    id            bigint GENERATED ALWAYS AS IDENTITY (START WITH 10001) PRIMARY KEY,
    external_ref  text        NOT NULL UNIQUE,
    site_id       bigint      NOT NULL,
    body          jsonb       NOT NULL,
    status        text        NOT NULL
        CHECK (status IN ('draft', 'approved', 'assigned', 'in_progress', 'closed', 'cancelled')),
    assigned_to   text,
    closure       jsonb,
    version       bigint      NOT NULL DEFAULT 1,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now()
);

CREATE CONSTRAINT TRIGGER work_order_audited
    AFTER INSERT OR DELETE OR UPDATE OF status, delivery_state, cmms_number, assigned_to, closure, priority, due
    ON work_order DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_audit();
