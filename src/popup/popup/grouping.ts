/** How grants are ordered on screen. Pure. */
import type { Disconnection, GrantView, RefusalView } from '../../shared/grant-view.ts';
import type { GrantKey } from '../../shared/facts/grant-key.ts';
import { groupBy } from '../kit/group-by.ts';

/** What became of a grant that was disconnected while we looked at it. */
export interface Ended {
  grant: GrantView;
  outcome: Disconnection;
}

/** A grant as it is listed. */
export interface Entry {
  grant: GrantView;
  /** Present once it is gone. */
  outcome?: Disconnection;
}

/** What one site has at one server: an entry for each account, the oldest first. */
export interface Slot {
  origin: string;
  resource: string;
  entries: Entry[];
}

/** Everything at one server. */
export interface Shelf {
  resource: string;
  slots: Slot[];
}

/** The identity of a grant (Z1). */
export function grantKey({ origin, resource, account }: GrantKey): string {
  return `${origin} ${resource} ${account}`;
}

/**
 * The grants, the last used first, and in their old places the ended ones, so that the outcome can be read. A
 * grant that was made anew since is a grant again. Those whose keys are in `ahead` stay above all others: they were
 * on screen before the others were read.
 */
export function mergeEnded(
  grants: readonly GrantView[],
  ended: readonly Ended[],
  ahead: ReadonlySet<string> = new Set(),
): Entry[] {
  const gone = new Map(ended.map((end) => [grantKey(end.grant), end]));
  const living = grants.filter(
    (grant) => gone.get(grantKey(grant))?.grant.createdAt !== grant.createdAt,
  );
  const alive = new Set(living.map(grantKey));
  const dead = ended.filter((end) => !alive.has(grantKey(end.grant)));
  const sorted = [...living.map((grant) => ({ grant })), ...dead].sort(byLastUse);
  if (ahead.size === 0) return sorted;
  const isAhead = ({ grant }: Entry) => ahead.has(grantKey(grant));
  return [...sorted.filter(isAhead), ...sorted.filter((entry) => !isAhead(entry))];
}

/** The accounts of each site at each server together, in the order of the entries. */
export function groupBySlot(entries: readonly Entry[]): Slot[] {
  const slots = groupBy(entries, ({ grant }) => `${grant.origin} ${grant.resource}`);
  return [...slots.values()].flatMap((own) => {
    const [first] = own;
    if (!first) return [];
    const { origin, resource } = first.grant;
    // Choosing another account must not move it away from under the pointer.
    return [{ origin, resource, entries: own.sort((a, b) => byAge(a.grant, b.grant)) }];
  });
}

/** Servers with the last used first, and so the sites inside each. */
export function groupByServer(entries: readonly Entry[]): Shelf[] {
  const shelves = groupBy(groupBySlot(entries), ({ resource }) => resource);
  return [...shelves].map(([resource, slots]) => ({ resource, slots }));
}

/** The entries in which each word of the query occurs: in an address, a scope or the name of an account. */
export function searchEntries(entries: readonly Entry[], query: string): Entry[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...entries];
  return entries.filter(({ grant }) => {
    const { origin, resource, issuer, accountName = '', granted, ungranted } = grant;
    const all = [origin, resource, issuer, accountName, ...granted, ...ungranted].join('\n');
    const searched = all.toLowerCase();
    return words.every((word) => searched.includes(word));
  });
}

/**
 * The grant by which all sites that share a client can be disconnected: the one of `ended` is gone, so that of a
 * site which shares it is named, as long as there is one (Z21).
 */
export function findSharer(ended: Ended, grants: readonly GrantView[]): GrantKey {
  const { grant, outcome } = ended;
  const sharer = grants.find(
    ({ origin, issuer }) => issuer === grant.issuer && outcome.sharedWith?.includes(origin),
  );
  return nameOf(sharer ?? grant);
}

/** The name of each grant in a question about many: its site, and the account where the site has several. */
export function namesOf(
  grants: readonly GrantView[],
  accountLabel: (grant: GrantView) => string,
): string[] {
  const sites = groupBy(grants, ({ origin }) => origin);
  return [...sites].flatMap(([origin, own]) =>
    own.length === 1 ? [origin] : own.map((grant) => `${origin} (${accountLabel(grant)})`),
  );
}

/** What the site in view was denied, and what others were. While a search may hide that site's part, all are others. */
export function splitRefusals(
  refusals: readonly RefusalView[],
  site: string | undefined,
  isSearched: boolean,
): { here: RefusalView[]; elsewhere: RefusalView[] } {
  const isHere = ({ origin }: RefusalView) => origin === site && !isSearched;
  return {
    here: refusals.filter(isHere),
    elsewhere: refusals.filter((refusal) => !isHere(refusal)),
  };
}

/** What the calls about one grant take. */
export function nameOf({ origin, resource, account }: GrantKey): GrantKey {
  return { origin, resource, account };
}

function byLastUse(a: Entry, b: Entry): number {
  return b.grant.lastUsedAt - a.grant.lastUsedAt || (a.grant.origin < b.grant.origin ? -1 : 1);
}

function byAge(a: GrantView, b: GrantView): number {
  return a.createdAt - b.createdAt || (a.account < b.account ? -1 : 1);
}
