import { spawn } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from './until.mjs'

const STOP_WITHIN_MS = 20_000
const READY_WITHIN_MS = 120_000
const running = new Set()

process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')))

/** The program under test, from MILLWRIGHT_BIN. */
export function program() {
  const path = process.env.MILLWRIGHT_BIN
  if (!path) throw new Error('MILLWRIGHT_BIN is not set: run the tests with `make e2e`')
  return path
}

/** A port nobody listens on at this moment. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}

/** The environment of a subcommand: this process's, without settings of the developer's own. */
function environment(extra = {}) {
  const inherited = Object.entries(process.env).filter(
    ([name]) => name !== 'DATABASE_URL' && !/^MILLWRIGHT_.*__/.test(name),
  )
  return { ...Object.fromEntries(inherited), ...extra }
}

/**
 * Starts `millwright serve` on a data folder of its own and waits until it is ready.
 *
 * `timeScale` shortens leases, holds and retries; `env` adds settings; `args` adds arguments.
 * The result has `url`, `dataDir`, `output()`, `cli(args, stdin)`, `api(key)`, `stop()`,
 * `kill(signal)` and `start()` (again, on the same data).
 */
export async function startServer({ timeScale = 0.05, env = {}, args = [] } = {}) {
  const home = await mkdtemp(join(tmpdir(), 'millwright-e2e-'))
  await chmod(home, 0o711)
  const dataDir = join(home, 'data')
  const listen = `127.0.0.1:${await freePort()}`
  const url = `http://${listen}`
  let child
  let output = ''

  async function start() {
    const settings = { MILLWRIGHT_TEST__TIME_SCALE: String(timeScale), ...env }
    const started = spawn(
      program(),
      ['serve', '--data-dir', dataDir, '--listen', listen, '--test-clock', ...args],
      { env: environment(settings), stdio: ['ignore', 'pipe', 'pipe'] },
    )
    child = started
    running.add(started)
    started.on('error', (error) => { output += `${error}\n` })
    started.on('exit', () => running.delete(started))
    for (const stream of [started.stdout, started.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => { output += text })
    }
    await until(`the server is ready at ${url}`, async () => {
      if (started.exitCode !== null || started.pid === undefined) {
        throw new Error(`the server ended while starting:\n${output}`)
      }
      return fetch(`${url}/readyz`).then((answer) => answer.ok, () => false)
    }, { within: READY_WITHIN_MS, fatal: true })
  }

  async function ended(within) {
    if (child.exitCode !== null || child.signalCode !== null) return true
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), within)
      child.once('exit', () => { clearTimeout(timer); resolve(true) })
    })
  }

  async function kill(signal = 'SIGKILL') {
    child.kill(signal)
    if (await ended(STOP_WITHIN_MS)) return
    child.kill('SIGKILL')
    await ended(STOP_WITHIN_MS)
    throw new Error(`the server did not stop within ${STOP_WITHIN_MS} ms of ${signal}:\n${output}`)
  }

  async function stop() {
    try {
      await kill('SIGTERM')
    } finally {
      await rm(home, { recursive: true, force: true })
    }
  }

  const server = {
    url,
    dataDir,
    output: () => output,
    cli: (cliArgs, stdin) => cli([...cliArgs, '--data-dir', dataDir], stdin, env),
    api: (key) => api(url, key),
    start,
    stop,
    kill,
  }
  try {
    await start()
  } catch (error) {
    await stop().catch(() => {})
    throw error
  }
  return server
}

/** Runs a subcommand; resolves with its standard output, trimmed; rejects with its errors. */
export function cli(args, stdin = '', env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program(), args, { env: environment(env) })
    let out = ''
    let err = ''
    child.stdout.setEncoding('utf8').on('data', (text) => { out += text })
    child.stderr.setEncoding('utf8').on('data', (text) => { err += text })
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(out.trim())
      else reject(new Error(`millwright ${args.join(' ')} ended with ${code}:\n${err}${out}`))
    })
    child.stdin.on('error', () => {})
    child.stdin.end(stdin)
  })
}

/** A client of `/api/v1` with one key; every call resolves with `{status, body, headers}`. */
export function api(url, key) {
  async function call(method, path, body, headers = {}) {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        ...(key ? { authorization: `Bearer ${key}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    })
    const text = await answer.text()
    const json = /\bjson\b/.test(answer.headers.get('content-type') ?? '')
    return { status: answer.status, body: json ? JSON.parse(text) : text, headers: answer.headers }
  }
  return {
    get: (path) => call('GET', path),
    post: (path, body, headers) => call('POST', path, body, headers),
  }
}
