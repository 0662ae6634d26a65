// lighthouse FOLDER [PATH...]: scores of pages on a desk; exits with 1 below the limits.
import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { PERSON, freePort, seed, session, browser, startServer } from './support/index.mjs'

const LIMITS = { performance: 90, accessibility: 100, 'best-practices': 100 }
const [folder, ...asked] = process.argv.slice(2)
if (!folder) throw new Error('use: node end2end/lighthouse.mjs FOLDER [PATH...]')
const { default: lighthouse, desktopConfig } = await import(pathToFileURL(process.env.LIGHTHOUSE))

const server = await startServer({ timeScale: 1 })
let failed = false
try {
  const { alerts } = await seed(server)
  const chrome = await browser()
  const { cookies } = await session(chrome, server, PERSON)
  await chrome.close()
  const paths = asked.length ? asked : ['/overview', '/alerts', `/alerts/${alerts[1]}`, `/review/${alerts[3]}`, '/work-orders', '/rules']
  const port = await freePort()
  const eye = await chromium.launch({
    executablePath: execFileSync('sh', ['-c', 'command -v chromium']).toString().trim(),
    args: ['--headless', '--no-sandbox', '--disable-gpu', `--remote-debugging-port=${port}`],
  })
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  for (const path of paths) {
    const url = server.url + path
    const status = (await fetch(url, { headers: { cookie, accept: 'text/html' } })).status
    if (status === 404) {
      console.log(`${path.padEnd(18)} is not there`)
      continue
    }
    const lhr = await look(url, { port, cookie })
    await writeFile(join(folder, `${path.replaceAll('/', '_')}.json`), JSON.stringify(lhr, null, 1))
    const scores = Object.entries(LIMITS).map(([name, least]) => [name, Math.round(lhr.categories[name].score * 100), least])
    const foreign = (lhr.audits['network-requests'].details?.items ?? [])
      .map((item) => item.url).filter((address) => /^https?:/.test(address) && !address.startsWith(server.url))
    const poor = scores.filter(([, score, least]) => score < least)
    console.log(path.padEnd(18), scores.map(([name, score]) => `${name} ${score}`).join('  '))
    for (const [category] of poor) {
      for (const { id, weight } of lhr.categories[category].auditRefs) {
        const audit = lhr.audits[id]
        if (weight > 0 && audit.score !== null && audit.score < 1) {
          console.log(`    ${category}: ${audit.title}`, audit.displayValue ?? '')
        }
      }
    }
    if (foreign.length) console.log('    requests elsewhere:', foreign.join(' '))
    failed ||= poor.length > 0 || foreign.length > 0
  }
  await eye.close()
} finally {
  await server.stop()
}
process.exit(failed ? 1 : 0)

/** One report; a trace that the browser did not record is asked for again. */
async function look(url, { port, cookie }, tries = 3) {
  const { lhr } = await lighthouse(url, {
    port, output: 'json', logLevel: 'error', onlyCategories: Object.keys(LIMITS), extraHeaders: { cookie },
    disableStorageReset: true,
  }, desktopConfig)
  if (!lhr.runtimeError) return lhr
  if (tries === 1) throw new Error(`${url}: ${lhr.runtimeError.message}`)
  return look(url, { port, cookie }, tries - 1)
}
