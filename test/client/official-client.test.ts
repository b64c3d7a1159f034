/** The official client with `broker.fetch` as its only option, against official servers over HTTP. */
import type { ServerResponse } from 'node:http';
import {
  Client,
  InsufficientScopeError as OfficialInsufficientScopeError,
  SSEClientTransport,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { SSEServerTransport } from '@modelcontextprotocol/server-legacy/sse';
import { afterEach, describe, expect, it } from 'vitest';
import { InsufficientScopeError } from '../../src/client/index.ts';
import { refusal, token, type Script } from './fake-broker.ts';
import { METADATA, sent, setUp, tearDown, type Setup } from './fetch-setup.ts';
import type { Answer, Arrival, Responder } from './http-server.ts';

/** What every token may do; the name is the token. */
const SCOPES: Record<string, string[]> = { reader: ['read'], writer: ['read', 'write'] };

const clients: Client[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await tearDown();
});

function notes(): McpServer {
  const server = new McpServer({ name: 'notes', version: '1.0.0' });
  for (const name of ['read', 'write']) {
    server.registerTool(name, { description: name }, () => ({
      content: [{ type: 'text', text: `${name} done` }],
    }));
  }
  return server;
}

/** The gate in front of the server: 401 without a known token, 403 for a tool beyond its scopes. */
function refuse({ authorization = '', body }: Arrival): Answer | undefined {
  const scopes = SCOPES[authorization.replace('Bearer ', '')];
  const challenge = (parameters: string): Record<string, string> => ({
    'www-authenticate': `Bearer ${parameters}, resource_metadata="${METADATA}"`,
  });
  if (!scopes) return { status: 401, headers: challenge('scope="read"') };
  const tool = /"method":"tools\/call".*"name":"(\w+)"|"name":"(\w+)".*"method":"tools\/call"/.exec(
    body,
  );
  const needed = tool?.[1] ?? tool?.[2];
  if (needed === undefined || scopes.includes(needed)) return undefined;
  return { status: 403, headers: challenge(`error="insufficient_scope", scope="${needed}"`) };
}

/** One endpoint for everything. */
function streamable(): Responder {
  const handler = toNodeHandler(createMcpHandler(notes));
  return async (arrival, response) => {
    const refusal = refuse(arrival);
    if (refusal) return refusal;
    const body: unknown = arrival.body === '' ? undefined : JSON.parse(arrival.body);
    await handler(arrival.request as Parameters<typeof handler>[0], response, body);
    return undefined;
  };
}

/** One URL to read from and one to write to. */
function readAndWrite(): Responder {
  const sessions = new Map<string, SSEServerTransport>();
  const open = async (response: ServerResponse): Promise<void> => {
    const transport = new SSEServerTransport('/messages', response);
    sessions.set(transport.sessionId, transport);
    await notes().connect(transport);
  };
  return async (arrival, response) => {
    const refusal = refuse(arrival);
    if (refusal) return refusal;
    const { pathname, searchParams } = new URL(arrival.path, 'http://host');
    if (pathname === '/mcp') return open(response).then(() => undefined);
    const session = sessions.get(searchParams.get('sessionId') ?? '');
    if (pathname !== '/messages' || !session) return { status: 404 };
    await session.handlePostMessage(arrival.request, response, JSON.parse(arrival.body));
    return undefined;
  };
}

/** A broker whose user allows everything: first a reader, after a 403 a writer. */
const generous =
  (held?: string): Script =>
  (_, { resource, interactive, challenge }) => {
    if (!String(resource).endsWith('/mcp')) return refusal('interaction_required');
    if (String(challenge).includes('insufficient_scope')) return token((held = 'writer'));
    if (interactive !== false) held ??= 'reader';
    return held === undefined ? refusal('interaction_required') : token(held);
  };

/** The official client, connected through this transport. */
async function connect(
  Transport: typeof StreamableHTTPClientTransport | typeof SSEClientTransport,
  { url }: Setup,
  fetch: Setup['broker']['fetch'],
): Promise<Client> {
  const client = new Client({ name: 'page', version: '1.0.0' });
  clients.push(client);
  await client.connect(new Transport(new URL(url), { fetch }));
  return client;
}

