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
} from '../../protocol/client-registration.ts';
import { asBrokerError, failed, refusalOf, through, withRedirectUri } from './endpoint.ts';
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
    throw failed('registration_failed', server, { reason: 'no_registration' });
  }
  const { scope, namesScope } = site;
  const tried: RegistrationForm[] = [];
  let form: RegistrationForm | undefined = registrationForm(
    server,
    namesScope && scope ? scope : undefined,
  );
  let first: unknown;
  while (form) {
    try {
      return await registerOnce(http, server, site, form);
    } catch (error) {
      // A later refusal may be about what was changed: the first one is what the user is told.
      first ??= error;
      tried.push(form);
      form = adjustedForm(tried, refusalOf(error), scope);
    }
  }
  throw withRedirectUri(first, site.redirectUri);
}

async function registerOnce(
  http: Http,
  server: oauth.AuthorizationServer,
  { origin, redirectUri }: RegisteringSite,
  form: RegistrationForm,
): Promise<Registration> {
  const body = registrationRequest(origin, redirectUri, form);
  const carried = through(http, { mend: normaliseRegistrationAnswer });
  try {
    const response = await oauth.dynamicClientRegistrationRequest(server, body, carried);
    const client = await oauth.processDynamicClientRegistrationResponse(response);
    const registration = processRegistration(client, redirectUri);
    return form.scope === undefined ? registration : { ...registration, scope: form.scope };
  } catch (error) {
    throw asBrokerError(error, 'registration_failed', server);
  }
}
