/** Taking one scope away from a grant (Z23): here at once, at the server as far as it can be done exactly. */
import { coversScopes, OFFLINE_ACCESS, scopesBeyond } from '../../protocol/scope.ts';
import type { TokenSet } from '../../protocol/token.ts';
import type { ExtensionCalls } from '../../shared/document-contract.ts';
import type { Ports } from '../ports/ports.ts';
import { isSignedIn, type Grant, type GrantKey } from '../ports/records.ts';
import { keepRenewal, refreshLock, takeUpRenewal } from '../access/renewal.ts';
import { tellPages } from '../site/pages.ts';
import { recordRemoval } from '../site/refusals.ts';
import { noteRevocation, revokeAlone } from '../oauth/revocation.ts';
import { refreshToken } from '../oauth/token-endpoint.ts';

type Outcome = ExtensionCalls['removeScope']['result']['outcome'];

/** Tries before giving up; each further one means that a sign-in has changed the grant meanwhile. */
const MAX_TRIES = 3;

/** Removes a scope from what the user allows, from what is asked for again, and from the tokens. */
export async function removeScope(
  ports: Ports,
  { scope, ...key }: GrantKey & { scope: string },
): Promise<{ outcome: Outcome }> {
  const outcome = await ports.lock(refreshLock(key), () => removeLocked(ports, key, scope));
  if (outcome !== 'gone') {
    ports.log.note({ kind: 'narrowed', ...key, scopes: [scope] });
    await tellPages(ports, key);
  }
  return { outcome };
}

async function removeLocked(ports: Ports, key: GrantKey, scope: string): Promise<Outcome> {
  // An answer that a former worker had kept comes first: its refresh token is spent.
  await takeUpRenewal(ports, key);
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const grant = await ports.store.readGrant(key);
    if (!grant) return 'gone';
    // Before anything else: the page's next call must not bring the question back (Z24).
    if (tries === 0) await rememberRemoval(ports, grant, scope);
    const outcome = await removeFrom(ports, grant, scope);
    if (outcome !== 'changed') return outcome;
  }
  return 'gone';
}

/** @returns `changed` when nothing was written, because the grant is no longer the one that was read */
async function removeFrom(ports: Ports, grant: Grant, scope: string): Promise<Outcome | 'changed'> {
  const narrowed = await narrowTokens(ports, grant, scope);
  const also = {
    ceiling: scopesBeyond(grant.ceiling, [scope]),
    requested: scopesBeyond(grant.requested, [scope]),
    refreshAttempts: 0,
  };
  switch (narrowed.kind) {
    case 'stale':
      if (narrowed.found === 'gone') await revokeAlone(ports, grant);
      return narrowed.found;
    case 'local': {
      const written = await ports.store.updateGrant(grant, also);
      return typeof written === 'string' ? written : 'narrowed';
    }
    case 'exact': {
      const { from, token } = narrowed;
      // Otherwise the former access token is left to expire: revoking it ends the new ones too at a real server, as
      // RFC 7009 §2.1 allows (docs/decisions/0015).
      const change = { ...also, narrowed: true as const };
      const written = await keepRenewal(ports, { todo: 'renew', grant: from, token, also: change });
      return typeof written === 'string' ? written : 'narrowed';
    }
    case 'inexact': {
      const { from, token: useless } = narrowed;
      const written = await keepRenewal(ports, { todo: 'renew', grant: from, also, useless });
      return typeof written === 'string' ? written : 'signedOut';
    }
    case 'unanswered': {
      await noteRevocation(ports, grant);
      const written = await ports.store.updateGrant(narrowed.from, { ...also, token: undefined });
      if (written === 'changed') await ports.store.deleteUnfinished(grant.revision);
      else await revokeAlone(ports, grant);
      return typeof written === 'string' ? written : 'signedOut';
    }
  }
}

/** What became of the tokens. `from` is the grant as it is stored now. */
type Narrowed =
  /** No token has the scope: there is nothing to ask the server. */
  | { kind: 'local' }
  /** The server gave exactly what is left. */
  | { kind: 'exact'; from: Grant; token: TokenSet }
  /** The server gave something else, which has to go. */
  | { kind: 'inexact'; from: Grant; token: TokenSet }
  /** The server could not be asked, or gave nothing: the tokens held have to go. */
  | { kind: 'unanswered'; from: Grant }
  /** The grant changed before the server was asked. */
  | { kind: 'stale'; found: 'gone' | 'changed' };

/**
 * A refresh may name less than was granted (RFC 6749 §6). Only an answer that says so exactly counts: a server
 * that overlooks the parameter gives everything again.
 */
async function narrowTokens(ports: Ports, grant: Grant, scope: string): Promise<Narrowed> {
  const { token } = grant;
  const left = scopesBeyond(token?.granted ?? [], [scope]);
  const isHeld = scope === OFFLINE_ACCESS || left.length !== token?.granted.length;
  if (token && !isHeld) return { kind: 'local' };
  // Without `offline_access` there is no refresh token to keep; without any scope there is nothing to ask for.
  if (!token?.refreshToken || left.length === 0 || scope === OFFLINE_ACCESS) {
    return { kind: 'unanswered', from: grant };
  }
  const from = await ports.store.updateGrant(grant, { refreshAttempts: grant.refreshAttempts + 1 });
  if (typeof from === 'string') return { kind: 'stale', found: from };
  const { refreshToken: held } = token;
  const expected = { scopes: left, assumed: true, refreshToken: held, now: ports.now() };
  try {
    const form = { scopes: left, resource: true };
    const answer = isSignedIn(from) && (await refreshToken(ports, from, expected, form));
    if (!answer || 'verdict' in answer) return { kind: 'unanswered', from };
    const { granted, assumed } = answer;
    const isExact = !assumed && coversScopes(left, granted) && coversScopes(granted, left);
    return { kind: isExact ? 'exact' : 'inexact', from, token: answer };
  } catch {
    return { kind: 'unanswered', from };
  }
}

async function rememberRemoval(ports: Ports, grant: Grant, scope: string): Promise<void> {
  const { origin } = grant;
  // A refusal is about the server as the page names it.
  for (const resource of await ports.store.listAliases(origin, grant.resource)) {
    await ports.store.saveRefusal(recordRemoval({ origin, resource, scope }, ports.now()));
  }
}
