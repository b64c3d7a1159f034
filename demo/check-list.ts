/** The demo's check list: what a visitor has seen so far, over both sites. Pages say what they have seen themselves. */

/** What one page can see on its own. */
const SEEN_STEPS = ['connect', 'read', 'step-up', 'wait', 'deny', 'revoke'] as const;

/** A step that a page has seen. */
export type SeenStep = (typeof SEEN_STEPS)[number];

/** A step on the list. That a second site was connected no page can see, but all of them together. */
export type DemoStep = SeenStep | 'second-site';

/** What has been done since the demo started. */
export class CheckList {
  readonly #connected = new Set<string>();
  readonly #done = new Set<DemoStep>();

  /** In the order in which they were done. */
  get done(): readonly DemoStep[] {
    return [...this.#done];
  }

  /** Ticks what a page of this site has seen; returns false for a step that is on no list. */
  note(site: string, step: string): boolean {
    const seen = SEEN_STEPS.find((candidate) => candidate === step);
    if (seen === undefined) return false;
    this.#done.add(seen);
    if (seen === 'connect') this.#connected.add(site);
    if (this.#connected.size > 1) this.#done.add('second-site');
    return true;
  }
}
