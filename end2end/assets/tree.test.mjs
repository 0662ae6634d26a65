import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  VIEWPORTS, administrator, axe, apiKey, browser, consoleErrors, decided, importAssets, overflow,
  session, startServer, until,
} from '../support/index.mjs'
import { keyboardSheet } from '../support/hydration.mjs'

describe('assets', () => {
  let chrome, server, client, state, alert

  before(async () => {
    chrome = await browser()
    server = await startServer()
    await administrator(server)
    await importAssets(server)
    client = server.api(await apiKey(server, 'assets', 'predictions,read'))
    alert = await decided(client)
    state = await session(chrome, server)
  })

  after(async () => {
    await chrome?.close()
    await server?.stop()
  })

  const open = async (path, options = {}) => {
    const page = await chrome.page({ url: server.url, state, ...options })
    const errors = consoleErrors(page)
    await page.goto(path)
    if (options.javaScript !== false) await keyboardSheet(page)
    return { page, errors }
  }
  const id = async (tag) => (await client.get(`/assets?asset=${tag}`)).body.items[0].id
  const row = (page, tag) => page.locator('.wide [role=row]', { hasText: tag }).first()
  const focused = (page) => page.evaluate(() => document.activeElement.querySelector('.plate')?.textContent)
  const fill = async (page, fields) => {
    for (const [name, value] of Object.entries(fields)) await page.locator(`#${name}`).fill(value)
  }

  test('the tree is one tab stop, and arrows open, walk and close it', async () => {
    const { page, errors } = await open('/assets')
    const stops = await page.locator('.wide [role=row][tabindex="0"]').count()
    assert.equal(stops, 1)
    assert.equal(await page.locator('.wide .tree a:not([tabindex="-1"])').count(), 0)
    await page.locator('.wide [role=row][tabindex="0"]').focus()
    assert.equal(await focused(page), 'WEST')
    await page.keyboard.press('ArrowRight')
    await until('the line has the focus', async () => (await focused(page)) === 'WEST-L1')
    const line = row(page, 'WEST-L1')
    assert.equal(await line.getAttribute('aria-expanded'), 'false')
    await page.keyboard.press('ArrowRight')
    await until('the line is open', async () => (await line.getAttribute('aria-expanded')) === 'true')
    await page.keyboard.press('ArrowDown')
    const machine = await focused(page)
    assert.equal(machine, 'MC-3001', 'machines by tag')
    for (const [name, value] of [['level', '3'], ['setsize', '3'], ['posinset', '1']]) {
      assert.equal(await row(page, machine).getAttribute(`aria-${name}`), value)
    }
    assert.match(page.url(), /open=/)
    assert.deepEqual(await axe(page), [])
    await page.keyboard.press('ArrowLeft')
    assert.equal(await focused(page), 'WEST-L1', 'left goes to the asset above')
    await page.keyboard.press('ArrowLeft')
    await until('the machines are hidden', async () => (await row(page, 'MC-3001').count()) === 0)
    await page.keyboard.press('End')
    await page.keyboard.press('Home')
    assert.equal(await focused(page), 'WEST')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/assets\/\d+$/)
    await page.getByRole('heading', { name: 'West works', level: 1 }).waitFor()
    assert.deepEqual(errors, [])
    await page.context().close()
  })

  test('what is open in the tree survives a reload and works without scripts', async () => {
    const { page } = await open('/assets', { javaScript: false })
    await page.getByRole('link', { name: 'Show what stands below WEST-L1' }).click()
    await row(page, 'VMC-1050').waitFor()
    await page.getByRole('link', { name: 'Show what stands below VMC-1050' }).first().click()
    await row(page, 'VMC-1050-SP02').waitFor()
    await page.locator('.wide .to', { hasText: 'VMC-1050-SP02' }).click()
    assert.match(await page.locator('h1').innerText(), /Spindle 2/)
    await page.context().close()
  })

  test('search finds tag, name, serial number and barcode', async () => {
    const { page, errors } = await open('/assets')
    for (const [words, tag] of [['vmc-1050-sp', 'VMC-1050-SP02'], ['axis', 'MC-3001-AX-X'], ['sn-2007-t4', 'ML-2007-T4'], ['4006381333931', 'VMC-1050']]) {
      await page.locator('#f-q').fill(words)
      await page.getByRole('button', { name: 'Apply' }).click()
      await page.waitForURL(/q=/)
      await page.locator('.rows tbody .plate', { hasText: tag }).first().waitFor()
    }
    await page.goto('/assets?q=nothing-like-it')
    await page.getByText('No assets match').waitFor()
    assert.deepEqual(errors, [])
    await page.context().close()
  })

  test('on a phone the tree is a path and a list', async () => {
    const { page, errors } = await open('/assets', { viewport: VIEWPORTS[0] })
    assert.equal(await page.locator('.tree').isVisible(), false)
    await page.locator('.drill a', { hasText: 'West works' }).last().click()
    await page.locator('.drill a', { hasText: 'Milling line' }).last().click()
    await page.locator('.drill .cards a', { hasText: 'VMC-1050' }).first().click()
    await page.locator('.drill .crumbs a', { hasText: 'VMC-1050' }).waitFor()
    assert.deepEqual(await overflow(page), [])
    await page.locator('.drill .cards a', { hasText: 'VMC-1050-SP02' }).click()
    await page.getByRole('heading', { name: 'Spindle 2', level: 1 }).waitFor()
    assert.deepEqual(await overflow(page), [])
    assert.deepEqual(errors, [])
    await page.context().close()
  })

  test('the page of a line shows what is open below it, with a code that leads to it', async () => {
    const line = await id('WEST-L1')
    const { page, errors } = await open(`/assets/${line}`)
    await page.locator('#alerts a', { hasText: alert.failure_mode_name ?? 'Spindle bearing fault' }).waitFor()
    assert.match(await page.locator('#alerts').innerText(), /VMC-1050-SP02/)
    assert.equal(await page.locator('.qr').getAttribute('aria-label'), `${server.url}/assets/${line}`)
    assert.match(await page.locator('#predictions').innerText(), /spindle-ensemble 4\.2/)
    assert.deepEqual(await axe(page), [])
    assert.deepEqual(errors, [])
    await page.context().close()
  })

  test('an asset is made, edited, moved and taken out of use with its open work', async () => {
    const line = await id('WEST-L1')
    const { page, errors } = await open(`/assets/new?parent=${line}`)
    await page.getByRole('heading', { name: 'New asset below Milling line' }).waitFor()
    await fill(page, { tag: 'vmc-1050' })
    await page.getByRole('button', { name: 'Create' }).click()
    await page.locator('.field', { hasText: 'another asset has this tag' }).waitFor()
    await fill(page, { tag: 'NEW-1', name: 'Grinder', serial_number: 'SN-NEW' })
    await page.locator('#kind').selectOption('machine')
    await page.locator('#criticality').selectOption('high')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('heading', { name: 'Grinder', level: 1 }).waitFor()

    await page.getByRole('link', { name: /^Edit/ }).click()
    await page.waitForURL(/\/edit$/)
    await fill(page, { name: 'Cylindrical grinder' })
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { name: 'Cylindrical grinder', level: 1 }).waitFor()

    const spindle = await id('VMC-1050-SP02')
    await page.goto(`/assets/${spindle}/move`)
    await keyboardSheet(page)
    await fill(page, { parent: 'VMC-1050-SP02' })
    await page.getByRole('button', { name: 'Move it' }).click()
    await page.locator('.field', { hasText: 'stands below' }).waitFor()
    await fill(page, { parent: 'new-1' })
    await page.getByRole('button', { name: 'Move it' }).click()
    await page.locator('.adetail .crumbs', { hasText: 'NEW-1' }).waitFor()
    await page.getByText('inherited from NEW-1').waitFor()
    assert.equal((await client.get('/assets?asset=VMC-1050-SP02')).body.items[0].criticality, 'high')

    const machine = await id('NEW-1')
    await until('the work order is open', async () => (await client.get(`/alerts/${alert.id}`)).body.work_order_id)
    await page.goto(`/assets/${machine}`)
    await keyboardSheet(page)
    await page.getByRole('button', { name: 'Decommission…' }).click()
    const dialog = page.locator('#decommission')
    assert.match(await dialog.innerText(), /1 work order is open on it or below/)
    await dialog.getByRole('button', { name: 'Decommission' }).click()
    assert.equal((await client.get('/assets?asset=NEW-1')).body.items[0].status, 'active', 'not without the tick')
    await dialog.getByRole('checkbox').check()
    await dialog.getByRole('button', { name: 'Decommission' }).click()
    await page.getByText('Decommissioned: kept for its history').waitFor()
    assert.equal((await client.get('/assets?asset=VMC-1050-SP02')).body.items[0].status, 'decommissioned')

    await page.getByRole('link', { name: 'Changes' }).click()
    await page.waitForURL(/\/history$/)
    await page.locator('.changes', { hasText: 'Cylindrical grinder' }).waitFor()
    const history = await page.locator('.changes').innerText()
    for (const words of ['Decommissioned', 'Changed', 'Created']) assert.match(history, new RegExp(words))
    assert.deepEqual(errors.filter((text) => !text.includes('422')), [])
    await page.context().close()
  })

  test('the export is the file that the import reads', async () => {
    const { page } = await open('/assets')
    const wait = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Export' }).click()
    const download = await wait
    assert.equal(download.suggestedFilename(), 'millwright-assets.csv')
    const chunks = []
    for await (const chunk of await download.createReadStream()) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString()
    assert.match(text, /^\uFEFF"tag","kind","parent","name",/)
    assert.match(text, /"VMC-1050","machine","WEST-L1",/)
    await page.context().close()
  })
})
