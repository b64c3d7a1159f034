/** `broker.fetch` and requests that nobody waits for any more: they do not run afterwards (ADR 0026). */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { refusal, settled, token } from './fake-broker.ts';
import {
  always,
  OK,
  onlyInteractively,
  pass,
  rpc,
  sent,
  setUp,
  tearDown,
  UNAUTHORIZED,
  wants,
  type Setup,
} from './fetch-setup.ts';

afterEach(tearDown);

const PAY = { id: 7, method: 'tools/call', params: { name: 'pay' } };
const cancel = (requestId: unknown): object => ({
  method: 'notifications/cancelled',
  params: { requestId, reason: 'Request timed out' },
});

/** A server that wants `t1`, and a user who takes their time until `decide` is called. */
async function slowUser(): Promise<Setup & { decide: (answer: unknown) => void }> {
  let decide: (answer: unknown) => void = () => {};
  const answer = new Promise((resolve) => (decide = resolve));
  const setup = await setUp(wants('t1'), (_, { interactive }) =>
    interactive === false ? refusal('interaction_required') : answer,
  );
  return { ...setup, decide };
}

const ran = ({ server }: Setup): number =>
  server.arrivals.filter(
    ({ authorization, body }) => authorization === 'Bearer t1' && body.includes('tools/call'),
  ).length;

describe('a request that the client has cancelled', () => {
  it('gets the answer of the server at once, and never runs', async () => {
    const setup = await slowUser();
    const { broker, fake, url } = setup;
    const pending = broker.fetch(url, rpc(PAY));
    await expect.poll(() => fake.asked).toHaveLength(2);
    const cancelled = broker.fetch(url, rpc(cancel(7)));
    const response = await pending;
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toContain('Bearer');
    setup.decide(token('t1'));
    expect((await cancelled).status).toBe(200);
    expect(ran(setup)).toBe(0);
    // The question goes on: what the user answers is there for the next attempt.
    expect(fake.cancelled).toEqual([]);
    expect((await broker.fetch(url, rpc(PAY))).status).toBe(200);
    expect(ran(setup)).toBe(1);
  });

  it.each([
    ['another id', cancel(8), {}],
    ['an id of another type', cancel('7'), {}],
    ['another session', cancel(7), { 'mcp-session-id': 'other' }],
    ['a tool call that mentions it', { ...PAY, id: 9, params: cancel(7) }, {}],
  ])('runs when the word is about %s', async (_, message, headers) => {
    const setup = await slowUser();
    const { broker, fake, url } = setup;
    const pending = broker.fetch(url, rpc(PAY));
    await expect.poll(() => fake.asked).toHaveLength(2);
    const word = broker.fetch(url, rpc(message, headers));
    await settled();
    setup.decide(token('t1'));
    expect((await pending).status).toBe(200);
    await word;
  });

  it('runs when two clients of the page have numbered their calls alike: nobody knows whose it was', async () => {
    const setup = await slowUser();
    const { broker, fake, url } = setup;
    const both = [broker.fetch(url, rpc(PAY)), broker.fetch(url, rpc(PAY))];
    await expect.poll(() => fake.asked).toHaveLength(2);
    const cancelled = broker.fetch(url, rpc(cancel(7)));
    setup.decide(token('t1'));
    expect((await Promise.all(both)).map(({ status }) => status)).toEqual([200, 200]);
    await cancelled;
    expect(ran(setup)).toBe(2);
  });

  it('runs when the word is for another URL', async () => {
    const setup = await slowUser();
    const { broker, fake, url } = setup;
    const pending = broker.fetch(url, rpc(PAY));
    await expect.poll(() => fake.asked).toHaveLength(2);
    const word = broker.fetch(`${url}?other`, rpc(cancel(7)));
    await settled();
    setup.decide(token('t1'));
    expect((await pending).status).toBe(200);
    await word;
  });

  it('does not run either when it is one of a batch', async () => {
    const setup = await slowUser();
    const { broker, fake, url } = setup;
    const init = { ...rpc({}), body: JSON.stringify([PAY, { ...PAY, id: 8 }]) };
    const pending = broker.fetch(url, init);
    await expect.poll(() => fake.asked).toHaveLength(2);
    const word = broker.fetch(url, rpc(cancel(8)));
    expect((await pending).status).toBe(401);
    setup.decide(token('t1'));
    await word;
  });

  it('is not sent at all when it was still waiting for a token', async () => {
    let answer: (answer: unknown) => void = () => {};
    const { server, fake, broker, url } = await setUp(
      () => OK,
      () => new Promise((resolve) => (answer = resolve)),
    );
    const pending = broker.fetch(url, rpc(PAY));
    await expect.poll(() => fake.asked).toHaveLength(1);
    const cancelled = broker.fetch(url, rpc(cancel(7)));
    answer(token('t1'));
    await expect(pending).rejects.toMatchObject({ name: 'AbortError' });
    await cancelled;
    expect(server.arrivals.map(({ body }) => body)).toEqual([rpc(cancel(7)).body]);
  });

  it('is not looked for in a body above 64 KiB', async () => {
    const setup = await slowUser();
    const { broker, fake, url } = setup;
    const pending = broker.fetch(url, rpc({ ...PAY, padding: 'x'.repeat(65_536) }));
    await expect.poll(() => fake.asked).toHaveLength(2);
    const parse = vi.spyOn(JSON, 'parse');
    const word = broker.fetch(url, rpc({ ...cancel(7), padding: 'x'.repeat(65_536) }));
    expect(parse).not.toHaveBeenCalled();
    parse.mockRestore();
    setup.decide(token('t1'));
    expect((await pending).status).toBe(200);
    await word;
  });
});

