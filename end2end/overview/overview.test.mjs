import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  administrator, apiKey, browser, consoleErrors, decided, importAssets, session, startServer, until,
} from '../support/index.mjs'

describe('the overview', () => {
  let chrome, server, client, state

  before(async () => {
    chrome = await browser()
    server = await startServer()
    await administrator(server)
    state = await session(chrome, server)
  })

  after(async () => {
    await chrome?.close()
    await server?.stop()
  })

  async function open(path = '/overview', options = {}) {
    const page = await chrome.page({ url: server.url, state, ...options })
    const errors = consoleErrors(page)
    await page.goto(path, { waitUntil: 'networkidle' })
    return { page, errors }
  }

  const stage = (page, name) => page.locator('.pipeline > li', { has: page.getByRole('link', { name, exact: true }) })

  test('is where a person lands, and before the first prediction it shows the first steps', async () => {
    const { page, errors } = await open('/')
    assert.equal(new URL(page.url()).pathname, '/overview')
    assert.equal(await page.locator('h1').innerText(), 'Overview')
    const steps = page.locator('#steps li')
    assert.equal(await steps.count(), 4)
    assert.match(await page.locator('#steps [aria-current=step]').innerText(), /Tell Millwright what there is/)
    assert.match(await stage(page, 'Sources').innerText(), /Not in use/)
    assert.deepEqual(errors, [])
    await page.context().close()
  })

  test('figures lead to what they count, and o opens the oldest question', async () => {
    await importAssets(server)
    client = server.api(await apiKey(server, 'cell-3'))
    const sure = await decided(client)
    const asked = await decided(client, { asset: 'ML-2007-T4', failure_mode: 'tool_wear', confidence: 0.65 })
    const { page, errors } = await open()
    const reviews = page.locator('.needs a', { hasText: 'waiting for review' })
    assert.equal(await reviews.locator('.fig').innerText(), '1')
    assert.equal(await reviews.getAttribute('href'), '/review')
    const risks = page.locator('.risk tbody tr')
    assert.equal(await risks.count(), 2)
    assert.match(await risks.first().innerText(), /VMC-1050-SP02/, 'the more severe one first')
    assert.ok(await page.locator(`.risk a[href="/alerts/${sure.id}"]`).isVisible())
    for (const [name, figure] of [['Sources', 2], ['Alerts', 2], ['Rules', 2], ['Review', 1]]) {
      assert.match(await stage(page, name).locator('.fig').innerText(), new RegExp(`^${figure} `), name)
    }
    assert.match(await page.locator('#links').innerText(), /cell-3[\s\S]*Healthy/)
    await until('o opens the question', async () => {
      await page.keyboard.press('o')
      return new URL(page.url()).pathname === `/review/${asked.id}`
    }, { every: 250 })
    assert.deepEqual(errors, [])
    await page.context().close()
  })

  test('a new case shows by itself', async () => {
    const { page, errors } = await open()
    const before = await page.locator('.risk tbody tr').count()
    await decided(client, { asset: 'VMC-1050-SP02', failure_mode: 'drawbar_fault', confidence: 0.66 })
    await until('the review figure follows', async () =>
      (await page.locator('.needs a', { hasText: 'waiting for review' }).locator('.fig').innerText()) === '2')
    assert.equal(await page.locator('.risk tbody tr').count(), before, 'the same asset stays one line')
    assert.deepEqual(errors, [])
    await page.context().close()
  })

  test('silent sources are dead, and numbers behind them are old ones, never zero', async () => {
    const answer = await fetch(`${server.url}/test/clock`, {
      method: 'POST', headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ advance_secs: 3 * 3600 }),
    })
    assert.equal(answer.status, 200, await answer.text())
    const { page, errors } = await open()
    const sources = stage(page, 'Sources')
    assert.equal(await sources.getAttribute('data-dead'), '')
    assert.match(await sources.innerText(), /no data since (\w{3} )?\d\d:\d\d/)
    for (const name of ['Alerts', 'Rules', 'Work orders', 'Closures']) {
      assert.equal(await stage(page, name).getAttribute('data-stale'), '', name)
    }
    assert.match(await stage(page, 'Alerts').locator('.fig').innerText(), /^3 /)
    assert.match(await stage(page, 'Alerts').innerText(), /Stale[\s\S]*as of/)
    assert.match(await page.locator('.head .meta').innerText(), /You were last here/)
    assert.deepEqual(errors, [])
    await page.context().close()
  })

  test('without scripts everything is there', async () => {
    const { page } = await open('/overview', { javaScript: false })
    assert.equal(await page.locator('.pipeline > li').count(), 6)
    assert.ok(await page.locator('.risk tbody tr').count() > 0)
    assert.ok(await page.locator('.needs a').count() > 0)
    await page.context().close()
  })
})
