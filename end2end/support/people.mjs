/** The administrator that `administrator` makes. */
export const ADMIN = { email: 'admin@example.com', password: 'correct horse battery staple' }

/** Makes an administrator without a browser. */
export async function administrator(server, { email, password } = ADMIN) {
  await server.cli(['admin', 'create', '--email', email, '--password-stdin'], password)
}

/** Signs in through the form and waits until it is left. */
export async function signIn(page, { email, password } = ADMIN) {
  await page.goto('/sign-in')
  await page.locator('input[name=email]').fill(email)
  await page.locator('input[name=password]').fill(password)
  await Promise.all([
    page.waitForURL((url) => url.pathname !== '/sign-in'),
    page.locator('input[name=password]').press('Enter'),
  ])
}

/** Signs in once and gives the cookies, for `page({state})`: one sign-in serves many pages. */
export async function session(chrome, server, person = ADMIN) {
  const page = await chrome.page({ url: server.url })
  try {
    await signIn(page, person)
    return await page.context().storageState()
  } finally {
    await page.context().close()
  }
}

/** The path of the one-time set-up link that a program without people printed. */
export function setupPath(server) {
  const link = server.output().match(/https?:\/\/[^\s"]+(\/setup[^\s"]*)/)
  if (!link) throw new Error(`no set-up link in:\n${server.output()}`)
  return link[1]
}