describe('a request that has become old', () => {
  const ask = async (
    init: RequestInit,
    seconds: number,
    options = {},
  ): Promise<{ setup: Setup; status: number }> => {
    const setup = await slowUser();
    const { broker, fake, url } = setup;
    pass(0);
    const pending = broker.fetchWith(options)(url, init);
    await expect.poll(() => fake.asked).toHaveLength(2);
    pass(seconds * 1000);
    setup.decide(token('t1'));
    return { setup, status: (await pending).status };
  };

  it.each([
    ['59 s', 59, {}, 200],
    ['60 s', 60, {}, 401],
    ['60 s, where 90 are allowed', 60, { maxReplayAge: 90_000 }, 200],
    ['no time, where none is allowed', 0, { maxReplayAge: 0 }, 401],
    ['a clock that was put back', -3600, {}, 401],
  ])('after %s', async (_, seconds, options, expected) => {
    const { setup, status } = await ask(rpc(PAY), seconds, options);
    expect(status).toBe(expected);
    expect(ran(setup)).toBe(expected === 200 ? 1 : 0);
    // The token is there for the next attempt.
    expect((await setup.broker.fetch(setup.url, rpc(PAY))).status).toBe(200);
  });

  it.each([
    ['GET', { method: 'GET' }],
    ['initialize', rpc({ id: 0, method: 'initialize' })],
    ['tools/list', rpc({ id: 1, method: 'tools/list' })],
    ['ping', rpc({ id: 1, method: 'ping' })],
  ])('is sent again at any age when it only asks: %s', async (_, init) => {
    expect((await ask(init, 600, { maxReplayAge: 0 })).status).toBe(200);
  });

  it.each([
    ['PUT', { method: 'PUT', body: 'x' }],
    ['DELETE', { method: 'DELETE' }],
    ['a POST that is no JSON', { method: 'POST', body: 'x' }],
    ['a POST of JSON null', { method: 'POST', body: 'null' }],
    ['an empty batch', { method: 'POST', body: '[]' }],
    [
      'a batch of which one changes something',
      { method: 'POST', body: JSON.stringify([{ id: 1, method: 'tools/list' }, PAY]) },
    ],
    ['a POST whose body is no string', { method: 'POST', body: new Blob(['{}']) }],
  ])('is not sent again: %s', async (_, init) => {
    const { broker, url } = await setUp(wants('t2'), (_call, { rejected }) => {
      if (rejected !== undefined) pass(60_000);
      return token(rejected === undefined ? 't1' : 't2');
    });
    expect((await broker.fetch(url, init)).status).toBe(401);
    expect((await broker.fetch(url, init)).status).toBe(200);
  });

  it('is returned with its 403 after a step-up that took long', async () => {
    const challenge = 'Bearer error="insufficient_scope", scope="write"';
    const { server, broker, url } = await setUp(
      ({ authorization }) =>
        authorization === 'Bearer wide'
          ? OK
          : { status: 403, headers: { 'www-authenticate': challenge }, body: 'why' },
      (_, { challenge: header }) => {
        if (header !== undefined) pass(60_000);
        return token(header === undefined ? 'narrow' : 'wide');
      },
    );
    pass(0);
    const response = await broker.fetch(url, rpc(PAY));
    expect([response.status, await response.text()]).toEqual([403, 'why']);
    expect(server.arrivals).toHaveLength(1);
    expect((await broker.fetch(url, rpc(PAY))).status).toBe(200);
  });
});

it('is sent again at once, whatever its kind, when nobody took long', async () => {
  const { server, broker, url } = await setUp(wants('t1'), onlyInteractively('t1'));
  expect((await broker.fetch(url, { method: 'PUT', body: 'x' })).status).toBe(200);
  expect(sent(server)).toEqual([undefined, 'Bearer t1']);
});

it('counts its age by itself, and not by that of the page', async () => {
  const { broker, url } = await setUp(
    ({ authorization }) => (authorization === 'Bearer t2' ? OK : UNAUTHORIZED),
    always('t1', 't2'),
  );
  pass(600_000);
  expect((await broker.fetch(url, rpc(PAY))).status).toBe(200);
});
