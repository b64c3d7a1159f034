/** What the flow tests of carried requests share: requests of an MCP client, a scripted server, and the search for tokens. */
import { expect } from 'vitest';
import type { StreamedResponse, StreamInit } from '../../src/background/ports/ports.ts';
import { insufficientScope, type World } from './world.ts';

/** A call of JSON-RPC, as text. */
export const rpc = (method: string, params: object = {}): string =>
  JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
/** A call of a tool. */
export const toolCall = (name: string, args: object = {}): string =>
  rpc('tools/call', { name, arguments: args });

/** Headers of the Streamable HTTP transport. */
export const MCP: [string, string][] = [
  ['accept', 'application/json, text/event-stream'],
  ['content-type', 'application/json'],
  ['mcp-protocol-version', '2025-06-18'],
];
/** Headers of its stream. */
export const EVENTS: [string, string][] = [
  ['accept', 'text/event-stream'],
  ['mcp-protocol-version', '2025-06-18'],
];

/** A POST of a client. */
export const post = (body: string, more: object = {}) => ({ headers: MCP, body, ...more });

/** What was sent, as a scripted server sees it. */
export interface Sent {
  url: string;
  init: StreamInit;
  signal: AbortSignal;
  token: string | undefined;
}

/** An answer of a scripted server. */
export const answerOf = (
  body: string | ReadableStream<Uint8Array> | null,
  more: Partial<StreamedResponse> = {},
): StreamedResponse => ({
  status: 200,
  statusText: '',
  headers: [['content-type', 'application/json']],
  body: typeof body === 'string' ? new Response(body).body : body,
  protocol: '',
  ...more,
});

/** The challenge of a 403. */
export const stepUp = (...scopes: string[]): StreamedResponse =>
  answerOf('{}', { status: 403, headers: [['www-authenticate', insufficientScope(...scopes)]] });

/** Puts a script in the server's place: the network is its own, the rest of the world stays real. */
export function script(
  world: World,
  answer: (sent: Sent, count: number) => StreamedResponse | Promise<StreamedResponse>,
): Sent[] {
  const all: Sent[] = [];
  world.ports.stream = async (url, init, signal) => {
    const [, value] = init.headers.find(([name]) => name === 'authorization') ?? [];
    const sent = { url, init, signal, token: value?.replace('Bearer ', '') };
    all.push(sent);
    return answer(sent, all.length);
  };
  return all;
}

/** A stream of events that goes on until it is aborted, as a network's does. */
export function endless(signal: AbortSignal, first = ': hello\n\n'): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(first));
      signal.addEventListener('abort', () => {
        controller.error(signal.reason);
      });
    },
  });
}

/** Every token that a world's grants hold or have held; asked again after each change. */
export class TokenSearch {
  readonly tokens = new Set<string>();

  /** Remembers what is held now. */
  async remember(world: World): Promise<void> {
    for (const key of await world.ports.store.listGrants()) {
      const { token } = (await world.ports.store.readGrant(key)) ?? {};
      if (token) this.tokens.add(token.accessToken);
      if (token?.refreshToken !== undefined) this.tokens.add(token.refreshToken);
    }
  }

  /** No message of a carried request holds one. */
  async expectNone(world: World): Promise<void> {
    await this.remember(world);
    const said = world.requests.map(({ transcript }) => transcript).join('\n');
    expect([...this.tokens].filter((token) => said.includes(token))).toEqual([]);
  }
}
