-- What the running system found wrong with itself (R24); a rule that holds has no row.
CREATE TABLE invariant_violation (
    rule      text        PRIMARY KEY,
    count     bigint      NOT NULL,
    since     timestamptz NOT NULL DEFAULT now(),
    seen_at   timestamptz NOT NULL DEFAULT now()
);
