import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import {
  administrator, apiKey, browser, consoleErrors, freePort, program, session, startServer, until,
} from '../support/index.mjs'

const SCRIPT = fileURLToPath(new URL('../../scripts/demo', import.meta.url))
const STORIES = [
  { asset: 'VMC-1050-SP02', system: 'maximo', priority: 2, code: 'SPB-01', parts: 2, hours: 6.5 },
  { asset: 'ML-2007-T4', system: 'maximo', priority: 3, code: 'TWL-04', parts: 0, hours: 0.4 },
  { asset: 'MC-3001-AX-X', system: 'sap', priority: 3, code: 'BL06', parts: 1, hours: 4.2 },
]

describe('the demo of make run', () => {
  const hosts = {}
  const doubles = []
  let chrome, server, plant

  before(async () => {
    for (const system of ['maximo', 'sap']) hosts[system] = `127.0.0.1:${await freePort()}`
    chrome = await browser()
    server = await startServer({ env: { MILLWRIGHT_EGRESS__ALLOW: Object.values(hosts).join() } })
    const state = join(server.dataDir, 'demo')
    await mkdir(state)
    for (const [system, host] of Object.entries(hosts)) {
      await writeFile(join(state, `${system}.address`), `${host}\n`)
      doubles.push(demo('cmms', system))
    }
    await done(demo('load'))
    plant = server.api(await apiKey(server, 'reader', 'read'))
  })

  after(async () => {
    await chrome?.close()
    for (const double of doubles) double.kill()
    await server?.stop()
  })

  function demo(...words) {
    const env = {
      ...process.env,
      MILLWRIGHT_BIN: program(), MILLWRIGHT_DATA: server.dataDir, MILLWRIGHT_URL: server.url,
      MILLWRIGHT_EGRESS__ALLOW: Object.values(hosts).join(),
    }
    return spawn(SCRIPT, words, { env, stdio: ['ignore', 'ignore', 'inherit'] })
  }

  async function done(child) {
    const code = await new Promise((resolve) => child.once('close', resolve))
    assert.equal(code, 0)
  }

  async function play() {
    const doubles = Object.values(hosts).flatMap((host) => ['--cmms', `http://${host}`])
    const keys = join(server.dataDir, 'demo', 'keys')
    await server.cli([
      'simulate', 'plant', '--url', server.url, '--keys-file', keys, '--pace', '0', '--stories-only', ...doubles,
    ])
  }

  const ledger = async (system) => (await fetch(`http://${hosts[system]}/_double/ledger`)).json()

  test('the stories are told in the CMMSs of their sites and come back with verdicts', async () => {
    await play()
    for (const story of STORIES) {
      const [alert, ...others] = (await plant.get(`/alerts?asset=${story.asset}`)).body.items
      assert.deepEqual([others.length, alert.state, alert.outcome], [0, 'closed', 'confirmed'], story.asset)
      const order = (await plant.get(`/work-orders/${alert.work_order_id}`)).body
      assert.equal(order.priority, story.priority)
      assert.equal(order.closure.labour_hours, story.hours)
      const there = (await ledger(story.system)).find((one) => order.external_ref.endsWith(one.reference))
      assert.equal(there.failure_code, story.code)
      assert.equal(there.parts.length, story.parts)
      await until('the graph is attached', async () => {
        const held = (await ledger(story.system)).find((one) => one.id === there.id)
        return held.files.length > 0
      })
    }
  })

  test('a second start of everything brings it back and doubles nothing', async () => {
    const before = [await ledger('maximo'), await ledger('sap')]
    assert.deepEqual(before.map((held) => held.length), [2, 1])
    for (const double of doubles.splice(0)) {
      const ended = new Promise((resolve) => double.once('close', resolve))
      double.kill()
      await ended
    }
    await server.kill('SIGTERM')
    await server.start()
    for (const system of Object.keys(hosts)) doubles.push(demo('cmms', system))
    await done(demo('load'))
    await play()
    assert.deepEqual([await ledger('maximo'), await ledger('sap')], before)
  })

  test('the pages say where the work was done', async () => {
    await administrator(server)
    const state = await session(chrome, server)
    const page = await chrome.page({ url: server.url, state })
    const errors = consoleErrors(page)
    await page.goto('/connections')
    for (const name of ['Maximo Rockford', 'SAP Aurora']) {
      assert.match(await page.locator('tr', { hasText: name }).innerText(), /Healthy/)
    }
    const [alert] = (await plant.get('/alerts?asset=VMC-1050-SP02')).body.items
    await page.goto(`/work-orders/${alert.work_order_id}`)
    await page.getByText('Maximo Rockford holds it as').waitFor()
    assert.match(await page.locator('main').innerText(), /Confirmed, failure prevented/)
    await page.goto('/assets/reconcile')
    assert.match(await page.locator('main').innerText(), /LT-2105/)
    assert.deepEqual(errors, [])
  })
})
