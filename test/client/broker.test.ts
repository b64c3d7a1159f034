import { afterEach, describe, expect, it, vi } from 'vitest';
import { createBroker } from '../../src/client/broker.ts';
import { Connection } from '../../src/client/connection.ts';
import type { PageEvent } from '../../src/shared/page-contract.ts';
import {
  FakeBroker,
  HELLO,
  noCarrier,
  refusal,
  settled,
  token,
  type Script,
} from './fake-broker.ts';

const RESOURCE = 'https://mcp.example/mcp';
const REVOKED: PageEvent = { type: 'revoked', resource: RESOURCE, scopes: [] };
const CHANGED: PageEvent = { type: 'grantchange', resource: RESOURCE, scopes: ['read'] };

const connect = (
  script?: Script,
): { fake: FakeBroker; broker: ReturnType<typeof createBroker> } => {
  const fake = new FakeBroker(script);
  return { fake, broker: createBroker(new Connection(fake.open), HELLO, noCarrier) };
};

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('getToken', () => {
  it('asks what it was asked to ask, always, and keeps the signal to itself', async () => {
    const { fake, broker } = connect(() => token('t1'));
    const params = { resource: RESOURCE, scopes: ['read'], interactive: false };
    const { signal } = new AbortController();
    await broker.getToken({ ...params, signal });
    await broker.getToken({ ...params, signal });
    expect(fake.asked).toEqual([params, params]);
  });

  it('rejects with the reason of its signal', async () => {
    const { fake, broker } = connect();
    const controller = new AbortController();
    const asked = broker.getToken({ resource: RESOURCE, signal: controller.signal });
    await settled();
    controller.abort();
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
    await settled();
    expect(fake.cancelled).toEqual([1]);
    const before = broker.getToken({ resource: RESOURCE, signal: controller.signal });
    await expect(before).rejects.toMatchObject({ name: 'AbortError' });
    expect(fake.asked).toHaveLength(1);
  });

  it('rejects with the code of the broker', async () => {
    const { broker } = connect(() => refusal('access_denied'));
    await expect(broker.getToken({ resource: RESOURCE })).rejects.toMatchObject({
      code: 'access_denied',
    });
  });
});

it('tells what the origin holds, and gives it back', async () => {
  const { fake, broker } = connect((call) =>
    call === 'release' ? { released: true } : { resource: RESOURCE, granted: true, scopes: ['a'] },
  );
  expect(await broker.permission(RESOURCE)).toMatchObject({ granted: true, scopes: ['a'] });
  expect(await broker.release(RESOURCE)).toEqual({ released: true });
  expect(fake.calls.map(({ call, params }) => [call, params])).toEqual([
    ['permission', { resource: RESOURCE }],
    ['release', { resource: RESOURCE }],
  ]);
});

