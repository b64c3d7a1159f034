/**
 * The demo's authorization server: `oidc-provider` with real sign-in and consent pages, hardened as B18 and B19
 * ask. Its CORS policy is the library's own, on purpose: a token POST that carries an extension's `Origin` is
 * answered 400, as real servers do (Z14).
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { errors, Provider, type Adapter, type Configuration } from 'oidc-provider';
import { loadExistingGrant, serveInteractions } from './authorization-interactions.ts';
import { failurePage } from './authorization-pages.ts';
import { memoryStore } from './memory-store.ts';
import { redirectPolicy } from './redirect-policy.ts';
import type { RedirectRules } from './redirect-shapes.ts';
import { responseFaults, type ResponseFaults } from './response-faults.ts';
import { tokenFaults, type TokenFaults } from './token-faults.ts';

/** How clients become known to the server. */
export interface ClientRules {
  /** Whether clients may register themselves. Default true. */
  registration?: boolean;
  /** Clients that are known from the start, as the library names their members. */
  clients?: Configuration['clients'];
  /** How clients may authenticate at the token endpoint; default everything that the library has. */
  clientAuthMethods?: readonly ('client_secret_basic' | 'client_secret_post' | 'none')[];
  /** Answers for client id metadata documents; given, the server takes documents. */
  clientDocuments?: (url: string) => Promise<Response>;
}

/** What an authorization server is made from. */
export interface AuthorizationServerOptions extends ClientRules {
  issuer: string;
  /** Scopes of a resource, space-separated; `undefined` for a resource that is not served (RFC 8707 §2). */
  scopesOf: (resource: string) => string | undefined;
  /** Exact hosts of extensions whose redirect URIs may be registered beside loopback ones. */
  extensionRedirectHosts?: readonly string[];
  /** Takes these redirect URIs instead, as servers in public do. */
  redirects?: RedirectRules;
  /** What a token is for where no resource is named. Default: nothing. */
  defaultResource?: string;
  /** Lifetime of an access token in seconds. Default one hour. */
  accessTokenSeconds?: number;
  /** Whether tokens can be bound to a key (RFC 9449), and when a proof has to name a nonce. Default: yes, never. */
  proofs?: false | { requireNonce: () => boolean };
}

/** What a resource server learns of an access token. */
export interface AccessToken {
  /** The one resource that the token is for. */
  resource: string;
  scopes: string[];
  account: string;
  clientId: string;
  /** Thumbprint of the key that it is bound to (RFC 9449 §6). */
  jkt?: string;
}

/** A running authorization server and its knobs. */
export interface AuthorizationServer extends TokenFaults, ResponseFaults {
  issuer: string;
  handler: RequestListener;
  /** Forgets every client that has registered itself, as a server does that is set up anew. */
  forgetClients(): Promise<void>;
  /** Lifetime of the access tokens that are issued from now on. */
  setAccessTokenSeconds(seconds: number): void;
  /** Looks a token up in the server's own store, so a revoked one is unknown at once. */
  findAccessToken(value: string): Promise<AccessToken | undefined>;
}

/** Lifetimes in seconds. A refresh token outlives any demo; a code is meant to be used at once. */
const TTL = {
  AuthorizationCode: 60,
  Grant: 14 * 86_400,
  IdToken: 3600,
  Interaction: 3600,
  RefreshToken: 14 * 86_400,
  Session: 14 * 86_400,
};

/** Creates the server; it listens nowhere until its handler is given to a socket. */
export function createAuthorizationServer(
  options: AuthorizationServerOptions,
): AuthorizationServer {
  let accessTokenSeconds = options.accessTokenSeconds ?? 3600;
  const provider = new Provider(
    options.issuer,
    configuration(options, () => accessTokenSeconds),
  );
  matchRedirectUrisExactly(provider, options.redirects);
  const faults = { ...tokenFaults(provider), ...responseFaults(provider) };
  serveInteractions(provider);
  const forgetClients = rememberRegistrations(provider);
  const callback = provider.callback();

  return {
    ...faults,
    issuer: options.issuer,
    forgetClients,
    handler: (request, response) => void callback(request, response),
    setAccessTokenSeconds(seconds) {
      accessTokenSeconds = seconds;
    },
    findAccessToken: (value) => findAccessToken(provider, value),
  };
}

