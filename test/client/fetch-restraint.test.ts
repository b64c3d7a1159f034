/** `broker.fetch` asks no more than is welcome (ADR 0028): after a disconnect, for a DELETE, where nothing is to be had. */
import { afterEach, describe, expect, it } from 'vitest';
import type { PageEvent } from '../../src/shared/page-contract.ts';
import { refusal, token, type Script } from './fake-broker.ts';
import {
  OK,
  onlyInteractively,
  pass,
  rpc,
  sent,
  setPersonActive,
  setUp,
  tearDown,
  UNAUTHORIZED,
  wants,
  type Setup,
} from './fetch-setup.ts';
import type { Answer } from './http-server.ts';

afterEach(tearDown);

const asked = ({ fake }: Setup): number =>
  fake.asked.filter((params) => (params as { interactive?: boolean }).interactive !== false).length;

describe('a DELETE', () => {
  it('opens no question, and gets the answer of the server', async () => {
    const setup = await setUp(wants('t1'), onlyInteractively('t1'));
    const { server, fake, broker, url } = setup;
    expect((await broker.fetch(url, { method: 'DELETE' })).status).toBe(401);
    expect(asked(setup)).toBe(0);
    expect(fake.asked).toHaveLength(2);
    expect(server.arrivals).toHaveLength(1);
  });

  it('carries a held token, and one that was renewed without a question', async () => {
    const { server, broker, url } = await setUp(wants('t2'), (_, { rejected }) =>
      token(rejected === undefined ? 't1' : 't2'),
    );
    expect((await broker.fetch(url, { method: 'DELETE' })).status).toBe(200);
    expect(sent(server)).toEqual(['Bearer t1', 'Bearer t2']);
  });
});

describe('after the user has taken the grant back', () => {
  const taken = (resource: string): PageEvent => ({ type: 'revoked', resource, scopes: [] });

  /** A page that was connected, then disconnected in the popup. */
  const disconnected = async (resourceOf = (url: string) => url): Promise<Setup> => {
    let granted = true;
    const script: Script = (call, { interactive }) => {
      if (call === 'release') return { released: true };
      granted ||= interactive !== false;
      return granted ? token('t1') : refusal('interaction_required');
    };
    const setup = await setUp(wants('t1'), script);
    expect((await setup.broker.fetch(setup.url)).status).toBe(200);
    granted = false;
    pass(0);
    setup.fake.tell(taken(resourceOf(setup.url)));
    return setup;
  };

  it('asks nothing for a minute for what no person started', async () => {
    const setup = await disconnected();
    const { broker, url } = setup;
    for (let i = 0; i < 3; i++) expect((await broker.fetch(url)).status).toBe(401);
    pass(59_000);
    expect((await broker.fetch(url)).status).toBe(401);
    expect(asked(setup)).toBe(0);
    pass(1000);
    expect((await broker.fetch(url)).status).toBe(200);
    expect(asked(setup)).toBe(1);
  });

  it('asks where a person has just acted in the page', async () => {
    const setup = await disconnected();
    setPersonActive(false);
    expect((await setup.broker.fetch(setup.url)).status).toBe(401);
    setPersonActive(true);
    expect((await setup.broker.fetch(setup.url)).status).toBe(200);
  });

  it('leaves getToken alone, and what it brings ends the minute', async () => {
    const setup = await disconnected();
    const { fake, broker, url } = setup;
    expect((await broker.getToken({ resource: url })).access_token).toBe('t1');
    expect(asked(setup)).toBe(1);
    fake.tell({ type: 'grantchange', resource: url, scopes: ['read'] });
    expect((await broker.fetch(url)).status).toBe(200);
  });

  it('asks again at once when there has been a grant since', async () => {
    const setup = await disconnected();
    setup.fake.tell({ type: 'grantchange', resource: setup.url, scopes: ['read'] });
    expect((await setup.broker.fetch(setup.url)).status).toBe(200);
    expect(asked(setup)).toBe(1);
  });

  it.each([
    ['the server as a whole', (url: string) => new URL(url).origin, 401],
    ['the folder', (url: string) => url.replace('mcp', ''), 401],
    ['a query of it', (url: string) => `${url}?a`, 200],
    ['a path that begins alike', (url: string) => url.slice(0, -1), 200],
    ['another path', (url: string) => `${url}/deeper`, 200],
    ['another server', () => 'https://other.example/', 200],
  ])('minds what was taken back: %s', async (_, resourceOf, status) => {
    const setup = await disconnected(resourceOf);
    setup.fake.tell({ ...taken('https://unlike.example/'), type: 'grantchange' });
    expect((await setup.broker.fetch(`${setup.url}`)).status).toBe(status);
  });

  it('asks at once when the page itself has given it back', async () => {
    const setup = await disconnected();
    await setup.broker.release(setup.url);
    expect((await setup.broker.fetch(setup.url)).status).toBe(200);
  });

  it('asks at once at every address that it was told of while it gave the grant back', async () => {
    let granted = false;
    const setup = await setUp(wants('t1'), (call, { interactive }) => {
      if (call !== 'release') {
        granted ||= interactive !== false;
        return granted ? token('t1') : refusal('interaction_required');
      }
      setup.fake.tell(taken(setup.url));
      return { released: true };
    });
    await setup.broker.release('https://mcp.example/another/address');
    expect((await setup.broker.fetch(setup.url)).status).toBe(200);
  });

  it('forgives a clock that was put back', async () => {
    const setup = await disconnected();
    pass(-3_600_000);
    expect((await setup.broker.fetch(setup.url)).status).toBe(200);
  });
});

