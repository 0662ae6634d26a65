import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { decided } from '../support/index.mjs'
import { PEOPLE, approveAndAssign, find, inTheBook, rising, stage, startAndClose, verdict } from './cast.mjs'

const POINT = 'VMC-1050/SP02/vib_rms'

describe('story: the spindle bearing of VMC-1050', () => {
  let scene
  before(async () => { scene = await stage({ site: 'ROCKFORD', roles: ['planner', 'technician'] }) })
  after(() => scene?.leave())

  test('a sure prediction becomes a work order, planned, done, and confirmed', async () => {
    const { plant, enter } = scene
    const telemetry = await plant.post('/telemetry', rising(POINT, { days: 30, from: 1.9, to: 4.7 }))
    assert.equal(telemetry.status, 202, JSON.stringify(telemetry.body))
    const alert = await decided(plant, { evidence: [{ point: POINT }] })
    assert.equal(alert.decision.calendar.in_production, true)
    const order = await inTheBook(plant, alert.id)
    assert.equal(order.priority, 2)
    assert.equal(order.origin, 'rule')

    const planner = await enter('planner')
    const row = await find(planner.page, 'VMC-1050-SP02')
    assert.match(row, /Draft/)
    assert.match(row, /Planner queue/)
    assert.match(row, /2, high/)
    const what = await planner.page.locator('#what').innerText()
    assert.match(what, /SBC-1050 spindle bearing cartridge/)
    assert.match(what, /LUB-22 lubrication kit/)
    await approveAndAssign(planner.page, PEOPLE.technician.name)

    const technician = await enter('technician')
    await find(technician.page, 'VMC-1050-SP02')
    const card = await startAndClose(technician.page, {
      action: 'Replaced the rear bearing set',
      labour_hours: '6.5',
      downtime_hours: '6.5',
      cost: '4200',
      currency: 'USD',
      notes: 'Inner race pitted, grease dark. The spindle still turned.',
    })
    assert.match(card, /Confirmed/)
    assert.match(card, /\$4.?200/)
    assert.match(card, /6\.5 h/)
    assert.match(await verdict(technician.page, alert.id), /Closed\s+Confirmed/i)
    assert.equal((await plant.get(`/alerts/${alert.id}`)).body.outcome, 'confirmed')
    assert.deepEqual([...planner.errors, ...technician.errors], [])
  })
})
