/** What the page is told of a failure, and what the log says of the same. */
import { describe, expect, it } from 'vitest';
import { ActivityWriter } from '../../../src/background/history/activity-log.ts';
import { OpenPages } from '../../../src/background/doors/open-pages.ts';
import type { PageHandlers } from '../../../src/background/doors/page-call.ts';
import { PageDoor } from '../../../src/background/doors/page-door.ts';
import type { PagePort, Ports } from '../../../src/background/ports/ports.ts';
import type { ActivityNote } from '../../../src/background/ports/records.ts';
import { BrokerError } from '../../../src/shared/errors.ts';
import type { BrokerMessage } from '../../../src/shared/page-contract.ts';

const CALLER = { origin: 'https://client.example', tabId: 1 };
const RESOURCE = 'https://mcp.example';

/** A door whose `getToken` always fails so, and what it said. */
async function fail(error: unknown, times = 1) {
  const written: ActivityNote[] = [];
  const store = {
    addActivity: (rows: readonly ActivityNote[]) => {
      written.push(...rows);
      return Promise.resolve();
    },
  } as unknown as Ports['store'];
  const now = () => 1_800_000_000_000;
  const pause = () => Promise.resolve();
  const log = new ActivityWriter({ store, now, pause, changed: () => undefined });
  const handlers = { getToken: () => Promise.reject(error as Error) } as unknown as PageHandlers;
  const holdsGrantAt = () => Promise.resolve(true);
  const ports = { now, pause, random: () => 0, holdsGrantAt, log };
  const door = new PageDoor(handlers, ports, new OpenPages());
  const said: BrokerMessage[] = [];
  let send: (message: unknown) => void = () => undefined;
  const port: PagePort = {
    post: (message) => said.push(message),
    onMessage: (listener) => (send = listener),
    onClosed: () => undefined,
    close: () => undefined,
  };
  door.serve(port, CALLER);
  for (let id = 1; id <= times; id += 1) {
    send({ v: 1, id, call: 'getToken', params: { resource: RESOURCE } });
  }
  await expect.poll(() => said.filter((message) => 'ok' in message).length).toBe(times);
  await log.write();
  const names = said.flatMap((message) =>
    'ok' in message && !message.ok ? [message.error.correlationId] : [],
  );
  return { written, names };
}

describe('a failure at the page door', () => {
  it('is named to the page as in the log, with code, reason and host there', async () => {
    const detail = { host: 'as.example', reason: 'no_pkce' as const };
    const { written, names } = await fail(new BrokerError('pkce_unsupported', { detail }));
    expect(written).toEqual([
      {
        kind: 'failed',
        at: 1_800_000_000_000,
        origin: CALLER.origin,
        resource: RESOURCE,
        scopes: [],
        code: 'pkce_unsupported',
        ...detail,
        correlationId: names[0],
      },
    ]);
  });

  it('that ends several calls is one row, under one name', async () => {
    const { written, names } = await fail(new BrokerError('network_error'), 5);
    expect(written.length).toBe(1);
    expect(new Set(names)).toEqual(new Set([written[0]!.correlationId]));
  });

  it.each(['interaction_required', 'access_denied', 'aborted'] as const)(
    'is none when it is %s, and still has a name',
    async (code) => {
      const { written, names } = await fail(new BrokerError(code));
      expect(written).toEqual([]);
      expect(names[0]).toMatch(/^[0-9a-f-]{36}$/);
    },
  );

  it('is written down thirty times a minute and site, however often a page fails (T-12)', async () => {
    const rejected = () => new BrokerError('invalid_request');
    const log: ActivityNote[] = [];
    const store = {
      addActivity: (rows: readonly ActivityNote[]) => {
        log.push(...rows);
        return Promise.resolve();
      },
    } as unknown as Ports['store'];
    const activity = new ActivityWriter({
      store,
      now: () => 1,
      pause: () => new Promise(() => undefined),
      changed: () => undefined,
    });
    for (let i = 0; i < 100; i += 1) activity.noteFailure(rejected(), { origin: CALLER.origin });
    activity.noteFailure(rejected(), { origin: 'https://other.example' });
    await activity.write();
    expect(log.length).toBe(31);
  });
});
