/** A plain OAuth client for the tests: each step is one request, with nothing hidden. */
import { createHash, randomBytes } from 'node:crypto';
import type { Lab } from '../../demo/lab.ts';
import { UserAgent, type Choices, type Journey } from './user-agent.ts';

/** The extension whose redirect host the tests' labs know. */
export const EXTENSION_ID = 'cjophohaflpeoakoenaefbejjimbhomo';

/** Its redirect host. */
export const EXTENSION_HOST = `${EXTENSION_ID}.chromiumapp.org`;

/** The redirect URI that the clients of these tests register. */
export const REDIRECT_URI = `https://${EXTENSION_HOST}/cb`;

/** A token response, or an error one. */
export interface TokenAnswer {
  status: number;
  access_token: string;
  refresh_token: string;
  scope: string;
  expires_in: number;
  token_type: string;
  error?: string;
}

/** POSTs a registration (RFC 7591). */
export async function register(lab: Lab, body: Record<string, unknown> = {}) {
  const response = await fetch(`${lab.authorizationServer.issuer}/reg`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: 'Test client',
      redirect_uris: [REDIRECT_URI],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      application_type: 'web',
      ...body,
    }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** One registered client and the browser of its user. */
export class OAuthClient {
  readonly lab: Lab;
  readonly id: string;
  readonly agent: UserAgent;

  constructor(lab: Lab, id: string, agent: UserAgent) {
    this.lab = lab;
    this.id = id;
    this.agent = agent;
  }

  /** Registers a client; two clients may share one browser. */
  static async create(lab: Lab, agent = new UserAgent()): Promise<OAuthClient> {
    const { body } = await register(lab);
    return new OAuthClient(lab, String(body['client_id']), agent);
  }

  /** The authorization URL; a parameter set to `undefined` is left out. */
  authorizationUrl(parameters: Record<string, string | undefined> = {}): URL {
    const url = new URL(`${this.lab.authorizationServer.issuer}/auth`);
    const all: Record<string, string | undefined> = {
      client_id: this.id,
      response_type: 'code',
      redirect_uri: REDIRECT_URI,
      scope: 'notes:read offline_access',
      prompt: 'consent',
      resource: this.lab.mcpServer.url,
      state: randomBytes(8).toString('hex'),
      code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
      code_challenge_method: 'S256',
      ...parameters,
    };
    for (const [name, value] of Object.entries(all)) {
      if (value !== undefined) url.searchParams.set(name, value);
    }
    return url;
  }

  /** Walks the user through the pages. */
  authorize(
    parameters: Record<string, string | undefined> = {},
    choices: Choices = {},
  ): Promise<Journey> {
    return this.agent.open(this.authorizationUrl(parameters), choices);
  }

  /** Authorizes and exchanges the code. */
  async connect(scope = 'notes:read', choices: Choices = {}): Promise<TokenAnswer> {
    const { location } = await this.authorize({ scope: `${scope} offline_access` }, choices);
    return this.exchange(location?.searchParams.get('code') ?? '');
  }

  /** Authorizes for any resource and exchanges the code. */
  async tokensFor(resource: string, scope: string): Promise<TokenAnswer> {
    const { location } = await this.authorize({ resource, scope: `${scope} offline_access` });
    return this.exchange(location?.searchParams.get('code') ?? '', {}, resource);
  }

  /** Exchanges a code; without a resource when that is null. */
  exchange(
    code: string,
    headers: Record<string, string> = {},
    resource: string | null = this.lab.mcpServer.url,
  ): Promise<TokenAnswer> {
    const form = {
      grant_type: 'authorization_code',
      code,
      code_verifier: VERIFIER,
      redirect_uri: REDIRECT_URI,
      ...(resource === null ? {} : { resource }),
    };
    return this.#post('/token', form, headers);
  }

  /** Refreshes. */
  refresh(refreshToken: string, headers: Record<string, string> = {}): Promise<TokenAnswer> {
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
    return this.#post('/token', { ...form, resource: this.lab.mcpServer.url }, headers);
  }

  /** Revokes a token (RFC 7009). */
  async revoke(token: string): Promise<number> {
    return (await this.#post('/token/revocation', { token })).status;
  }

  async #post(
    path: string,
    form: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<TokenAnswer> {
    const response = await fetch(`${this.lab.authorizationServer.issuer}${path}`, {
      method: 'POST',
      headers,
      body: new URLSearchParams({ client_id: this.id, ...form }),
    });
    const text = await response.text();
    return { ...(JSON.parse(text === '' ? '{}' : text) as TokenAnswer), status: response.status };
  }
}

/** One JSON-RPC request to the MCP server, with an access token or without. */
export async function rpc(
  url: string,
  method: string,
  params: Record<string, unknown> = {},
  token?: string,
) {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  const body = await response.text();
  return {
    status: response.status,
    challenge: response.headers.get('www-authenticate') ?? '',
    exposed: response.headers.get('access-control-expose-headers') ?? '',
    body,
  };
}

/** Calls a tool. */
export function callTool(url: string, name: string, token?: string, args = {}) {
  return rpc(url, 'tools/call', { name, arguments: args }, token);
}

const VERIFIER = randomBytes(32).toString('base64url');
