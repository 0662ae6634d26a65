CREATE TABLE equipment (
  id int PRIMARY KEY, tag text NOT NULL, name text NOT NULL, serial text, maker text, model text, installed date,
  retired boolean NOT NULL DEFAULT false, changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE failure_code (code text PRIMARY KEY, name text NOT NULL);
CREATE TABLE work_order (
  id int PRIMARY KEY, reference text, title text NOT NULL, details text, equipment_id int NOT NULL REFERENCES equipment,
  priority int NOT NULL, failure_code text REFERENCES failure_code, due timestamptz, status text NOT NULL DEFAULT 'OPEN',
  remedy text, hours numeric(8, 2), cost numeric(12, 2),
  created_at timestamptz NOT NULL DEFAULT now(), changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE part_used (work_order_id int NOT NULL, part text NOT NULL, quantity numeric(10, 2) NOT NULL);
CREATE TABLE part_inbox (
  id int GENERATED ALWAYS AS IDENTITY, work_order_id int NOT NULL REFERENCES work_order, part text NOT NULL, quantity numeric(10, 2) NOT NULL
);
-- the staging table: what is put in becomes a work order
CREATE TABLE work_order_inbox (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, reference text, title text, details text, equipment_id int, priority int, failure_code text, due timestamptz
);
CREATE FUNCTION take_over() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  INSERT INTO work_order (id, reference, title, details, equipment_id, priority, failure_code, due)
  VALUES (new.id, new.reference, new.title, new.details, new.equipment_id, new.priority, new.failure_code, new.due);
  RETURN new;
END $$;
CREATE TRIGGER take_over AFTER INSERT ON work_order_inbox FOR EACH ROW EXECUTE FUNCTION take_over();
CREATE PROCEDURE set_work_order_status(p_id int, p_status text) LANGUAGE sql SECURITY DEFINER AS $$
  UPDATE work_order SET status = p_status, changed_at = now() WHERE id = p_id;
$$;

INSERT INTO equipment (id, tag, name, serial, maker, model, installed, retired)
SELECT n, 'VMC-100' || n, 'Vertical machining centre ' || n, 'SN-7700' || n, 'DMG Mori', 'DMC ' || n || '50 V', make_date(2010 + n, 3, 1), n = 7
FROM generate_series(1, 7) AS n;
INSERT INTO failure_code VALUES ('BRG', 'Bearing'), ('SEAL', 'Seal');

CREATE ROLE reader LOGIN PASSWORD 'reader-word-51c9';
CREATE ROLE writer LOGIN PASSWORD 'writer-word-8e27';
GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader;
GRANT INSERT ON work_order_inbox, part_inbox TO writer;
GRANT SELECT (id) ON work_order_inbox TO writer;
