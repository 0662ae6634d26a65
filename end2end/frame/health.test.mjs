import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { browser, consoleErrors, startServer } from '../support/index.mjs'

describe('the program', () => {
  let chrome, server

  before(async () => {
    server = await startServer()
    chrome = await browser()
  })

  after(async () => {
    await chrome?.close()
    await server?.stop()
  })

  test('answers that it is alive and ready', async () => {
    assert.equal((await fetch(`${server.url}/healthz`)).status, 200)
    assert.equal((await fetch(`${server.url}/readyz`)).status, 200)
  })

  test('serves its script and styles with the right types', async () => {
    const types = {
      '/pkg/millwright.js': /javascript/,
      '/pkg/millwright_bg.wasm': /^application\/wasm/,
      '/pkg/millwright.css': /^text\/css/,
    }
    for (const [path, type] of Object.entries(types)) {
      const answer = await fetch(server.url + path)
      assert.equal(answer.status, 200, path)
      assert.match(answer.headers.get('content-type'), type, path)
    }
  })

  test('shows a page without console errors', async () => {
    const page = await chrome.page({ url: server.url })
    const errors = consoleErrors(page)
    await page.goto('/', { waitUntil: 'networkidle' })
    assert.ok(await page.title())
    assert.deepEqual(errors, [])
  })

  test('keeps its data over a stop and a start', async () => {
    await server.kill('SIGTERM')
    await server.start()
    assert.equal((await fetch(`${server.url}/readyz`)).status, 200)
  })
})
