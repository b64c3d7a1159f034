/** Grants as our own pages show them. */
import { hostPattern } from '../../protocol/url-policy.ts';
import { toldOf } from '../../protocol/overrides.ts';
import { OFFLINE_ACCESS, scopesBeyond } from '../../protocol/scope.ts';
import { compact } from '../../shared/facts/compact.ts';
import { NO_KNOWN_END } from '../../shared/facts/duration.ts';
import type { GrantView } from '../../shared/grant-view.ts';
import type { Ports } from '../ports/ports.ts';
import type { ListedGrant } from '../ports/records.ts';

/** Each issuer with a shared client, and each host, is looked up once. */
export async function toViews(
  { store, copiesBytes, hasHostAccess }: Ports,
  grants: readonly ListedGrant[],
  heldAt: (server: string) => ReadonlyMap<string, number>,
): Promise<GrantView[]> {
  const shared = grants.filter(({ sharedClient }) => sharedClient !== undefined);
  const issuers = [...new Set(shared.flatMap(({ server }) => server?.issuer ?? []))];
  const known = await Promise.all(issuers.map((issuer) => store.findIssuer(issuer)));
  const endOthers = new Set(known.flatMap((quirks) => (quirks?.endsOthers ? quirks.issuer : [])));
  const endsOthers = ({ sharedClient, server }: ListedGrant) =>
    sharedClient !== undefined && endOthers.has(server?.issuer ?? '');
  const patterns = [...new Set(grants.map(({ resource }) => hostPattern(resource)))];
  const reached = await Promise.all(patterns.map((pattern) => hasHostAccess([pattern])));
  const missing = new Set(patterns.filter((_, i) => !reached[i]));
  const set = grants.some(({ overrides }) => overrides) ? await store.listOverrides() : [];
  const told = ({ overrides, server, resource }: ListedGrant) =>
    overrides && toldOf(set, overrides, { issuer: server?.issuer ?? '', resource });
  return grants.map((grant) => {
    const pattern = hostPattern(grant.resource);
    const isMissing = missing.has(pattern);
    return compact({
      ...toView(grant, endsOthers(grant)),
      overridden: told(grant),
      carried: copiesBytes && !isMissing,
      streams: heldAt(new URL(grant.resource).origin).get(grant.origin),
      // Where this browser carries nothing, access would bring nothing.
      missingAccess: copiesBytes && isMissing ? pattern : undefined,
    });
  });
}

function toView(grant: ListedGrant, endsOthers: boolean): Omit<GrantView, 'carried'> {
  const { origin, resource, account, accountName, server, ceiling, token } = grant;
  const granted = token?.granted ?? [];
  // What the server will not renew needs the user again, and the popup says so before a page asks.
  const isOver = grant.trouble?.refused === true;
  const renewable = token !== undefined && token.renewable && !isOver;
  // A refresh token is the answer to `offline_access`; servers do not name it among the granted scopes.
  const given = renewable ? [...granted, OFFLINE_ACCESS] : granted;
  return compact({
    origin,
    resource,
    account,
    issuer: server?.issuer,
    granted,
    ungranted: scopesBeyond(ceiling, given),
    createdAt: grant.createdAt,
    lastUsedAt: grant.lastUsedAt,
    uses: grant.uses,
    // A key, and nothing at all, are good until their server says otherwise.
    expiresAt: isOver ? undefined : (token?.expiresAt ?? (server ? undefined : NO_KNOWN_END)),
    renewable,
    accountName,
    chosen: grant.chosen,
    duration: grant.duration,
    legacy: grant.legacy,
    endsAt: grant.endsAt,
    endsOthers: endsOthers ? (true as const) : undefined,
    credential: grant.credential,
    sealedOnly: grant.sealedOnly,
    headers: grant.headers,
  });
}
