import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  administrator, apiKey, browser, consoleErrors, decided, importAssets, session, startServer, until,
} from '../support/index.mjs'

/** Uncertain predictions: the default policy asks a person about each of them. */
const QUESTIONS = [
  { asset: 'ML-2007-T4', failure_mode: 'tool_wear', confidence: 0.65 },
  { asset: 'ML-2007-T4', failure_mode: 'slow_indexing', confidence: 0.62 },
  { asset: 'ML-2007-T4', failure_mode: 'turret_misalignment', confidence: 0.61 },
  { asset: 'VMC-1050-SP02', failure_mode: 'drawbar_fault', confidence: 0.66 },
]

describe('the review queue', () => {
  let chrome, server, client, state
  const alert = async (id) => (await client.get(`/alerts/${id}`)).body

  before(async () => {
    chrome = await browser()
    // The time to undo must be long enough for a person, and for a browser under load.
    server = await startServer({ timeScale: 0.6 })
    await administrator(server)
    await importAssets(server)
    client = server.api(await apiKey(server, 'review', 'predictions,read'))
    state = await session(chrome, server)
  })

  after(async () => {
    await chrome?.close()
    await server?.stop()
  })

  /** A fresh question of its own, and a page on it. */
  async function asked(changes, options = {}) {
    const found = await decided(client, changes)
    assert.equal(found.state, 'waiting_review', JSON.stringify(found.decision))
    return { id: found.id, ...(await open(`/review/${found.id}`, options)) }
  }

  async function open(path, options = {}) {
    const page = await chrome.page({ url: server.url, state, ...options })
    const errors = consoleErrors(page)
    await page.goto(path, { waitUntil: 'networkidle' })
    return { page, errors }
  }

  test('an approval is held, then becomes a work order with what the reviewer changed', async () => {
    const { id, page, errors } = await asked(QUESTIONS[0])
    await page.locator('select[name=priority]').selectOption('2')
    await page.getByRole('button', { name: 'Approve' }).click()
    await page.waitForURL(/decided=/)
    assert.equal((await alert(id)).state, 'waiting_review', 'held until the time to undo is over')
    const done = await until('a work order', async () => {
      const found = await alert(id)
      return found.state === 'work_order' && found
    }, { within: 20_000 })
    const { body } = await client.get(`/work-orders/${done.work_order_id}`)
    assert.equal(body.priority, 2)
    assert.deepEqual(errors, [])
    await page.context().close()
  })

  test('a rejection takes its reason from the keyboard and closes the alert as a false alarm', async () => {
    const { id, page, errors } = await asked(QUESTIONS[1])
    await until('the layer of reasons opens', async () => {
      await page.keyboard.press('r')
      return page.locator('#reject').isVisible()
    }, { every: 250 })
    await page.keyboard.press('1')
    await page.waitForURL(/decided=/)
    const closed = await until('the alert is closed', async () => {
      const found = await alert(id)
      return found.state === 'closed' && found
    }, { within: 20_000 })
    assert.equal(closed.outcome, 'false_positive')
    assert.deepEqual(errors, [])
    await page.context().close()
  })

  test('undo within the hold puts the question back, by keyboard alone', async () => {
    const { id, page } = await asked(QUESTIONS[2])
    await until('the page is live', async () => {
      await page.keyboard.press('s')
      return page.locator('#snooze').isVisible()
    }, { every: 250 })
    await page.keyboard.press('2')
    await page.waitForURL(/decided=/)
    await page.locator('.toast').getByRole('button', { name: /Undo/ }).waitFor()
    await page.keyboard.press('u')
    await page.waitForURL(new RegExp(`/review/${id}$`))
    const back = await alert(id)
    assert.equal(back.state, 'waiting_review')
    assert.equal(back.review.status, 'pending')
    await page.context().close()
  })

  test('j and k go through the queue and a approves', async () => {
    const { id, page } = await asked(QUESTIONS[3])
    await page.goto('/review', { waitUntil: 'networkidle' })
    const first = await page.locator('.item .plate').first().innerText()
    const shown = () => page.locator('.item .plate').first().innerText()
    await until('the next question', async () => {
      await page.keyboard.press('j')
      return (await page.getByText('2 of', { exact: false }).count()) > 0
    }, { every: 500 })
    await until('the first question again', async () => {
      await page.keyboard.press('k')
      return (await page.getByText('1 of', { exact: false }).count()) > 0 && (await shown()) === first
    }, { every: 500 })
    await page.goto(`/review/${id}`, { waitUntil: 'networkidle' })
    await until('it is approved', async () => {
      await page.keyboard.press('a')
      return /decided=/.test(page.url())
    }, { every: 500 })
    await until('a work order', async () => (await alert(id)).state === 'work_order', { within: 20_000 })
    await page.context().close()
  })

  test('a decision in one window shows in the other, and comes second nowhere', async () => {
    const question = { ...QUESTIONS[1], asset: 'VMC-1050-SP02', failure_mode: 'spindle_runout' }
    const { id, page } = await asked(question)
    const other = await open(`/review/${id}`)
    await page.getByRole('button', { name: 'Approve' }).click()
    await page.waitForURL(/decided=/)
    await other.page.getByText('Approved by', { exact: false }).first().waitFor()
    assert.equal(await other.page.getByRole('button', { name: 'Approve' }).count(), 0)
    await page.context().close()
    await other.page.context().close()
  })

  test('without scripts an approval goes through and can be undone on the page', async () => {
    const question = { ...QUESTIONS[1], asset: 'VMC-1050-SP02', failure_mode: 'spindle_overheating' }
    const { id, page } = await asked(question, { javaScript: false })
    await page.getByRole('button', { name: 'Approve' }).click()
    await page.waitForURL(/decided=/)
    assert.equal((await alert(id)).review.status, 'decided')
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.waitForURL(new RegExp(`/review/${id}$`))
    assert.equal((await alert(id)).review.status, 'pending')
    await page.getByRole('button', { name: 'Approve' }).click()
    await until('a work order', async () => (await alert(id)).state === 'work_order', { within: 20_000 })
    await page.context().close()
  })
})
