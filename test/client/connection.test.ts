import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Connection } from '../../src/client/connection.ts';
import { GrantkeeperError } from '../../src/client/errors.ts';
import type { PageEvent, PageMessage } from '../../src/shared/page-contract.ts';
import { FakeBroker, refusal, settled, token } from './fake-broker.ts';

const ASK = { resource: 'https://mcp.example/' };
const HOUR = 3_600_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a call', () => {
  it('carries the version and a number of its own, and resolves with the result', async () => {
    const broker = new FakeBroker((_, { resource }) => ({ resource, granted: true, scopes: [] }));
    const connection = new Connection(broker.open);
    const [a, b] = await Promise.all([
      connection.call('permission', { resource: 'https://a.example/' }),
      connection.call('permission', { resource: 'https://b.example/' }),
    ]);
    expect([a.resource, b.resource]).toEqual(['https://a.example/', 'https://b.example/']);
    expect(broker.received).toEqual([
      { v: 1, id: 1, call: 'permission', params: { resource: 'https://a.example/' } },
      { v: 1, id: 2, call: 'permission', params: { resource: 'https://b.example/' } },
    ]);
    expect(broker.opened).toBe(1);
  });

  it('rejects with the code, the retryability and the correlation id of the broker', async () => {
    const broker = new FakeBroker(() => refusal('rate_limited', true));
    const failure = new Connection(broker.open).call('getToken', ASK);
    await expect(failure).rejects.toBeInstanceOf(GrantkeeperError);
    await expect(failure).rejects.toMatchObject({
      code: 'rate_limited',
      retryable: true,
      correlationId: 'c-rate_limited',
      message: 'refused: rate_limited',
    });
  });

  it('is made again on a new channel when nobody acknowledges it in 5 s', async () => {
    const broker = new FakeBroker();
    const connection = new Connection(broker.open);
    const waiting = connection.call('getToken', ASK);
    await settled();
    broker.acknowledges = false;
    const unheard = connection.call('getToken', ASK);
    await settled();
    await vi.advanceTimersByTimeAsync(4999);
    expect(broker.opened).toBe(1);
    broker.acknowledges = true;
    broker.script = () => token('t1');
    await vi.advanceTimersByTimeAsync(1);
    // The broker knows by the closed channel that nobody waits there. What had waited before is asked again too.
    expect((await unheard).access_token).toBe('t1');
    expect((await waiting).access_token).toBe('t1');
    expect(broker.opened).toBe(2);
  });

  it('rejects with broker_unavailable when nobody acknowledges it a second time', async () => {
    let now = Date.now();
    vi.spyOn(Date, 'now').mockImplementation(() => now);
    const broker = new FakeBroker();
    broker.acknowledges = false;
    const connection = new Connection(broker.open);
    void connection.call('permission', { resource: ASK.resource }).catch(() => undefined);
    await settled();
    // However long the channel had been there.
    now += 60_000;
    const failure = expect(connection.call('getToken', ASK)).rejects.toMatchObject({
      code: 'broker_unavailable',
      retryable: true,
    });
    await settled();
    await vi.advanceTimersByTimeAsync(9999);
    expect(broker.opened).toBe(2);
    await vi.advanceTimersByTimeAsync(1);
    await failure;
    await settled();
    expect(broker.opened).toBe(2);
    vi.restoreAllMocks();
  });

  it('waits as long as the user thinks once it is acknowledged', async () => {
    let decide: (answer: unknown) => void = () => {};
    const broker = new FakeBroker(() => new Promise((resolve) => (decide = resolve)));
    const asked = new Connection(broker.open).call('getToken', ASK);
    await settled();
    await vi.advanceTimersByTimeAsync(HOUR);
    decide(token('t1'));
    expect((await asked).access_token).toBe('t1');
  });

  it('rejects with broker_unavailable when there is nobody to connect to', async () => {
    const broker = new FakeBroker();
    broker.reachable = false;
    await expect(new Connection(broker.open).call('getToken', ASK)).rejects.toMatchObject({
      code: 'broker_unavailable',
    });
  });

  it('looks again for somebody to connect to', async () => {
    const broker = new FakeBroker(() => token('t1'));
    const connection = new Connection(broker.open);
    broker.reachable = false;
    await connection.call('getToken', ASK).catch(() => {});
    broker.reachable = true;
    expect((await connection.call('getToken', ASK)).access_token).toBe('t1');
  });

  it('rejects with the error of the browser when its parameters cannot be copied', async () => {
    const broker = new FakeBroker();
    const params = { resource: (() => {}) as unknown as string };
    await expect(new Connection(broker.open).call('getToken', params)).rejects.toThrow(
      /could not be cloned/,
    );
  });

  it('is not disturbed by messages of another version, for other calls, or without a shape', async () => {
    const broker = new FakeBroker((call) => (call === 'getToken' ? 'silence' : 'never'));
    const asked = new Connection(broker.open).call('getToken', ASK);
    await settled();
    for (const noise of [
      null,
      'text',
      {},
      { v: 2, id: 1, ok: true, result: 'other version' },
      { v: 1, id: 7, ok: true, result: 'other call' },
    ]) {
      broker.say(noise);
    }
    broker.say({ v: 1, id: 1, ok: true, result: token('right') });
    expect((await asked).access_token).toBe('right');
  });
});

