/** From the user's consent to tokens: the sign-in window, the code exchange. */
import * as oauth from 'oauth4webapi';
import {
  authorizationUrl,
  findIssuerRow,
  findResponseFault,
  rejectResponse,
  type AuthorizationTransaction,
} from '../../protocol/authorization.ts';
import { nameInResponses } from '../../protocol/authorization-server.ts';
import type { Registration } from '../../protocol/client-registration.ts';
import { resourceParameter } from '../../protocol/resource.ts';
import type { TokenSet } from '../../protocol/token.ts';
import { hostOf } from '../../protocol/url-policy.ts';
import { BrokerError, serverFault } from '../../shared/errors.ts';
import { requireCaught } from './redirects.ts';
import type { LiveFlow } from './live-flow.ts';
import { requireSet } from './overrides.ts';
import { stepAside } from './step-aside.ts';
import type { Ports } from '../ports/ports.ts';
import { redactError } from '../history/redaction.ts';
import { withRedirectUri } from '../oauth/endpoint.ts';
import { thumbprintOf } from '../oauth/dpop-proofs.ts';
import { exchangeCode, type Audience, type RejectedTokens } from '../oauth/token-endpoint.ts';
import { revokeAlone } from '../oauth/revocation.ts';

/**
 * How long a sign-in may take, a closed lid included; milliseconds. State and verifier live in this worker's memory
 * only, and how long a code is good is for its server to say (docs/decisions/0033).
 */
const SIGN_IN_LIFETIME = 3_600_000;
/** A registration older than this may be one that the provider has forgotten; milliseconds. */
const FRESH_REGISTRATION = 3_600_000;

/**
 * Signs in. A failed sign-in keeps its registration (Z54), unless the provider does not know the client, or may not: it
 * shows an error page then, nothing ever comes back, and the user closes the window.
 * @throws BrokerError whatever ended it
 */
export async function signIn(
  ports: Ports,
  flow: LiveFlow,
  audience: Audience,
  scopes: string[],
): Promise<TokenSet> {
  await requireSet(ports, flow.record, audience);
  try {
    return await authorizeAndExchange(ports, flow, audience, scopes);
  } catch (cause) {
    const { server, registration } = audience;
    const error = await explain(ports, flow, audience, cause);
    if (!registration.shared && isForgotten(error, registration, ports.now())) {
      await ports.store.deleteRegistration(server.issuer, flow.record.origin);
    }
    throw error;
  }
}

/** Says what a failure means for this client, and to which redirect address it may be due. */
async function explain(
  { store }: Ports,
  { record }: LiveFlow,
  { server, registration }: Audience,
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof BrokerError)) return error;
  const { redirectUri, shared, clientId } = registration;
  const { code, detail } = error;
  if (detail.reason === 'unknown_client' && shared === 'pre-registered') {
    return new BrokerError(code, { detail: { ...detail, reason: 'wrong_client' }, cause: error });
  }
  if (code === 'host_access_required') {
    // Taken away while the window waited for its turn, or was open.
    const { issuer } = server;
    return new BrokerError(code, { detail: { ...detail, issuer, redirectUri }, cause: error });
  }
  // A page about the redirect URI looks to the browser like none.
  const isPage = code === 'authorization_failed' && detail.reason === 'unreachable';
  if (isPage) return serverFault(code, server.issuer, 'unreachable', { redirectUri, cause: error });
  if (!isClosed(error)) return withRedirectUri(error, redirectUri);
  // With a client that has worked here before it was no error page that the user closed.
  const grant = await store.findGrant(record.origin, record.asked);
  if (grant?.registration?.clientId === clientId) return error;
  const { issuer } = server;
  return serverFault(code, issuer, 'sign_in_closed', { redirectUri, cause: error });
}

/** The user closed the window, as opposed to a no of the provider. */
function isClosed({ code, detail }: BrokerError): boolean {
  return code === 'access_denied' && detail.reason === undefined;
}

function isForgotten(error: unknown, { madeAt = 0 }: Registration, now: number): boolean {
  if (!(error instanceof BrokerError)) return false;
  const { reason } = error.detail;
  if (reason === 'unknown_client') return true;
  const showedNothing = reason === 'unreachable' || reason === 'sign_in_closed' || isClosed(error);
  return showedNothing && Math.abs(now - madeAt) > FRESH_REGISTRATION;
}

/** Gets a code and exchanges it: once, whatever happens (T-40). */
async function authorizeAndExchange(
  ports: Ports,
  flow: LiveFlow,
  audience: Audience,
  scopes: string[],
): Promise<TokenSet> {
  const code = await obtainCode(ports, flow, audience, scopes);
  // From here the code counts as spent: a restart goes back to the sign-in, never to a second exchange.
  await flow.advance('exchanging', 'exchanging');
  const expected = { scopes, assumed: true, now: ports.now() };
  const outcome = await exchangeCode(ports, audience, code, expected);
  if (!('rejected' in outcome)) return outcome;
  await giveBack(ports, flow, audience, outcome.rejected);
  throw outcome.error;
}

