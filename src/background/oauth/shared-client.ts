/**
 * Clients that several sites share (Z21): the user's own and the one of the client id metadata document. At two
 * real servers, revoking one site's tokens of such a client ended the access of the others.
 */
import type { Ports } from '../ports/ports.ts';
import type { Grant, GrantSummary } from '../ports/records.ts';

/** Which client a site is at which issuer. */
type ClientUse = Pick<Grant, 'origin' | 'server' | 'registration'>;

/** The grants of other sites that use the same client at the same issuer. */
export async function findSharers(
  { store }: Pick<Ports, 'store'>,
  { origin, server, registration }: ClientUse,
): Promise<GrantSummary[]> {
  if (!registration?.shared || !server) return [];
  const { clientId } = registration;
  const grants = await store.listGrants({ issuer: server.issuer, clientId });
  return grants.filter((other) => other.origin !== origin);
}

/**
 * The other sites that this client serves now, where the server is known to keep one signed in at a time (Z56).
 * @param clientId of a client that is shared
 */
export async function findEndedSites(
  { store }: Pick<Ports, 'store'>,
  { origin, issuer, clientId }: { origin: string; issuer: string; clientId: string },
): Promise<string[]> {
  if (!(await store.findIssuer(issuer))?.endsOthers) return [];
  const grants = await store.listGrants({ issuer, clientId });
  const sharers = grants.filter(
    (other) => other.origin !== origin && other.token !== undefined && !other.trouble?.refused,
  );
  return [...new Set(sharers.map((sharer) => sharer.origin))].sort();
}

/** A refresh token that is refused sooner than this was not just left lying; milliseconds. */
const SOON = 86_400_000;

/**
 * Notices that a server keeps one site signed in at a time with a client that several share: it has refused to renew
 * fresh tokens of one after another had signed in. Known from then on, so that the sites do not throw each other out at
 * every call (Z56).
 */
export async function noticeSharing(
  ports: Pick<Ports, 'store' | 'now'>,
  grant: Grant,
): Promise<void> {
  const { obtainedAt = 0 } = grant.token ?? {};
  const age = ports.now() - obtainedAt;
  if (age < 0 || age > SOON || !(await hasNewerSharer(ports, grant))) return;
  if (grant.server) await ports.store.learnIssuer(grant.server.issuer, { endsOthers: true });
}

/** The opposite: the tokens of one were renewed although another has signed in since. */
export async function noticePeace(ports: Pick<Ports, 'store'>, grant: Grant): Promise<void> {
  const { issuer } = grant.server ?? {};
  if (issuer === undefined || !grant.registration?.shared) return;
  if (!(await ports.store.findIssuer(issuer))?.endsOthers) return;
  if (await hasNewerSharer(ports, grant)) {
    await ports.store.learnIssuer(issuer, { endsOthers: false });
  }
}

/** True when another site has signed in with the same client since this one got its tokens. */
async function hasNewerSharer(ports: Pick<Ports, 'store'>, grant: Grant): Promise<boolean> {
  const { obtainedAt = 0 } = grant.token ?? {};
  const sharers = await findSharers(ports, grant);
  return sharers.some(({ signedInAt = 0 }) => signedInAt > obtainedAt);
}
