-- A file whose call had no certain answer is looked for before it is sent again.
ALTER TABLE attachment_delivery DROP CONSTRAINT attachment_delivery_state_check;
ALTER TABLE attachment_delivery ADD CONSTRAINT attachment_delivery_state_check
    CHECK (state IN ('queued', 'sending', 'unknown', 'sent', 'failed'));
