/** From the user's consent to tokens: registration, the sign-in window, the code exchange. */
import * as oauth from 'oauth4webapi';
import {
  authorizationUrl,
  findResponseFault,
  rejectResponse,
  type AuthorizationTransaction,
} from '../protocol/authorization.ts';
import { isUsable, type Registration } from '../protocol/client-registration.ts';
import type { TokenSet } from '../protocol/token.ts';
import { hostOf } from '../protocol/url-policy.ts';
import { BrokerError } from '../shared/errors.ts';
import type { LiveFlow } from './flow.ts';
import type { Ports } from './ports.ts';
import { exchangeCode, register, type Audience } from './token-endpoint.ts';

/** How long a sign-in may take; milliseconds. */
const SIGN_IN_LIFETIME = 600_000;

/** The site's registration at this issuer; one is made when there is none that can still be used (Z1). */
export async function findOrRegister(
  ports: Ports,
  flow: LiveFlow,
  server: oauth.AuthorizationServer,
): Promise<Registration> {
  const { origin } = flow.record;
  const { issuer } = server;
  const redirectUri = ports.authWindow.redirectUri(await redirectPath(issuer));
  // Two servers of one provider, connected at the same time, share the registration too (T-45).
  return ports.lock(`register ${issuer} ${origin}`, async () => {
    const held = await ports.store.findRegistration(issuer, origin);
    if (held?.redirectUri === redirectUri && isUsable(held, ports.now())) return held;
    await flow.advance('allowed', 'registering');
    const registration = await register(ports.http, server, { origin, redirectUri });
    await ports.store.saveRegistration(issuer, origin, registration);
    return registration;
  });
}

/**
 * A path of its own for every issuer, so that a response meant for one cannot arrive as another's (RFC 9700
 * §4.4.2). Of fixed length: Firefox matches redirect URIs by prefix.
 */
async function redirectPath(issuer: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(issuer));
  const hex = [...new Uint8Array(hash, 0, 8)].map((byte) => byte.toString(16).padStart(2, '0'));
  return `cb/${hex.join('')}`;
}

/**
 * Signs in. A failure may mean that the provider has forgotten the client: it shows an error page then, and
 * nothing ever comes back. So the next attempt registers anew.
 */
export async function signIn(
  ports: Ports,
  flow: LiveFlow,
  audience: Audience,
  scopes: string[],
): Promise<TokenSet> {
  try {
    return await authorizeAndExchange(ports, flow, audience, scopes);
  } catch (error) {
    await ports.store.deleteRegistration(audience.server.issuer, flow.record.origin);
    throw error;
  }
}

/** Opens the sign-in window, judges what comes back, and exchanges the code: once, whatever happens (T-40). */
async function authorizeAndExchange(
  ports: Ports,
  flow: LiveFlow,
  audience: Audience,
  scopes: string[],
): Promise<TokenSet> {
  const { server, registration } = audience;
  const verifier = oauth.generateRandomCodeVerifier();
  const transaction: AuthorizationTransaction = {
    issuer: server.issuer,
    issParameterSupported: server.authorization_response_iss_parameter_supported === true,
    state: oauth.generateRandomState(),
    redirectUri: registration.redirectUri,
  };
  const url = authorizationUrl({
    endpoint: server.authorization_endpoint ?? '',
    clientId: registration.clientId,
    redirectUri: registration.redirectUri,
    state: transaction.state,
    codeChallenge: await oauth.calculatePKCECodeChallenge(verifier),
    resource: audience.resource,
    scopes,
  });
  await flow.advance('authorizing', 'authorizing');
  const callback = await ports.authWindow.open(url, (signInWindow) => {
    void flow.note({ signInWindow, startedAt: ports.now() });
  });
  const fault = findResponseFault(transaction, callback);
  if (fault) rejectResponse(fault, server.issuer, callback);
  const now = ports.now();
  if (now - (flow.record.startedAt ?? now) > SIGN_IN_LIFETIME) {
    throw new BrokerError('authorization_failed', { detail: { host: hostOf(server.issuer) } });
  }
  // From here the code counts as spent: a restart goes back to the sign-in, never to a second exchange.
  await flow.advance('exchanging', 'exchanging');
  const code = { callback, state: transaction.state, verifier };
  return exchangeCode(ports.http, audience, code, { scopes, assumed: true, now });
}
