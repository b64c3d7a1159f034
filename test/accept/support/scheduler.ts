/**
 * A seeded scheduler: everything that waits for the world (a request, the disk, the user, a lock) stands in one list,
 * and the seed says what comes next. The same seed is the same run.
 */

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A life of the worker; nothing reaches it after its end. */
export interface Life {
  isOver: boolean;
}

interface Waiting {
  life: Life | undefined;
  start(): void;
}

interface Timer {
  life: Life;
  at: number;
  ring(): void;
}

/** Things done at once, now and then: transactions may overlap. */
const MOST_AT_ONCE = 3;
/** How far the clock runs on when nothing waits but timers; milliseconds. */
const HORIZON = 1_200_000;
/** Nobody gets further than this; a run that does not end is a fault. */
const MOST_STEPS = 20_000;

export class Scheduler {
  readonly random: () => number;
  /** Milliseconds since the epoch. */
  now = 1_800_000_000_000;
  /** Counts what was done. */
  step = 0;
  #waiting: Waiting[] = [];
  #timers: Timer[] = [];
  #busy = 0;

  constructor(seed: number) {
    this.random = randomFrom(seed);
  }

  /** Does `work` when its turn comes. A life that is over neither begins anything nor hears of what it began. */
  gate<T>(life: Life | undefined, work: () => T | Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const start = () => {
        if (life?.isOver) return;
        this.#busy += 1;
        Promise.resolve()
          .then(work)
          .finally(() => (this.#busy -= 1))
          .then(
            (value) => {
              if (!life?.isOver) resolve(value);
            },
            (error: unknown) => {
              if (!life?.isOver) reject(error as Error);
            },
          );
      };
      this.#waiting.push({ life, start });
    });
  }

  pause(life: Life, milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.#timers.push({ life, at: this.now + milliseconds, ring: resolve });
    });
  }

  /**
   * Runs until nothing waits, timers of the next minutes included.
   * @param offer called before each step, for those who join when they see something
   * @throws when it does not end
   */
  async drain(offer: () => void): Promise<void> {
    const end = this.step + MOST_STEPS;
    let until = this.now + HORIZON;
    for (;;) {
      await this.#settle();
      offer();
      if (this.step > end) throw new Error('The run does not end.');
      this.step += 1;
      if (this.#waiting.length > 0) {
        until = this.now + HORIZON;
        this.#startSome();
      } else if (!this.#ringNext(until)) {
        return;
      }
    }
  }

  #startSome(): void {
    const count = 1 + Math.floor(this.random() * MOST_AT_ONCE);
    for (let i = 0; i < count && this.#waiting.length > 0; i += 1) {
      const at = Math.floor(this.random() * this.#waiting.length);
      const [next] = this.#waiting.splice(at, 1);
      next?.start();
    }
  }

  #ringNext(until: number): boolean {
    this.#timers = this.#timers.filter(({ life }) => !life.isOver).sort((a, b) => a.at - b.at);
    const next = this.#timers[0];
    if (!next || next.at > until) return false;
    this.#timers.shift();
    this.now = Math.max(this.now, next.at);
    next.ring();
    return true;
  }

  /** Waits until everything that was started has come to its end, or waits here. */
  async #settle(): Promise<void> {
    for (let quiet = 0; quiet < 2;) {
      await new Promise(setImmediate);
      quiet = this.#busy > 0 ? 0 : quiet + 1;
    }
  }
}
