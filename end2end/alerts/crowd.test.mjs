import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { apiKey, decided, importAssets, prediction, startServer, until } from '../support/index.mjs'

const MANY = 500
const CAP_PER_HOUR = 20

/** A site in production round the clock with `MANY` critical machines. */
function crowd() {
  const rows = Array.from({ length: MANY }, (_, i) => `CROWD-${i},machine,CROWD-L,Machine ${i},,,,,,critical,active,`)
  return [
    'tag,kind,parent,name,serial_number,barcode,manufacturer,model,installed_on,criticality,status,time_zone',
    'CROWD,site,,Crowd,,,,,,,active,UTC',
    'CROWD-L,line,CROWD,Line,,,,,,,active,',
    ...rows,
  ].join('\n')
}

const tally = (list) => list.reduce((n, word) => ({ ...n, [word]: (n[word] ?? 0) + 1 }), {})

describe('many at once, over HTTP', () => {
  let server, plant
  before(async () => {
    server = await startServer()
    await importAssets(server)
    plant = server.api(await apiKey(server, 'crowd'))
  })
  after(() => server?.stop())

  test('fifty predictions on one asset make one alert and one work order', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => plant.post('/predictions', prediction())),
    )
    assert.deepEqual(tally(answers.map((a) => a.status)), { 202: 50 })
    const [alert, ...others] = new Set(answers.map((a) => a.body.alert_id))
    assert.deepEqual(others, [], 'one alert')
    const decidedAlert = await until('all fifty are attached and decided', async () => {
      const { body } = await plant.get(`/alerts/${alert}`)
      return body.predictions === 50 && body.work_order_id && body
    })
    assert.equal(decidedAlert.decision.action, 'create')
    const orders = (await plant.get(`/work-orders?alert=${alert}`)).body.items
    assert.deepEqual(orders.map((o) => o.id), [decidedAlert.work_order_id])
  })

  test('twenty answers to one question at once make one decision', async () => {
    const asked = await decided(plant, { asset: 'ML-2007-T4', failure_mode: 'tool_wear', confidence: 0.65 })
    assert.equal(asked.state, 'waiting_review')
    const deciders = []
    for (let person = 0; person < 4; person += 1) {
      const email = `reviewer-${person}@example.com`
      const create = ['user', 'create', '--email', email, '--name', `Reviewer ${person}`, '--role', 'reviewer']
      await server.cli([...create, '--password-stdin'], 'a question for twenty people')
      for (let tablet = 0; tablet < 5; tablet += 1) {
        const name = `${person}-${tablet}`
        const out = await server.cli(['api-key', 'create', '--name', name, '--user', email, '--scope', 'read,decide'])
        deciders.push(server.api(out.split('\n').at(-1)))
      }
    }
    const answers = await Promise.all(deciders.map((decider) =>
      decider.post(`/reviews/${asked.id}/decision`, { decision: 'approve', version: asked.version })))
    assert.deepEqual(tally(answers.map((a) => a.status)), { 200: 1, 409: 19 })
    for (const { body } of answers.filter((a) => a.status === 409)) {
      assert.equal(body.code, 'already_decided')
      assert.match(body.decided_by, /^Reviewer \d+$/)
      assert.ok(Date.parse(body.decided_at) > 0)
    }
    const alert = await until('the approval is carried out', async () => {
      const { body } = await plant.get(`/alerts/${asked.id}`)
      return body.work_order_id && body
    })
    assert.equal((await plant.get(`/work-orders?alert=${alert.id}`)).body.items.length, 1)
  })

  test('five hundred predictions on five hundred assets stay within the cap; the rest is asked', async () => {
    const file = join(server.dataDir, 'crowd.csv')
    await writeFile(file, crowd())
    await importAssets(server, file)
    const predictions = Array.from({ length: MANY }, (_, i) => prediction({ asset: `CROWD-${i}`, confidence: 0.9 }))
    const { status, body } = await plant.post('/predictions', { predictions })
    assert.equal(status, 200)
    assert.deepEqual(tally(body.results.map((r) => r.status)), { 202: MANY })
    const alerts = []
    for (const { alert_id: id } of body.results) {
      alerts.push(await until(`alert ${id} is decided`, async () => {
        const alert = (await plant.get(`/alerts/${id}`)).body
        return alert.decision && alert
      }))
    }
    const created = alerts.filter((a) => a.decision.action === 'create').length
    assert.ok(created <= CAP_PER_HOUR, `${created} work orders`)
    const asked = alerts.filter((a) => a.state === 'waiting_review' && a.decision.note === 'cap').length
    assert.equal(created + asked, MANY)
  })
})
