/** The revocation endpoint (RFC 7009), and when not to use it. */
import * as oauth from 'oauth4webapi';
import { NO_KNOWN_END } from '../../shared/facts/duration.ts';
import type { Disconnection } from '../../shared/grant-view.ts';
import type { Http, Ports } from '../ports/ports.ts';
import type { Grant } from '../ports/records.ts';
import type { Revocable } from '../ports/stores.ts';
import { authenticationOf, clientOf, fetchOptions } from './endpoint.ts';
import { findSharers } from './shared-client.ts';

/** How many workers try again what a former one did not finish, or no server has confirmed. */
const MAX_TRIES = 3;

/** What it takes to revoke, and to remember it. */
type Revoking = Pick<Ports, 'store' | 'http'>;

/** Revokes tokens that are not needed any more, unless that could end the access of other sites. */
export async function revokeAlone(
  ports: Revoking,
  grant: Revocable,
  id = idOf(grant),
): Promise<Disconnection> {
  const sharers = await findSharers(ports, grant);
  if (sharers.length === 0) return revokeNoted(ports, grant, id);
  await forget(ports, id);
  const sharedWith = [...new Set(sharers.map(({ origin }) => origin))];
  return { revocation: 'shared', sharedWith };
}

/** Revokes tokens, no matter who else uses the client. The note stays until nothing is left to confirm (Z4). */
export async function revokeNoted(
  ports: Revoking,
  grant: Revocable,
  id = idOf(grant),
): Promise<Disconnection> {
  await noteRevocation(ports, grant, id);
  const answer = await revokeTokens(ports.http, grant);
  if (answer.revocation !== 'unconfirmed') await forget(ports, id);
  return answer;
}

/** Notes that tokens are to be revoked, whatever becomes of this worker. A full disk keeps nobody from revoking. */
export async function noteRevocation(
  { store }: Pick<Ports, 'store'>,
  grant: Revocable,
  id = idOf(grant),
): Promise<void> {
  const isNeeded = grant.token !== undefined && grant.server?.revocation_endpoint !== undefined;
  if (isNeeded) await store.saveUnfinished(id, { todo: 'revoke', grant }).catch(() => undefined);
}

/** Takes up the revocations that a former worker left, each a bounded number of times (T-49). */
export async function takeUpRevocations(ports: Revoking): Promise<void> {
  for (const { id, tries, work } of await ports.store.listUnfinished()) {
    if (work.todo !== 'revoke') continue;
    // Counted before it is sent: one that costs the worker its life is not sent for good.
    if (tries < MAX_TRIES) await ports.store.saveUnfinished(id, work, tries + 1);
    if (tries >= MAX_TRIES || (await isConfirmed(ports, work.grant))) await forget(ports, id);
  }
}

async function isConfirmed(ports: Revoking, grant: Revocable): Promise<boolean> {
  if ((await findSharers(ports, grant)).length > 0) return true;
  // Connected anew since: a server that sees one client and user would take the new tokens away with the old.
  if (await isReplaced(ports, grant)) return true;
  return (await revokeTokens(ports.http, grant)).revocation !== 'unconfirmed';
}

async function isReplaced({ store }: Revoking, grant: Revocable): Promise<boolean> {
  // Tokens that came of no grant have none.
  const of = (grant as Partial<Grant>).resource;
  const held = await store.listGrants({ site: grant.origin });
  return held.some(
    ({ resource, server, token }) =>
      token !== undefined && resource === of && server?.issuer === grant.server?.issuer,
  );
}

function forget({ store }: Revoking, id: string): Promise<void> {
  return store.deleteUnfinished(id).catch(() => undefined);
}

function idOf({ revision }: Revocable): string {
  return revision ?? crypto.randomUUID();
}

/**
 * Revokes the tokens of a grant, refresh token first: without it nothing can be renewed (RFC 7009). Each is judged
 * for itself: a server with self-contained access tokens confirms the one, and cannot do the other (§2.2.1).
 */
export async function revokeTokens(
  http: Http,
  grant: Pick<Revocable, 'server' | 'registration' | 'token'>,
): Promise<Disconnection> {
  const { server, registration, token } = grant;
  if (!token || !server || !registration) return { revocation: 'nothing' };
  if (!server.revocation_endpoint) return { revocation: 'unsupported' };
  const { accessToken, refreshToken: held, expiresAt: accessEndsAt = NO_KNOWN_END } = token;
  const revoke = async (value: string, hint: string) => {
    const options = { ...fetchOptions(http), additionalParameters: { token_type_hint: hint } };
    const authentication = authenticationOf(registration);
    const client = clientOf(registration);
    const response = await oauth.revocationRequest(server, client, authentication, value, options);
    await oauth.processRevocationResponse(response);
  };
  try {
    if (held !== undefined) await revoke(held, 'refresh_token');
  } catch {
    return { revocation: 'unconfirmed' };
  }
  try {
    if (accessToken !== undefined) await revoke(accessToken, 'access_token');
    return { revocation: 'revoked' };
  } catch (error) {
    if (held !== undefined) return { revocation: 'revoked', accessEndsAt };
    const code = error instanceof oauth.ResponseBodyError ? error.error : '';
    if (code === 'unsupported_token_type') return { revocation: 'unsupported', accessEndsAt };
    return { revocation: 'unconfirmed' };
  }
}
