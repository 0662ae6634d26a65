import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  administrator, apiKey, axe, browser, consoleErrors, decided, importAssets, session, startServer,
  until,
} from '../support/index.mjs'

describe('audit', () => {
  let chrome, server, client, person, state, alert, order

  before(async () => {
    chrome = await browser()
    server = await startServer()
    await administrator(server)
    await importAssets(server)
    client = server.api(await apiKey(server, 'machines', 'predictions,read'))
    const key = await server.cli(['api-key', 'create', '--name', 'ada', '--user', 'admin@example.com'])
    person = server.api(key.split('\n').at(-1))
    alert = await decided(client)
    order = await until('the work order is in the book', async () => {
      const id = (await client.get(`/alerts/${alert.id}`)).body.work_order_id
      const found = id && (await client.get(`/work-orders/${id}`)).body
      return found?.cmms_number && found
    })
    for (const [to, more] of [
      ['approved', {}], ['assigned', { assigned_to: 'Tess' }], ['in_progress', {}],
      ['closed', { closure: { actual_failure_mode: 'spindle_bearing_fault', finding: 'found', action: 'Replaced the bearing', labour_hours: 6.5 } }],
    ]) {
      const { version } = (await client.get(`/work-orders/${order.id}`)).body
      const answer = await person.post(`/work-orders/${order.id}/transition`, { to, version, ...more })
      assert.equal(answer.status, 200, `${to}: ${JSON.stringify(answer.body)}`)
    }
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

  const rows = (page) => page.locator('.aud > tbody > tr:not(.open)')

  test('the range is always shown; facets and typed terms write the same address', async () => {
    const { page, errors } = await open('/audit')
    assert.match(await page.locator('.found').innerText(), /last 90 days, \d+ events/)
    await page.locator('.facet-menus').getByRole('link', { name: /^asset\.create/ }).click()
    await page.waitForURL(/q=action:asset\.create/)
    await until('only new assets', async () =>
      (await rows(page).allInnerTexts()).every((text) => text.includes('asset.create')))
    const faceted = new URL(page.url()).searchParams.get('q')

    await page.goto('/audit', { waitUntil: 'networkidle' })
    await page.getByLabel('Query').fill('action:asset.create')
    await page.getByLabel('Query').press('Enter')
    await page.waitForURL(/q=/)
    assert.equal(new URL(page.url()).searchParams.get('q'), faceted)
    await page.getByLabel('Query').fill('object:work_order -action:work_order.close -actor:millwright colour:red')
    await page.getByLabel('Query').press('Enter')
    await page.getByText('Not understood and left out: colour:red').waitFor()
    const left = await rows(page).allInnerTexts()
    assert.ok(left.length > 0 && left.every((text) => !/work_order\.close/.test(text)), left.join('\n'))
    await page.getByRole('link', { name: /^Remove −actor/ }).click()
    await until('the program shows again', async () => (await rows(page).count()) > left.length)
    assert.deepEqual(errors, [])
    await page.context().close()
  })

  test('an event opens with what it changed, and its case leads from prediction to closure', async () => {
    const { page, errors } = await open(`/audit?q=object:work_order/${order.id} action:work_order.close`)
    await rows(page).first().locator('a').first().click()
    await page.waitForURL(/open=\d+/)
    const chain = page.locator('.chain li')
    await chain.first().waitFor()
    const told = (await chain.allInnerTexts()).map((text) => text.replace(/\s+/g, ' '))
    const order_ = ['A prediction came in', 'The alert was opened', 'The rules decided', 'The work order was queued',
      'The CMMS holds the work order', 'The work order was closed', 'The prediction was judged']
    const places = order_.map((words) => told.findIndex((text) => text.includes(words)))
    assert.ok(places.every((place) => place >= 0), `${JSON.stringify(places)}\n${told.join('\n')}`)
    assert.deepEqual([...places].sort((a, b) => a - b), places, told.join('\n'))
    assert.match(told.find((text) => text.includes('judged')), /confirmed/)
    assert.deepEqual(await axe(page), [])
    const links = await chain.locator(`a[href="/alerts/${alert.id}"], a[href="/work-orders/${order.id}"]`).count()
    assert.ok(links >= told.length - 1, 'every step leads to what it was about')
    await page.locator('.chain').getByRole('link', { name: 'The rules decided' }).first().click()
    await page.locator('.chain li', { hasText: 'this event' }).getByText('The rules decided').waitFor()
    assert.deepEqual(errors, [])
    await page.context().close()
  })

  test('what an administrator does is there at once, before and after, without secrets', async () => {
    const { page } = await open('/admin/users?invite=1')
    await page.locator('#name').fill('Cy Doe')
    await page.locator('#email').fill('cy@example.com')
    await page.getByRole('button', { name: 'Make the invitation' }).click()
    await page.waitForURL(/shown=/)
    const token = new URL(await page.locator('#shown-once').inputValue()).searchParams.get('token')
    await page.goto('/audit?q=object:app_user action:role.grant', { waitUntil: 'networkidle' })
    await rows(page).filter({ hasText: 'Cy Doe' }).locator('a').first().click()
    const opened = page.locator('tr.open')
    await opened.locator('ins', { hasText: 'Viewer' }).waitFor()
    assert.match(await opened.innerText(), /Request/)
    await page.goto('/audit?q=object:setup_token', { waitUntil: 'networkidle' })
    await rows(page).first().locator('a').first().click()
    await opened.waitFor()
    assert.match(await opened.innerText(), /Token\s+nothing\s+set/i)
    assert.equal((await page.content()).includes(token), false)
    await page.context().close()
  })

  test('without scripts query, menus and events are plain links and forms', async () => {
    const { page } = await open('/audit', { javaScript: false })
    await page.getByLabel('Query').fill('object:alert')
    await page.getByRole('button', { name: 'Search' }).click()
    assert.ok((await rows(page).count()) > 0)
    await rows(page).first().locator('a').first().click()
    await page.locator('tr.open').waitFor()
    await page.context().close()
  })
})
