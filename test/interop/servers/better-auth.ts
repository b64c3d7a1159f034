/**
 * better-auth with its MCP plugin, whose access tokens are JWTs, before the official MCP server. The application's
 * own sign-in and consent pages are needed by every such server; these do at once what a person would.
 */
import { randomUUID } from 'node:crypto';
import express, { type RequestHandler } from 'express';
import { toNodeHandler as serveMcp } from '@modelcontextprotocol/node';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { listen, LOOPBACK } from '../../../demo/listen.ts';
import { createNotes, NOTE_SCOPES } from '../../../demo/mcp-notes.ts';
import { NOTES, type About, type Running } from '../server.ts';
import { load } from '../tools.ts';

export const about: About = {
  title: 'better-auth with its MCP plugin',
  packages: ['better-auth', '@better-auth/mcp'],
  ...NOTES,
  cors: true,
  bound: true,
  renewal: 'refresh',
  revocation: { outcome: 'revoked', endsAccess: false },
};

type FetchHandler = (request: Request) => Promise<Response>;

interface Auth {
  handler: FetchHandler;
  api: { signUpEmail(options: { body: object }): Promise<unknown> };
}

/** What is used of the packages. */
interface BetterAuthPackages {
  betterAuth(options: object): Auth;
  jwt(): object;
  mcp(options: object): object;
  toNodeHandler(auth: Auth): RequestHandler;
  requireMcpAuth(auth: Auth, handler: FetchHandler, options: object): FetchHandler;
}

const PERSON = { email: 'a@b.example', password: randomUUID(), name: 'A' };
const SCOPES = Object.values(NOTE_SCOPES);

export async function start(): Promise<Running> {
  const packages = await loadAll();
  const app = express();
  const listener = await listen(app);
  const origin = `http://${LOOPBACK}:${listener.address.port}`;
  const mcpUrl = `${origin}/mcp`;
  const auth = createAuth(packages, origin);
  await auth.api.signUpEmail({ body: PERSON });
  // Node tells its own time there, whatever hour the test has made it here.
  app.use((_request, response, next) => {
    response.set('Date', new Date().toUTCString());
    next();
  });
  app.get('/sign-in', page('/api/auth/sign-in/email', PERSON));
  app.get('/consent', page('/api/auth/oauth2/consent', { accept: true }));
  const serve = serveMcp({ fetch: guard(packages, auth, mcpUrl) });
  app.all('/mcp', cors, (request, response) => serve(request, response));
  app.use(packages.toNodeHandler(auth));
  return { mcpUrl, close: listener.close };
}

async function loadAll(): Promise<BetterAuthPackages> {
  const all = await Promise.all(
    ['better-auth', 'better-auth/node', 'better-auth/plugins', '@better-auth/mcp'].map((name) =>
      load<object>(name),
    ),
  );
  return Object.assign({}, ...all) as BetterAuthPackages;
}

function createAuth({ betterAuth, jwt, mcp }: BetterAuthPackages, origin: string): Auth {
  return betterAuth({
    baseURL: origin,
    secret: randomUUID() + randomUUID(),
    emailAndPassword: { enabled: true },
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
    logger: { level: 'error' },
    plugins: [
      jwt(),
      mcp({
        loginPage: '/sign-in',
        consentPage: '/consent',
        resource: `${origin}/mcp`,
        scopes: [...SCOPES, 'offline_access'],
        allowDynamicClientRegistration: true,
        allowUnauthenticatedClientRegistration: true,
      }),
    ],
  });
}

/** Which scope a request needs is known from its body, so there is a guard for each scope. */
function guard({ requireMcpAuth }: BetterAuthPackages, auth: Auth, resource: string): FetchHandler {
  const notes = createNotes();
  const serve = createMcpHandler(() => notes.server());
  return async (request) => {
    const scope = await scopeOf(request.clone());
    const options = { resource, requiredScopes: [scope] };
    return requireMcpAuth(auth, (allowed) => serve.fetch(allowed), options)(request);
  };
}

async function scopeOf(request: Request): Promise<string> {
  if (request.method !== 'POST') return NOTE_SCOPES['*'];
  const { method, params } = (await request.json()) as {
    method?: string;
    params?: { name?: string };
  };
  const rules: Readonly<Record<string, string>> = NOTE_SCOPES;
  return rules[`${method}:${params?.name}`] ?? NOTE_SCOPES['*'];
}

/** A page that sends what a person would have entered, with the query that it was opened with, and goes on. */
function page(endpoint: string, entered: object): RequestHandler {
  const script = `
    fetch(${JSON.stringify(endpoint)}, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...${JSON.stringify(entered)}, oauth_query: location.search.slice(1) }),
    }).then((response) => response.json()).then(({ url }) => location.replace(url));`;
  return (_request, response) =>
    void response.type('html').send(`<!doctype html><title>…</title><script>${script}</script>`);
}

const cors: RequestHandler = (request, response, next) => {
  response.set('Access-Control-Allow-Origin', '*');
  response.set('Access-Control-Expose-Headers', 'Mcp-Session-Id, WWW-Authenticate');
  if (request.method !== 'OPTIONS') {
    next();
    return;
  }
  response.set('Access-Control-Allow-Headers', request.get('Access-Control-Request-Headers') ?? '');
  response.set('Access-Control-Allow-Methods', 'GET, POST, DELETE').status(204).end();
};
