/**
 * The budgets of sites, on disk (Z39): a worker lives for half a minute, and what is promised for ten minutes must not
 * be forgiven when it stops. Each is read once for a worker's life, counted in memory, and written when it changes.
 */
import {
  admits,
  countedAt,
  endOf,
  readLedger,
  withCount,
  withoutCounts,
  type Counted,
  type Ledger,
} from '../../protocol/budget.ts';
import type { Budget, Budgets, Ports } from '../ports/ports.ts';

type Outside = Pick<Ports, 'store' | 'now'>;

/** The budget that all sites without any grant share, as if they were one: names are cheap. */
export const STRANGERS = '';

export class SiteBudgets implements Budgets {
  readonly #outside: Outside;
  readonly #held = new Map<string, SiteBudget>();
  #pruned = false;

  constructor(outside: Outside) {
    this.#outside = outside;
  }

  async of(site: string): Promise<Budget> {
    let held = this.#held.get(site);
    if (!held) {
      this.#tidy();
      held = new SiteBudget(this.#outside, site);
      this.#held.set(site, held);
    }
    await held.read;
    return held;
  }

  forget(): void {
    this.#held.clear();
  }

  /** What counts no more needs no memory, and no place on the disk: a page has as many names as it likes. */
  #tidy(): void {
    for (const [site, budget] of this.#held) if (budget.isEmpty) this.#held.delete(site);
    if (this.#pruned) return;
    this.#pruned = true;
    const { store, now } = this.#outside;
    store.pruneBudgets(now()).catch(() => undefined);
  }
}

class SiteBudget implements Budget {
  /** Settled when it can be used. A budget that can't be read is counted from now on. */
  readonly read: Promise<void>;
  readonly #outside: Outside;
  readonly #site: string;
  #ledger: Ledger = [];
  #isRead = false;
  #isChanged = false;
  #writing: Promise<void> | undefined;

  constructor(outside: Outside, site: string) {
    this.#outside = outside;
    this.#site = site;
    this.read = this.#read();
  }

  get isEmpty(): boolean {
    return this.#isRead && !this.#writing && this.#current(this.#outside.now()).length === 0;
  }

  admits(of: Counted, what = ''): boolean {
    return admits(this.#current(this.#outside.now()), { of, what });
  }

  take(of: Counted, what = ''): boolean {
    if (!this.admits(of, what)) return false;
    this.note(of, what);
    return true;
  }

  note(of: Counted, what = ''): void {
    const at = this.#outside.now();
    this.#change(withCount(this.#current(at), { of, what, at }));
  }

  giveBack(of: Counted, what?: readonly string[]): void {
    this.#change(withoutCounts(this.#current(this.#outside.now()), of, what));
  }

  async kept(): Promise<void> {
    await this.#writing;
  }

  async #read(): Promise<void> {
    const row = await this.#outside.store.findBudget(this.#site).catch(() => undefined);
    this.#ledger = readLedger(row?.counts);
    this.#isRead = true;
  }

  #current(now: number): Ledger {
    const isAhead = this.#ledger.some(({ at }) => at > now);
    this.#ledger = countedAt(this.#ledger, now);
    if (isAhead) this.#save();
    return this.#ledger;
  }

  #change(next: Ledger): void {
    if (next.length === this.#ledger.length) return;
    this.#ledger = next;
    this.#save();
  }

  #save(): void {
    this.#isChanged = true;
    this.#writing ??= this.#write().finally(() => (this.#writing = undefined));
  }

  /** One write at a time; what changes meanwhile goes into the next. A full disk must not stop what was admitted. */
  async #write(): Promise<void> {
    while (this.#isChanged) {
      this.#isChanged = false;
      const row = { site: this.#site, counts: [...this.#ledger], until: endOf(this.#ledger) };
      await this.#outside.store.saveBudget(row).catch(() => undefined);
    }
  }
}
