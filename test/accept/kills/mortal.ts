/**
 * A worker that can be killed at any call of a port: the promise of that call never settles, and from then on the old
 * life's calls do nothing. The next life begins on the same database, with a store that remembers nothing.
 */
import { openStore } from '../../../src/background/storage/open-store.ts';
import type { Replaceable, World } from '../../flow/world.ts';

/** The call of a port at which a life ends: before it has had any effect, or after that, with its answer lost. */
export interface Point {
  /** Such as `store.saveFlow` or `http`. */
  port: string;
  when: 'before' | 'after';
  /** Which of the calls that fit; default the first. */
  nth?: number;
  /** Whether a call fits, by its arguments. */
  only?: (args: readonly unknown[]) => boolean;
}

/** A call that a life has made. */
export interface Made {
  port: string;
  args: readonly unknown[];
}

type Method = (...args: unknown[]) => unknown;

/** Ports whose calls a kill can cut off; the others answer at once and leave nothing behind. */
const LASTING = ['http', 'pause', 'hasHostAccess', 'isInFront'];
/** A page that waits longer than this has been forgotten; milliseconds. */
const PATIENCE = 8000;
/** What a former life must not move any more. */
const PLAIN = ['showPending', 'changed'];

const never = <T>() => new Promise<T>(() => undefined);

/** One life of the worker. */
export class Life {
  readonly calls: Made[] = [];
  readonly died: Promise<void>;
  private point: Point | undefined;
  private readonly watch: (made: Made, when: 'sent' | 'done') => void;
  private readonly locks = new Map<string, Promise<unknown>>();
  private readonly writing = new Set<Promise<unknown>>();
  private fitting = 0;
  private isDead = false;
  private toll: () => void = () => undefined;

  constructor(point: Point | undefined, watch: (made: Made, when: 'sent' | 'done') => void) {
    this.point = point;
    this.watch = watch;
    this.died = new Promise((resolve) => (this.toll = resolve));
  }

  isAlive(): boolean {
    return !this.isDead;
  }

  /** What waits for this waits for good. */
  die(): Promise<never> {
    this.isDead = true;
    this.toll();
    return never();
  }

  /** It has come past its point: what is looked at from now on is the test's, and kills nobody. */
  spare(): void {
    this.point = undefined;
  }

  /** Ports like these, for this life alone. */
  wrap(ports: Replaceable): Replaceable {
    const members = (owner: object, name: string) =>
      Object.fromEntries(
        Object.entries(owner).map(([member, method]) => [
          member,
          member === 'redirectUri'
            ? (method as Method)
            : this.mortal(`${name}.${member}`, method as Method),
        ]),
      );
    return {
      ...ports,
      ...Object.fromEntries(
        LASTING.map((name) => [name, this.mortal(name, Reflect.get(ports, name) as Method)]),
      ),
      ...Object.fromEntries(
        PLAIN.map((name) => [
          name,
          (...args: unknown[]) => !this.isAlive() || (Reflect.get(ports, name) as Method)(...args),
        ]),
      ),
      lock: (name, task) => this.lock(name, task),
      store: members(ports.store, 'store') as unknown as Replaceable['store'],
      authWindow: members(ports.authWindow, 'authWindow') as unknown as Replaceable['authWindow'],
      promptWindow: members(
        ports.promptWindow,
        'promptWindow',
      ) as unknown as Replaceable['promptWindow'],
    };
  }

  private mortal(port: string, method: Method): Method {
    return async (...args) => {
      if (!this.isAlive()) return never();
      const made = { port, args };
      this.calls.push(made);
      const end = this.endAt(made);
      if (end === 'before') return this.die();
      this.watch(made, 'sent');
      const outcome = Promise.resolve(method(...args.map((one) => this.cutOff(one))));
      if (port.startsWith('store.')) this.writing.add(outcome);
      const result = await outcome;
      // What has happened outside has happened, whether or not anybody is there to hear of it.
      this.watch(made, 'done');
      if (end === 'after') void this.die();
      return this.isAlive() ? result : never();
    };
  }

  /** What had reached the disk is there before the next life looks, as the transactions of one database are. */
  async written(): Promise<void> {
    await Promise.allSettled(this.writing);
  }

  /** A function that was handed out is a call back into this life. */
  private cutOff(value: unknown): unknown {
    if (typeof value !== 'function') return value;
    return (...args: unknown[]) => {
      return this.isAlive() ? (value as Method)(...args) : undefined;
    };
  }

  /** When this life ends at the call, if it does. */
  private endAt({ port, args }: Made): Point['when'] | undefined {
    const { point } = this;
    if (!point || (point.port !== '*' && point.port !== port)) return undefined;
    if (point.only && !point.only(args)) return undefined;
    this.fitting += 1;
    return this.fitting === (point.nth ?? 1) ? point.when : undefined;
  }

  /** A lock ends with the worker that holds it. */
  private lock<T>(name: string, task: () => Promise<T>): Promise<T> {
    if (!this.isAlive()) return never();
    const made = { port: 'lock', args: [name] };
    this.calls.push(made);
    if (this.endAt(made)) return this.die();
    const result = (this.locks.get(name) ?? Promise.resolve()).then(task);
    this.locks.set(
      name,
      result.catch(() => undefined),
    );
    return result;
  }
}

/** Every call is answered. */
function forgotten(): Promise<never> {
  return new Promise((_resolve, reject) => {
    setTimeout(reject, PATIENCE, new Error('The call was never answered')).unref();
  });
}

