import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  administrator, apiKey, browser, consoleErrors, decided, draftRules, importAssets, session,
  startServer, tabTo, until,
} from '../support/index.mjs'

const POLICY = 1

describe('rules', () => {
  let chrome, server, client, state

  before(async () => {
    chrome = await browser()
    server = await startServer()
    await administrator(server)
    await importAssets(server)
    client = server.api(await apiKey(server, 'rules'))
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

  const headline = (page) => page.locator('.preview .finding').innerText()

  test('by keyboard alone a rule is drafted, tried out, published, obeyed, and explained', async () => {
    const before = await decided(client, { asset: 'ML-2007-T4', failure_mode: 'tool_wear', confidence: 0.9 })
    assert.notEqual(before.state, 'waiting_review')
    const { page, errors } = await open(`/rules/${POLICY}/edit`)
    await until('the preview is there', async () =>
      (await page.locator('.preview .finding').count()) > 0 && /sent 0 to review/.test(await headline(page)))

    await tabTo(page, '.rulelist > .body button')
    await page.keyboard.press('Enter')
    await until('the name has the focus', () =>
      page.evaluate(() => document.activeElement?.id === 'rule-name'))
    await page.keyboard.press('Control+a')
    await page.keyboard.type('Tool wear is looked at')
    await tabTo(page, '[id$="[0]-field"]')
    await page.keyboard.type('failure mode')
    await until('the operator fits the field', () =>
      page.evaluate(() => document.querySelector('[id$="[0]-op"]')?.value === 'within'))
    await tabTo(page, '[id$="[0]-value"]')
    await page.keyboard.type('tool wear')
    await tabTo(page, '#then')
    await page.keyboard.type('ask a reviewer')
    await until('the action has its fields', () => page.locator('#main-priority').isVisible())
    await tabTo(page, '.rulelist button[aria-current=true]', { back: true })
    for (let place = 5; place >= 0; place -= 1) {
      await page.keyboard.press('Alt+ArrowUp')
      await until(`the rule stands at place ${place}`, () =>
        page.evaluate((id) => document.activeElement?.id === id, `rule-${place}`))
    }
    await until('the preview has changed', async () => /sent 1 to review/.test(await headline(page)))
    await page.keyboard.press('Control+s')
    await page.getByText('Draft 1', { exact: true }).waitFor()
    const undisturbed = await decided(client, { asset: 'MC-3001-AX-X', failure_mode: 'tool_wear', confidence: 0.9 })
    assert.notEqual(undisturbed.state, 'waiting_review', 'a draft decides nothing')

    await tabTo(page, '.head .btn[data-kind=primary]')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/publish$/)
    await page.getByText('Tool wear is looked at').first().waitFor()
    await tabTo(page, 'textarea[name=reason]')
    await page.keyboard.type('tools are cheap to look at')
    await tabTo(page, 'button[type=submit][data-kind=primary]')
    await page.keyboard.press('Enter')
    await page.waitForURL(/published=2/)
    await page.getByText('Version 2 is live').waitFor()

    const next = await decided(client, { asset: 'VMC-1050-SP02', failure_mode: 'tool_wear', confidence: 0.9 })
    assert.equal(next.state, 'waiting_review')
    assert.equal(next.decision.policy.version, 2)
    await page.goto(`/alerts/${next.id}`, { waitUntil: 'networkidle' })
    const why = await page.locator('#why').innerText()
    assert.match(why, /policy v2, rule 1 of 8/)
    assert.match(why, /Tool wear is looked at/)
    assert.deepEqual(errors, [])
    await page.context().close()
  })

  test('a preview under way is cancelled and leaves the last result; unsaved edits are not lost by a link', async () => {
    const { page, errors } = await open(`/rules/${POLICY}/edit`)
    await page.locator('.preview .finding').waitFor()
    const last = await headline(page)
    const asked = { given_up: false }
    page.on('requestfailed', (request) => { asked.given_up ||= request.url().endsWith('/ui/rules/preview') })
    await page.route('**/ui/rules/preview', () => {})
    await page.locator('.rulelist > ol button[id=rule-0]').click()
    await page.locator('#rule-name').fill('Renamed')
    await page.locator('.preview').getByRole('button', { name: 'Cancel' }).click()
    await page.getByText('Cancelled; this is the last result.').waitFor()
    assert.equal(await headline(page), last)
    assert.equal(await page.locator('.preview').getAttribute('data-old'), '', 'the last result is greyed')
    await until('the request is given up', () => asked.given_up)
    await page.unroute('**/ui/rules/preview')

    await page.getByRole('link', { name: 'Versions' }).click()
    const question = page.getByRole('dialog', { name: 'Leave without saving?' })
    await question.waitFor()
    await question.getByRole('button', { name: 'Close' }).click()
    assert.equal(await page.locator('#rule-name').inputValue(), 'Renamed', 'what was typed stays')
    await page.getByRole('link', { name: 'Versions' }).click()
    await question.getByRole('button', { name: 'Leave without saving' }).click()
    await page.waitForURL(/\/versions$/)
    assert.deepEqual(errors, [])
    await page.context().close()
  })

  test('versions are compared, and an older one comes back as a draft', async () => {
    const { page, errors } = await open(`/rules/${POLICY}/compare?from=1&to=2`)
    const changes = page.locator('#changes')
    await changes.getByText('Added').waitFor()
    assert.match(await changes.innerText(), /Tool wear is looked at/)
    await page.goto(`/rules/${POLICY}/versions`, { waitUntil: 'networkidle' })
    assert.match(await page.locator('.versions').innerText(), /tools are cheap to look at/)
    await page.getByRole('button', { name: 'Restore as draft…' }).first().click()
    await page.getByRole('button', { name: 'Restore as draft', exact: true }).first().click()
    await page.waitForURL(/\/edit/)
    await page.goto(`/rules/${POLICY}/publish`, { waitUntil: 'networkidle' })
    await page.locator('#changes').getByText('Removed').waitFor()
    await page.locator('#preview .finding').waitFor()
    assert.deepEqual(errors, [])
    await page.context().close()
  })

  test('a text with a slip is refused with its line, also without scripts', async () => {
    for (const javaScript of [true, false]) {
      const { page } = await open(`/rules/${POLICY}`, { javaScript })
      const live = await (await page.request.get(`/rules/${POLICY}/export?format=toml`)).text()
      const lines = live.split('\n')
      const line = 1 + lines.findIndex((text) => text.includes('value = 0.75'))
      await page.locator('textarea[name=text]').fill(live.replace('value = 0.75', 'value = 75.0'))
      await page.getByRole('button', { name: 'Take as draft' }).click()
      await page.getByText(`Line ${line}:`).first().waitFor()
      await page.context().close()
    }
    const { page } = await open(`/rules/${POLICY}`)
    await draftRules(page, POLICY, (text) => text.replace('value = 0.75', 'value = 0.8'))
    await page.goto(`/rules/${POLICY}/compare`, { waitUntil: 'networkidle' })
    assert.match(await page.locator('#changes').innerText(), /0\.80/)
    await page.context().close()
  })

  test('on a phone the draft can be read and a rule paused with a reason', async () => {
    const phone = { viewport: { width: 390, height: 844 } }
    const { page, errors } = await open(`/rules/${POLICY}/edit`, phone)
    assert.equal(await page.locator('.builder').isVisible(), false)
    assert.equal(await page.locator('.small-only').isVisible(), true)
    await page.goto(`/rules/${POLICY}`, { waitUntil: 'networkidle' })
    await page.getByRole('button', { name: 'Pause…' }).first().click()
    await page.locator('#pause-0-reason').fill('too noisy')
    await page.locator('#pause-0').getByRole('button', { name: 'Pause the rule' }).click()
    await page.waitForURL(/published=3/)
    await page.locator('.rules').getByText('paused').first().waitFor()
    const next = await decided(client, { asset: 'MC-3001-AX-X', failure_mode: 'backlash_growth', confidence: 0.4 })
    assert.equal(next.decision.policy.version, 3)
    assert.deepEqual(errors, [])
    await page.context().close()
  })

  test('a draft in shadow is counted beside what is live and makes nothing', async () => {
    const { page } = await open(`/rules/${POLICY}`)
    await draftRules(page, POLICY, (text) => text.replace('value = 0.75', 'value = 0.5'))
    await page.goto(`/rules/${POLICY}`, { waitUntil: 'networkidle' })
    await page.getByRole('button', { name: /into shadow/ }).click()
    await page.getByRole('button', { name: 'End shadow' }).waitFor()
    const found = await decided(client, { asset: 'VMC-1050-SP02', failure_mode: 'spindle_runout', confidence: 0.6 })
    assert.equal(found.state, 'waiting_review')
    await page.goto(`/rules/${POLICY}`, { waitUntil: 'networkidle' })
    await page.getByText(/Would have decided otherwise in 1 of 1 decisions/).waitFor()
    await page.context().close()
  })
})
