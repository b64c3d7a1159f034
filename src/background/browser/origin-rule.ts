/**
 * Z14: real authorization servers answer 400 to a token request that carries `Origin: chrome-extension://…`.
 * A rule takes the header off requests that the extension itself starts; no page's request matches it. It
 * works only towards hosts to which access is held, and does nothing elsewhere.
 */
import browser from 'webextension-polyfill';

const REMOVE_OWN_ORIGIN = 1;

/** Session rules are gone after a browser restart; installing under a fixed id is the same at every start. */
export async function installOriginRule(): Promise<void> {
  // In Firefox the initiator of our requests is the host of the moz-extension URL, not the add-on's id.
  const initiator = new URL(browser.runtime.getURL('')).host;
  await browser.declarativeNetRequest.updateSessionRules({
    removeRuleIds: [REMOVE_OWN_ORIGIN],
    addRules: [
      {
        id: REMOVE_OWN_ORIGIN,
        condition: { initiatorDomains: [initiator], resourceTypes: ['xmlhttprequest'] },
        action: {
          type: 'modifyHeaders',
          requestHeaders: [{ header: 'origin', operation: 'remove' }],
        },
      },
    ],
  });
}
