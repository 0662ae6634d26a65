import { execFile } from 'node:child_process'
import { readFile, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A register whose plan has an item of every kind, and a mapping that is being drafted. */
const REGISTER = `
  ALTER TABLE connection DISABLE TRIGGER USER; ALTER TABLE asset_sync DISABLE TRIGGER USER;
  ALTER TABLE field_mapping DISABLE TRIGGER USER;
  INSERT INTO connection (slug, name, system, state, base_url, settings, mapping_version, assets_every)
  VALUES ('maximo', 'Maximo', 'maximo', 'shadow', 'https://maximo.example.com', '{"site_id": "WEST"}', 1, 864000);
  INSERT INTO connection_site SELECT c.id, s.id FROM connection c, site s WHERE c.slug = 'maximo';
  INSERT INTO asset_sync (connection_id, kind, state, pages, records, changed, asked_kind, started_at, updated_at, finished_at)
  SELECT id, 'full', 'done', 20, 1912, 14, 'system', now() - interval '3 hours', now(), now() - interval '3 hours'
  FROM connection WHERE slug = 'maximo';
  INSERT INTO cmms_asset (connection_id, cmms_id, tag, name, retired, sync_id, location)
  SELECT c.id, t.id, t.id, t.name, false, s.id, 'Milling line'
  FROM connection c JOIN asset_sync s ON s.connection_id = c.id, (VALUES
    ('VMC1050', 'Vertical machining centre'), ('VMC1050-SP02', 'Spindle 2'), ('ML2007', 'Mill 2007'),
    ('MC-3005', 'Machining centre'), ('EQ-4711', 'Axis X drive'), ('MC3001', 'Machining centre 3001'),
    ('CP-07', 'Coolant pump'), ('CP-08', 'Coolant pump')) AS t (id, name)
  WHERE c.slug = 'maximo';
  INSERT INTO asset_link (connection_id, cmms_id, asset_id, method, score, linked_kind, linked_at)
  SELECT c.id, t.id, a.id, 'tag', 98, 'system', now() FROM connection c, asset a
  JOIN (VALUES ('VMC1050', 'VMC-1050'), ('VMC1050-SP02', 'VMC-1050-SP02'), ('ML2007', 'ML-2007')) AS t (id, tag)
    ON a.tag = t.tag WHERE c.slug = 'maximo';
  INSERT INTO asset_plan (connection_id, sync_id, made_at, records, linked, equal)
  SELECT connection_id, id, now(), 1912, 1890, 1884 FROM asset_sync;
  INSERT INTO asset_plan_item (plan_id, connection_id, kind, site_id, asset_id, cmms_id, detail, score, choice, asset_version, cmms_version)
  SELECT p.id, p.connection_id, t.kind, w.id, a.id, t.cmms_id, t.detail::jsonb, t.score, t.choice, a.version, 1
  FROM asset_plan p JOIN asset w ON w.tag = 'WEST', (VALUES
    ('missing', 'ML-2007', 'ML2007', '{"absence": "retired"}', 0, true),
    ('missing', 'ML-2007-T4', NULL, '{"absence": "unknown"}', 0, true),
    ('moved', 'VMC-1050-SP02', 'VMC1050-SP02', '{"changes": [{"field": "parent", "old": "VMC-1050", "new": "MC-3001"}]}', 0, false),
    ('changed', 'VMC-1050', 'VMC1050', '{"changes": [{"field": "serial_number", "old": "SN-1050", "new": "SN-51906"}, {"field": "barcode", "old": null, "new": "7300 1148"}]}', 0, false),
    ('changed', 'MC-3001', 'MC3001', '{"changes": [{"field": "criticality", "old": "critical", "new": "low"}]}', 0, true),
    ('conflict', 'MC-3001', 'MC3001', '{"claims": [{"ours": "MC-3001", "cmms_id": "MC3001", "theirs": "MC3001", "method": "tag"}, {"ours": "MC-3001", "cmms_id": "EQ-4711", "theirs": "EQ-4711", "method": "serial"}]}', 0, true),
    ('duplicate', NULL, 'CP-07', '{"doubled": "barcode", "others": ["CP-07", "CP-08"]}', 0, true),
    ('suggestion', 'MC-3001-AX-X', 'EQ-4711', '{"reasons": ["near_name", "same_model", "same_parent"]}', 62, true),
    ('added', NULL, 'MC-3005', '{"asset_kind": "machine"}', 0, true)
  ) AS t (kind, tag, cmms_id, detail, score, choice) LEFT JOIN asset a ON a.tag = t.tag;
  INSERT INTO field_mapping (connection_id, version, state, fields, maps, reason, changed_kind, changed_at, published_at)
  SELECT id, 1, 'published', '{}', '{"failure_code": {"tool_wear": "TWL-04"}}', 'first work orders', 'system', now(), now()
  FROM connection WHERE slug = 'maximo';
  INSERT INTO field_mapping (connection_id, version, state, fields, maps, changed_kind, changed_at)
  SELECT id, 2, 'draft', '{"title": {"source": "\${asset.name}: \${prediction.recommended_action}, \${prediction.description}, found by \${prediction.model_name} and told at length", "cut": true}, "due": {"source": "\${asset.tag}"}}',
         '{"failure_code": {"tool_wear": "TWL-04"}}', 'system', now()
  FROM connection WHERE slug = 'maximo';
  INSERT INTO cmms_failure_code (connection_id, code, name, read_at)
  SELECT connection.id, t.code, t.name, now() FROM connection, (VALUES ('SPB-01', 'Spindle bearing fault'), ('TWL-04', 'Tool wear'), ('PMP-05', 'Cavitation')) AS t (code, name)
  WHERE slug = 'maximo';
  ALTER TABLE connection ENABLE TRIGGER USER; ALTER TABLE asset_sync ENABLE TRIGGER USER;
  ALTER TABLE field_mapping ENABLE TRIGGER USER;
`

/** Puts a CMMS with a register of a site, a plan and a mapping into the database of a running program. */
export async function register(server, site = 'WEST') {
  const passwords = await readFile(join(server.dataDir, 'postgres.passwords'), 'utf8')
  const password = passwords.split('\n').find((line) => /owner/.test(line)).split('=')[1].trim()
  const entries = await readdir(server.dataDir, { recursive: true })
  const socket = entries.find((name) => /\.s\.PGSQL\.\d+$/.test(name))
  const bin = (await run('pg_config', ['--bindir'])).stdout.trim()
  const env = {
    ...process.env, PGHOST: join(server.dataDir, dirname(socket)), PGUSER: 'millwright_owner',
    PGDATABASE: 'millwright', PGPASSWORD: password,
  }
  await run(join(bin, 'psql'), ['-qX', '-v', 'ON_ERROR_STOP=1', '-c', REGISTER.replaceAll('WEST', site)], { env })
}
