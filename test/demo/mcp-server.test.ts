import {
  Client,
  SSEClientTransport,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLab, type Lab } from '../../demo/lab.ts';
import { callTool, EXTENSION_HOST, OAuthClient, rpc } from './oauth-client.ts';

let lab: Lab;
let client: OAuthClient;
beforeAll(async () => {
  lab = await startLab({ extensionRedirectHosts: [EXTENSION_HOST] });
  client = await OAuthClient.create(lab);
});
afterAll(() => lab.close());

const metadataUrl = (path = '/mcp') =>
  `${new URL(lab.mcpServer.url).origin}/.well-known/oauth-protected-resource${path}`;

describe('protected resource metadata (RFC 9728)', () => {
  it.each(['/mcp', '/sse'])('names the exact resource %s at its own address', async (path) => {
    const response = await fetch(metadataUrl(path));
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(await response.json()).toMatchObject({
      resource: `${new URL(lab.mcpServer.url).origin}${path}`,
      authorization_servers: [lab.authorizationServer.issuer],
      scopes_supported: ['notes:read', 'notes:write', 'notes:delete'],
    });
  });

  it('is not served for the whole origin', async () => {
    expect((await fetch(metadataUrl(''))).status).toBe(404);
  });

  it('can be kept from pages', async () => {
    lab.mcpServer.setMetadataCors(false);
    const closed = await fetch(metadataUrl());
    const preflight = await fetch(metadataUrl(), { method: 'OPTIONS' });
    lab.mcpServer.setMetadataCors(true);
    expect(closed.status).toBe(200);
    expect(closed.headers.has('access-control-allow-origin')).toBe(false);
    expect(preflight.headers.has('access-control-allow-origin')).toBe(false);
  });
});

