/** Rate limits: N different things per name in a window of time. Kept in memory; a restart forgives. */

export class SlidingWindow {
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

  /**
   * Admits or refuses one more at `now` (ms since the epoch).
   * @param what when given, the same thing again within the window is admitted and not counted twice
   */
  admit(name: string, now: number, what?: string): boolean {
    const recent = (this.#admitted.get(name) ?? []).filter(
      ({ at }) => at <= now && now - at < this.#span,
    );
    this.#admitted.set(name, recent);
    if (what !== undefined && recent.some((one) => one.what === what)) return true;
    if (recent.length >= this.#most) return false;
    recent.push({ at: now, what: what ?? '' });
    return true;
  }
}
