/** Which hosts the browser is still to be asked for in the Allow click. */
import { endpointUrls } from '../../protocol/authorization-server.ts';
import { hostPattern } from '../../protocol/url-policy.ts';
import type { Ports } from '../ports/ports.ts';
import type { Found } from './discovery.ts';

type Access = Pick<Ports, 'copiesBytes' | 'hasHostAccess'> & {
  store: Pick<Ports['store'], 'listGrants'>;
};

/**
 * Match patterns to which access is not held yet: of the authorization server's endpoints (Z13 *allow*), and of the
 * MCP server, so that requests to it can be carried (Z33).
 */
export async function missingHostAccess(
  ports: Access,
  { server, resource }: Pick<Found, 'server' | 'resource'>,
): Promise<string[]> {
  const mayCarry = ports.copiesBytes && !(await hasDeclined(ports, resource.resource));
  const urls = [...endpointUrls(server), ...(mayCarry ? [resource.resource] : [])];
  const patterns = [...new Set(urls.map(hostPattern))];
  const held = await Promise.all(patterns.map((pattern) => ports.hasHostAccess([pattern])));
  return patterns.filter((_, i) => !held[i]);
}

/** A person who has declined access to a server, for whichever site, isn't asked again by us (Z33). */
async function hasDeclined({ store }: Access, resource: string): Promise<boolean> {
  const held = await store.listGrants({ resource });
  return held.some(({ accessDeclined }) => accessDeclined);
}
