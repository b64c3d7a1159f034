/**
 * The demo's real servers, each with one rule broken that people can let pass (docs/overrides.md), as providers in
 * public break it. `npm run providers` tries them all.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

/** What is broken: the name of the override that lets it pass. */
export type BrokenRule = 'pkce' | 'own_provider' | 'issuer_pair' | 'endpoints' | 'no_resource';

/** The handlers of both servers, and where they are. */
export interface ServersAt {
  authorization: RequestListener;
  mcp: RequestListener;
  origins: { authorizationServer: string; mcpServer: string };
}

type Json = Record<string, unknown>;

const OF_RESOURCE = '/.well-known/oauth-protected-resource';
const OF_PROVIDER = [
  '/.well-known/oauth-authorization-server',
  '/.well-known/openid-configuration',
];

/** Puts what breaks a rule before the servers. */
export function breakRule(rule: BrokenRule | undefined, servers: ServersAt): ServersAt {
  return rule === undefined ? servers : { ...servers, ...BREAKERS[rule](servers) };
}

const BREAKERS: Record<BrokenRule, (servers: ServersAt) => Partial<ServersAt>> = {
  pkce: ({ authorization }) => ({
    authorization: editing(authorization, OF_PROVIDER, (document) => {
      delete document['code_challenge_methods_supported'];
    }),
  }),
  // The provider is at the server's own address.
  own_provider: ({ authorization, mcp }) => {
    const silent = editing(mcp, [OF_RESOURCE], (document) => {
      delete document['authorization_servers'];
    });
    const isOfServer = under(['/mcp', OF_RESOURCE]);
    return {
      mcp: (request, response) => (isOfServer(request) ? silent : authorization)(request, response),
    };
  },
  // The server names itself; the document that lies there carries the provider's name.
  issuer_pair: ({ authorization, mcp, origins }) => {
    const renamed = editing(mcp, [OF_RESOURCE], (document) => {
      document['authorization_servers'] = [origins.mcpServer];
    });
    const isOfProvider = under(OF_PROVIDER);
    return {
      mcp(request, response) {
        if (!isOfProvider(request)) return renamed(request, response);
        request.headers.host = new URL(origins.authorizationServer).host;
        authorization(request, response);
      },
    };
  },
  endpoints: ({ authorization }) => {
    const isOfProvider = under(OF_PROVIDER);
    return {
      authorization: (request, response) =>
        isOfProvider(request)
          ? void response.writeHead(404).end()
          : authorization(request, response),
    };
  },
  // Whichever resource is named, it is one that the provider doesn't know.
  no_resource: ({ authorization }) => ({
    authorization(request, response) {
      const url = new URL(request.url ?? '/', 'https://provider.invalid');
      if (url.searchParams.has('resource')) url.searchParams.set('resource', 'urn:unknown');
      request.url = url.pathname + url.search;
      authorization(request, response);
    },
  }),
};

/** True for requests at one of these paths, or below it. */
function under(paths: readonly string[]): (request: IncomingMessage) => boolean {
  return ({ url = '' }) => paths.some((path) => url === path || url.startsWith(`${path}/`));
}

/** Changes the JSON that is answered at these paths. */
function editing(
  serve: RequestListener,
  paths: readonly string[],
  edit: (document: Json) => void,
): RequestListener {
  const isEdited = under(paths);
  return (request, response) => {
    if (isEdited(request)) editEnd(response, edit);
    serve(request, response);
  };
}

function editEnd(response: ServerResponse, edit: (document: Json) => void): void {
  const end = response.end.bind(response) as (body: string) => ServerResponse;
  response.end = ((body: unknown) => {
    const document = JSON.parse(String(body)) as Json;
    edit(document);
    const text = JSON.stringify(document);
    response.setHeader('content-length', Buffer.byteLength(text));
    return end(text);
  }) as typeof response.end;
}
