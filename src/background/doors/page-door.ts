/**
 * The page door: what any web page may say. Every call is acknowledged at once, parsed, limited, handled and
 * answered on the port it came by, never elsewhere; a page that navigates away takes its calls with it (T-06).
 */
import { toWire } from '../../shared/errors.ts';
import { SlidingWindow } from '../concurrency/sliding-window.ts';
import type { PagePort } from '../ports/ports.ts';
import type { PageCaller } from '../ports/records.ts';
import type { OpenPages } from './open-pages.ts';
import { idOf, Page, type CallPorts, type PageHandlers } from './page-call.ts';

/** Messages taken from one site in ten seconds; far above what the SDK sends, far below a flood (T-12). */
const MESSAGES_PER_SITE = 1000;

export class PageDoor {
  readonly #handlers: PageHandlers;
  readonly #ports: CallPorts;
  readonly #pages: OpenPages;
  readonly #messages = new SlidingWindow(MESSAGES_PER_SITE, 10_000);

  constructor(handlers: PageHandlers, ports: CallPorts, pages: OpenPages) {
    this.#handlers = handlers;
    this.#ports = ports;
    this.#pages = pages;
  }

  /** Serves a page until it goes away. */
  serve(port: PagePort, caller: PageCaller): void {
    const admit = () => this.#messages.admit(caller.origin, this.#ports.now());
    const page = new Page(port, caller, { handlers: this.#handlers, ports: this.#ports, admit });
    this.#pages.add(page);
    port.onClosed(() => {
      this.#pages.delete(page);
      page.leave();
    });
    port.onMessage((message) => void page.take(message));
  }
}

/** Answers whatever is said by a page that was not let in. */
export function refusePage(port: PagePort, error: unknown): void {
  port.onMessage((message) => {
    const id = idOf(message);
    if (id === undefined) return;
    port.post({ v: 1, id, ok: false, error: toWire(error, false, crypto.randomUUID()) });
  });
}
