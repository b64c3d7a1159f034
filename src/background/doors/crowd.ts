/** The calls of one site that are under way: how many there may be, and how many begin at a time (T-12). */
import type { Ports } from '../ports/ports.ts';

/** Calls of a site that may be under way at once, in however many pages. */
const MOST = 200;
/** As many begin at once. A burst of one site must not fill the line to the store that every site waits in. */
const AT_ONCE = 4;
/** Each that comes on top of them begins when one has ended, or this much after the one before it; milliseconds. */
const SPACING = 10;

/** The calls of one site. */
export class Crowd {
  readonly #pause: Ports['pause'];
  #begun = 0;
  /** In the order in which they came. */
  readonly #waiting = new Set<() => void>();

  constructor(pause: Ports['pause']) {
    this.#pause = pause;
  }

  /** Whether one more may come. */
  get isFull(): boolean {
    return this.#begun + this.#waiting.size >= MOST;
  }

  /** Waits for a call's turn to begin; undefined when it is its turn. Each that has had its turn has to {@link end}. */
  begin(): Promise<void> | undefined {
    if (this.#begun < AT_ONCE) {
      this.#begun += 1;
      return undefined;
    }
    return this.#wait();
  }

  /** A call is over. */
  end(): void {
    this.#begun -= 1;
    // Many that wait for the user are under way, and each new one waits for the pause alone.
    if (this.#begun >= AT_ONCE) return;
    const [next] = this.#waiting;
    next?.();
  }

  async #wait(): Promise<void> {
    await new Promise<void>((resolve) => {
      const begin = () => {
        if (!this.#waiting.delete(begin)) return;
        this.#begun += 1;
        resolve();
      };
      this.#waiting.add(begin);
      void this.#pause(SPACING * this.#waiting.size).then(begin);
    });
  }
}
