/** The core between servers in memory and a user, with every port behind the seeded scheduler. */
import 'fake-indexeddb/auto';
import { assemble, type Core, type Outside } from '../../../src/background/assemble.ts';
import { OpenPages } from '../../../src/background/doors/open-pages.ts';
import type { Store } from '../../../src/background/ports/stores.ts';
import { BrokerError } from '../../../src/shared/errors.ts';
import type { BrokerMessage, PageEvent } from '../../../src/shared/page-contract.ts';
import { HUB } from '../support/memory-world.ts';
import type { Life, Scheduler } from '../support/scheduler.ts';
import { StrictProvider } from '../support/strict-provider.ts';

export const RESOURCE = `${HUB}/mcp`;
/** All lead to the one resource. */
export const ADDRESSES = [RESOURCE, `${RESOURCE}/a`, `${RESOURCE}/b`];
export const SITES = ['https://a.example', 'https://b.example', 'https://quiet.example'] as const;

/** What the user was asked and said. */
export interface Answered {
  step: number;
  origin: string;
  decision: 'allow' | 'deny' | 'close';
  scopes: string[];
}

/** Store calls that are for people only; they decide nothing, and cost most of the time. */
const UNREAD = ['addActivity', 'countUses', 'saveTrace', 'prune'];

export class ModelWorld {
  readonly scheduler: Scheduler;
  readonly providers: StrictProvider[];
  /** Index of the provider that the MCP server names now. */
  named = 0;
  readonly answers: Answered[] = [];
  readonly events: { step: number; to: string; event: PageEvent }[] = [];
  /** Scopes of a sign-in that nobody had allowed. */
  readonly unasked: string[] = [];
  core!: Core;
  /** True for a user who agrees to everything. */
  isWilling = false;
  kills = 0;
  readonly store: Store;
  #life = newLife();
  #locks = new Map<string, Promise<unknown>>();
  readonly #windows = new Map<number, string>();
  readonly #expecting = new Set<string>();
  #nextWindow = 1;
  #hasBegun = false;

  constructor(scheduler: Scheduler, store: Store) {
    this.scheduler = scheduler;
    this.store = store;
    const describe = (url: URL) =>
      url.pathname.includes('/mcp')
        ? { resource: RESOURCE, authorization_servers: [this.providers[this.named]!.issuer] }
        : undefined;
    this.providers = ['https://as.example', 'https://new.example'].map(
      (issuer) => new StrictProvider(issuer, describe),
    );
  }

