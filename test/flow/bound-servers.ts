/**
 * An authorization server that binds tokens (`oidc-provider`), an MCP server that checks proofs, and a site: what a
 * test says of them can change while they run.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  createAuthorizationServer,
  type AuthorizationServerOptions,
} from '../../demo/authorization-server.ts';
import { listen, LOOPBACK } from '../../demo/listen.ts';
import { Carriage, type CarriageParts } from '../../src/background/access/carriage.ts';
import { credentialOf } from '../../src/background/access/credential-of.ts';
import type { TokenParams } from '../../src/shared/page-contract.ts';
import { ProofGate, readProof, type Proof } from '../support/proof-gate.ts';
import { REDIRECT_HOST, World, type Servers } from './world.ts';

/** How the servers behave. */
export interface Knobs {
  /** Members of the resource's metadata about proofs. */
  metadata: Record<string, unknown>;
  /** The resource knows the scheme; else it takes any token that is alive, and Bearer only. */
  knowsProofs: boolean;
  /** Whether its challenge names DPoP. */
  namesProofs: boolean;
  /** The nonce that the resource wants; absent: none. */
  nonce: string | undefined;
  /** A scope without which a good token is not enough; absent: any will do. */
  needs: string | undefined;
  /** A token that the resource takes no longer. */
  over: string | undefined;
  /** Called with each request that was let through. */
  passed: () => void;
  /** Whether the authorization server wants a nonce. */
  providerNonce: boolean;
  /** By how much the resource's clock is ahead; seconds. */
  ahead: number;
}

/** A request as the resource server saw it. */
export interface Seen {
  method: string;
  authorization: string;
  proof: string | undefined;
  read: Proof | undefined;
  status: number;
  body: string;
}

/** The servers, and what they saw. */
export interface BoundServers extends Servers {
  issuer: string;
  siteB: { origin: string };
  knobs: Knobs;
  seen: Seen[];
  setAccessTokenSeconds(seconds: number): void;
  /** The resource's own clock; seconds. */
  now(): number;
}

const SCOPE = 'notes:read notes:write offline_access';

/** Starts them. */
export async function startBoundServers(
  change: Partial<Knobs> & { provider?: Partial<AuthorizationServerOptions> } = {},
): Promise<BoundServers> {
  const { provider, ...changed } = change;
  const knobs: Knobs = {
    metadata: { dpop_signing_alg_values_supported: ['ES256'] },
    knowsProofs: true,
    namesProofs: true,
    nonce: undefined,
    needs: undefined,
    over: undefined,
    passed: () => undefined,
    providerNonce: false,
    ahead: 0,
    ...changed,
  };
  const seen: Seen[] = [];
  const gate = new ProofGate();
  let serve: (request: IncomingMessage, response: ServerResponse) => void = () => undefined;
  const asSocket = await listen((request, response) => {
    serve(request, response);
  });
  const issuer = `http://${LOOPBACK}:${asSocket.address.port}`;
  const server = createAuthorizationServer({
    issuer,
    scopesOf: () => SCOPE,
    extensionRedirectHosts: [REDIRECT_HOST],
    proofs: { requireNonce: () => knobs.providerNonce },
    ...provider,
  });
  serve = server.handler;
  const now = () => Math.floor(Date.now() / 1000) + knobs.ahead;

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = '', headers } = request;
    const url = new URL(request.url ?? '', resource);
    if (url.pathname.startsWith('/.well-known/oauth-protected-resource')) {
      json(response, 200, {
        resource,
        authorization_servers: [issuer],
        scopes_supported: ['notes:read'],
        ...knobs.metadata,
      });
      return;
    }
    const { authorization = '' } = headers;
    const proof = headers['dpop'] as string | undefined;
    const body = await bodyOf(request);
    const error = await judge(authorization, proof, { method, url: url.origin + url.pathname });
    const status = error === undefined ? 200 : error === 'insufficient_scope' ? 403 : 401;
    // A probe for the challenge carries nothing.
    if (authorization !== '')
      seen.push({ method, authorization, proof, read: readProof(proof ?? ''), status, body });
    if (status === 200) knobs.passed();
    response.setHeader('date', new Date(now() * 1000).toUTCString());
    if (knobs.nonce !== undefined) response.setHeader('dpop-nonce', knobs.nonce);
    if (error !== undefined) response.setHeader('www-authenticate', challengeOf(knobs, error));
    json(response, status, { ok: status === 200 });
  };
  const judge = async (
    authorization: string,
    proof: string | undefined,
    about: { method: string; url: string },
  ) => {
    const [scheme = '', value = ''] = authorization.split(' ');
    if (value === '') return '';
    const token = await server.findAccessToken(value);
    if (token?.resource !== resource || value === knobs.over) return 'invalid_token';
    if (!knobs.knowsProofs)
      return scheme === 'Bearer' && token.jkt === undefined ? undefined : 'invalid_token';
    // RFC 9449 §7.2: a bound token is good for nothing as a bearer token.
    if (scheme !== 'DPoP') return 'invalid_token';
    const { jkt, scopes } = token;
    const { nonce, needs } = knobs;
    const fault = gate.judge({ ...about, proof, token: value, jkt, nonce, now: now() });
    const isEnough = needs === undefined || scopes.includes(needs);
    return fault ?? (isEnough ? undefined : 'insufficient_scope');
  };
  const rsSocket = await listen((request, response) => void answer(request, response));
  const origin = `http://${LOOPBACK}:${rsSocket.address.port}`;
  const resource = `${origin}/mcp`;
  return {
    siteA: { origin: 'http://127.0.0.1:4001' },
    siteB: { origin: 'http://127.0.0.1:4002' },
    mcpServer: { url: resource },
    issuer,
    knobs,
    seen,
    now,
    setAccessTokenSeconds: (seconds) => {
      server.setAccessTokenSeconds(seconds);
    },
    async close() {
      await Promise.all([asSocket.close(), rsSocket.close()]);
    },
  };
}

