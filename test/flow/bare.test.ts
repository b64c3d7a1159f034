/** Servers without metadata: what they want, asked in one question, and what is stored of the answer (Z37, Z38). */
import { afterEach, describe, expect, it } from 'vitest';
import { credentialOf } from '../../src/background/access/credential-of.ts';
import type { PromptSnapshot } from '../../src/shared/prompt.ts';
import { startBareServer, type BareServers, type Manner } from './bare-servers.ts';
import { World, type Answer } from './world.ts';

/** Looked for everywhere where it must not be. */
const SECRET = 'canary-k3y-0123456789';
const KEY = { header: 'Authorization', value: `Bearer ${SECRET}` };
const OTHER_SITE = 'http://localhost:4002';

let world: World<BareServers>;
afterEach(() => world.close());

const open = async (manner: Partial<Manner> = {}) =>
  (world = await World.beside(await startBareServer(manner)));
/** A user who enters this key wherever one is asked for. */
const entering =
  (key: object = KEY) =>
  ({ credential, keyHeld }: PromptSnapshot): Answer =>
    credential === 'key' && !keyHeld ? { decision: 'allow', key: key as never } : 'allow';
const connect = (origin = world.lab.siteA.origin) =>
  world.getToken({ challenge: 'Bearer' }, { origin });
const grant = (origin = world.lab.siteA.origin) =>
  world.ports.store.findGrant(origin, world.resource);
const credential = async (origin?: string) => {
  const held = await grant(origin);
  return held && (await credentialOf(held, world.life.ports));
};
/** As a carried request that the server has answered 401 asks on. */
const askAgain = () =>
  world.life.flows.join(
    { caller: world.pageOf().caller, asked: world.resource, signal: new AbortController().signal },
    { scopes: [], demanded: [], challenged: false, rediscover: true },
  );
const questions = () =>
  world.prompts.map(({ stage, credential: is }) => (is ? `${stage} ${is}` : stage));
const failure = () => world.life.flows.pending().at(-1)?.failure;
const posts = () => world.lab.seen.filter(({ line }) => line.startsWith('POST'));

