// screens FOLDER: pictures of every screen, from a plant at work: 1440 px light and dark, 390 px.
import { join } from 'node:path'
import {
  PERSON, THEMES, VIEWPORTS, browser, draftRules, register, seed, session, setupPath, startServer, until,
} from './support/index.mjs'

const folder = process.argv[2]
if (!folder) throw new Error('use: node end2end/screens.mjs FOLDER')

const chrome = await browser()
const firstRun = await startServer()
const server = await startServer({ timeScale: 1 })
try {
  const { alerts, orders } = await seed(server)
  const state = await session(chrome, server, PERSON)
  const site = await rockford(state)
  await register(server, 'ROCKFORD')
  const machine = await asset(state, 'VMC-1050')
  const desktop = await chrome.page({ url: server.url, state })
  await draftRules(desktop, 1, (text) => text.replace('value = 0.75', 'value = 0.6'))
  await desktop.context().close()
  const screens = [
    { name: 'overview', path: '/overview' },
    { name: 'search', path: '/search?q=vmc-1050' },
    { name: 'review', path: `/review/${alerts[3]}` },
    { name: 'alerts', path: '/alerts' },
    { name: 'alert', path: `/alerts/${alerts[1]}` },
    { name: 'work-orders', path: '/work-orders' },
    { name: 'work-order', path: `/work-orders/${orders[0]}` },
    { name: 'logbook', path: `/logbook?site=${site}` },
    { name: 'assets', path: '/assets' },
    { name: 'asset', path: `/assets/${machine}` },
    { name: 'calendar', path: `/assets/${site}/calendar` },
    { name: 'reconcile', path: '/assets/reconcile' },
    { name: 'rules', path: '/rules/1' },
    { name: 'rules-edit', path: '/rules/1/edit?rule=2', settled: '.preview .finding' },
    { name: 'connections', path: '/connections' },
    { name: 'connection', path: '/connections/1' },
    { name: 'mapping', path: '/connections/maximo/mapping?field=title' },
    { name: 'people', path: '/admin/users' },
    { name: 'roles', path: '/admin/roles' },
    { name: 'audit', path: `/audit?q=object:alert/${alerts[1]}` },
    { name: 'quarantine', path: '/quarantine' },
    { name: 'sign-in', path: '/sign-in', guest: true },
    { name: 'set-up', path: setupPath(firstRun), guest: true, url: firstRun.url },
  ]
  const [phone, , desk] = VIEWPORTS
  for (const { name, path, guest, settled, url = server.url } of screens) {
    for (const [suffix, viewport, theme] of [
      ['', desk, THEMES[0]], ['-dark', desk, THEMES[1]], ['-phone', phone, THEMES[0]],
    ]) {
      const page = await chrome.page({ url, state: guest ? undefined : state, viewport, theme })
      await page.goto(path, { waitUntil: 'networkidle' })
      if (!guest) {
        await until('the page is live', async () => /^Live/.test(await page.locator('.fresh').innerText()))
      }
      if (settled && viewport === desk) await page.locator(settled).first().waitFor()
      await page.screenshot({ path: join(folder, `${name}${suffix}.png`) })
      await page.context().close()
    }
  }
} finally {
  await chrome.close()
  await firstRun.stop()
  await server.stop()
}

/** The id of an asset, from the search. */
async function asset(state, tag) {
  const page = await chrome.page({ url: server.url, state })
  await page.goto(`/assets?q=${tag}`)
  const href = await page.locator('tbody a[href^="/assets/"]').first().getAttribute('href')
  await page.context().close()
  return href.match(/\d+/)[0]
}

/** The id of the site of the stories, from the site menu. */
async function rockford(state) {
  const page = await chrome.page({ url: server.url, state })
  await page.goto('/overview')
  const id = await page.locator('#site-menu button[name=value]', { hasText: 'Rockford' }).getAttribute('value')
  await page.context().close()
  return id
}
