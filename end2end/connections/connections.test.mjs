import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  administrator, browser, connect, consoleErrors, importAssets, session, startDouble, startServer, tabTo, until,
} from '../support/index.mjs'
import { keyboardSheet } from '../support/hydration.mjs'

const KEY = 'a key that nobody is to see again'

describe('connections', () => {
  let chrome, server, double, state, connection

  before(async () => {
    chrome = await browser()
    double = await startDouble('maximo')
    server = await startServer({ env: { MILLWRIGHT_EGRESS__ALLOW: double.host } })
    await administrator(server)
    await importAssets(server)
    state = await session(chrome, server)
  })

  after(async () => {
    await chrome?.close()
    await server?.stop()
    await double?.stop()
  })

  async function open(path, options = {}) {
    const page = await chrome.page({ url: server.url, state, ...options })
    const errors = consoleErrors(page)
    await page.goto(path)
    if (options.javaScript !== false) await keyboardSheet(page)
    return { page, errors }
  }

  test('without one the systems are offered as cards, and the wizard saves every step', async () => {
    const { page, errors } = await open('/connections')
    await page.getByText('No connections yet').waitFor()
    assert.ok(await page.locator('.systems a').count() >= 10)
    await page.locator('.systems').getByRole('link', { name: /IBM Maximo/ }).click()
    await page.waitForURL(/system=maximo/)
    connection = await connect(page, 'maximo', {
      name: 'Maximo, west', address: `http://${double.host}${double.about.path}`,
      settings: double.about.settings, site: 'West works',
    })
    assert.equal(await page.locator('.stepper [aria-current=step] b').innerText(), 'Sign-in')
    await page.locator('#secret-api_key').fill(double.about.secrets.api_key)
    await page.locator('form', { has: page.locator('#secret-api_key') }).getByRole('button', { name: 'Set' }).click()
    await page.locator('.secrets li', { hasText: 'API key' }).getByText('in use').waitFor()
    await page.getByRole('link', { name: 'Go on' }).click()
    await page.waitForURL(/step=test/)
    await page.getByText('Not tested yet.').waitFor()
    await page.getByRole('link', { name: 'Go on' }).click()
    await page.waitForURL(/step=schedule/)
    assert.ok(await page.getByLabel('West works').isChecked())
    await page.locator('#orders_every').fill('15')
    await page.getByRole('button', { name: 'Save and go on' }).click()
    await page.waitForURL(/step=mapping/)
    await page.getByRole('link', { name: 'To its page' }).click()
    await page.waitForURL(new RegExp(`/connections/${connection}$`))
    await page.getByRole('heading', { name: 'Maximo, west' }).waitFor()
    assert.match(await page.locator('.acts').first().innerText(), /shadow/)
    assert.deepEqual(errors, [])
    await page.context().close()
  })

  test('a secret is written and never comes back; the old one stays until a test with the new', async () => {
    const { page, errors } = await open(`/connections/${connection}?tab=secrets`)
    await page.locator('#secret-api_key').fill(KEY)
    await page.locator('form', { has: page.locator('#secret-api_key') }).getByRole('button', { name: 'Set' }).click()
    const row = page.locator('.secrets li', { hasText: 'API key' })
    await row.getByText('waits for a test').waitFor()
    await page.reload()
    assert.equal((await page.content()).includes(KEY), false)
    assert.equal(await page.locator('#secret-api_key').inputValue(), '')
    await keyboardSheet(page)
    await row.getByRole('button', { name: 'Discard the new one' }).click()
    await row.getByText('in use').waitFor()
    assert.deepEqual(errors, [])
    await page.context().close()
  })

  test('the address of webhooks is made, shown once and takes calls; made again, the one before stays valid', async () => {
    const { page, errors } = await open(`/connections/${connection}?tab=secrets`)
    const panel = page.locator('#webhooks')
    const shown = panel.locator('#shown-once')
    await panel.getByRole('button', { name: 'Make an address' }).click()
    await shown.waitFor()
    const first = await shown.inputValue()
    assert.ok(first.startsWith(`${server.url}/api/v1/webhooks/`), first)
    await page.reload()
    await panel.getByRole('button', { name: 'Make another address…' }).waitFor()
    assert.equal(await shown.count(), 0)
    assert.equal((await page.content()).includes(first), false)

    await keyboardSheet(page)
    await panel.getByRole('button', { name: 'Make another address…' }).click()
    await panel.getByRole('button', { name: 'Make an address' }).click()
    await shown.waitFor()
    const second = await shown.inputValue()
    assert.notEqual(second, first)
    const tell = async (address) => (await fetch(address, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}',
    })).status
    assert.deepEqual(await Promise.all([first, second, `${second}x`].map(tell)), [200, 200, 401])
    assert.deepEqual(errors, [])
    await page.context().close()
  })

  test('it is paused with a reason and resumed by keyboard alone', async () => {
    const { page, errors } = await open(`/connections/${connection}`)
    await tabTo(page, '[popovertarget=pause]')
    await page.keyboard.press('Enter')
    await tabTo(page, '#pause-reason')
    await page.keyboard.type('their upgrade')
    await tabTo(page, '#pause button[type=submit]')
    await page.keyboard.press('Enter')
    await page.getByText('Paused: their upgrade').waitFor()
    await page.goto('/connections')
    await page.locator('.con tr', { hasText: 'Maximo, west' }).getByText('Paused').first().waitFor()
    await page.goto(`/connections/${connection}`)
    await keyboardSheet(page)
    await page.getByRole('button', { name: 'Resume' }).click()
    await page.locator('[popovertarget=pause]').first().waitFor()
    assert.deepEqual(errors, [])
    await page.context().close()
  })

  test('going live needs a test that passed, and says so', async () => {
    const { page } = await open(`/connections/${connection}`)
    await page.getByRole('button', { name: 'Go live…' }).click()
    const question = page.locator('#go-live')
    await question.getByLabel('West works').check()
    await question.locator('#live-reason').fill('the trial is over')
    await question.getByRole('button', { name: 'Go live', exact: true }).click()
    await page.getByText('The last live test has not passed').waitFor()
    await page.context().close()
  })

  test('a live test ticks step by step while the page stays', async () => {
    const { page, errors } = await open(`/connections/${connection}`)
    await page.evaluate(() => {
      globalThis.gone = 0
      const look = () => {
        if (!document.querySelector('main h1')) globalThis.gone += 1
        requestAnimationFrame(look)
      }
      look()
    })
    await page.getByRole('button', { name: 'Test', exact: true }).click()
    await page.locator('.checks[aria-busy=true]').waitFor()
    await page.locator('.checks[aria-busy=false]').waitFor()
    await page.locator('#test footer').getByText('passed').waitFor()
    assert.equal(await page.evaluate(() => globalThis.gone), 0, 'frames without the page')
    assert.deepEqual(errors, [])
    await page.context().close()
  })

  test('without scripts an address that is none is refused in its field', async () => {
    const { page } = await open(`/connections/${connection}?tab=settings`, { javaScript: false })
    await page.locator('#base_url').fill('ftp://maximo')
    await page.locator('form', { has: page.locator('#base_url') }).getByRole('button', { name: 'Save' }).click()
    await until('the refusal is there', () => page.getByText('An address such as').first().isVisible())
    await page.context().close()
  })
})
