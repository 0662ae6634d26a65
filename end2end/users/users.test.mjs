import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  VIEWPORTS, administrator, axe, browser, consoleErrors, importAssets, overflow, session, signIn,
  startServer, until,
} from '../support/index.mjs'

const BO = { email: 'bo.berg@example.com', password: 'sharpened on saturday' }

describe('people', () => {
  let chrome, server, state

  before(async () => {
    chrome = await browser()
    server = await startServer()
    await administrator(server)
    await importAssets(server)
    state = await session(chrome, server)
  })

  after(async () => {
    await chrome?.close()
    await server?.stop()
  })

  async function open(path, options = {}) {
    const page = await chrome.page({ url: server.url, state, ...options })
    const errors = consoleErrors(page)
    await page.goto(path, { waitUntil: 'networkidle' })
    return { page, errors }
  }

  const secret = (page) => page.locator('#shown-once').inputValue()

  test('an administrator invites, the person accepts without scripts and signs in', async () => {
    const { page, errors } = await open('/admin/users')
    await page.getByRole('link', { name: 'Invite' }).click()
    await page.locator('#name').fill('Bo Berg')
    await page.locator('#email').fill('no address')
    await page.locator('#email').evaluate((input) => { input.type = 'text' })
    await page.getByRole('button', { name: 'Make the invitation' }).click()
    await page.locator('.field .error', { hasText: 'name@company' }).waitFor()
    assert.equal(await page.locator('#name').inputValue(), 'Bo Berg', 'input is kept')
    await page.locator('#email').fill(BO.email)
    await page.getByRole('button', { name: 'Make the invitation' }).click()
    await page.waitForURL(/\/admin\/users\/\d+\?shown=/)
    const link = await secret(page)
    await page.getByText('Invited').first().waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'Bo Berg' }).waitFor()
    assert.equal(await page.locator('#shown-once').count(), 0, 'the link is shown once')
    assert.deepEqual(errors.filter((text) => !text.includes('422')), [])
    await page.context().close()

    const guest = await chrome.page({ url: server.url, javaScript: false })
    await guest.goto(new URL(link).pathname + new URL(link).search)
    await guest.locator('input[name=password]').fill(BO.password)
    await guest.locator('form button[type=submit]').click()
    assert.equal(new URL(guest.url()).pathname === '/setup', false, guest.url())
    await guest.context().close()
    const later = await chrome.page({ url: server.url })
    await signIn(later, BO)
    await later.goto('/account')
    await later.getByText(BO.email).waitFor()
    await later.context().close()
  })

  test('a role given on the page counts at the next request, and the session ends', async () => {
    const bo = await chrome.page({ url: server.url })
    await signIn(bo, BO)
    await bo.goto('/quarantine')
    await bo.getByText('Your role does not allow this').waitFor()
    const { page } = await open('/admin/users?q=bo.berg')
    await page.locator('.people tbody a').click()
    await page.locator('#roles select[name=role]').selectOption('integration_admin')
    await page.getByRole('button', { name: 'Give the role' }).click()
    await page.locator('#roles tbody tr', { hasText: 'Integration admin' }).waitFor()
    await bo.goto('/quarantine')
    assert.equal(new URL(bo.url()).pathname, '/sign-in')
    await signIn(bo, BO)
    await bo.goto('/quarantine')
    await bo.getByRole('heading', { name: 'Quarantine' }).waitFor()
    await bo.context().close()
    await page.context().close()
  })

  test('a role is duplicated and changed with the keyboard alone, reviewed and saved', async () => {
    const { page, errors } = await open('/admin/roles')
    const tab = async (what) => {
      await until(`the focus reaches ${what}`, async () => {
        await page.keyboard.press('Tab')
        return page.evaluate((text) => {
          const on = document.activeElement
          const said = on.getAttribute('aria-label') ?? on.textContent
          return on.matches('a, button, input') && said.includes(text)
        }, what)
      }, { every: 1 })
    }
    await tab('Duplicate a role')
    await page.keyboard.press('Enter')
    const dialog = page.locator('#duplicate')
    await dialog.waitFor()
    await until('the focus is in the question', () => page.evaluate(() =>
      document.querySelector('#duplicate').contains(document.activeElement)))
    await page.locator('#duplicate input[name=name]').focus()
    await page.keyboard.type('Press lead')
    await page.keyboard.press('Enter')
    await page.waitForURL(/role=custom-\d+/)
    await page.locator('.roles thead', { hasText: 'Press lead' }).waitFor()

    const focused = () => page.evaluate(() => document.activeElement.getAttribute('aria-label'))
    await page.locator('h1').focus()
    await until('the grid is one stop', async () =>
      (await page.locator('.roles [tabindex="0"]').count()) === 1)
    await until('the focus reaches the grid', async () => {
      await page.keyboard.press('Tab')
      return (await focused())?.startsWith('Press lead: see alerts')
    }, { every: 1 })
    await page.keyboard.press('ArrowDown')
    assert.equal(await focused(), 'Press lead: decide reviews')
    await page.keyboard.press('Space')
    await page.getByText('1 change, affects nobody').waitFor()
    await page.keyboard.press('ArrowUp')
    assert.match(await focused(), /comes with decide reviews/, 'what comes with it is locked')
    await page.keyboard.press('ArrowRight')
    assert.match(await focused(), /^Viewer: see alerts/)
    await page.keyboard.press('Home')
    await page.keyboard.press('Control+End')
    assert.match(await focused(), /^Admin: manage users/)
    await tab('Review changes')
    await page.keyboard.press('Enter')
    await page.waitForURL(/diff=1/)
    await page.locator('#review ins', { hasText: 'Decide reviews' }).waitFor()
    assert.deepEqual(await axe(page), [])
    await tab('Save changes')
    await page.keyboard.press('Enter')
    await page.waitForURL(/saved=0/)
    await page.locator('.roles tbody').waitFor()
    await until('the change is saved', () => page.getByLabel('Press lead: decide reviews').isChecked())
    assert.deepEqual(errors, [])
    await page.context().close()
  })

  test('without scripts a role is changed by plain forms', async () => {
    const { page } = await open('/admin/roles', { javaScript: false })
    await page.getByLabel('Press lead: raise work orders').check()
    await page.getByRole('button', { name: 'Review changes' }).click()
    await page.locator('#review ins', { hasText: 'Raise work orders' }).waitFor()
    await page.getByRole('button', { name: 'Save changes' }).click()
    await page.getByText('Saved.').waitFor()
    assert.ok(await page.getByLabel('Press lead: raise work orders').isChecked())
    await page.context().close()
  })

  test('why can, why can not', async () => {
    const { page } = await open('/admin/roles')
    await page.locator('#who').selectOption({ label: 'Bo Berg' })
    await page.locator('#may').selectOption('rule_publish')
    await page.getByRole('button', { name: 'Ask' }).click()
    const answer = page.locator('.answer')
    await answer.getByText('No', { exact: true }).waitFor()
    assert.match(await answer.innerText(), /Role Viewer does not allow it/)
    await page.locator('#may').selectOption('integrate')
    await page.locator('#on_tag').fill('VMC-1050')
    await page.getByRole('button', { name: 'Ask' }).click()
    await answer.getByText('Yes', { exact: true }).waitFor()
    assert.match(await answer.innerText(), /Role Integration admin allows it/)
    await page.context().close()
  })

  test('a key is shown once, works, and is dead once revoked', async () => {
    const { page, errors } = await open('/admin/keys')
    await page.getByRole('link', { name: 'New key' }).click()
    await page.locator('#name').fill('press line')
    await page.getByLabel('Read', { exact: true }).check()
    await page.getByRole('button', { name: 'Make the key' }).click()
    await page.waitForURL(/shown=/)
    const key = await secret(page)
    assert.match(key, /^mw_/)
    const call = async () => (await server.api(key).get('/alerts')).status
    assert.equal(await call(), 200)
    await page.reload()
    await page.locator('tbody tr', { hasText: 'press line' }).waitFor()
    assert.equal((await page.content()).includes(key.slice(12)), false, 'never shown again')
    await page.locator('tbody tr', { hasText: 'press line' }).getByRole('button').click()
    await page.getByRole('button', { name: 'Revoke the key' }).click()
    await page.getByText('Revoked').waitFor()
    assert.equal(await call(), 401)
    assert.deepEqual(errors, [])
    await page.context().close()
  })

  test('one changes the password and signs out elsewhere', async () => {
    const here = await chrome.page({ url: server.url })
    await signIn(here, BO)
    const there = await chrome.page({ url: server.url })
    await signIn(there, BO)
    await here.goto('/account', { waitUntil: 'networkidle' })
    assert.ok((await here.locator('#sessions tbody tr').count()) >= 2)
    await here.getByRole('button', { name: 'Sign out everywhere else' }).click()
    await until('one session is left', async () => (await here.locator('#sessions tbody tr').count()) === 1)
    await there.goto('/account')
    assert.equal(new URL(there.url()).pathname, '/sign-in')
    await here.locator('#current').fill('not the password')
    await here.locator('#new').fill('blunted by sunday')
    await here.getByRole('button', { name: 'Change the password' }).click()
    await here.locator('.field .error').waitFor()
    await here.locator('#current').fill(BO.password)
    await here.getByRole('button', { name: 'Change the password' }).click()
    await here.getByText('The password is changed').waitFor()
    await signIn(there, { ...BO, password: 'blunted by sunday' })
    await here.context().close()
    await there.context().close()
  })

  test('on a phone the matrix shows one role, and nothing is wider than the screen', async () => {
    const { page } = await open('/admin/roles', { viewport: VIEWPORTS[0] })
    assert.equal(await page.locator('.roles thead th:visible').count(), 2)
    await page.locator('.rolepick').getByRole('link', { name: 'Planner' }).click()
    await page.waitForURL(/role=planner/)
    await page.locator('.roles thead th:visible', { hasText: 'Planner' }).waitFor()
    assert.deepEqual(await overflow(page), [])
    assert.deepEqual(await axe(page), [])
    await page.setViewportSize({ width: 320, height: 700 })
    for (const path of ['/admin/roles', '/admin/users', '/admin/keys', '/account', '/audit']) {
      await page.goto(path)
      assert.deepEqual(await overflow(page), [], `${path} at 320 px`)
    }
    await page.context().close()
  })
})
