import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  administrator, apiKey, browser, consoleErrors, decided, importAssets, session, startServer, until,
} from '../support/index.mjs'

describe('alerts', () => {
  let chrome, server, client, state, sure, unsure

  before(async () => {
    chrome = await browser()
    server = await startServer()
    await administrator(server)
    await importAssets(server)
    client = server.api(await apiKey(server, 'alerts', 'predictions,read'))
    state = await session(chrome, server)
  })

  after(async () => {
    await chrome?.close()
    await server?.stop()
  })

  async function open(path, options = {}) {
    const page = await chrome.page({ url: server.url, state, ...options })
    const errors = consoleErrors(page)
    await page.goto(path, { waitUntil: 'networkidle' })
    return { page, errors }
  }

  test('before the first one the page teaches how they get here', async () => {
    const { page } = await open('/alerts')
    assert.match(await page.locator('main pre').innerText(), /\/api\/v1\/predictions/)
    await page.context().close()
  })

  test('a new alert appears by itself, with what the rules did', async () => {
    const { page, errors } = await open('/alerts')
    sure = await decided(client)
    unsure = await decided(client, { asset: 'ML-2007-T4', failure_mode: 'tool_wear', confidence: 0.65 })
    const rows = page.locator('.alerts tbody tr')
    await until('both rows', async () => (await rows.count()) === 2)
    await page.getByRole('cell', { name: 'Waiting for review' }).waitFor()
    assert.deepEqual(errors, [])
    await page.context().close()
  })

  test('facets, words and an asset with what lies below it narrow the list', async () => {
    for (const [query, tag] of [
      ['state=waiting_review', 'ML-2007-T4'],
      ['q=bearing', 'VMC-1050-SP02'],
      ['asset=VMC-1050', 'VMC-1050-SP02'],
    ]) {
      const { page } = await open(`/alerts?${query}`, { javaScript: false })
      assert.deepEqual(await page.locator('.alerts tbody .plate').allInnerTexts(), [tag], query)
      await page.context().close()
    }
  })

  test('one alert shows every rule with what was found', async () => {
    const { page, errors } = await open(`/alerts/${unsure.id}`)
    const why = page.locator('#why')
    assert.equal(await why.locator('li[data-hit]').count(), 1)
    assert.ok(await why.getByText(/confidence 0\.65/).count() > 0)
    assert.equal(await why.locator('ol.why > li').count(), unsure.decision.reasons.length)
    assert.deepEqual(errors, [])
    await page.context().close()
  })

  test('a person raises a work order and lands on it', async () => {
    const logged = await decided(client, {
      asset: 'ML-2007-T4', failure_mode: 'slow_indexing', confidence: 0.3, rul_hours: 2000,
      intervention_window_hours: 1500,
    })
    const { page } = await open(`/alerts/${logged.id}`, { javaScript: false })
    await page.getByRole('button', { name: /Raise a work order/ }).click()
    await page.getByRole('button', { name: 'Raise it' }).click()
    await page.waitForURL(/\/work-orders\/\d+/)
    const found = (await client.get(`/alerts/${logged.id}`)).body
    assert.equal(found.state, 'work_order')
    assert.equal(sure.asset.tag, 'VMC-1050-SP02')
    await page.context().close()
  })
})
