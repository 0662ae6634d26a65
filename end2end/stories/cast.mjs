import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  apiKey, browser, consoleErrors, importAssets, signIn, startServer, until,
} from '../support/index.mjs'

const demo = (name) => fileURLToPath(new URL(`../../demo/${name}`, import.meta.url))
const HOUR_MS = 3_600_000
const PATIENCE = { within: 60_000, every: 250 }

/** The people of the stories, by role. */
export const PEOPLE = {
  planner: { name: 'Paula Reyes', email: 'paula.reyes@example.com', password: 'lathes before breakfast' },
  supervisor: { name: 'Sam Okafor', email: 'sam.okafor@example.com', password: 'coolant smells of mondays' },
  technician: { name: 'Tess Lindqvist', email: 'tess.lindqvist@example.com', password: 'torque wrench in drawer four' },
  reviewer: { name: 'Rita Novak', email: 'rita.novak@example.com', password: 'every graph tells a story' },
}

/** `HH` hours from `now`, on the hour. */
const onTheHour = (now, hours) => `${new Date(now + hours * HOUR_MS).toISOString().slice(0, 13)}:00:00Z`

/** The calendars of the demo, with the planned shutdown of Aurora four hours ahead. */
async function calendars(server) {
  const all = JSON.parse(await readFile(demo('calendars.json'), 'utf8'))
  const now = Date.now()
  all.AURORA.shutdowns = [{
    name: 'Axis maintenance', from: onTheHour(now, 4), until: onTheHour(now, 20), crew: 'weekend crew',
  }]
  const file = join(server.dataDir, 'calendars.json')
  await writeFile(file, JSON.stringify(all))
  await server.cli(['import', 'calendars', file])
}

/**
 * The plant of the demo with its calendars, the policy of Aurora and the people of `roles`, who work
 * at `site`. `enter(role)` signs that person in through the browser and gives the page and the errors
 * of its console; `plant` is the machines' key.
 */
export async function stage({ site, roles, env, timeScale }) {
  const server = await startServer({ env, timeScale })
  let chrome
  try {
    chrome = await browser()
    await importAssets(server, demo('assets.csv'))
    await calendars(server)
    await server.cli(['import', 'policy', demo('policy-aurora.json'), '--site', 'AURORA'])
    for (const role of roles) {
      const { name, email, password } = PEOPLE[role]
      const line = ['user', 'create', '--email', email, '--name', name, '--role', role, '--site', site]
      await server.cli([...line, '--password-stdin'], password)
    }
    const plant = server.api(await apiKey(server, 'plant', 'predictions,telemetry,read'))
    return {
      server,
      plant,
      async enter(role) {
        const page = await chrome.page({ url: server.url })
        page.setDefaultTimeout(30_000)
        const errors = consoleErrors(page)
        await signIn(page, PEOPLE[role])
        return { page, errors }
      },
      async leave() {
        await chrome.close()
        await server.stop()
      },
    }
  } catch (error) {
    await chrome?.close()
    await server.stop()
    throw error
  }
}

/** The work order of an alert once the book holds it. */
export function inTheBook(client, alert) {
  return until(`alert ${alert} has a work order in the book`, async () => {
    const id = (await client.get(`/alerts/${alert}`)).body.work_order_id
    const order = id && (await client.get(`/work-orders/${id}`)).body
    return order?.delivery.state === 'created' && order
  }, PATIENCE)
}

/** From the list of work orders, by the tag of the asset, onto the work order. */
export async function find(page, tag) {
  await page.goto('/work-orders')
  const row = page.locator('.orders tbody tr', { hasText: tag })
  const text = await row.innerText()
  await row.locator('th a').click()
  await page.waitForURL(/\/work-orders\/\d+$/)
  await page.locator('#what').waitFor()
  return text
}

/** Presses a button; the strip of facts then says `words`. */
async function step(page, button, words) {
  await page.getByRole('button', { name: button, exact: true }).click()
  await page.locator('.facts dd', { hasText: words }).first().waitFor()
}

/** The planner approves; `person` writes that name, else the crew that stands there is assigned. */
export async function approveAndAssign(page, person) {
  await step(page, 'Approve', 'Approved')
  const field = page.locator('#assigned_to')
  if (person) await field.fill(person)
  const name = await field.inputValue()
  await step(page, 'Assign', 'Assigned')
  await page.locator('.facts dd', { hasText: name }).first().waitFor()
  return name
}

/** The technician starts and closes; `closure` is by field name. The card of the closure as text. */
export async function startAndClose(page, closure) {
  await step(page, 'Start work', 'In progress')
  for (const [name, value] of Object.entries(closure)) {
    await page.locator(`[id="closure.${name}"]`).fill(value)
  }
  await page.getByRole('button', { name: 'Close work order', exact: true }).click()
  const card = page.locator('#closure')
  await card.waitFor()
  return card.innerText()
}

/** The verdict as the page of the alert shows it, reached through the link on the work order. */
export async function verdict(page, alert) {
  await page.locator(`.facts a[href="/alerts/${alert}"]`).first().click()
  await page.waitForURL(new RegExp(`/alerts/${alert}$`))
  const facts = page.locator('.adetail .facts').first()
  await facts.getByText('Confirmed', { exact: false }).waitFor()
  return facts.innerText()
}

/** A signal that rises over the past `days` days, as `POST /telemetry` takes it. */
export function rising(point, { days, from, to }) {
  const now = Date.now()
  const count = days * 6
  return {
    points: Array.from({ length: count + 1 }, (_, i) => ({
      point,
      ts: new Date(now - (count - i) * 4 * HOUR_MS).toISOString(),
      value: Number((from + (to - from) * (i / count) ** 2).toFixed(4)),
    })),
  }
}
