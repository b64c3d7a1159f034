/** What a page may write as an address, a method or a header of a carried request, tried through the real door (Z29). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerOf, MCP, rpc, script, type Sent } from '../../flow/carrying.ts';
import { World } from '../../flow/world.ts';

let world: World;
let sent: Sent[];
let base: string;
beforeAll(async () => {
  world = await World.open();
  await world.getToken({ scopes: ['notes:read'] });
  sent = script(world, () => answerOf('{}'));
  base = new URL(world.resource).origin;
});
afterAll(() => world.close());

const host = () => new URL(base).host;
const headers = MCP;

/** Sends one, and says what became of it. */
async function tried(more: object): Promise<{ went: string[]; said: string }> {
  const before = sent.length;
  // A page that is not in a hurry: the door's own rate is tried elsewhere.
  world.elapsed += 1000;
  const request = await world.carry({ headers, body: rpc('ping'), ...more }).ended();
  const went = sent.slice(before).map(({ url }) => url);
  return { went, said: request.error?.code ?? request.instead ?? String(request.head?.status) };
}

describe('an address', () => {
  const UNDER: [form: string, goesTo: string][] = [
    ['B/mcp', 'B/mcp'],
    ['B/mcp/x', 'B/mcp/x'],
    ['B/mcp?x=1', 'B/mcp?x=1'],
    ['B/mcp#part', 'B/mcp'],
    ['B/mcp/x?y=/../z', 'B/mcp/x?y=/../z'],
  ];
  const ODD: string[] = [
    'B/mcp-evil',
    'B/mcp;x',
    'B/mcp/../x',
    'B/mcp/%2e%2e/x',
    'B/mcp/..;/x',
    'B/mcp/.;a/x',
    'B/mcp/..%3b/x',
    'B/mcp%2fx',
    'B/mcp/%2F../x',
    'B/mcp/%5c../x',
    'B/mcp/%00',
    'B/mcp/%2e%2e%2fx',
    'B/mcp\\..\\x',
    'B\\mcp',
    'B/\tmcp',
    'B/m\ncp',
    ' B/mcp',
    'B//mcp',
    'B/MCP',
    'B/',
    'B',
    'http://user@H/mcp',
    'http://user:pass@H/mcp',
    'http://@H/mcp',
    'http:H/mcp',
    'http:///H/mcp',
    '//H/mcp',
    'https://H/mcp',
    'ws://H/mcp',
    'http://H.evil.example/mcp',
    'http://evil.example/H/mcp',
    'http://127.0.0.1/mcp',
    'http://127.1:1/mcp',
    'http://localhost:1/mcp',
    'file:///mcp',
    'data:text/plain,mcp',
    'javascript:0',
    'blob:B/mcp',
  ];
  const real = (form: string) => form.replace('B', base).replace('H', host());

  it.each(UNDER)('under the grant is carried: %s (Z29)', async (form, goesTo) => {
    expect(await tried({ url: real(form) })).toEqual({ went: [real(goesTo)], said: '200' });
  });

  it.each(ODD)('of an odd form reaches no server with the grant: %j (Z29)', async (form) => {
    const asked = world.prompts.length;
    const { went, said } = await tried({ url: real(form) });
    expect(went).toEqual([]);
    expect(['nothing', 'invalid_request']).toContain(said);
    // Nor does a page that says it was refused get further with it without a question.
    const refused = await tried({ url: real(form), refused: { status: 401 }, interactive: false });
    expect([refused.went, world.prompts.length]).toEqual([[], asked]);
  });
});

describe('a method', () => {
  it.each(['PUT', 'PATCH', 'HEAD', 'OPTIONS', 'CONNECT', 'TRACE', 'post', 'GET ', ''])(
    'that no transport has is not carried: %j (Z29)',
    async (method) => {
      expect(await tried({ method })).toEqual({ went: [], said: 'invalid_request' });
    },
  );

  it('of reading has no body (Z29)', async () => {
    expect(await tried({ method: 'GET' })).toEqual({ went: [], said: 'invalid_request' });
  });
});

describe('a header', () => {
  const LONG: [what: string, headers: [string, string][]][] = [
    ['a value', [['accept', 'a'.repeat(4096)]]],
    ['all of them', Array.from({ length: 10 }, (_, n) => [`mcp-param-${n}`, 'a'.repeat(2000)])],
  ];

  it.each(LONG)('is not carried when %s is too long (Z29)', async (_what, long) => {
    expect(await tried({ headers: long })).toEqual({ went: [], said: 'invalid_request' });
  });

  it('that would end another goes nowhere (Z29)', async () => {
    const split: [string, string][] = [['accept', 'a\r\nAuthorization: Bearer mine']];
    const { went } = await tried({ headers: split });
    // What the script was given is what `fetch` refuses to send.
    const [last] = went.length > 0 ? sent.slice(-1) : [];
    const asHeaders = () =>
      new Headers(last?.init.headers.map(([n, v]): [string, string] => [n, v]));
    if (last) expect(asHeaders).toThrow(TypeError);
  });
});
