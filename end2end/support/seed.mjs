import { fileURLToPath } from 'node:url'
import { apiKey, decided, prediction } from './plant.mjs'
import { until } from './until.mjs'

const DEMO = fileURLToPath(new URL('../../demo/', import.meta.url))
const HOUR_MS = 3_600_000

/** Who sits in front of the pictures. */
export const PERSON = {
  email: 'dana.kowalski@example.com', name: 'Dana Kowalski', password: 'correct horse battery staple',
}

/** A plant at work: cases of every severity, in every state. The first is closed at the end. */
const CASES = [
  { asset: 'VMC-850-SP01', failure_mode: 'spindle_bearing_fault', confidence: 0.83, rul_hours: 260 },
  {
    asset: 'VMC-1050-SP02', failure_mode: 'spindle_bearing_fault', confidence: 0.78, rul_hours: 432,
    point: 'VMC-1050/SP02/vib_rms', from: 2.1, to: 6.9,
  },
  { asset: 'VMC-1050-SP02', failure_mode: 'drawbar_fault', confidence: 0.58, rul_hours: 700 },
  {
    asset: 'ML-2007-T4', failure_mode: 'tool_wear', confidence: 0.65, rul_hours: 22,
    point: 'ML-2007/T4/flank_wear_um', from: 90, to: 268,
  },
  { asset: 'HMC-630-SP01', failure_mode: 'spindle_overheating', confidence: 0.81, rul_hours: 60 },
  { asset: 'GR-410-WH01', failure_mode: 'wheel_imbalance', confidence: 0.86, rul_hours: 216 },
  { asset: 'CU-101', failure_mode: 'bearing_fault', confidence: 0.74, rul_hours: 624 },
  { asset: 'VMC-850-CP01', failure_mode: 'clamping_pressure_loss', confidence: 0.69, rul_hours: 288 },
  { asset: 'ML-2009-CHK', failure_mode: 'clamping_pressure_loss', confidence: 0.66, rul_hours: 504 },
  { asset: 'HMC-640-AX-B', failure_mode: 'backlash_growth', confidence: 0.79, rul_hours: 1_080 },
  { asset: 'LT-2102-HYD', failure_mode: 'clamping_pressure_loss', confidence: 0.47, rul_hours: 1_250 },
  { asset: 'HMC-631-SP01', failure_mode: 'spindle_runout', confidence: 0.62, rul_hours: 720 },
]

/**
 * Fills a program for pictures: the plant of the demo, a person with every right, two sources, a
 * dozen cases with their measured values, one of them closed, one prediction in quarantine.
 * Gives the alerts by their place in CASES, and the work orders of the first two.
 */
export async function seed(server) {
  await server.cli(['import', 'assets', `${DEMO}assets.csv`])
  await server.cli(['import', 'calendars', `${DEMO}calendars.json`])
  await server.cli(
    ['user', 'create', '--email', PERSON.email, '--name', PERSON.name, '--role', 'admin', '--password-stdin'],
    PERSON.password,
  )
  const cells = [
    server.api(await apiKey(server, 'Line 1 and 2')),
    server.api(await apiKey(server, 'Cell 3')),
  ]
  const dana = server.api((await server.cli(
    ['api-key', 'create', '--name', 'dana', '--user', PERSON.email, '--scope', 'read,decide'],
  )).split('\n').at(-1))
  const alerts = []
  for (const [place, { point, from, to, ...claim }] of CASES.entries()) {
    const client = cells[place % 2]
    const days = 5
    if (point) await client.post('/telemetry', rising(point, { days, from, to }))
    const evidence = point && [{ point, from: ago(days * 24), to: ago(0) }]
    const plain = { description: undefined, recommended_action: undefined, spare_parts: undefined }
    alerts.push(await decided(client, { ...(place > 1 && plain), ...claim, ...(evidence && { evidence }) }))
  }
  await cells[1].post('/predictions', prediction({ asset: 'GR-430-WH01' }))
  const orders = []
  for (const alert of alerts.slice(0, 2)) {
    orders.push(await until('a work order in the book', async () => {
      const { body } = await dana.get(`/work-orders?alert=${alert.id}`)
      return body.items[0]?.cmms_number && body.items[0].id
    }, { within: 20_000 }))
  }
  await close(dana, orders[0])
  return { alerts: alerts.map((alert) => alert.id), orders }
}

async function close(client, id) {
  const closure = {
    finding: 'found', actual_failure_mode: 'spindle_bearing_wear', action: 'Replaced the front bearing set',
    labour_hours: 6.5, cost: 4200, currency: 'USD', downtime_hours: 5.5,
  }
  for (const step of [
    { to: 'approved' }, { to: 'assigned', assigned_to: 'Crew A' }, { to: 'in_progress' }, { to: 'closed', closure },
  ]) {
    await until(`the work order is ${step.to}`, async () => {
      const { version } = (await client.get(`/work-orders/${id}`)).body
      const { status } = await client.post(`/work-orders/${id}/transition`, { ...step, version })
      return status === 200
    })
  }
}

const ago = (hours) => new Date(Date.now() - hours * HOUR_MS).toISOString()

/** A signal that rises over the past days, a value for every hour. */
function rising(point, { days, from, to }) {
  const count = days * 24
  return {
    points: Array.from({ length: count + 1 }, (_, i) => ({
      point,
      ts: ago(count - i),
      value: Number((from + (to - from) * (i / count) ** 2 + Math.sin(i * 1.7) * (to - from) * 0.02).toFixed(4)),
    })),
  }
}
