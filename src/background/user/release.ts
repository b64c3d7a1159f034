/** A site gives its grant back. */
import { parseResource } from '../../protocol/resource.ts';
import type { FlowTable } from '../connect/flow-table.ts';
import type { Ports } from '../ports/ports.ts';
import type { PageCaller } from '../ports/records.ts';
import { readSite } from '../site/policy.ts';
import { disconnect } from './disconnect.ts';

/**
 * Ends a site's grant because its page says so.
 * @throws BrokerError `invalid_request` when the resource cannot be one
 */
export async function release(
  ports: Ports,
  flows: FlowTable,
  { origin }: PageCaller,
  resource: string,
): Promise<{ released: boolean }> {
  const asked = parseResource(resource, (await readSite(ports, origin)).urls);
  const grant = await ports.store.findGrant(origin, asked);
  if (!grant) return { released: false };
  await disconnect(ports, flows, grant, false);
  return { released: true };
}
