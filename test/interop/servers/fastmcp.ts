/**
 * FastMCP (TypeScript) with its OAuth proxy, which asks for consent itself and signs its own tokens. Our redirect
 * address is allowed, as its owner would have to: the default is loopback only. The provider behind it is nobody's.
 */
import { randomUUID } from 'node:crypto';
import express from 'express';
import { listen, LOOPBACK } from '../../../demo/listen.ts';
import { freePorts } from '../free-ports.ts';
import { REDIRECT_ORIGIN, type About, type Running } from '../server.ts';
import { load } from '../tools.ts';

export const about: About = {
  title: 'FastMCP (TypeScript)',
  packages: ['fastmcp'],
  tool: { name: 'greet', says: 'Hello from FastMCP' },
  stepUps: [],
  cors: true,
  renewal: 'refresh',
  revocation: { outcome: 'unsupported', endsAccess: false },
  signIn: ['button.approve'],
};

/** What is used of the package. */
interface FastMcpPackage {
  FastMCP: new (options: object) => {
    addTool(tool: object): void;
    start(options: object): Promise<void>;
    stop(): Promise<void>;
  };
  OAuthProvider: new (options: object) => object;
}

export async function start(): Promise<Running> {
  const { FastMCP, OAuthProvider } = await load<FastMcpPackage>('fastmcp');
  const [port = 0] = await freePorts(1);
  const upstream = await startUpstream();
  const auth = new OAuthProvider({
    authorizationEndpoint: `${upstream.origin}/authorize`,
    tokenEndpoint: `${upstream.origin}/token`,
    baseUrl: `http://${LOOPBACK}:${port}`,
    clientId: 'fastmcp',
    clientSecret: randomUUID(),
    jwtSigningKey: randomUUID(),
    encryptionKey: randomUUID(),
    allowedRedirectUriPatterns: [`${REDIRECT_ORIGIN}/*`],
    scopes: ['greet'],
  });
  const server = new FastMCP({ name: 'interop', version: '1.0.0', auth });
  server.addTool({
    name: 'greet',
    description: 'Greets.',
    execute: () => Promise.resolve('Hello from FastMCP'),
  });
  await server.start({
    transportType: 'httpStream',
    httpStream: { port, host: LOOPBACK, stateless: true },
  });
  return {
    mcpUrl: `http://${LOOPBACK}:${port}/mcp`,
    close: async () => {
      await server.stop();
      await upstream.close();
    },
  };
}

/** The provider that FastMCP sends the user to: it lets everybody in at once. */
async function startUpstream() {
  const app = express();
  app.get('/authorize', (request, response) => {
    const target = new URL(String(request.query['redirect_uri']));
    target.searchParams.set('code', randomUUID());
    target.searchParams.set('state', String(request.query['state']));
    response.redirect(target.href);
  });
  app.post('/token', (_request, response) => {
    response.json({
      access_token: randomUUID(),
      token_type: 'Bearer',
      expires_in: 3600,
      refresh_token: randomUUID(),
      scope: 'greet',
    });
  });
  const listener = await listen(app);
  return { origin: `http://${LOOPBACK}:${listener.address.port}`, close: listener.close };
}