describe('an aborted call', () => {
  it('rejects with an AbortError and tells the broker (DOM, "abort reason")', async () => {
    const broker = new FakeBroker();
    const controller = new AbortController();
    const asked = new Connection(broker.open).call('getToken', ASK, { signal: controller.signal });
    await settled();
    controller.abort();
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
    await expect(asked).rejects.toBeInstanceOf(DOMException);
    await settled();
    expect(broker.cancelled).toEqual([1]);
  });

  it('rejects even when the broker can no longer be told', async () => {
    const broker = new FakeBroker();
    const connection = new Connection(async () => {
      const channel = await broker.open();
      const post = channel?.post;
      return (
        channel &&
        Object.assign(channel, {
          post: (message: PageMessage) => {
            if ('cancel' in message)
              throw new Error('Attempting to use a disconnected port object');
            post?.(message);
          },
        })
      );
    });
    const controller = new AbortController();
    const asked = connection.call('getToken', ASK, { signal: controller.signal });
    await settled();
    controller.abort();
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
    broker.acknowledges = false;
    const silent = expect(connection.call('getToken', ASK)).rejects.toMatchObject({
      code: 'broker_unavailable',
    });
    await settled();
    await vi.advanceTimersByTimeAsync(10_000);
    await silent;
  });

  it('rejects with the reason that its caller gave', async () => {
    const controller = new AbortController();
    const asked = new Connection(new FakeBroker().open).call('getToken', ASK, {
      signal: controller.signal,
    });
    controller.abort(new RangeError('mine'));
    await expect(asked).rejects.toThrow(RangeError);
  });

  it('sends nothing when it is aborted before the channel is open', async () => {
    const broker = new FakeBroker();
    const controller = new AbortController();
    const asked = new Connection(broker.open).call('getToken', ASK, { signal: controller.signal });
    controller.abort();
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
    await settled();
    expect(broker.received).toEqual([]);
  });

  it('sends nothing when it was aborted before', async () => {
    const broker = new FakeBroker();
    const asked = new Connection(broker.open).call('getToken', ASK, {
      signal: AbortSignal.abort(),
    });
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
    await settled();
    expect(broker.received).toEqual([]);
  });
});

