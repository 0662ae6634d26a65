// screens FOLDER: pictures of every screen, from a plant at work: 1440 px light and dark, 390 px.
import { join } from 'node:path'
import { PERSON, THEMES, VIEWPORTS, browser, seed, session, setupPath, startServer, until } from './support/index.mjs'

const folder = process.argv[2]
if (!folder) throw new Error('use: node end2end/screens.mjs FOLDER')

const chrome = await browser()
const firstRun = await startServer()
const server = await startServer({ timeScale: 1 })
try {
  const { alerts, orders } = await seed(server)
  const state = await session(chrome, server, PERSON)
  const site = await rockford(state)
  const screens = [
    { name: 'overview', path: '/overview' },
    { name: 'search', path: '/search?q=vmc-1050' },
    { name: 'review', path: `/review/${alerts[3]}` },
    { name: 'alerts', path: '/alerts' },
    { name: 'alert', path: `/alerts/${alerts[1]}` },
    { name: 'work-orders', path: '/work-orders' },
    { name: 'work-order', path: `/work-orders/${orders[0]}` },
    { name: 'logbook', path: `/logbook?site=${site}` },
    { name: 'quarantine', path: '/quarantine' },
    { name: 'sign-in', path: '/sign-in', guest: true },
    { name: 'set-up', path: setupPath(firstRun), guest: true, url: firstRun.url },
  ]
  const [phone, , desk] = VIEWPORTS
  for (const { name, path, guest, url = server.url } of screens) {
    for (const [suffix, viewport, theme] of [
      ['', desk, THEMES[0]], ['-dark', desk, THEMES[1]], ['-phone', phone, THEMES[0]],
    ]) {
      const page = await chrome.page({ url, state: guest ? undefined : state, viewport, theme })
      await page.goto(path, { waitUntil: 'networkidle' })
      if (!guest) {
        await until('the page is live', async () => /^Live/.test(await page.locator('.fresh').innerText()))
      }
      await page.screenshot({ path: join(folder, `${name}${suffix}.png`) })
      await page.context().close()
    }
  }
} finally {
  await chrome.close()
  await firstRun.stop()
  await server.stop()
}

/** The id of the site of the stories, from the site menu. */
async function rockford(state) {
  const page = await chrome.page({ url: server.url, state })
  await page.goto('/overview')
  const id = await page.locator('#site-menu button[name=value]', { hasText: 'Rockford' }).getAttribute('value')
  await page.context().close()
  return id
}
