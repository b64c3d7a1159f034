/**
 * Which browser session this is. A session rule of declarativeNetRequest outlives the worker and not the browser,
 * in both browsers; `storage.session` would do the same and needs a permission. The rule blocks a name under
 * `.invalid` (RFC 6761 §6.4), which nothing asks for.
 */
import browser from 'webextension-polyfill';

const SESSION_RULE = 2;
const NAME = /^\|\|([0-9a-f-]{36})\.invalid\/$/;

/** The name of this browser session, drawn anew after the browser was closed. */
export async function browserSession(): Promise<string> {
  const held = await findSession();
  if (held !== undefined) return held;
  const session = crypto.randomUUID();
  await browser.declarativeNetRequest.updateSessionRules({
    removeRuleIds: [SESSION_RULE],
    addRules: [
      {
        id: SESSION_RULE,
        condition: { urlFilter: `||${session}.invalid/`, resourceTypes: ['xmlhttprequest'] },
        action: { type: 'block' },
      },
    ],
  });
  return session;
}

async function findSession(): Promise<string | undefined> {
  const rules = await browser.declarativeNetRequest.getSessionRules();
  const rule = rules.find(({ id }) => id === SESSION_RULE);
  return NAME.exec(rule?.condition.urlFilter ?? '')?.[1];
}

/** Starts the worker when the browser starts. */
export function onBrowserStart(started: () => void): void {
  browser.runtime.onStartup.addListener(started);
}
