/**
 * Telling the pages of a site what became of a grant. A page knows a resource by the address that it asked for, so
 * every alias is told, those that the change removes included.
 */
import type { PageEvent } from '../../shared/page-contract.ts';
import type { Ports } from '../ports/ports.ts';
import type { GrantKey } from '../ports/records.ts';
import { readSite } from './policy.ts';

/** Looks at one address for one change; each further one means that it has changed meanwhile. */
const MOST_LOOKS = 5;

type Resource = Pick<GrantKey, 'origin' | 'resource'>;

/** What it takes to tell. */
type Telling = Pick<Ports, 'store' | 'tell' | 'changed'>;

/**
 * Changes a grant, then tells every page that may use it, and our own documents. Pages forget the tokens they hold.
 * @param change what is done; when it resolves false or undefined nothing has changed, and nobody is told
 */
export async function changeGrant<T>(
  ports: Telling,
  grant: Resource,
  change: () => Promise<T>,
): Promise<T> {
  const former = await listAliases(ports, grant).catch(() => []);
  const changed = await change();
  if (changed) await tellPages(ports, grant, former);
  return changed;
}

/**
 * Tells the pages of a site what holds at a resource now: what they may do there, or that they may do nothing. Never
 * fails: what was done before it must not look like a failure because it could not be told.
 * @param former addresses that led there before a change
 */
export async function tellPages(
  ports: Telling,
  { origin, resource }: Resource,
  former: readonly string[] = [],
): Promise<void> {
  // Our own documents look for themselves.
  ports.changed();
  await tellAll(ports, { origin, resource }, former).catch(() => undefined);
}

/** Tells the pages of a site of each of its grants; never fails. */
export async function tellSite(ports: Telling, origin: string): Promise<void> {
  ports.changed();
  const grants = await ports.store.listGrants({ site: origin }).catch(() => []);
  for (const resource of new Set(grants.map((grant) => grant.resource)))
    await tellAll(ports, { origin, resource }, []).catch(() => undefined);
}

async function tellAll(
  ports: Telling,
  { origin, resource }: Resource,
  former: readonly string[],
): Promise<void> {
  const aliases = await listAliases(ports, { origin, resource });
  for (const address of new Set([...former, ...aliases])) await tellOf(ports, origin, address);
}

/**
 * Says what holds, and looks again: while this was read, somebody else may have changed it and told so, and the last
 * word must not be the older one.
 */
async function tellOf(ports: Telling, origin: string, address: string): Promise<void> {
  let told = '';
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const event = await eventOf(ports, origin, address);
    const said = JSON.stringify(event);
    if (said === told) return;
    ports.tell(origin, event);
    told = said;
  }
}

async function eventOf(ports: Telling, origin: string, address: string): Promise<PageEvent> {
  const grant = await ports.store.findGrant(origin, address);
  const isHeld = grant !== undefined && !(await readSite(ports, origin)).paused;
  const scopes = (isHeld && grant.token?.granted) || [];
  return { type: isHeld ? 'grantchange' : 'revoked', resource: address, scopes };
}

function listAliases({ store }: Telling, { origin, resource }: Resource): Promise<string[]> {
  return store.listAliases(origin, resource);
}