describe('a lost channel', () => {
  it('is opened again at once, and the waiting call is repeated', async () => {
    let answers = 0;
    const broker = new FakeBroker(() => (++answers === 1 ? 'silence' : token('t1')));
    const asked = new Connection(broker.open).call('getToken', ASK);
    await settled();
    broker.kill();
    expect((await asked).access_token).toBe('t1');
    expect(broker.opened).toBe(2);
    expect(broker.asked).toEqual([ASK, ASK]);
  });

  it('ends the call with interrupted when it is lost again before the answer', async () => {
    const broker = new FakeBroker();
    const asked = new Connection(broker.open).call('getToken', ASK);
    const failure = expect(asked).rejects.toMatchObject({ code: 'interrupted', retryable: true });
    await settled();
    broker.kill();
    await settled();
    broker.kill();
    await failure;
    await settled();
    expect(broker.opened).toBe(2);
  });

  it('repeats the call as often as a channel is lost that had lasted: the user may read on', async () => {
    let now = Date.now();
    vi.spyOn(Date, 'now').mockImplementation(() => now);
    const broker = new FakeBroker();
    const asked = new Connection(broker.open).call('getToken', ASK);
    const failure = expect(asked).rejects.toMatchObject({ code: 'interrupted' });
    for (let minute = 0; minute < 5; minute += 1) {
      await settled();
      now += 30_000;
      broker.kill();
    }
    await settled();
    expect(broker.opened).toBe(6);
    // A broker that fails again and again is another matter.
    for (let i = 0; i < 2; i += 1) {
      broker.kill();
      await settled();
    }
    await failure;
    vi.restoreAllMocks();
  });

  it('ends the call with interrupted when it cannot be opened again', async () => {
    const broker = new FakeBroker();
    const asked = new Connection(broker.open).call('getToken', ASK);
    const failure = expect(asked).rejects.toMatchObject({ code: 'interrupted' });
    await settled();
    broker.reachable = false;
    broker.kill();
    await failure;
  });

  it('asks for an acknowledgement of the repeated call too', async () => {
    const broker = new FakeBroker();
    const asked = new Connection(broker.open).call('getToken', ASK);
    const failure = expect(asked).rejects.toMatchObject({ code: 'broker_unavailable' });
    await settled();
    broker.acknowledges = false;
    broker.kill();
    await settled();
    await vi.advanceTimersByTimeAsync(5000);
    await failure;
  });

  it('does not shorten the time for the repeated call', async () => {
    const broker = new FakeBroker();
    broker.acknowledges = false;
    const asked = new Connection(broker.open).call('getToken', ASK);
    await settled();
    await vi.advanceTimersByTimeAsync(4000);
    broker.kill();
    await settled();
    await vi.advanceTimersByTimeAsync(4000);
    broker.say({ v: 1, id: 1, ok: true, result: token('late') });
    expect((await asked).access_token).toBe('late');
  });

  it('is opened by the next call only, when nothing was waiting', async () => {
    const broker = new FakeBroker(() => token('t1'));
    const connection = new Connection(broker.open);
    await connection.call('getToken', ASK);
    broker.kill();
    await settled();
    expect(broker.opened).toBe(1);
    await connection.call('getToken', ASK);
    expect(broker.opened).toBe(2);
  });
});

describe('a broker that has had too much of this site', () => {
  /** Answers each call that it is over the limit, without taking it, and closes. */
  const overLimit = () => {
    const broker = new FakeBroker(() => token('t1'));
    broker.acknowledges = false;
    broker.script = () => {
      setImmediate(() => broker.kill());
      return refusal('rate_limited', true);
    };
    return broker;
  };

  it('settles the answered call with rate_limited, and what else waits with interrupted (Z44)', async () => {
    const broker = overLimit();
    const connection = new Connection(broker.open);
    const other = { resource: 'https://other.example/' };
    const ends = await Promise.all(
      [ASK, other, { ...other, scopes: ['a'] }].map((params) =>
        connection.call('getToken', params).catch((error: unknown) => error),
      ),
    );
    const codes = ends.map((one) => (one as GrantkeeperError).code);
    expect(codes.every((code) => /^(rate_limited|interrupted)$/.test(code))).toBe(true);
  });

  it('is not knocked at again and again by a page that does not stop calling (Z44)', async () => {
    const broker = overLimit();
    const connection = new Connection(broker.open);
    const page = { isOver: false };
    let calls = 0;
    const loop = (async () => {
      while (!page.isOver) {
        calls += 1;
        await connection.call('permission', ASK).catch(() => undefined);
        await settled();
      }
    })();
    for (let second = 0; second < 60; second += 1) {
      await settled();
      await settled();
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(broker.opened).toBeLessThanOrEqual(2 + 60 / 5);
    expect(calls).toBeGreaterThan(2);
    page.isOver = true;
    broker.acknowledges = true;
    broker.script = () => token('t1');
    for (let second = 0; second < 6; second += 1) await vi.advanceTimersByTimeAsync(1000);
    await loop;
    const { opened } = broker;
    broker.kill();
    await expect(connection.call('getToken', ASK)).resolves.toMatchObject({ access_token: 't1' });
    expect(broker.opened).toBe(opened + 1);
  });

  it('is asked again at once when it was stopped while it worked, as often as that is (K01)', async () => {
    const broker = new FakeBroker(() => token('t1'));
    const connection = new Connection(broker.open);
    for (let round = 1; round <= 5; round += 1) {
      await connection.call('getToken', ASK);
      expect(broker.opened).toBe(round);
      broker.kill();
    }
  });
});

it('hands events on', async () => {
  const broker = new FakeBroker(() => token('t1'));
  const connection = new Connection(broker.open);
  const events: PageEvent[] = [];
  connection.onEvent = (event) => events.push(event);
  await connection.call('getToken', ASK);
  const event: PageEvent = { type: 'revoked', resource: ASK.resource, scopes: [] };
  broker.tell(event);
  expect(events).toEqual([event]);
});
