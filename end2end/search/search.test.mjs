import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  administrator, apiKey, browser, consoleErrors, decided, importAssets, session, startServer, until,
} from '../support/index.mjs'

describe('search', () => {
  let chrome, server, state, alert

  before(async () => {
    chrome = await browser()
    server = await startServer()
    await administrator(server)
    await importAssets(server)
    const client = server.api(await apiKey(server, 'search'))
    alert = await decided(client)
    await until('its work order has a number', async () => {
      const { body } = await client.get(`/work-orders?alert=${alert.id}`)
      return body.items[0]?.cmms_number
    })
    state = await session(chrome, server)
  })

  after(async () => {
    await chrome?.close()
    await server?.stop()
  })

  test('/ focuses the field, Enter searches, j and Enter open a hit', async () => {
    const page = await chrome.page({ url: server.url, state })
    const errors = consoleErrors(page)
    await page.goto('/alerts', { waitUntil: 'networkidle' })
    const field = page.locator('.topbar input[type=search]')
    await until('the field has the focus', async () => {
      await page.keyboard.press('/')
      return field.evaluate((input) => input === document.activeElement)
    }, { every: 250 })
    await field.fill('vmc-1050-sp02')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/search\?q=vmc-1050-sp02/)
    assert.equal(await page.locator('h1').innerText(), 'Search for vmc-1050-sp02')
    assert.match(await page.locator('#assets').innerText(), /VMC-1050-SP02[\s\S]*exact/)
    assert.ok(await page.locator(`#alerts a[href="/alerts/${alert.id}"]`).isVisible())
    assert.ok(await page.locator('#orders a').first().isVisible())
    await until('a row has the focus', async () => {
      await page.locator('h1').focus()
      await page.keyboard.press('j')
      return page.evaluate(() => document.activeElement.hasAttribute('data-item'))
    }, { every: 250 })
    assert.deepEqual(errors, [])
    await page.context().close()
  })

  test('without scripts it is a plain form', async () => {
    const page = await chrome.page({ url: server.url, state, javaScript: false })
    await page.goto('/overview')
    await page.locator('.topbar input[type=search]').fill('rear')
    await page.locator('.topbar input[type=search]').press('Enter')
    await page.waitForURL(/\/search\?q=rear/)
    assert.ok(await page.locator('h1').isVisible())
    await page.goto('/search?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E')
    assert.match(await page.locator('.empty').innerText(), /Nothing matches <script>/)
    await page.context().close()
  })

  test('on a phone the field is one tap away', async () => {
    const page = await chrome.page({ url: server.url, state, viewport: { width: 390, height: 844 } })
    await page.goto('/overview', { waitUntil: 'networkidle' })
    await page.locator('.topbar a.search-link').click()
    await page.waitForURL(/\/search/)
    assert.ok(await page.locator('#search-text').isVisible())
    await page.context().close()
  })
})
