import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The widths every screen is looked at in: phone, tablet, desk. */
export const VIEWPORTS = [
  { width: 390, height: 844 },
  { width: 820, height: 1180 },
  { width: 1440, height: 900 },
]

/** The two themes. */
export const THEMES = ['light', 'dark']

/**
 * Starts a browser with a profile of its own. `page(options)` opens a page in a fresh context
 * (`viewport`, `theme`, `javaScript`, `state`); `close()` ends everything. `flags` are the browser's own.
 */
export async function browser({ flags = [] } = {}) {
  const profile = await mkdtemp(join(tmpdir(), 'millwright-chromium-'))
  const executablePath = execFileSync('sh', ['-c', 'command -v chromium']).toString().trim()
  const chrome = await chromium.launch({
    executablePath,
    ignoreDefaultArgs: true,
    args: [...FLAGS, ...flags, `--user-data-dir=${profile}`, '--remote-debugging-pipe', 'about:blank'],
  })
  return {
    async page({ viewport = VIEWPORTS[2], theme = 'light', javaScript = true, state, url } = {}) {
      const context = await chrome.newContext({
        baseURL: url,
        viewport,
        colorScheme: theme,
        reducedMotion: 'reduce',
        javaScriptEnabled: javaScript,
        storageState: state,
      })
      context.setDefaultTimeout(10_000)
      return context.newPage()
    },
    async close() {
      await chrome.close()
      await rm(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
