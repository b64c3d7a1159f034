/**
 * Z14: real authorization servers answer 400 to a token request that carries `Origin: chrome-extension://…`. A rule
 * takes the header off requests that the extension itself starts; no page's request matches it. What is sent to an MCP
 * server for a site carries the site's origin instead, so that a service that judges by it is not deceived. Both work
 * only towards hosts to which access is held; elsewhere the extension's own origin is sent.
 */
import browser from 'webextension-polyfill';
import type { Http } from '../ports/ports.ts';
import { http } from './http.ts';

const REMOVE_OWN_ORIGIN = 1;

/** Ids of rules for one request begin here: others may hold small ones. */
const FIRST_OF_REQUESTS = 1000;
let nextId = FIRST_OF_REQUESTS;

// In Firefox the initiator of our requests is the host of the moz-extension URL, not the add-on's id.
const ownRequests = () => ({
  initiatorDomains: [new URL(browser.runtime.getURL('')).host],
  resourceTypes: ['xmlhttprequest' as const],
});

/** Session rules outlive the worker: what a former one left for a single request goes with its start. */
export async function installOriginRule(): Promise<void> {
  const rules = browser.declarativeNetRequest;
  const left = (await rules.getSessionRules()).map(({ id }) => id);
  await rules.updateSessionRules({
    removeRuleIds: [REMOVE_OWN_ORIGIN, ...left.filter((id) => id >= FIRST_OF_REQUESTS)],
    addRules: [
      {
        id: REMOVE_OWN_ORIGIN,
        condition: ownRequests(),
        action: {
          type: 'modifyHeaders',
          requestHeaders: [{ header: 'origin', operation: 'remove' }],
        },
      },
    ],
  });
}

/** The port: `Origin` is a header that `fetch` ignores, so a request that names one is sent under a rule of its own. */
export const httpWithOrigin: Http = async (url, init, limits) => {
  const value = new Headers(init.headers).get('origin');
  if (value === null) return http(url, init, limits);
  const rules = browser.declarativeNetRequest;
  const id = nextId++;
  await rules.updateSessionRules({
    addRules: [
      {
        id,
        // It outweighs the one that takes the header off.
        priority: 2,
        condition: { ...ownRequests(), urlFilter: `|${new URL(url).origin}/` },
        action: {
          type: 'modifyHeaders',
          requestHeaders: [{ header: 'origin', operation: 'set', value }],
        },
      },
    ],
  });
  try {
    return await http(url, init, limits);
  } finally {
    await rules.updateSessionRules({ removeRuleIds: [id] });
  }
};
