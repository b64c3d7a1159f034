/** What the page door promises beside its answers: who is told what, when, and how much of it (T-06, T-12, T-25, Z2). */
import { describe, expect, it } from 'vitest';
import type { PageCaller } from '../../../src/background/ports/records.ts';
import { OpenPages } from '../../../src/background/doors/open-pages.ts';
import { PageDoor } from '../../../src/background/doors/page-door.ts';
import { type PageHandlers } from '../../../src/background/doors/page-call.ts';
import { type PagePort } from '../../../src/background/ports/ports.ts';
import type { ActivityLog } from '../../../src/background/ports/ports.ts';
import { BrokerError } from '../../../src/shared/errors.ts';
import type { BrokerMessage } from '../../../src/shared/page-contract.ts';

const SITE = { origin: 'https://site.example', tabId: 1 };
const RESOURCE = 'https://mcp.example';
const GET_TOKEN = { v: 1, call: 'getToken', params: { resource: RESOURCE } };

/** A door with a clock of its own; `pauses` is how long it was about to wait each time. */
function openDoor(handlers: Partial<PageHandlers> = {}, holds: boolean | BrokerError = false) {
  const clock = { now: 1_800_000_000_000 };
  const pauses: number[] = [];
  const log: ActivityLog = {
    note: () => undefined,
    noteFailure: () => 'a-name',
    write: () => Promise.resolve(),
  };
  const pages = new OpenPages();
  const ports = {
    now: () => clock.now,
    random: () => 0.5,
    pause: (milliseconds: number) => {
      pauses.push(milliseconds);
      return Promise.resolve();
    },
    holdsGrantAt: () =>
      typeof holds === 'boolean' ? Promise.resolve(holds) : Promise.reject(holds),
    log,
  };
  const door = new PageDoor(handlers as PageHandlers, ports, pages);
  return { door, pages, clock, pauses };
}

/** Lets a page in. */
function enter(door: PageDoor, caller: PageCaller = SITE) {
  const said: BrokerMessage[] = [];
  let send: (message: unknown) => void = () => undefined;
  let leave = () => {};
  let isClosed = false;
  const port: PagePort = {
    post: (message) => said.push(message),
    onMessage: (listener) => (send = listener),
    onClosed: (gone) => (leave = gone),
    close: () => (isClosed = true),
  };
  door.serve(port, caller);
  const codes = () =>
    said.flatMap((message) => ('ok' in message && !message.ok ? [message.error.code] : []));
  return {
    said,
    codes,
    isClosed: () => isClosed,
    say: (message: unknown) => {
      send(message);
    },
    leave: () => {
      leave();
    },
  };
}

const failing = (code: ConstructorParameters<typeof BrokerError>[0], wait = () => {}) => ({
  getToken: () => {
    wait();
    return Promise.reject(new BrokerError(code));
  },
});

describe('a failure of a server', () => {
  it('before any grant is connect_failed, whatever it was, and says more with one (Z2, T-33)', async () => {
    for (const [holds, code] of [
      [false, 'connect_failed'],
      [true, 'issuer_mismatch'],
    ] as const) {
      const page = enter(openDoor(failing('issuer_mismatch'), holds).door);
      page.say({ ...GET_TOKEN, id: 1 });
      await expect.poll(page.codes).toEqual([code]);
    }
  });

  it('before any grant is answered exactly ten seconds after the call, whatever it was (T-25, Z43)', async () => {
    for (const took of [0, 1, 700, 1999, 2001, 8999, 9999]) {
      const code = took % 2 ? 'network_error' : 'discovery_failed';
      const { door, clock, pauses } = openDoor(failing(code, () => (clock.now += took)));
      const page = enter(door);
      page.say({ ...GET_TOKEN, id: 1 });
      await expect.poll(page.codes).toEqual(['connect_failed']);
      expect([took, ...pauses]).toEqual([took, 10_000 - took]);
    }
  });

  it('is answered at a multiple of ten seconds where a person was asked meanwhile (T-25, Z43)', async () => {
    const { door, clock, pauses } = openDoor(failing('network_error', () => (clock.now += 21_400)));
    const page = enter(door);
    page.say({ ...GET_TOKEN, id: 1 });
    await expect.poll(page.codes).toEqual(['connect_failed']);
    expect(pauses).toEqual([8600]);
  });

  it.each(['rate_limited', 'access_denied', 'interaction_required', 'invalid_request'] as const)(
    'that needed no network is answered at once: %s (Z43)',
    async (code) => {
      const { door, pauses } = openDoor(failing(code));
      const page = enter(door);
      page.say({ ...GET_TOKEN, id: 1 });
      await expect.poll(page.codes).toEqual([code]);
      expect(pauses).toEqual([]);
    },
  );

  it('is answered at once for an address that is never contacted, however it failed (Z43)', async () => {
    const { door, pauses } = openDoor(failing('policy_blocked'), new BrokerError('policy_blocked'));
    const page = enter(door);
    page.say({ ...GET_TOKEN, id: 1 });
    page.say({ ...GET_TOKEN, id: 2, params: { resource: 'no address' } });
    await expect.poll(page.codes).toEqual(['connect_failed', 'connect_failed']);
    expect(pauses).toEqual([]);
  });

  it('of an address in the metadata is not answered at once: the network had a part in it (T-25, Z43)', async () => {
    const { door, pauses } = openDoor(failing('policy_blocked'));
    const page = enter(door);
    page.say({ ...GET_TOKEN, id: 1 });
    await expect.poll(page.codes).toEqual(['connect_failed']);
    expect(pauses).toEqual([10_000]);
  });

  it('is answered at once to a site that holds a grant there', async () => {
    const { door, pauses } = openDoor(failing('network_error'), true);
    const page = enter(door);
    page.say({ ...GET_TOKEN, id: 1 });
    await expect.poll(page.codes).toEqual(['network_error']);
    expect(pauses).toEqual([]);
  });
});

