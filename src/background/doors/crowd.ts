/** The calls of one site that are under way: how many there may be, and how many begin at a time (T-12). */
import type { Ports } from '../ports/ports.ts';

/** Calls of a site that may be under way at once, in however many pages. */
const MOST = 200;
/** As many begin at once. A burst of one site must not fill the line to the store that every site waits in. */
const AT_ONCE = 4;
/** Each that comes on top of them begins when one has ended or waits, or this much after the one before it; milliseconds. */
const SPACING = 10;
/** How long a question waits for the calls that came before it, whatever keeps them; milliseconds. */
const GATHERING = 1000;

/** The calls of one site. */
export class Crowd {
  readonly #pause: Ports['pause'];
  /** Those at work, and those that have joined a flow and wait for its end. */
  #begun = 0;
  #joined = 0;
  /** Told when all that came before them have joined a flow or ended: how many of those are left. */
  readonly #gathering = new Set<{ left: number; done: () => void }>();
  /** In the order in which they came. */
  readonly #waiting = new Set<() => void>();

  constructor(pause: Ports['pause']) {
    this.#pause = pause;
  }

  /** Whether one more may come. */
  get isFull(): boolean {
    return this.#begun + this.#joined + this.#waiting.size >= MOST;
  }

  /** Waits for a call's turn to begin; undefined when it is its turn. Each that has had its turn has to {@link end}. */
  begin(): Promise<void> | undefined {
    if (this.#begun < AT_ONCE) {
      this.#begun += 1;
      return undefined;
    }
    return this.#wait();
  }

  /** A call waits for the end of a flow, and is no work until then. */
  join(): void {
    this.#joined += 1;
    this.#endTurn();
  }

  /** A call is over. */
  end(hasJoined = false): void {
    if (hasJoined) this.#joined -= 1;
    else this.#endTurn();
  }

  /** Resolves when every call that is here now has joined a flow or ended, or has taken too long for that (Z47). */
  async gathered(): Promise<void> {
    const left = this.#begun + this.#waiting.size;
    if (left === 0) return;
    await new Promise<void>((resolve) => {
      const one = { left, done: () => void (this.#gathering.delete(one) && resolve()) };
      this.#gathering.add(one);
      void this.#pause(GATHERING).then(one.done);
    });
  }

  #endTurn(): void {
    this.#begun -= 1;
    for (const one of this.#gathering) {
      one.left -= 1;
      if (one.left <= 0) one.done();
    }
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
