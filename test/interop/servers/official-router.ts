/** The official router, whose issuer ends in a slash, before the demo's official MCP server. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import {
  InvalidGrantError,
  mcpAuthRouter,
  type AuthInfo,
  type AuthorizationParams,
  type OAuthRegisteredClientsStore,
  type OAuthServerProvider,
} from '@modelcontextprotocol/server-legacy/auth';
import express from 'express';
import { listen, LOOPBACK } from '../../../demo/listen.ts';
import { createNotesServer } from '../../../demo/mcp-server.ts';
import { issuerOf, metadataOf } from '../metadata.ts';
import { NOTES, type About, type Particulars, type Running } from '../server.ts';

export const about: About = {
  title: 'the official router',
  packages: ['@modelcontextprotocol/server-legacy'],
  ...NOTES,
  cors: true,
  renewal: 'refresh',
  revocation: { outcome: 'revoked', endsAccess: true },
};

export const particulars: Particulars = {
  'ends its issuer in a slash, and says it again in every response (R16, R64)': async (mcpUrl) => {
    assert.match(await issuerOf(mcpUrl), /\/$/);
    const metadata = await metadataOf(mcpUrl);
    assert.equal(metadata['issuer'], await issuerOf(mcpUrl));
    assert.equal(metadata['authorization_response_iss_parameter_supported'], true);
  },
};

export async function start(): Promise<Running> {
  const handlers: RequestListener[] = [];
  const listeners = await Promise.all(
    [0, 1].map((at) => listen((request, response) => handlers[at]?.(request, response))),
  );
  const [issuer = '', mcp = ''] = listeners.map(
    ({ address }) => `http://${LOOPBACK}:${address.port}`,
  );
  const provider = new Provider();
  const app = express();
  const scopesSupported = ['notes:read', 'notes:write', 'notes:delete'];
  // URL.href ends the issuer in a slash, and so it stands in the metadata.
  app.use(mcpAuthRouter({ provider, issuerUrl: new URL(issuer), scopesSupported }));
  const notes = createNotesServer({
    origin: mcp,
    issuer: `${issuer}/`,
    findAccessToken: (value) => Promise.resolve(provider.find(value)),
  });
  handlers.push(app, notes.handler);
  return {
    mcpUrl: notes.url,
    close: async () => void (await Promise.all(listeners.map((one) => one.close()))),
  };
}

/** What was allowed once, and may be renewed. */
interface Allowed {
  clientId: string;
  scopes: string[];
  resource?: URL;
}

/** Lifetime of an access token in seconds. */
const HOUR = 3600;

/** What the router leaves to whoever uses it: to keep what it issues. Every request is authorized at once. */
class Provider implements OAuthServerProvider {
  readonly clientsStore: OAuthRegisteredClientsStore;
  private readonly codes = new Map<string, AuthorizationParams>();
  private readonly tokens = new Map<string, AuthInfo>();
  private readonly refreshTokens = new Map<string, Allowed>();

  constructor() {
    const clients = new Map<
      string,
      Parameters<NonNullable<OAuthRegisteredClientsStore['registerClient']>>[0]
    >();
    this.clientsStore = {
      getClient: (id) => clients.get(id) as never,
      registerClient: (client) => {
        const registered = { client_id: randomUUID(), ...client };
        clients.set(registered.client_id, registered);
        return registered;
      },
    };
  }

  /** As the MCP server asks: an access token that is good. */
  find(value: string) {
    const { expiresAt = 0, ...token } = this.tokens.get(value) ?? {};
    if (expiresAt * 1000 < Date.now()) return undefined;
    const { scopes = [], clientId = '', resource } = token as Partial<AuthInfo>;
    return { scopes, clientId, resource: resource?.href ?? '', account: 'demo' };
  }

  authorize: OAuthServerProvider['authorize'] = (_client, params, response) => {
    const code = randomUUID();
    this.codes.set(code, params);
    const target = new URL(params.redirectUri);
    target.searchParams.set('code', code);
    if (params.state !== undefined) target.searchParams.set('state', params.state);
    response.redirect(target.href);
    return Promise.resolve();
  };

  challengeForAuthorizationCode: OAuthServerProvider['challengeForAuthorizationCode'] = (
    _client,
    code,
  ) => Promise.resolve(this.codes.get(code)?.codeChallenge ?? '');

  exchangeAuthorizationCode: OAuthServerProvider['exchangeAuthorizationCode'] = (client, code) => {
    const params = this.codes.get(code);
    if (!params || !this.codes.delete(code)) throw new InvalidGrantError('unknown code');
    const { scopes = [], resource } = params;
    return this.issue({ clientId: client.client_id, scopes, ...(resource && { resource }) });
  };

  exchangeRefreshToken: OAuthServerProvider['exchangeRefreshToken'] = (client, value) => {
    const allowed = this.refreshTokens.get(value);
    if (allowed?.clientId !== client.client_id) throw new InvalidGrantError('unknown');
    this.refreshTokens.delete(value);
    return this.issue(allowed);
  };

  revokeToken: NonNullable<OAuthServerProvider['revokeToken']> = (_client, { token }) => {
    this.tokens.delete(token);
    this.refreshTokens.delete(token);
    return Promise.resolve();
  };

  verifyAccessToken: OAuthServerProvider['verifyAccessToken'] = (value) => {
    const token = this.tokens.get(value);
    return token ? Promise.resolve(token) : Promise.reject(new InvalidGrantError('unknown'));
  };

  private issue(allowed: Allowed) {
    const [token, refreshToken] = [randomUUID(), randomUUID()];
    const expiresAt = Math.floor(Date.now() / 1000) + HOUR;
    this.tokens.set(token, { token, ...allowed, expiresAt });
    this.refreshTokens.set(refreshToken, allowed);
    return Promise.resolve({
      access_token: token,
      token_type: 'bearer',
      expires_in: HOUR,
      refresh_token: refreshToken,
      scope: allowed.scopes.join(' '),
    });
  }
}
