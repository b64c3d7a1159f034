/**
 * The broker's core in Node, between the real demo servers and a scripted user: no browser, but every port
 * filled in, with the real store over an in-memory IndexedDB. What the user is shown and what crosses the wire
 * can be looked at from outside.
 */
import 'fake-indexeddb/auto';
import { startLab, type Lab, type LabOptions } from '../../demo/lab.ts';
import { Activity } from '../../src/background/activity.ts';
import { Broker } from '../../src/background/broker.ts';
import { extensionHandlers } from '../../src/background/extension-door.ts';
import { Flows } from '../../src/background/flows.ts';
import { http } from '../../src/background/http.ts';
import { endGrants } from '../../src/background/lifetime.ts';
import type { ActivityLog, Ports, Store, TraceLog } from '../../src/background/ports.ts';
import { openStore } from '../../src/background/store.ts';
import { Traces } from '../../src/background/traces.ts';
import { Uses } from '../../src/background/uses.ts';
import type { Duration } from '../../src/shared/grant.ts';
import type { PageEvent, TokenParams } from '../../src/shared/messages.ts';
import type { Decision, PromptSnapshot } from '../../src/shared/prompt.ts';
import { UserAgent, type Choices } from '../demo/user-agent.ts';

/** Where the scripted browser takes authorization responses. */
export const REDIRECT_HOST = 'cjophohaflpeoakoenaefbejjimbhomo.chromiumapp.org';

/** What the user does about a prompt. `ignore` leaves it open; more than a word fills in the decision. */
export type Answer = 'allow' | 'deny' | 'close' | 'ignore' | Partial<Decision>;

/** One life of the worker: `restart` kills it and starts the next on the same store. */
export interface Life {
  broker: Broker;
  flows: Flows;
  brokerage: Parameters<typeof extensionHandlers>[0];
}

/** The servers of a world, as far as the world itself has to know them. */
export interface Servers {
  siteA: { origin: string };
  mcpServer: { url: string };
  close(): Promise<void>;
}

/** The scripted world. */
export class World<S extends Servers = Lab> {
  readonly lab: S;
  readonly ports: Ports;
  /** Every prompt that the user was shown, in order. */
  readonly prompts: PromptSnapshot[] = [];
  readonly events: { origin: string; event: PageEvent }[] = [];
  /** Decides about each prompt. */
  answer: (snapshot: PromptSnapshot) => Answer = () => 'allow';
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
  life!: Life;
  /** Names the browser session. */
  session = 'first session';
  private readonly agent = new UserAgent();
  private readonly store: Store;
  private readonly windows = new Map<number, string>();
  private readonly answered = new Set<string>();

  private constructor(lab: S, store: Store) {
    this.lab = lab;
    this.store = store;
    this.ports = this.makePorts();
  }

  static async open(options: LabOptions = {}): Promise<World> {
    return World.beside(await startLab({ extensionRedirectHosts: [REDIRECT_HOST], ...options }));
  }

  /** A world around servers that are there already. */
  static async beside<S extends Servers>(servers: S): Promise<World<S>> {
    const world = new World(servers, await openStore(`world ${Math.random()}`));
    await world.restart();
    return world;
  }

  async close(): Promise<void> {
    await this.lab.close();
  }

  /** Ends this life of the worker, as the browser does: nothing in memory survives. */
  async restart(): Promise<void> {
    const { ports } = this;
    ports.store = this.store;
    const activity = new Activity(ports);
    const traces = new Traces(ports);
    Object.assign(ports, { log: activity, traces });
    const ending = endGrants(ports);
    const flows = new Flows(ports);
    const uses = new Uses(ports);
    const broker = new Broker(ports, flows, uses);
    const door = { originIn: () => undefined };
    const brokerage = { ports, flows, broker, door, uses, ending, activity, traces };
    this.life = { flows, broker, brokerage };
    await Promise.all([flows.resume(), ending.endDue()]);
  }

  /** Closes the browser and opens it again. */
  async restartBrowser(): Promise<void> {
    this.session = `session ${Math.random()}`;
    await this.restart();
  }

  /** What our own documents may say; without the handlers that need a page's port. */
  get own() {
    return extensionHandlers(this.life.brokerage);
  }

  /** `getToken` as a page of site A (or another origin) calls it. */
  getToken(
    params: Partial<TokenParams> = {},
    { origin = this.lab.siteA.origin, signal = new AbortController().signal } = {},
  ) {
    const resource = this.lab.mcpServer.url;
    return this.life.broker.getToken({ origin, tabId: 1 }, { resource, ...params }, signal);
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
      this.life.flows.windowClosed(window);
    }
  }

  private makePorts(): Ports {
    let nextWindow = 1;
    const turns = new Map<string, Promise<unknown>>();
    const ports: Ports = {
      now: () => Date.now() + this.elapsed,
      random: Math.random,
      pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds).unref()),
      // One queue a name, as the browser has it: a wrong name must not be covered up by a lock of everything.
      lock: (name, task) => {
        const result = (turns.get(name) ?? Promise.resolve()).then(task);
        turns.set(
          name,
          result.catch(() => undefined),
        );
        return result;
      },
      http,
      store: this.store,
      // Filled in by each life.
      log: undefined as unknown as ActivityLog,
      traces: undefined as unknown as TraceLog,
      authWindow: {
        redirectUri: (path) => `https://${REDIRECT_HOST}/${path}`,
        open: async (url, opened) => {
          opened(nextWindow++);
          const { location, html } = await this.agent.open(url, this.choices);
          if (!location) throw new Error(`The journey ended on a page: ${html.slice(0, 300)}`);
          this.tamper(location);
          return location.href;
        },
        close: () => Promise.resolve(),
      },
      promptWindow: {
        open: (flow) => {
          this.windows.set(nextWindow, flow);
          queueMicrotask(() => void this.attend());
          return Promise.resolve(nextWindow++);
        },
        isOpen: (window) => Promise.resolve(this.windows.has(window)),
        focus: () => Promise.resolve(),
        close: (window) => {
          this.windows.delete(window);
          return Promise.resolve();
        },
      },
      hasHostAccess: (patterns) => Promise.resolve(patterns.every((one) => this.hostAccess(one))),
      isInFront: () => Promise.resolve(this.inFront),
      watchFront: () => () => undefined,
      showPending: () => undefined,
      tell: (origin, event) => this.events.push({ origin, event }),
      changed: () => void setTimeout(() => void this.attend()),
      session: '',
      version: '0.0.0',
    };
    return Object.defineProperty(ports, 'session', { get: () => this.session, enumerable: true });
  }
}

/** The `WWW-Authenticate` of a 403 that names these scopes. */
export function insufficientScope(...scopes: string[]): string {
  return `Bearer error="insufficient_scope", scope="${scopes.join(' ')}"`;
}
