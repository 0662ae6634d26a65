-- The names a source has for our assets, where they are not tag, serial number or barcode.
CREATE TABLE asset_alias (
    source_id    bigint NOT NULL REFERENCES source,
    external_key text   NOT NULL,
    asset_id     bigint NOT NULL REFERENCES asset,
    PRIMARY KEY (source_id, external_key)
);

-- The unique key decides what is new (recipe 1.1). Retention never touches this table.
CREATE TABLE event_key (
    source_id     bigint NOT NULL,
    event_id      text   NOT NULL,
    body_sha256   bytea  NOT NULL,
    prediction_id bigint NOT NULL,
    PRIMARY KEY (source_id, event_id)
);
CREATE SEQUENCE prediction_id_seq CACHE 64;

CREATE TABLE prediction (
    id            bigint      NOT NULL,
    received_at   timestamptz NOT NULL,
    observed_at   timestamptz NOT NULL,
    source_id     bigint      NOT NULL,
    event_id      text        NOT NULL,
    site_id       bigint,
    asset_id      bigint,
    failure_mode  text,
    confidence    float8      NOT NULL CHECK (confidence >= 0 AND confidence <= 1),
    rul_hours     float8      CHECK (rul_hours >= 0 AND rul_hours < 'Infinity'),
    window_hours  float8      CHECK (window_hours >= 0 AND window_hours < 'Infinity'),
    model_name    text        NOT NULL,
    model_version text,
    overdue       boolean     NOT NULL DEFAULT false,
    stale         boolean     NOT NULL DEFAULT false,
    quarantine    text,
    replayed_at   timestamptz,
    dismissed_at  timestamptz,
    -- the alert it attached to, and its place there: 1, 2, 3 … without gaps
    alert_id      bigint,
    seq           integer,
    payload       jsonb       NOT NULL,
    PRIMARY KEY (id, received_at)
) PARTITION BY RANGE (received_at);
CREATE INDEX prediction_alert ON prediction (alert_id, seq) WHERE alert_id IS NOT NULL;
CREATE INDEX prediction_quarantine ON prediction (id) WHERE quarantine IS NOT NULL;
CREATE TABLE prediction_default PARTITION OF prediction DEFAULT;

-- Each prediction is evaluated once (R2).
CREATE TABLE evaluation (
    prediction_id bigint      PRIMARY KEY,
    alert_id      bigint,
    decision_id   bigint,
    result        text        NOT NULL CHECK (result IN ('decided', 'unchanged', 'attached', 'held_off', 'stale')),
    at            timestamptz NOT NULL DEFAULT now()
);

-- Which asset and failure mode has something to decide. Locked before the alert, always.
CREATE TABLE decision_lane (
    asset_id     bigint      NOT NULL,
    failure_mode text        NOT NULL,
    ready_at     timestamptz,
    PRIMARY KEY (asset_id, failure_mode)
) WITH (fillfactor = 70);
CREATE INDEX decision_lane_ready ON decision_lane (ready_at) WHERE ready_at IS NOT NULL;

-- Measured points of sources, and their values.
CREATE TABLE sensor_point (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source_id bigint NOT NULL,
    path      text   NOT NULL,
    asset_id  bigint,
    site_id   bigint,
    unit      text,
    last_at   timestamptz,
    last_value float8,
    UNIQUE (source_id, path)
);
CREATE INDEX sensor_point_asset ON sensor_point (asset_id);
CREATE INDEX sensor_point_path ON sensor_point (path);
CREATE TABLE telemetry (
    point_id bigint      NOT NULL,
    at       timestamptz NOT NULL,
    value    float8      NOT NULL,
    quality  text        NOT NULL DEFAULT 'good' CHECK (quality IN ('good', 'uncertain', 'bad')),
    PRIMARY KEY (point_id, at)
) PARTITION BY RANGE (at);
CREATE TABLE telemetry_default PARTITION OF telemetry DEFAULT;

-- Monthly partitions around now; called at start and daily. Runs as the owner, as the program's role owns nothing.
CREATE FUNCTION ensure_partitions(now timestamptz) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    parent text;
    first  timestamptz;
    child  text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('ensure_partitions'));
    FOREACH parent IN ARRAY ARRAY['prediction', 'telemetry'] LOOP
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