function rememberRegistrations(provider: Provider): () => Promise<void> {
  const registered = new Set<string>();
  provider.on('registration_create.success', (_ctx, { clientId }) => void registered.add(clientId));
  return async () => {
    // The library's own, though its types leave it out.
    const { adapter } = provider.Client as unknown as { adapter: Adapter };
    for (const id of registered) await adapter.destroy(id);
    registered.clear();
  };
}

function configuration(
  options: AuthorizationServerOptions,
  accessTokenSeconds: () => number,
): Configuration {
  const { scopesOf, extensionRedirectHosts = [], clientDocuments, redirects } = options;
  const isRegistrable = redirects?.mayRegister ?? redirectPolicy(extensionRedirectHosts);
  return {
    adapter: memoryStore(),
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    jwks: { keys: [signingKey()] },
    clients: options.clients ?? [],
    ...(options.clientAuthMethods && { clientAuthMethods: options.clientAuthMethods }),
    ...(clientDocuments && { fetch: (url) => clientDocuments(String(url)) }),
    clientDefaults: {
      id_token_signed_response_alg: 'ES256',
      token_endpoint_auth_method: options.clientAuthMethods?.[0] ?? 'none',
    },
    pkce: { required: () => true },
    // Without it a client with one redirect URI may leave it out, and nothing is compared.
    allowOmittingSingleRegisteredRedirectUri: false,
    extraClientMetadata: {
      properties: ['redirect_uris'],
      validator(_ctx, _key, uris) {
        if (Array.isArray(uris) && uris.every((uri) => isRegistrable(String(uri)))) return;
        throw Object.assign(new errors.InvalidRedirectUri(), {
          error_description: 'only loopback and known extension redirect URIs can be registered',
          ...redirects?.refusal,
        });
      },
    },
    features: {
      dPoP: {
        enabled: options.proofs !== false,
        ...(options.proofs && {
          nonceSecret: randomBytes(32),
          requireNonce: options.proofs.requireNonce,
        }),
      },
      devInteractions: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      registration: { enabled: options.registration ?? true },
      ...(clientDocuments && { clientIdMetadataDocument: { enabled: true, ack: 'draft-02' } }),
      revocation: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => options.defaultResource,
        getResourceServerInfo(_ctx, resource) {
          const scope = scopesOf(resource);
          if (scope === undefined) throw new errors.InvalidTarget();
          return { scope, audience: resource, accessTokenFormat: 'opaque' };
        },
      },
    },
    ttl: { ...TTL, AccessToken: accessTokenSeconds },
    findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
    loadExistingGrant,
    renderError(ctx, { error, error_description }) {
      ctx.type = 'html';
      ctx.set('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'");
      ctx.body = failurePage(error, error_description ?? '');
    },
  };
}

/** RFC 8252 lets a native client vary the loopback port; B19 asks for an exact comparison. */
function matchRedirectUrisExactly(
  provider: Provider,
  { mayAuthorize = () => true }: Partial<RedirectRules> = {},
): void {
  provider.Client.prototype.redirectUriAllowed = function (uri) {
    return this.redirectUris?.includes(uri) === true && mayAuthorize(uri);
  };
}

async function findAccessToken(
  provider: Provider,
  value: string,
): Promise<AccessToken | undefined> {
  const token = await provider.AccessToken.find(value);
  if (!token || token.isExpired || typeof token.aud !== 'string') return undefined;
  return {
    resource: token.aud,
    scopes: (token.scope ?? '').split(' ').filter((scope) => scope !== ''),
    account: token.accountId,
    clientId: token.clientId ?? '',
    ...(token.jkt !== undefined && { jkt: token.jkt }),
  };
}

function signingKey() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' };
}
