/** The official client at servers that hide refusals, want ever more scope, or whose user has gone. */
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterEach, describe, expect, it } from 'vitest';
import { refusal, token } from './fake-broker.ts';
import { hideRefusals, pass, sent, setPersonActive, setUp, tearDown } from './fetch-setup.ts';
import type { Responder } from './http-server.ts';
import {
  challenge,
  closeClients,
  connect,
  generous,
  interactive,
  streamable,
  toolOf,
} from './official-server.ts';

afterEach(async () => {
  await closeClients();
  await tearDown();
});

/** A server that gives every client a session. */
function withSession(serve: Responder): Responder {
  return (arrival, response) => {
    response.setHeader('mcp-session-id', 's1');
    return arrival.method === 'DELETE' && arrival.authorization === undefined
      ? { status: 401, headers: challenge('scope="read"') }
      : serve(arrival, response);
  };
}

it('ends its session after a disconnect, and nobody is asked (W6)', async () => {
  const setup = await setUp(withSession(streamable()), generous());
  const client = await connect(StreamableHTTPClientTransport, setup, setup.broker.fetch);
  const before = interactive(setup).length;
  setup.fake.script = (_, params) =>
    params['interactive'] === false ? refusal('interaction_required') : token('reader');
  pass(0);
  setup.fake.tell({ type: 'revoked', resource: setup.url, scopes: [] });
  const transport = client.transport as StreamableHTTPClientTransport;
  await expect(transport.terminateSession()).rejects.toThrow(/terminate session/);
  expect(sent(setup.server).at(-1)).toBeUndefined();
  await expect(client.listTools()).rejects.toThrow();
  expect(interactive(setup)).toHaveLength(before);
  setPersonActive(true);
  expect((await client.listTools()).tools).toHaveLength(2);
  expect(interactive(setup)).toHaveLength(before + 1);
});

describe('where refusals carry no CORS headers (better-auth#10272)', () => {
  it('connects with one question, and the second try of a tool runs once', async () => {
    hideRefusals();
    const ran: string[] = [];
    const setup = await setUp(
      streamable((tool) => ran.push(tool)),
      generous(),
    );
    const client = await connect(StreamableHTTPClientTransport, setup, setup.broker.fetch);
    expect(interactive(setup)).toHaveLength(1);
    expect(await client.callTool({ name: 'read' })).toMatchObject({ content: [{}] });
    expect(ran).toEqual(['read']);
  });

  it('goes on after the token was ended at the server', async () => {
    hideRefusals();
    let ended = '';
    const ran: string[] = [];
    const serve = streamable((tool) => ran.push(tool));
    const setup = await setUp(
      (arrival, response) =>
        arrival.authorization === `Bearer ${ended}` ? { status: 401 } : serve(arrival, response),
      (_, { rejected }) => token(rejected === undefined ? 'reader' : 'writer'),
    );
    const client = await connect(StreamableHTTPClientTransport, setup, setup.broker.fetch);
    ended = 'reader';
    await expect(client.callTool({ name: 'read' })).rejects.toThrow('Failed to fetch');
    expect(ran).toEqual([]);
    expect(await client.callTool({ name: 'read' })).toMatchObject({ content: [{}] });
    expect(ran).toEqual(['read']);
    expect(interactive(setup)).toEqual([]);
  });
});

it('is asked three times at most by a server that wants a new scope for each call (n11)', async () => {
  let wanted = 0;
  let granted = 0;
  const ran: string[] = [];
  const serve = streamable(
    (tool) => ran.push(tool),
    ({ body }) =>
      toolOf(body) === undefined
        ? undefined
        : { status: 403, headers: challenge(`error="insufficient_scope", scope="s${wanted++}"`) },
  );
  const setup = await setUp(serve, () => token(`t${granted++}`));
  const client = await connect(StreamableHTTPClientTransport, setup, setup.broker.fetch);
  const calls: string[] = [];
  for (let i = 0; i < 60; i++) {
    calls.push(
      await client.callTool({ name: 'read' }).then(
        () => 'done',
        (error: unknown) => (error as Error).name,
      ),
    );
  }
  expect(new Set(calls)).toEqual(new Set(['InsufficientScopeError']));
  expect(interactive(setup)).toHaveLength(3);
  expect(ran).toEqual([]);
});
