/** Sites that sign in with our client document, each with a redirect address of its own, in real browsers (Z56). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { POPUP } from '../../drivers/driver.ts';
import { clientDocument } from '../../src/protocol/client-document.ts';
import { SLOTS, slotUri } from '../../src/protocol/redirect-slot.ts';
import { inBrowser, openTestStage, REDIRECT_URI } from '../support/browser-under-test.ts';
import { dumpDatabase } from '../support/database.ts';
import type { Stage } from '../support/stage.ts';

/** Hosted by nobody: the provider is answered here, and the extension remembers what it would have read. */
const ADDRESS = 'https://keeper.example/client.json';
const DOCUMENT = clientDocument(
  ADDRESS,
  Array.from({ length: SLOTS }, (_, slot) => slotUri(REDIRECT_URI, slot)),
);

let stage: Stage;
beforeAll(async () => {
  stage = await openTestStage({
    https: true,
    registration: false,
    clientDocuments: () => Promise.resolve(Response.json(DOCUMENT)),
  });
  await rememberDocument();
});
afterAll(() => stage.close());

/** As after reading it an hour ago at most. */
async function rememberDocument(): Promise<void> {
  const page = await stage.browser.extensionPage(POPUP);
  const row = { url: ADDRESS, json: DOCUMENT, fetchedAt: Date.now() };
  const params = { clientDocument: { url: ADDRESS, trusted: true } };
  const message = { door: 'extension', call: 'configure', params };
  await page.evaluate(
    async (kept, sent) => {
      await chrome.runtime.sendMessage(sent);
      const database = await new Promise<IDBDatabase>((resolve) => {
        const request = indexedDB.open('grantkeeper');
        request.onsuccess = () => resolve(request.result);
      });
      const tx = database.transaction('documents', 'readwrite');
      tx.objectStore('documents').put(kept);
      await new Promise((resolve) => (tx.oncomplete = resolve));
      database.close();
    },
    row,
    message,
  );
  await page.close();
}

describe(inBrowser('our client document'), () => {
  it('takes two sites to the same provider, each by its own address, and registers nobody (Z56)', async () => {
    for (const name of ['siteA', 'siteB'] as const) {
      const site = await stage.visit(name);
      const call = site.getToken({ scopes: ['notes:read'] });
      await stage.answer('allow', 'allow');
      await stage.signIn();
      expect(await call).toHaveProperty('token');
    }
    const { siteA, siteB } = stage.lab;
    // The provider takes nothing that the document doesn't list, and it lists slots only.
    const listed = JSON.stringify([siteA.origin, siteB.origin]);
    expect(await dumpDatabase(stage.browser)).toContain(`"slots":${listed}`);
    expect(stage.lab.ledger.cost()).toMatchObject({ registrations: 0, exchanges: 2 });
  });
});
