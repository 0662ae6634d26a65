import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { decided } from '../support/index.mjs'
import { approveAndAssign, find, inTheBook, rising, stage, startAndClose, verdict } from './cast.mjs'

const POINT = 'MC-3001/AX-X/backlash'
const RULE = 'A month or more left: weekend crew'

describe('story: axis X of MC-3001', () => {
  let scene
  before(async () => { scene = await stage({ site: 'AURORA', roles: ['planner', 'technician'] }) })
  after(() => scene?.leave())

  test("the site's own rule makes it scheduled work of the weekend crew in the next shutdown", async () => {
    const { plant, enter } = scene
    const telemetry = await plant.post('/telemetry', rising(POINT, { days: 48, from: 4, to: 14 }))
    assert.equal(telemetry.status, 202, JSON.stringify(telemetry.body))
    const alert = await decided(plant, {
      asset: 'MC-3001-AX-X',
      failure_mode: 'backlash_growth',
      confidence: 0.72,
      rul_hours: 1080,
      intervention_window_hours: 720,
      description: 'backlash of axis X 14 µm and growing',
      recommended_action: 'replace ball screw nut, set preload',
      spare_parts: [{ part: 'BSN-4020', description: 'ball screw nut', quantity: 1 }],
      evidence: [{ point: POINT }],
    })
    const matched = alert.decision.reasons.find((reason) => reason.matched)
    assert.equal(matched.rule, RULE)
    const order = await inTheBook(plant, alert.id)
    assert.equal(order.priority, 3)
    assert.equal(order.origin, 'shutdown')
    assert.equal(order.assigned_to, 'weekend crew')

    const planner = await enter('planner')
    await planner.page.goto(`/alerts/${alert.id}`)
    const hit = planner.page.locator('#why li[data-hit]')
    assert.match(await hit.innerText(), new RegExp(RULE))
    const row = await find(planner.page, 'MC-3001-AX-X')
    assert.match(row, /3, scheduled/)
    assert.match(row, /weekend crew/)
    assert.match(await planner.page.locator('#what').innerText(), /Planned[^]* to /)
    assert.equal(await approveAndAssign(planner.page), 'weekend crew')

    const technician = await enter('technician')
    await find(technician.page, 'MC-3001-AX-X')
    const card = await startAndClose(technician.page, {
      action: 'Replaced ball screw nut of axis X, preload set',
      labour_hours: '4.2',
      downtime_hours: '4.2',
      avoided_downtime_hours: '14',
      cost: '1850',
      currency: 'USD',
      notes: '4.2 h planned in the shutdown, against 14 h estimated for an unplanned stop.',
    })
    assert.match(card, /Confirmed/)
    assert.match(card, /4\.2 h/)
    assert.match(card, /14(\.0)? h/)
    assert.match(await verdict(technician.page, alert.id), /Closed\s+Confirmed/i)
    assert.deepEqual([...planner.errors, ...technician.errors], [])
  })
})
