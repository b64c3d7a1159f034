/** Requests before consent, counted by the host that they go to, no matter who named it (T-25, Z39). */
import type { AuthorizationServer } from 'oauth4webapi';
import { hostOf, hostPattern } from '../../protocol/url-policy.ts';
import { BrokerError } from '../../shared/errors.ts';
import type { Ports } from '../ports/ports.ts';
import type { FlowRecord, Grant } from '../ports/records.ts';
import type { LiveFlow } from './live-flow.ts';

/**
 * The same ports, through which a site has a few new hosts contacted in a minute and no more. Hosts that the user has
 * allowed are none of them.
 */
export function countingHosts(ports: Ports, flow: LiveFlow, grant: Grant | undefined): Ports {
  return {
    ...ports,
    http: async (url, init, limits) => {
      const { record } = flow;
      const host = hostOf(url);
      if (!isAllowed(record, grant, url)) {
        const budget = await ports.budgets.of(record.origin);
        // Not as a limit: met on the way, it would say what the servers before it have answered (Z2).
        if (!budget.take('host', host))
          throw new BrokerError('connect_failed', { detail: { host } });
        await budget.kept();
      }
      return ports.http(url, init, limits);
    },
  };
}

/** The user has allowed these two: the next server that they connect finds the budget as it was. */
export async function giveBackHosts(
  { budgets }: Ports,
  { record: { origin, asked } }: LiveFlow,
  { issuer }: AuthorizationServer,
): Promise<void> {
  (await budgets.of(origin)).giveBack('host', [asked, issuer].map(hostOf));
}

/** A pattern has no port: of a host that may be contacted, only the server that was asked about may be at an odd one. */
function isAllowed({ asked, reached }: FlowRecord, grant: Grant | undefined, url: string): boolean {
  const { host, port } = new URL(url);
  const { resource = asked, server: { issuer = asked } = {} } = grant ?? {};
  if (grant && [asked, resource, issuer].some((own) => hostOf(own) === host)) {
    return true;
  }
  return reached.includes(hostPattern(url)) && (port === '' || host === hostOf(asked));
}
