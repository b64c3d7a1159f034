/**
 * The page door: what any web page may say. Every call is acknowledged at once, parsed, limited, handled and
 * answered on the port it came by, never elsewhere; a page that navigates away takes its calls with it (T-06).
 */
import { BrokerError, toWire } from '../shared/errors.ts';
import type {
  BrokerMessage,
  PageCall,
  PageCalls,
  PageEvent,
  PageMessage,
} from '../shared/page-contract.ts';
import { parsePageMessage, parsePageParams } from '../shared/parse-page.ts';
import type { PageCaller } from './caller.ts';
import type { ActivityLog } from './ports.ts';
import { SlidingWindow } from './rate.ts';

/** One handler for each call of the contract. */
export type PageHandlers = {
  [C in PageCall]: (
    caller: PageCaller,
    params: PageCalls[C]['params'],
    signal: AbortSignal,
  ) => Promise<PageCalls[C]['result']>;
};

/** A page's port, as either browser gives it. */
export interface PagePort {
  /** Throws when the page is gone. */
  post(message: BrokerMessage): void;
  onMessage(listener: (message: unknown) => void): void;
  onClosed(listener: () => void): void;
}

/** What the door needs besides its handlers. */
export interface DoorPorts {
  now(): number;
  pause(milliseconds: number): Promise<void>;
  /** Whether the site holds a grant at what the params name (Z2). */
  holdsGrant(origin: string, resource: string): Promise<boolean>;
  log: ActivityLog;
}

/** Messages taken from one site in ten seconds; far above what the SDK sends, far below a flood (T-12). */
const MESSAGES_PER_SITE = 1000;
/** Calls of one page that may be under way at once. */
const CALLS_PER_PAGE = 200;
/** A failure before any grant is answered at a multiple of this, so that its time tells nothing (T-25); ms. */
const FAILURE_STEP = 2000;

/** All pages that have been let in. */
export class PageDoor {
  private readonly handlers: PageHandlers;
  private readonly ports: DoorPorts;
  private readonly pages = new Set<Page>();
  private readonly messages = new SlidingWindow(MESSAGES_PER_SITE, 10_000);

  constructor(handlers: PageHandlers, ports: DoorPorts) {
    this.handlers = handlers;
    this.ports = ports;
  }

  /** Serves a page until it goes away. */
  serve(port: PagePort, caller: PageCaller): void {
    const admit = () => this.messages.admit(caller.origin, this.ports.now());
    const page = new Page(port, caller, { handlers: this.handlers, ports: this.ports, admit });
    this.pages.add(page);
    port.onClosed(() => {
      this.pages.delete(page);
      page.leave();
    });
    port.onMessage((message) => void page.take(message));
  }

  /** The site in a tab, if its page has been let in. */
  originIn(tabId: number): string | undefined {
    return [...this.pages].find(({ caller }) => caller.tabId === tabId)?.caller.origin;
  }

  /** Tells every open page of an origin. */
  tell(origin: string, event: PageEvent): void {
    for (const page of this.pages) {
      if (page.caller.origin === origin) page.post({ v: 1, event });
    }
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

/** What a page's calls are served with. */
interface Service {
  handlers: PageHandlers;
  ports: DoorPorts;
  admit(): boolean;
}

/** One page and its calls under way. */
class Page {
  readonly caller: PageCaller;
  private readonly port: PagePort;
  private readonly service: Service;
  private readonly calls = new Map<number, AbortController>();

  constructor(port: PagePort, caller: PageCaller, service: Service) {
    this.port = port;
    this.caller = caller;
    this.service = service;
  }

  post(message: BrokerMessage): void {
    try {
      this.port.post(message);
    } catch {
      // The page has gone between question and answer; there is nobody to tell.
    }
  }

  leave(): void {
    for (const call of this.calls.values()) call.abort(new BrokerError('aborted'));
  }

  async take(raw: unknown): Promise<void> {
    const received = this.service.ports.now();
    let message: PageMessage;
    try {
      message = parsePageMessage(raw);
    } catch (error) {
      const id = idOf(raw);
      if (id !== undefined) await this.fail(id, error, { received });
      return;
    }
    const { id } = message;
    if ('cancel' in message) {
      this.calls.get(id)?.abort(new BrokerError('aborted'));
      return;
    }
    this.post({ v: 1, id, ack: true });
    try {
      this.post({ v: 1, id, ok: true, result: await this.call(message) });
    } catch (error) {
      await this.fail(id, error, { received, params: message.params });
    }
  }

  private async call<C extends PageCall>(message: { id: number; call: C; params: unknown }) {
    const { id, call } = message;
    const { handlers, admit } = this.service;
    if (this.calls.has(id) || this.calls.size >= CALLS_PER_PAGE || !admit()) {
      throw new BrokerError('rate_limited');
    }
    const abort = new AbortController();
    this.calls.set(id, abort);
    try {
      return await handlers[call](this.caller, parsePageParams(call, message.params), abort.signal);
    } finally {
      this.calls.delete(id);
    }
  }

  /** The one place where a failure becomes what a page sees. */
  private async fail(
    id: number,
    error: unknown,
    { received, params }: { received: number; params?: unknown },
  ): Promise<void> {
    const { ports } = this.service;
    const resource = (params as { resource?: unknown } | undefined)?.resource;
    const holds =
      typeof resource === 'string' &&
      (await ports.holdsGrant(this.caller.origin, resource).catch(() => false));
    const about = { origin: this.caller.origin, ...(isResource(resource) && { resource }) };
    const wire = toWire(error, holds, ports.log.noteFailure(error, about));
    if (wire.code === 'connect_failed') {
      const taken = ports.now() - received;
      await ports.pause(FAILURE_STEP - (taken % FAILURE_STEP) + Math.random() * 500);
    }
    this.post({ v: 1, id, ok: false, error: wire });
  }
}

/** True for what may stand in the log as the server that a page named. */
function isResource(resource: unknown): resource is string {
  return typeof resource === 'string' && resource.length <= 2048 && URL.canParse(resource);
}

/** The id of a message that may be malformed otherwise, so that its sender hears of it. */
function idOf(message: unknown): number | undefined {
  const id = (message as { id?: unknown } | null | undefined)?.id;
  return typeof id === 'number' ? id : undefined;
}
