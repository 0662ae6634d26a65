/** Takes a text as the draft of a policy, through the page; `text` may be a function of the one there is. */
export async function draftRules(page, policy, change) {
  await page.goto(`/rules/${policy}`)
  const live = await (await page.request.get(`/rules/${policy}/export?format=toml`)).text()
  await page.locator('textarea[name=text]').fill(change(live))
  await page.getByRole('button', { name: 'Take as draft' }).click()
  await page.waitForURL(new RegExp(`/rules/${policy}/edit`))
}

/** Presses Tab until the focused element fits; keyboard alone. `test` runs in the page. */
export async function tabTo(page, selector, { back = false, most = 160 } = {}) {
  for (let i = 0; i < most; i += 1) {
    await page.keyboard.press(back ? 'Shift+Tab' : 'Tab')
    const there = await page.evaluate(
      (wanted) => document.activeElement?.matches(wanted) ?? false, selector)
    if (there) return
  }
  throw new Error(`Tab never reached ${selector}`)
}
