/** Carried requests through the real doors, between real servers: what comes back, and what must never go out (Z26–Z29). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changeAnswers, formOf } from './changed-answers.ts';
import { post, rpc, script, TokenSearch, toolCall, answerOf, MCP } from './carrying.ts';
import { insufficientScope, World } from './world.ts';

let world: World;
let search: TokenSearch;
beforeEach(async () => {
  world = await World.open();
  search = new TokenSearch();
});
afterEach(async () => {
  await search.expectNone(world);
  await world.close();
});

const origin = () => world.lab.siteA.origin;
const grant = (from = origin()) => world.ports.store.findGrant(from, world.resource);
const kinds = (said: readonly object[]) => said.map((one) => Object.keys(one)[0]);
/** Requests at the server that are no metadata. */
const calls = () =>
  world.lab.ledger.entries.filter(({ server, path }) => server === 'mcp' && path === '/mcp');

async function connect(scopes = ['notes:read'], from = origin()): Promise<void> {
  await world.getToken({ scopes }, { origin: from });
  await search.remember(world);
}

describe('a carried request', () => {
  it('goes out with the token, and its answer comes back without (Z26)', async () => {
    await connect();
    const { head, text, said } = await world.carry(post(toolCall('read_notes'))).ended();
    expect(head).toMatchObject({ status: 200, hasBody: true, dropped: [] });
    expect(text).toContain('oat milk');
    expect(kinds(said)).toEqual(['ack', 'sent', 'head', 'chunk', 'end']);
  });

  it('sends nothing and asks nobody where the site holds nothing and nobody refused it (Z28)', async () => {
    const before = world.lab.ledger.length;
    const { instead, said } = await world.carry(post(toolCall('read_notes'))).ended();
    expect([instead, said.length]).toEqual(['nothing', 2]);
    expect([world.lab.ledger.length, world.prompts.length]).toEqual([before, 0]);
  });

  it('of a page whose own request was refused asks first, then goes out with the token (Z28)', async () => {
    const sentBefore: number[] = [];
    world.answer = () => {
      sentBefore.push(calls().length);
      return 'allow';
    };
    const request = world.carry(post(toolCall('read_notes'), { refused: { status: 401 } }));
    const { head, text } = await request.ended();
    expect(head?.status).toBe(200);
    expect(text).toContain('oat milk');
    expect(sentBefore.length).toBeGreaterThan(0);
    // Before it only the broker's own look for a challenge, which holds no word of the page's (Z38).
    expect(calls().map(({ rpc: named }) => named)).toEqual(['initialize', 'tools/call:read_notes']);
  });

  it('is not sent once the user has said no (Z28)', async () => {
    world.answer = ({ stage }) => (stage === 'reach' ? 'allow' : 'deny');
    const sent = script(world, () => answerOf('{}'));
    const request = world.carry(post(toolCall('read_notes'), { refused: { status: 401 } }));
    const { error, said } = await request.ended();
    expect([error?.code, kinds(said)]).toEqual(['access_denied', ['ack', 'error']]);
    expect(sent).toEqual([]);
  });

  it('that may change something is left to its client after an unreadable answer (Z28)', async () => {
    const sent = script(world, () => answerOf('{}'));
    const [change, read] = [toolCall('add_note', { text: 'x' }), rpc('tools/list')];
    const first = await world.carry(post(change, { refused: {} })).ended();
    expect([first.error?.code, sent.length, world.prompts.length > 0]).toEqual([
      'interrupted',
      0,
      true,
    ]);
    const second = await world.carry(post(read, { refused: {} })).ended();
    expect([second.head?.status, sent.length]).toEqual([200, 1]);
  });

  it('asks nobody when it may not (Z28)', async () => {
    const more = { refused: { status: 401 as const }, interactive: false };
    const { error } = await world.carry(post(toolCall('read_notes'), more)).ended();
    expect([error?.code, world.prompts.length]).toEqual(['interaction_required', 0]);
  });
});

