-- A policy is a versioned ordered list of rules; it belongs to a connection, optionally to one site of it.
CREATE TABLE policy (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    connection_id bigint  NOT NULL REFERENCES connection,
    site_id       bigint  REFERENCES site,
    name          text    NOT NULL,
    version       integer NOT NULL,
    UNIQUE NULLS NOT DISTINCT (connection_id, site_id)
);

-- Versions are immutable (R8).
CREATE TABLE policy_version (
    policy_id    bigint      NOT NULL REFERENCES policy,
    version      integer     NOT NULL,
    body         jsonb       NOT NULL,
    -- confidence thresholds of the rules, ascending; two confidences are in one band if no threshold lies between
    bands        float8[]    NOT NULL,
    reason       text        NOT NULL,
    published_by bigint,
    published_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (policy_id, version)
);

CREATE CONSTRAINT TRIGGER policy_audited AFTER INSERT OR UPDATE OR DELETE ON policy
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_audit();
