import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import axeCore from 'axe-core'

const SCREENSHOTS = fileURLToPath(new URL('../../target/screenshots', import.meta.url))

/** Writes a picture of the whole page to `target/screenshots/<name>.png`. */
export async function screenshot(page, name) {
  await mkdir(SCREENSHOTS, { recursive: true })
  const path = join(SCREENSHOTS, `${name}.png`)
  await page.screenshot({ path, fullPage: true })
  return path
}

/** The accessibility violations of the page as it stands: `{id, help, nodes: [selector, …]}`. */
export async function axe(page) {
  if (!await page.evaluate(() => 'axe' in globalThis)) await page.evaluate(axeCore.source)
  const { violations } = await page.evaluate(() => globalThis.axe.run(document))
  return violations.map(({ id, help, nodes }) => ({
    id,
    help,
    nodes: nodes.map((node) => `${node.target.join(' ')}: ${node.failureSummary}`),
  }))
}

/** Records console errors, hydration warnings, uncaught exceptions and CSP violations from now on. */
export function consoleErrors(page) {
  const errors = []
  page.on('console', (message) => {
    const text = message.text()
    if (message.type() === 'error' || /hydrat/i.test(text)) errors.push(text)
  })
  page.on('pageerror', (error) => errors.push(String(error)))
  return errors
}

/** The elements that make the page scroll sideways. */
export async function overflow(page) {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth
    if (document.documentElement.scrollWidth <= width) return []
    return [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > width + 1)
      .map((element) => `${element.tagName.toLowerCase()}.${element.className}`)
      .slice(0, 10)
  })
}

/** One `h1`, equal to the beginning of the title. */
export async function heading(page) {
  const all = await page.locator('h1').allInnerTexts()
  assert.equal(all.length, 1, `one h1, found ${JSON.stringify(all)}`)
  return all[0]
}
