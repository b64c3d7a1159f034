/** Gives sites what a person would have to allow them one by one: the product has no way to do this. */
import type { Driver } from '../drivers/driver.ts';

/** A document of the extension's origin that runs no script of ours. Firefox shows JSON at another origin. */
const DOCUMENT = 'icons/16.png';

/** What a site is to hold. */
export interface Place {
  origin: string;
  resource: string;
}

/** Copies the one grant that there is for each of these, under a seal of its own. */
export async function seedGrants(driver: Driver, places: Place[]): Promise<void> {
  const page = await driver.extensionPage(DOCUMENT);
  await page.evaluate(copyGrant, places);
  await page.close();
}

/** Runs in the extension's document, so it can use nothing from here, and no function may have a name. */
async function copyGrant(places: Place[]): Promise<void> {
  const db = await new Promise<IDBDatabase>((resolve, reject) => {
    const opening = indexedDB.open('grantkeeper');
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error ?? new Error('no database'));
  });
  const [[key], [real]] = (await Promise.all(
    ['keys', 'grants'].map(
      (name) =>
        new Promise<unknown[]>((resolve) => {
          const reading = db.transaction(name).objectStore(name).getAll();
          reading.onsuccess = () => resolve(reading.result as unknown[]);
        }),
    ),
  )) as [
    [CryptoKey],
    [Place & { account: string; sealed: { iv: BufferSource; data: ArrayBuffer } }],
  ];
  const [from, ...to] = [real, ...places].map(({ origin, resource }) => ({
    ...{ ...real, origin, resource },
    context: new TextEncoder().encode(JSON.stringify(['grant', origin, resource, real.account])),
  }));
  const { iv, data } = real.sealed;
  const opened = { name: 'AES-GCM', iv, additionalData: from!.context };
  const plain = await crypto.subtle.decrypt(opened, key, data);
  const rows = await Promise.all(
    to.map(async ({ context, ...row }) => {
      const fresh = crypto.getRandomValues(new Uint8Array(12));
      const sealing = { name: 'AES-GCM', iv: fresh, additionalData: context };
      return {
        ...row,
        sealed: { iv: fresh, data: await crypto.subtle.encrypt(sealing, key, plain) },
      };
    }),
  );
  const transaction = db.transaction('grants', 'readwrite');
  for (const row of rows) transaction.objectStore('grants').put(row);
  await new Promise((resolve) => {
    transaction.oncomplete = resolve;
  });
  db.close();
}
