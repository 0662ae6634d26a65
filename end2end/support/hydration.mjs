import assert from 'node:assert/strict'
import { until } from './until.mjs'

/** `?` opens the sheet of shortcuts: needs the key listener of the hydrated frame. */
export async function keyboardSheet(page) {
  await until('the sheet of shortcuts opens', async () => {
    await page.keyboard.press('?')
    return page.locator('dialog[open]').isVisible()
  }, { every: 250 })
  await page.keyboard.press('Escape')
}

/**
 * A form sent with values that are refused says so in place, without loading a new document:
 * needs the submit handler of the hydrated form. `values` are by field name.
 */
export function refusedInPlace(values) {
  return async (page) => {
    await until('the form answers in place', async () => {
      await page.evaluate(() => { globalThis.sameDocument = true })
      for (const [name, value] of Object.entries(values)) {
        await page.locator(`[name=${name}]`).fill(value)
      }
      await page.locator('form button[type=submit], form button:not([type])').first().click()
      await page.locator('[role=alert]').first().waitFor({ timeout: 5_000 })
      return page.evaluate(() => globalThis.sameDocument === true)
    }, { within: 20_000 })
    assert.ok(await page.locator('[role=alert]').first().isVisible())
  }
}
