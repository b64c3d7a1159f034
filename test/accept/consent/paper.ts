/**
 * Servers that exist on paper only, at public names, so that every request is seen and none takes time: one MCP host that
 * says of each path what it is, a provider, a user who signs in at once. And a page, by the page door.
 */
import type { PagePort } from '../../../src/background/ports/ports.ts';
import type { BrokerMessage, TokenParams } from '../../../src/shared/page-contract.ts';
import { World, type Servers } from '../../flow/world.ts';
import { providerMetadata } from '../../support/provider-metadata.ts';

/** The site that asks, unless a test names another. */
export const SITE = 'https://site.example';
/** What it asks for. */
export const MCP = 'https://mcp.example/mcp';
/** The provider of all of it. */
export const ISSUER = 'https://as.example';

const PAPER: Servers = {
  siteA: { origin: SITE },
  mcpServer: { url: MCP },
  close: () => Promise.resolve(),
};

/** A world on paper, and what was seen of it. */
export interface Paper {
  world: World<Servers>;
  /** The windows in which a question came. */
  windows: () => number;
  /** The sign-in windows. */
  signIns: () => number;
  /** Requests, as method and URL. */
  sent: string[];
  /** Distinct hosts that were contacted. */
  hosts: () => string[];
  /** What the metadata at an address says; undefined: there is none. */
  describe: (url: URL) => object | undefined;
  /** What the provider answers to a registration or for a token. */
  answer: (url: URL, body: string) => Response;
}

const WELL_KNOWN = '/.well-known/oauth-protected-resource';

/** Metadata of a provider. */
export function providerAt(issuer: string): object {
  return providerMetadata(issuer, { authorization_response_iss_parameter_supported: true });
}

/** By default every path of every host belongs to the resource at `/mcp` of that host. */
function describeAll({ pathname, origin }: URL): object | undefined {
  if (pathname.startsWith(`${WELL_KNOWN}/mcp`)) {
    return { resource: `${origin}/mcp`, authorization_servers: [ISSUER] };
  }
  return pathname.startsWith('/.well-known/oauth-authorization-server')
    ? providerAt(origin)
    : undefined;
}

/** Opens it. */
export async function openPaper(): Promise<Paper> {
  const world = await World.beside(PAPER);
  let [windows, signIns, asked] = [0, 0, ''];
  const paper: Paper = {
    world,
    windows: () => windows,
    signIns: () => signIns,
    sent: [],
    hosts: () => [...new Set(paper.sent.map((line) => new URL(line.split(' ')[1]!).host))],
    describe: describeAll,
    answer: (url) =>
      url.pathname === '/register'
        ? Response.json({ client_id: `client ${paper.sent.length}` }, { status: 201 })
        : Response.json({
            access_token: `token-${paper.sent.length}`,
            token_type: 'Bearer',
            expires_in: 3600,
            scope: asked,
          }),
  };
  world.ports.http = (url, init) => {
    const method = init.method ?? 'GET';
    paper.sent.push(`${method} ${url}`);
    if (method !== 'GET') return Promise.resolve(paper.answer(new URL(url), String(init.body)));
    const document = paper.describe(new URL(url));
    return Promise.resolve(
      document ? Response.json(document) : new Response('{}', { status: 404 }),
    );
  };
  const { promptWindow } = world.ports;
  world.ports.promptWindow = {
    ...promptWindow,
    open: (flow) => {
      windows += 1;
      return promptWindow.open(flow);
    },
  };
  world.ports.authWindow = {
    ...world.ports.authWindow,
    open: (url, opened) => {
      signIns += 1;
      opened(1_000_000 + signIns);
      const { searchParams: query } = new URL(url);
      asked = query.get('scope') ?? '';
      const callback = new URL(query.get('redirect_uri')!);
      callback.searchParams.set('code', 'code');
      callback.searchParams.set('state', query.get('state')!);
      callback.searchParams.set('iss', new URL(url).origin);
      return Promise.resolve(callback.href);
    },
  };
  return paper;
}

/** A page of a site, by the page door of the life that is current. */
export function openPage({ world }: Paper, origin = SITE, tabId = 1) {
  const answers = new Map<number, (code: string) => void>();
  let [say, close]: [(message: unknown) => void, () => void] = [() => {}, () => {}];
  let last = 0;
  const port: PagePort = {
    post: (message: BrokerMessage) => {
      if (!('ok' in message)) return;
      answers.get(message.id)?.(message.ok ? 'ok' : message.error.code);
    },
    onMessage: (listener) => (say = listener),
    onClosed: (listener) => (close = listener),
    close: () => undefined,
  };
  world.life.pages.serve(port, { origin, tabId });
  return {
    /** Asks; resolves `ok` or the code. */
    ask(params: Partial<TokenParams> = {}) {
      const id = (last += 1);
      const answer = new Promise<string>((resolve) => answers.set(id, resolve));
      say({ v: 1, id, call: 'getToken', params: { resource: MCP, ...params } });
      return { answer, cancel: () => void say({ v: 1, id, cancel: true }) };
    },
    /** Goes away: reloads, navigates, or is closed. */
    leave: () => void close(),
  };
}
