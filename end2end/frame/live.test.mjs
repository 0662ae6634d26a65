import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  administrator, apiKey, browser, consoleErrors, decided, importAssets, session, startServer, until,
} from '../support/index.mjs'

/** A change must show in another window within this time. */
const SOON_MS = 1_000

const isLive = (request) => new URL(request.url()).pathname === '/live'

describe('live pages', () => {
  let chrome, server, client, state

  before(async () => {
    chrome = await browser()
    server = await startServer({ timeScale: 0.6 })
    await administrator(server)
    await importAssets(server)
    client = server.api(await apiKey(server, 'live'))
    state = await session(chrome, server)
  })

  after(async () => {
    await chrome?.close()
    await server?.stop()
  })

  /** Tabs of one browser profile: they share its connections. */
  async function tabs(count, path) {
    const first = await chrome.page({ url: server.url, state })
    const pages = [first]
    while (pages.length < count) pages.push(await first.context().newPage())
    const errors = pages.map(consoleErrors)
    let streams = 0
    const open = new Set()
    for (const page of pages) {
      page.on('request', (request) => { if (isLive(request)) { streams += 1; open.add(request) } })
      page.on('requestfailed', (request) => open.delete(request))
      page.on('requestfinished', (request) => open.delete(request))
      await page.goto(path)
    }
    await Promise.all(pages.map((page, number) => until(`tab ${number} is live`, async () =>
      /^Live/.test(await page.locator('.fresh').innerText()), { within: 20_000 })))
    return { pages, errors, streams: () => streams, open: () => open.size }
  }

  test('two windows side by side: a decision in one shows in the other within a second', async () => {
    const asked = await decided(client, { asset: 'ML-2007-T4', failure_mode: 'tool_wear', confidence: 0.65 })
    const { pages: [one], errors } = await tabs(1, `/review/${asked.id}`)
    const { pages: [other] } = await tabs(1, '/alerts?state=waiting_review')
    const row = other.locator(`tr:has(a[href^="/alerts/${asked.id}"])`)
    await row.waitFor()
    const shown = other.evaluate(([id]) => new Promise((resolve) => {
      const cell = () => document.querySelector(`tr:has(a[href^="/alerts/${id}"])`)?.innerText ?? ''
      const before = cell()
      new MutationObserver(() => { if (cell() !== before) resolve(Date.now()) })
        .observe(document.body, { subtree: true, childList: true, characterData: true })
    }), [asked.id])
    const answered = one.waitForResponse((answer) => answer.url().endsWith('/ui/alerts/approve'))
    await one.getByRole('button', { name: 'Approve' }).click()
    await answered
    const decidedAt = Date.now()
    const late = (await shown) - decidedAt
    assert.ok(late < SOON_MS, `shown ${late} ms after the answer`)
    assert.deepEqual(errors.flat(), [])
    await one.context().close()
    await other.context().close()
  })

  for (const [when, lost] of [['before the live connection stands', 0], ['while it is lost', 1]]) {
    test(`what changes ${when} is not missed`, async () => {
      const page = await chrome.page({ url: server.url, state })
      const errors = consoleErrors(page)
      let connections = 0
      let asked
      await page.route('**/live?*', async (route) => {
        connections += 1
        if (connections <= lost) {
          return route.fulfill({ contentType: 'text/event-stream', body: 'retry: 100\n\n' })
        }
        asked ??= await decided(client, {
          asset: 'ML-2007-T4', failure_mode: lost ? 'hydraulic_leak' : 'tool_breakage', confidence: 0.63,
        })
        return route.continue()
      })
      await page.goto('/overview')
      await until('a connection', () => asked)
      await until('the case shows', async () =>
        (await page.locator(`a[href="/alerts/${asked.id}"]`).count()) > 0, { within: 10_000 })
      assert.equal(connections, lost + 1)
      assert.deepEqual(errors, [])
      await page.context().close()
    })
  }

  test('eight visible tabs share one connection, and each answers and follows', async () => {
    const { pages, errors, streams, open } = await tabs(8, '/overview')
    assert.equal(open(), 1, 'one connection for eight tabs')
    assert.equal(streams(), 1)
    const asked = await decided(client, { asset: 'ML-2007-T4', failure_mode: 'slow_indexing', confidence: 0.62 })
    await Promise.all(pages.map((page, number) => until(`tab ${number} shows the case`, async () =>
      (await page.locator(`a[href="/alerts/${asked.id}"]`).count()) > 0, { within: 5_000 })))
    for (const [number, page] of pages.entries()) {
      const started = Date.now()
      await page.getByRole('link', { name: 'Work orders', exact: true }).first().click()
      await page.locator('h1', { hasText: 'Work orders' }).waitFor()
      assert.ok(Date.now() - started < 3_000, `tab ${number} answers`)
    }
    assert.deepEqual(errors.flat(), [])
    await pages[0].context().close()
  })

  test('when the tab that holds the connection is closed, another takes its turn', async () => {
    const { pages, streams } = await tabs(3, '/overview')
    const holder = pages[0]
    await holder.close()
    const left = pages.slice(1)
    await until('a second connection', () => streams() === 2)
    const asked = await decided(client, { asset: 'VMC-1050-SP02', failure_mode: 'drawbar_fault', confidence: 0.66 })
    await Promise.all(left.map((page) => until('the case shows', async () =>
      (await page.locator('.needs .fig').first().innerText()) !== '' &&
      (await page.locator(`a[href="/alerts/${asked.id}"]`).count()) > 0, { within: 5_000 })))
    await left[0].context().close()
  })

  test('a hidden tab holds nothing and catches up when it is looked at', async () => {
    const { pages: [page], open } = await tabs(1, '/overview')
    const look = (hidden) => page.evaluate((hidden) => {
      Object.defineProperty(document, 'hidden', { value: hidden, configurable: true })
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
    }, hidden)
    await look(true)
    await until('the connection is given up', () => open() === 0)
    const asked = await decided(client, { asset: 'ML-2007-T4', failure_mode: 'turret_misalignment', confidence: 0.61 })
    assert.equal(await page.locator(`a[href="/alerts/${asked.id}"]`).count(), 0)
    await look(false)
    await until('it catches up', async () => (await page.locator(`a[href="/alerts/${asked.id}"]`).count()) > 0)
    await page.context().close()
  })
})