describe('a public server', () => {
  it('is used with nothing attached once the user has allowed it (Z38)', async () => {
    await open({ stranger: { status: 200 } });
    await expect(connect()).rejects.toMatchObject({ code: 'sealed' });
    expect(questions()).toEqual(['reach', 'allow none']);
    expect(await grant()).toMatchObject({ credential: 'none' });
    expect(await credential()).toEqual({ is: 'none' });
  });

  it('is sent nothing but metadata requests before the first yes, and one `initialize` after it (Z2, Z38)', async () => {
    await open({ stranger: { status: 200 } });
    const sent: string[][] = [];
    world.answer = ({ stage }) => {
      sent.push(posts().map(({ body }) => (JSON.parse(body) as { method: string }).method));
      return stage === 'reach' ? 'allow' : 'deny';
    };
    await expect(connect()).rejects.toMatchObject({ code: 'access_denied' });
    expect(sent).toEqual([[], ['initialize']]);
    expect(posts()).toHaveLength(1);
    expect(posts()[0]!.headers).not.toHaveProperty('authorization');
    expect(await grant()).toBeUndefined();
  });

  it('is sent nothing but metadata requests before that at a public host either (Z2, Z38)', async () => {
    await open();
    const sent: string[] = [];
    world.ports.http = (_url, { method = 'GET' }) => {
      sent.push(method);
      const isPost = method === 'POST';
      const json = { headers: { 'content-type': 'application/json' } };
      return Promise.resolve(isPost ? new Response('{}', json) : new Response('', { status: 404 }));
    };
    const seen: string[][] = [];
    world.answer = () => {
      seen.push(sent.filter((method) => method !== 'GET'));
      return 'allow';
    };
    const asking = { resource: 'https://mcp.example.org/mcp', challenge: 'Bearer' };
    await expect(world.getToken(asking)).rejects.toMatchObject({ code: 'sealed' });
    expect(questions()).toEqual(['reach', 'allow none']);
    expect(seen).toEqual([[], ['POST']]);
  });

  it('that knows revision 2026-07-28 alone is asked in its own words (Z38)', async () => {
    await open({ stranger: { status: 200 }, isModern: true });
    await expect(connect()).rejects.toMatchObject({ code: 'sealed' });
    expect(questions()).toEqual(['reach', 'allow none']);
    const said = posts().map(({ headers, body }) => [
      (JSON.parse(body) as { method: string }).method,
      headers['mcp-method'],
      headers['mcp-protocol-version'],
      headers.authorization,
    ]);
    expect(said).toEqual([
      ['initialize', 'initialize', '2025-06-18', undefined],
      ['server/discover', 'server/discover', '2026-07-28', undefined],
    ]);
  });

  it('is told no names of headers where the browser would ask it for them first (Z33, Z38)', async () => {
    await open({ stranger: { status: 200 } });
    world.hostAccess = () => false;
    await connect().catch(() => undefined);
    expect(posts().length).toBeGreaterThan(0);
    for (const { headers } of posts()) {
      expect(Object.keys(headers).filter((name) => name.startsWith('mcp-'))).toEqual([]);
    }
  });

  it('that answers every address with its stream has no metadata, and is not waited for (Z38)', async () => {
    await open({ stranger: { status: 200 }, streams: true });
    await expect(connect()).rejects.toMatchObject({ code: 'sealed' });
    expect(questions()).toEqual(['reach', 'allow none']);
  });

  it.each([
    ['a web page stands there', { status: 200, type: 'text/html' }],
    ['it answers 404', { status: 404 }],
    ['it is in trouble', { status: 503 }],
  ])('is none where %s: the user is told so in words (Z38)', async (_, stranger) => {
    await open({ stranger });
    await expect(connect()).rejects.toMatchObject({ code: 'discovery_failed' });
    expect(questions()).toEqual(['reach']);
    expect(failure()).toMatchObject({ reason: 'no_resource_metadata' });
  });

  it('holds neither a token nor a provider, and is listed so (Z38)', async () => {
    await open({ stranger: { status: 200 } });
    await connect().catch(() => undefined);
    const { shown, server, registration, token } = (await grant())!;
    expect({ shown, server, registration, token }).toEqual({ shown: [] });
    expect(await world.own.grants({})).toMatchObject([{ credential: 'none', granted: [] }]);
    expect((await world.own.grants({}))[0]).not.toHaveProperty('issuer');
  });

  it('may want a key later: the site is not signed in at anybody unseen (Z38, Z42)', async () => {
    await open({ stranger: { status: 200 } });
    await connect().catch(() => undefined);
    world.answer = entering();
    await askAgain();
    expect(world.prompts.at(-1)).toMatchObject({ credential: 'key' });
    expect(await credential()).toEqual({ is: 'key', ...KEY });
  });
});

