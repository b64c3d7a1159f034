import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startLab, type Lab } from '../../demo/lab.ts';
import { callTool, EXTENSION_HOST, EXTENSION_ID, OAuthClient } from './oauth-client.ts';
import { UserAgent } from './user-agent.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({ extensionRedirectHosts: [EXTENSION_HOST] });
});
afterAll(() => lab.close());

const origin = `chrome-extension://${EXTENSION_ID}`;

describe('the token endpoint', () => {
  it('answers 400 to a code exchange with the extension’s Origin, and 200 without', async () => {
    const client = await OAuthClient.create(lab);
    const code = async () => (await client.authorize()).location?.searchParams.get('code') ?? '';
    expect((await client.exchange(await code(), { origin })).status).toBe(400);
    expect((await client.exchange(await code())).status).toBe(200);
  });

  it('answers 400 to a refresh with the extension’s Origin, and keeps the refresh token good', async () => {
    const client = await OAuthClient.create(lab);
    const { refresh_token } = await client.connect();
    expect((await client.refresh(refresh_token, { origin })).status).toBe(400);
    expect((await client.refresh(refresh_token)).status).toBe(200);
  });

  it('names the granted scopes of the resource, without offline_access', async () => {
    const client = await OAuthClient.create(lab);
    const tokens = await client.connect('notes:read notes:write');
    expect(tokens).toMatchObject({
      status: 200,
      token_type: 'Bearer',
      scope: 'notes:read notes:write',
      expires_in: 3600,
    });
  });

  it('issues no refresh token when prompt=consent is left out', async () => {
    const client = await OAuthClient.create(lab);
    const { location } = await client.authorize({ prompt: undefined });
    const tokens = await client.exchange(location?.searchParams.get('code') ?? '');
    expect(tokens.status).toBe(200);
    expect(tokens.refresh_token).toBeUndefined();
  });

  it('issues the lifetime that was set last', async () => {
    const client = await OAuthClient.create(lab);
    lab.authorizationServer.setAccessTokenSeconds(60);
    const { access_token, expires_in, refresh_token } = await client.connect();
    lab.authorizationServer.setAccessTokenSeconds(3600);
    expect(expires_in).toBe(60);
    expect((await callTool(lab.mcpServer.url, 'read_notes', access_token)).status).toBe(200);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
    onTestFinished(() => void vi.useRealTimers());
    expect((await callTool(lab.mcpServer.url, 'read_notes', access_token)).status).toBe(401);
    const fresh = await client.refresh(refresh_token);
    expect(fresh.expires_in).toBe(3600);
    expect((await callTool(lab.mcpServer.url, 'read_notes', fresh.access_token)).status).toBe(200);
  });

  it('refuses a code that is used twice and revokes what it gave', async () => {
    const client = await OAuthClient.create(lab);
    const { location } = await client.authorize();
    const code = location?.searchParams.get('code') ?? '';
    const { access_token } = await client.exchange(code);
    expect(await client.exchange(code)).toMatchObject({ status: 400, error: 'invalid_grant' });
    expect((await callTool(lab.mcpServer.url, 'read_notes', access_token)).status).toBe(401);
  });

  it('rotates the refresh token, and revokes everything when an old one comes back', async () => {
    const client = await OAuthClient.create(lab);
    const first = await client.connect();
    const second = await client.refresh(first.refresh_token);
    expect(second.status).toBe(200);
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect((await client.refresh(first.refresh_token)).error).toBe('invalid_grant');
    expect((await client.refresh(second.refresh_token)).error).toBe('invalid_grant');
    expect((await callTool(lab.mcpServer.url, 'read_notes', second.access_token)).status).toBe(401);
  });
});

