import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import {
  administrator, apiKey, browser, consoleErrors, setupPath, session, startServer, until,
} from '../support/index.mjs'
import { keyboardSheet } from '../support/hydration.mjs'

/** 400 assets in the columns of another system; each of the twelve bad rows is bad in its own way. */
function register() {
  const rows = ['Equipment No;Type;Superior;Description;Serial No;ABC;In service']
  rows.push('NORTH;site;;North works;;;', 'N-L1;line;NORTH;Line 1;;high;')
  const bad = {
    30: 'N-030;machine;NOWHERE;Lost;;;',
    60: 'N-060;machine;N-L1;Press;;huge;',
    90: 'N-090;machine;N-L1;Press;;;30.02.2026',
    120: ';machine;N-L1;Press;;;',
    150: 'N-150;robot;N-L1;Press;;;',
    180: 'N-180;component;N-L1;Press;;;',
    210: 'N-000;machine;N-L1;Press;;;',
    240: 'N-240;machine;N-L1',
    270: 'N-270;;N-L1;Press;;;',
    300: 'N-3\u200b00;machine;N-L1;Press;;;',
    330: 'N-330;machine;N-330;Press;;;',
    360: 'N-L1;machine;NORTH;Press;;;',
  }
  for (let i = 0; i < 398; i += 1) {
    const number = String(i).padStart(3, '0')
    rows.push(bad[i] ?? `N-${number};machine;N-L1;Press ${i};S-${number};;2021-04-0${1 + (i % 9)}`)
  }
  return `${rows.join('\n')}\n`
}

/** What a planner corrects in the error file, and by what. */
const CORRECTIONS = [
  ['NOWHERE', 'N-L1'], ['huge', 'low'], ['30.02.2026', '2026-02-28'], ['\n,machine', '\nN-120,machine'],
  ['robot', 'machine'], ['N-180,component', 'N-180,machine'], ['\nN-000,', '\nN-210,'], ['N-270,,', 'N-270,machine,'],
  ['N-3\u200b00', 'N-300'], ['N-330,machine,N-330', 'N-330,machine,N-L1'], ['\nN-L1,machine,NORTH', '\nN-360,machine,N-L1'],
]

describe('a planner’s first hour: assets and calendar', () => {
  let chrome, server

  before(async () => {
    chrome = await browser()
    server = await startServer()
  })

  after(async () => {
    await chrome?.close()
    await server?.stop()
  })

  async function upload(page, file) {
    await page.goto('/assets/import')
    await page.locator('#file').setInputFiles(file)
    await page.getByRole('button', { name: 'Upload and match columns' }).click()
    await page.waitForURL(/\/assets\/import\/\d+$/)
    await keyboardSheet(page)
    await page.getByRole('button', { name: 'Check the rows' }).click()
  }

  test('400 assets come in, twelve bad rows are fixed from the error file, the calendar is set', async () => {
    assert.ok(setupPath(server), 'a new installation')
    await administrator(server)
    const page = await chrome.page({ url: server.url, state: await session(chrome, server) })
    const errors = consoleErrors(page)
    await page.goto('/assets')
    await page.getByText('No assets yet').waitFor()

    const file = join(server.dataDir, 'register.csv')
    await writeFile(file, register())
    await upload(page, file)
    await page.locator('#errors').waitFor()
    assert.equal(await page.locator('#errors tbody tr').count(), 12)
    assert.equal(await page.locator('#first tbody tr').count(), 10)
    await page.getByRole('button', { name: 'Import 388 rows' }).click()
    await page.getByText('388 assets are new').waitFor()

    const wait = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Download the rows with errors' }).click()
    const bad = join(server.dataDir, 'register-errors.csv')
    await (await wait).saveAs(bad)
    let text = await readFile(bad, 'utf8')
    assert.equal(text.trim().split('\n').length, 13)
    for (const [wrong, right] of CORRECTIONS) {
      assert.ok(text.includes(wrong), wrong)
      text = text.replace(wrong, right)
    }
    await writeFile(bad, text)
    await upload(page, bad)
    await page.getByText('Every row can be taken.').waitFor()
    await page.getByRole('button', { name: 'Import 12 rows' }).click()
    await page.getByText('12 assets are new').waitFor()

    const client = server.api(await apiKey(server, 'first-hour', 'read'))
    let count = 0
    for (let next = ''; next !== null;) {
      const { body } = await client.get(`/assets?limit=500${next ? `&after=${next}` : ''}`)
      count += body.items.length
      next = body.next ?? null
    }
    assert.equal(count, 400)

    const site = (await client.get('/assets?asset=NORTH')).body.items[0].id
    await page.goto(`/assets/${site}`)
    await page.getByRole('link', { name: 'Calendar and crews' }).click()
    await page.waitForURL(/\/calendar$/)
    await page.locator('#zone').selectOption('America/Chicago')
    await page.getByLabel('During the shifts that count as production').check()
    const at = (field) => page.locator(`[id="shifts[0].${field}"]`)
    await at('name').fill('day')
    await at('start').fill('06:00')
    await at('end').fill('18:00')
    for (const day of ['mon', 'tue', 'wed', 'thu', 'fri']) await at(day).check()
    await page.getByRole('button', { name: 'Save the calendar' }).click()
    await until('the week shows the shift', async () =>
      /Production: 06:00–18:00/.test(await page.locator('.week svg.hours').first().getAttribute('aria-label')))
    assert.match(await page.locator('#week header').innerText(), /60 h of production/)
    assert.deepEqual(errors, [])
    await page.context().close()
  })
})