const interactive = ({ fake }: Setup): unknown[] =>
  fake.asked.filter((params) => (params as { interactive?: boolean }).interactive !== false);

describe.each([
  ['StreamableHTTPClientTransport', StreamableHTTPClientTransport, streamable],
  ['SSEClientTransport', SSEClientTransport, readAndWrite],
] as const)('%s with broker.fetch', (_, Transport, serve) => {
  it('connects over a 401, steps up over a 403, and asks the user once for each', async () => {
    const setup = await setUp(serve(), generous());
    const client = await connect(Transport, setup, setup.broker.fetch);
    const content = (text: string): object => ({ content: [{ type: 'text', text }] });
    expect(await client.callTool({ name: 'read' })).toMatchObject(content('read done'));
    expect(interactive(setup)).toHaveLength(1);
    expect(await client.callTool({ name: 'write' })).toMatchObject(content('write done'));
    expect(interactive(setup)).toHaveLength(2);
    expect(interactive(setup)[1]).toMatchObject({ resource: setup.url, rejected: 'reader' });
    await client.callTool({ name: 'write' });
    await client.callTool({ name: 'read' });
    expect(interactive(setup)).toHaveLength(2);
  });

  it('connects without asking the user when the page is loaded again', async () => {
    const setup = await setUp(serve(), generous('reader'));
    const client = await connect(Transport, setup, setup.broker.fetch);
    await client.callTool({ name: 'read' });
    expect(interactive(setup)).toEqual([]);
    expect(new Set(sent(setup.server))).toEqual(new Set(['Bearer reader']));
  });

  it("lets our error through with onInsufficientScope: 'throw' (B13)", async () => {
    const setup = await setUp(serve(), generous('reader'));
    const fetch = setup.broker.fetchWith({ onInsufficientScope: 'throw' });
    const client = await connect(Transport, setup, fetch);
    const failure = client.callTool({ name: 'write' });
    await expect(failure).rejects.toBeInstanceOf(InsufficientScopeError);
    await expect(failure).rejects.toMatchObject({ requiredScope: 'write' });
    expect(interactive(setup)).toEqual([]);
  });
});

it('leaves the error to the official client when the user denies the step-up', async () => {
  const setup = await setUp(streamable(), (_, { interactive }) =>
    interactive === false ? token('reader') : refusal('access_denied'),
  );
  const client = await connect(StreamableHTTPClientTransport, setup, setup.broker.fetch);
  const failure = client.callTool({ name: 'write' });
  await expect(failure).rejects.toBeInstanceOf(OfficialInsufficientScopeError);
});

describe('the official client with broker.authProvider', () => {
  it('connects over a 401 and cannot step up', async () => {
    const setup = await setUp(streamable(), generous());
    const client = new Client({ name: 'page', version: '1.0.0' });
    clients.push(client);
    const authProvider = setup.broker.authProvider(setup.url);
    await client.connect(new StreamableHTTPClientTransport(new URL(setup.url), { authProvider }));
    expect(await client.callTool({ name: 'read' })).toMatchObject({ content: [{}] });
    await expect(client.callTool({ name: 'write' })).rejects.toBeInstanceOf(
      OfficialInsufficientScopeError,
    );
    expect(interactive(setup)).toHaveLength(1);
  });

  it('rejects with the refusal of the broker', async () => {
    const setup = await setUp(streamable(), () => refusal('access_denied'));
    const client = new Client({ name: 'page', version: '1.0.0' });
    const authProvider = setup.broker.authProvider(setup.url);
    const transport = new StreamableHTTPClientTransport(new URL(setup.url), { authProvider });
    const failure = await client.connect(transport).catch((error: unknown) => error);
    expect(failure).not.toBeInstanceOf(UnauthorizedError);
    expect(failure).toMatchObject({ code: 'access_denied' });
  });
});
