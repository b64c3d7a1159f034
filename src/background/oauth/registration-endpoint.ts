/** The registration endpoint (RFC 7591). */
import * as oauth from 'oauth4webapi';
import { normaliseRegistrationAnswer } from '../../protocol/answer.ts';
import {
  adjustedForm,
  processRegistration,
  registrationForm,
  registrationRequest,
  type Registration,
  type RegistrationForm,
  type RegistrationRefusal,
} from '../../protocol/client-registration.ts';
import { type BrokerError, serverFault } from '../../shared/errors.ts';
import { compact } from '../../shared/facts/compact.ts';
import { isLoopbackRedirect } from '../../shared/facts/loopback-redirect.ts';
import { asServerFault, fetchOptions, refusalOf, withRedirectUri } from './endpoint.ts';
import type { Http } from '../ports/ports.ts';

/** Who registers, where responses are to go, and what will be asked for there. */
interface RegisteringSite {
  origin: string;
  redirectUri: string;
  /** Space-separated; empty when no scope is named. */
  scope: string;
  /** The server is known to hold clients to the scope that they were registered with. */
  namesScope: boolean;
}

/** Why there is no registration: what the user is told, and what the server said. */
interface Refused {
  fault: BrokerError;
  refusal: RegistrationRefusal;
}

/**
 * Registers the broker on behalf of one site (RFC 7591); after a refusal again with what can be said differently
 * (R34, R36), a bounded number of times.
 * @throws BrokerError `registration_failed`, `network_error`
 */
export async function register(
  http: Http,
  server: oauth.AuthorizationServer,
  site: RegisteringSite,
): Promise<Registration> {
  if (!server.registration_endpoint) {
    throw serverFault('registration_failed', server.issuer, 'no_registration');
  }
  const { scope, namesScope } = site;
  // A program on the user's computer is what has an address there (RFC 8252 §7.3).
  const type = isLoopbackRedirect(site.redirectUri) ? 'native' : 'web';
  let form = registrationForm(server, namesScope && scope ? scope : undefined, type);
  const tried: RegistrationForm[] = [];
  let first: BrokerError | undefined;
  for (;;) {
    const outcome = await registerOnce(http, server, site, form);
    if (!('refusal' in outcome)) return outcome;
    // A later refusal may be about what was changed: the first one is what the user is told.
    first ??= outcome.fault;
    tried.push(form);
    const next = adjustedForm(tried, outcome.refusal, scope);
    if (!next) throw withRedirectUri(first, site.redirectUri);
    form = next;
  }
}

async function registerOnce(
  http: Http,
  server: oauth.AuthorizationServer,
  { origin, redirectUri }: RegisteringSite,
  form: RegistrationForm,
): Promise<Registration | Refused> {
  const body = registrationRequest(origin, redirectUri, form);
  const options = fetchOptions(http, { normalise: normaliseRegistrationAnswer });
  try {
    const response = await oauth.dynamicClientRegistrationRequest(server, body, options);
    const client = await oauth.processDynamicClientRegistrationResponse(response);
    const { scope } = form;
    return { ...processRegistration(client, redirectUri), ...compact({ scope }) };
  } catch (error) {
    const fault = asServerFault(error, 'registration_failed', server);
    return { fault, refusal: refusalOf(fault) };
  }
}
