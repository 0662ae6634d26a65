CREATE TABLE alert (
    id                 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site_id            bigint      NOT NULL,
    asset_id           bigint      NOT NULL,
    failure_mode       text        NOT NULL,
    state              text        NOT NULL CHECK (state IN ('open', 'waiting_review', 'held', 'work_order', 'closed')),
    severity           text        NOT NULL DEFAULT 'low' CHECK (severity IN ('critical', 'high', 'medium', 'low')),
    tier               text        CHECK (tier IN ('act', 'review', 'log')),
    outcome            text,
    prevented          boolean     NOT NULL DEFAULT false,
    origin             text        NOT NULL DEFAULT 'prediction' CHECK (origin IN ('prediction', 'person')),
    first_event_id     text        NOT NULL,
    source_id          bigint,
    -- of the latest prediction
    confidence         float8,
    rul_hours          float8,
    window_hours       float8,
    observed_at        timestamptz,
    model_name         text,
    -- extremes so far, for escalation and hold-off
    highest_confidence float8,
    lowest_rul_hours   float8,
    -- attached so far, and how many of them are evaluated
    predictions        integer     NOT NULL DEFAULT 0,
    evaluated          integer     NOT NULL DEFAULT 0,
    first_seen         timestamptz NOT NULL,
    last_seen          timestamptz NOT NULL,
    version            integer     NOT NULL DEFAULT 1,
    decision_id        bigint,
    -- confidence and remaining life when the standing decision was made
    decided_confidence float8,
    decided_rul_hours  float8,
    work_order_id      bigint,
    -- when a held decision fires, and as what: batch, shutdown, or the end of a snooze
    hold_until         timestamptz,
    hold_origin        text,
    -- predictions until then are recorded on this closed alert
    held_off_until     timestamptz,
    closed_at          timestamptz
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX alert_one_open ON alert (asset_id, failure_mode) WHERE state <> 'closed';
CREATE INDEX alert_site_state ON alert (site_id, state, id);
CREATE INDEX alert_asset ON alert (asset_id, failure_mode, id);
CREATE INDEX alert_hold ON alert (hold_until) WHERE state = 'held';

CREATE TABLE decision (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alert_id       bigint      NOT NULL,
    prediction_id  bigint,
    policy_id      bigint      NOT NULL,
    policy_version integer     NOT NULL,
    rule           text        NOT NULL,
    action         text        NOT NULL CHECK (action IN ('create', 'review', 'hold', 'log')),
    -- what changed the action of the rule, such as 'cap'
    note           text,
    effect         jsonb       NOT NULL,
    inputs         jsonb       NOT NULL,
    reasons        jsonb       NOT NULL,
    calendar       jsonb       NOT NULL,
    decided_at     timestamptz NOT NULL
);
CREATE INDEX decision_alert ON decision (alert_id, id);

CREATE TABLE review (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alert_id     bigint      NOT NULL REFERENCES alert,
    site_id      bigint      NOT NULL,
    status       text        NOT NULL CHECK (status IN ('pending', 'decided', 'done', 'superseded')),
    due          timestamptz NOT NULL,
    asked_role   text        NOT NULL DEFAULT 'reviewer',
    escalations  integer     NOT NULL DEFAULT 0,
    next_escalation timestamptz,
    -- when the people asked were told
    told_at      timestamptz,
    decision     text        CHECK (decision IN ('approve', 'reject', 'snooze')),
    reason       text,
    comment      text,
    until        timestamptz,
    -- what the reviewer changed about the work order before approving
    edits        jsonb       NOT NULL DEFAULT '{}',
    decided_by   bigint,
    decided_at   timestamptz,
    -- the decision is carried out then; until then it can be undone
    run_at       timestamptz,
    created_at   timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX review_one_open ON review (alert_id) WHERE status IN ('pending', 'decided');
CREATE INDEX review_queue ON review (site_id, due) WHERE status = 'pending';
CREATE INDEX review_untold ON review (id) WHERE status = 'pending' AND told_at IS NULL;
CREATE INDEX review_overdue ON review (next_escalation) WHERE status = 'pending';
CREATE INDEX review_alert ON review (alert_id, id);
CREATE INDEX review_run ON review (run_at) WHERE status = 'decided';

CREATE CONSTRAINT TRIGGER alert_audited AFTER INSERT OR DELETE OR UPDATE OF state, severity, outcome ON alert
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_audit();
CREATE CONSTRAINT TRIGGER decision_audited AFTER INSERT OR UPDATE OR DELETE ON decision
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_audit();
CREATE CONSTRAINT TRIGGER review_audited AFTER INSERT OR DELETE
    OR UPDATE OF status, due, decision, reason, comment, until, edits, decided_by, asked_role ON review
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_audit();
