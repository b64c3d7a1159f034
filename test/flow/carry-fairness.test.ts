/**
 * Requests of two sites at one HTTP/1.1 server, which a browser opens six connections to (Z32): whatever one site leaves
 * unanswered, the other is answered. The server and its connections are real.
 */
import { Agent, createServer, request as httpRequest, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Streaming } from '../../src/background/ports/ports.ts';
import { BrokerError } from '../../src/shared/errors.ts';
import {
  answerOf,
  endless,
  EVENTS,
  MCP,
  post,
  rpc,
  script,
  TokenSearch,
  toolCall,
} from './carrying.ts';
import { World } from './world.ts';

/** What arrived and is not answered yet, by what it asks for. */
interface Slow {
  body: string;
  response: ServerResponse;
}

let world: World;
let search: TokenSearch;
let slow: Slow[];
let arrived: string[];
let close: () => void;
/** The waits for a turn, which end when a test says so. */
let waits: { milliseconds: number; end: () => void }[];

beforeEach(async () => {
  world = await World.open();
  search = new TokenSearch();
  for (const origin of [siteA(), siteB()]) {
    await world.getToken({ scopes: ['notes:read'], resource: world.resource }, { origin });
  }
  [slow, arrived, waits] = [[], [], []];
  const server = createServer((asked, response) => {
    void text(asked).then((body) => {
      arrived.push(body);
      if (asked.method === 'GET') {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': hello\n\n');
      } else if (body.includes('slow')) slow.push({ body, response });
      else response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as { port: number };
  const agent = new Agent({ keepAlive: true, maxSockets: 6 });
  world.ports.stream = sixAtATime(port, agent);
  const { pause } = world.ports;
  world.ports.pause = (milliseconds, signal) =>
    milliseconds < 5000
      ? pause(milliseconds, signal)
      : new Promise((end) => waits.push({ milliseconds, end }));
  close = () => {
    server.closeAllConnections();
    server.close();
  };
});
afterEach(async () => {
  await search.expectNone(world);
  close();
  await world.close();
});

const siteA = () => world.lab.siteA.origin;
const siteB = () => world.lab.siteB.origin;
const slowCall = (n = 0) => post(toolCall(`slow ${n}`));
const answer = ({ response }: Slow) =>
  response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
const ping = (origin: string) => world.carry(post(rpc('ping')), origin).ended();

/** Over as many connections as a browser has, whatever the address says. */
function sixAtATime(port: number, agent: Agent): Streaming {
  return (_url, { method, headers, body }, signal) =>
    new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port, method, agent, signal };
      const sent = httpRequest({ ...options, headers: Object.fromEntries(headers) }, (got) => {
        resolve(
          answerOf(Readable.toWeb(got) as ReadableStream<Uint8Array>, {
            status: got.statusCode ?? 0,
            headers: [['content-type', got.headers['content-type'] ?? '']],
            protocol: 'http/1.1',
          }),
        );
      });
      sent.on('error', () => reject(new BrokerError(signal.aborted ? 'aborted' : 'network_error')));
      sent.end(body);
    });
}

async function openStreams(origin: string, count: number) {
  const all = Array.from({ length: count }, () => world.carry({ headers: EVENTS }, origin));
  await Promise.all(all.map((one) => one.until(() => one.bytes.length > 0 || one.isClosed)));
  return all;
}

