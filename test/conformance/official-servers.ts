/** Authorization servers that nobody here wrote, with an MCP server behind each, on loopback. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  InvalidGrantError,
  mcpAuthRouter,
  type AuthInfo,
  type AuthorizationParams,
  type OAuthRegisteredClientsStore,
  type OAuthServerProvider,
} from '@modelcontextprotocol/server-legacy/auth';
import express from 'express';
import { listen, LOOPBACK } from '../../demo/listen.ts';
import { createNotesServer } from '../../demo/mcp-server.ts';
import { createSite } from '../../demo/web-client/site.ts';
import { getTools } from './tools.ts';

/** A running server of each kind. */
export interface OfficialServer {
  mcpUrl: string;
  close(): Promise<void>;
}

/** What the router's servers were asked, as far as a test looks at it. */
export interface RouterServer extends OfficialServer {
  issuer: string;
  /** A page of another origin that uses it. */
  pageUrl: string;
  /** Scopes of each authorization request, in order. */
  authorizations: readonly string[][];
  /** Grant types of the token requests, in order. */
  exchanges: readonly string[];
  /** The `resource` of all of them. */
  resources: ReadonlySet<string | undefined>;
}

/** The official router of `@modelcontextprotocol/server-legacy`, before the demo's official MCP server. */
export async function startRouter(): Promise<RouterServer> {
  const handlers: RequestListener[] = [];
  const listeners = await Promise.all(
    [0, 1, 2].map((at) => listen((request, response) => handlers[at]?.(request, response))),
  );
  const [issuer = '', mcp = '', site = ''] = listeners.map(
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
  handlers.push(
    app,
    notes.handler,
    createSite({ name: 'Interoperation', mcpUrl: notes.url, extensionIds: [] }),
  );
  return {
    mcpUrl: notes.url,
    issuer: `${issuer}/`,
    pageUrl: `${site}/bare`,
    authorizations: provider.authorizations,
    exchanges: provider.exchanges,
    resources: provider.resources,
    close: async () => void (await Promise.all(listeners.map((one) => one.close()))),
  };
}

/** What the router leaves to whoever uses it: to keep what it issues. Every request is authorized at once. */
class Provider implements OAuthServerProvider {
  readonly authorizations: string[][] = [];
  readonly exchanges: string[] = [];
  readonly resources = new Set<string | undefined>();
  readonly clientsStore: OAuthRegisteredClientsStore;
  private readonly codes = new Map<string, AuthorizationParams>();
  private readonly tokens = new Map<string, AuthInfo>();

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

  find(value: string) {
    const token = this.tokens.get(value);
    const { scopes = [], clientId = '', resource } = token ?? {};
    return token && { scopes, clientId, resource: resource?.href ?? '', account: 'demo' };
  }

  authorize: OAuthServerProvider['authorize'] = (_client, params, response) => {
    const code = randomUUID();
    this.codes.set(code, params);
    this.authorizations.push(params.scopes ?? []);
    this.resources.add(params.resource?.href);
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

  exchangeAuthorizationCode: OAuthServerProvider['exchangeAuthorizationCode'] = (
    client,
    code,
    ...[, , resource]
  ) => {
    const params = this.codes.get(code);
    if (!params || !this.codes.delete(code)) throw new InvalidGrantError('unknown code');
    this.exchanges.push('authorization_code');
    this.resources.add(resource?.href);
    const token = randomUUID();
    const scopes = params.scopes ?? [];
    this.tokens.set(token, {
      token,
      clientId: client.client_id,
      scopes,
      ...(params.resource && { resource: params.resource }),
    });
    return Promise.resolve({
      access_token: token,
      token_type: 'bearer',
      expires_in: 3600,
      refresh_token: randomUUID(),
      scope: scopes.join(' '),
    });
  };

  exchangeRefreshToken = (): never => {
    this.exchanges.push('refresh_token');
    throw new InvalidGrantError('not kept');
  };

  verifyAccessToken: OAuthServerProvider['verifyAccessToken'] = (value) => {
    const token = this.tokens.get(value);
    return token ? Promise.resolve(token) : Promise.reject(new InvalidGrantError('unknown'));
  };
}

/** Time for the example server to listen; milliseconds. */
const START_MS = 15_000;

/** The v1 SDK's own example, as it is published: an MCP server, and an authorization server that sends no `iss`. */
export async function startExample(): Promise<OfficialServer> {
  const example = path.join('dist', 'esm', 'examples', 'server', 'simpleStreamableHttp.js');
  const [mcp, authorization] = await freePorts();
  const loopback = pathToFileURL(path.join(import.meta.dirname, 'loopback.mjs')).href;
  const { node, sdk } = getTools();
  const child = spawn(node, ['--import', loopback, path.join(sdk, example), '--oauth'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, MCP_PORT: String(mcp), MCP_AUTH_PORT: String(authorization) },
  });
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('The example server does not start')), START_MS);
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.match(/listening on port/g)?.length !== 2) return;
      clearTimeout(late);
      resolve();
    });
    child.on('exit', (code) => reject(new Error(`The example server ended: ${code}`)));
  });
  return {
    mcpUrl: `http://localhost:${mcp}/mcp`,
    close: () =>
      new Promise((resolve) => {
        child.removeAllListeners('exit').on('exit', () => resolve());
        child.kill('SIGKILL');
      }),
  };
}

/** The example takes no port 0. Both are held at the same time, so they differ. */
async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()];
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) =>
          server.listen(0, LOOPBACK, () => resolve((server.address() as AddressInfo).port)),
        ),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports as [number, number];
}
