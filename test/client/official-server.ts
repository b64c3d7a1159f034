/** Official servers over HTTP behind a gate, and the official client in front of them. */
import type { ServerResponse } from 'node:http';
import {
  Client,
  type ClientOptions,
  type SSEClientTransport,
  type StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { SSEServerTransport } from '@modelcontextprotocol/server-legacy/sse';
import { refusal, token, type Script } from './fake-broker.ts';
import { METADATA, type Setup } from './fetch-setup.ts';
import type { Answer, Arrival, Responder } from './http-server.ts';

/** What every token may do; the name is the token. */
const SCOPES: Record<string, string[]> = { reader: ['read'], writer: ['read', 'write'] };

const clients: Client[] = [];

/** Closes every client that {@link connect} has made. */
export async function closeClients(): Promise<void> {
  await Promise.all(clients.splice(0).map((client) => client.close()));
}

/** A server with the tools `read` and `write`; `ran` is told of each that runs. */
function notes(ran: (tool: string) => void): McpServer {
  const server = new McpServer({ name: 'notes', version: '1.0.0' });
  for (const name of ['read', 'write']) {
    server.registerTool(name, { description: name }, () => {
      ran(name);
      return { content: [{ type: 'text', text: `${name} done` }] };
    });
  }
  return server;
}

/** The name of the tool that a body calls. */
export function toolOf(body: string): string | undefined {
  const tool = /"method":"tools\/call".*"name":"(\w+)"|"name":"(\w+)".*"method":"tools\/call"/.exec(
    body,
  );
  return tool?.[1] ?? tool?.[2];
}

/** What a server says instead of serving. */
export type Gate = (arrival: Arrival) => Answer | undefined;

/** A challenge with these parameters. */
export function challenge(parameters: string): Record<string, string> {
  return { 'www-authenticate': `Bearer ${parameters}, resource_metadata="${METADATA}"` };
}

/** 401 without a known token, 403 for a tool beyond its scopes. */
const refuse: Gate = ({ authorization = '', body }) => {
  const scopes = SCOPES[authorization.replace('Bearer ', '')];
  if (!scopes) return { status: 401, headers: challenge('scope="read"') };
  const needed = toolOf(body);
  if (needed === undefined || scopes.includes(needed)) return undefined;
  return { status: 403, headers: challenge(`error="insufficient_scope", scope="${needed}"`) };
};

/** One endpoint for everything. */
export function streamable(ran: (tool: string) => void = () => {}, gate: Gate = refuse): Responder {
  const handler = toNodeHandler(createMcpHandler(() => notes(ran)));
  return async (arrival, response) => {
    const answer = gate(arrival);
    if (answer) return answer;
    const body: unknown = arrival.body === '' ? undefined : JSON.parse(arrival.body);
    await handler(arrival.request as Parameters<typeof handler>[0], response, body);
    return undefined;
  };
}

/** One URL to read from and one to write to. */
export function readAndWrite(): Responder {
  const sessions = new Map<string, SSEServerTransport>();
  const open = async (response: ServerResponse): Promise<void> => {
    const transport = new SSEServerTransport('/messages', response);
    sessions.set(transport.sessionId, transport);
    await notes(() => {}).connect(transport);
  };
  return async (arrival, response) => {
    const answer = refuse(arrival);
    if (answer) return answer;
    const { pathname, searchParams } = new URL(arrival.path, 'http://host');
    if (pathname === '/mcp') return open(response).then(() => undefined);
    const session = sessions.get(searchParams.get('sessionId') ?? '');
    if (pathname !== '/messages' || !session) return { status: 404 };
    await session.handlePostMessage(arrival.request, response, JSON.parse(arrival.body));
    return undefined;
  };
}

/** A broker whose user allows everything: first a reader, after a 403 a writer. */
export const generous =
  (held?: string): Script =>
  (_, { resource, interactive, challenge: header }) => {
    if (!String(resource).endsWith('/mcp')) return refusal('interaction_required');
    if (String(header).includes('insufficient_scope')) return token((held = 'writer'));
    if (interactive !== false) held ??= 'reader';
    return held === undefined ? refusal('interaction_required') : token(held);
  };

/** The official client, connected through this transport. */
export async function connect(
  Transport: typeof StreamableHTTPClientTransport | typeof SSEClientTransport,
  { url }: Setup,
  fetch: Setup['broker']['fetch'],
  options: ClientOptions = {},
): Promise<Client> {
  const client = new Client({ name: 'page', version: '1.0.0' }, options);
  clients.push(client);
  await client.connect(new Transport(new URL(url), { fetch }));
  return client;
}

/** What the broker was asked that may open a prompt. */
export const interactive = ({ fake }: Setup): unknown[] =>
  fake.asked.filter((params) => (params as { interactive?: boolean }).interactive !== false);