describe('a server that answers 401 and says nothing else', () => {
  it('gets the key that the user enters, and the page gets nothing of it (Z37)', async () => {
    await open();
    world.answer = entering();
    await expect(connect()).rejects.toMatchObject({ code: 'sealed' });
    expect(questions()).toEqual(['reach', 'allow key']);
    expect(await grant()).toMatchObject({ credential: 'key', duration: 'always' });
    expect(await credential()).toEqual({ is: 'key', ...KEY });
  });

  it('is asked about in the same question where an older sign-in is there as well (Z38)', async () => {
    await open({ signIn: 400 });
    world.answer = ({ stage }) => (stage === 'reach' ? 'allow' : 'deny');
    await connect().catch(() => undefined);
    expect(world.prompts.at(-1)).toMatchObject({ credential: 'key', otherWay: 'sign_in' });
    expect(world.prompts).toHaveLength(2);
  });

  it.each([404, 405, 410, 503])(
    'offers no sign-in where /authorize answers %i (Z38)',
    async (signIn) => {
      await open({ signIn });
      world.answer = ({ stage }) => (stage === 'reach' ? 'allow' : 'deny');
      await connect().catch(() => undefined);
      expect(world.prompts.at(-1)!.otherWay).toBeUndefined();
    },
  );

  it('is signed in at by the old rules where the user chooses that (Z19, Z38)', async () => {
    await open({ signIn: 400 });
    world.answer = ({ stage, credential: is }) =>
      is === 'key' ? { decision: 'choose', way: 'sign_in' } : stage === 'reach' ? 'allow' : 'deny';
    await expect(connect()).rejects.toMatchObject({ code: 'access_denied' });
    expect(world.prompts.at(-1)).toMatchObject({ stage: 'allow', legacy: true });
    expect(await world.own.serverKeys({})).toEqual([]);
  });

  it('takes no way that its question does not offer (Z38)', async () => {
    await open();
    let answers = 0;
    world.answer = ({ credential: is }) => {
      if (is !== 'key') return 'allow';
      answers += 1;
      return { decision: 'choose', way: 'sign_in' };
    };
    const asked = connect().catch(() => 'ended');
    await expect.poll(() => answers).toBe(1);
    expect(await Promise.race([asked, world.own.pending({})])).toMatchObject([
      { step: 'deciding' },
    ]);
  });

  it.each([
    ['another name speaks for the browser', { header: 'Cookie', value: 'a=b' }],
    ['it could be taken for the message', { header: 'Mcp-Session-Id', value: 'abcdefgh' }],
    ['it is empty', { header: 'X-Api-Key', value: '' }],
    ['a line ends in it', { header: 'X-Api-Key', value: 'abc\r\nHost: evil' }],
    ['it is an address', { header: 'X-Api-Key', value: 'https://mcp.example/?key=abc' }],
    ['it looks like another company’s', { header: 'Authorization', value: 'Bearer ghp_0123456' }],
  ])('takes no key when %s, and asks on (Z37)', async (_, key) => {
    await open();
    world.answer = ({ stage }) => (stage === 'reach' ? 'allow' : 'ignore');
    void connect().catch(() => undefined);
    await expect.poll(() => questions()).toContain('allow key');
    const { flow, nonce, digest } = (await world.own.pending({}))[0]!;
    const answer = { flow, nonce, digest, decision: 'allow' as const };
    await expect(world.own.decide({ ...answer, key })).rejects.toMatchObject({
      code: 'invalid_request',
    });
    expect(await world.own.decide(answer)).toEqual({ accepted: false });
    expect(await world.own.pending({})).toMatchObject([{ step: 'deciding', nonce }]);
    expect(await world.own.serverKeys({})).toEqual([]);
    expect(await grant()).toBeUndefined();
  });

  it('takes a key that looks like another company’s when the user says so again (Z37)', async () => {
    await open();
    world.answer = entering({ ...KEY, value: 'Bearer ghp_0123456789', confirmed: true });
    await connect().catch(() => undefined);
    expect(await credential()).toMatchObject({ value: 'Bearer ghp_0123456789' });
  });

  it('is not asked anything when its address holds a key: the user is told what to do instead (Z37)', async () => {
    const servers = await startBareServer();
    servers.mcpServer.url += `?api_key=${SECRET}`;
    world = await World.beside(servers);
    await expect(connect()).rejects.toMatchObject({ code: 'discovery_failed' });
    expect(failure()).toMatchObject({ reason: 'key_in_address' });
    expect(posts()).toEqual([]);
  });
});