describe('an event', () => {
  it('reaches every page of its site and no page of another (Z1, T-01)', () => {
    const { door, pages: open } = openDoor();
    const pages = [
      enter(door, { origin: 'https://site.example', tabId: 1 }),
      enter(door, { origin: 'https://site.example', tabId: 2 }),
      enter(door, { origin: 'https://other.example', tabId: 3 }),
      enter(door, { origin: 'https://site.example:8443', tabId: 4 }),
    ];
    const event = { type: 'revoked' as const, resource: RESOURCE, scopes: [] };
    open.tell('https://site.example', event);
    expect(pages.map(({ said }) => said)).toEqual([[{ v: 1, event }], [{ v: 1, event }], [], []]);
  });

  it('reaches no page that has gone', () => {
    const { door, pages } = openDoor();
    const page = enter(door);
    page.leave();
    pages.tell(SITE.origin, { type: 'revoked', resource: RESOURCE, scopes: [] });
    expect(page.said).toEqual([]);
    expect(pages.originIn(SITE.tabId)).toBeUndefined();
  });
});

describe('a call', () => {
  const waiting = () => {
    const signals: AbortSignal[] = [];
    const getToken: PageHandlers['getToken'] = (_caller, _params, signal) => {
      signals.push(signal);
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(signal.reason as Error);
        });
      });
    };
    return { signals, handlers: { getToken } };
  };

  it('ends with the page that made it, and with no other (T-06)', () => {
    const { signals, handlers } = waiting();
    const { door } = openDoor(handlers);
    const [page, other] = [enter(door), enter(door, { ...SITE, tabId: 2 })];
    for (const id of [1, 2]) page.say({ ...GET_TOKEN, id });
    other.say({ ...GET_TOKEN, id: 1 });
    page.leave();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, false]);
  });

  it('is served to no page that had left before the worker was ready (T-06, Z40)', () => {
    const { signals, handlers } = waiting();
    const { door, pages } = openDoor(handlers);
    // As `browser/page-port.ts` hands over a port that was closed meanwhile: first its end, then what it had said.
    const port: PagePort = {
      post: () => undefined,
      onMessage: (listener) => {
        listener({ ...GET_TOKEN, id: 1 });
      },
      onClosed: (gone) => {
        gone();
      },
      close: () => undefined,
    };
    door.serve(port, SITE);
    expect([signals.length, pages.has(SITE)]).toEqual([0, false]);
  });

  it('is taken back alone, by its number', async () => {
    const { signals, handlers } = waiting();
    const page = enter(openDoor(handlers).door);
    for (const id of [1, 2]) page.say({ ...GET_TOKEN, id });
    page.say({ v: 1, id: 2, cancel: true });
    await expect.poll(page.codes).toEqual(['aborted']);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true]);
  });

  it('is one of two hundred of its site at a time, and each has a number of its own (T-12, Z44)', async () => {
    const { signals, handlers } = waiting();
    const page = enter(openDoor(handlers).door);
    for (let id = 1; id <= 205; id += 1) page.say({ ...GET_TOKEN, id });
    page.say({ ...GET_TOKEN, id: 1 });
    await expect.poll(page.codes).toEqual(Array(6).fill('rate_limited'));
    await expect.poll(() => signals.length).toBe(200);
  });

  it('is one of five hundred messages of its site in ten seconds, in however many pages (T-12, Z44)', async () => {
    const { door, clock } = openDoor({
      permission: () =>
        Promise.resolve({
          resource: RESOURCE,
          granted: false,
          scopes: [],
          carried: false,
          sealed: false,
        }),
    });
    const ask = { v: 1, call: 'permission', params: { resource: RESOURCE } };
    const pages = Array.from({ length: 6 }, (_, tabId) => enter(door, { ...SITE, tabId }));
    const neighbour = enter(door, { origin: 'https://other.example', tabId: 99 });
    for (const page of pages.slice(0, 5)) {
      for (let id = 1; id <= 100; id += 1) page.say({ ...ask, id });
      await expect.poll(() => page.said.filter((one) => 'ok' in one).length).toBe(100);
    }
    for (let id = 1; id <= 100; id += 1) pages[5]!.say({ ...ask, id });
    neighbour.say({ ...ask, id: 1 });
    await expect.poll(() => neighbour.said.length).toBe(2);
    expect(neighbour.codes()).toEqual([]);
    expect(pages.flatMap(({ codes }) => codes())).toEqual(['rate_limited']);
    expect(pages.map(({ isClosed }) => isClosed())).toEqual([...Array(5).fill(false), true]);
    clock.now += 10_000;
    pages[0]!.say({ ...ask, id: 101 });
    await expect.poll(() => pages[0]!.said.filter((one) => 'ok' in one).length).toBe(101);
    expect(pages[0]!.codes()).toEqual([]);
  });
});
