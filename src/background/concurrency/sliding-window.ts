/** Rate limits: N different things per name in a window of time. Kept in memory; a restart forgives. */

export class SlidingWindow {
  /** What was admitted, in order of time; the names in the order in which they were last asked about. */
  readonly #admitted = new Map<string, { at: number; what: string }[]>();
  readonly #most: number;
  readonly #span: number;

  /**
   * @param most how many are admitted within `span`
   * @param span milliseconds
   */
  constructor(most: number, span: number) {
    this.#most = most;
    this.#span = span;
  }

  /** How many names are held. */
  get size(): number {
    return this.#admitted.size;
  }

  /**
   * Admits or refuses one more at `now` (ms since the epoch).
   * @param what when given, the same thing again within the window is admitted and not counted twice
   */
  admit(name: string, now: number, what?: string): boolean {
    const recent = this.#recent(name, now);
    this.#forget(now);
    const isKnown = what !== undefined && recent.some((one) => one.what === what);
    const isAdmitted = isKnown || recent.length < this.#most;
    if (isAdmitted && !isKnown) recent.push({ at: now, what: what ?? '' });
    if (recent.length > 0) this.#admitted.set(name, recent);
    return isAdmitted;
  }

  /** Takes out what was admitted under this name in the window; a refusal must not cost a walk through all of it. */
  #recent(name: string, now: number): { at: number; what: string }[] {
    const admitted = this.#admitted.get(name) ?? [];
    this.#admitted.delete(name);
    const isWhole = [admitted[0], admitted.at(-1)].every((one) => one && this.#counts(one, now));
    return isWhole ? admitted : admitted.filter((one) => this.#counts(one, now));
  }

  /** Forgets names of which nothing counts any more, the longest unused first: memory stays with those in use. */
  #forget(now: number): void {
    for (const [name, admitted] of this.#admitted) {
      const last = admitted.at(-1);
      if (last && this.#counts(last, now)) return;
      this.#admitted.delete(name);
    }
  }

  /** What lies ahead was written by a clock that has been put back, and does not count. */
  #counts({ at }: { at: number }, now: number): boolean {
    return at <= now && now - at < this.#span;
  }
}
