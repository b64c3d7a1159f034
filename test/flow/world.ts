/**
 * The broker's core in Node, between the real demo servers and a scripted user: no browser, but every port
 * filled in, with the real store over an in-memory IndexedDB. Pages call through the page door. What the user is
 * shown, what each page is told and what crosses the wire can be looked at from outside.
 */
import 'fake-indexeddb/auto';
import { startLab, type Lab, type LabOptions } from '../../demo/lab.ts';
import { assemble, type Core, type Outside } from '../../src/background/assemble.ts';
import { http } from '../../src/background/browser/http.ts';
import { OpenPages } from '../../src/background/doors/open-pages.ts';
import type { Store } from '../../src/background/ports/stores.ts';
import { openStore } from '../../src/background/storage/open-store.ts';
import { toWire, type WireError } from '../../src/shared/errors.ts';
import type { Duration } from '../../src/shared/facts/duration.ts';
import type { PageEvent, TokenParams } from '../../src/shared/page-contract.ts';
import type { Decision, PromptSnapshot } from '../../src/shared/prompt.ts';
import { UserAgent, type Choices } from '../demo/user-agent.ts';
import { CarriedRequest, type Wished } from './carried-request.ts';
import { WorldPage } from './page.ts';
import { nodeStream } from '../support/node-stream.ts';

/** Where the scripted browser takes authorization responses. */
export const REDIRECT_HOST = 'cjophohaflpeoakoenaefbejjimbhomo.chromiumapp.org';

/** What the user does about a prompt. `ignore` leaves it open; more than a word fills in the decision. */
export type Answer = 'allow' | 'deny' | 'close' | 'ignore' | Partial<Decision>;

/**
 * A user who agrees to everything that the rules allow, and lets nothing else pass (Z53). They have no key: where one is
 * wanted they sign in, or say no (Z38).
 */
export function agreeing({ credential, keyHeld, otherWay, missing }: PromptSnapshot): Answer {
  if (missing) return 'deny';
  if (credential !== 'key' || keyHeld) return 'allow';
  return otherWay ? { decision: 'choose', way: otherWay } : 'deny';
}

/** The servers of a world, as far as the world itself has to know them. */
export interface Servers {
  siteA: { origin: string };
  mcpServer: { url: string };
  close(): Promise<void>;
}

/** What the core acts with, as a test may change it. */
export type Replaceable = { -readonly [P in keyof Outside]: Outside[P] };

/** Looks each port up when it is called, so that a test can replace one under a core that lives. */
function delegating(ports: Replaceable): Outside {
  const late = (owner: object, name: string) => {
    const member = Reflect.get(owner, name) as unknown;
    if (typeof member === 'function') {
      return (...args: unknown[]) =>
        (Reflect.get(owner, name) as (...args: unknown[]) => unknown)(...args);
    }
    return member;
  };
  const entries = Object.keys(ports).map((name) => {
    const port = Reflect.get(ports, name) as unknown;
    if (typeof port !== 'object' || port === null) return [name, late(ports, name)];
    const members = Object.keys(port).map((member) => [
      member,
      (...args: unknown[]) =>
        (
          Reflect.get(Reflect.get(ports, name) as object, member) as (...args: unknown[]) => unknown
        )(...args),
    ]);
    return [name, Object.fromEntries(members)];
  });
  return Object.fromEntries(entries) as Outside;
}

/** Pages that write down what they are told. */
class WatchedPages extends OpenPages {
  private readonly events: { origin: string; event: PageEvent }[];

  constructor(events: { origin: string; event: PageEvent }[]) {
    super();
    this.events = events;
  }

  override tell(origin: string, event: PageEvent): void {
    this.events.push({ origin, event });
    super.tell(origin, event);
  }
}

