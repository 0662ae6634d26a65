import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  VIEWPORTS, administrator, apiKey, axe, browser, consoleErrors, decided, importAssets, overflow,
  session, startServer, until,
} from '../support/index.mjs'
import { keyboardSheet } from '../support/hydration.mjs'

describe('calendar and crews of a site', () => {
  let chrome, server, client, state, site

  before(async () => {
    chrome = await browser()
    server = await startServer()
    await administrator(server)
    await importAssets(server)
    client = server.api(await apiKey(server, 'calendar', 'predictions,read'))
    site = (await client.get('/assets?asset=WEST')).body.items[0].id
    state = await session(chrome, server)
  })

  after(async () => {
    await chrome?.close()
    await server?.stop()
  })

  const open = async (week, options = {}) => {
    const page = await chrome.page({ url: server.url, state, ...options })
    const errors = consoleErrors(page)
    await page.goto(`/assets/${site}/calendar?week=${week}`)
    if (options.javaScript !== false) await keyboardSheet(page)
    return { page, errors }
  }
  const days = (page) =>
    page.locator('.week svg.hours').evaluateAll((all) => all.map((day) => day.getAttribute('aria-label')))
  const shift = async (page, index, name, start, end, boxes) => {
    const at = (field) => page.locator(`[id="shifts[${index}].${field}"]`)
    await at('name').fill(name)
    await at('start').fill(start)
    await at('end').fill(end)
    for (const day of boxes) await at(day).check()
  }

  test('a shift, a holiday and a shutdown with its crew change the week that is shown', async () => {
    const { page, errors } = await open('2026-06-15')
    assert.match((await days(page))[0], /Mon 15 Jun, 24 h long\. Production: 00:00–24:00\. Shifts: none/)
    await page.getByLabel('During the shifts that count as production').check()
    await page.getByRole('button', { name: 'Save the calendar' }).click()
    await page.locator('.notice', { hasText: 'add a shift that counts as production' }).waitFor()
    await page.locator('#zone').selectOption('Europe/Berlin')
    await shift(page, 0, 'early', '06:00', '14:00', ['mon', 'tue', 'wed', 'thu', 'fri'])
    await page.getByRole('button', { name: 'Another shift' }).click()
    await shift(page, 1, 'night', '22:00', '06:00', ['mon', 'tue', 'wed', 'thu', 'fri'])
    await page.locator('#holidays').fill('2026-06-17')
    await page.locator('[id="shutdowns[0].name"]').fill('Inspection')
    await page.locator('[id="shutdowns[0].from"]').fill('2026-06-18T08:00')
    await page.locator('[id="shutdowns[0].until"]').fill('2026-06-18T12:00')
    await page.locator('[id="shutdowns[0].crew"]').fill('Weekend crew')
    await page.getByRole('button', { name: 'Save the calendar' }).click()
    await until('the week shows the shifts', async () => /early 06:00–14:00/.test((await days(page))[0]))
    const week = await days(page)
    assert.match(week[0], /Production: 06:00–14:00, 22:00–24:00\. Shifts: early 06:00–14:00, night 22:00–24:00/)
    assert.match(week[1], /Production: 00:00–14:00, 22:00–24:00/, 'the night shift goes over midnight')
    assert.match(week[2], /Wed 17 Jun, holiday, .* Production: 00:00–06:00\./)
    assert.match(week[3], /Production: 06:00–08:00, 12:00–14:00, 22:00–24:00\..*Shutdowns: Inspection 08:00–12:00, Weekend crew/)
    await page.locator('#crews-of', { hasText: 'Weekend crew' }).waitFor()
    assert.deepEqual(await axe(page), [])
    assert.deepEqual(errors.filter((text) => !text.includes('422')), [])

    await page.getByRole('link', { name: 'Next week' }).click()
    await page.waitForURL(/week=2026-06-22/)
    await until('the week after has no holiday', async () => /Wed 24 Jun, 24 h long/.test((await days(page))[2] ?? ''))
    await page.context().close()
  })

  test('days on which clocks change are shorter and longer than the others', async () => {
    const width = async (week) => {
      const { page } = await open(week)
      const widths = await page.locator('.week .ground').evaluateAll((all) => all.map((one) => one.getBoundingClientRect().width))
      const text = await page.locator('.week').innerText()
      await page.context().close()
      return { share: widths[6] / widths[0], text }
    }
    const spring = await width('2026-03-23')
    assert.ok(Math.abs(spring.share - 23 / 24) < 0.002, `23 h: ${spring.share}`)
    assert.match(spring.text, /23 h: clocks go forward/)
    const autumn = await width('2026-10-19')
    assert.ok(Math.abs(autumn.share - 25 / 24) < 0.002, `25 h: ${autumn.share}`)
    assert.match(autumn.text, /25 h: clocks go back/)
    const plain = await width('2026-06-15')
    assert.ok(Math.abs(plain.share - 1) < 0.001)
  })

  test('problems are said at their fields, and a phone shows it all', async () => {
    const { page } = await open('2026-06-15', { viewport: VIEWPORTS[0] })
    assert.deepEqual(await overflow(page), [])
    await page.locator('#holidays').fill('24.12.')
    await page.locator('[id="weekly[0].name"]').fill('Weekend')
    await page.getByRole('button', { name: 'Save the calendar' }).click()
    await page.locator('#holidays-d', { hasText: 'not 24.12.' }).waitFor()
    await page.locator('[id="weekly[0].from-d"]', { hasText: 'expected a time' }).waitFor()
    assert.equal(await page.locator('#holidays').inputValue(), '24.12.', 'what was typed stays')
    assert.deepEqual(await axe(page), [])
    await page.context().close()
  })

  test('a crew is offered where work is assigned, and works without scripts', async () => {
    const { page } = await open('2026-06-15', { javaScript: false })
    await page.locator('#crew-name').fill('Fitters')
    await page.locator('#crew-note').fill('hall 2')
    await page.getByRole('button', { name: 'Add crew' }).click()
    await page.locator('#crews-of', { hasText: 'Fitters' }).waitFor()
    await page.context().close()
    // So near that it is created at any hour.
    const alert = await decided(client, { rul_hours: 40, confidence: 0.9 })
    const order = await until('the alert has a work order in the book', async () => {
      const found = (await client.get(`/alerts/${alert.id}`)).body.work_order_id
      return found && (await client.get(`/work-orders/${found}`)).body.cmms_number && found
    })
    const other = await chrome.page({ url: server.url, state })
    await other.goto(`/work-orders/${order}`)
    await keyboardSheet(other)
    await other.getByRole('button', { name: 'Approve' }).click()
    await other.locator('#assigned_to').waitFor()
    assert.equal(await other.locator('#assigned_to').getAttribute('list'), 'crews')
    await until('the crews are there', async () =>
      (await other.locator('#crews option').evaluateAll((all) => all.map((o) => o.value))).includes('Fitters'))
    await other.context().close()
  })
})
