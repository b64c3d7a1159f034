/** Long streams of several sites at one server (Z32), where the old transport's messages go, and what is noted of it all. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answerOf, endless, EVENTS, post, rpc, script, TokenSearch, toolCall } from './carrying.ts';
import { World } from './world.ts';

let world: World;
let search: TokenSearch;
beforeEach(async () => {
  world = await World.open();
  search = new TokenSearch();
  await connect();
});
afterEach(async () => {
  await search.expectNone(world);
  await world.close();
});

const origin = () => world.lab.siteA.origin;
const siteB = () => world.lab.siteB.origin;
const EVENT_STREAM: [string, string][] = [['content-type', 'text/event-stream']];
const OLD: [string, string][] = [['accept', 'text/event-stream']];

async function connect(from = origin(), resource = world.resource): Promise<void> {
  await world.getToken({ scopes: ['notes:read'], resource }, { origin: from });
  await search.remember(world);
}

/** A server of streams that go on. */
const serveStreams = (protocol = '') =>
  script(world, ({ init, signal }) =>
    init.method === 'GET'
      ? answerOf(endless(signal), { headers: EVENT_STREAM, protocol })
      : answerOf('{}', { protocol }),
  );

async function openStream(from = origin(), headers = EVENTS) {
  const request = world.carry({ headers }, from);
  await request.until(() => request.bytes.length > 0 || request.isClosed);
  return request;
}

describe('long streams', () => {
  it('are two of a site and four in all, and a client of Streamable HTTP hears that there is none (Z32)', async () => {
    await connect(siteB());
    const sent = serveStreams();
    const own = [await openStream(), await openStream(), await openStream()];
    expect(own.map(({ head }) => head?.status)).toEqual([200, 200, 405]);
    expect(own[2]?.head?.statusText).toContain('Grantkeeper');
    expect(own[2]?.said.some((one) => 'sent' in one)).toBe(false);
    const others = [
      await openStream(siteB()),
      await openStream(siteB()),
      await openStream(siteB()),
    ];
    expect(others.map(({ head }) => head?.status)).toEqual([200, 200, 405]);
    expect(sent.length).toBe(4);
    // What ends is not kept waiting by what does not.
    const { head } = await world.carry(post(rpc('ping')), siteB()).ended();
    expect(head?.status).toBe(200);
    own[0]?.leave();
    await expect.poll(async () => (await openStream()).head?.status).toBe(200);
  });

  it('are twenty of a site at a server that has spoken HTTP/2 (Z32)', async () => {
    serveStreams('h2');
    await world.carry(post(rpc('ping'))).ended();
    const all = await Promise.all(Array.from({ length: 21 }, () => openStream()));
    const statuses = all.map(({ head }) => head?.status);
    expect(statuses.filter((status) => status === 200).length).toBe(20);
    expect(statuses.filter((status) => status === 405).length).toBe(1);
  });

  it('of the old transport fail beyond that: it cannot do without its stream (Z32)', async () => {
    serveStreams();
    const all = [await openStream(origin(), OLD), await openStream(origin(), OLD)];
    expect(all.map(({ head }) => head?.status)).toEqual([200, 200]);
    const { error, head } = await world.carry({ headers: OLD }).ended();
    expect([error?.code, head]).toEqual(['rate_limited', undefined]);
    // A site that posts where it reads speaks the new one.
    await world.carry(post(rpc('ping'))).ended();
    expect((await openStream(origin(), OLD)).head?.status).toBe(405);
  });
});

describe('the old transport', () => {
  const messages = () => `${new URL(world.resource).origin}/messages?sessionId=1`;
  const serve = (endpoint: string) =>
    script(world, ({ init, signal }) =>
      init.method === 'GET'
        ? answerOf(endless(signal, `event: endpoint\ndata: ${endpoint}\n\n`), {
            headers: EVENT_STREAM,
          })
        : answerOf('Accepted', { status: 202 }),
    );

  it('has its messages carried to where its own stream says, while it lasts (Z29)', async () => {
    const sent = serve('/messages?sessionId=1');
    const early = await world.carry(post(rpc('ping'), { url: messages() })).ended();
    expect([early.instead, sent.length]).toEqual(['nothing', 0]);
    const stream = await openStream(origin(), OLD);
    const { head } = await world.carry(post(rpc('ping'), { url: messages() })).ended();
    expect([head?.status, sent[1]?.token === sent[0]?.token]).toEqual([202, true]);
    const stranger = await world.carry(post(rpc('ping'), { url: messages() }), siteB()).ended();
    expect(stranger.instead).toBe('nothing');
    stream.leave();
    const late = await world.carry(post(rpc('ping'), { url: messages() })).ended();
    expect(late.instead).toBe('nothing');
  });

  it('keeps an address that two streams have named until the second has ended (Z29)', async () => {
    serve('/messages?sessionId=1');
    const [first, second] = [await openStream(origin(), OLD), await openStream(origin(), OLD)];
    const send = () => world.carry(post(rpc('ping'), { url: messages() })).ended();
    first.leave();
    expect((await send()).head?.status).toBe(202);
    second.leave();
    expect((await send()).instead).toBe('nothing');
  });

  it('cannot have them carried to another origin (Z29)', async () => {
    const sent = serve('https://evil.example/messages');
    await openStream(origin(), OLD);
    const url = 'https://evil.example/messages';
    const { instead } = await world.carry(post(rpc('ping'), { url })).ended();
    expect([instead, sent.length]).toEqual(['nothing', 1]);
  });

  it('works with the demo’s own server (Z29)', async () => {
    const { sseUrl } = world.lab.mcpServer;
    await connect(origin(), sseUrl);
    const stream = world.carry({ url: sseUrl, headers: OLD });
    await stream.until(() => stream.text.includes('endpoint') || stream.isClosed);
    const path = /data: (\S+)/.exec(stream.text)?.[1] ?? '';
    const url = new URL(path, sseUrl).href;
    const params = {
      protocolVersion: '2024-11-05',
      capabilities: {},
      clientInfo: { name: 'x', version: '1' },
    };
    const { head } = await world.carry(post(rpc('initialize', params), { url })).ended();
    expect(head?.status).toBe(202);
    await stream.until(() => stream.text.includes('serverInfo'));
    stream.leave();
  });
});

