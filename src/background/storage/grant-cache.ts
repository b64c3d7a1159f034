/**
 * The grants that were read last. An IndexedDB transaction is half of the time that a cached answer takes; this
 * worker alone writes the store, so what it has read stays true until it writes.
 */
import type { Grant } from '../ports/records.ts';

/** Grants kept at one time. */
const MOST = 50;

export class GrantCache {
  readonly #grants = new Map<string, Grant>();
  #generation = 0;

  /** What is remembered under these names, or what `read` finds; only a grant that was found is remembered. */
  async find(
    origin: string,
    asked: string,
    read: () => Promise<Grant | undefined>,
  ): Promise<Grant | undefined> {
    const name = `${origin} ${asked}`;
    const held = this.#grants.get(name);
    if (held) return held;
    const generation = this.#generation;
    const grant = await read();
    // A read that a write has overtaken may have seen the state before it.
    if (grant && generation === this.#generation) this.#remember(name, grant);
    return grant;
  }

  /** Runs a write. What is remembered is forgotten before it, and what was read while it ran after it. */
  async during<T>(write: () => Promise<T>): Promise<T> {
    this.forget();
    try {
      return await write();
    } finally {
      this.forget();
    }
  }

  /** Forgets all of it: what is stored may be something else now. */
  forget(): void {
    this.#generation += 1;
    this.#grants.clear();
  }

  #remember(name: string, grant: Grant): void {
    if (this.#grants.size >= MOST) this.#grants.clear();
    this.#grants.set(name, grant);
  }
}