describe('a listener', () => {
  it('hears its type of event until it is removed, by either way', async () => {
    const { fake, broker } = connect();
    const heard: PageEvent[] = [];
    const listener = (event: PageEvent): void => void heard.push(event);
    const undo = broker.addEventListener('revoked', listener);
    await settled();
    fake.tell(CHANGED);
    fake.tell(REVOKED);
    await settled();
    expect(heard).toEqual([REVOKED]);
    undo();
    fake.tell(REVOKED);
    broker.addEventListener('revoked', listener);
    broker.removeEventListener('revoked', listener);
    fake.tell(REVOKED);
    await settled();
    expect(heard).toHaveLength(1);
  });

  it('is not disturbed by an event of a type yet unknown', async () => {
    const { fake, broker } = connect();
    broker.addEventListener('revoked', () => {});
    await settled();
    expect(() => fake.tell({ ...REVOKED, type: 'later' as 'revoked' })).not.toThrow();
  });

  it('that throws is reported, and neither stops the others nor the channel', async () => {
    const reported: unknown[] = [];
    vi.stubGlobal('queueMicrotask', (task: () => void) => {
      try {
        task();
      } catch (error) {
        reported.push(error);
      }
    });
    const { fake, broker } = connect();
    const heard: PageEvent[] = [];
    broker.addEventListener('revoked', () => {
      throw new RangeError('mine');
    });
    broker.addEventListener('revoked', (event) => heard.push(event));
    await settled();
    fake.tell(REVOKED);
    fake.tell(REVOKED);
    expect(heard).toHaveLength(2);
    expect(reported).toHaveLength(2);
  });

  it('keeps the channel open across the death of the worker', async () => {
    const { fake, broker } = connect(() => token('t'));
    await broker.getToken({ resource: RESOURCE });
    const heard: PageEvent[] = [];
    broker.addEventListener('revoked', (event) => heard.push(event));
    fake.kill();
    await settled();
    fake.tell(REVOKED);
    await settled();
    expect(heard).toEqual([REVOKED]);
  });

  it('opens the channel once a second at most, however often it is lost', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    const { fake, broker } = connect();
    broker.addEventListener('revoked', () => {});
    await settled();
    for (let lost = 0; lost < 5; lost++) {
      fake.kill();
      await settled();
      fake.kill();
      await settled();
      expect(fake.opened).toBe(lost + 1);
      await vi.advanceTimersByTimeAsync(1000);
      await settled();
      expect(fake.opened).toBe(lost + 2);
    }
  });

  it('does not call for a broker that is gone', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    const { fake, broker } = connect();
    broker.addEventListener('revoked', () => {});
    await settled();
    await vi.advanceTimersByTimeAsync(5000);
    fake.gone = true;
    fake.kill();
    await settled();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(fake.opened).toBe(2);
  });

  it('waits for the page to be visible before it opens the channel again', async () => {
    const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
    vi.stubGlobal('document', page);
    const { fake, broker } = connect(() => token('t'));
    await broker.getToken({ resource: RESOURCE });
    broker.addEventListener('revoked', () => {});
    page.visibilityState = 'hidden';
    fake.kill();
    await settled();
    expect(fake.opened).toBe(1);
    page.visibilityState = 'visible';
    page.dispatchEvent(new Event('visibilitychange'));
    await settled();
    expect(fake.opened).toBe(2);
  });
});

it('leaves the channel closed when nobody listens, or nobody any more', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  const { fake, broker } = connect(() => token('t'));
  await broker.getToken({ resource: RESOURCE });
  broker.addEventListener('revoked', () => {})();
  fake.kill();
  await settled();
  expect(fake.opened).toBe(1);
});

describe("authProvider, the official client's shape", () => {
  const response = (challenge?: string): { response: Response } => ({
    response: new Response(null, {
      status: 401,
      ...(challenge === undefined ? {} : { headers: { 'www-authenticate': challenge } }),
    }),
  });

  it('gives the token without opening UI, or none', async () => {
    const { fake, broker } = connect((_, { resource }) =>
      resource === RESOURCE ? token('t1') : refusal('interaction_required'),
    );
    expect(await broker.authProvider(RESOURCE).token()).toBe('t1');
    expect(await broker.authProvider('https://other.example/').token()).toBeUndefined();
    for (const params of fake.asked) expect(params).toMatchObject({ interactive: false });
  });

  it('shows the broker the challenge and the token of a 401, and gives the new one then', async () => {
    const values = ['t1', 't2'];
    const { fake, broker } = connect(() => token(values.shift() ?? ''));
    const provider = broker.authProvider(RESOURCE);
    await provider.token();
    await provider.onUnauthorized(response('Bearer scope="read"'));
    expect(fake.asked[1]).toEqual({
      resource: RESOURCE,
      challenge: 'Bearer scope="read"',
      rejected: 't1',
    });
    expect(await provider.token()).toBe('t2');
  });

  it('asks without a challenge where there is none to read, and rejects as the broker does', async () => {
    const { fake, broker } = connect(() => refusal('access_denied'));
    await expect(broker.authProvider(RESOURCE).onUnauthorized(response())).rejects.toMatchObject({
      code: 'access_denied',
    });
    expect(fake.asked).toEqual([{ resource: RESOURCE }]);
  });
});
