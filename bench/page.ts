/**
 * Runs inside the measured page: the page SDK as a site would use it, a bare echo beside it, and a stopwatch.
 * Bundled by `site.ts`; the clock is the page's own, so nothing of the test driver is in the numbers.
 */
import './carried-page.ts';
import './streams-page.ts';
import { Connection } from '../src/client/connection.ts';
import { findBroker, type Broker, type GetTokenParams } from '../src/client/index.ts';
import type { PageRuntime } from '../src/client/platform.ts';
import { findRuntime, openRuntimeChannel } from '../src/client/runtime-channel.ts';

/**
 * `echo`: one message to the echo extension and back. `hello`: the first call of a page, which lists where its
 * site holds grants. `getToken`: the public call, with a token in store.
 */
export type Subject = 'echo' | 'hello' | 'getToken';

/** Milliseconds, in the order in which they were measured; the nth of each subject belong to one round. */
export type Times = Record<string, number[]>;

/** What the page works with. */
interface Parties {
  extensionId: string;
  echoId: string;
  resource: string;
}

let broker: Broker;
let calls: Record<Subject, () => Promise<unknown>>;

/** Finds the broker. Nobody listens for events: a listener would open a lost channel again by itself. */
async function open({ extensionId, echoId, resource }: Parties): Promise<void> {
  const runtime = findRuntime();
  const found = await findBroker({ extensionIds: [extensionId], timeout: 5000 });
  if (!runtime || !found) throw new Error('No broker answers');
  broker = found;
  const connection = new Connection(async () => openRuntimeChannel(runtime, extensionId));
  const echo = new Echo(runtime, echoId);
  calls = {
    echo: () => echo.call({ v: 1, id: 1, call: 'getToken', params: { resource } }),
    hello: () => connection.call('hello', {}),
    getToken: () => broker.getToken({ resource }),
  };
}

/** The least that a port can do: one message there, the same back, the port opened again when it was lost. */
class Echo {
  private readonly runtime: PageRuntime;
  private readonly id: string;
  private port: ReturnType<PageRuntime['connect']> | undefined;
  private answered: (message: unknown) => void = () => {};

  constructor(runtime: PageRuntime, id: string) {
    this.runtime = runtime;
    this.id = id;
  }

  call(message: unknown): Promise<unknown> {
    return new Promise((resolve) => {
      this.answered = resolve;
      (this.port ??= this.connect()).postMessage(message);
    });
  }

  private connect() {
    const port = this.runtime.connect(this.id, { name: 'echo' });
    port.onMessage.addListener((message) => this.answered(message));
    port.onDisconnect.addListener(() => {
      void this.runtime.lastError;
      this.port = undefined;
    });
    return port;
  }
}

/** Measures every subject once per round, in random order, with a pause before each. */
async function sample(subjects: Subject[], rounds: number, pause: number): Promise<Times> {
  const times: Times = Object.fromEntries(subjects.map((subject) => [subject, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const subject of shuffled(subjects)) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      const start = performance.now();
      await calls[subject]();
      times[subject]?.push(performance.now() - start);
    }
  }
  return times;
}

function shuffled<T>(list: readonly T[]): T[] {
  return list
    .map((value) => ({ value, key: Math.random() }))
    .sort((one, other) => one.key - other.key)
    .map(({ value }) => value);
}

/** Makes all these calls at once; resolves the codes of those that fail. */
async function failures(asked: GetTokenParams[]): Promise<string[]> {
  const outcomes = await Promise.allSettled(asked.map((params) => broker.getToken(params)));
  return outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? String((outcome.reason as { code?: string }).code) : [],
  );
}

/** The token held now, to be called rejected. */
async function accessToken(params: GetTokenParams): Promise<string> {
  return (await broker.getToken(params)).access_token;
}

const surface = { open, sample, failures, accessToken };

/** What `globalThis.bench` holds, for the types of those who evaluate in the page. */
export type PageSurface = typeof surface;

Object.assign(globalThis, { bench: surface });