describe('step-up', () => {
  it('signs in once, asks only for what is new, and adds it to what was authorized', async () => {
    const client = await OAuthClient.create(lab);
    const first = await client.authorize({ scope: 'notes:read offline_access' });
    expect(first.pages.map((page) => page.title)).toEqual([
      'Sign in · Demo ID',
      'Authorize · Demo ID',
    ]);
    expect(first.pages[1]).toMatchObject({
      client: 'Test client',
      added: ['notes:read', 'offline_access'],
      held: [],
    });

    const second = await client.authorize({ scope: 'notes:read notes:write offline_access' });
    expect(second.pages).toHaveLength(1);
    expect(second.pages[0]).toMatchObject({
      added: ['notes:write'],
      held: ['notes:read', 'offline_access'],
    });
    const tokens = await client.exchange(second.location?.searchParams.get('code') ?? '');
    expect(tokens.scope).toBe('notes:read notes:write');
    expect(
      (await callTool(lab.mcpServer.url, 'add_note', tokens.access_token, { text: 'x' })).status,
    ).toBe(200);
  });

  it('is not reached by a refresh, whose scope stays what it was (RFC 6749 §6)', async () => {
    const client = await OAuthClient.create(lab);
    const first = await client.connect('notes:read');
    await client.connect('notes:read notes:write');
    expect((await client.refresh(first.refresh_token)).scope).toBe('notes:read');
  });

  it('lets the user untick a scope, and asks for it again the next time', async () => {
    const client = await OAuthClient.create(lab);
    const choices = { untick: ['notes:write'] };
    expect((await client.connect('notes:read notes:write', choices)).scope).toBe('notes:read');
    const again = await client.authorize({ scope: 'notes:read notes:write offline_access' });
    expect(again.pages[0]).toMatchObject({
      added: ['notes:write'],
      held: ['notes:read', 'offline_access'],
    });
    const tokens = await client.exchange(again.location?.searchParams.get('code') ?? '');
    expect(tokens.scope).toBe('notes:read notes:write');
  });

  it('asks about offline_access as about any scope, and issues no refresh token without it', async () => {
    const client = await OAuthClient.create(lab);
    const without = await client.connect('notes:read', { untick: ['offline_access'] });
    expect(without.status).toBe(200);
    expect(without.scope).toBe('notes:read');
    expect(without).not.toHaveProperty('refresh_token');
    const again = await client.authorize({ scope: 'notes:read offline_access' });
    expect(again.pages[0]).toMatchObject({ added: ['offline_access'], held: ['notes:read'] });
    const tokens = await client.exchange(again.location?.searchParams.get('code') ?? '');
    expect(tokens.refresh_token).toEqual(expect.any(String));
  });

  it('keeps what was authorized when the user refuses more', async () => {
    const client = await OAuthClient.create(lab);
    const { access_token, refresh_token } = await client.connect();
    const more = { scope: 'notes:read notes:delete offline_access' };
    const { location } = await client.authorize(more, { refuse: true });
    expect(location?.searchParams.get('error')).toBe('access_denied');
    expect((await callTool(lab.mcpServer.url, 'read_notes', access_token)).status).toBe(200);
    expect((await client.refresh(refresh_token)).status).toBe(200);
  });

  it('takes an authorization with everything unticked for a refusal', async () => {
    const client = await OAuthClient.create(lab);
    const { location } = await client.authorize({}, { untick: ['notes:read'] });
    expect(location?.searchParams.get('error')).toBe('access_denied');
  });

  it('fails at registration when the body names a scope of the resource', async () => {
    const response = await fetch(`${lab.authorizationServer.issuer}/reg`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ redirect_uris: ['http://127.0.0.1/cb'], scope: 'notes:read' }),
    });
    expect(response.status).toBe(400);
  });
});