describe('whose streams are open', () => {
  const shown = async () =>
    new Map((await world.own.grants({})).map((one) => [one.origin, one.streams]));
  const heldBack = async () => {
    const traces = await Promise.all(
      (await world.own.traces({})).map(({ id }) => world.own.trace({ id })),
    );
    const steps = traces.flatMap((trace) => trace?.steps ?? []);
    return steps.filter((step) => step.kind === 'carried' && step.code === 'rate_limited');
  };

  it('is said in the popup while they are, which is told when that changes (Z32)', async () => {
    await connect(siteB());
    serveStreams();
    expect([...(await shown()).values()]).toEqual([undefined, undefined]);
    let changes = 0;
    Object.assign(world.life.ports, { changed: () => (changes += 1) });
    const own = [await openStream(), await openStream()];
    await openStream(siteB());
    expect([(await shown()).get(origin()), (await shown()).get(siteB())]).toEqual([2, 1]);
    expect(changes).toBeGreaterThanOrEqual(3);
    changes = 0;
    for (const one of own) one.leave();
    await expect.poll(async () => (await shown()).get(origin())).toBeUndefined();
    expect(changes).toBeGreaterThanOrEqual(2);
  });

  it('is said in the trace of one that was held back for them, and not to its page (Z32)', async () => {
    await connect(siteB());
    serveStreams();
    const all = [await openStream(), await openStream(), await openStream(siteB())];
    all.push(await openStream(siteB()), await openStream(siteB()));
    await expect.poll(async () => (await heldBack()).length).toBe(1);
    expect(await heldBack()).toMatchObject([
      {
        held: [
          [origin(), 2],
          [siteB(), 2],
        ],
      },
    ]);
    expect(JSON.stringify(all.at(-1)?.said)).not.toContain(origin());
  });
});

describe('what is noted of carried requests', () => {
  const traceOf = async () => {
    const traces = await world.own.traces({});
    const all = await Promise.all(traces.map(({ id }) => world.own.trace({ id })));
    return all.filter((one) => one?.steps.some(({ kind }) => kind === 'carried'));
  };

  it('is one trace for a site and server, with neither bodies nor queries (Z29, T-32)', async () => {
    const secret = 'only-for-the-server';
    script(world, () => answerOf(JSON.stringify({ secret })));
    const headers: [string, string][] = [...EVENTS, ['x-secret', secret]];
    const url = `${world.resource}/below?key=${secret}`;
    await world.carry({ ...post(toolCall('read_notes', { secret })), url, headers }).ended();
    expect((await traceOf()).length).toBe(1);
    await world.restart();
    await world.carry(post(rpc('ping'))).ended();
    await expect.poll(async () => (await traceOf())[0]?.steps.length).toBe(2);
    const [trace, ...others] = await traceOf();
    expect(others).toEqual([]);
    expect(trace?.steps[0]).toMatchObject({
      ...{ kind: 'carried', method: 'POST', url: `${world.resource}/below`, status: 200 },
      ...{ bytes: 32, dropped: ['x-secret'] },
    });
    expect(JSON.stringify(trace)).not.toContain(secret);
  });

  it('says what stopped one, and leads from its row to it (T-50)', async () => {
    script(world, ({ token }) => answerOf(`{"token": "${token}"}`));
    await world.carry(post(rpc('ping'))).ended();
    const { rows } = await world.own.activity({ limit: 5 });
    const row = rows.find(({ kind }) => kind === 'failed');
    expect(row).toMatchObject({ code: 'network_error', reason: 'credential_returned' });
    const trace = await world.own.trace({ id: row?.flow ?? '' });
    expect(trace?.steps.at(-1)).toMatchObject({ kind: 'carried', reason: 'credential_returned' });
    await search.remember(world);
  });

  it('keeps the latest, and leaves the traces of sign-ins where they are (T-50, Z39)', async () => {
    script(world, () => answerOf('{}'));
    const before = (await world.own.traces({})).length;
    for (let count = 0; count < 220; count += 1) {
      if (count % 90 === 0) world.elapsed += 11_000;
      await world.carry({ ...post(rpc('ping')), url: `${world.resource}/n${count}` }).ended();
    }
    expect((await world.own.traces({})).length).toBe(before + 1);
    const [trace] = await traceOf();
    expect(trace?.steps.length).toBeLessThanOrEqual(200);
    expect(trace?.steps.at(-1)).toMatchObject({ url: `${world.resource}/n219` });
    expect(JSON.stringify(trace?.steps)).not.toContain('/n3"');
  });

  it('counts each as a use of its grant (T-50)', async () => {
    script(world, () => answerOf('{}'));
    const uses = async () => (await world.own.grants({}))[0]?.uses ?? 0;
    const before = await uses();
    await world.carry(post(rpc('ping'))).ended();
    await world.carry(post(rpc('ping'))).ended();
    expect(await uses()).toBe(before + 2);
  });
});
