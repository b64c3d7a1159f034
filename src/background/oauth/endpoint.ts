/**
 * What the requests with authority have in common. oauth4webapi builds and reads the messages; where they may go
 * was decided when the metadata was validated, so its own https rule, which knows no loopback exception, is
 * switched off here.
 */
import * as oauth from 'oauth4webapi';
import { readMembers, type Answer } from '../../protocol/answer.ts';
import {
  isAboutRedirect,
  type Registration,
  type RegistrationRefusal,
} from '../../protocol/client-registration.ts';
import { hostOf } from '../../protocol/url-policy.ts';
import {
  BrokerError,
  type ErrorCode,
  type FailureReason,
  serverFault,
} from '../../shared/errors.ts';
import type { Http, RequestLimits } from '../ports/ports.ts';

const LIMITS: RequestLimits = { bytes: 65_536, milliseconds: 15_000 };

/** What came back, before it was normalised: for judging what the library refuses. */
export interface SeenAnswer extends Answer {
  /** `Retry-After`, as it stands. */
  retryAfter: string | null;
  /** Where it came from, and what its headers say. */
  url: string;
  headers: Headers;
}

/** How the answers of an endpoint are read. */
interface Reading {
  /** Turns what servers in use answer into what the library reads. */
  normalise?: (answer: Answer) => Answer;
  /** Gets the answer as it came. */
  seen?: (answer: SeenAnswer) => void;
}

/** Options with which oauth4webapi sends its requests through our port. */
export function fetchOptions(http: Http, reading: Reading = {}) {
  return {
    [oauth.allowInsecureRequests]: true,
    [oauth.customFetch]: (
      url: string,
      init: oauth.CustomFetchOptions<string, BodyInit | undefined>,
    ) => readAnswer(reading, url, () => http(url, init as RequestInit, LIMITS)),
  };
}

/**
 * The answer as it was meant, without its `WWW-Authenticate`: RFC 6749 §5.2 asks for one beside `invalid_client`, and
 * the library would read it instead of the error in the body.
 */
async function readAnswer(
  { normalise = (answer) => answer, seen }: Reading,
  url: string,
  send: () => Promise<Response>,
): Promise<Response> {
  const response = await send();
  const headers = new Headers(response.headers);
  headers.delete('www-authenticate');
  const text = await response.text();
  const answer = { status: response.status, members: readMembers(text) };
  seen?.({ ...answer, retryAfter: headers.get('retry-after'), url, headers });
  const { status, members } = normalise(answer);
  // The library reads the errors of a JSON type only, whatever the body is.
  if (members) headers.set('content-type', 'application/json');
  // Some statuses may not have even an empty body (Fetch standard, "null body status").
  const body = members ? JSON.stringify(members) : text || null;
  return new Response(body, { status, headers });
}

/** The client as oauth4webapi names it. */
export function clientOf({ clientId }: Registration): oauth.Client {
  return { client_id: clientId };
}

/** How the client authenticates (RFC 6749 §2.3.1). */
export function authenticationOf({
  authMethod,
  clientSecret = '',
}: Registration): oauth.ClientAuth {
  if (authMethod === 'client_secret_basic') return basicAuthentication(clientSecret);
  if (authMethod === 'client_secret_post') return oauth.ClientSecretPost(clientSecret);
  return oauth.None();
}

/**
 * Id and secret form-encoded, as RFC 6749 §2.3.1 says, with what the URL standard leaves alone left alone: `-`, `.`,
 * `_` and `*`. The library encodes these as well, and servers that do not decode would know no client whose id
 * holds one, the official suite's among them.
 */
function basicAuthentication(clientSecret: string): oauth.ClientAuth {
  return (_server, client, _body, headers) => {
    const credentials = [client.client_id, clientSecret].map(formEncoded).join(':');
    headers.set('authorization', `Basic ${btoa(credentials)}`);
  };
}

function formEncoded(value: string): string {
  return new URLSearchParams([['', value]]).toString().slice('='.length);
}

/** Says of a failure which server it was about, and why as far as the error tells. */
export function asServerFault(
  error: unknown,
  code: ErrorCode,
  { issuer }: oauth.AuthorizationServer,
): BrokerError {
  if (!(error instanceof BrokerError)) {
    return serverFault(code, issuer, reasonOf(error, code), { cause: error });
  }
  // What reads a message knows what is wrong with it, not who sent it.
  const detail = { host: hostOf(issuer), issuer, ...error.detail };
  return new BrokerError(error.code, { detail, cause: error.cause });
}

/** What an answer that oauth4webapi refused means. */
function reasonOf(error: unknown, code: ErrorCode): FailureReason {
  const { status, error: said, description } = refusalOf(error);
  if (status === 429 || said === 'slow_down') return 'too_many_requests';
  if (status >= 500 || said === 'server_error' || said === 'temporarily_unavailable') {
    return 'provider_failed';
  }
  if (status >= 300 && status < 400) return 'redirected';
  if (isAboutRedirect({ error: said, description })) return 'redirect_refused';
  if (code === 'registration_failed') return 'registration_refused';
  return REASONS[said] ?? (said === '' ? 'unusable_token' : 'exchange_refused');
}

const REASONS: Partial<Record<string, FailureReason>> = {
  invalid_client: 'unknown_client',
  unauthorized_client: 'unknown_client',
  incorrect_client_credentials: 'unknown_client',
  invalid_scope: 'scope_refused',
  invalid_target: 'resource_refused',
};

/** What an answer said that the library refused; its prose is searched and never shown. */
export function refusalOf(error: unknown): RegistrationRefusal {
  const said = error instanceof BrokerError ? error.cause : error;
  if (!(said instanceof oauth.ResponseBodyError)) {
    return { status: responseOf(said)?.status ?? 0, error: '', description: '', body: '' };
  }
  const { error_description: official, message, detail } = said.cause;
  const prose = [official, message, detail].filter((one) => typeof one === 'string').join(' ');
  const body = JSON.stringify(said.cause);
  return { status: said.status, error: said.error, description: prose, body };
}

function responseOf(error: unknown): Response | undefined {
  if (error instanceof oauth.ResponseBodyError) return error.response;
  const { cause } = (error ?? {}) as { cause?: unknown };
  return cause instanceof Response ? cause : undefined;
}

/** Names the redirect URI in a failure that is about it: the server's owner would have to allow it. */
export function withRedirectUri(error: BrokerError, redirectUri: string): BrokerError {
  if (error.detail.reason !== 'redirect_refused') return error;
  const detail = { ...error.detail, redirectUri };
  return new BrokerError(error.code, { detail, cause: error.cause });
}
