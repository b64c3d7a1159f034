/** A server, a scripted broker and the page's `fetch` between them. */
import { vi } from 'vitest';
import { createBroker, type Broker } from '../../src/client/broker.ts';
import { Connection } from '../../src/client/connection.ts';
import { FakeBroker, HELLO, noCarrier, refusal, token, type Script } from './fake-broker.ts';
import { startServer, type Answer, type Responder, type TestServer } from './http-server.ts';

export const METADATA = 'https://mcp.example/.well-known/oauth-protected-resource';
export const UNAUTHORIZED: Answer = {
  status: 401,
  headers: { 'www-authenticate': `Bearer resource_metadata="${METADATA}", scope="read"` },
};
export const OK: Answer = { status: 200, body: 'fine' };

const servers: TestServer[] = [];

/** Starts a server that `tearDown` stops. */
export async function serve(respond: Responder): Promise<TestServer> {
  const server = await startServer(respond);
  servers.push(server);
  return server;
}

/** Undoes everything that a test has set up. */
export async function tearDown(): Promise<void> {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  await Promise.all(servers.splice(0).map((server) => server.close()));
}

export interface Setup {
  server: TestServer;
  fake: FakeBroker;
  broker: Broker;
  url: string;
}

/** The page holds a grant for all of the server, and sends its requests itself. */
export async function setUp(respond: Responder, script: Script): Promise<Setup> {
  const server = await serve(respond);
  const fake = new FakeBroker(script);
  fake.info = { ...HELLO, held: [{ url: `${server.origin}/`, carried: false }] };
  const broker = createBroker(new Connection(fake.open), fake.info, noCarrier);
  return { server, fake, broker, url: `${server.origin}/mcp` };
}

/** What the requests that arrived had in `Authorization`. */
export const sent = ({ arrivals }: TestServer): (string | undefined)[] =>
  arrivals.map(({ authorization }) => authorization);

/** A server that wants this token. */
export const wants =
  (value: string): Responder =>
  ({ authorization }) =>
    authorization === `Bearer ${value}` ? OK : UNAUTHORIZED;

/** A broker that hands out tokens, the first first, only where it may ask the user. */
export const onlyInteractively =
  (...values: string[]): Script =>
  (_, { interactive }) =>
    interactive === false ? refusal('interaction_required') : token(values.shift() ?? 'none left');

/** A broker that hands out one token after the other, and the last for ever. */
export const always =
  (...values: string[]): Script =>
  () =>
    token((values.length > 1 ? values.shift() : values[0]) ?? '');

/** Makes responses look as a page sees those of another origin that exposes no header (Fetch, CORS filter). */
export function hideChallenges(): void {
  const native = fetch;
  vi.stubGlobal('fetch', async (...args: Parameters<typeof fetch>) => {
    const response = await native(...args);
    const hidden = new Response(response.body, { status: response.status });
    return Object.defineProperty(hidden, 'type', { value: 'cors' });
  });
}

/** The page's `fetch` cannot read a 401 or 403, as where only a server's other answers carry CORS headers. */
export function hideRefusals(): void {
  const native = fetch;
  vi.stubGlobal('fetch', async (...args: Parameters<typeof fetch>) => {
    const response = await native(...args);
    if (response.status !== 401 && response.status !== 403) return response;
    throw new TypeError('Failed to fetch');
  });
}

/** A person has just clicked in the page, or has not. */
export function setPersonActive(isActive: boolean): void {
  vi.stubGlobal('navigator', { userActivation: { isActive } });
}

/** A POST as the Streamable HTTP transport makes it. */
export function rpc(message: object, headers: Record<string, string> = {}): RequestInit {
  return {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
  };
}

/** Lets so many milliseconds pass for whoever reads the clock; timers and the network are as ever. */
export function pass(milliseconds: number): void {
  if (!vi.isFakeTimers()) vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(Date.now() + milliseconds);
}
