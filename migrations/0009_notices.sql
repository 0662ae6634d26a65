-- What people are told, in the app and by mail.
CREATE TABLE notice (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id    bigint      NOT NULL,
    site_id    bigint,
    kind       text        NOT NULL,
    title      text        NOT NULL,
    link       text        NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    read_at    timestamptz
);
CREATE INDEX notice_user ON notice (user_id, id) WHERE read_at IS NULL;

CREATE TABLE mail (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id    bigint      NOT NULL,
    subject    text        NOT NULL,
    body       text        NOT NULL,
    attempts   integer     NOT NULL DEFAULT 0,
    next_at    timestamptz DEFAULT now(),
    sent_at    timestamptz,
    error_text text,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX mail_waiting ON mail (next_at) WHERE sent_at IS NULL AND next_at IS NOT NULL;
