import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  ADMIN, administrator, apiKey, browser, consoleErrors, decided, importAssets, session, startServer,
  until,
} from '../support/index.mjs'

const KIM = { email: 'kim.novak@example.com', password: 'a long enough password' }

describe('the shift logbook', () => {
  let chrome, server, client, luis, kim

  before(async () => {
    chrome = await browser()
    server = await startServer()
    await administrator(server)
    await administrator(server, KIM)
    await importAssets(server)
    client = server.api(await apiKey(server, 'logbook', 'predictions,telemetry,read'))
    luis = await session(chrome, server, ADMIN)
    kim = await session(chrome, server, KIM)
  })

  after(async () => {
    await chrome?.close()
    await server?.stop()
  })

  async function open(path = '/logbook', options = {}) {
    const page = await chrome.page({ url: server.url, state: luis, ...options })
    const errors = consoleErrors(page)
    await page.goto(path)
    if (options.javaScript !== false) await hydrated(page)
    return { page, errors }
  }

  const entry = (page, text) => page.locator('.log > li', { hasText: text })
  const names = async (page) => page.locator('.log .by b').allInnerTexts()

  test('an entry written with n and Ctrl+Enter is shown at once, and stays', async () => {
    const { page, errors } = await open()
    await page.keyboard.press('n')
    await page.keyboard.type('Checked the tool: insert edge is chipped')
    await page.locator('#asset').fill('ml-2007-t4')
    await page.locator('#tag').fill('Tool wear')
    await page.locator('#text').press('Control+Enter')
    await entry(page, 'insert edge is chipped').waitFor()
    await until('the form is empty again', async () => (await page.locator('#text').inputValue()) === '')
    await page.reload()
    const saved = entry(page, 'insert edge is chipped')
    assert.match(await saved.innerText(), /ML-2007-T4/)
    assert.match(await saved.innerText(), /tool wear/)
    assert.match(await saved.innerText(), /saved/)
    assert.ok((await names(page)).length >= 1)
    assert.deepEqual(errors, [])
    await page.context().close()
  })

  test('a refused entry keeps what was typed and says why', async () => {
    const { page } = await open()
    await page.locator('#text').fill('On a machine nobody knows')
    await page.locator('#asset').fill('NO-SUCH-ASSET')
    await page.locator('.quick button[type=submit]').click()
    await page.locator('.quick [role=alert] .notice').waitFor()
    assert.equal(await page.locator('#text').inputValue(), 'On a machine nobody knows')
    await page.context().close()
  })

  test('a correction strikes the entry it corrects', async () => {
    const { page } = await open()
    await write(page, 'Alarm 2014, reset')
    await entry(page, 'Alarm 2014, reset').getByRole('link', { name: 'Correct' }).click()
    await page.locator('.correcting', { hasText: 'Alarm 2014' }).waitFor()
    await page.locator('#text').fill('Alarm 2041, not 2014')
    await page.getByRole('button', { name: 'Save correction' }).click()
    const corrected = entry(page, 'Alarm 2041, not 2014')
    await corrected.waitFor()
    assert.equal(await corrected.locator('del').innerText(), 'Alarm 2014, reset')
    await until('the old entry is struck', () =>
      page.locator('.log > li[data-struck] del', { hasText: 'Alarm 2014, reset' }).isVisible())
    await page.context().close()
  })

  test('without scripts an entry is a plain form post', async () => {
    const { page } = await open('/logbook', { javaScript: false })
    await page.locator('#text').fill('Written without scripts')
    await page.locator('.quick button[type=submit]').click()
    assert.ok(await entry(page, 'Written without scripts').isVisible())
    await page.context().close()
  })

  test('a review offers to raise a work order, which goes out with code, trend and notes', async () => {
    const now = Date.now()
    const points = Array.from({ length: 40 }, (_, i) => ({
      point: 'ML-2007/T4/flank_wear',
      ts: new Date(now - (40 - i) * 3_600_000).toISOString(),
      value: 0.2 + i * 0.005,
    }))
    const telemetry = await client.post('/telemetry', { points })
    assert.equal(telemetry.status, 202, JSON.stringify(telemetry.body))
    await decided(client, {
      asset: 'ML-2007-T4',
      failure_mode: 'tool_wear',
      confidence: 0.65,
      recommended_action: 'change the insert',
      spare_parts: [],
      evidence: [{ point: 'ML-2007/T4/flank_wear' }],
    })
    const { page, errors } = await open()
    const asked = page.locator('.log > li.auto', { hasText: 'A reviewer is asked' })
    await asked.getByRole('link', { name: 'Raise work order' }).click()
    const form = page.locator('#raise')
    await form.waitFor()
    assert.match(await form.innerText(), /TWL-04/)
    assert.match(await form.innerText(), /trend graph of ML-2007\/T4\/flank_wear/)
    assert.equal(await form.locator('#priority').inputValue(), '3')
    await form.locator('#notes').fill('Chatter marks on the last three parts')
    await form.getByRole('button', { name: 'Raise work order' }).click()
    const raised = entry(page, 'Chatter marks').locator('.raised')
    await raised.waitFor()
    assert.match(await raised.innerText(), /TWL-04, priority 3/)
    assert.match(await raised.innerText(), /Trend graph/)
    await until('the book holds it', async () => /In Work-order book/.test(await raised.innerText()))
    await raised.getByRole('link').click()
    await page.locator('.files img').waitFor()
    assert.match(await page.locator('main').innerText(), /Chatter marks on the last three parts/)
    assert.deepEqual(errors, [])
    await page.context().close()
  })

  test('a shift is handed over by one person and taken over by another, open points included', async () => {
    const { page } = await open()
    await page.locator('#text').fill('Run at 80 % feed until the screw is changed')
    await page.locator('input[name=point]').check()
    await page.locator('.quick button[type=submit]').click()
    const point = page.locator('.points li', { hasText: 'Run at 80 % feed' })
    await point.waitFor()
    await point.locator('.tick').click()
    await page.locator('.points li[data-done]', { hasText: 'Run at 80 % feed' }).waitFor()
    await point.locator('.tick').click()
    await page.locator('.points li:not([data-done])', { hasText: 'Run at 80 % feed' }).waitFor()

    await page.locator('#hand footer button').click()
    const question = page.locator('#hand-over')
    await question.locator('.carried', { hasText: 'Run at 80 % feed' }).waitFor()
    await question.locator('textarea').fill('Quiet shift')
    await question.getByRole('button', { name: 'Sign and hand over' }).click()
    await page.locator('#hand .signed', { hasText: 'not signed' }).waitFor()
    assert.equal(await page.getByRole('button', { name: 'Take over' }).count(), 0, 'not by the same person')

    const other = (await open('/logbook', { state: kim })).page
    await other.getByRole('button', { name: 'Take over' }).click()
    await until('both have signed', async () =>
      !(await other.locator('#hand .signed').innerText()).includes('not signed'))
    assert.match(await other.locator('.log').innerText(), /Shift taken over/)
    await other.context().close()
    await page.context().close()
  })
})

async function hydrated(page) {
  await until('the page is hydrated', async () => {
    await page.keyboard.press('?')
    return page.locator('dialog[open]').isVisible()
  }, { every: 250, within: 20_000 })
  await page.keyboard.press('Escape')
  await page.locator('dialog[open]').waitFor({ state: 'detached' }).catch(() => {})
}

async function write(page, text) {
  await page.locator('#text').fill(text)
  await page.locator('.quick button[type=submit]').click()
  await page.locator('.log > li', { hasText: text }).waitFor()
}
