/** What a carried request may take of time and memory, and what happens in between its steps (Z29–Z33, Z43). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MAX_ANSWER } from '../../src/background/doors/carried-body.ts';
import { BrokerError } from '../../src/shared/errors.ts';
import { answerOf, endless, EVENTS, post, rpc, script, TokenSearch, toolCall } from './carrying.ts';
import { World } from './world.ts';

let world: World;
let search: TokenSearch;
/** The waits of the worker, which end when a test says so. */
let waits: { milliseconds: number; end: () => void }[];
beforeEach(async () => {
  world = await World.open();
  search = new TokenSearch();
  await world.getToken({ scopes: ['notes:read'] });
  await search.remember(world);
  waits = [];
  const { pause } = world.ports;
  world.ports.pause = (milliseconds) =>
    milliseconds < 5000
      ? pause(milliseconds)
      : new Promise((end) => waits.push({ milliseconds, end }));
});
afterEach(async () => {
  await search.expectNone(world);
  await world.close();
});

const origin = () => world.lab.siteA.origin;
const grant = async () => (await world.ports.store.findGrant(origin(), world.resource))!;
const waitsOf = (milliseconds: number) => waits.filter((one) => one.milliseconds === milliseconds);
/** A server that does not begin to answer, until its request is aborted. */
const neverBegin = () =>
  script(
    world,
    ({ signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          reject(new BrokerError('aborted'));
        });
      }),
  );

describe('the time to the head of an answer', () => {
  it('is five minutes, and the server hears of its end (Z31)', async () => {
    const sent = neverBegin();
    const request = world.carry(post(toolCall('read_notes')));
    await expect.poll(() => waitsOf(300_000).length).toBe(1);
    waitsOf(300_000)[0]?.end();
    await request.ended();
    expect([request.error?.code, sent.length]).toEqual(['network_error', 1]);
    expect(sent[0]?.signal.aborted).toBe(true);
  });

  it('has no bound for a stream of events, which begins when something happens (Z32)', async () => {
    const sent = neverBegin();
    const request = world.carry({ headers: EVENTS });
    await expect.poll(() => sent.length).toBe(1);
    expect(waitsOf(300_000)).toEqual([]);
    request.leave();
  });
});

describe('an answer', () => {
  /** Chunks without end, and how many were taken. */
  function chunks(size: number) {
    const seen = { pulled: 0, isCancelled: false };
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          seen.pulled += 1;
          controller.enqueue(new Uint8Array(size).fill(97));
        },
        cancel: () => void (seen.isCancelled = true),
      },
      { highWaterMark: 0 },
    );
    return { body, seen };
  }

  it.each([401, 403])('of %i that is no stream is read for 64 KiB (Z30)', async (status) => {
    const all: ReturnType<typeof chunks>[] = [];
    script(world, () => {
      all.push(chunks(20_000));
      return answerOf(all.at(-1)!.body, { status });
    });
    const request = await world.carry(post(rpc('ping'), { stepUps: 0 })).ended();
    expect([request.head?.status, request.error?.code]).toEqual([status, 'network_error']);
    expect(request.bytes.length).toBeLessThanOrEqual(65_536);
    expect(all.map(({ seen }) => seen.isCancelled)).toEqual(all.map(() => true));
  });

  it('that says that it is too large is not begun (Z30)', async () => {
    const { body, seen } = chunks(10);
    const headers: [string, string][] = [['content-length', String(MAX_ANSWER + 1)]];
    script(world, () => answerOf(body, { headers }));
    const { error, head } = await world.carry(post(rpc('ping'))).ended();
    expect([error?.code, head]).toEqual(['network_error', undefined]);
    await expect.poll(() => seen.isCancelled).toBe(true);
  });

  it('that its page leaves unread is given up, its server with it (Z30)', async () => {
    const { body, seen } = chunks(200_000);
    script(world, () => answerOf(body));
    const request = world.openCarried();
    request.isReading = false;
    request.send({ url: world.resource, ...post(rpc('ping')) });
    await expect.poll(() => waitsOf(world.ports.patience).length).toBe(1);
    expect(request.bytes.length).toBeLessThanOrEqual(1_048_576 + 200_000);
    waitsOf(world.ports.patience)[0]?.end();
    await request.ended();
    expect([request.error?.code, seen.isCancelled]).toEqual(['network_error', true]);
    const { rows } = await world.own.activity({ limit: 5 });
    expect(rows.find(({ kind }) => kind === 'failed')).toMatchObject({ reason: 'unread' });
  });
});

