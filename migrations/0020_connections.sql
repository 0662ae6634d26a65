-- External CMMSs: where they are, what they serve, their secrets, every call, and how far each create has come.

ALTER TABLE connection
    -- NULL for the built-in book
    ADD COLUMN base_url          text,
    -- an own manifest; NULL: the one named `system` that comes with the program
    ADD COLUMN manifest          text,
    ADD COLUMN settings          jsonb   NOT NULL DEFAULT '{}',
    -- value maps and statuses that stand before the manifest's
    ADD COLUMN maps              jsonb   NOT NULL DEFAULT '{}',
    ADD COLUMN statuses          jsonb   NOT NULL DEFAULT '{}',
    -- an authority of the owner's, PEM; certificates are public
    ADD COLUMN authority         text,
    ADD COLUMN timeout_seconds   integer CHECK (timeout_seconds BETWEEN 5 AND 300),
    -- cadence, seconds
    ADD COLUMN orders_every      integer NOT NULL DEFAULT 60 CHECK (orders_every >= 10),
    ADD COLUMN assets_every      integer NOT NULL DEFAULT 86400 CHECK (assets_every >= 60),
    -- counts up with every change of what a client is built from
    ADD COLUMN version           integer NOT NULL DEFAULT 1,
    -- the published field mapping; 0 is none
    ADD COLUMN mapping_version   integer NOT NULL DEFAULT 0,
    -- what a paused connection goes back to
    ADD COLUMN resumes_as        text    CHECK (resumes_as IN ('shadow', 'live')),
    ADD COLUMN paused_reason     text,
    -- until then a create is preceded by a look-up: the database was restored (R18)
    ADD COLUMN reconcile_first   timestamptz,
    ADD COLUMN last_ok_at        timestamptz,
    ADD COLUMN last_error_at     timestamptz,
    ADD COLUMN last_error        text,
    -- the secret part of the address of webhooks, and the one before it while both are accepted
    ADD COLUMN webhook_token     bytea,
    ADD COLUMN webhook_token_old bytea,
    ADD CONSTRAINT connection_book_has_no_address CHECK (base_url IS NULL OR system <> 'book');

-- Sites a connection serves or is to serve; the active one of a site is `site.connection_id`.
CREATE TABLE connection_site (
    connection_id bigint NOT NULL REFERENCES connection,
    site_id       bigint NOT NULL REFERENCES site,
    PRIMARY KEY (connection_id, site_id)
);
CREATE INDEX connection_site_by_site ON connection_site (site_id);

-- Keys that encrypt secrets, themselves encrypted by a master key that is not in the database (S9).
CREATE TABLE data_key (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- 0: of connections that serve several sites
    site_id    bigint      NOT NULL,
    -- fingerprint of the master key
    master     text        NOT NULL,
    nonce      bytea       NOT NULL CHECK (octet_length(nonce) = 12),
    wrapped    bytea       NOT NULL,
    -- encryptions so far
    uses       bigint      NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    -- no longer used for new secrets
    retired_at timestamptz
);
CREATE UNIQUE INDEX data_key_in_use ON data_key (site_id) WHERE retired_at IS NULL;

-- Credentials; nothing outside the vault reads the ciphertext.
CREATE TABLE secret (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    connection_id bigint      NOT NULL REFERENCES connection,
    field         text        NOT NULL,
    version       integer     NOT NULL,
    -- `next` waits for a test; `previous` is kept until the new one has proved itself
    role          text        NOT NULL CHECK (role IN ('current', 'next', 'previous')),
    site_id       bigint      NOT NULL,
    data_key_id   bigint      NOT NULL REFERENCES data_key,
    nonce         bytea       NOT NULL CHECK (octet_length(nonce) = 12),
    ciphertext    bytea       NOT NULL,
    set_kind      text        NOT NULL,
    set_by        bigint,
    set_at        timestamptz NOT NULL,
    last_used_at  timestamptz,
    expires_at    timestamptz,
    UNIQUE (connection_id, field, version),
    UNIQUE (connection_id, field, role) DEFERRABLE INITIALLY IMMEDIATE
);
CREATE INDEX secret_data_key ON secret (data_key_id);

-- Every call to or from a CMMS. Hashes and codes only: no bodies, no headers, no addresses.
CREATE TABLE api_transaction (
    id             bigint GENERATED ALWAYS AS IDENTITY,
    at             timestamptz NOT NULL DEFAULT now(),
    connection_id  bigint      NOT NULL,
    work_order_id  bigint,
    direction      text        NOT NULL CHECK (direction IN ('out', 'in')),
    -- `create`, `look_up`, `read`, `assets`, `webhook`, ...
    operation      text        NOT NULL,
    -- the manifest's name of the call
    step           text        NOT NULL DEFAULT '',
    method         text        NOT NULL DEFAULT '',
    status         smallint,
    -- `ok`, or what went wrong
    outcome        text        NOT NULL,
    milliseconds   integer     NOT NULL,
    payload_sha256 bytea,
    actor_kind     text        NOT NULL DEFAULT 'system',
    actor_id       bigint,
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE TABLE api_transaction_rest PARTITION OF api_transaction DEFAULT;
CREATE INDEX api_transaction_connection ON api_transaction (connection_id, at);
CREATE INDEX api_transaction_order ON api_transaction (work_order_id) WHERE work_order_id IS NOT NULL;

CREATE OR REPLACE FUNCTION ensure_partitions(now timestamptz) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    parent text;
    first  timestamptz;
    child  text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('ensure_partitions'));
    FOREACH parent IN ARRAY ARRAY['prediction', 'telemetry', 'api_transaction'] LOOP
        FOR ahead IN -1..2 LOOP
            first := date_trunc('month', now AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' + make_interval(months => ahead);
            child := parent || '_' || to_char(first AT TIME ZONE 'UTC', 'YYYY_MM');
            IF to_regclass(child) IS NULL THEN
                BEGIN
                    EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
                                   child, parent, first, first + interval '1 month');
                EXCEPTION WHEN check_violation THEN
                    NULL; -- rows of that month already lie in the default partition; they stay there
                END;
            END IF;
        END LOOP;
    END LOOP;
