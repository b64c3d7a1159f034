/**
 * Which `Origin` our requests carry. A rule works only towards hosts to which access is held, and matches no page's
 * request; elsewhere the extension's own origin is sent.
 *
 * Z14: real authorization servers answer 400 to a token request that carries `Origin: chrome-extension://…`, so one
 * rule takes the header off whatever the extension itself starts.
 *
 * Z29: what is sent to an MCP server for a site carries the site's origin, so that a service that judges by it is not
 * deceived. A header set in `fetch` would not do: the rule above takes it off in Chromium. So a second rule of higher
 * priority sets it where the URL ends in a key of that site, as a fragment, which no server sees. The key is random and
 * new with every worker.
 */
import browser from 'webextension-polyfill';
import type { Http } from '../ports/ports.ts';
import { http } from './http.ts';

const REMOVE_OWN_ORIGIN = 1;
/** Ids of the sites' rules begin here: others may hold small ones. */
const FIRST_OF_SITES = 1000;
/** Sites that have a rule at a time; browsers allow a thousand patterns. */
const MAX_SITES = 500;

/**
 * Chromium reads ahead of the reader of any other answer, as much as 64 MB into the worker's memory; one that says this
 * is read as fast as it is wanted, so that credit holds back its server (Z30).
 */
const notKept = { header: 'cache-control', operation: 'append', value: 'no-store' } as const;
const removeOwn = { header: 'origin', operation: 'remove' } as const;
/** The key of each site, in the order in which they were last used. */
const keys = new Map<string, { key: string; id: number; ready: Promise<void> }>();
let nextId = FIRST_OF_SITES;

/** Session rules outlive the worker: the sites' rules of a former one go with its start, since their keys are forgotten. */
export async function installOriginRule(): Promise<void> {
  const rules = browser.declarativeNetRequest;
  const left = (await rules.getSessionRules()).map(({ id }) => id);
  await rules.updateSessionRules({
    removeRuleIds: [REMOVE_OWN_ORIGIN, ...left.filter((id) => id >= FIRST_OF_SITES)],
    addRules: [
      {
        id: REMOVE_OWN_ORIGIN,
        condition: ownRequests(),
        action: { type: 'modifyHeaders', requestHeaders: [removeOwn] },
      },
    ],
  });
}

/** The port: `Origin` is a header that `fetch` ignores, so a request that names one is sent under its site's rule. */
export const httpWithOrigin: Http = async (url, init, limits) => {
  const origin = new Headers(init.headers).get('origin');
  return http(origin === null ? url : await withOrigin(url, origin), init, limits);
};

/** The URL under which a request carries this origin; its server sees no difference. */
export async function withOrigin(url: string, origin: string): Promise<string> {
  const rule = keys.get(origin) ?? addSite(origin);
  // Used last, so dropped last.
  keys.delete(origin);
  keys.set(origin, rule);
  await rule.ready;
  return `${url.split('#')[0] ?? ''}#o=${rule.key}`;
}

function addSite(origin: string) {
  const key = crypto.randomUUID();
  const id = nextId++;
  const oldest = keys.size >= MAX_SITES ? keys.entries().next().value : undefined;
  if (oldest) keys.delete(oldest[0]);
  const ready = browser.declarativeNetRequest.updateSessionRules({
    removeRuleIds: oldest ? [oldest[1].id] : [],
    addRules: [
      {
        id,
        priority: 2,
        condition: {
          ...ownRequests(),
          regexFilter: `^[^#]*#o=${key}$`,
          isUrlFilterCaseSensitive: true,
        },
        action: {
          type: 'modifyHeaders',
          requestHeaders: [{ header: 'origin', operation: 'set', value: origin }],
          responseHeaders: [notKept],
        },
      },
    ],
  });
  ready.catch(() => keys.delete(origin));
  return { key, id, ready };
}

/** In Firefox the initiator of our requests is the host of the moz-extension URL, not the add-on's id. */
function ownRequests() {
  return {
    initiatorDomains: [new URL(browser.runtime.getURL('')).host],
    resourceTypes: ['xmlhttprequest' as const],
  };
}
