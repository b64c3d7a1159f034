/**
 * The broker's core in Node, between the real demo servers and a scripted user: no browser, but every port
 * filled in, with the real store over an in-memory IndexedDB. What the user is shown and what crosses the wire
 * can be looked at from outside.
 */
import 'fake-indexeddb/auto';
import { startLab, type Lab, type LabOptions } from '../../demo/lab.ts';
import { Broker } from '../../src/background/broker.ts';
import { extensionHandlers } from '../../src/background/extension-door.ts';
import { Flows } from '../../src/background/flows.ts';
import { http } from '../../src/background/http.ts';
import { PageDoor } from '../../src/background/page-door.ts';
import type { Ports } from '../../src/background/ports.ts';
import { openStore } from '../../src/background/store.ts';
import { Uses } from '../../src/background/uses.ts';
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
}

/** The scripted world. */
export class World {
  readonly lab: Lab;
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
  /** Whether the asking tab is in front. */
  inFront = true;
  hostAccess: (pattern: string) => boolean = () => true;
  life!: Life;
  private readonly agent = new UserAgent();
  private readonly windows = new Map<number, string>();
  private readonly answered = new Set<string>();

  private constructor(lab: Lab, store: Awaited<ReturnType<typeof openStore>>) {
    this.lab = lab;
    this.ports = this.makePorts(store);
  }

  static async open(options: LabOptions = {}): Promise<World> {
    const lab = await startLab({ extensionRedirectHosts: [REDIRECT_HOST], ...options });
    const world = new World(lab, await openStore(`world ${Math.random()}`));
    await world.restart();
    return world;
  }

  async close(): Promise<void> {
    await this.lab.close();
  }

  /** Ends this life of the worker, as the browser does: nothing in memory survives. */
  async restart(): Promise<void> {
    const flows = new Flows(this.ports);
    this.life = { flows, broker: new Broker(this.ports, flows, new Uses(this.ports)) };
    await flows.resume();
  }

  /** What our own documents may say; without the handlers that need a page's port. */
  get own() {
    const { ports } = this;
    const { flows, broker } = this.life;
    const uses = new Uses(ports);
    return extensionHandlers({
      ports,
      flows,
      broker,
      door: new PageDoor({} as never, {} as never),
      uses,
    });
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
      const decision = typeof answer === 'string' ? { decision: answer } : answer;
      await this.life.flows.consent.decide({ ...view, decision: 'allow', ...decision });
    }
  }

  private closeWindowOf(flow: string): void {
    for (const [window, of] of this.windows) {
      if (of !== flow) continue;
      this.windows.delete(window);
      this.life.flows.windowClosed(window);
    }
  }

  private makePorts(store: Awaited<ReturnType<typeof openStore>>): Ports {
    let nextWindow = 1;
    let turn: Promise<unknown> = Promise.resolve();
    return {
      now: () => Date.now() + this.elapsed,
      pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds).unref()),
      lock: (_name, task) => {
        const result = turn.then(task);
        turn = result.catch(() => undefined);
        return result;
      },
      http,
      store,
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
      version: '0.0.0',
    };
  }
}

/** The `WWW-Authenticate` of a 403 that names these scopes. */
export function insufficientScope(...scopes: string[]): string {
  return `Bearer error="insufficient_scope", scope="${scopes.join(' ')}"`;
}