describe('between two steps', () => {
  it('a grant that goes while it is looked up takes the request along (Z33)', async () => {
    const sent = script(world, () => answerOf('{}'));
    const { store } = world.ports;
    const { findGrant } = store;
    const { resource, account } = await grant();
    store.findGrant = async (...asked) => {
      const found = await findGrant.call(store, ...asked);
      store.findGrant = findGrant;
      await world.own.disconnect({ origin: origin(), resource, account });
      return found;
    };
    const { error } = await world.carry(post(rpc('ping'))).ended();
    expect([error?.code, sent.length]).toEqual(['access_denied', 0]);
  });

  it('a paused site sends nothing, and asks nobody (Z28)', async () => {
    const sent = script(world, () => answerOf('{}'));
    await world.own.pause({ origin: origin(), paused: true });
    const asked = world.prompts.length;
    for (const refused of [{}, { refused: { status: 401 as const } }]) {
      const { error } = await world.carry(post(rpc('ping'), refused)).ended();
      expect(error?.code).toBe('access_denied');
    }
    expect([sent.length, world.prompts.length]).toEqual([0, asked]);
    expect((await world.pageOf().call('hello', {})).held).toEqual([]);
  });

  it('ending a session asks nobody to sign in (Z28)', async () => {
    await world.ports.store.updateGrant(await grant(), { token: undefined });
    const sent = script(world, () =>
      answerOf('{}', { status: 401, headers: [['www-authenticate', 'Bearer']] }),
    );
    const asked = world.lab.ledger.cost().authorizations;
    const { head } = await world.carry({ method: 'DELETE' }).ended();
    expect([head?.status, sent.length]).toEqual([401, 1]);
    expect(world.lab.ledger.cost().authorizations).toBe(asked);
    const prompts = world.prompts.length;
    const url = `${new URL(world.resource).origin}/other`;
    const refused = { status: 401 as const };
    const strange = await world.carry({ method: 'DELETE', url, refused }).ended();
    expect([strange.error?.code, world.prompts.length]).toEqual(['interaction_required', prompts]);
  });
});

describe('before any grant', () => {
  it('a failure of the network tells nothing, and is told at ten seconds (Z2, Z43)', async () => {
    world.holdsFailuresBack = true;
    await world.restart();
    world.ports.http = () => Promise.reject(new BrokerError('network_error'));
    const url = `${new URL(world.resource).origin}/other`;
    const request = world.carry(post(rpc('ping'), { url, refused: { status: 401 } }));
    const held = () => waits.filter(({ milliseconds: long }) => long > 5000 && long <= 10_000);
    await expect.poll(() => held().length).toBe(1);
    expect(request.error).toBeUndefined();
    held()[0]?.end();
    await request.ended();
    expect(request.error?.code).toBe('connect_failed');
  });
});

describe('many streams', () => {
  it('all end with the access to their server, at one word of the browser (Z33)', async () => {
    const sent = script(world, ({ signal }) =>
      answerOf(endless(signal), {
        headers: [['content-type', 'text/event-stream']],
        // Over one connection, since three calls of a site are the most over several (Z32).
        protocol: 'h2',
      }),
    );
    // Answers to POSTs may be streams as well.
    const all = Array.from({ length: 20 }, () => world.carry(post(toolCall('read_notes'))));
    await Promise.all(all.map((one) => one.until(() => one.bytes.length > 0)));
    world.hostAccess = () => false;
    let isTold = false;
    Object.assign(world.life.ports, { changed: () => (isTold = true) });
    world.withdrawn(['<all_urls>']);
    // An open popup says what can be reached.
    expect(isTold).toBe(true);
    await Promise.all(all.map((one) => one.ended()));
    expect(new Set(all.map(({ error }) => error?.code))).toEqual(new Set(['access_denied']));
    expect(sent.every(({ signal }) => signal.aborted)).toBe(true);
  });
});
