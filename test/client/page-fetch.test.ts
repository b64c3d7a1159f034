/** Which `fetch` carries a request: the page's own, also where the page has put ours in its place (P3). */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createBroker } from '../../src/client/broker.ts';
import { Connection } from '../../src/client/connection.ts';
import { noCarrier } from './fake-broker.ts';
import { OK, onlyInteractively, sent, serve, setUp, tearDown, wants } from './fetch-setup.ts';

afterEach(tearDown);

describe('a page that puts broker.fetch in the place of its own fetch', () => {
  it('sends each request once, and steps nowhere in circles', async () => {
    const { server, broker, url } = await setUp(wants('t1'), onlyInteractively('t1'));
    vi.stubGlobal('fetch', broker.fetch);
    expect((await fetch(url)).status).toBe(200);
    expect((await fetch(new Request(url, { method: 'POST', body: 'x' }))).status).toBe(200);
    expect((await broker.fetchWith({ interactive: false })(url)).status).toBe(200);
    expect(sent(server)).toEqual([undefined, 'Bearer t1', 'Bearer t1', 'Bearer t1']);
  });

  it('reaches everything else as ever', async () => {
    const elsewhere = await serve(() => OK);
    const { broker } = await setUp(() => OK, onlyInteractively());
    vi.stubGlobal('fetch', broker.fetch);
    expect(await (await fetch('data:text/plain,here')).text()).toBe('here');
    const headers = { authorization: 'Bearer mine' };
    expect((await fetch(elsewhere.origin, { headers })).status).toBe(200);
    expect((await fetch(elsewhere.origin)).status).toBe(200);
    expect(sent(elsewhere)).toEqual(['Bearer mine', undefined]);
  });

  it('may find the broker again, in whose fetch the first one has no part', async () => {
    const { server, fake, broker, url } = await setUp(wants('t1'), onlyInteractively('t1'));
    vi.stubGlobal('fetch', broker.fetchWith({}));
    const again = createBroker(new Connection(fake.open), fake.info, noCarrier);
    vi.stubGlobal('fetch', again.fetch);
    const third = createBroker(new Connection(fake.open), fake.info, noCarrier);
    const before = fake.asked.length;
    await third.fetch(url);
    expect(sent(server)).toEqual([undefined, 'Bearer t1']);
    expect(fake.asked.length - before).toBe(2);
  });
});

it('is the fetch that the page had when it found the broker, with the this that it needs', async () => {
  const calls: unknown[] = [];
  const native = fetch;
  vi.stubGlobal('fetch', function (this: unknown, ...args: Parameters<typeof fetch>) {
    // As a browser's: `Illegal invocation` for any other.
    calls.push(this);
    return native(...args);
  });
  const { broker, url } = await setUp(() => OK, onlyInteractively());
  vi.stubGlobal('fetch', () => Promise.reject(new Error('put there later')));
  expect((await broker.fetch(url)).status).toBe(200);
  expect((await broker.fetch(new Request(url))).status).toBe(200);
  expect(calls).toEqual([globalThis, globalThis]);
});
