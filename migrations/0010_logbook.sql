-- The shift logbook: what people write is appended and never changed; a correction strikes an older entry.
-- Automatic entries are read from reviews, decisions and work orders, and stored nowhere else.
CREATE TABLE logbook_entry (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site_id       bigint      NOT NULL REFERENCES site,
    -- the shift of the site's calendar in which it was written
    shift_date    date        NOT NULL,
    shift_name    text        NOT NULL,
    author_id     bigint      NOT NULL REFERENCES app_user,
    body          text        NOT NULL CHECK (body <> ''),
    tag           text,
    asset_id      bigint      REFERENCES asset,
    strikes       bigint      REFERENCES logbook_entry,
    -- raised together with it
    work_order_id bigint      REFERENCES work_order,
    -- of the form it came from, with the hash of its content: the same send twice is one entry
    send_key      text        NOT NULL,
    at            timestamptz NOT NULL,
    CONSTRAINT logbook_entry_once UNIQUE (author_id, send_key),
    CONSTRAINT logbook_entry_struck_once UNIQUE (strikes)
);
CREATE INDEX logbook_entry_site ON logbook_entry (site_id, at);
CREATE INDEX logbook_entry_work_order ON logbook_entry (work_order_id) WHERE work_order_id IS NOT NULL;

-- What the next shift must know of, until somebody ticks it off.
CREATE TABLE logbook_point (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site_id    bigint      NOT NULL REFERENCES site,
    entry_id   bigint      NOT NULL UNIQUE REFERENCES logbook_entry,
    created_at timestamptz NOT NULL,
    done_at    timestamptz,
    done_by    bigint      REFERENCES app_user
);
CREATE INDEX logbook_point_site ON logbook_point (site_id, done_at);

-- The end of a shift, signed by both sides.
CREATE TABLE logbook_hand_over (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site_id     bigint      NOT NULL REFERENCES site,
    shift_date  date        NOT NULL,
    shift_name  text        NOT NULL,
    notes       text        NOT NULL DEFAULT '',
    -- points open at that moment
    carried     bigint[]    NOT NULL,
    outgoing_id bigint      NOT NULL REFERENCES app_user,
    outgoing_at timestamptz NOT NULL,
    incoming_id bigint      REFERENCES app_user CHECK (incoming_id <> outgoing_id),
    incoming_at timestamptz,
    CONSTRAINT logbook_hand_over_once UNIQUE (site_id, shift_date, shift_name)
);

CREATE FUNCTION refuse_logbook_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'entries of the logbook are never changed' USING ERRCODE = 'MW003';
END $$;
CREATE TRIGGER logbook_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON logbook_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_logbook_change();

CREATE CONSTRAINT TRIGGER logbook_entry_audited AFTER INSERT ON logbook_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_audit();
CREATE CONSTRAINT TRIGGER logbook_point_audited AFTER INSERT OR UPDATE OR DELETE ON logbook_point
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_audit();
CREATE CONSTRAINT TRIGGER logbook_hand_over_audited AFTER INSERT OR UPDATE OR DELETE ON logbook_hand_over
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_audit();

-- The automatic entries of a shift.
CREATE INDEX review_asked ON review (site_id, created_at);
CREATE INDEX review_decided ON review (site_id, decided_at) WHERE decided_at IS NOT NULL;
CREATE INDEX decision_held ON decision (decided_at) WHERE action = 'hold';
CREATE INDEX work_order_asked ON work_order (site_id, created_at);
CREATE INDEX work_order_done ON work_order (site_id, closed_at) WHERE closed_at IS NOT NULL;
