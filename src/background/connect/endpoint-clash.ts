/** Refuses to be one client at two providers where only one of them has the sign-in page (T-22, Z42). */
import type { AuthorizationServer } from 'oauth4webapi';
import { isEndpointOf } from '../../protocol/covers.ts';
import { hostOf } from '../../protocol/url-policy.ts';
import { BrokerError } from '../../shared/errors.ts';
import type { Ports } from '../ports/ports.ts';
import type { LiveFlow } from './live-flow.ts';

/**
 * A code that the other provider gives this client would be sent to this one. What counts as the other's is what the
 * user has there, grants and clients; metadata that was merely seen could be anybody's.
 * @throws BrokerError `issuer_mismatch`
 */
export async function refuseClash(
  { store }: Ports,
  { record: { origin } }: LiveFlow,
  server: AuthorizationServer,
  { clientId, among }: { clientId: string | undefined; among?: { site: string } },
): Promise<void> {
  const { issuer, authorization_endpoint: endpoint = issuer } = server;
  // All grants are read in this case only.
  if (clientId === undefined || hostOf(endpoint) === hostOf(issuer)) return;
  const [grants, clients] = await Promise.all([store.listGrants(among), store.listClients()]);
  const others = [
    ...clients,
    ...grants.flatMap(({ server: known, sharedClient: shared }) =>
      known
        ? {
            issuer: known.issuer,
            authorizationEndpoint: known.authorization_endpoint,
            clientId: shared,
          }
        : [],
    ),
  ].filter((other) => isEndpointOf(other, server));
  for (const other of others) {
    const own = await store.findRegistration(other.issuer, origin);
    if (other.clientId !== clientId && own?.clientId !== clientId) continue;
    const detail = { host: hostOf(endpoint), issuer, reason: 'endpoint_of_other' } as const;
    throw new BrokerError('issuer_mismatch', { detail });
  }
}