describe('challenges (RFC 6750 §3)', () => {
  it('answer 401 without an error when no token comes', async () => {
    const { status, challenge } = await callTool(lab.mcpServer.url, 'add_note');
    expect(status).toBe(401);
    expect(challenge).toBe(`Bearer scope="notes:write", resource_metadata="${metadataUrl()}"`);
  });

  it('answer 401 invalid_token to an unknown token', async () => {
    const { status, challenge } = await callTool(lab.mcpServer.url, 'read_notes', 'unknown');
    expect(status).toBe(401);
    expect(challenge).toContain('Bearer error="invalid_token"');
    expect(challenge).toContain('scope="notes:read"');
    expect(challenge).toContain(`resource_metadata="${metadataUrl()}"`);
  });

  it('answer 403 with the scope of this operation alone', async () => {
    const { access_token } = await client.connect('notes:read');
    const { status, challenge } = await callTool(lab.mcpServer.url, 'add_note', access_token);
    expect(status).toBe(403);
    expect(challenge).toBe(
      `Bearer error="insufficient_scope", error_description="This operation needs notes:write", ` +
        `scope="notes:write", resource_metadata="${metadataUrl()}"`,
    );
    expect(lab.mcpServer.notes).toHaveLength(2);
  });

  it('can be hidden from pages, and are shown by default', async () => {
    const shown = await callTool(lab.mcpServer.url, 'read_notes');
    lab.mcpServer.setExposeChallenge(false);
    const hidden = await callTool(lab.mcpServer.url, 'read_notes');
    lab.mcpServer.setExposeChallenge(true);
    expect(shown.exposed).toBe('Mcp-Session-Id, WWW-Authenticate');
    expect(hidden.exposed).toBe('Mcp-Session-Id');
    expect(hidden.challenge).toContain('Bearer scope=');
  });

  it('let a page send Authorization after a preflight', async () => {
    const headers = 'authorization,content-type,mcp-protocol-version';
    const preflight = await fetch(lab.mcpServer.url, {
      method: 'OPTIONS',
      headers: {
        origin: lab.siteA.origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': headers,
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-headers')).toBe(headers);
  });
});

describe('the audience check', () => {
  it('refuses a token of the other resource at each of the two', async () => {
    const form = { resource: lab.mcpServer.sseUrl };
    const { location } = await client.authorize(form);
    const code = location?.searchParams.get('code') ?? '';
    expect((await client.exchange(code)).error).toBe('invalid_target');

    const forMcp = await client.connect('notes:read');
    const response = await fetch(lab.mcpServer.sseUrl, {
      headers: { authorization: `Bearer ${forMcp.access_token}` },
    });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toContain('invalid_token');
    expect((await callTool(lab.mcpServer.url, 'read_notes', forMcp.access_token)).status).toBe(200);
  });

  it('refuses a token that is for no resource', async () => {
    const { location } = await client.authorize({ resource: undefined, scope: 'openid' });
    const code = location?.searchParams.get('code') ?? '';
    const { access_token } = await client.exchange(code, {}, null);
    expect(typeof access_token).toBe('string');
    expect((await callTool(lab.mcpServer.url, 'read_notes', access_token)).status).toBe(401);
  });
});

describe('scope rules', () => {
  it('can ask for a scope per operation, down to initialize (B5)', async () => {
    const own = await startLab({
      extensionRedirectHosts: [EXTENSION_HOST],
      scopes: {
        initialize: 'init',
        'tools/list': 'mcp:tools:read',
        'tools/call': 'mcp:tools:call',
      },
    });
    try {
      const { url } = own.mcpServer;
      const progressive = await OAuthClient.create(own);
      const { challenge } = await rpc(url, 'initialize');
      expect(challenge).toContain('scope="init"');
      const { access_token } = await progressive.connect('init');
      expect((await rpc(url, 'tools/list', {}, access_token)).challenge).toContain(
        'scope="mcp:tools:read"',
      );
      expect((await callTool(url, 'read_notes', access_token)).challenge).toContain(
        'scope="mcp:tools:call"',
      );
      expect((await rpc(url, 'ping', {}, access_token)).status).toBe(200);
      own.mcpServer.setScopes({ '*': 'other' });
      expect((await rpc(url, 'ping', {}, access_token)).challenge).toContain('scope="other"');
    } finally {
      await own.close();
    }
  });
});

describe('the official client', () => {
  const bearer =
    (token: string): typeof fetch =>
    (input, init) => {
      const headers = new Headers(init?.headers);
      headers.set('authorization', `Bearer ${token}`);
      return fetch(input, { ...init, headers });
    };

  it('reads, adds and deletes over Streamable HTTP', async () => {
    const { access_token } = await client.connect('notes:read notes:write notes:delete');
    const mcp = new Client({ name: 'test', version: '1' });
    await mcp.connect(
      new StreamableHTTPClientTransport(new URL(lab.mcpServer.url), {
        fetch: bearer(access_token),
      }),
    );
    await mcp.callTool({ name: 'add_note', arguments: { text: 'over HTTP' } });
    expect(lab.mcpServer.notes.at(-1)?.text).toBe('over HTTP');
    await mcp.callTool({ name: 'delete_note', arguments: { id: lab.mcpServer.notes.at(-1)?.id } });
    const read = await mcp.callTool({ name: 'read_notes' });
    expect(JSON.stringify(read.content)).not.toContain('over HTTP');
    await mcp.close();
  });

  it('reads over the event-stream transport, whose messages are gated too', async () => {
    const tokens = await client.tokensFor(lab.mcpServer.sseUrl, 'notes:read');
    const mcp = new Client({ name: 'test', version: '1' });
    await mcp.connect(
      new SSEClientTransport(new URL(lab.mcpServer.sseUrl), { fetch: bearer(tokens.access_token) }),
    );
    const read = await mcp.callTool({ name: 'read_notes' });
    expect(JSON.stringify(read.content)).toContain('oat milk');
    await expect(mcp.callTool({ name: 'add_note', arguments: { text: 'no' } })).rejects.toThrow();
    expect(lab.ledger.mcpRequests('tools/call:add_note').at(-1)).toMatchObject({
      path: '/messages',
      status: 403,
    });
    await mcp.close();
  });
});
