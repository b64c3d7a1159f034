/** `broker.fetch` and 403: more scope is asked for within bounds, and never invented. */
import { afterEach, describe, expect, it } from 'vitest';
import { InsufficientScopeError } from '../../src/client/index.ts';
import { refusal, token } from './fake-broker.ts';
import {
  always,
  hideChallenges,
  METADATA,
  OK,
  onlyInteractively,
  pass,
  setUp,
  tearDown,
  type Setup,
} from './fetch-setup.ts';
import type { Answer, Arrival } from './http-server.ts';

const STEP_UP = `Bearer error="insufficient_scope", scope="write", resource_metadata="${METADATA}", error_description="need scope=admin"`;
const FORBIDDEN: Answer = { status: 403, headers: { 'www-authenticate': STEP_UP }, body: 'no' };

afterEach(tearDown);

describe('a 403 with insufficient_scope', () => {
  const stepUp = ({ authorization }: Arrival): Answer =>
    authorization === 'Bearer wide' ? OK : FORBIDDEN;

  it('asks the broker for more, naming challenge and token, and is retried (B8)', async () => {
    const { server, fake, broker, url } = await setUp(stepUp, always('narrow', 'wide'));
    const response = await broker.fetch(url, { method: 'POST', body: 'call' });
    expect(await response.text()).toBe('fine');
    expect(fake.asked[1]).toEqual({ resource: url, challenge: STEP_UP, rejected: 'narrow' });
    expect(server.arrivals.map(({ body }) => body)).toEqual(['call', 'call']);
  });

  it('is retried on GET as on POST (B17)', async () => {
    const { broker, url } = await setUp(stepUp, always('narrow', 'wide'));
    expect((await broker.fetch(url)).status).toBe(200);
  });

  it('is stepped up once per request, however the challenge varies (B10)', async () => {
    let challenges = 0;
    const { server, fake, broker, url } = await setUp(
      () => ({
        status: 403,
        headers: {
          'www-authenticate': `Bearer error="insufficient_scope", scope="s${challenges++}"`,
        },
      }),
      always('a', 'b', 'c', 'd'),
    );
    expect((await broker.fetch(url)).status).toBe(403);
    expect(server.arrivals).toHaveLength(2);
    expect(fake.asked).toHaveLength(2);
  });

  it('may be stepped up again by the next request (B9)', async () => {
    let refused = 0;
    const { server, broker, url } = await setUp(
      () => (refused++ % 2 ? OK : FORBIDDEN),
      always('a', 'b', 'c'),
    );
    expect((await broker.fetch(url)).status).toBe(200);
    expect((await broker.fetch(url)).status).toBe(200);
    expect(server.arrivals).toHaveLength(4);
  });

  it.each([
    [2, 3],
    [1, 2],
  ])('is stepped up as often as maxStepUpRetries: %d says', async (maxStepUpRetries, times) => {
    const { server, broker, url } = await setUp(() => FORBIDDEN, always('a', 'b', 'c', 'd', 'e'));
    expect((await broker.fetchWith({ maxStepUpRetries })(url)).status).toBe(403);
    expect(server.arrivals).toHaveLength(times);
  });

  it.each([
    ["onInsufficientScope: 'throw'", { onInsufficientScope: 'throw' }],
    ["'throw', whatever the limit", { onInsufficientScope: 'throw', maxStepUpRetries: 3 }],
    ['maxStepUpRetries: 0', { maxStepUpRetries: 0 }],
    ['maxStepUpRetries: -1', { maxStepUpRetries: -1 }],
    ['maxStepUpRetries: NaN', { maxStepUpRetries: NaN }],
  ] as const)('throws with %s, and nobody is asked (B13, B14, B16)', async (_, options) => {
    const { server, fake, broker, url } = await setUp(() => FORBIDDEN, always('narrow', 'wide'));
    const failure = await broker
      .fetchWith(options)(url)
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InsufficientScopeError);
    expect(failure).toMatchObject({
      name: 'InsufficientScopeError',
      code: 'insufficient_scope',
      requiredScope: 'write',
      resourceMetadataUrl: new URL(METADATA),
      errorDescription: 'need scope=admin',
      challengeAvailable: true,
      retryable: false,
    });
    expect((failure as Error).message).not.toMatch(/authoriz|retr|admin/i);
    expect(server.arrivals).toHaveLength(1);
    expect(fake.asked).toEqual([{ resource: url, interactive: false }]);
  });

  it('is returned with its body when the user denies', async () => {
    const { server, broker, url } = await setUp(
      () => FORBIDDEN,
      (_, { interactive }) => (interactive === false ? token('narrow') : refusal('access_denied')),
    );
    const response = await broker.fetch(url);
    expect([response.status, await response.text()]).toEqual([403, 'no']);
    expect(server.arrivals).toHaveLength(1);
  });

  it('has no URL in its error when the server names none that can be parsed', async () => {
    const { broker, url } = await setUp(
      () => ({
        status: 403,
        headers: {
          'www-authenticate': 'Bearer error="insufficient_scope", resource_metadata="/x"',
        },
      }),
      always('t'),
    );
    await expect(broker.fetchWith({ onInsufficientScope: 'throw' })(url)).rejects.toMatchObject({
      resourceMetadataUrl: undefined,
      requiredScope: undefined,
    });
  });
});

