/** What of the question is in view, as the browser measures it: every element that is marked `data-read`. */
import type { Piece } from './reading.ts';

/** Steps at which the browser tells of a change. */
const SHARES = Array.from({ length: 21 }, (_, step) => step / 20);

/** Whether a piece is a permission, or a group of them. */
export function isScope(id: string): boolean {
  return id.startsWith('scope ');
}

/** Watches the pieces that are on the screen; new ones are found at the next look. */
export class PieceWatch {
  readonly #changed: () => void;
  #measured = new WeakMap<Element, IntersectionObserverEntry>();
  #observer: IntersectionObserver | undefined;
  #foot = -1;

  /** @param changed called when a piece has come into view or left it */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /**
   * The pieces now: all that are on the screen, but of the permissions those that matter, on the screen or not. One that
   * the browser hasn't measured yet is in view nowhere.
   * @param foot height of what covers the end of the window; CSS pixels
   */
  look(foot: number, scopes: readonly string[]): (Piece & { isMeasured: boolean })[] {
    const elements = [...document.querySelectorAll<HTMLElement>('[data-read]')];
    const observer = this.#observerAbove(foot);
    const idOf = ({ dataset }: HTMLElement) => dataset['read'] ?? '';
    const needed = new Set(scopes);
    const watched = elements.filter((one) => !isScope(idOf(one)) || needed.has(idOf(one)));
    const shown = new Set(watched.map(idOf));
    const absent = scopes.filter((id) => !shown.has(id));
    const nowhere = { share: 0, height: 0, room: 0, isMeasured: true };
    const measured = watched.map((element) => {
      observer.observe(element);
      const entry = this.#measured.get(element);
      return {
        id: idOf(element),
        share: entry?.isIntersecting ? entry.intersectionRatio : 0,
        height: entry?.intersectionRect.height ?? 0,
        room: entry?.rootBounds?.height ?? 0,
        isMeasured: entry !== undefined,
      };
    });
    return [...measured, ...absent.map((id) => ({ id, ...nowhere }))];
  }

  /** Ends it. */
  stop(): void {
    this.#observer?.disconnect();
    this.#observer = undefined;
  }

  /** The footer's height is part of what an observer is made with. */
  #observerAbove(foot: number): IntersectionObserver {
    const height = Math.ceil(foot);
    if (this.#observer && this.#foot === height) return this.#observer;
    this.#observer?.disconnect();
    this.#measured = new WeakMap();
    this.#foot = height;
    const rootMargin = `0px 0px -${String(height)}px 0px`;
    const note = (
      entries: IntersectionObserverEntry[],
      { rootMargin: of }: IntersectionObserver,
    ) => {
      if (of !== this.#observer?.rootMargin) return;
      for (const entry of entries) this.#measured.set(entry.target, entry);
      this.#changed();
    };
    return (this.#observer = new IntersectionObserver(note, { rootMargin, threshold: SHARES }));
  }
}
