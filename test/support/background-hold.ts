/**
 * Holds the running background at a point from outside, so that it can be killed exactly there. The product has no hook
 * for it: what it calls of the browser is replaced in the worker that lives now, and dies with it.
 */
import { expect } from 'vitest';
import type { Driver } from '../../drivers/driver.ts';

/** Where a background stops: after a row is on disk, or at a request, unsent or with its answer lost. */
export type Hold =
  /** `match` is looked for in the row as JSON. */
  { store: string; match?: string } | { request: string; when: 'before' | 'after' };

/** Runs in the background, and is handed over as text: nothing of this file is in scope there. */
function hold(scope: typeof globalThis & { reached?: boolean }, at: Hold): void {
  const never = new Promise<never>(() => undefined);
  const stop = () => {
    scope.reached = true;
    scope.fetch = () => never;
    return never;
  };
  if ('request' in at) {
    const { fetch } = scope;
    scope.fetch = async (url, init) => {
      const address = typeof url === 'string' ? url : url instanceof URL ? url.href : url.url;
      if (!`${address} ${String(init?.body)}`.includes(at.request)) return fetch(url, init);
      if (at.when === 'after') await fetch(url, init);
      return stop();
    };
    return;
  }
  const matching = new WeakSet<IDBTransaction>();
  const { prototype } = scope.IDBObjectStore;
  const put = prototype.put;
  prototype.put = function (this: IDBObjectStore, value: unknown, key?: IDBValidKey) {
    const isHere = this.name === at.store && JSON.stringify(value).includes(at.match ?? '');
    if (isHere) matching.add(this.transaction);
    return key === undefined ? put.call(this, value) : put.call(this, value, key);
  };
  const database = scope.IDBDatabase.prototype;
  const begin = database.transaction;
  database.transaction = function (this: IDBDatabase, ...args) {
    const transaction = begin.apply(this, args);
    transaction.addEventListener('complete', (event) => {
      if (!matching.has(transaction)) return;
      // It is on disk, and nobody in the background learns so.
      event.stopImmediatePropagation();
      void stop();
    });
    return transaction;
  };
}

/** Makes the background stop at a point; resolves a function that waits for it. */
export async function holdAt(browser: Driver, at: Hold): Promise<() => Promise<void>> {
  const text = `(background) => { (${hold.toString()})(background, ${JSON.stringify(at)}); }`;
  // The driver hands over the text of a function.
  await browser.evaluateInBackground({ toString: () => text } as unknown as () => void);
  return async () => {
    const hasReached = (background: typeof globalThis) => 'reached' in background;
    await expect
      .poll(() => browser.evaluateInBackground(hasReached), { timeout: 15_000, interval: 30 })
      .toBe(true);
  };
}

/** Makes the background stop at a point; resolves a function that waits for it and kills it there. */
export async function killAt(browser: Driver, at: Hold): Promise<() => Promise<void>> {
  const reached = await holdAt(browser, at);
  return async () => {
    await reached();
    await browser.killBackground();
  };
}
