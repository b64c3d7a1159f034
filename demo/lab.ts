/**
 * The whole demo in one call: an authorization server, MCP servers and two sites, all on 127.0.0.1. Over http
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
import { CheckList } from './check-list.ts';
import { Ledger } from './ledger.ts';
import { listen, LOOPBACK, type Listener, type Tls } from './listen.ts';
import type { ScopeRules } from './mcp-gate.ts';
import { createNotesServer, type NotesServer } from './mcp-server.ts';
import { createFurtherServers, type FurtherServers } from './more-servers.ts';
import type { RedirectRules } from './redirect-shapes.ts';
import { breakRule, type BrokenRule } from './rule-breakers.ts';
import { createSite, type Face, type Tally } from './web-client/site.ts';

type Member = 'authorizationServer' | 'mcpServer' | 'siteA' | 'siteB' | 'closed' | 'keyed';

/** A host for each server and site. */
type Hosts = Readonly<Record<Member, string>>;

/** The hosts of a lab over TLS. */
export const TLS_HOSTS: Hosts = {
  authorizationServer: 'as.test',
  mcpServer: 'mcp.test',
  siteA: 'client-a.test',
  siteB: 'client-b.test',
  closed: 'closed.test',
  keyed: 'keyed.test',
};

/** The hosts that a visitor of the demo meets. `.test` belongs to nobody, so no such name leads anywhere else. */
export const DEMO_HOSTS: Hosts = {
  authorizationServer: 'id.test',
  mcpServer: 'notes.test',
  siteA: 'notebook.test',
  siteB: 'scratchpad.test',
  closed: 'archive.test',
  keyed: 'journal.test',
};

/** Everything has a default. */
export interface LabOptions extends ClientRules {
  /** Ports to listen on; missing ones are chosen. Over TLS only `tls` counts. */
  ports?: Partial<Record<Member | 'tls', number>>;
  /** Serves everything over https, at `hosts`. */
  tls?: Tls;
  /** Default: {@link TLS_HOSTS}. */
  hosts?: Hosts;
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
  /** Starts two servers more that a page cannot use on its own. */
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
  /** How many windows Grantkeeper has opened to ask something; absent: the pages don't tell. */
  countQuestions: (() => number) | undefined;
  /** What both sites have seen of the demo so far. */
  checkList: CheckList;
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
    ? createFurtherServers({
        origins,
        issuer: authorizationServer.issuer,
        findAccessToken: authorizationServer.findAccessToken,
        watch: (handler) => ledger.watch('mcp', handler),
      })
    : undefined;
  Object.assign(handlers, more?.handlers);
  const tokens = new Map<string, string>();
  handlers.mcpServer = ledger.watch('mcp', noting(tokens, held(served.mcp)));
  const sites = {
    first: { name: names.siteA, origin: origins.siteA },
    second: { name: names.siteB, origin: origins.siteB },
  };
  for (const site of ['siteA', 'siteB'] as const) {
    const config = {
      name: names[site],
      mcpUrl: mcpServer.url,
      issuer: authorizationServer.issuer,
      sites,
      extensionIds: options.extensionIds ?? [],
      ...(more && { closedUrl: more.closed.url, keyedUrl: more.keyed.url }),
    };
    const live = {
      tally: () => tallyOf(lab),
      note: (step: string) => lab.checkList.note(site, step),
    };
    handlers[site] = createSite(config, { face: FACES[site], live });
  }

  const lab: Lab = {
    authorizationServer,
    mcpServer,
    more,
    tokenOf: (origin) => tokens.get(origin),
    holdMetadata: undefined,
    countQuestions: undefined,
    checkList: new CheckList(),
    siteA: sites.first,
    siteB: sites.second,
    ledger,
    addresses: listeners.map((listener) => listener.address),
    tlsPort: options.tls ? listeners[0]?.address.port : undefined,
    async close() {
      authorizationServer.releaseTokenResponses();
      await Promise.all(listeners.map((one) => one.close()));
    },
  };
  return lab;
}

const FACES: Readonly<Record<'siteA' | 'siteB', Face>> = { siteA: 'notebook', siteB: 'scratchpad' };

/** What the pages of both sites are told. */
function tallyOf({ ledger, countQuestions, checkList }: Lab): Tally {
  const cost = ledger.cost();
  return {
    grantkeeper: cost.total - ledger.ownOfPages(),
    refreshes: cost.refreshes,
    ...(countQuestions && { questions: countQuestions() }),
    done: checkList.done,
  };
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

/** The servers that listen only where they are asked for. */
const FURTHER: readonly Member[] = ['closed', 'keyed'];

async function httpSockets({ ports = {}, moreServers = false }: LabOptions): Promise<Sockets> {
  const handlers: Sockets['handlers'] = {};
  const members = MEMBERS.filter((member) => moreServers || !FURTHER.includes(member));
  const listeners = await Promise.all(
    members.map((member) =>
      listen((request, response) => handlers[member]?.(request, response), {
        port: ports[member] ?? 0,
      }),
    ),
  );
  const origins = Object.fromEntries(
    members.map((member, at) => [member, `http://${LOOPBACK}:${listeners[at]?.address.port}`]),
  ) as Sockets['origins'];
  return { origins, handlers, listeners };
}

async function tlsSockets(options: LabOptions, tls: Tls): Promise<Sockets> {
  const { ports = {}, hosts = TLS_HOSTS } = options;
  const handlers: Sockets['handlers'] = {};
  const dispatch: RequestListener = (request, response) => {
    const member = MEMBERS.find((candidate) => hosts[candidate] === request.headers.host);
    const handler = member && handlers[member];
    if (handler) handler(request, response);
    else response.writeHead(421).end();
  };
  const listener = await listen(dispatch, { port: ports.tls ?? 0, tls });
  const origins = Object.fromEntries(
    MEMBERS.map((member) => [member, `https://${hosts[member]}`]),
  ) as Sockets['origins'];
  return { origins, handlers, listeners: [listener] };
}
