// Time to the first byte of pages, in milliseconds. URL, ROUNDS and LIMIT_MS come from scripts/bench-pages.
const { URL: url, ROUNDS, LIMIT_MS } = process.env
const rounds = Number(ROUNDS)
const limit = Number(LIMIT_MS)
const PAGES = [
  '/overview', '/alerts', '/alerts?sev=critical', '/alerts?q=M-00042', '/review', '/work-orders',
  '/work-orders?overdue=1', '/search?q=M-01234', '/search?q=BC777', '/quarantine', '/assets',
  '/audit', '/audit?q=action:alert.decide', '/audit?q=object:alert/4711', '/logbook', '/rules', '/connections',
]

const form = new URLSearchParams({ email: 'bench@example.com', password: 'correct horse battery staple', next: '' })
const signedIn = await fetch(`${url}/ui/users/sign-in`, {
  method: 'POST', body: form, redirect: 'manual',
  headers: { accept: 'text/html', 'sec-fetch-site': 'same-origin', referer: `${url}/sign-in` },
})
const cookie = signedIn.headers.getSetCookie().map((one) => one.split(';')[0]).join('; ')
if (!cookie) throw new Error(`cannot sign in: ${signedIn.status}`)

/** Milliseconds until the answer begins. */
async function once(path) {
  const started = performance.now()
  const answer = await fetch(url + path, { headers: { cookie, accept: 'text/html' }, redirect: 'manual' })
  const took = performance.now() - started
  await answer.arrayBuffer()
  return { took, status: answer.status }
}

const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
let over = false
console.log('| page | p50 | p95 | p95 with four readers |\n| --- | --- | --- | --- |')
for (const path of PAGES) {
  const { status } = await once(path)
  if (status === 404) continue
  if (status !== 200) throw new Error(`${path} answers ${status}`)
  const alone = []
  for (let i = 0; i < rounds; i += 1) alone.push((await once(path)).took)
  const together = []
  await Promise.all(Array.from({ length: 4 }, async () => {
    for (let i = 0; i < rounds / 4; i += 1) together.push((await once(path)).took)
  }))
  for (const list of [alone, together]) list.sort((a, b) => a - b)
  over ||= at(alone, 0.95) > limit
  console.log(`| ${path} | ${at(alone, 0.5).toFixed(0)} ms | ${at(alone, 0.95).toFixed(0)} ms | ${at(together, 0.95).toFixed(0)} ms |`)
}
if (over) {
  console.error(`error: a p95 is over ${limit} ms`)
  process.exit(1)
}