  /** Ends the worker's life, if there is one, and begins the next. */
  begin(): void {
    if (this.#hasBegun) this.kills += 1;
    this.#hasBegun = true;
    this.#life.isOver = true;
    this.#life.over();
    this.#locks = new Map();
    this.#expecting.clear();
    this.#life = newLife();
    const open = new OpenPages();
    for (const [i, origin] of SITES.entries()) {
      const post = ({ event }: Partial<{ event: PageEvent }> & BrokerMessage) => {
        if (event) this.events.push({ step: this.scheduler.step, to: origin, event });
      };
      open.add({ caller: { origin, tabId: i }, post });
    }
    this.core = assemble(this.#ports(this.#life), open);
    this.core.start().catch(() => undefined);
  }

  /**
   * Asks the worker that lives now. Whoever asks hears when it is killed, and asks the next one again where that is
   * what it does: a page's call is repeated, a click is not.
   */
  async ask<T>(call: (core: Core) => Promise<T>, manner: 'once' | 'again' = 'once'): Promise<T> {
    for (;;) {
      const { end } = this.#life;
      const outcome = await Promise.race([call(this.core).then((value) => ({ value })), end]);
      if (outcome) return outcome.value;
      if (manner === 'once') throw new BrokerError('interrupted');
    }
  }

  /** Reads what is stored, as one who looks from outside. */
  read<T>(look: () => Promise<T>): Promise<T> {
    return this.scheduler.gate(undefined, look);
  }

  /** The user looks at each question that has its window; called before each step. */
  attend(): void {
    for (const { flow, nonce, step } of this.core.flows.pending()) {
      const isShown = [...this.#windows.values()].includes(flow);
      if (step !== 'deciding' || !isShown || this.#expecting.has(nonce)) continue;
      this.#expecting.add(nonce);
      void this.scheduler.gate(this.#life, () => undefined).then(() => this.#answer(nonce));
    }
  }

  /** Windows of ours that stand for nothing any more. */
  orphans(): string[] {
    return [...this.#windows.values()].filter((flow) => {
      const view = this.core.flows.view(flow);
      return view?.step !== 'failed';
    });
  }

  #closeGone(): void {
    for (const [window, flow] of this.#windows) {
      if (!this.core.flows.view(flow)) this.#windows.delete(window);
    }
  }

  #answer(nonce: string): void {
    const view = this.core.flows.pending().find((one) => one.nonce === nonce);
    if (view?.step !== 'deciding') return;
    const { flow, digest, snapshot } = view;
    const luck = this.isWilling ? 0 : this.scheduler.random();
    const decision = luck < 0.8 ? 'allow' : luck < 0.9 ? 'deny' : 'close';
    const scopes = snapshot.stage === 'allow' ? snapshot.scopes : { added: [], held: [] };
    const { step } = this.scheduler;
    const said = { step, origin: snapshot.origin, decision, scopes: scopes.added } as const;
    this.answers.push({ ...said, scopes: [...scopes.added, ...scopes.held] });
    if (decision !== 'close') {
      void this.core.documents.decide({ flow, nonce, digest, decision }).catch(() => undefined);
      return;
    }
    for (const [window, of] of this.#windows) {
      if (of !== flow) continue;
      this.#windows.delete(window);
      void this.core.flows.windowClosed(window);
    }
  }

  #ports(life: Life): Outside {
    const { scheduler } = this;
    const gate = <T>(work: () => T | Promise<T>) => scheduler.gate(life, work);
    return {
      now: () => scheduler.now,
      random: scheduler.random,
      pause: (milliseconds) => scheduler.pause(life, milliseconds),
      lock: (name, task) => this.#lock(life, name, task),
      http: (url, init, limits) => gate(() => 0).then(() => this.#request(life, url, init, limits)),
      store: this.#gatedStore(life),
      authWindow: {
        redirectUri: (path) => `https://ours.example/${path}`,
        open: (url, opened) => gate(() => this.#signIn(url, opened)),
        close: () => Promise.resolve(),
      },
      promptWindow: {
        open: (flow) =>
          gate(() => {
            this.#windows.set(this.#nextWindow, flow);
            return this.#nextWindow++;
          }),
        isOpen: (window) => Promise.resolve(this.#windows.has(window)),
        focus: () => Promise.resolve(),
        stepAside: () => Promise.resolve(),
        close: (window) => gate(() => void this.#windows.delete(window)),
      },
      stream: () => Promise.reject(new Error('nothing is carried here')),
      protocolOf: () => '',
      copiesBytes: false,
      patience: 60_000,
      keepAlive: () => () => undefined,
      watchHostAccess: () => undefined,
      watchHostGiven: () => undefined,
      hasHostAccess: () => Promise.resolve(true),
      dropHostAccess: () => Promise.resolve(),
      isInFront: () => Promise.resolve(true),
      watchFront: () => () => undefined,
      showPending: () => undefined,
      // Each prompt looks again, and closes itself when its flow is gone.
      changed: () => {
        void gate(() => undefined)
          .then(() => this.core.flows.resumed)
          .then(() => {
            this.#closeGone();
          });
      },
      session: 'one session',
      version: '0.0.0',
    };
  }

  /** One queue for each name; it ends with the life, as the browser's locks do. */
  #lock<T>(life: Life, name: string, task: () => Promise<T>): Promise<T> {
    const before = this.#locks.get(name) ?? Promise.resolve();
    const turn = before.then(() => this.scheduler.gate(life, () => undefined)).then(task);
    this.#locks.set(
      name,
      turn.catch(() => undefined),
    );
    return turn;
  }

  #gatedStore(life: Life): Store {
    const members = Object.entries(this.store).map(([name, method]) => {
      if (UNREAD.includes(name)) return [name, () => Promise.resolve()];
      const call = method as (...args: unknown[]) => Promise<unknown>;
      return [name, (...args: unknown[]) => this.scheduler.gate(life, () => call(...args))];
    });
    return Object.fromEntries(members) as Store;
  }

  async #request(life: Life, ...[url, init, limits]: Parameters<Outside['http']>) {
    const { origin } = new URL(url);
    const at = this.providers.find(({ issuer }) => issuer === origin) ?? this.providers[0]!;
    const response = await at.http(url, init, limits);
    // The answer has its own way to go; a life that ends meanwhile does not hear it.
    return this.scheduler.gate(life, () => response);
  }

  #signIn(url: string, opened: (window: number) => void): string {
    opened(this.#nextWindow++);
    const { origin, searchParams } = new URL(url);
    const allowed = this.answers.filter(({ decision }) => decision === 'allow');
    const known = new Set(allowed.flatMap(({ scopes }) => scopes));
    const scopes = (searchParams.get('scope') ?? '').split(' ').filter(Boolean);
    this.unasked.push(...scopes.filter((scope) => !known.has(scope)));
    if (!this.isWilling && this.scheduler.random() < 0.08) throw new BrokerError('access_denied');
    return this.providers.find(({ issuer }) => issuer === origin)!.authorize(url);
  }
}

/** A life, and who hears of its end. */
function newLife() {
  let over = (): void => undefined;
  const end = new Promise<undefined>((resolve) => {
    over = () => {
      resolve(undefined);
    };
  });
  return { isOver: false, end, over };
}
