import { setTimeout as pause } from 'node:timers/promises'

/**
 * Polls `condition` until it gives something truthy and resolves with that; a condition that throws
 * counts as not yet true, unless `fatal`. Rejects after `within` ms, naming `what` and the last error.
 */
export async function until(what, condition, { within = 10_000, every = 50, fatal = false } = {}) {
  const end = Date.now() + within
  let last
  do {
    try {
      const value = await condition()
      if (value) return value
      last = undefined
    } catch (error) {
      if (fatal) throw error
      last = error
    }
    await pause(every)
  } while (Date.now() < end)
  throw new Error(`not within ${within} ms: ${what}`, { cause: last })
}
