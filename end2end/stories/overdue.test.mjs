import assert from 'node:assert/strict'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { decided, until } from '../support/index.mjs'
import { PEOPLE, stage } from './cast.mjs'

const PATIENCE = { within: 30_000, every: 250 }

describe('story: a reviewer does not answer', () => {
  let scene, mails
  before(async () => {
    mails = await mkdtemp(join(tmpdir(), 'millwright-mails-'))
    const env = { MILLWRIGHT_MAIL__FOLDER: mails }
    scene = await stage({ site: 'ROCKFORD', roles: ['reviewer', 'supervisor'], env })
  })
  after(async () => {
    await scene?.leave()
    await rm(mails, { recursive: true, force: true })
  })

  const mailTo = async ({ email }, words) => {
    const files = (await readdir(mails)).filter((name) => name.endsWith('.eml'))
    const all = await Promise.all(files.map((name) => readFile(join(mails, name), 'utf8')))
    return all.find((mail) => mail.includes(`To: `) && mail.includes(email) && mail.includes(words))
  }
  const advance = async (seconds) => {
    const answer = await fetch(`${scene.server.url}/test/clock`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ advance_secs: seconds }),
    })
    assert.equal(answer.status, 200, await answer.text())
  }

  test('after the deadline the question goes to the supervisor, and stays a question', async () => {
    const { plant, enter } = scene
    const alert = await decided(plant, {
      asset: 'ML-2007-T4', failure_mode: 'tool_wear', confidence: 0.65,
      rul_hours: 8, intervention_window_hours: 8, spare_parts: [],
    })
    assert.equal(alert.state, 'waiting_review')
    const left = Date.parse(alert.review.due) - Date.now()
    assert.ok(left > 0 && left <= 2 * 3_600_000, `due in a quarter of the remaining life: ${left} ms`)
    const link = `/review/${alert.id}`
    const asked = await until('the reviewer is mailed', () => mailTo(PEOPLE.reviewer, link), PATIENCE)
    assert.doesNotMatch(asked, /overdue/)
    assert.equal(await mailTo(PEOPLE.supervisor, link), undefined, 'nobody else is')

    const reviewer = await enter('reviewer')
    await reviewer.page.goto(link)
    const facts = reviewer.page.locator('.item dl.rf')
    assert.match(await facts.innerText(), /Asked\s+reviewer/i)
    assert.doesNotMatch(await facts.innerText(), /overdue/)

    await advance(Math.ceil(left / 1000) + 60)
    await facts.getByText('supervisor, escalated').waitFor()
    await facts.getByText('overdue', { exact: true }).waitFor()
    await until('the supervisor is mailed', () => mailTo(PEOPLE.supervisor, 'overdue'), PATIENCE)

    const supervisor = await enter('supervisor')
    await supervisor.page.locator('button[popovertarget=notice-menu]').click()
    await supervisor.page.locator('#notice-menu a', { hasText: 'overdue' }).click()
    await supervisor.page.waitForURL(new RegExp(`${link}$`))
    await supervisor.page.getByRole('button', { name: 'Approve' }).waitFor()
    const now = (await plant.get(`/alerts/${alert.id}`)).body
    assert.equal(now.state, 'waiting_review', 'never approved by itself')
    assert.equal(now.work_order_id, null)
    assert.deepEqual([...reviewer.errors, ...supervisor.errors], [])
  })
})
