/** Fills the extension's own database, from a document of the extension: the product has no way to do this. */
import type { Chromium } from '../drivers/chromium.ts';

/** Any document of the extension's origin that runs no script of ours. */
const DOCUMENT = 'manifest.json';

/**
 * Makes the store hold `count` grants: the one that is real, and clones of it for other sites and, every other
 * one, for the same site at other servers.
 */
export async function fillStore(chromium: Chromium, count: number): Promise<void> {
  const page = await chromium.extensionPage(DOCUMENT);
  const held = await page.evaluate(writeClones, count);
  await page.close();
  if (held !== count) throw new Error(`The store holds ${held} grants instead of ${count}`);
}

/** What is cloned of a row; the sealed part belongs to the real one alone and is never opened. */
interface Row {
  origin: string;
  resource: string;
  asked?: string;
}

/** Runs in the extension's document, so it can use nothing from here, and no function may have a name. */
async function writeClones(count: number): Promise<number> {
  const db = await new Promise<IDBDatabase>((resolve, reject) => {
    const opening = indexedDB.open('grantkeeper');
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error ?? new Error('no database'));
  });
  const transaction = db.transaction(['grants', 'aliases'], 'readwrite');
  for (const store of [transaction.objectStore('grants'), transaction.objectStore('aliases')]) {
    const rows = await new Promise<Row[]>((resolve) => {
      const reading = store.getAll();
      reading.onsuccess = () => resolve(reading.result as Row[]);
    });
    const real = rows.find(({ resource }) => !resource.startsWith('https://clone-'));
    if (!real) continue;
    store.clear();
    store.put(real);
    for (let i = 1; i < count; i += 1) {
      const resource = `https://clone-${i}.test/mcp`;
      const origin = i % 2 === 0 ? real.origin : `https://site-${i}.test`;
      store.put({
        ...real,
        origin,
        resource,
        ...(real.asked !== undefined && { asked: resource }),
      });
    }
  }
  const held = await new Promise<number>((resolve) => {
    const counting = transaction.objectStore('grants').count();
    counting.onsuccess = () => resolve(counting.result);
  });
  await new Promise((resolve) => {
    transaction.oncomplete = resolve;
  });
  db.close();
  return held;
}
