import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import {
  VIEWPORTS, administrator, apiKey, browser, consoleErrors, decided, importAssets, overflow, session, startDouble,
  startServer, until,
} from '../support/index.mjs'
import { keyboardSheet } from '../support/hydration.mjs'

const DEMO = fileURLToPath(new URL('../../demo/', import.meta.url))

describe('a work order that the CMMS refuses', () => {
  let chrome, double, server, client, state

  before(async () => {
    chrome = await browser()
    double = await startDouble('maximo', '--register', `${DEMO}assets.csv`, '--site', 'ROCKFORD')
    server = await startServer({ env: { MILLWRIGHT_EGRESS__ALLOW: double.host } })
    await administrator(server)
    await importAssets(server, `${DEMO}assets.csv`)
    process.env.DEMO_MAXIMO_API_KEY = double.about.secrets.api_key
    const address = `http://${double.host}${double.about.path}`
    const said = await server.cli(['import', 'connection', `${DEMO}maximo.toml`, '--base-url', address])
    const [slug] = said.split(' ')
    await server.cli(['connector', 'test', slug])
    await server.cli(['connection', 'read-assets', slug])
    await server.cli(['connection', 'go-live', slug, '--site', 'ROCKFORD', '--reason', 'a test'])
    client = server.api(await apiKey(server, 'refused'))
    state = await session(chrome, server)
  })

  after(async () => {
    await chrome?.close()
    await server?.stop()
    await double?.stop()
  })

  test('it is edited on a phone and sent again under its number, and the page follows', async () => {
    await double.faults([{ on: 'write', times: 1_000, fault: 'echo' }])
    const alert = await decided(client, {
      asset: 'VMC-850-SP01', failure_mode: 'spindle_bearing_fault', confidence: 0.82,
    })
    const delivery = async () => {
      const order = (await client.get(`/alerts/${alert.id}`)).body.work_order_id
      return order && (await client.get(`/work-orders/${order}`)).body
    }
    const refused = await until('it is refused', async () => {
      const order = await delivery()
      return order?.delivery?.state === 'rejected' && order
    })
    assert.equal((await double.ledger()).length, 0)

    const page = await chrome.page({ url: server.url, state, viewport: VIEWPORTS[0] })
    const errors = consoleErrors(page)
    await page.goto(`/work-orders/${refused.id}`)
    await keyboardSheet(page)
    await page.getByRole('button', { name: 'Edit and send again…' }).click()
    const form = page.locator('#amend')
    assert.deepEqual(await overflow(page), [], 'wider than the phone')
    await form.getByLabel('What').fill('')
    await form.getByRole('button', { name: 'Save and send again' }).click()
    assert.ok(await form.locator('[name=title]:invalid').count(), 'a title is asked for')
    await form.locator('[name=title]').fill('Replace the rear bearing set, rear housing first')
    await form.locator('[name=priority]').selectOption('1')
    await double.faults([])
    await form.getByRole('button', { name: 'Save and send again' }).click()

    await page.locator('#delivery').getByText('Queued').first().waitFor()
    const order = await until('it is created', async () => {
      const order = await delivery()
      return order?.delivery?.state === 'created' && order
    })
    assert.equal(order.id, refused.id)
    assert.equal(order.priority, 1)
    await page.getByRole('heading', { name: new RegExp(order.cmms_number) }).waitFor()
    await page.getByText(/decides what happens/i).or(page.locator('#next p')).first().waitFor()
    assert.equal(await page.getByText('was changed meanwhile').count(), 0, 'what it did itself is no surprise')
    const held = await double.ledger()
    assert.equal(held.length, 1)
    assert.match(JSON.stringify(held[0]), /Replace the rear bearing set, rear housing first/)
    assert.deepEqual(errors, [])
    await page.context().close()
  })

  test('what is being typed stays when somebody else takes a step', async () => {
    await double.faults([{ on: 'write', times: 1_000, fault: 'echo' }])
    const alert = await decided(client, { asset: 'VMC-850-SP01', failure_mode: 'spindle_runout', confidence: 0.82 })
    const order = await until('it is refused', async () => {
      const id = (await client.get(`/alerts/${alert.id}`)).body.work_order_id
      return id && (await client.get(`/work-orders/${id}`)).body.delivery.state === 'rejected' && id
    })
    const [mine, other] = await Promise.all([0, 1].map(() => chrome.page({ url: server.url, state })))
    for (const page of [mine, other]) {
      await page.goto(`/work-orders/${order}`)
      await keyboardSheet(page)
    }
    await mine.getByRole('button', { name: 'Edit and send again…' }).click()
    await mine.locator('#amend [name=title]').fill('Half a title')
    await double.faults([])
    await other.getByRole('button', { name: 'Send again', exact: true }).click()
    await mine.getByText('was changed meanwhile').waitFor()
    assert.equal(await mine.locator('#amend [name=title]').inputValue(), 'Half a title')
    for (const page of [mine, other]) await page.context().close()
  })
})
