/** How grants and refusals are ordered on screen. Pure. */
import type { Disconnection, GrantView, RefusalView } from '../shared/grant.ts';

/** What became of a grant that was disconnected while we looked at it. */
export interface Ended {
  grant: GrantView;
  outcome: Disconnection['revocation'];
}

/** A grant as it is listed. */
export interface Entry {
  grant: GrantView;
  /** Present once it is gone. */
  outcome?: Disconnection['revocation'];
  /** True when the site holds another grant at the same server, so that the account has to be named. */
  hasTwin: boolean;
}

/** All grants at one server. */
export interface Shelf {
  resource: string;
  entries: Entry[];
}

/** All refusals of one site at one server; they are forgiven together. */
export interface Refused {
  origin: string;
  resource: string;
  refusals: RefusalView[];
}

/** The identity of a grant (DESIGN Z1). */
export function grantKey(grant: Pick<GrantView, 'origin' | 'resource' | 'account'>): string {
  return `${grant.origin} ${grant.resource} ${grant.account}`;
}

/**
 * The grants, and in their old places the ended ones, so that the outcome can be read. A grant that was
 * made anew since is a grant again.
 */
export function mergeEnded(grants: readonly GrantView[], ended: readonly Ended[]): Entry[] {
  const gone = new Map(ended.map((end) => [grantKey(end.grant), end]));
  const living = grants.filter(
    (grant) => gone.get(grantKey(grant))?.grant.createdAt !== grant.createdAt,
  );
  const alive = new Set(living.map(grantKey));
  const dead = ended.filter((end) => !alive.has(grantKey(end.grant)));
  const all: Omit<Entry, 'hasTwin'>[] = [...living.map((grant) => ({ grant })), ...dead];
  const twins = groupBy(all, ({ grant }) => `${grant.origin} ${grant.resource}`);
  return [...twins.values()]
    .flatMap((own) => own.map((entry) => ({ ...entry, hasTwin: own.length > 1 })))
    .sort(byLastUse);
}

/** Servers with the last used first, and so the sites inside each. */
export function groupByServer(entries: readonly Entry[]): Shelf[] {
  const shelves = groupBy(entries, (entry) => entry.grant.resource);
  return [...shelves].map(([resource, own]) => ({ resource, entries: own }));
}

/** One row per site and server, the longest lasting first. */
export function groupRefusals(refusals: readonly RefusalView[]): Refused[] {
  const sorted = [...refusals].sort((a, b) => b.until - a.until);
  const pairs = groupBy(sorted, ({ origin, resource }) => `${origin} ${resource}`);
  return [...pairs.values()].flatMap((own) => {
    const [first] = own;
    return first ? [{ origin: first.origin, resource: first.resource, refusals: own }] : [];
  });
}

function byLastUse(a: Entry, b: Entry): number {
  return b.grant.lastUsedAt - a.grant.lastUsedAt || (a.grant.origin < b.grant.origin ? -1 : 1);
}

/** `Map.groupBy`, which is younger than our oldest browser's library types. */
function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
