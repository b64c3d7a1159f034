/** A first connection by the official client's `auth()`, in Node, with a user agent that signs in. */
import {
  auth,
  extractWWWAuthenticateParams,
  type OAuthClientProvider,
  type OAuthDiscoveryState,
  type OAuthTokens,
  type StoredOAuthClientInformation,
} from '@modelcontextprotocol/client';
import type { Lab } from '../demo/lab.ts';
import { UserAgent } from '../test/demo/user-agent.ts';

/** Nothing listens there: the user agent stops where the authorization server sends it. */
const REDIRECT_URL = 'http://127.0.0.1/callback';

/** What the interface demands, and `state`, by which an authorization request is counted. */
class MinimalProvider implements OAuthClientProvider {
  readonly redirectUrl = REDIRECT_URL;
  readonly clientMetadata = {
    client_name: 'Bench',
    redirect_uris: [REDIRECT_URL],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  };
  authorizationUrl: URL | undefined;
  private client: StoredOAuthClientInformation | undefined;
  private held: OAuthTokens | undefined;
  private verifier = '';

  state = () => crypto.randomUUID();
  clientInformation = () => this.client;
  saveClientInformation = (client: StoredOAuthClientInformation) => void (this.client = client);
  tokens = () => this.held;
  saveTokens = (tokens: OAuthTokens) => void (this.held = tokens);
  redirectToAuthorization = (url: URL) => void (this.authorizationUrl = url);
  saveCodeVerifier = (verifier: string) => void (this.verifier = verifier);
  codeVerifier = () => this.verifier;
}

/** The optional part of the interface that spares the second discovery. */
class RememberingProvider extends MinimalProvider {
  private discovered: OAuthDiscoveryState | undefined;

  discoveryState = () => this.discovered;
  saveDiscoveryState = (state: OAuthDiscoveryState) => void (this.discovered = state);
}

/**
 * The official client registers the scopes that it will ask for; `oidc-provider` does not know those of a resource
 * and answers 400. Without them it gets through, with as many requests.
 */
const fetchFn: typeof fetch = (input, init) => {
  if (typeof init?.body !== 'string') return fetch(input, init);
  const { scope: _, ...body } = JSON.parse(init.body) as Record<string, unknown>;
  return fetch(input, { ...init, body: JSON.stringify(body) });
};

/**
 * Connects as the official transports do on a 401.
 * @param challenge the server's answer to a request without a token
 */
export async function connectOfficially(
  lab: Lab,
  challenge: Response,
  { remembering }: { remembering: boolean },
): Promise<void> {
  const provider = remembering ? new RememberingProvider() : new MinimalProvider();
  const { resourceMetadataUrl, scope } = extractWWWAuthenticateParams(challenge);
  const options = {
    serverUrl: lab.mcpServer.url,
    fetchFn,
    ...(resourceMetadataUrl && { resourceMetadataUrl }),
    ...(scope !== undefined && { scope }),
  };
  await auth(provider, options);
  const { location } = await new UserAgent().open(provider.authorizationUrl ?? '');
  const authorizationCode = location?.searchParams.get('code') ?? '';
  const iss = location?.searchParams.get('iss');
  const result = await auth(provider, { ...options, authorizationCode, ...(iss && { iss }) });
  if (result !== 'AUTHORIZED') throw new Error(`auth() ended with ${result}`);
}
