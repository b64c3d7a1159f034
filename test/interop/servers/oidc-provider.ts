/** `oidc-provider` with its default CORS policy, as the demo sets it up, before the demo's official MCP server. */
import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { createAuthorizationServer } from '../../../demo/authorization-server.ts';
import { listen, LOOPBACK } from '../../../demo/listen.ts';
import { createNotesServer } from '../../../demo/mcp-server.ts';
import { metadataOf } from '../metadata.ts';
import { NOTES, REDIRECT_ORIGIN, type About, type Particulars, type Running } from '../server.ts';

export const about: About = {
  title: 'oidc-provider',
  packages: ['oidc-provider'],
  ...NOTES,
  cors: true,
  renewal: 'refresh',
  revocation: { outcome: 'revoked', endsAccess: true },
  signIn: ['#sign-in', '#authorize'],
};

export const particulars: Particulars = {
  'refuses a token request with an Origin, so none of ours had one (Z14, B1)': async (mcpUrl) => {
    const { registration_endpoint: register, token_endpoint: endpoint } = await metadataOf(mcpUrl);
    const registered = await fetch(String(register), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        redirect_uris: [`${REDIRECT_ORIGIN}/cb`],
        token_endpoint_auth_method: 'none',
      }),
    });
    const { client_id = '' } = (await registered.json()) as { client_id?: string };
    const complaint = async (headers: Record<string, string>) => {
      const body = new URLSearchParams({ grant_type: 'authorization_code', client_id, code: '-' });
      const response = await fetch(String(endpoint), { method: 'POST', headers, body });
      return ((await response.json()) as { error_description: string }).error_description;
    };
    assert.match(await complaint({ origin: 'http://127.0.0.1:1' }), /^origin .+ not allowed/);
    assert.doesNotMatch(await complaint({}), /^origin/);
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
  const notes = createNotesServer({
    origin: mcp,
    issuer,
    findAccessToken: (value) => authorization.findAccessToken(value),
  });
  const authorization = createAuthorizationServer({
    issuer,
    scopesOf: notes.scopesOf,
    extensionRedirectHosts: [new URL(REDIRECT_ORIGIN).host],
  });
  handlers.push(authorization.handler, notes.handler);
  return {
    mcpUrl: notes.url,
    close: async () => void (await Promise.all(listeners.map((one) => one.close()))),
  };
}
