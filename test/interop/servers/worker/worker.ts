/**
 * Runs in workerd: the library as its README sets it up, before the official MCP server. Everybody is let in at
 * once, and has an e-mail address for an id, as many Workers do: it stands in the access token, between colons.
 */
import {
  insufficientScope,
  OAuthProvider,
  type Auth,
  type Helpers,
} from '@cloudflare/workers-oauth-provider';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { createNotes, NOTE_SCOPES } from '../../../../demo/mcp-notes.ts';

interface Env {
  OAUTH_PROVIDER: Helpers;
}

const notes = createNotes();
const mcp = createMcpHandler(() => notes.server());
const scopes = Object.values(NOTE_SCOPES);

/** Which sign-in it was, for a test that counts them. */
let authorizations = 0;

const apiHandler = {
  async fetch(request: Request, _env: Env, context: { auth: Auth }): Promise<Response> {
    const needed = await scopeOf(request.clone());
    if (!context.auth.scope.includes(needed)) return insufficientScope(context.auth, [needed]);
    return mcp.fetch(request);
  },
};

const defaultHandler = {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === '/authorizations') return Response.json(authorizations);
    if (pathname !== '/authorize') return new Response(null, { status: 404 });
    authorizations += 1;
    const asked = await env.OAUTH_PROVIDER.parseAuthRequest(request);
    const { redirectTo } = await env.OAUTH_PROVIDER.completeAuthorization({
      request: asked,
      userId: 'a@b.example',
      metadata: {},
      scope: asked.scope,
      props: {},
    });
    return Response.redirect(redirectTo, 302);
  },
};

async function scopeOf(request: Request): Promise<string> {
  if (request.method !== 'POST') return NOTE_SCOPES['*'];
  const { method, params } = (await request.json()) as {
    method?: string;
    params?: { name?: string };
  };
  const rules: Readonly<Record<string, string>> = NOTE_SCOPES;
  return rules[`${method}:${params?.name}`] ?? NOTE_SCOPES['*'];
}

let provider: OAuthProvider<Env> | undefined;

/** The port, and so what the server is called, is known with the first request. */
function providerAt(origin: string): OAuthProvider<Env> {
  return (provider ??= new OAuthProvider<Env>({
    apiRoute: '/mcp',
    apiHandler,
    defaultHandler,
    authorizeEndpoint: '/authorize',
    tokenEndpoint: '/oauth/token',
    clientRegistrationEndpoint: '/oauth/register',
    scopesSupported: [...scopes, 'offline_access'],
    requiredScopes: [NOTE_SCOPES['*']],
    resourceMetadata: { resource: `${origin}/mcp`, authorization_servers: [origin] },
  }));
}

export default {
  fetch: (request: Request, env: Env, context: unknown): Promise<Response> =>
    providerAt(new URL(request.url).origin).fetch(request, env, context),
};
