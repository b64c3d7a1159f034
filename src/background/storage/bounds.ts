/** Stores that pages and servers can make grow have a bound; nothing in them is lost that can't be had again. */

/** Rows kept of each store. */
export const MOST = {
  /** With {@link MAX_DOCUMENT} that is 10 MB in all. */
  documents: 200,
  /** Of one site at one resource: the addresses by which it came. */
  aliases: 100,
  /** Each is a click on Allow; without one, a site that connects again registers again. */
  registrations: 1000,
  issuers: 1000,
  /** Of one site: refusals and scopes taken away. */
  refusals: 200,
  flows: 100,
  unreadable: 200,
};

/** A larger document is read again each time; bytes of its JSON. */
export const MAX_DOCUMENT = 50_000;

/** A store in a transaction that writes. */
interface Bounded<K> {
  count(): Promise<number>;
  getAllKeys(query: null, count: number): Promise<K[]>;
  delete(key: K): Promise<void>;
}

/** Deletes those that come first by key, but for the one with this key (as JSON), which has just been written. */
export async function keepAtMost<K>(store: Bounded<K>, most: number, keep?: string): Promise<void> {
  const excess = (await store.count()) - most;
  if (excess <= 0) return;
  const keys = await store.getAllKeys(null, excess + 1);
  const go = keys.filter((key) => JSON.stringify(key) !== keep).slice(0, excess);
  for (const key of go) await store.delete(key);
}
