-- Roles of an installation's own, grants that end, and what the screens of people and audit need.

-- A custom role combines the permissions of the program; built-in roles live in the program alone.
CREATE TABLE custom_role (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        text        NOT NULL,
    -- lower case, so that a name means one role
    name_key    text        NOT NULL CONSTRAINT custom_role_name UNIQUE,
    -- closed: a permission stands with those that come with it
    permissions text[]      NOT NULL,
    version     integer     NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE CONSTRAINT TRIGGER custom_role_audited AFTER INSERT OR UPDATE OR DELETE ON custom_role
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_audit();

ALTER TABLE role_grant
    ALTER COLUMN role DROP NOT NULL,
    ADD COLUMN custom_role_id bigint REFERENCES custom_role,
    -- a right for a while ends by itself: it is asked for at every request
    ADD COLUMN expires_at timestamptz,
    ADD CONSTRAINT role_grant_one_role CHECK (num_nonnulls(role, custom_role_id) = 1);
ALTER TABLE role_grant
    DROP CONSTRAINT role_grant_user_id_role_site_id_key,
    ADD CONSTRAINT role_grant_once UNIQUE NULLS NOT DISTINCT (user_id, role, custom_role_id, site_id);
CREATE INDEX role_grant_custom ON role_grant (custom_role_id) WHERE custom_role_id IS NOT NULL;
CREATE INDEX role_grant_ends ON role_grant (expires_at) WHERE expires_at IS NOT NULL;

-- The roles a person holds at this moment; every look-up of a caller asks here.
CREATE FUNCTION held_roles(of_user bigint) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object(
               'role', g.role, 'custom', g.custom_role_id, 'site', g.site_id,
               'permissions', c.permissions) ORDER BY g.id), '[]')
    FROM role_grant g LEFT JOIN custom_role c ON c.id = g.custom_role_id
    WHERE g.user_id = of_user AND (g.expires_at IS NULL OR g.expires_at > now())
$$;

-- Names a session on the screen: the hash of its id stays in the table.
ALTER TABLE session ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY UNIQUE;

-- From where.
ALTER TABLE audit_event ADD COLUMN address text;
-- The screen reads newest first within a range and filters on these columns without touching the rows.
CREATE INDEX audit_event_at ON audit_event (at, id)
    INCLUDE (actor_kind, actor_id, action, entity, entity_id, site_id, outcome);