describe('a key', () => {
  it('serves a second site after a question of its own, without being typed again (Z37)', async () => {
    await open();
    world.answer = entering();
    await connect().catch(() => undefined);
    world.answer = () => 'allow';
    expect(await credential(OTHER_SITE)).toBeUndefined();
    await expect(connect(OTHER_SITE)).rejects.toMatchObject({ code: 'sealed' });
    expect(world.prompts.at(-1)).toMatchObject({ origin: OTHER_SITE, keyHeld: true });
    expect(await credential(OTHER_SITE)).toEqual({ is: 'key', ...KEY });
    expect(await world.own.serverKeys({})).toMatchObject([
      {
        resource: world.resource,
        header: 'Authorization',
        sites: [world.lab.siteA.origin, OTHER_SITE],
      },
    ]);
  });

  it('stays when one site is disconnected, and goes for all when it is removed (Z37)', async () => {
    await open();
    world.answer = entering();
    await connect().catch(() => undefined);
    await connect(OTHER_SITE).catch(() => undefined);
    const about = { resource: world.resource, account: 'default' };
    await world.own.disconnect({ origin: OTHER_SITE, ...about });
    expect(await credential(OTHER_SITE)).toBeUndefined();
    expect(await credential()).toEqual({ is: 'key', ...KEY });
    expect(await world.own.removeKey(about)).toEqual({ ended: 1 });
    expect(await grant()).toBeUndefined();
    expect(await world.own.serverKeys({})).toEqual([]);
    expect(world.events.at(-1)).toMatchObject({ event: { type: 'revoked' } });
  });

  it('is replaced for every site, and the pages are told (Z37)', async () => {
    await open();
    world.answer = entering();
    await connect().catch(() => undefined);
    const about = { resource: world.resource, account: 'default' };
    const before = world.events.length;
    const key = { header: 'X-Api-Key', value: 'the-next-one' };
    expect(await world.own.replaceKey({ ...about, key })).toEqual({ replaced: true });
    expect(await credential()).toEqual({ is: 'key', ...key });
    expect(world.events.length).toBeGreaterThan(before);
    await expect(
      world.own.replaceKey({ ...about, key: { header: 'Host', value: 'x' } }),
    ).rejects.toMatchObject({ code: 'invalid_request' });
    expect(await world.own.replaceKey({ ...about, account: 'other', key })).toEqual({
      replaced: false,
    });
  });

  it('is there after a restart, and ends with its grant’s day or the browser session (Z4, Z37)', async () => {
    await open();
    world.answer = entering();
    world.duration = 'session';
    await connect().catch(() => undefined);
    await world.restart();
    expect(await credential()).toEqual({ is: 'key', ...KEY });
    await world.restartBrowser();
    expect(
      await world.life.ports.store.findGrant(world.lab.siteA.origin, world.resource),
    ).toBeUndefined();
  });

  it('is gone with everything else (Z37)', async () => {
    await open();
    world.answer = entering();
    await connect().catch(() => undefined);
    expect(await world.own.erase({ what: 'everything' })).toEqual({ unconfirmed: 0 });
    expect(await world.own.serverKeys({})).toEqual([]);
    expect(await world.ports.store.findServerKey(world.resource, 'default')).toBeUndefined();
  });

  it('is in nothing that our pages read, in no trace, no log, no export and on no page’s port (Z37)', async () => {
    await open();
    world.answer = entering();
    await connect().catch(() => undefined);
    await connect(OTHER_SITE).catch(() => undefined);
    const traces = await world.own.traces({});
    const shown = await Promise.all([
      world.own.serverKeys({}),
      world.own.grants({}),
      world.own.pending({}),
      world.own.exportSettings({}),
      world.own.activity({ limit: 100 }),
      ...traces.map(({ id }) => world.own.trace({ id })),
      world.ports.store.listFlows(),
      world.ports.store.listUnfinished(),
      world.ports.store.listGrants(),
    ]);
    const said = [world.lab.siteA.origin, OTHER_SITE].map((site) => world.pageOf(site).said);
    expect(JSON.stringify([shown, said, world.events, world.prompts])).not.toContain(SECRET);
    expect(traces.length).toBeGreaterThan(0);
  });
});

describe('a key that the server refuses', () => {
  it('is asked for once more, in a question that says so (Z37)', async () => {
    await open();
    world.answer = entering();
    await connect().catch(() => undefined);
    world.answer = entering({ ...KEY, value: 'Bearer second' });
    await askAgain();
    expect(world.prompts.at(-1)).toMatchObject({ credential: 'key', keyRefused: true });
    // The site may contact the server already.
    expect(questions()).toEqual(['reach', 'allow key', 'allow key']);
    expect(world.prompts.at(-1)!.keyHeld).toBeUndefined();
    expect(await credential()).toMatchObject({ value: 'Bearer second' });
    expect((await grant())!.reauthorizedUntil).toBeGreaterThan(Date.now());
  });

  it('stays with the other sites when the user enters no other (Z37)', async () => {
    await open();
    world.answer = entering();
    await connect().catch(() => undefined);
    await connect(OTHER_SITE).catch(() => undefined);
    world.answer = () => 'deny';
    await expect(askAgain()).rejects.toMatchObject({ code: 'access_denied' });
    expect(await credential(OTHER_SITE)).toEqual({ is: 'key', ...KEY });
  });
});
