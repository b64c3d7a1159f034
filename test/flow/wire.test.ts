/**
 * What the core sends, request by request, in a first connection, a step-up and a refresh between real servers:
 * in which order, to whom, and with which parameters.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { insufficientScope, World } from './world.ts';
import { providerMetadata } from '../support/provider-metadata.ts';

/** A request of the core's own; the authorization request is the browser's. */
interface Sent {
  method: string;
  url: URL;
  /** The form of a token request. */
  form: URLSearchParams;
}

let world: World;
let sent: Sent[];
/** The authorization requests, in order. */
let opened: URL[];
/** Answers in a server's place; undefined lets the request through. */
let instead: (url: URL) => Response | undefined;

beforeEach(async () => {
  world = await World.open();
  [sent, opened, instead] = [[], [], () => undefined];
  const { http, authWindow } = world.ports;
  world.ports.http = (href, init, limits) => {
    const url = new URL(href);
    const isForm = init.body instanceof URLSearchParams || typeof init.body === 'string';
    const form = new URLSearchParams(isForm ? String(init.body) : '');
    sent.push({ method: init.method ?? 'GET', url, form });
    const answer = instead(url);
    return answer ? Promise.resolve(answer) : http(href, init, limits);
  };
  const { open } = authWindow;
  authWindow.open = (href, ...rest) => {
    opened.push(new URL(href));
    return open(href, ...rest);
  };
});
afterEach(() => world.close());

const NOT_FOUND = () => new Response('{}', { status: 404 });
const paths = () => sent.map(({ url }) => url.pathname);
const methodsAt = (origin: string) =>
  sent.filter(({ url }) => url.origin === origin).map(({ method }) => method);
const tokenRequests = () => sent.filter(({ form }) => form.has('grant_type'));

/** A first connection, a step-up and a refresh. */
async function useAll(): Promise<void> {
  const { access_token } = await world.getToken({ scopes: ['notes:read'] });
  await world.getToken({ challenge: insufficientScope('notes:write'), rejected: access_token });
  world.elapsed = 3_700_000;
  await world.getToken();
}

describe('discovery', () => {
  it('reads protected resource metadata, then the metadata of the server it names, and no more (R4)', async () => {
    await world.getToken({ challenge: 'Bearer scope="notes:read"' });
    expect(paths().slice(0, 2)).toEqual([
      '/.well-known/oauth-protected-resource/mcp',
      '/.well-known/oauth-authorization-server',
    ]);
    const [resource, server] = sent;
    expect(resource?.url.origin).toBe(new URL(world.resource).origin);
    expect(server?.url.origin).toBe(world.lab.authorizationServer.issuer);
    expect(paths().filter((path) => path.startsWith('/.well-known/'))).toHaveLength(2);
  });

  it('takes the OpenID document of a server that has no RFC 8414 one (R5)', async () => {
    instead = ({ pathname }) =>
      pathname.includes('oauth-authorization-server') ? NOT_FOUND() : undefined;
    await expect(world.getToken()).resolves.toHaveProperty('access_token');
    expect(paths()).toContain('/.well-known/openid-configuration');
  });

  it('contacts no endpoint of metadata that names another issuer (R17)', async () => {
    const { issuer } = world.lab.authorizationServer;
    instead = ({ pathname }) =>
      /oauth-authorization-server|openid-configuration/.test(pathname)
        ? Response.json({ ...METADATA(issuer), issuer: `${issuer}/other` })
        : undefined;
    await expect(world.getToken()).rejects.toThrow();
    expect(methodsAt(issuer)).toEqual(['GET']);
    expect(opened).toEqual([]);
  });

  it('guesses no endpoint when a server has metadata that cannot be used (ISS-1, D3, D4)', async () => {
    const { issuer } = world.lab.authorizationServer;
    const { authorization_endpoint: _, ...rest } = METADATA(issuer);
    instead = ({ pathname }) =>
      /oauth-authorization-server|openid-configuration/.test(pathname)
        ? Response.json(rest)
        : undefined;
    await expect(world.getToken()).rejects.toThrow();
    expect(methodsAt(issuer)).toEqual(['GET']);
    expect(opened).toEqual([]);
  });
});

