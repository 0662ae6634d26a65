import { keyboardSheet, refusedInPlace } from './support/hydration.mjs'

const wrongPassword = refusedInPlace({ email: 'nobody@example.com', password: 'not the password' })
const shortPassword = refusedInPlace({ name: 'Ada Adams', email: 'admin@example.com', password: 'short' })

/**
 * Every screen, one line each. `path` may use what `screens.test.mjs` prepared (`{alert}`,
 * `{review}`, `{workOrder}`, `{policy}`, `{asset}`, `{site}`, `{connection}`, `{setup}`); `prove` is an interaction that only works once the page is hydrated;
 * `as: 'guest'` shows it to somebody who is not signed in, `as: 'first'` on a program without people.
 */
export const ROUTES = [
  { name: 'setup', path: '{setup}', prove: shortPassword, as: 'first' },
  { name: 'sign-in', path: '/sign-in', prove: wrongPassword, as: 'guest' },
  { name: 'overview', path: '/overview', prove: keyboardSheet },
  { name: 'search', path: '/search?q=ML-2007', prove: keyboardSheet },
  { name: 'review', path: '/review', prove: keyboardSheet },
  { name: 'review-item', path: '/review/{review}', prove: keyboardSheet },
  { name: 'alerts', path: '/alerts', prove: keyboardSheet },
  { name: 'alert', path: '/alerts/{alert}', prove: keyboardSheet },
  { name: 'work-orders', path: '/work-orders', prove: keyboardSheet },
  { name: 'work-order', path: '/work-orders/{workOrder}', prove: keyboardSheet },
  { name: 'rules', path: '/rules', prove: keyboardSheet },
  { name: 'policy', path: '/rules/{policy}', prove: keyboardSheet },
  { name: 'rules-edit', path: '/rules/{policy}/edit?rule=2', prove: keyboardSheet },
  { name: 'rules-publish', path: '/rules/{policy}/publish', prove: keyboardSheet },
  { name: 'rules-versions', path: '/rules/{policy}/versions', prove: keyboardSheet },
  { name: 'rules-compare', path: '/rules/{policy}/compare?from=1&to=0', prove: keyboardSheet },
  { name: 'logbook', path: '/logbook', prove: keyboardSheet },
  { name: 'assets', path: '/assets', prove: keyboardSheet },
  { name: 'assets-list', path: '/assets?q=spindle', prove: keyboardSheet },
  { name: 'asset', path: '/assets/{asset}', prove: keyboardSheet },
  { name: 'asset-new', path: '/assets/new', prove: keyboardSheet },
  { name: 'asset-edit', path: '/assets/{asset}/edit', prove: keyboardSheet },
  { name: 'asset-move', path: '/assets/{asset}/move', prove: keyboardSheet },
  { name: 'asset-label', path: '/assets/{asset}/label', prove: keyboardSheet },
  { name: 'asset-history', path: '/assets/{asset}/history', prove: keyboardSheet },
  { name: 'asset-calendar', path: '/assets/{site}/calendar', prove: keyboardSheet },
  { name: 'assets-import', path: '/assets/import', prove: keyboardSheet },
  { name: 'connections', path: '/connections', prove: keyboardSheet },
  { name: 'connections-new', path: '/connections/new', prove: keyboardSheet },
  { name: 'connection-address', path: '/connections/new?system=maximo', prove: keyboardSheet },
  { name: 'connection-sign-in', path: '/connections/{connection}/setup?step=sign-in', prove: keyboardSheet },
  { name: 'connection-test', path: '/connections/{connection}/setup?step=test', prove: keyboardSheet },
  { name: 'connection-schedule', path: '/connections/{connection}/setup?step=schedule', prove: keyboardSheet },
  { name: 'connection', path: '/connections/{connection}', prove: keyboardSheet },
  { name: 'connection-calls', path: '/connections/1?tab=timeline', prove: keyboardSheet },
  { name: 'connection-secrets', path: '/connections/{connection}?tab=secrets', prove: keyboardSheet },
  { name: 'connection-settings', path: '/connections/{connection}?tab=settings', prove: keyboardSheet },
  { name: 'quarantine', path: '/quarantine', prove: keyboardSheet },
  { name: 'users', path: '/admin/users', prove: keyboardSheet },
  { name: 'user-invite', path: '/admin/users?invite=1', prove: keyboardSheet },
  { name: 'user', path: '/admin/users/1', prove: keyboardSheet },
  { name: 'roles', path: '/admin/roles', prove: keyboardSheet },
  { name: 'keys', path: '/admin/keys?new=1', prove: keyboardSheet },
  { name: 'checks', path: '/admin/checks', prove: keyboardSheet },
  { name: 'account', path: '/account', prove: keyboardSheet },
  { name: 'audit', path: '/audit', prove: keyboardSheet },
  { name: 'audit-event', path: '/audit?q=object:alert/{alert}&open={event}', prove: keyboardSheet },
]
