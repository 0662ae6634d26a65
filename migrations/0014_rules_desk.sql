-- A draft of a policy: one each, saved as often as people like. Nothing decides by it.
CREATE TABLE policy_draft (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    policy_id    bigint      NOT NULL UNIQUE REFERENCES policy,
    -- counts up with every save; who saves names the one they started from
    version      integer     NOT NULL DEFAULT 1,
    -- the published version it was made from
    base_version integer     NOT NULL,
    body         jsonb       NOT NULL,
    saved_by     bigint,
    saved_at     timestamptz NOT NULL
);

-- A policy that is asked about every decision beside the published one, and does nothing.
CREATE TABLE policy_shadow (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    policy_id  bigint      NOT NULL REFERENCES policy,
    body       jsonb       NOT NULL,
    started_by bigint,
    started_at timestamptz NOT NULL,
    ended_by   bigint,
    ended_at   timestamptz
);
CREATE UNIQUE INDEX policy_shadow_one ON policy_shadow (policy_id) WHERE ended_at IS NULL;

-- What a shadow would have decided, beside what was decided.
CREATE TABLE shadow_decision (
    shadow_id     bigint      NOT NULL REFERENCES policy_shadow,
    decision_id   bigint      NOT NULL,
    alert_id      bigint      NOT NULL,
    site_id       bigint      NOT NULL,
    rule          text        NOT NULL,
    action        text        NOT NULL CHECK (action IN ('create', 'review', 'hold', 'log')),
    live_rule     text        NOT NULL,
    live_action   text        NOT NULL,
    at            timestamptz NOT NULL,
    PRIMARY KEY (shadow_id, decision_id)
);

CREATE CONSTRAINT TRIGGER policy_draft_audited AFTER INSERT OR UPDATE OR DELETE ON policy_draft
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_audit();
CREATE CONSTRAINT TRIGGER policy_shadow_audited AFTER INSERT OR UPDATE OR DELETE ON policy_shadow
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_audit();

-- Rules are judged by the decisions of the last 30 days. Rows come in order of time, so that a block
-- range costs a decision next to nothing.
CREATE INDEX decision_decided_at ON decision USING brin (decided_at) WITH (pages_per_range = 16);