describe('every request', () => {
  it('for a code, and every token request, names the resource of the MCP server (R69, R70)', async () => {
    await useAll();
    expect(tokenRequests().map(({ form }) => form.get('grant_type'))).toEqual([
      'authorization_code',
      'authorization_code',
      'refresh_token',
    ]);
    const named = [...opened.map((url) => url.searchParams), ...tokenRequests().map((r) => r.form)];
    expect(named.map((form) => form.getAll('resource'))).toEqual(
      Array.from({ length: 5 }, () => [world.resource]),
    );
  });

  it('is made to the MCP server or to the server that it names, and nobody else (R12, R80)', async () => {
    await useAll();
    const hosts = new Set([
      ...sent.map(({ url }) => url.origin),
      ...opened.map((url) => url.origin),
    ]);
    const { issuer } = world.lab.authorizationServer;
    expect([...hosts].sort()).toEqual([new URL(world.resource).origin, issuer].sort());
    expect(tokenRequests().map(({ url }) => url.origin)).toEqual([issuer, issuer, issuer]);
  });

  it('carries no token, code or verifier in its URL (R79)', async () => {
    await useAll();
    const grant = await world.ports.store.findGrant(world.lab.siteA.origin, world.resource);
    const secrets = tokenRequests().flatMap(({ form }) =>
      ['code', 'code_verifier', 'refresh_token'].flatMap((name) => form.getAll(name)),
    );
    secrets.push(grant?.token?.accessToken ?? '', grant?.token?.refreshToken ?? '');
    expect(secrets.filter((secret) => secret.length > 10).length).toBeGreaterThanOrEqual(7);
    const urls = [...sent.map(({ url }) => url.href), ...opened.map(String)].join('\n');
    expect(secrets.filter((secret) => urls.includes(secret))).toEqual([]);
  });

  it('of a refresh names no scope: the user has not agreed to more (B3)', async () => {
    await useAll();
    const [refresh] = tokenRequests().slice(-1);
    expect(refresh?.form.get('grant_type')).toBe('refresh_token');
    expect(refresh?.form.has('scope')).toBe(false);
  });
});

it('tells the page of a refresh that could not be stored, and hands out no token of it (B21)', async () => {
  await world.getToken({ scopes: ['notes:read'] });
  const { updateGrant } = world.ports.store;
  world.ports.store.updateGrant = (grant, change, ...rest) =>
    'token' in change
      ? Promise.reject(new Error('disk full'))
      : updateGrant(grant, change, ...rest);
  world.elapsed = 3_700_000;
  const outcome = world.getToken().catch((error: unknown) => error);
  expect(await outcome).toBeInstanceOf(Error);
  expect(await outcome).not.toHaveProperty('access_token');
  const isRefresh = ({ form }: Sent) => form.get('grant_type') === 'refresh_token';
  // At a server that rotates, a second one would end the grant.
  expect(sent.filter(isRefresh)).toHaveLength(1);
});

it('scopes are added up by one function, and nowhere else (B20)', () => {
  const src = path.join(import.meta.dirname, '..', '..', 'src');
  const texts = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => readFileSync(path.join(src, name), 'utf8'));
  const count = (pattern: RegExp) => texts.flatMap((text) => text.match(pattern) ?? []).length;
  expect(count(/function computeScopeUnion\b/g)).toBe(1);
  expect(count(/new Set\(\[\s*\.\.\.\s*\w*[sS]cope/g)).toBe(0);
});

/** As the lab's server has it, as far as it is needed. */
const METADATA = (issuer: string) =>
  providerMetadata(issuer, {
    authorization_endpoint: `${issuer}/auth`,
    registration_endpoint: `${issuer}/reg`,
  });
