-- When people look at the overview: what happened since their last visit is shown there.
CREATE TABLE visit (
    user_id   bigint      PRIMARY KEY REFERENCES app_user,
    -- last time the page was open
    seen_at   timestamptz NOT NULL,
    -- end of the visit before this one
    before_at timestamptz
);

-- Open alerts by what is worst; also the counts beside the list.
CREATE INDEX alert_open ON alert (severity, state, site_id) WHERE state <> 'closed';
-- The last hour of each stage.
CREATE INDEX alert_first_seen ON alert (first_seen);
CREATE INDEX decision_at ON decision (decided_at);
CREATE INDEX work_order_stopped ON work_order (site_id, id)
    WHERE delivery_state IN ('rejected', 'needs_person', 'dead') AND status <> 'cancelled';
CREATE INDEX work_order_due ON work_order (site_id, due)
    WHERE status NOT IN ('closed', 'cancelled') AND due IS NOT NULL;
