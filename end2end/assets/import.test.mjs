import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import {
  administrator, apiKey, axe, browser, consoleErrors, importAssets, overflow, session, startServer,
} from '../support/index.mjs'
import { keyboardSheet } from '../support/hydration.mjs'

const FILE = `Equipment;Type;Superior;Description;Remark
GR-1;machine;WEST-L1;Grinder one;old
GR-2;machine;NOWHERE;Grinder two;
GR-3;robot;WEST-L1;Grinder three;
`

describe('the import of assets', () => {
  let chrome, server, client, state, file

  before(async () => {
    chrome = await browser()
    server = await startServer()
    await administrator(server)
    await importAssets(server)
    client = server.api(await apiKey(server, 'import', 'read'))
    state = await session(chrome, server)
    file = join(server.dataDir, 'plant.csv')
    await writeFile(file, FILE)
  })

  after(async () => {
    await chrome?.close()
    await server?.stop()
  })

  /** Presses Tab until something that `matches` has the focus. */
  async function tabTo(page, selector) {
    for (let presses = 0; presses < 80; presses += 1) {
      if (await page.evaluate((s) => document.activeElement.matches(s), selector)) return
      await page.keyboard.press('Tab')
    }
    throw new Error(`Tab does not reach ${selector}`)
  }

  test('goes through all steps by keyboard alone', async () => {
    const page = await chrome.page({ url: server.url, state })
    const errors = consoleErrors(page)
    await page.goto('/assets/import')
    await keyboardSheet(page)
    await tabTo(page, '#file')
    const chooser = page.waitForEvent('filechooser')
    await page.keyboard.press('Space')
    await (await chooser).setFiles(file)
    await tabTo(page, '#upload button[type=submit]')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/assets\/import\/\d+$/)
    await keyboardSheet(page)
    const chosen = () => page.locator('.match select').evaluateAll((all) => all.map((one) => one.value))
    assert.deepEqual(await chosen(), ['tag', 'kind', 'parent', 'name', ''], 'suggested by the heads')
    assert.match(await page.locator('.match').innerText(), /1 of 3/)
    assert.deepEqual(await axe(page), [])

    await tabTo(page, '[id="columns[4]"]')
    await page.keyboard.press('n')
    assert.equal((await chosen())[4], 'name')
    await tabTo(page, '.match ~ * button[type=submit], #columns button[type=submit]')
    await page.keyboard.press('Enter')
    await page.locator('#columns .notice', { hasText: 'second column' }).waitFor()
    await page.locator('[id="columns[4]"]').focus()
    await page.keyboard.press('Home')
    await tabTo(page, '#columns button[type=submit]')
    await page.keyboard.press('Enter')
    await page.locator('#errors').waitFor()
    const problems = await page.locator('#errors tbody').innerText()
    assert.match(problems, /3\s+GR-2\s+Tag of the asset above\s+there is no asset with that tag/)
    assert.match(problems, /4\s+GR-3\s+Level\s+"robot" is not a kind/)
    assert.equal((await client.get('/assets?asset=GR-1')).body.items.length, 0, 'nothing is written yet')
    assert.deepEqual(await axe(page), [])
    assert.deepEqual(await overflow(page), [])

    await tabTo(page, '.actbar button[type=submit]')
    await page.keyboard.press('Enter')
    await page.getByText('1 asset is new').waitFor()
    assert.equal((await client.get('/assets?asset=GR-1')).body.items[0].name, 'Grinder one')
    assert.deepEqual(errors.filter((text) => !text.includes('422')), [])
    await page.context().close()
  })

  test('works without scripts, and says why a file is not taken', async () => {
    const page = await chrome.page({ url: server.url, state, javaScript: false })
    await page.goto('/assets/import')
    const picture = join(server.dataDir, 'picture.csv')
    await writeFile(picture, Buffer.from([0xff, 0xd8, 0xff, 0xe0]))
    await page.locator('#file').setInputFiles(picture)
    await page.getByRole('button', { name: 'Upload and match columns' }).click()
    await page.locator('.notice', { hasText: 'not UTF-8' }).waitFor()
    const big = join(server.dataDir, 'big.csv')
    await writeFile(big, `tag\n${'x'.repeat(11 * 1024 * 1024)}\n`)
    await page.locator('#file').setInputFiles(big)
    await page.getByRole('button', { name: 'Upload and match columns' }).click()
    await page.locator('.notice', { hasText: 'more than 10 MB' }).waitFor()
    await page.locator('#file').setInputFiles(file)
    await page.getByRole('button', { name: 'Upload and match columns' }).click()
    await page.getByRole('button', { name: 'Check the rows' }).click()
    await page.locator('#errors').waitFor()
    await page.getByRole('button', { name: 'Import 1 row' }).click()
    await page.locator('.notice', { hasText: /assets? (is|are) new/ }).waitFor()
    const answer = await page.request.get(await page.getByRole('link', { name: 'Download the rows' }).getAttribute('href'))
    assert.match(await answer.text(), /"GR-2","machine","NOWHERE","Grinder two","","parent: there is no asset/)
    await page.context().close()
  })
})