/** A world around them. */
export async function openBoundWorld(
  ...change: Parameters<typeof startBoundServers>
): Promise<World<BoundServers>> {
  return World.beside(await startBoundServers(...change));
}

function challengeOf({ namesProofs, knowsProofs, needs }: Knobs, error: string): string {
  const scope = error === 'insufficient_scope' ? `, scope="${needs}"` : '';
  const words = error === '' ? '' : ` error="${error}"${scope}`;
  if (!namesProofs) return `Bearer${words || ' realm="mcp"'}`;
  if (knowsProofs) return `DPoP${words}${words ? ',' : ''} algs="ES256"`;
  return `Bearer${words || ' realm="mcp"'}, DPoP algs="ES256"`;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** What the page's own request had met, and what is carried. */
export interface Carry {
  origin?: string;
  method?: string;
  url?: string;
  headers?: [name: string, value: string][];
  body?: Uint8Array<ArrayBuffer>;
  challenge?: string;
  interactive?: boolean;
}

const TOOL_CALL = new TextEncoder().encode('{"jsonrpc":"2.0","id":1,"method":"tools/call"}');
const JSON_BODY: [string, string][] = [['content-type', 'application/json']];

/** Carries a request for a page of the world, as the worker's door does. */
export async function carry(world: World<Servers>, carried: Carry = {}): Promise<Response> {
  const { origin, method = 'POST', url = world.resource, challenge, interactive = true } = carried;
  const { access, ports } = world.life;
  const { caller } = world.pageOf(origin);
  const { signal } = new AbortController();
  const find = (params: Partial<TokenParams>) =>
    access.findGrant({ caller, signal, carried: true }, { resource: world.resource, ...params });
  const isHeld = await ports.store.findGrant(caller.origin, world.resource);
  if (!isHeld && interactive) await find(challenge === undefined ? {} : { challenge });
  const { headers = JSON_BODY, body = TOOL_CALL } = carried;
  const request = {
    ...{ origin: caller.origin, url, method, headers, interactive },
    ...(method === 'POST' && { body }),
    limits: { stepUps: 1, age: 60_000 },
  };
  const parts: CarriageParts = {
    now: ports.now,
    stream: ports.stream,
    credential: async (wanted) => credentialOf(await find(wanted), ports),
    sending: () => undefined,
    signal,
  };
  const answer = await new Carriage(request, parts).run();
  const { status, headers: said } = answer;
  return new Response(status === 202 ? null : answer.body, { status, headers: said });
}