describe('two clients of one user', () => {
  it('hold nothing in common', async () => {
    const agent = new UserAgent();
    const a = await OAuthClient.create(lab, agent);
    const b = await OAuthClient.create(lab, agent);
    await a.connect('notes:read notes:write');
    const journey = await b.authorize({ scope: 'notes:read offline_access' });
    expect(journey.pages).toEqual([
      {
        title: 'Authorize · Demo ID',
        client: 'Test client',
        added: ['notes:read', 'offline_access'],
        held: [],
      },
    ]);
    const tokens = await b.exchange(journey.location?.searchParams.get('code') ?? '');
    expect(tokens.scope).toBe('notes:read');
  });

  it('survive each other’s authorization and revocation', async () => {
    const agent = new UserAgent();
    const a = await OAuthClient.create(lab, agent);
    const b = await OAuthClient.create(lab, agent);
    const ofA = await a.connect();
    const ofB = await b.connect();
    const read = async (token: string) =>
      (await callTool(lab.mcpServer.url, 'read_notes', token)).status;
    expect(await read(ofA.access_token)).toBe(200);

    expect(await a.revoke(ofA.refresh_token)).toBe(200);
    expect(await read(ofA.access_token)).toBe(401);
    expect((await a.refresh(ofA.refresh_token)).error).toBe('invalid_grant');
    expect(await read(ofB.access_token)).toBe(200);
    expect((await b.refresh(ofB.refresh_token)).status).toBe(200);
  });

  it('lose all their own tokens when one of them is revoked, those before a step-up included', async () => {
    const client = await OAuthClient.create(lab);
    const old = await client.connect('notes:read');
    const newer = await client.connect('notes:read notes:write');
    await client.revoke(old.refresh_token);
    expect((await client.refresh(newer.refresh_token)).error).toBe('invalid_grant');
    expect(await lab.authorizationServer.findAccessToken(newer.access_token)).toBeUndefined();
  });

  it('cannot revoke or refresh each other’s tokens', async () => {
    const a = await OAuthClient.create(lab);
    const b = await OAuthClient.create(lab);
    const { access_token, refresh_token } = await a.connect();
    await b.revoke(refresh_token);
    expect((await b.refresh(refresh_token)).error).toBe('invalid_grant');
    expect((await callTool(lab.mcpServer.url, 'read_notes', access_token)).status).toBe(200);
    expect((await a.refresh(refresh_token)).status).toBe(200);
  });

  it('are told apart by the resource server', async () => {
    const client = await OAuthClient.create(lab);
    const { access_token } = await client.connect('notes:read', { login: 'bob' });
    expect(await lab.authorizationServer.findAccessToken(access_token)).toEqual({
      account: 'bob',
      clientId: client.id,
      resource: lab.mcpServer.url,
      scopes: ['notes:read'],
    });
  });
});

describe('faults for tests', () => {
  it('hold an answer back after the code was used, and let it go', async () => {
    const client = await OAuthClient.create(lab);
    const { location } = await client.authorize();
    const code = location?.searchParams.get('code') ?? '';
    const hold = lab.authorizationServer.holdTokenResponses();
    let answered = false;
    const answer = client.exchange(code).then((tokens) => {
      answered = true;
      return tokens;
    });
    await hold.reached;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(answered).toBe(false);
    lab.authorizationServer.releaseTokenResponses();
    expect((await answer).status).toBe(200);
    expect((await client.exchange(code)).error).toBe('invalid_grant');
  });

  it('fail before anything is consumed', async () => {
    const client = await OAuthClient.create(lab);
    const { refresh_token } = await client.connect();
    lab.authorizationServer.failNextToken(503);
    expect(await client.refresh(refresh_token)).toMatchObject({
      status: 503,
      error: 'server_error',
    });
    expect((await client.refresh(refresh_token)).status).toBe(200);
  });

  it('fail after the refresh token was rotated', async () => {
    const client = await OAuthClient.create(lab);
    const { refresh_token } = await client.connect();
    lab.authorizationServer.failNextToken(500, 'after');
    const lost = await client.refresh(refresh_token);
    expect(lost.status).toBe(500);
    expect(lost.access_token).toBeUndefined();
    expect((await client.refresh(refresh_token)).error).toBe('invalid_grant');
  });
});
