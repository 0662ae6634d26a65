import { spawn } from 'node:child_process'
import { freePort, program } from './server.mjs'
import { until } from './until.mjs'

/**
 * Starts the double of a CMMS; `about` says how to connect, `host` goes into the egress list,
 * `faults(rules)` scripts what goes wrong, `ledger()` is what it holds.
 */
export async function startDouble(system, ...args) {
  const host = `127.0.0.1:${await freePort()}`
  const child = spawn(program(), ['simulate', 'cmms', system, '--listen', host, ...args], { stdio: 'ignore' })
  const leave = () => child.kill('SIGKILL')
  process.on('exit', leave)
  const about = await until(`the double of ${system} answers`, async () => {
    try {
      return await (await fetch(`http://${host}/_double/about`)).json()
    } catch {
      return undefined
    }
  })
  return {
    host,
    about,
    ledger: async () => (await fetch(`http://${host}/_double/ledger`)).json(),
    faults: async (rules) => {
      const answer = await fetch(`http://${host}/_double/faults`, { method: 'POST', body: JSON.stringify(rules) })
      if (!answer.ok) throw new Error(await answer.text())
    },
    stop: () => {
      process.off('exit', leave)
      return new Promise((resolve) => { child.once('exit', resolve); leave() })
    },
  }
}

/** Makes a connection through the first two steps of the wizard and gives its id. */
export async function connect(page, system, { name, address, settings = {}, site }) {
  await page.goto(`/connections/new?system=${system}`)
  await page.locator('#name').fill(name)
  await page.locator('#base_url').fill(address)
  for (const [setting, value] of Object.entries(settings)) {
    await page.locator(`[id="settings.${setting}"]`).fill(value)
  }
  if (site) await page.getByLabel(site, { exact: true }).check()
  await page.getByRole('button', { name: 'Save and go on' }).click()
  await page.waitForURL(/\/connections\/\d+\/setup/)
  return Number(new URL(page.url()).pathname.split('/')[2])
}