/** The scripted world. */
export class World<S extends Servers = Lab> {
  readonly lab: S;
  /** What the core acts with. A test may replace any part of it; what a life was told at its start it keeps. */
  readonly ports: Replaceable;
  /** Name of the database, for a test that opens it a second time. */
  readonly database: string;
  /** Every prompt that the user was shown, in order. */
  readonly prompts: PromptSnapshot[] = [];
  readonly events: { origin: string; event: PageEvent }[] = [];
  /** Decides about each prompt. */
  answer: (snapshot: PromptSnapshot) => Answer = agreeing;
  /** What the user does on the sign-in pages. */
  choices: Choices = {};
  /** Changes the callback URL before the broker gets it, as a hostile server would. */
  tamper: (callback: URL) => void = () => undefined;
  /** Added to the clock; milliseconds. */
  elapsed = 0;
  /** How long the next prompts are allowed for; absent: as they say. */
  duration: Duration | undefined;
  /** Whether the asking tab is in front. */
  inFront = true;
  hostAccess: (pattern: string) => boolean = () => true;
  /** Set for a test about when a page is told: else a failure is told at once, however long the door holds it back. */
  holdsFailuresBack = false;
  /** What pages were told that is not what `toWire` makes of the failure; {@link close} fails on any. */
  readonly mistold: { wire: WireError; error: unknown }[] = [];
  /** One life of the worker: `restart` kills it and starts the next on the same store. */
  life!: Core;
  private readonly agent = new UserAgent();
  private readonly windows = new Map<number, string>();
  private readonly answered = new Set<string>();
  /** One queue for each name, as Web Locks keep them; they outlive a worker no more than it does. */
  private readonly locks = new Map<string, Promise<unknown>>();
  private readonly pages: WorldPage[] = [];
  /** Every carried request, in order. */
  readonly requests: CarriedRequest[] = [];
  /** The failures that the door has noted, by the name that the page is given. */
  private readonly failures = new Map<string, unknown>();
  /** Match patterns of the hosts to which access was given back. */
  readonly dropped: string[] = [];
  /** The browser's word that access to hosts was withdrawn, to be called with their patterns. */
  withdrawn: (patterns: readonly string[]) => void = () => undefined;
  /** The browser's word that access to hosts was given. */
  given: (patterns: readonly string[]) => void = () => undefined;
  private nextWindow = 1;

  private constructor(lab: S, store: Store, database: string) {
    this.lab = lab;
    this.database = database;
    this.ports = this.makePorts(store);
  }

  static async open(options: LabOptions = {}): Promise<World> {
    return World.beside(await startLab({ extensionRedirectHosts: [REDIRECT_HOST], ...options }));
  }

  /** A world around servers that are there already. */
  static async beside<S extends Servers>(servers: S): Promise<World<S>> {
    const database = `world ${Math.random()}`;
    const world = new World(servers, await openStore(database), database);
    await world.restart();
    return world;
  }

  async close(): Promise<void> {
    await this.lab.close();
    if (this.mistold.length > 0) throw new Error(`Told pages: ${JSON.stringify(this.mistold)}`);
  }

  /** Ends this life of the worker, as the browser does: nothing in memory survives. */
  async restart(): Promise<void> {
    // The browser releases what a worker held.
    this.locks.clear();
    await this.begin().start();
  }

  /** As {@link restart}, without the wait for what the worker does on its own: as a page finds it. */
  begin(): Core {
    const outside = delegating(this.ports);
    const held = { isFailing: false };
    const pause: Outside['pause'] = (milliseconds) =>
      held.isFailing && !this.holdsFailuresBack ? Promise.resolve() : outside.pause(milliseconds);
    this.life = assemble({ ...outside, pause }, new WatchedPages(this.events));
    this.nameFailures(held);
    for (const page of this.pages) if (page.isThere) this.admit(page);
    return this.life;
  }

  /** Remembers each failure that the door notes. In the same turn the door begins to hold it back, if it does. */
  private nameFailures(held: { isFailing: boolean }): void {
    const { log } = this.life.ports;
    const note = log.noteFailure.bind(log);
    log.noteFailure = (error, about) => {
      const name = note(error, about);
      this.failures.set(name, error);
      held.isFailing = true;
      queueMicrotask(() => (held.isFailing = false));
      return name;
    };
  }

  /** The error behind what a page was told, which must be what `toWire` makes of it: dull before a grant (Z2). */
  private async reveal(wire: WireError, origin: string, params: unknown): Promise<unknown> {
    const name = wire.correlationId;
    const error = this.failures.get(name);
    if (error === undefined) throw new Error(`Nothing was noted of ${JSON.stringify(wire)}`);
    const { resource = '' } = params as { resource?: string };
    const grant = await this.ports.store.findGrant(origin, resource).catch(() => undefined);
    // What a grant that is there lets the site learn depends on whether it is over; without one nothing does.
    const right = [false, ...(grant ? [true] : [])].map((holds) => toWire(error, holds, name));
    if (!right.some((one) => JSON.stringify(one) === JSON.stringify(wire))) {
      this.mistold.push({ wire, error });
    }
    return error;
  }

  private admit(page: WorldPage): void {
    const { life } = this;
    page.connect((port, caller) => {
      life.pages.serve(port, caller);
    });
  }

  /** Opens a page of a site in a tab of its own, or in this one; each is a document of its own. */
  openPage(
    origin = this.lab.siteA.origin,
    tabId = this.pages.length + 1,
    documentId = `document ${this.pages.length + 1}`,
  ): WorldPage {
    const page = new WorldPage({ origin, tabId, documentId }, this.reveal.bind(this));
    this.pages.push(page);
    this.admit(page);
    return page;
  }

  /** A page that was left comes back as it was, from the back/forward cache. */
  bringBack(page: WorldPage): void {
    this.admit(page);
  }

  /** The page of a site that calls unless a test opens others: its first that is there. */
  pageOf(origin = this.lab.siteA.origin): WorldPage {
    const open = this.pages.find(({ caller, isThere }) => isThere && caller.origin === origin);
    return open ?? this.openPage(origin);
  }

