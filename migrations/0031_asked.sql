-- What was asked for before the mapping of its connection made the body of it, for connections in
-- shadow and for a replay after the asset was linked or the mapping mended. NULL: the body itself.
ALTER TABLE work_order
    ADD COLUMN asked       jsonb,
    -- the idempotency key its reference derives from, where a person's request has one
    ADD COLUMN request_key text;
