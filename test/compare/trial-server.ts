/**
 * One small server that is an MCP server's authorization side and its authorization server, with the faults that
 * a comparison needs. It issues what it is asked for at once, rotates refresh tokens strictly, and counts.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { listen } from '../../demo/listen.ts';

/** What is wrong with the server; by default nothing. */
export interface Faults {
  /** There is no protected resource metadata (RFC 9728). */
  noResourceMetadata?: boolean;
  /** The metadata is about this path instead of the one that was asked for. */
  resourcePath?: string;
  /** The authorization server says nothing of PKCE. */
  noPkce?: boolean;
  /** Changes the authorization response. */
  tamper?: (callback: URL) => void;
  /** Token responses to a refresh name no scope (RFC 6749 §6 allows it). */
  refreshWithoutScope?: boolean;
}

/** A running server, and what it was asked. */
export interface TrialServer {
  origin: string;
  mcpUrl: string;
  registrations: number;
  authorizations: URLSearchParams[];
  exchanges: URLSearchParams[];
  refreshes: URLSearchParams[];
  close(): Promise<void>;
}

/** Starts the server on loopback. */
export async function startTrialServer(faults: Faults = {}): Promise<TrialServer> {
  const trial: Omit<TrialServer, 'close'> = {
    origin: '',
    mcpUrl: '',
    registrations: 0,
    authorizations: [],
    exchanges: [],
    refreshes: [],
  };
  const refreshTokens = new Map<string, string>();
  const listener = await listen((request, response) => {
    serve({ trial, faults, refreshTokens }, request, response).catch(() => response.end());
  });
  trial.origin = `http://127.0.0.1:${listener.address.port}`;
  trial.mcpUrl = `${trial.origin}/team/mcp`;
  return Object.assign(trial, { close: () => listener.close() });
}

interface Serving {
  trial: Omit<TrialServer, 'close'>;
  faults: Faults;
  /** Refresh token → its scope. */
  refreshTokens: Map<string, string>;
}

async function serve(
  serving: Serving,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { trial, faults } = serving;
  const { pathname, searchParams } = new URL(request.url ?? '/', trial.origin);
  const json = (body: object, status = 200): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  if (pathname === '/authorize') {
    trial.authorizations.push(searchParams);
    const callback = new URL(searchParams.get('redirect_uri') ?? '');
    callback.searchParams.set('code', searchParams.get('scope') ?? '');
    callback.searchParams.set('state', searchParams.get('state') ?? '');
    faults.tamper?.(callback);
    response.writeHead(302, { location: callback.href }).end();
    return;
  }
  const body = await text(request);
  if (pathname === '/register') {
    trial.registrations += 1;
    const registered = JSON.parse(body) as object;
    return json({ ...registered, client_id: randomUUID() }, 201);
  }
  if (pathname === '/token') return token(serving, new URLSearchParams(body), json);
  const metadata = metadataAt(pathname, serving);
  return metadata ? json(metadata) : json({ error: 'not_found' }, 404);
}

function metadataAt(pathname: string, { trial, faults }: Serving): object | undefined {
  const { origin, mcpUrl } = trial;
  const isOfResource = pathname === '/.well-known/oauth-protected-resource/team/mcp';
  if (isOfResource && !faults.noResourceMetadata) {
    const resource = faults.resourcePath ? origin + faults.resourcePath : mcpUrl;
    return { resource, authorization_servers: [origin], scopes_supported: ['files:read'] };
  }
  if (pathname !== '/.well-known/oauth-authorization-server') return undefined;
  return {
    issuer: origin,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    registration_endpoint: `${origin}/register`,
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_methods_supported: ['none'],
    scopes_supported: ['files:read', 'offline_access'],
    ...(!faults.noPkce && { code_challenge_methods_supported: ['S256'] }),
  };
}

function token(
  { trial, faults, refreshTokens }: Serving,
  form: URLSearchParams,
  json: (body: object, status?: number) => void,
): void {
  const isRefresh = form.get('grant_type') === 'refresh_token';
  (isRefresh ? trial.refreshes : trial.exchanges).push(form);
  const presented = form.get('refresh_token') ?? '';
  const scope = isRefresh ? refreshTokens.get(presented) : (form.get('code') ?? '');
  refreshTokens.delete(presented);
  if (scope === undefined) return json({ error: 'invalid_grant' }, 400);
  const refresh_token = randomUUID();
  refreshTokens.set(refresh_token, scope);
  json({
    access_token: randomUUID(),
    token_type: 'Bearer',
    expires_in: 3600,
    refresh_token,
    ...(!(isRefresh && faults.refreshWithoutScope) && { scope }),
  });
}