describe('scopes that grow without end (modelcontextprotocol#2349)', () => {
  /** A server that wants one more scope each time, and a user who allows each. */
  const endless = async (): Promise<Setup & { helps: (helps: boolean) => void }> => {
    let helps = false;
    let wanted = 0;
    let granted = 0;
    const setup = await setUp(
      () => {
        if (helps) return OK;
        const challenge = `Bearer error="insufficient_scope", scope="s${wanted++}"`;
        return { status: 403, headers: { 'www-authenticate': challenge }, body: 'no' };
      },
      () => token(`t${granted++}`),
    );
    return { ...setup, helps: (now) => (helps = now) };
  };
  const questions = ({ fake }: Setup): number =>
    fake.asked.filter((params) => (params as { challenge?: string }).challenge !== undefined)
      .length;

  it('end after three questions that did not help, for ten minutes', async () => {
    const setup = await endless();
    const { broker, url } = setup;
    pass(0);
    for (let i = 0; i < 60; i++) {
      const response = await broker.fetch(url);
      expect([response.status, await response.text()]).toEqual([403, 'no']);
    }
    expect(questions(setup)).toBe(3);
    pass(599_000);
    await broker.fetch(url);
    expect(questions(setup)).toBe(3);
    pass(1000);
    await broker.fetch(url);
    expect(questions(setup)).toBe(4);
  });

  it("still throw with 'throw'", async () => {
    const { broker, url } = await endless();
    for (let i = 0; i < 4; i++) await broker.fetch(url);
    await expect(broker.fetchWith({ onInsufficientScope: 'throw' })(url)).rejects.toBeInstanceOf(
      InsufficientScopeError,
    );
  });

  it('end for their own resource', async () => {
    const setup = await endless();
    for (let i = 0; i < 4; i++) await setup.broker.fetch(setup.url);
    await setup.broker.fetch(`${setup.url}/other`);
    expect(questions(setup)).toBe(4);
  });

  it('are counted anew once a question has helped', async () => {
    const setup = await endless();
    const { broker, url, helps } = setup;
    const stepUpThatHelps = async (): Promise<void> => {
      const script = setup.fake.script;
      setup.fake.script = (call, params) => {
        if (params['challenge'] !== undefined) helps(true);
        return script(call, params);
      };
      expect((await broker.fetch(url)).status).toBe(200);
      setup.fake.script = script;
      helps(false);
    };
    for (let i = 0; i < 2; i++) await broker.fetch(url);
    await stepUpThatHelps();
    for (let i = 0; i < 5; i++) await broker.fetch(url);
    expect(questions(setup)).toBe(6);
  });

  it('are not counted as ended by what succeeds without a question', async () => {
    const setup = await endless();
    const { broker, url, helps } = setup;
    for (let i = 0; i < 5; i++) {
      await broker.fetch(url);
      helps(true);
      expect((await broker.fetch(url)).status).toBe(200);
      helps(false);
    }
    expect(questions(setup)).toBe(3);
  });

  it('are counted by question, not by request, and within ten minutes', async () => {
    let wide = 0;
    // What the user was asked about; whoever asks with an older token gets the newest.
    const given = new Set<string>();
    const { broker, url } = await setUp(
      () => FORBIDDEN,
      (_, { challenge }) => {
        if (challenge !== undefined) given.add(`wide${wide}`);
        return token(challenge === undefined ? 'narrow' : `wide${wide}`);
      },
    );
    const ask = (): Promise<Response> => {
      wide++;
      return broker.fetch(url);
    };
    pass(0);
    await Promise.all(Array.from({ length: 10 }, () => broker.fetch(url)));
    expect(given.size).toBe(1);
    await ask();
    expect(given.size).toBe(2);
    pass(600_000);
    for (let i = 0; i < 5; i++) await ask();
    expect(given.size).toBe(5);
  });
});

describe('a 403 that asks for nothing', () => {
  it.each([
    ['without a challenge', undefined],
    ['with another error', 'Bearer error="invalid_token", scope="write"'],
    ['with insufficient_scope in quoted text', 'Bearer realm="error=insufficient_scope"'],
    ['of another scheme', 'DPoP error="insufficient_scope"'],
  ])('is returned as it is %s', async (_, challenge) => {
    const { server, fake, broker, url } = await setUp(
      () => ({
        status: 403,
        body: 'why',
        ...(challenge === undefined ? {} : { headers: { 'www-authenticate': challenge } }),
      }),
      always('t1'),
    );
    for (const fetch of [broker.fetch, broker.fetchWith({ onInsufficientScope: 'throw' })]) {
      expect(await (await fetch(url)).text()).toBe('why');
    }
    expect(server.arrivals).toHaveLength(2);
    expect(fake.asked).toHaveLength(1);
  });

  it('is returned when its challenge is hidden, and no scope is invented (Q6)', async () => {
    hideChallenges();
    const { server, fake, broker, url } = await setUp(() => FORBIDDEN, always('narrow', 'wide'));
    expect((await broker.fetch(url)).status).toBe(403);
    expect(server.arrivals).toHaveLength(1);
    expect(fake.asked).toEqual([{ resource: url, interactive: false }]);
  });

  it("is reported by 'throw' as a challenge that is not available (Q6)", async () => {
    hideChallenges();
    const { fake, broker, url } = await setUp(() => FORBIDDEN, always('narrow'));
    await expect(broker.fetchWith({ onInsufficientScope: 'throw' })(url)).rejects.toMatchObject({
      code: 'insufficient_scope',
      challengeAvailable: false,
      requiredScope: undefined,
      resourceMetadataUrl: undefined,
      errorDescription: undefined,
    });
    expect(fake.asked).toHaveLength(1);
  });

  it("is no matter of scope to 'throw' when no token was sent", async () => {
    hideChallenges();
    const { broker, url } = await setUp(() => FORBIDDEN, onlyInteractively());
    const response = await broker.fetchWith({ onInsufficientScope: 'throw' })(url);
    expect(response.status).toBe(403);
  });
});