describe('a refused token', () => {
  it('is renewed once, and the same bytes are sent again (Z28, R80)', async () => {
    await connect();
    const first = (await grant())?.token?.accessToken;
    const bodies: (Uint8Array | undefined)[] = [];
    const { stream } = world.ports;
    const tokens: (string | undefined)[] = [];
    world.ports.stream = (url, init, signal) => {
      bodies.push(init.body);
      tokens.push(init.headers.find(([name]) => name === 'authorization')?.[1]);
      // The first is answered as a server does whose keys have changed.
      if (bodies.length > 1) return stream(url, init, signal);
      return Promise.resolve(
        answerOf('{}', { status: 401, headers: [['www-authenticate', 'Bearer']] }),
      );
    };
    const text = 'ä'.repeat(9000);
    const body = toolCall('read_notes', { padding: text });
    const { head } = await world.carry(post(body)).ended();
    expect(head?.status).toBe(200);
    expect(bodies.map((one) => Buffer.from(one!).toString('utf8'))).toEqual([body, body]);
    expect(tokens[0]).toBe(`Bearer ${first}`);
    expect(tokens[1]).not.toBe(tokens[0]);
    expect(world.lab.ledger.cost().refreshes).toBe(1);
  });

  it('that cannot be renewed leads to the sign-in, and to the answer (Z28)', async () => {
    await connect();
    changeAnswers(world, '/token', (real, init) =>
      formOf(init).get('grant_type') === 'refresh_token'
        ? Response.json({ error: 'invalid_grant' }, { status: 400 })
        : real(),
    );
    const refuse = answerOf('{}', { status: 401, headers: [['www-authenticate', 'Bearer']] });
    const sent = script(world, (_sent, count) => (count === 1 ? refuse : answerOf('{"ok":1}')));
    const { head, text } = await world.carry(post(toolCall('read_notes'))).ended();
    expect([head?.status, text]).toEqual([200, '{"ok":1}']);
    expect(sent.length).toBe(2);
    expect(new Set(sent.map(({ token }) => token)).size).toBe(2);
  });

  it('is sent at most twice more, and the last answer is the page’s (Z28)', async () => {
    await connect();
    const sent = script(world, () =>
      answerOf('{"no":1}', { status: 401, headers: [['www-authenticate', 'Bearer']] }),
    );
    const { head, text } = await world.carry(post(rpc('tools/list'))).ended();
    expect([head?.status, text]).toEqual([401, '{"no":1}']);
    expect(sent.length).toBeLessThanOrEqual(3);
    await search.remember(world);
  });
});

describe('a request that needs more scope', () => {
  it('asks, and is sent again with it (Z28)', async () => {
    await connect();
    const before = world.prompts.length;
    const { head, text } = await world
      .carry(post(toolCall('add_note', { text: 'carried' })))
      .ended();
    expect(head?.status).toBe(200);
    expect(text).toContain('Added note');
    expect(world.prompts.slice(before).map(({ scopes }) => scopes.added)).toEqual([
      ['notes:write'],
    ]);
    expect(world.lab.mcpServer.notes.filter((note) => note.text === 'carried').length).toBe(1);
  });

  it('gets the server’s 403 when the user says no, or the client wants no more (Z24)', async () => {
    await connect();
    world.answer = () => 'deny';
    const denied = await world.carry(post(toolCall('add_note', { text: 'x' }))).ended();
    const before = world.prompts.length;
    const unasked = await world
      .carry(post(toolCall('add_note', { text: 'x' }), { stepUps: 0 }))
      .ended();
    for (const { head } of [denied, unasked]) {
      expect(head?.status).toBe(403);
      expect(head?.headers.find(([name]) => name === 'www-authenticate')?.[1]).toContain(
        'insufficient_scope',
      );
    }
    expect(world.prompts.length).toBe(before);
    expect(world.lab.mcpServer.notes.length).toBe(2);
  });

  it('is stepped up as often as its client says, and no more (Z28)', async () => {
    await connect();
    const challenge: [string, string][] = [['www-authenticate', insufficientScope('notes:write')]];
    const sent = script(world, () => answerOf('{}', { status: 403, headers: challenge }));
    await world.carry(post(toolCall('add_note'), { stepUps: 1 })).ended();
    expect(sent.length).toBe(2);
  });
});

describe('two sites at one server', () => {
  it('go each with its own token, in its own name (Z29)', async () => {
    const siteB = world.lab.siteB.origin;
    await connect();
    await connect(['notes:read'], siteB);
    const sent = script(world, () => answerOf('{}'));
    await world.carry(post(rpc('tools/list'))).ended();
    await world.carry(post(rpc('tools/list')), siteB).ended();
    expect(sent.map(({ init }) => init.origin)).toEqual([origin(), siteB]);
    expect(sent.map(({ token }) => token)).toEqual([
      (await grant())?.token?.accessToken,
      (await grant(siteB))?.token?.accessToken,
    ]);
    expect(sent[0]?.token).not.toBe(sent[1]?.token);
  });

  it('do not share a grant (Z1)', async () => {
    await connect();
    const sent = script(world, () => answerOf('{}'));
    const { instead } = await world.carry(post(rpc('tools/list')), world.lab.siteB.origin).ended();
    expect([instead, sent.length]).toEqual(['nothing', 0]);
  });
});

describe('headers', () => {
  it('that are on no list stay behind, and the page is told which (Z29)', async () => {
    await connect();
    const sent = script(world, () =>
      answerOf('{}', {
        headers: [
          ['set-cookie', 'a=b'],
          ['mcp-session-id', 's'],
          ['x-echo', 'y'],
        ],
      }),
    );
    const own: [string, string][] = [
      ...['Origin', 'Cookie', 'Authorization', 'X-Other', 'Host'].map((name): [string, string] => [
        name,
        'https://evil.example',
      ]),
      ['Mcp-Session-Id', 's'],
    ];
    const { head } = await world.carry({ ...post(rpc('ping')), headers: [...MCP, ...own] }).ended();
    expect(head?.dropped).toEqual(['origin', 'cookie', 'authorization', 'x-other', 'host']);
    expect(head?.headers).toEqual([['mcp-session-id', 's']]);
    expect(JSON.stringify(sent[0]?.init)).not.toContain('evil.example');
  });
});
