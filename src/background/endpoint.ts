/**
 * What the requests with authority have in common. oauth4webapi builds and reads the messages; where they may go
 * was decided when the metadata was validated, so its own https rule, which knows no loopback exception, is
 * switched off here.
 */
import * as oauth from 'oauth4webapi';
import type { Registration } from '../protocol/client-registration.ts';
import { hostOf } from '../protocol/url-policy.ts';
import { BrokerError, type ErrorCode, type FailureReason } from '../shared/errors.ts';
import type { Http, RequestLimits } from './ports.ts';

const LIMITS: RequestLimits = { bytes: 65_536, milliseconds: 15_000 };

/** The requests of oauth4webapi, carried by our own. */
export function through(http: Http) {
  return {
    [oauth.allowInsecureRequests]: true,
    [oauth.customFetch]: (
      url: string,
      init: oauth.CustomFetchOptions<string, BodyInit | undefined>,
    ) => answer(http, url, init as RequestInit),
  };
}

/**
 * The answer without its `WWW-Authenticate`: RFC 6749 §5.2 asks for one beside `invalid_client`, and the library
 * would read it instead of the error in the body.
 */
async function answer(http: Http, url: string, init: RequestInit): Promise<Response> {
  const { body, status, statusText, headers: sent } = await http(url, init, LIMITS);
  const headers = new Headers(sent);
  headers.delete('www-authenticate');
  return new Response(body, { status, statusText, headers });
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
  if (authMethod === 'client_secret_basic') return basic(clientSecret);
  if (authMethod === 'client_secret_post') return oauth.ClientSecretPost(clientSecret);
  return oauth.None();
}

/**
 * Id and secret form-encoded, as RFC 6749 §2.3.1 says, with what the URL standard leaves alone left alone: `-`, `.`,
 * `_` and `*`. The library encodes these as well, and servers that do not decode would know no client whose id
 * holds one, the official suite's among them.
 */
function basic(clientSecret: string): oauth.ClientAuth {
  return (_server, client, _body, headers) => {
    const credentials = [client.client_id, clientSecret].map(formEncoded).join(':');
    headers.set('authorization', `Basic ${btoa(credentials)}`);
  };
}

function formEncoded(value: string): string {
  return new URLSearchParams([['', value]]).toString().slice('='.length);
}

/** Runs a task of an endpoint; whatever it throws becomes a BrokerError, `code` where it is none yet. */
export async function attempt<T>(
  code: ErrorCode,
  server: oauth.AuthorizationServer,
  task: () => Promise<T>,
): Promise<T> {
  try {
    return await task();
  } catch (error) {
    throw asBrokerError(error, code, server);
  }
}

/** Says of a failure which server it was about, and why as far as the error tells. */
export function asBrokerError(error: unknown, code: ErrorCode, server: oauth.AuthorizationServer) {
  if (!(error instanceof BrokerError)) {
    return failed(code, server, { reason: reasonOf(error, code), cause: error });
  }
  // What reads a message knows what is wrong with it, not who sent it.
  const { detail, cause } = error;
  const { host, issuer } = { host: hostOf(server.issuer), issuer: server.issuer, ...detail };
  return new BrokerError(error.code, { detail: { ...detail, host, issuer }, cause });
}

/** What an answer that oauth4webapi refused means. */
function reasonOf(error: unknown, code: ErrorCode): FailureReason {
  const said = error instanceof oauth.ResponseBodyError ? error.error : undefined;
  if (code === 'registration_failed') {
    return said === 'invalid_redirect_uri' ? 'redirect_refused' : 'registration_refused';
  }
  if (said === 'invalid_client' || said === 'unauthorized_client') return 'unknown_client';
  return said === undefined ? 'unusable_token' : 'exchange_refused';
}

/** A failure of this server. */
export function failed(
  code: ErrorCode,
  { issuer }: oauth.AuthorizationServer,
  { reason, cause }: { reason: FailureReason; cause?: unknown },
): BrokerError {
  return new BrokerError(code, { detail: { host: hostOf(issuer), issuer, reason }, cause });
}