  /** Starts anew with parts that a life keeps as they were at its start. */
  async startWith(parts: Partial<Pick<Outside, 'clientDocument' | 'session'>>): Promise<void> {
    Object.assign(this.ports, parts);
    await this.restart();
  }

  /** Closes the browser and opens it again. */
  async restartBrowser(): Promise<void> {
    await this.startWith({ session: `session ${Math.random()}` });
  }

  /** What our own documents may say. */
  get own() {
    return this.life.documents;
  }

  /** `getToken` as a page of site A (or another origin) calls it. */
  getToken(
    params: Partial<TokenParams> = {},
    { origin, signal }: { origin?: string; signal?: AbortSignal } = {},
  ) {
    const resource = this.lab.mcpServer.url;
    return this.pageOf(origin).call('getToken', { resource, ...params }, signal);
  }

  /** Has a request carried, as a page of site A (or another origin) does it; `ended()` of it waits for its end. */
  carry(wished: Wished = {}, origin = this.lab.siteA.origin): CarriedRequest {
    return this.openCarried(origin).send({ url: this.resource, ...wished });
  }

  /** Opens the port of a carried request, and says nothing yet. */
  openCarried(origin = this.lab.siteA.origin): CarriedRequest {
    const { caller } = this.pageOf(origin);
    const request = new CarriedRequest((port, from) => {
      this.life.carrying.serve(port, from);
    }, caller);
    this.requests.push(request);
    return request;
  }

  get resource(): string {
    return this.lab.mcpServer.url;
  }

  /** The windows that are open now. */
  get openPrompts(): number {
    return this.windows.size;
  }

  /** Answers the prompts that wait, as the user looks at them. */
  private async attend(): Promise<void> {
    for (const view of this.life.flows.pending()) {
      if (this.answered.has(view.nonce) || ![...this.windows.values()].includes(view.flow))
        continue;
      this.answered.add(view.nonce);
      this.prompts.push(view.snapshot);
      const answer = this.answer(view.snapshot);
      if (answer === 'close') this.closeWindowOf(view.flow);
      if (answer === 'close' || answer === 'ignore') continue;
      const { flow, nonce, digest } = view;
      const decision = typeof answer === 'string' ? { decision: answer } : answer;
      const duration = this.duration && { duration: this.duration };
      const made = { decision: 'allow' as const, ...decision, ...duration };
      await this.own.decide({ flow, nonce, digest, ...made });
    }
  }

  private closeWindowOf(flow: string): void {
    for (const [window, of] of this.windows) {
      if (of !== flow) continue;
      this.windows.delete(window);
      void this.life.flows.windowClosed(window);
    }
  }

  private makePorts(store: Store): Replaceable {
    return {
      now: () => Date.now() + this.elapsed,
      random: Math.random,
      pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds).unref()),
      lock: (name, task) => {
        const result = (this.locks.get(name) ?? Promise.resolve()).then(task);
        this.locks.set(
          name,
          result.catch(() => undefined),
        );
        return result;
      },
      http,
      store,
      authWindow: {
        redirectUri: (path) => `https://${REDIRECT_HOST}/${path}`,
        open: async (url, opened) => {
          opened(this.nextWindow++);
          const { location, html } = await this.agent.open(url, this.choices);
          if (!location) throw new Error(`The journey ended on a page: ${html.slice(0, 300)}`);
          this.tamper(location);
          return location.href;
        },
        close: () => Promise.resolve(),
      },
      promptWindow: {
        open: (flow) => {
          this.windows.set(this.nextWindow, flow);
          queueMicrotask(() => void this.attend());
          return Promise.resolve(this.nextWindow++);
        },
        isOpen: (window) => Promise.resolve(this.windows.has(window)),
        focus: () => Promise.resolve(),
        stepAside: () => Promise.resolve(),
        close: (window) => {
          this.windows.delete(window);
          return Promise.resolve();
        },
      },
      stream: nodeStream,
      protocolOf: () => '',
      copiesBytes: true,
      patience: 60_000,
      keepAlive: () => () => undefined,
      watchHostAccess: (gone) => void (this.withdrawn = gone),
      watchHostGiven: (given) => void (this.given = given),
      dropHostAccess: (patterns) => Promise.resolve(void this.dropped.push(...patterns)),
      hasHostAccess: (patterns) => Promise.resolve(patterns.every((one) => this.hostAccess(one))),
      isInFront: () => Promise.resolve(this.inFront),
      watchFront: () => () => undefined,
      showPending: () => undefined,
      changed: () => void setTimeout(() => void this.attend()),
      session: 'first session',
      version: '0.0.0',
    };
  }
}

/** The `WWW-Authenticate` of a 403 that names these scopes. */
export function insufficientScope(...scopes: string[]): string {
  return `Bearer error="insufficient_scope", scope="${scopes.join(' ')}"`;
}
