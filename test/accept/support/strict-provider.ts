/**
 * An authorization server in memory that forgives nothing, and the MCP servers that name it. It rotates every refresh
 * token, and one that comes a second time ends the whole family (RFC 9700 §4.14.2). No clock, no network: what it
 * answers depends on what it was asked alone.
 */
import { createHash } from 'node:crypto';
import type { Http } from '../../../src/background/ports/ports.ts';

/** What one sign-in has brought. */
export interface Family {
  client: string;
  scope: string;
  resource: string;
  access: string;
  refresh: string;
  live: boolean;
}

/** A code that waits to be exchanged. */
interface Waiting {
  client: string;
  scope: string;
  resource: string;
  challenge: string;
}

/** One request at the token endpoint, as the server saw it. */
interface Asked {
  grant: string;
  resource: string;
  client: string;
}

export class StrictProvider {
  readonly issuer: string;
  readonly families: Family[] = [];
  readonly asked: Asked[] = [];
  /** Scopes of each sign-in, with its client. */
  readonly signIns: { client: string; scope: string }[] = [];
  /** Refresh tokens that came a second time. */
  readonly reused: string[] = [];
  /** Which site each client is registered for, by its name. */
  readonly clients = new Map<string, string>();
  /** The metadata of a protected resource; undefined is a 404. */
  describe: (url: URL) => object | undefined;
  /** What a token is called; a test that hunts for it gives it a mark. */
  name = (kind: string) => `${kind}-${String(this.#count++)}-of-${new URL(this.issuer).host}`;
  /** Lifetime of an access token in seconds. */
  lifetime = 3600;
  #count = 1;
  readonly #codes = new Map<string, Waiting>();
  readonly #spent = new Map<string, Family>();

  constructor(issuer: string, describe: (url: URL) => object | undefined = () => undefined) {
    this.issuer = issuer;
    this.describe = describe;
  }

  /** Answers what this server and its MCP servers are asked. */
  readonly http: Http = (address, init) => {
    const url = new URL(address);
    const form = init.body instanceof URLSearchParams ? init.body : new URLSearchParams();
    return Promise.resolve(this.#answer(url, init, form));
  };

  /** Where the sign-in window ends when the user agrees to all of it. */
  authorize(address: string): string {
    const { searchParams: asked } = new URL(address);
    const get = (name: string) => asked.get(name) ?? '';
    const code = this.name('code');
    const waiting = { client: get('client_id'), scope: get('scope'), resource: get('resource') };
    this.#codes.set(code, { ...waiting, challenge: get('code_challenge') });
    this.signIns.push({ client: waiting.client, scope: waiting.scope });
    const back = new URL(get('redirect_uri'));
    back.searchParams.set('code', code);
    back.searchParams.set('state', get('state'));
    back.searchParams.set('iss', this.issuer);
    return back.href;
  }

  /** The family that an access token belongs to, while it is good for anything. */
  findLive(access: string): Family | undefined {
    return this.families.find((one) => one.live && one.access === access);
  }

  get refreshes(): Asked[] {
    return this.asked.filter(({ grant }) => grant === 'refresh_token');
  }

  #answer(url: URL, init: RequestInit, form: URLSearchParams): Response {
    if (url.pathname.startsWith('/.well-known/oauth-protected-resource')) {
      const found = this.describe(url);
      return found ? Response.json(found) : new Response(null, { status: 404 });
    }
    if (url.origin !== this.issuer) return new Response(null, { status: 401 });
    switch (url.pathname) {
      case '/.well-known/oauth-authorization-server':
        return Response.json(this.#metadata());
      case '/reg':
        return this.#register(JSON.parse(String(init.body)) as Record<string, unknown>);
      case '/token':
        return this.#token(form);
      case '/revoke':
        return this.#revoke(form.get('token') ?? '');
      default:
        return new Response(null, { status: 404 });
    }
  }

  #metadata() {
    const { issuer } = this;
    return {
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      registration_endpoint: `${issuer}/reg`,
      revocation_endpoint: `${issuer}/revoke`,
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: ['none', 'client_secret_post'],
      authorization_response_iss_parameter_supported: true,
    };
  }

  #register(asked: Record<string, unknown>): Response {
    const client = this.name('client');
    this.clients.set(client, String(asked['client_name']));
    const secret = { client_secret: this.name('secret'), client_secret_expires_at: 0 };
    const method = { token_endpoint_auth_method: 'client_secret_post' };
    return Response.json({ ...asked, client_id: client, ...secret, ...method }, { status: 201 });
  }

  #token(form: URLSearchParams): Response {
    const get = (name: string) => form.get(name) ?? '';
    const [grant, client] = [get('grant_type'), get('client_id')];
    this.asked.push({ grant, client, resource: get('resource') });
    if (grant === 'authorization_code') return this.#exchange(get('code'), get('code_verifier'));
    const refresh = get('refresh_token');
    const spent = this.#spent.get(refresh);
    if (spent) {
      this.reused.push(refresh);
      spent.live = false;
    }
    const family = this.families.find((one) => one.live && one.refresh === refresh);
    if (!family || family.client !== client) return refusal();
    this.#spent.set(refresh, family);
    return this.#issue(family, get('scope') || family.scope);
  }

  #exchange(code: string, verifier: string): Response {
    const waiting = this.#codes.get(code);
    this.#codes.delete(code);
    const proof = createHash('sha256').update(verifier).digest('base64url');
    if (waiting?.challenge !== proof) return refusal();
    const { client, scope, resource } = waiting;
    const family: Family = { client, scope, resource, access: '', refresh: '', live: true };
    this.families.push(family);
    return this.#issue(family, scope);
  }

  #issue(family: Family, scope: string): Response {
    Object.assign(family, { access: this.name('access'), refresh: this.name('refresh'), scope });
    return Response.json({
      access_token: family.access,
      refresh_token: family.refresh,
      token_type: 'Bearer',
      expires_in: this.lifetime,
      scope,
    });
  }

  #revoke(token: string): Response {
    // One that was rotated out says nothing to it any more, as at many a real server.
    const family = this.families.find(
      ({ access, refresh }) => access === token || refresh === token,
    );
    if (family) family.live = false;
    return new Response(null);
  }
}

function refusal(): Response {
  return Response.json({ error: 'invalid_grant' }, { status: 400 });
}