/** How a page's call ended. */
export type Outcome = { token: string } | { code: string };

/** What was sent and what came of it, over all lives. */
class Witness {
  readonly codes = new Map<string, number>();
  /** Refresh tokens by how often each was sent. */
  readonly refreshed = new Map<string, number>();
  /** Refresh tokens whose answer is on disk. */
  readonly recorded = new Set<string>();
  spentTwice = 0;
  promptWindows = 0;
  registrations = 0;
  revocations = 0;
  readonly openWindows = new Set<number>();
  /** Windows whose number has never reached the disk. */
  readonly unnoted = new Set<number>();

  see({ port, args }: Made, when: 'sent' | 'done'): void {
    if (when === 'sent') {
      if (port === 'http') this.seeRequest(args);
      if (port === 'promptWindow.open') this.promptWindows += 1;
      return;
    }
    if (port === 'authWindow.close') this.openWindows.delete(args[0] as number);
    if (port === 'store.saveFlow') {
      const { signInWindow } = args[0] as { signInWindow?: number };
      if (signInWindow !== undefined) this.unnoted.delete(signInWindow);
    }
    if (port === 'store.saveUnfinished') {
      const work = args[1] as { todo: string; grant: { token?: { refreshToken?: string } } };
      const held = work.todo === 'renew' ? work.grant.token?.refreshToken : undefined;
      if (held !== undefined) this.recorded.add(held);
    }
  }

  /** Once it is sent; whether anybody hears the answer is another matter. */
  seeRequest([, init]: readonly unknown[]): void {
    const body = new URLSearchParams(String((init as RequestInit).body ?? ''));
    const code = body.get('code');
    const refresh = body.get('refresh_token');
    if (code !== null) this.codes.set(code, (this.codes.get(code) ?? 0) + 1);
    if (refresh !== null) this.refreshed.set(refresh, (this.refreshed.get(refresh) ?? 0) + 1);
    if (refresh !== null && this.recorded.has(refresh)) this.spentTwice += 1;
    if (body.has('token_type_hint')) this.revocations += 1;
    if (String((init as RequestInit).body ?? '').includes('"redirect_uris"'))
      this.registrations += 1;
  }

  /** A worker has died with an answer, so the next one sent the same refresh token once more (K22). */
  get hasLostAnswer(): boolean {
    return [...this.refreshed.values()].some((count) => count > 1);
  }

  get codesTwice(): number {
    return [...this.codes.values()].filter((count) => count > 1).length;
  }
}

/** A world whose worker dies at a point and is started again. */
export class Lives {
  readonly world: World;
  readonly witness = new Witness();
  current = new Life(undefined, () => undefined);
  private readonly outside: Replaceable;
  private signedIn: Promise<unknown> = Promise.resolve();

  constructor(world: World) {
    this.world = world;
    const { authWindow, ...others } = world.ports;
    const { witness } = this;
    this.outside = {
      ...others,
      authWindow: {
        ...authWindow,
        open: async (url, opened) => {
          let number = 0;
          const told = (window: number) => {
            number = window;
            witness.openWindows.add(window);
            witness.unnoted.add(window);
            opened(window);
          };
          const life = this.current;
          // The person is at one window at a time: one that a dead worker has left is in front of the next one.
          const signedIn = this.signedIn.then(() => authWindow.open(url, told));
          this.signedIn = signedIn.catch(() => undefined);
          const callback = await signedIn;
          // It closes with the redirect, as long as somebody waits for that.
          if (life.isAlive()) witness.openWindows.delete(number);
          return callback;
        },
      },
    };
  }

  /** Begins a life, which ends at `point`. */
  async begin(point?: Point, isAwaited = true): Promise<Life> {
    void this.current.die();
    await this.current.written();
    const { world, witness } = this;
    const life = new Life(point, (made, when) => {
      witness.see(made, when);
    });
    this.current = life;
    const store = await openStore(world.database);
    Object.assign(world, { ports: life.wrap({ ...this.outside, store }) });
    // The person looks again at what is on the screen still.
    world['answered'].clear();
    const started = world.begin().start();
    started.catch(() => undefined);
    if (isAwaited) await Promise.race([started, life.died]);
    this.look();
    return life;
  }

  /** What the prompts do when they look again: one whose flow is gone closes, and a person answers the others. */
  look(): void {
    for (const [window, flow] of this.world['windows']) {
      if (this.world.life.flows.view(flow) === undefined) this.world['windows'].delete(window);
    }
    void this.world['attend']();
  }

  /** Does what `task` says, and again in the next life, as pages and people do when the worker dies under a call. */
  async survive<T>(task: () => Promise<T>): Promise<T | 'interrupted'> {
    for (let tries = 0; tries < 2; tries += 1) {
      const life = this.current;
      const outcome = await Promise.race([
        task(),
        life.died.then(() => 'died' as const),
        forgotten(),
      ]);
      if (outcome !== 'died') return outcome;
      await this.begin();
    }
    return 'interrupted';
  }

  /** As a page asks, whose SDK says it once more to the next worker. */
  ask(params: Parameters<World['getToken']>[0] = {}): Promise<Outcome | 'interrupted'> {
    return this.survive(() =>
      this.world.getToken(params).then(
        (token) => ({ token: token.access_token }),
        (error: unknown) => ({ code: (error as { code?: string }).code ?? String(error) }),
      ),
    );
  }
}
