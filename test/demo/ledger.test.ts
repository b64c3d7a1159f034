import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLab, type Lab } from '../../demo/lab.ts';
import { callTool, EXTENSION_HOST, EXTENSION_ID, OAuthClient } from './oauth-client.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({ extensionRedirectHosts: [EXTENSION_HOST] });
});
afterAll(() => lab.close());

describe('the ledger', () => {
  it('bills a first connection, a step-up, a refresh and a revocation', async () => {
    const { ledger } = lab;
    await fetch(`${new URL(lab.mcpServer.url).origin}/.well-known/oauth-protected-resource/mcp`);
    await fetch(`${lab.authorizationServer.issuer}/.well-known/oauth-authorization-server`);
    const client = await OAuthClient.create(lab);
    const first = await client.connect();
    const none = {
      metadata: 0,
      registrations: 0,
      authorizations: 0,
      exchanges: 0,
      refreshes: 0,
      revocations: 0,
    };
    expect(ledger.cost()).toEqual({
      ...none,
      metadata: 2,
      registrations: 1,
      authorizations: 1,
      exchanges: 1,
      total: 5,
    });

    const beforeStepUp = ledger.mark();
    await client.connect('notes:read notes:write');
    expect(ledger.since(beforeStepUp).cost()).toEqual({
      ...none,
      authorizations: 1,
      exchanges: 1,
      total: 2,
    });

    const beforeRefresh = ledger.mark();
    const { refresh_token } = await client.refresh(first.refresh_token);
    await client.revoke(refresh_token);
    expect(ledger.since(beforeRefresh).cost()).toEqual({
      ...none,
      refreshes: 1,
      revocations: 1,
      total: 2,
    });
  });

  it('counts one authorization when the same URL is fetched twice', async () => {
    const client = await OAuthClient.create(lab);
    const mark = lab.ledger.mark();
    const url = client.authorizationUrl({ state: 'same' });
    await fetch(url, { redirect: 'manual' });
    await fetch(url, { redirect: 'manual' });
    const { ledger } = lab;
    expect(ledger.since(mark).authorizationRequests()).toHaveLength(2);
    expect(ledger.since(mark).states()).toEqual(['same']);
    expect(ledger.since(mark).cost().authorizations).toBe(1);
  });

  it('tells requests of a page’s own script from those of the broker', async () => {
    const metadata = `${lab.authorizationServer.issuer}/.well-known/oauth-authorization-server`;
    const { ledger } = lab;
    const [mark, former] = [ledger.mark(), ledger.ownOfPages()];
    await fetch(metadata);
    await fetch(metadata, { headers: { origin: `chrome-extension://${EXTENSION_ID}` } });
    expect(ledger.ownOfPages() - former).toBe(0);
    await fetch(metadata, { headers: { origin: lab.siteA.origin } });
    expect(ledger.ownOfPages() - former).toBe(1);
    // What is no OAuth is not billed to anybody.
    await fetch(lab.mcpServer.url, { method: 'POST', headers: { origin: lab.siteA.origin } });
    expect(ledger.since(mark).ownOfPages()).toBe(1);
    expect(ledger.since(mark).cost().metadata).toBe(3);
  });

  it('tells status, Origin, resource, scope and JSON-RPC method', async () => {
    const client = await OAuthClient.create(lab);
    const { access_token, refresh_token } = await client.connect();
    const mark = lab.ledger.mark();
    await client.refresh(refresh_token, { origin: `chrome-extension://${EXTENSION_ID}` });
    await callTool(lab.mcpServer.url, 'delete_note', access_token, { id: 1 });
    const since = lab.ledger.since(mark);
    expect(since.tokenRequests('refresh_token')).toMatchObject([
      { status: 400, hadOrigin: true, hadResource: true, method: 'POST', path: '/token' },
    ]);
    expect(since.mcpRequests('tools/call:delete_note')).toMatchObject([
      { server: 'mcp', status: 403, hadOrigin: false },
    ]);
    expect(lab.ledger.authorizationRequests().at(-1)).toMatchObject({
      hadResource: true,
      scope: 'notes:read offline_access',
      status: 303,
    });
  });

  it('bills a token request that was made to fail', async () => {
    const client = await OAuthClient.create(lab);
    const { refresh_token } = await client.connect();
    const mark = lab.ledger.mark();
    lab.authorizationServer.failNextToken(503);
    await client.refresh(refresh_token);
    expect(lab.ledger.since(mark).tokenRequests('refresh_token')).toMatchObject([{ status: 503 }]);
  });

  it('holds no token, code, verifier, cookie or client id', async () => {
    const client = await OAuthClient.create(lab);
    const { location } = await client.authorize();
    const code = location?.searchParams.get('code') ?? '';
    const tokens = await client.exchange(code);
    await callTool(lab.mcpServer.url, 'read_notes', tokens.access_token);
    await client.revoke(tokens.refresh_token);
    await fetch(`${lab.authorizationServer.issuer}/reg/${client.id}`);
    const text = JSON.stringify([...lab.ledger]);
    for (const secret of [code, tokens.access_token, tokens.refresh_token, client.id]) {
      expect(secret.length).toBeGreaterThan(10);
      expect(text).not.toContain(secret);
    }
    const interactions = lab.ledger.entries.filter(({ path }) => path.startsWith('/interaction'));
    expect(new Set(interactions.map(({ path }) => path))).toEqual(new Set(['/interaction/…']));
  });
});
