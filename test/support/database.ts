/** What lies on the disk of the extension, as somebody would see it who reads the profile. */
import { POPUP, type Driver } from '../../drivers/driver.ts';

/** Every row of every store but those named, as JSON; bytes are shown as the characters that they would be. */
export async function dumpDatabase(driver: Driver, except: string[] = []): Promise<string> {
  const page = await driver.extensionPage(POPUP);
  const rows = await page.evaluate(async (without) => {
    const database = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open('grantkeeper');
      request.onsuccess = () => resolve(request.result);
    });
    const names = [...database.objectStoreNames].filter((name) => !without.includes(name));
    const dump = await Promise.all(
      names.map(
        (name) =>
          new Promise<unknown[]>((resolve) => {
            const request = database.transaction(name).objectStore(name).getAll();
            request.onsuccess = () => resolve(request.result as unknown[]);
          }),
      ),
    );
    database.close();
    const readable = (_key: string, value: unknown) =>
      value instanceof ArrayBuffer ? new TextDecoder('latin1').decode(value) : value;
    return JSON.stringify(dump, readable);
  }, except);
  await page.close();
  return rows;
}
