import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  VIEWPORTS, administrator, apiKey, axe, browser, consoleErrors, decided, importAssets, overflow,
  session, startServer, until,
} from '../support/index.mjs'
import { keyboardSheet } from '../support/hydration.mjs'

describe('work orders of the book', () => {
  let chrome, server, client, state, order

  before(async () => {
    chrome = await browser()
    server = await startServer()
    await administrator(server)
    await importAssets(server)
    client = server.api(await apiKey(server, 'orders', 'predictions,read'))
    const alert = await decided(client)
    order = await until('the alert has a work order in the book', async () => {
      const id = (await client.get(`/alerts/${alert.id}`)).body.work_order_id
      const found = id && (await client.get(`/work-orders/${id}`)).body
      return found?.delivery?.state === 'created' && found
    })
    state = await session(chrome, server)
  })

  after(async () => {
    await chrome?.close()
    await server?.stop()
  })

  const open = async (path, options = {}) => {
    const page = await chrome.page({ url: server.url, state, ...options })
    const errors = consoleErrors(page)
    await page.goto(path)
    if (options.javaScript !== false) await keyboardSheet(page)
    return { page, errors }
  }
  const status = (page, words) =>
    page.locator('.facts dd', { hasText: words }).first().waitFor()

  test('the list finds a work order by status, origin and words, in the address', async () => {
    const { page, errors } = await open('/work-orders')
    const row = page.locator('tbody tr', { hasText: 'VMC-1050-SP02' })
    assert.match(await row.innerText(), /Draft/)
    assert.match(await row.innerText(), new RegExp(order.cmms_number))
    await page.locator('#f-status').selectOption('closed')
    await page.getByRole('button', { name: 'Apply' }).click()
    await page.waitForURL(/status=closed/)
    await page.getByText('No work orders match').waitFor()
    await page.goto('/work-orders?origin=rule&q=spindle&delivery=created')
    await page.locator('tbody tr', { hasText: 'VMC-1050-SP02' }).getByRole('link').first().click()
    await page.waitForURL(new RegExp(`/work-orders/${order.id}$`))
    assert.deepEqual(errors, [])
    await page.context().close()
  })

  test('planner approves and assigns, technician starts and closes on a phone: the verdict is shown', async () => {
    const { page, errors } = await open(`/work-orders/${order.id}`, { viewport: VIEWPORTS[0] })
    await page.getByRole('button', { name: 'Approve' }).click()
    await status(page, 'Approved')
    await page.locator('#assigned_to').fill('Priya Raman')
    await page.getByRole('button', { name: 'Assign' }).click()
    await status(page, 'Priya Raman')
    await page.getByRole('button', { name: 'Start work' }).click()
    await status(page, 'In progress')

    await page.getByRole('button', { name: 'Close work order' }).waitFor()
    assert.deepEqual(await overflow(page), [], 'wider than the phone')
    assert.deepEqual(await axe(page), [])
    const field = (name) => page.locator(`[id="closure.${name}"]`)
    assert.match(await field('parts').inputValue(), /SBC-1050/)
    await field('action').fill('Replaced the rear bearing set')
    await field('cost').fill('4200')
    await field('currency').fill('')
    await page.getByRole('button', { name: 'Close work order' }).click()
    await page.locator('.closing [role=alert] .notice').waitFor()
    assert.equal(await field('action').inputValue(), 'Replaced the rear bearing set')
    await field('currency').fill('USD')
    await field('labour_hours').fill('6.5')
    await field('downtime_hours').fill('6.5')
    await page.getByRole('button', { name: 'Close work order' }).click()
    await page.locator('#closure', { hasText: 'Confirmed' }).waitFor()
    const card = await page.locator('#closure').innerText()
    assert.match(card, /\$4.200/)
    assert.match(card, /6\.5 h/)
    await page.locator('#timeline', { hasText: 'Prediction confirmed' }).waitFor()
    assert.deepEqual(errors.filter((text) => !text.includes('422')), [])
    const closed = (await client.get(`/work-orders/${order.id}`)).body
    assert.equal(closed.status, 'closed')
    assert.equal(closed.closure.cost, 4200)
    await page.context().close()
  })

  test('without scripts a step is a plain form post', async () => {
    const alert = await decided(client, { asset: 'VMC-1050', failure_mode: 'leak', confidence: 0.9, spare_parts: [] })
    const id = await until('it has a work order in the book', async () => {
      const found = (await client.get(`/alerts/${alert.id}`)).body.work_order_id
      return found && (await client.get(`/work-orders/${found}`)).body.cmms_number && found
    })
    const { page } = await open(`/work-orders/${id}`, { javaScript: false })
    await page.getByRole('button', { name: 'Approve' }).click()
    assert.match(await page.locator('.facts').first().innerText(), /Approved/)
    await page.context().close()
  })
})
