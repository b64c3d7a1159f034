/** What the demo tells its page as it goes on, and what the page tells the demo: counts, and steps that are done. */
import type { SeenStep } from '../check-list.ts';
import { countOwnRequests } from './own-requests.ts';
import type { SiteConfig, Tally } from './site.ts';
import { showCheckList, showCounts } from './view.ts';
import { describeCounts } from './words.ts';

/** How often a page that is in front looks; milliseconds. */
const EVERY_MS = 1000;

/** The strip and the check list of a running demo. */
export class Live {
  readonly #countOwn: () => number;

  /** Looks at once, and from then on. Where the site tells nothing, nothing is shown. */
  constructor({ issuer, mcpUrl }: SiteConfig) {
    this.#countOwn = countOwnRequests(issuer ?? mcpUrl);
    const timer = setInterval(() => void lookIfSeen(), EVERY_MS);
    const lookIfSeen = async () => {
      if (document.visibilityState !== 'visible') return;
      if (!(await this.look())) clearInterval(timer);
    };
    void lookIfSeen();
    document.addEventListener('visibilitychange', () => void lookIfSeen());
  }

  /** Reads the counts and shows them; undefined where there are none. */
  async look(): Promise<Tally | undefined> {
    const tally = await fetch('/live.json')
      .then((answer) => (answer.ok ? (answer.json() as Promise<Tally>) : undefined))
      // The demo has ended, and its page is still open.
      .catch(() => undefined);
    if (tally) {
      showCounts(describeCounts(this.#countOwn(), tally));
      showCheckList(tally.done);
    }
    return tally;
  }

  /** Tells what this page has seen. */
  async did(steps: readonly SeenStep[]): Promise<void> {
    for (const step of steps) {
      await fetch(`/did/${step}`, { method: 'POST' }).catch(() => undefined);
    }
    if (steps.length > 0) await this.look();
  }
}