/** Opens the sign-in window and judges what comes back. */
async function obtainCode(
  ports: Ports,
  flow: LiveFlow,
  audience: Audience,
  scopes: string[],
): Promise<{ callback: string; state: string; verifier: string }> {
  const { server, registration } = audience;
  const { issuer } = server;
  const verifier = oauth.generateRandomCodeVerifier();
  const transaction: AuthorizationTransaction = {
    issuer: nameInResponses(server),
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
    resource: resourceParameter(audience),
    proofKey: audience.proofKey && (await thumbprintOf(audience.proofKey)),
    scopes,
    prompt: flow.record.request.account && otherAccountPrompt(server),
  });
  await requireCaught(ports, issuer, registration.redirectUri);
  await countUnasked(ports, flow);
  await flow.advance('authorizing', 'authorizing');
  if (flow.signal.aborted) throw new BrokerError('aborted');
  const detail = { host: hostOf(issuer), issuer, reason: 'sign_in_expired' } as const;
  const expired = new BrokerError('authorization_failed', { detail });
  const opening = { url, redirectUri: registration.redirectUri };
  const callback = await openWindow(ports, flow, opening, expired);
  judgeResponse(flow, transaction, { callback, issuer });
  if (ports.now() - (flow.record.startedAt ?? ports.now()) > SIGN_IN_LIFETIME) throw expired;
  return { callback, state: transaction.state, verifier };
}

/**
 * A sign-in window that the user has answered no question for is one of few, at whichever address it is asked for (Z39).
 * @throws BrokerError `rate_limited`
 */
async function countUnasked(
  { budgets }: Ports,
  { answered, record: { origin } }: LiveFlow,
): Promise<void> {
  if (answered) return;
  const budget = await budgets.of(origin);
  if (!budget.take('signIn')) throw new BrokerError('rate_limited');
  await budget.kept();
}

/**
 * Opens the sign-in window, and closes it when its time is over: a page that leads nowhere would keep the sign-ins of
 * all other sites waiting, since there is one at a time (T-41). The timer needs no alarm: a worker that is stopped loses
 * the sign-in with it, and the next one closes the window.
 * @throws BrokerError `expired` then; what the window ends with
 */
function openWindow(
  ports: Ports,
  flow: LiveFlow,
  { url, redirectUri }: { url: string; redirectUri: string },
  expired: BrokerError,
): Promise<string> {
  return new Promise((resolve, reject) => {
    let isOpen = true;
    const opened = (signInWindow: number) => {
      void flow.note({ signInWindow, startedAt: ports.now() });
      stepAside(ports, flow);
      void ports.pause(SIGN_IN_LIFETIME).then(() => {
        // By now the number may be another window's.
        if (isOpen) void ports.authWindow.close(signInWindow);
        reject(expired);
      });
    };
    const ended = () => (isOpen = false);
    ports.authWindow
      .open(url, opened, flow.signal, redirectUri)
      .finally(ended)
      .then(resolve, reject);
  });
}

/**
 * Revokes tokens that cannot be used: they are alive at the server all the same. Not where that could end others of
 * the same client (Z51).
 */
async function giveBack(
  ports: Ports,
  { record: { origin } }: LiveFlow,
  { server, registration }: Audience,
  token: RejectedTokens['rejected'],
): Promise<void> {
  const held = await ports.store.listGrants({ site: origin });
  const isShared = held.some((grant) => grant.token && grant.server?.issuer === server.issuer);
  if (registration.shared || isShared) return;
  await revokeAlone(ports, { origin, server, registration, token });
}

/** @throws BrokerError what {@link rejectResponse} makes of the first fault */
function judgeResponse(
  flow: LiveFlow,
  transaction: AuthorizationTransaction,
  { callback, issuer }: { callback: string; issuer: string },
): void {
  const fault = findResponseFault(transaction, callback);
  const judged = findIssuerRow(transaction, callback);
  const error = fault === 'error' ? { error: redactError(callback) } : {};
  flow.trace({ kind: 'response', ...judged, ...error, accepted: fault === undefined });
  if (fault) rejectResponse(fault, issuer, callback, transaction.issuer);
}

/** What keeps a server from silently taking the user that it knows (OpenID Connect Core §3.1.2.1). */
function otherAccountPrompt(server: oauth.AuthorizationServer): string {
  const values = server['prompt_values_supported'];
  return Array.isArray(values) && values.includes('select_account') ? 'select_account' : 'login';
}
