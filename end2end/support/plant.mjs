import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import { until } from './until.mjs'

const ASSETS = fileURLToPath(new URL('../fixtures/assets.csv', import.meta.url))
let sent = 0

/** Imports the small plant of `fixtures/assets.csv` and gives the last line the import printed. */
export const importAssets = (server, file = ASSETS) => server.cli(['import', 'assets', file])

/** A fresh API key of a source of its own. */
export async function apiKey(server, name, scopes = 'predictions,telemetry,read') {
  const out = await server.cli(['api-key', 'create', '--name', name, '--scope', scopes])
  return out.split('\n').at(-1)
}

/** A prediction of the documented shape, observed now; `changes` replaces fields. */
export function prediction(changes = {}) {
  sent += 1
  return {
    event_id: `e2e-${process.pid}-${sent}`,
    asset: 'VMC-1050-SP02',
    failure_mode: 'spindle_bearing_fault',
    confidence: 0.78,
    rul_hours: 432,
    intervention_window_hours: 336,
    observed_at: new Date().toISOString(),
    model: { name: 'spindle-ensemble', version: '4.2' },
    description: 'rear bearing set',
    recommended_action: 'replace rear bearing set',
    spare_parts: [
      { part: 'SBC-1050', description: 'spindle bearing cartridge', quantity: 1 },
      { part: 'LUB-22', description: 'lubrication kit', quantity: 1 },
    ],
    ...changes,
  }
}

/** Sends one prediction and waits for the decision; gives the alert. */
export async function decided(client, changes) {
  const { status, body } = await client.post('/predictions', prediction(changes))
  assert.equal(status, 202, JSON.stringify(body))
  return until(`a decision on alert ${body.alert_id}`, async () => {
    const alert = (await client.get(`/alerts/${body.alert_id}`)).body
    return alert.decision && alert
  })
}
