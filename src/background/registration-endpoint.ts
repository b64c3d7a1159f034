/** The registration endpoint (RFC 7591). */
import * as oauth from 'oauth4webapi';
import {
  adjustedForm,
  processRegistration,
  registrationForm,
  registrationRequest,
  type Registration,
  type RegistrationForm,
} from '../protocol/client-registration.ts';
import type { BrokerError } from '../shared/errors.ts';
import { attempt, failed, through } from './endpoint.ts';
import type { Http } from './ports.ts';

/** Who registers, and where responses are to go. */
interface RegisteringSite {
  origin: string;
  redirectUri: string;
}

/**
 * Registers the broker on behalf of one site (RFC 7591); after a refusal once more with what can be said
 * differently (R34, R36).
 * @throws BrokerError `registration_failed`, `network_error`
 */
export async function register(
  http: Http,
  server: oauth.AuthorizationServer,
  site: RegisteringSite,
): Promise<Registration> {
  if (!server.registration_endpoint) {
    throw failed('registration_failed', server, { reason: 'no_registration' });
  }
  const form = registrationForm(server.token_endpoint_auth_methods_supported);
  try {
    return await registerOnce(http, server, { ...site, form });
  } catch (error) {
    const { cause } = error as BrokerError;
    const said = cause instanceof oauth.ResponseBodyError ? cause.error : undefined;
    const adjusted = adjustedForm(form, said);
    if (!adjusted) throw error;
    // The second refusal may be about what was changed: the first one is what the user is told.
    return registerOnce(http, server, { ...site, form: adjusted }).catch(() =>
      Promise.reject(error),
    );
  }
}

function registerOnce(
  http: Http,
  server: oauth.AuthorizationServer,
  site: RegisteringSite & { form: RegistrationForm },
): Promise<Registration> {
  const body = registrationRequest(site.origin, site.redirectUri, site.form);
  return attempt('registration_failed', server, async () => {
    const response = await oauth.dynamicClientRegistrationRequest(server, body, through(http));
    const client = await oauth.processDynamicClientRegistrationResponse(await mended(response));
    return processRegistration(client, site.redirectUri);
  });
}

/**
 * RFC 7591 §3.2.1 says status 201, and that a secret comes with its end. Servers that answer 200, or name no end,
 * are many, the official suite's among them; what they mean is clear, so the library is told it in these words.
 */
async function mended(response: Response): Promise<Response> {
  if (response.status !== 200 && response.status !== 201) return response;
  const { headers } = response;
  const text = await response.text();
  return new Response(withEnd(text) ?? text, { status: 201, headers });
}

function withEnd(text: string): string | undefined {
  try {
    const client: unknown = JSON.parse(text);
    const hasSecret = typeof client === 'object' && client !== null && 'client_secret' in client;
    return hasSecret ? JSON.stringify({ client_secret_expires_at: 0, ...client }) : undefined;
  } catch {
    return undefined;
  }
}
