/**
 * Taking the token back from the pages that were given it (Z26). From the first write on no page gets one. What pages
 * hold ends at the server, as far as it can be ended there; the grant goes on with its refresh token.
 */
import type { ExtensionCalls } from '../../shared/document-contract.ts';
import type { Ports } from '../ports/ports.ts';
import { isSignedIn, type Grant, type GrantChange } from '../ports/records.ts';
import { revokeAlone } from './revocation.ts';

type Sealing = ExtensionCalls['seal']['result'];

/** Tries to write a change beside others. */
const MAX_WRITES = 5;

/** Seals a grant. Sealed before, or never given to a page, it has no token to be ended. */
export async function sealGrant(ports: Ports, grant: Grant): Promise<Sealing> {
  const sealed = await keepTrying(ports, grant, () => ({ sealedOnly: true }));
  if (!sealed) return { outcome: 'gone' };
  if (grant.sealedOnly || sealed.carriedSoFar || !isSignedIn(sealed) || !sealed.token) {
    return { outcome: 'sealed' };
  }
  const { origin, server, registration, token, revision } = sealed;
  const { accessToken, expiresAt } = token;
  const former = { origin, server, registration, token: { accessToken, expiresAt } };
  const { revocation } = await revokeAlone(ports, former, `seal ${revision}`);
  if (revocation !== 'revoked') return { outcome: 'lingers', endsAt: expiresAt };
  // The next request brings a new one, or a server that ends all together has the user sign in.
  await keepTrying(ports, sealed, (latest) => ({
    carriedSoFar: true,
    ...(latest.token?.accessToken === accessToken && {
      token: { ...latest.token, expiresAt: Math.min(expiresAt, ports.now()) },
    }),
  }));
  return { outcome: 'ended' };
}

async function keepTrying(
  { store }: Pick<Ports, 'store'>,
  grant: Grant,
  change: (latest: Grant) => GrantChange,
): Promise<Grant | undefined> {
  for (let tries = 0; tries < MAX_WRITES; tries += 1) {
    const latest = await store.readGrant(grant);
    if (!latest) return undefined;
    const written = await store.updateGrant(latest, change(latest));
    if (typeof written === 'object') return written;
  }
  return undefined;
}
