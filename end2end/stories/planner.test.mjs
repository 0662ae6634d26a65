import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import {
  administrator, apiKey, browser, consoleErrors, decided, setupPath, session, startServer, until,
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
  ['NOWHERE', 'N-L1'], ['huge', 'low'], ['30.02.2026', '2026-02-28'], ['\n"","machine', '\n"N-120","machine'],
  ['robot', 'machine'], ['N-180","component', 'N-180","machine'], ['\n"N-000"', '\n"N-210"'], ['N-270","",', 'N-270","machine",'],
  ['N-3\u200b00', 'N-300'], ['N-330","machine","N-330', 'N-330","machine","N-L1'],
  ['\n"N-L1","machine","NORTH', '\n"N-360","machine","N-L1'],
]

describe('a planner’s first hour', () => {
  let chrome, server, page, errors, source

  before(async () => {
    chrome = await browser()
    server = await startServer()
  })

  after(async () => {
    await chrome?.close()
    await server?.stop()
  })

  async function upload(file) {
    await page.goto('/assets/import')
    await page.locator('#file').setInputFiles(file)
    await page.getByRole('button', { name: 'Upload and match columns' }).click()
    await page.waitForURL(/\/assets\/import\/\d+$/)
    await keyboardSheet(page)
    await page.getByRole('button', { name: 'Check the rows' }).click()
  }

  /** 400 assets, twelve rows of which are wrong and corrected in the file of errors. */
  async function bringAssets() {
    await page.goto('/assets')
    await page.getByText('No assets yet').waitFor()
    const file = join(server.dataDir, 'register.csv')
    await writeFile(file, register())
    await upload(file)
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
    await upload(bad)
    await page.getByText('Every row can be taken.').waitFor()
    await page.getByRole('button', { name: 'Import 12 rows' }).click()
    await page.getByText('12 assets are new').waitFor()
    let count = 0
    for (let next = ''; next !== null;) {
      const { body } = await source.get(`/assets?limit=500${next ? `&after=${next}` : ''}`)
      count += body.items.length
      next = body.next ?? null
    }
    assert.equal(count, 400)
  }

  /** The site produces on weekdays from six to six. */
  async function setCalendar() {
    const site = (await source.get('/assets?asset=NORTH')).body.items[0].id
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
  }

  const finding = () => page.locator('.preview .finding').innerText()

  /** A rule of one's own before all others: tool wear becomes work at once. */
  async function draftRule() {
    await page.goto('/rules/1/edit')
    await until('the preview says what is live', async () =>
      (await page.locator('.preview .finding').count()) > 0 && /sent 1 to review/.test(await finding()))
    await page.locator('.rulelist > .body button').first().click()
    await page.locator('#rule-name').fill('Worn tools are changed')
    await page.locator('[id$="[0]-field"]').selectOption({ label: 'failure mode' })
    await page.locator('[id$="[0]-op"]').selectOption('within')
    await page.locator('[id$="[0]-value"]').selectOption({ label: 'tool wear' })
    await page.locator('#then').selectOption({ label: 'create a work order now' })
    await page.locator('.rulelist button[aria-current=true]').focus()
    for (let place = 5; place >= 0; place -= 1) {
      await page.keyboard.press('Alt+ArrowUp')
      await until(`the rule stands at place ${place}`, () =>
        page.evaluate((id) => document.activeElement?.id === id, `rule-${place}`))
    }
    await until('the preview shows the difference', async () => /sent 0 to review/.test(await finding()))
  }

  async function publish() {
    await page.getByRole('button', { name: 'Save draft' }).click()
    await page.getByText('Draft 1', { exact: true }).waitFor()
    await page.goto('/rules/1/publish')
    await page.locator('textarea[name=reason]').fill('a worn tool spoils the part')
    await page.locator('button[type=submit][data-kind=primary]').click()
    await page.getByText('Version 2 is live').waitFor()
  }

  /** The work order as it comes out of the printer: the facts, and none of the desk around them. */
  async function printed(order) {
    await page.goto(`/work-orders/${order}`)
    await keyboardSheet(page)
    assert.ok(await page.getByRole('button', { name: 'Print' }).isVisible())
    await page.emulateMedia({ media: 'print' })
    for (const part of ['.topbar', '.rail', '.head .btn']) {
      assert.equal(await page.locator(part).first().isVisible(), false, `${part} is not printed`)
    }
    const text = await page.locator('main').innerText()
    await page.emulateMedia({ media: 'screen' })
    return text
  }

  test('assets, a calendar, a rule that is tried out and published, obeyed, explained, printed', async () => {
    assert.ok(setupPath(server), 'a new installation')
    await administrator(server)
    page = await chrome.page({ url: server.url, state: await session(chrome, server) })
    errors = consoleErrors(page)
    source = server.api(await apiKey(server, 'first-hour', 'predictions,read'))
    const worn = { failure_mode: 'tool_wear', confidence: 0.6, rul_hours: 40 }

    await bringAssets()
    await setCalendar()
    const before = await decided(source, { asset: 'N-001', ...worn })
    assert.equal(before.state, 'waiting_review')
    await draftRule()
    await publish()

    const next = await decided(source, { asset: 'N-002', ...worn })
    assert.equal(next.decision.policy.version, 2)
    await page.goto(`/alerts/${next.id}`, { waitUntil: 'networkidle' })
    const why = await page.locator('#why').innerText()
    assert.match(why, /policy v2, rule 1 of 8/)
    assert.match(why, /Worn tools are changed/)
    const order = await until('the work order is in the book', async () => {
      const found = (await source.get(`/alerts/${next.id}`)).body.work_order_id
      return found && (await source.get(`/work-orders/${found}`)).body.cmms_number && found
    })
    const paper = await printed(order)
    assert.match(paper, /N-002/)
    assert.match(paper, /tool wear/i)
    assert.deepEqual(errors, [])
    await page.context().close()
  })
})
