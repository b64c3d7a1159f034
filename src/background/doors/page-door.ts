/**
 * The page door: what any web page may say. Every message is admitted first, then acknowledged, parsed, handled and
 * answered on the port it came by, never elsewhere; a page that navigates away takes its calls with it (T-06).
 */
import { toWire } from '../../shared/errors.ts';
import { idOf } from '../../shared/facts/plain-message.ts';
import type { PagePort } from '../ports/ports.ts';
import type { PageCaller } from '../ports/records.ts';
import { Admission } from './admission.ts';
import type { OpenPages } from './open-pages.ts';
import { Page, type PageHandlers } from './page-call.ts';
import type { CallPorts } from './told-failure.ts';

/** Answers that a page gets which was not let in: the SDK asks once. */
const REFUSALS = 8;

export class PageDoor {
  readonly #handlers: PageHandlers;
  readonly #ports: CallPorts;
  readonly #pages: OpenPages;
  readonly #admission: Admission;

  constructor(
    handlers: PageHandlers,
    ports: CallPorts,
    pages: OpenPages,
    admission = new Admission(ports),
  ) {
    this.#handlers = handlers;
    this.#ports = ports;
    this.#pages = pages;
    this.#admission = admission;
  }

  /**
   * Serves a page until it goes away, or says more than it may: then it hears of that once, and its port is closed.
   * @param pass what it was let in with, if it was already
   */
  serve(port: PagePort, caller: PageCaller, pass = this.#admission.enter(port, caller)): void {
    if (!pass) return;
    const page = new Page(port, caller, { handlers: this.#handlers, ports: this.#ports, pass });
    this.#pages.add(page);
    let isOpen = true;
    const leave = () => {
      isOpen = false;
      this.#pages.delete(page);
      page.leave();
      pass.leave();
    };
    port.onClosed(leave);
    port.onMessage((message) => {
      // Messages that were under way when the port was closed.
      if (!isOpen) return;
      if (pass.admit()) return void page.take(message);
      page.turnAway(idOf(message));
      leave();
      port.close();
    });
  }
}

/** Answers what is said by a page that was not let in, a few times. */
export function refusePage(port: PagePort, error: unknown): void {
  let left = REFUSALS;
  port.onMessage((message) => {
    const id = idOf(message);
    left -= 1;
    if (left < 0) return;
    if (id !== undefined)
      port.post({ v: 1, id, ok: false, error: toWire(error, false, crypto.randomUUID()) });
    if (left === 0) port.close();
  });
}
