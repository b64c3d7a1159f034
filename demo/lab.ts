/**
 * The whole demo in one call: an authorization server, an MCP server and two sites, all on 127.0.0.1. Over http
 * each has a port of its own; over TLS all share one port, told apart by the Host header, so that Chromium's
 * `--host-resolver-rules="MAP *.test 127.0.0.1:<port>"` gives them addresses without a port.
 */
import type { IncomingMessage, RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  createAuthorizationServer,
  type AuthorizationServer,
  type ClientRules,
} from './authorization-server.ts';
import { Ledger } from './ledger.ts';
import { listen, LOOPBACK, type Listener, type Tls } from './listen.ts';
import type { ScopeRules } from './mcp-gate.ts';
import { createNotesServer, type NotesServer } from './mcp-server.ts';
import { startFurtherServers, type FurtherServers } from './more-servers.ts';
import type { RedirectRules } from './redirect-shapes.ts';
import { breakRule, type BrokenRule } from './rule-breakers.ts';
import { createSite } from './web-client/site.ts';

type Member = 'authorizationServer' | 'mcpServer' | 'siteA' | 'siteB';

/** The hosts of the lab over TLS. */
export const TLS_HOSTS: Readonly<Record<Member, string>> = {
  authorizationServer: 'as.test',
  mcpServer: 'mcp.test',
  siteA: 'client-a.test',
  siteB: 'client-b.test',
};

/** Everything has a default. */
export interface LabOptions extends ClientRules {
  /** Ports to listen on; missing ones are chosen. Over TLS only `tls` counts. */
  ports?: Partial<Record<Member | 'tls', number>>;
  /** Serves everything over https at the hosts of {@link TLS_HOSTS}. */
  tls?: Tls;
  /** Exact hosts, such as `<id>.chromiumapp.org`, whose redirect URIs may be registered. */
  extensionRedirectHosts?: readonly string[];
  /** Takes these redirect URIs instead, as servers in public do. */
  redirects?: RedirectRules;
  /** One rule that the two servers break. */
  breaks?: BrokenRule;
  /** Extension ids that the sites look for, beside those the SDK knows. */
  extensionIds?: readonly string[];
  accessTokenSeconds?: number;
  /** Scope rules of the MCP server. */
  scopes?: ScopeRules;
  exposeChallenge?: boolean;
  metadataCors?: boolean;
  siteNames?: { siteA: string; siteB: string };
  /** Starts two servers more that a page cannot use on its own; not over TLS. */
  moreServers?: boolean;
  /** Scopes of further resources that this authorization server answers for, space-separated. */
  otherScopesOf?: (resource: string) => string | undefined;
}

/** One of the two web clients. */
interface Site {
  name: string;
  origin: string;
}

/** The running demo. */
export interface Lab {
  authorizationServer: Omit<AuthorizationServer, 'handler'>;
  mcpServer: Omit<NotesServer, 'handler'>;
  /** Where they were asked for. */
  more: FurtherServers | undefined;
  siteA: Site;
  siteB: Site;
  ledger: Ledger;
  /** The access token that a site's requests to the MCP server came with last; compared and looked up, never printed. */
  tokenOf(origin: string): string | undefined;
  /** What a request for metadata waits for, at either server; absent: nothing. For tests of what happens meanwhile. */
  holdMetadata: ((request: IncomingMessage) => Promise<void>) | undefined;
  /** Everything that listens. */
  addresses: readonly AddressInfo[];
  /** The one port of a lab over TLS. */
  tlsPort: number | undefined;
  close(): Promise<void>;
}

