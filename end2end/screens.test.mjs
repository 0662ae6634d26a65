import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ROUTES } from './routes.mjs'
import {
  THEMES, VIEWPORTS, administrator, apiKey, axe, browser, connect, consoleErrors, decided, draftRules, heading,
  importAssets, overflow, prediction, register, screenshot, session, setupPath, startServer, until,
} from './support/index.mjs'

// The browser's own words when a form that is meant to be refused is refused.
const REFUSED = /responded with a status of (422|429)/

/** The rules of the built-in book, the first connection. */
const POLICY = 1

describe('every screen', () => {
  let chrome, large, server, firstRun, state, values
  /** Contexts by what they are: the next page finds the program in their cache. */
  const contexts = new Map()

  before(async () => {
    chrome = await browser()
    // As a person sets it who needs larger letters.
    large = await browser({ flags: ['--blink-settings=defaultFontSize=32'] })
    server = await startServer()
    await administrator(server)
    await importAssets(server)
    const client = server.api(await apiKey(server, 'screens'))
    const alert = await decided(client)
    const asked = await decided(client, { asset: 'ML-2007-T4', failure_mode: 'tool_wear', confidence: 0.65 })
    await client.post('/predictions', prediction({ asset: 'NOT-KNOWN' }))
    const workOrder = await until('the alert has a work order', async () =>
      (await client.get(`/alerts/${alert.id}`)).body.work_order_id)
    const place = async (tag) => (await client.get(`/assets?asset=${tag}`)).body.items[0].id
    const [asset, site] = [await place('VMC-1050'), await place('WEST')]
    await register(server)
    state = await session(chrome, server)
    const desk = await chrome.page({ url: server.url, state })
    await draftRules(desk, POLICY, (text) => text.replace('value = 0.75', 'value = 0.6'))
    const connection = await connect(desk, 'maximo', {
      name: 'Maximo, west', address: 'https://maximo.example.com/maximo', settings: { site_id: 'WEST' }, site: 'West works',
    })
    await desk.context().close()
    if (ROUTES.some((route) => route.as === 'first')) firstRun = await startServer()
    values = {
      alert: alert.id, review: asked.id, workOrder, policy: POLICY, asset, site, connection,
      setup: firstRun && setupPath(firstRun),
    }
    values.event = await event(`object:alert/${alert.id}`)
  })

  after(async () => {
    await chrome?.close()
    await large?.close()
    await firstRun?.stop()
    await server?.stop()
  })

  /** The newest audit event of a query. */
  async function event(query) {
    const page = await chrome.page({ url: server.url, state })
    await page.goto(`/audit?q=${query}`)
    const href = await page.locator('.aud tbody a').first().getAttribute('href')
    await page.context().close()
    return new URL(href, server.url).searchParams.get('open')
  }

  async function open(route, options, where = chrome) {
    const kind = JSON.stringify([where === large, route.as, options])
    if (!contexts.has(kind)) {
      const first = await where.page({
        url: (route.as === 'first' ? firstRun : server).url,
        state: route.as ? undefined : state,
        ...options,
      })
      contexts.set(kind, first.context())
    }
    const page = await contexts.get(kind).newPage()
    const errors = consoleErrors(page)
    const path = route.path.replace(/\{(\w+)\}/g, (_, name) => values[name])
    const answer = await page.goto(path)
    assert.equal(answer.status(), 200, `${path} answers ${answer.status()}`)
    return { page, errors }
  }

  for (const route of ROUTES) {
    for (const viewport of VIEWPORTS) {
      test(`${route.name} at ${viewport.width} px, light and dark: accessible, fits, hydrates`, async () => {
        const { page, errors } = await open(route, { viewport })
        const picture = (theme) => screenshot(page, `${route.name}-${viewport.width}-${theme}`)
        try {
          await heading(page)
          const grounds = new Set()
          for (const theme of THEMES) {
            await page.emulateMedia({ colorScheme: theme })
            grounds.add(await page.evaluate(() => getComputedStyle(document.body).backgroundColor))
            if (process.env.PICTURES) await picture(theme)
            assert.deepEqual(await axe(page), [], `axe violations, ${theme}`)
            assert.deepEqual(await overflow(page), [], `wider than the window, ${theme}`)
          }
          assert.equal(grounds.size, THEMES.length, 'every theme has a ground of its own')
          assert.deepEqual(errors, [], 'console errors')
          await route.prove(page)
          assert.deepEqual(errors.filter((error) => !REFUSED.test(error)), [], 'console errors')
        } catch (error) {
          await picture('failed')
          throw error
        } finally {
          await page.close()
        }
      })
    }

    test(`${route.name} fits 320 px, and text of twice the size`, async () => {
      for (const [what, viewport, where] of [
        ['320 px', { width: 320, height: 720 }, chrome], ['200 % text', VIEWPORTS[2], large],
      ]) {
        const { page } = await open(route, { viewport }, where)
        try {
          assert.deepEqual(await overflow(page), [], `wider than the window at ${what}`)
        } finally {
          await page.close()
        }
      }
    })

    test(`${route.name} without scripts shows its content`, async () => {
      const { page } = await open(route, { javaScript: false })
      try {
        assert.ok((await heading(page)).length > 0)
        assert.deepEqual(await page.locator('[aria-busy=true]').count(), 0, 'still loading')
      } finally {
        await page.close()
      }
    })
  }
})