describe('a 401 of another scheme', () => {
  const other = (header: string): Answer => ({
    status: 401,
    headers: { 'www-authenticate': header },
    body: 'why',
  });

  const LIST = rpc({ id: 1, method: 'tools/list' });

  it.each(['Negotiate', 'Basic realm="Bearer"', 'Negotiate, Basic realm="x"'])(
    'is shown to the broker, which looks by itself: %s',
    async (header) => {
      const { fake, broker, url } = await setUp(
        ({ authorization }) => (authorization === 'Bearer t1' ? OK : other(header)),
        onlyInteractively('t1'),
      );
      expect((await broker.fetch(url, LIST)).status).toBe(200);
      expect(fake.asked[1]).toEqual({ resource: url, challenge: header });
    },
  );

  it('is no matter of the broker for a request that is none of MCP (Z28)', async () => {
    const { fake, broker, url } = await setUp(() => other('Negotiate'), onlyInteractively('t1'));
    expect((await broker.fetch(url)).status).toBe(401);
    expect(fake.asked).toEqual([{ resource: url, interactive: false }]);
  });

  it('is returned when the broker finds nothing, and shown again after a minute', async () => {
    const setup = await setUp(() => other('Negotiate'), onlyInteractively());
    setup.fake.script = () => refusal('interaction_required');
    const { broker, url } = setup;
    pass(0);
    for (let i = 0; i < 20; i++) {
      const response = await broker.fetch(url, LIST);
      expect([response.status, await response.text()]).toEqual([401, 'why']);
    }
    expect(asked(setup)).toBe(1);
    await broker.fetch(`${url}/other`, LIST);
    expect(asked(setup)).toBe(2);
    pass(60_000);
    await broker.fetch(url, LIST);
    expect(asked(setup)).toBe(3);
  });
});

describe('a 401 where the broker finds nothing', () => {
  const nothing = (code: Parameters<typeof refusal>[0]): Promise<Setup> =>
    setUp(
      () => UNAUTHORIZED,
      () => refusal(code),
    );

  it('is shown to the broker once a minute', async () => {
    const setup = await nothing('connect_failed');
    pass(0);
    for (let i = 0; i < 5; i++) expect((await setup.broker.fetch(setup.url)).status).toBe(401);
    expect(asked(setup)).toBe(1);
    pass(60_000);
    await setup.broker.fetch(setup.url);
    expect(asked(setup)).toBe(2);
  });

  it('is shown again where a person has just acted, or once there is a grant', async () => {
    const setup = await nothing('connect_failed');
    const { fake, broker, url } = setup;
    await broker.fetch(url);
    setPersonActive(true);
    await broker.fetch(url);
    expect(asked(setup)).toBe(2);
    setPersonActive(false);
    await broker.fetch(url);
    expect(asked(setup)).toBe(2);
    fake.tell({ type: 'grantchange', resource: url, scopes: [] });
    await broker.fetch(url);
    expect(asked(setup)).toBe(3);
  });

  it.each(['access_denied', 'interaction_required', 'token_failed'] as const)(
    'is shown each time when it is the user or the provider who says no: %s',
    async (code) => {
      const setup = await nothing(code);
      for (let i = 0; i < 3; i++) await setup.broker.fetch(setup.url);
      expect(asked(setup)).toBe(3);
    },
  );
});

describe('while the provider is down', () => {
  it('rejects before anything is sent, and asks the broker once for each request', async () => {
    const { server, fake, broker, url } = await setUp(
      () => UNAUTHORIZED,
      () => refusal('network_error', true),
    );
    for (let i = 1; i <= 2; i++) {
      const failure = broker.fetch(url, { method: 'POST', body: '{}' });
      await expect(failure).rejects.toMatchObject({
        name: 'GrantkeeperError',
        code: 'network_error',
        retryable: true,
      });
      expect(fake.asked).toHaveLength(i);
    }
    expect(server.arrivals).toEqual([]);
  });

  it('says so to the official client, too, and is over when the provider is back', async () => {
    let isDown = true;
    const { broker, url } = await setUp(wants('t1'), () =>
      isDown ? refusal('network_error', true) : token('t1'),
    );
    const provider = broker.authProvider(url);
    await expect(provider.token()).rejects.toMatchObject({ code: 'network_error' });
    isDown = false;
    expect(await provider.token()).toBe('t1');
    expect((await broker.fetch(url)).status).toBe(200);
  });

  it('returns a 401 that the server has given', async () => {
    const { broker, url } = await setUp(
      () => UNAUTHORIZED,
      (_, { rejected }) => (rejected === undefined ? token('t1') : refusal('network_error', true)),
    );
    expect((await broker.fetch(url)).status).toBe(401);
  });
});