describe('calls that are not answered', () => {
  it('are three of a site at a server, and the other site is answered meanwhile (Z32)', async () => {
    const all = Array.from({ length: 20 }, (_, n) => world.carry(slowCall(n)));
    await expect.poll(() => slow.length).toBe(3);
    for (let count = 0; count < 5; count += 1) expect((await ping(siteB())).head?.status).toBe(200);
    expect(slow.length).toBe(3);
    // Those that wait have not left, and say so: their client may still send them.
    expect(all.filter(({ said }) => said.some((one) => 'sent' in one)).length).toBe(3);
    // None is lost, and none goes twice.
    for (let count = 0; count < 20; count += 1) {
      await expect.poll(() => slow.length).toBe(Math.min(count + 3, 20));
      answer(slow[count]!);
    }
    await Promise.all(all.map((one) => one.ended()));
    expect(all.map(({ head }) => head?.status)).toEqual(all.map(() => 200));
    const gone = slow.map(({ body }) => Number(/slow (\d+)/.exec(body)?.[1]));
    expect(gone.sort((one, other) => one - other)).toEqual(all.map((_, n) => n));
  });

  it('leave room beside all the streams of two sites, and for a stream of the other (Z32)', async () => {
    await openStreams(siteA(), 2);
    const all = Array.from({ length: 20 }, (_, n) => world.carry(slowCall(n)));
    await expect.poll(() => slow.length).toBe(2);
    const [first] = await openStreams(siteB(), 1);
    expect(first?.head?.status).toBe(200);
    expect((await ping(siteB())).head?.status).toBe(200);
    // A second stream is no reason to be told that there is none: it comes when there is room.
    const second = world.carry({ headers: EVENTS }, siteB());
    expect((await ping(siteB())).head?.status).toBe(200);
    expect(second.head).toBeUndefined();
    for (const one of all.slice(2)) one.leave();
    answer(slow[0]!);
    await second.until(() => second.bytes.length > 0);
    // With four streams and one call there is a connection left for the site that has no call under way.
    expect((await ping(siteB())).head?.status).toBe(200);
  });

  it('do not keep back what they may be waiting for: answers and notifications (Z32)', async () => {
    for (let n = 0; n < 5; n += 1) world.carry(slowCall(n));
    await expect.poll(() => slow.length).toBe(3);
    const words = [
      { jsonrpc: '2.0', id: 7, result: {} },
      { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } },
    ];
    for (const word of [...words, words]) {
      const { head } = await world.carry(post(JSON.stringify(word))).ended();
      expect(head?.status).toBe(200);
    }
    // One that is called so and is not.
    const posing = world.carry(post(JSON.stringify([words[0], JSON.parse(rpc('ping'))])));
    expect((await ping(siteB())).head?.status).toBe(200);
    expect(posing.head).toBeUndefined();
    expect(arrived.filter((body) => body.includes('slow')).length).toBe(3);
  });
});

describe('a request that waits for its turn', () => {
  const waiting = async () => {
    for (let n = 0; n < 3; n += 1) world.carry(slowCall(n));
    await expect.poll(() => slow.length).toBe(3);
    const request = world.carry(post(toolCall('waiting')));
    await expect.poll(() => waits.filter((one) => one.milliseconds === 300_000).length).toBe(4);
    return request;
  };
  const never = () => expect(arrived.some((body) => body.includes('waiting'))).toBe(false);
  const goOn = async () => {
    for (const one of slow) answer(one);
    expect((await ping(siteA())).head?.status).toBe(200);
  };

  it('ends when its page gives it up, and is not sent later (Z32)', async () => {
    const request = await waiting();
    request.leave();
    await request.ended();
    await goOn();
    never();
  });

  it('ends when its grant goes (Z32, Z33)', async () => {
    const request = await waiting();
    const { resource, account } = (await world.ports.store.findGrant(siteA(), world.resource))!;
    await world.own.disconnect({ origin: siteA(), resource, account });
    await request.ended();
    expect(request.error?.code).toBe('access_denied');
    never();
  });

  it('ends after five minutes unsent, and the server’s own time begins when it is sent (Z31, Z32)', async () => {
    const request = await waiting();
    waits.at(-1)?.end();
    await request.ended();
    expect(request.error?.code).toBe('rate_limited');
    expect(request.said.some((one) => 'sent' in one)).toBe(false);
    await goOn();
    never();
  });
});

describe('a turn', () => {
  it('is not held while a person is asked (Z32)', async () => {
    const challenge = 'Bearer error="insufficient_scope", scope="notes:read notes:write"';
    script(world, ({ init }) =>
      new TextDecoder().decode(init.body).includes('more')
        ? answerOf('{}', { status: 403, headers: [['www-authenticate', challenge]] })
        : answerOf('{}'),
    );
    world.answer = () => 'ignore';
    const before = world.prompts.length;
    const all = Array.from({ length: 3 }, () => world.carry(post(toolCall('more'))));
    await expect.poll(() => world.prompts.length).toBe(before + 1);
    await Promise.all(all.map((one) => one.until(() => one.said.some((said) => 'sent' in said))));
    expect((await ping(siteA())).head?.status).toBe(200);
    for (const one of all) one.leave();
  });

  it('is not waited for at a server that has spoken HTTP/2, nor any longer once that is known (Z32)', async () => {
    let protocol = '';
    const held: (() => void)[] = [];
    const sent = script(world, ({ init, signal }) => {
      if (init.method === 'GET') return answerOf(endless(signal), { protocol });
      const body = new TextDecoder().decode(init.body);
      if (!body.includes('slow')) return answerOf('{}', { protocol });
      return new Promise((resolve) => held.push(() => resolve(answerOf('{}', { protocol }))));
    });
    for (let n = 0; n < 10; n += 1) world.carry({ ...slowCall(n), headers: MCP });
    await expect.poll(() => sent.length).toBe(3);
    protocol = 'h2';
    // It gives no turn back, and tells what the others need not wait for.
    const [stream] = await openStreams(siteB(), 1);
    await expect.poll(() => sent.length).toBe(11);
    stream?.leave();
    for (const end of held) end();
  });
});
