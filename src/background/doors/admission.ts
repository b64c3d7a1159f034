/**
 * Who may speak at the page door, and how much: asked first, before a message is measured, read, acknowledged or logged
 * (Z44, T-12). It knows the site and the tab that the browser attests, and counts. Kept in memory; a restart forgives.
 */
import { MAX_MESSAGES, MAX_PORTS, MESSAGE_SPAN } from '../../shared/facts/limits.ts';
import { SlidingWindow } from '../concurrency/sliding-window.ts';
import type { PagePort, Ports } from '../ports/ports.ts';
import type { PageCaller } from '../ports/records.ts';
import { Crowd } from './crowd.ts';

/** Ports that the pages of a site may open in one tab in ten seconds: a page that is loaded again opens its own anew. */
const OPENED_PER_TAB = 2 * MAX_PORTS;
/** Ports of a site in all its tabs. */
const PORTS_PER_SITE = 512;

/** What a port that was let in may do. */
export interface Pass {
  /** Takes one more message, whatever it holds, or not. */
  admit(): boolean;
  /** The calls of its site. */
  calls: Crowd;
  /** The port is closed. Saying so again changes nothing. */
  leave(): void;
}

export class Admission {
  readonly #ports: Pick<Ports, 'now' | 'pause'>;
  readonly #messages = new SlidingWindow(MAX_MESSAGES, MESSAGE_SPAN);
  readonly #opened = new SlidingWindow(OPENED_PER_TAB, MESSAGE_SPAN);
  /** Open ports, by tab and by site. */
  readonly #open = new Map<string, number>();
  /** Calls of the sites that have a port open. */
  readonly #calls = new Map<string, Crowd>();

  constructor(ports: Pick<Ports, 'now' | 'pause'>) {
    this.#ports = ports;
  }

  /** Lets a port in, or closes it. */
  enter(port: PagePort, { origin, tabId }: Pick<PageCaller, 'origin' | 'tabId'>): Pass | undefined {
    const { now, pause } = this.#ports;
    // Of a site in its tab: a frame, which is refused, must not use up what the page around it may have.
    const tab = `${tabId} ${origin}`;
    const isFull = this.#count(tab) >= MAX_PORTS || this.#count(origin) >= PORTS_PER_SITE;
    if (isFull || !this.#opened.admit(tab, now())) {
      port.close();
      return undefined;
    }
    for (const name of [tab, origin]) this.#open.set(name, this.#count(name) + 1);
    const calls = this.#calls.get(origin) ?? new Crowd(pause);
    this.#calls.set(origin, calls);
    let isOpen = true;
    const leave = () => {
      if (isOpen) this.#leave(tab, origin);
      isOpen = false;
    };
    port.onClosed(leave);
    return { admit: () => this.#messages.admit(origin, now()), calls, leave };
  }

  /** Resolves when the calls of a site that are here now have come as far as they can without anybody. */
  async gathered(origin: string): Promise<void> {
    await this.#calls.get(origin)?.gathered();
  }

  #count(name: string): number {
    return this.#open.get(name) ?? 0;
  }

  #leave(tab: string, origin: string): void {
    for (const name of [tab, origin]) {
      const left = this.#count(name) - 1;
      if (left > 0) this.#open.set(name, left);
      else this.#open.delete(name);
    }
    // Its calls have ended with their pages, or are about to.
    if (this.#count(origin) === 0) this.#calls.delete(origin);
  }
}
