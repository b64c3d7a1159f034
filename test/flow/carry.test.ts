/** Carried requests through the real doors, between real servers: what comes back, and what must never go out (Z26–Z29). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { World } from './world.ts';
import { codeOf } from './calls.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(async () => {
  await searchForTokens();
  await world.close();
});

/** No message of any port may hold a token that any grant has had. */
const tokens = new Set<string>();
async function searchForTokens(): Promise<void> {
  for (const { token } of await Promise.all(
    (await world.ports.store.listGrants()).map(
      async (key) => (await world.ports.store.readGrant(key))!,
    ),
  )) {
    if (token) tokens.add(token.accessToken).add(token.refreshToken ?? token.accessToken);
  }
  for (const { transcript } of world.requests) {
    for (const token of tokens) expect(transcript).not.toContain(token);
  }
}

const rpc = (method: string, params: object = {}) =>
  JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
const call = (name: string, args: object = {}) => rpc('tools/call', { name, arguments: args });
const MCP: [string, string][] = [
  ['accept', 'application/json, text/event-stream'],
  ['content-type', 'application/json'],
  ['mcp-protocol-version', '2025-06-18'],
];
const post = (body: string, more = {}) => ({ headers: MCP, body, ...more });
const atServer = () => world.lab.ledger.entries.filter(({ server }) => server === 'mcp');

async function connect(scopes = ['notes:read']): Promise<void> {
  await world.getToken({ scopes });
  await searchForTokens();
}

describe('a carried request', () => {
  it('goes out with the token, and its answer comes back without (Z26)', async () => {
    await connect();
    const { head, text, said } = await world.carry(post(call('read_notes'))).ended();
    expect(head).toMatchObject({ status: 200, hasBody: true, dropped: [] });
    expect(text).toContain('oat milk');
    expect(said.map((one) => Object.keys(one)[0])).toEqual(
      expect.arrayContaining(['ack', 'sent', 'head', 'chunk', 'end']),
    );
    expect(world.prompts.length).toBe(1);
  });

  it('asks nobody, and sends nothing, where the site holds nothing and was refused by nobody (Z28)', async () => {
    const before = world.lab.ledger.entries.length;
    const { instead, said } = await world.carry(post(call('read_notes'))).ended();
    expect([instead, said.length]).toEqual(['nothing', 2]);
    expect(world.lab.ledger.entries.length).toBe(before);
    expect(world.prompts.length).toBe(0);
  });
});
