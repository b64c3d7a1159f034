/** The token endpoint: code exchange and refresh (RFC 6749). */
import * as oauth from 'oauth4webapi';
import { type Answer, normaliseTokenAnswer } from '../../protocol/answer.ts';
import { nameInResponses } from '../../protocol/authorization-server.ts';
import type { Registration } from '../../protocol/client-registration.ts';
import { judgeRefreshAnswer, type RefreshVerdict } from '../../protocol/refresh-answer.ts';
import { resourceParameter } from '../../protocol/resource.ts';
import { formatScope } from '../../protocol/scope.ts';
import type { OverrideKind } from '../../shared/facts/override.ts';
import { processToken, type TokenExpectation, type TokenSet } from '../../protocol/token.ts';
import {
  asServerFault,
  authenticationOf,
  clientOf,
  fetchOptions,
  type SeenAnswer,
} from './endpoint.ts';
import { withProof, type Attempt } from './dpop-proofs.ts';
import type { Ports } from '../ports/ports.ts';
import type { SignedIn } from '../ports/records.ts';

/** Every token request names the resource (R69), whether the server knows the parameter or not (R75); see Z53. */
export interface Audience {
  server: oauth.AuthorizationServer;
  registration: Registration;
  /** What the tokens are for. */
  resource: string;
  /** What is sent as `resource` in its place (Z41). */
  declared?: string | undefined;
  /** What the user has let pass for them. */
  overrides?: OverrideKind[] | undefined;
  /** The site that they are for. */
  origin: string;
  /** What they are to be bound to (RFC 9449 §5); absent: bearer tokens. */
  proofKey?: CryptoKeyPair | undefined;
}

/** What a request for tokens acts with. */
type TokenPorts = Pick<Ports, 'http' | 'proofs' | 'now'>;

/** Tokens of an answer that cannot be used; they are alive at the server all the same. */
export interface RejectedTokens {
  rejected: Partial<Pick<TokenSet, 'accessToken' | 'refreshToken'>>;
  error: unknown;
}

/**
 * Exchanges the code of a response that has passed `findResponseFault` (OAuth 2.1 §4.1.3).
 * @returns the tokens, or those that have to be given back
 * @throws BrokerError `token_failed`, `network_error`
 */
export async function exchangeCode(
  ports: TokenPorts,
  audience: Audience,
  code: { callback: string; state: string; verifier: string },
  expected: TokenExpectation,
): Promise<TokenSet | RejectedTokens> {
  const { server, registration } = audience;
  const client = clientOf(registration);
  const parameters = new URL(code.callback).searchParams;
  let answer: Answer | undefined;
  const exchange = async (attempt: Attempt) => {
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      authenticationOf(registration),
      oauth.validateAuthResponse(responding(server), client, parameters, code.state),
      registration.redirectUri,
      code.verifier,
      {
        ...tokenOptions(ports, attempt, (seen) => (answer = seen)),
        additionalParameters: resourceMember(audience),
      },
    );
    return oauth.processAuthorizationCodeResponse(server, client, response);
  };
  try {
    const proven = audience.proofKey !== undefined;
    return processToken(await withProof(ports, audience, exchange), { ...expected, proven });
  } catch (cause) {
    const error = asServerFault(cause, 'token_failed', server);
    const rejected = tokensIn(answer);
    if (!rejected) throw error;
    return { rejected, error };
  }
}

/** The server under the name that it gives itself in its responses. */
function responding(server: oauth.AuthorizationServer): oauth.AuthorizationServer {
  return { ...server, issuer: nameInResponses(server) };
}

function resourceMember(audience: Pick<Audience, 'resource' | 'declared' | 'overrides'>) {
  const resource = resourceParameter(audience);
  return resource === undefined ? {} : { resource };
}

/** How a token request is sent, and its answer read. */
function tokenOptions(
  { http }: TokenPorts,
  { DPoP, heed }: Attempt,
  seen: (answer: SeenAnswer) => void,
) {
  const heard = (answer: SeenAnswer) => {
    heed(answer.url, answer.headers);
    seen(answer);
  };
  const options = fetchOptions(http, { normalise: normaliseTokenAnswer, seen: heard });
  return { ...options, ...(DPoP && { DPoP }) };
}

function tokensIn(answer: Answer | undefined): RejectedTokens['rejected'] | undefined {
  const { access_token: access, refresh_token: refresh } = answer?.members ?? {};
  if (typeof access !== 'string' && typeof refresh !== 'string') return undefined;
  return {
    ...(typeof access === 'string' && { accessToken: access }),
    ...(typeof refresh === 'string' && { refreshToken: refresh }),
  };
}

/** A refresh that brought no token: what the answer says, and when the server may be asked again. */
export interface RefreshRefusal {
  verdict: Exclude<RefreshVerdict, 'tokens'>;
  retryAfter: string | null;
  /** HTTP status of the answer. */
  status: number;
}

/** What a refresh names. */
export interface RefreshForm {
  /** Empty: no `scope`. It could only narrow, and the user has consented to no more (B3). */
  scopes: readonly string[];
  /** False only for the second try at a server that refused it. */
  resource: boolean;
}

/**
 * Refreshes (RFC 6749 §6).
 * @throws BrokerError `network_error`: there was no answer
 */
export async function refreshToken(
  ports: TokenPorts,
  grant: SignedIn,
  expected: TokenExpectation,
  { scopes, resource }: RefreshForm,
): Promise<TokenSet | RefreshRefusal> {
  const { server, registration } = grant;
  const client = clientOf(registration);
  let answer: SeenAnswer | undefined;
  const additionalParameters = {
    ...(resource && resourceMember(grant)),
    ...(scopes.length > 0 && { scope: formatScope(scopes) }),
  };
  const refresh = async (attempt: Attempt) => {
    const response = await oauth.refreshTokenGrantRequest(
      server,
      client,
      authenticationOf(registration),
      grant.token?.refreshToken ?? '',
      { ...tokenOptions(ports, attempt, (seen) => (answer = seen)), additionalParameters },
    );
    return oauth.processRefreshTokenResponse(server, client, response);
  };
  try {
    const proven = grant.proofKey !== undefined;
    return processToken(await withProof(ports, grant, refresh), { ...expected, proven });
  } catch (error) {
    if (!answer) throw asServerFault(error, 'token_failed', server);
    const { status, retryAfter } = answer;
    const verdict = judgeRefreshAnswer(answer);
    // Tokens that cannot be used: the refresh token is spent on them.
    return { verdict: verdict === 'tokens' ? 'refused' : verdict, status, retryAfter };
  }
}
