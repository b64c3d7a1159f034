/**
 * Who may speak at the doors for pages, and how much: asked first, before a message is measured, read, acknowledged or logged
 * (Z44, T-12). It knows the site and the tab that the browser attests, and counts. Kept in memory; a restart forgives.
 */
import { MAX_MESSAGES, MAX_PORTS, MESSAGE_SPAN } from '../../shared/facts/limits.ts';
import { SlidingWindow } from '../concurrency/sliding-window.ts';
import { MAX_UPLOAD } from '../../shared/carry-contract.ts';
import { BrokerError } from '../../shared/errors.ts';
import type { CarryPort, PagePort, Port, Ports } from '../ports/ports.ts';
import type { PageCaller } from '../ports/records.ts';
import { Crowd } from './crowd.ts';
import { refuseCarried } from './refuse-carried.ts';

/** Ports that the pages of a site may open in one tab in ten seconds: a page that is loaded again opens its own anew. */
const OPENED_PER_TAB = 2 * MAX_PORTS;
/** Ports of a site in all its tabs. */
const PORTS_PER_SITE = 512;

/** Carried requests under way: of one document, of a site, and of all sites (Z27). */
const CARRIED_PER_DOCUMENT = 32;
const CARRIED_PER_SITE = 64;
const CARRIED_IN_ALL = 256;
/** What a site may have of them however many the others have, or a few would keep everybody else out. */
const CARRIED_IN_ANY_CASE = 4;
/** Bytes of a site's requests that are kept at a time: each has to be there whole until its last answer. */
const UPLOADS_PER_SITE = 2 * MAX_UPLOAD;

/** What the port of a carried request may do. */
export interface CarryPass extends Omit<Pass, 'admit'> {
  /** Makes room for the body of its request, or not; in bytes. */
  keep(bytes: number): boolean;
}

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
  /** Open ports, by tab and by site, carried requests among them; and the bytes that are kept of those. */
  readonly #open = new Map<string, number>();
  /** Calls of the sites that have a port open. */
  readonly #calls = new Map<string, Crowd>();

  constructor(ports: Pick<Ports, 'now' | 'pause'>) {
    this.#ports = ports;
  }

  /** Lets a port in, or closes it. */
  enter(port: PagePort, { origin, tabId }: Pick<PageCaller, 'origin' | 'tabId'>): Pass | undefined {
    const now = this.#ports.now();
    // Of a site in its tab: a frame, which is refused, must not use up what the page around it may have.
    const tab = `${tabId} ${origin}`;
    const isFull = this.#count(tab) >= MAX_PORTS || this.#count(origin) >= PORTS_PER_SITE;
    if (isFull || !this.#opened.admit(tab, now)) {
      port.close();
      return undefined;
    }
    const admit = () => this.#messages.admit(origin, this.#ports.now());
    const { calls, leave } = this.#take(port, origin, [tab, origin]);
    return { admit, calls, leave };
  }

  /** Lets the port of a carried request in, or says that it is too much and closes it. */
  enterCarried(port: CarryPort, { origin, tabId, documentId }: PageCaller): CarryPass | undefined {
    const own = `carried ${origin}`;
    const room: [name: string, most: number][] = [
      [`carried ${tabId} ${origin} ${documentId ?? ''}`, CARRIED_PER_DOCUMENT],
      [own, CARRIED_PER_SITE],
      ['carried', this.#count(own) < CARRIED_IN_ANY_CASE ? Infinity : CARRIED_IN_ALL],
    ];
    // It counts as a message: a flood at one door is a flood at the other, and fifty tools a second are none.
    const isIn =
      room.every(([name, most]) => this.#count(name) < most) &&
      this.#messages.admit(origin, this.#ports.now());
    if (!isIn) {
      refuseCarried(port, new BrokerError('rate_limited'));
      return undefined;
    }
    const names = [...room.map(([name]) => name), origin];
    const { hold, ...pass } = this.#take(port, origin, names);
    const kept = `kept ${origin}`;
    const keep = (bytes: number) =>
      this.#count(kept) + bytes <= UPLOADS_PER_SITE && hold(kept, bytes);
    return { ...pass, keep };
  }

  /** Resolves when the calls of a site that are here now have come as far as they can without anybody. */
  async gathered(origin: string): Promise<void> {
    await this.#calls.get(origin)?.gathered();
  }

  #count(name: string): number {
    return this.#open.get(name) ?? 0;
  }

  /** Counts a port under these names until it is closed. */
  #take(port: Port<never>, origin: string, names: string[]) {
    const held: [name: string, much: number][] = [];
    let isOpen = true;
    /** @returns false once the port is closed */
    const hold = (name: string, much: number): boolean => {
      if (isOpen) this.#add(name, much);
      if (isOpen) held.push([name, much]);
      return isOpen;
    };
    for (const name of names) hold(name, 1);
    const calls = this.#calls.get(origin) ?? new Crowd(this.#ports.pause);
    this.#calls.set(origin, calls);
    const leave = () => {
      isOpen = false;
      for (const [name, much] of held.splice(0)) this.#add(name, -much);
      // Its calls have ended with their pages, or are about to.
      if (this.#count(origin) === 0) this.#calls.delete(origin);
    };
    port.onClosed(leave);
    return { hold, calls, leave };
  }

  #add(name: string, more: number): void {
    const left = this.#count(name) + more;
    if (left > 0) this.#open.set(name, left);
    else this.#open.delete(name);
  }
}
