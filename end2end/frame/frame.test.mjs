import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { readFile } from 'node:fs/promises'
import {
  administrator, apiKey, browser, consoleErrors, decided, importAssets, session, startServer, until,
} from '../support/index.mjs'

describe('the frame', () => {
  let chrome, server, state, client

  before(async () => {
    chrome = await browser()
    server = await startServer({ timeScale: 0.6 })
    await administrator(server)
    await importAssets(server)
    client = server.api(await apiKey(server, 'frame'))
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

  test('g and a letter go to every section of the rail', async () => {
    const { page, errors } = await open('/overview')
    const entries = await page.locator('.rail a[data-key]').evaluateAll((links) =>
      links.map((link) => [link.dataset.key, link.getAttribute('href')]))
    assert.ok(entries.length >= 5)
    for (const [key, href] of entries) {
      await until(`${key} goes to ${href}`, async () => {
        for (const letter of key.split(' ')) await page.keyboard.press(letter)
        return new URL(page.url()).pathname.startsWith(href)
      }, { every: 400 })
      await page.locator('h1').first().waitFor()
    }
    assert.deepEqual(errors, [])
    await page.context().close()
  })

  test('the sheet of keys lists what works here, with the sequences, and nothing twice', async () => {
    const { page } = await open('/alerts')
    await until('the sheet opens', async () => {
      await page.keyboard.press('?')
      return page.locator('#keys').isVisible()
    }, { every: 250 })
    const keys = await page.locator('#keys dt').allInnerTexts()
    for (const key of ['/', 'g o', 'g r', 'g a', 'g w', 'g l', 'e', '?']) assert.ok(keys.includes(key), key)
    assert.equal(new Set(keys).size, keys.length)
    await page.keyboard.press('Escape')
    await until('Escape closes it', async () => !(await page.locator('#keys').isVisible()))
    await page.context().close()
  })

  test('a theme and a density are kept and there from the first byte, so nothing flashes', async () => {
    const { page } = await open('/alerts')
    await page.locator('.menu.user').click()
    await page.getByRole('button', { name: 'Dark' }).first().click()
    await page.waitForLoadState()
    const html = async () => (await page.request.get('/alerts')).text()
    assert.match(await html(), /<html[^>]*data-theme="dark"/)
    await page.locator('.menu.user').click()
    await page.getByRole('button', { name: 'Comfortable' }).first().click()
    await page.waitForLoadState()
    assert.match(await html(), /<html[^>]*data-density="comfortable"/)
    await page.context().close()
  })

  test('a list leaves as a file with the filter of the page', async () => {
    await decided(client)
    await decided(client, { asset: 'ML-2007-T4', failure_mode: 'tool_wear', confidence: 0.65 })
    const { page, errors } = await open('/alerts?state=waiting_review')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Export CSV' }).click(),
    ])
    assert.equal(download.suggestedFilename(), 'millwright-alerts.csv')
    const text = await readFile(await download.path(), 'utf8')
    assert.ok(text.startsWith('\ufeff"alert",'), text)
    assert.match(text, /ML-2007-T4/)
    assert.doesNotMatch(text, /VMC-1050-SP02/)
    assert.deepEqual(errors, [])
    await page.context().close()
  })

  test('a question is answered by keyboard alone, from the overview on', async () => {
    const { page, errors } = await open('/overview')
    await until('o opens the question', async () => {
      await page.keyboard.press('o')
      return /\/review\/\d+/.test(page.url())
    }, { every: 300 })
    const id = Number(new URL(page.url()).pathname.split('/').at(-1))
    await page.locator('h1').waitFor()
    await until('a approves', async () => {
      await page.keyboard.press('a')
      return /decided=/.test(page.url())
    }, { every: 500 })
    await until('it becomes a work order', async () =>
      (await client.get(`/alerts/${id}`)).body.state === 'work_order', { within: 20_000 })
    assert.deepEqual(errors, [])
    await page.context().close()
  })

  test('on paper there is neither rail nor button, and the filter stands in words', async () => {
    const { page } = await open('/alerts?state=waiting_review')
    await page.emulateMedia({ media: 'print' })
    for (const part of ['.rail', '.topbar', '.export', '.filters']) {
      assert.equal(await page.locator(part).first().isVisible(), false, part)
    }
    assert.match(await page.locator('.printed').innerText(), /waiting_review|Waiting/i)
    await page.context().close()
  })
})
