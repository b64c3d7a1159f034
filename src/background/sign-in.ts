/** From the user's consent to tokens: the sign-in window, the code exchange. */
import * as oauth from 'oauth4webapi';
import {
  authorizationUrl,
  findIssuerRow,
  findResponseFault,
  rejectResponse,
  type AuthorizationTransaction,
} from '../protocol/authorization.ts';
import type { TokenSet } from '../protocol/token.ts';
import { hostOf } from '../protocol/url-policy.ts';
import { BrokerError } from '../shared/errors.ts';
import type { LiveFlow } from './flow.ts';
import type { Ports } from './ports.ts';
import { redactError } from './redaction.ts';
import { exchangeCode, type Audience } from './token-endpoint.ts';

/** How long a sign-in may take; milliseconds. */
const SIGN_IN_LIFETIME = 600_000;

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
    const { server, registration } = audience;
    if (!registration.shared) {
      await ports.store.deleteRegistration(server.issuer, flow.record.origin);
    }
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
    prompt: flow.record.request.account && otherAccountPrompt(server),
  });
  await flow.advance('authorizing', 'authorizing');
  if (flow.signal.aborted) throw new BrokerError('aborted');
  const callback = await ports.authWindow.open(url, (signInWindow) => {
    void flow.note({ signInWindow, startedAt: ports.now() });
  });
  judgeResponse(flow, transaction, callback);
  const now = ports.now();
  if (now - (flow.record.startedAt ?? now) > SIGN_IN_LIFETIME) {
    const { issuer } = server;
    const detail = { host: hostOf(issuer), issuer, reason: 'sign_in_expired' } as const;
    throw new BrokerError('authorization_failed', { detail });
  }
  // From here the code counts as spent: a restart goes back to the sign-in, never to a second exchange.
  await flow.advance('exchanging', 'exchanging');
  const code = { callback, state: transaction.state, verifier };
  return exchangeCode(ports.http, audience, code, { scopes, assumed: true, now });
}

/** @throws BrokerError what {@link rejectResponse} makes of the first fault */
function judgeResponse(
  flow: LiveFlow,
  transaction: AuthorizationTransaction,
  callback: string,
): void {
  const fault = findResponseFault(transaction, callback);
  const judged = findIssuerRow(transaction, callback);
  const error = fault === 'error' ? { error: redactError(callback) } : {};
  flow.trace({ kind: 'response', ...judged, ...error, accepted: fault === undefined });
  if (fault) rejectResponse(fault, transaction.issuer, callback);
}

/** What keeps a server from silently taking the user that it knows (OpenID Connect Core §3.1.2.1). */
function otherAccountPrompt(server: oauth.AuthorizationServer): string {
  const values = server['prompt_values_supported'];
  return Array.isArray(values) && values.includes('select_account') ? 'select_account' : 'login';
}
