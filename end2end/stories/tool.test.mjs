import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { decided, until } from '../support/index.mjs'
import { PEOPLE, approveAndAssign, find, inTheBook, rising, stage, startAndClose, verdict } from './cast.mjs'

const POINT = 'ML-2007/T4/flank_wear'
const NOTES = 'Chatter marks on the last three parts; wear land visible under the loupe.'

describe('story: the worn tool of ML-2007', () => {
  let scene
  before(async () => {
    scene = await stage({ site: 'ROCKFORD', roles: ['planner', 'supervisor', 'technician'] })
  })
  after(() => scene?.leave())

  test('a doubtful prediction goes to review and logbook; the supervisor raises the work order', async () => {
    const { plant, enter } = scene
    const telemetry = await plant.post('/telemetry', rising(POINT, { days: 9, from: 0.08, to: 0.42 }))
    assert.equal(telemetry.status, 202, JSON.stringify(telemetry.body))
    const alert = await decided(plant, {
      asset: 'ML-2007-T4',
      failure_mode: 'tool_wear',
      confidence: 0.65,
      rul_hours: 50,
      intervention_window_hours: 36,
      description: 'flank wear 0.42 mm of 0.60 mm',
      recommended_action: 'change the insert of station T4',
      spare_parts: [{ part: 'TI-CNMG-12', description: 'insert, pack of ten', quantity: 1 }],
      evidence: [{ point: POINT }],
    })
    assert.equal(alert.state, 'waiting_review')
    assert.equal(alert.work_order_id, null)

    const { page, errors } = await enter('supervisor')
    await page.goto('/review')
    await page.locator('.item .plate', { hasText: 'ML-2007-T4' }).first().waitFor()
    await page.goto('/logbook')
    const asked = page.locator('.log > li.auto', { hasText: 'A reviewer is asked' })
    assert.match(await asked.innerText(), /ML-2007-T4/)
    await asked.getByRole('link', { name: 'Raise work order' }).click()
    const form = page.locator('#raise')
    await form.waitFor()
    assert.match(await form.innerText(), /TWL-04/)
    assert.match(await form.innerText(), /trend graph of ML-2007\/T4\/flank_wear/i)
    assert.equal(await form.locator('#priority').inputValue(), '3')
    await form.locator('#notes').fill(NOTES)
    await form.getByRole('button', { name: 'Raise work order' }).click()
    const raised = page.locator('.log > li', { hasText: 'Chatter marks' }).locator('.raised')
    await raised.waitFor()
    assert.match(await raised.innerText(), /TWL-04, priority 3/)

    const order = await inTheBook(plant, alert.id)
    assert.equal(order.priority, 3)
    assert.equal(order.origin, 'person')
    const review = (await plant.get(`/alerts/${alert.id}`)).body.review
    assert.notEqual(review?.status, 'pending', 'the question ended with the work order')

    const planner = await enter('planner')
    await find(planner.page, 'ML-2007-T4')
    assert.match(await planner.page.locator('#what').innerText(), /TWL-04/)
    assert.match(await planner.page.locator('main').innerText(), /Chatter marks on the last three parts/)
    await until('the trend graph is drawn', () =>
      planner.page.locator('.files img').first().evaluate((image) => image.complete && image.naturalWidth > 0))
    await approveAndAssign(planner.page, PEOPLE.technician.name)

    const technician = await enter('technician')
    await find(technician.page, 'ML-2007-T4')
    const card = await startAndClose(technician.page, {
      action: 'Changed the insert of station T4, offset measured again',
      labour_hours: '0.4',
      downtime_hours: '0.4',
      cost: '85',
      currency: 'USD',
    })
    assert.match(card, /Confirmed/)
    assert.match(await verdict(technician.page, alert.id), /Closed\s+Confirmed/i)
    assert.deepEqual([...errors, ...planner.errors, ...technician.errors], [])
  })
})
