/**
 * How often and when grants were used, counted in memory and written behind: a strict write for each answer
 * would make the next answer wait for the disk. What a killed worker had not written yet is a statistic lost.
 */
import { shownAddress } from '../../shared/facts/shown-address.ts';
import type { Ports } from '../ports/ports.ts';
import type { GrantKey, Use } from '../ports/records.ts';

/** How long uses are collected before they are written; milliseconds. */
const COLLECT = 1000;

export class UseCounter {
  readonly #ports: Ports;
  #collected = new Map<string, Use>();

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** Counts one use; never waits, never fails. */
  note({ origin, resource, account }: GrantKey, at: number): void {
    if (this.#collected.size === 0) void this.#ports.pause(COLLECT).then(() => this.write());
    const name = JSON.stringify([origin, resource, account]);
    const count = (this.#collected.get(name)?.count ?? 0) + 1;
    this.#collected.set(name, { key: { origin, resource, account }, count, at });
  }

  /** Writes what is collected; for those who want to see the figures now. */
  async write(): Promise<void> {
    const uses = [...this.#collected.values()];
    this.#collected = new Map();
    if (uses.length === 0) return;
    const { store } = this.#ports;
    // The log is read and exported by people; the grants are found by the whole address (T-32).
    const shown = uses.map(({ key, ...use }) => ({
      ...use,
      key: { ...key, resource: shownAddress(key.resource) },
    }));
    await Promise.allSettled([store.recordUses(uses), store.countUses(shown)]);
  }
}