/** Starts the demo. */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  const sockets = options.tls ? await tlsSockets(options, options.tls) : await httpSockets(options);
  const { origins, handlers, listeners } = sockets;
  const ledger = new Ledger();
  const names = options.siteNames ?? { siteA: 'Notebook', siteB: 'Second site' };

  const { handler: serveMcp, ...mcpServer } = createNotesServer({
    ...options,
    origin: origins.mcpServer,
    issuer: origins.authorizationServer,
    findAccessToken: (value) => authorizationServer.findAccessToken(value),
  });
  const { handler: serveAuthorization, ...authorizationServer } = createAuthorizationServer({
    ...options,
    issuer: options.breaks === 'own_provider' ? origins.mcpServer : origins.authorizationServer,
    ...(options.breaks === 'no_resource' && { defaultResource: mcpServer.url }),
    scopesOf: (resource) =>
      mcpServer.scopesOf(resource) ?? more?.scopesOf(resource) ?? options.otherScopesOf?.(resource),
  });
  const held =
    (serve: RequestListener): RequestListener =>
    (request, response) => {
      const isMetadata = request.url?.startsWith('/.well-known/');
      if (!isMetadata || !lab.holdMetadata) serve(request, response);
      else void lab.holdMetadata(request).then(() => serve(request, response));
    };
  const served = breakRule(options.breaks, {
    authorization: serveAuthorization,
    mcp: serveMcp,
    origins,
  });
  handlers.authorizationServer = ledger.watch('as', held(served.authorization));
  const more = options.moreServers
    ? await startFurtherServers({
        issuer: authorizationServer.issuer,
        findAccessToken: authorizationServer.findAccessToken,
        watch: (handler) => ledger.watch('mcp', handler),
      })
    : undefined;
  const tokens = new Map<string, string>();
  handlers.mcpServer = ledger.watch('mcp', noting(tokens, held(served.mcp)));
  for (const site of ['siteA', 'siteB'] as const) {
    const extensionIds = options.extensionIds ?? [];
    handlers[site] = createSite({
      name: names[site],
      mcpUrl: mcpServer.url,
      extensionIds,
      ...(more && { closedUrl: more.closed.url, keyedUrl: more.keyed.url }),
    });
  }

  const lab: Lab = {
    authorizationServer,
    mcpServer,
    more,
    tokenOf: (origin) => tokens.get(origin),
    holdMetadata: undefined,
    siteA: { name: names.siteA, origin: origins.siteA },
    siteB: { name: names.siteB, origin: origins.siteB },
    ledger,
    addresses: listeners.map((listener) => listener.address),
    tlsPort: options.tls ? listeners[0]?.address.port : undefined,
    async close() {
      authorizationServer.releaseTokenResponses();
      await Promise.all([...listeners, ...(more ? [more] : [])].map((one) => one.close()));
    },
  };
  return lab;
}

/** Who a request is for says its `Origin`, also where the browser's extension has sent it. */
function noting(tokens: Map<string, string>, handler: RequestListener): RequestListener {
  return (request, response) => {
    const { origin, authorization } = request.headers;
    const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (origin !== undefined && token !== undefined) tokens.set(origin, token);
    handler(request, response);
  };
}

/** The sockets come first, because an issuer's name contains its port. */
interface Sockets {
  origins: Record<Member, string>;
  handlers: Partial<Record<Member, RequestListener>>;
  listeners: Listener[];
}

const MEMBERS = Object.keys(TLS_HOSTS) as Member[];

async function httpSockets({ ports = {} }: LabOptions): Promise<Sockets> {
  const handlers: Sockets['handlers'] = {};
  const listeners = await Promise.all(
    MEMBERS.map((member) =>
      listen((request, response) => handlers[member]?.(request, response), {
        port: ports[member] ?? 0,
      }),
    ),
  );
  const origins = Object.fromEntries(
    MEMBERS.map((member, at) => [member, `http://${LOOPBACK}:${listeners[at]?.address.port}`]),
  ) as Sockets['origins'];
  return { origins, handlers, listeners };
}

async function tlsSockets({ ports = {} }: LabOptions, tls: Tls): Promise<Sockets> {
  const handlers: Sockets['handlers'] = {};
  const dispatch: RequestListener = (request, response) => {
    const member = MEMBERS.find((candidate) => TLS_HOSTS[candidate] === request.headers.host);
    const handler = member && handlers[member];
    if (handler) handler(request, response);
    else response.writeHead(421).end();
  };
  const listener = await listen(dispatch, { port: ports.tls ?? 0, tls });
  const origins = Object.fromEntries(
    MEMBERS.map((member) => [member, `https://${TLS_HOSTS[member]}`]),
  ) as Sockets['origins'];
  return { origins, handlers, listeners: [listener] };
}