END $$;
SELECT ensure_partitions(now());

-- What a connection in shadow would have sent.
CREATE TABLE shadow_order (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    connection_id   bigint      NOT NULL REFERENCES connection,
    site_id         bigint      NOT NULL,
    -- the work order that the active connection got
    work_order_id   bigint      NOT NULL REFERENCES work_order,
    request         jsonb       NOT NULL,
    mapping_version integer     NOT NULL,
    -- why it could not have been sent; NULL when it could
    problem         text,
    at              timestamptz NOT NULL,
    UNIQUE (connection_id, work_order_id)
);

-- How far a create of several calls has come; written under the lane's fencing token.
CREATE TABLE delivery_progress (
    work_order_id bigint      PRIMARY KEY REFERENCES work_order,
    state         jsonb       NOT NULL,
    updated_at    timestamptz NOT NULL DEFAULT now()
);

ALTER TABLE work_order
    ADD COLUMN IF NOT EXISTS mapping_version integer NOT NULL DEFAULT 0,
    -- when its reference is searched again, and the other records that were found then
    ADD COLUMN sweep_at          timestamptz,
    ADD COLUMN duplicate_in_cmms jsonb;
CREATE INDEX work_order_sweep ON work_order (connection_id, sweep_at) WHERE sweep_at IS NOT NULL;

-- Files on their way to a CMMS that takes them, each once.
CREATE TABLE attachment_delivery (
    attachment_id bigint      PRIMARY KEY REFERENCES attachment,
    work_order_id bigint      NOT NULL REFERENCES work_order,
    connection_id bigint      NOT NULL,
    state         text        NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sending', 'sent', 'failed')),
    attempts      integer     NOT NULL DEFAULT 0,
    ready_at      timestamptz,
    leased_until  timestamptz,
    lease_token   bigint,
    sent_at       timestamptz,
    error_text    text
);
CREATE INDEX attachment_delivery_ready ON attachment_delivery (connection_id, ready_at) WHERE ready_at IS NOT NULL;
CREATE INDEX attachment_delivery_order ON attachment_delivery (work_order_id);

-- A live test of a connection; a worker runs it and stores each step as it ends.
CREATE TABLE connection_check (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    connection_id bigint      NOT NULL REFERENCES connection,
    -- with the secrets that wait for a test
    with_next     boolean     NOT NULL,
    -- create a marked work order there, and cancel it
    writes        boolean     NOT NULL,
    asked_kind    text        NOT NULL,
    asked_by      bigint,
    asked_at      timestamptz NOT NULL,
    leased_until  timestamptz,
    finished_at   timestamptz,
    passed        boolean
);
CREATE INDEX connection_check_waiting ON connection_check (id) WHERE finished_at IS NULL;
CREATE INDEX connection_check_connection ON connection_check (connection_id, id);
CREATE TABLE connection_check_step (
    check_id    bigint   NOT NULL REFERENCES connection_check,
    place       smallint NOT NULL,
    step        text     NOT NULL,
    state       text     NOT NULL CHECK (state IN ('waiting', 'running', 'passed', 'failed', 'skipped')),
    detail      text     NOT NULL DEFAULT '',
    started_at  timestamptz,
    finished_at timestamptz,
    PRIMARY KEY (check_id, place)
);

-- A count that a file outside the database knows, too: a database that is behind its file was restored (R18).
CREATE TABLE epoch (
    "only" boolean PRIMARY KEY DEFAULT true CHECK ("only"),
    value  bigint  NOT NULL DEFAULT 0
);
INSERT INTO epoch DEFAULT VALUES;

DROP TRIGGER connection_audited ON connection;
CREATE CONSTRAINT TRIGGER connection_audited
    AFTER INSERT OR DELETE OR UPDATE OF slug, name, system, state, cap_per_hour, cap_per_day, concurrency, base_url,
        manifest, settings, maps, statuses, authority, timeout_seconds, orders_every, assets_every, resumes_as,
        reconcile_first, webhook_token, webhook_token_old
    ON connection DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_audit();
CREATE CONSTRAINT TRIGGER secret_audited
    AFTER INSERT OR DELETE OR UPDATE OF connection_id, field, version, role, data_key_id, ciphertext, expires_at
    ON secret DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_audit();
CREATE CONSTRAINT TRIGGER data_key_audited
    AFTER INSERT OR DELETE OR UPDATE OF site_id, master, wrapped, retired_at
    ON data_key DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_audit();
CREATE CONSTRAINT TRIGGER connection_check_audited AFTER INSERT OR DELETE ON connection_check
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_audit();
