/** Taking one scope away from a grant (Z23): here at once, at the server as far as it can be done exactly. */
import { OFFLINE_ACCESS, scopesBeyond } from '../../protocol/scope.ts';
import type { TokenSet } from '../../protocol/token.ts';
import type { ExtensionCalls } from '../../shared/document-contract.ts';
import type { Ports } from '../ports/ports.ts';
import type { Grant, GrantChange, GrantKey } from '../ports/records.ts';
import { refreshLock } from '../access/refresh.ts';
import { tellPages } from '../site/pages.ts';
import { recordRemoval } from '../site/refusals.ts';
import { revokeAlone } from '../oauth/revocation.ts';
import { refreshToken } from '../oauth/token-endpoint.ts';

type Outcome = ExtensionCalls['removeScope']['result']['outcome'];

/** Tries before it is given up; each means that a sign-in has changed the grant meanwhile. */
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
  const { store } = ports;
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const grant = await store.readGrant(key);
    if (!grant) return 'gone';
    // Before anything else: the page's next call must not bring the question back (Z24).
    if (tries === 0) await rememberRemoval(ports, grant, scope);
    const narrowed = await narrow(ports, grant, scope);
    const { token } = narrowed;
    const change: GrantChange = {
      ceiling: scopesBeyond(grant.ceiling, [scope]),
      requested: scopesBeyond(grant.requested, [scope]),
      token,
      refreshAttempts: 0,
      ...(narrowed.renewed && { narrowed: true as const, trouble: undefined }),
    };
    const written = await store.updateGrant(narrowed.from, change);
    if (written === 'changed') continue;
    // The former access token is left to expire: to revoke it ends the new ones too at a real server, as RFC 7009
    // §2.1 allows (docs/decisions/0015).
    if (!token) await revokeAlone(ports, { ...grant, ...narrowed.dropped });
    if (written === 'gone') {
      if (token && narrowed.renewed) await revokeAlone(ports, { ...grant, token });
      return 'gone';
    }
    return token ? 'narrowed' : 'signedOut';
  }
  return 'gone';
}

/** What became of the tokens. */
interface Narrowed {
  /** The grant as it is stored now. */
  from: Grant;
  /** Absent: the tokens have to go. */
  token: TokenSet | undefined;
  /** True when the token is a new one. */
  renewed: boolean;
  /** What the server gave instead of what was asked. */
  dropped?: { token: TokenSet };
}

/**
 * A refresh may name less than was granted (RFC 6749 §6). Only an answer that says so exactly counts: a server
 * that overlooks the parameter gives everything again.
 */
async function narrow(ports: Ports, grant: Grant, scope: string): Promise<Narrowed> {
  const { token } = grant;
  const left = scopesBeyond(token?.granted ?? [], [scope]);
  if (token && scope !== OFFLINE_ACCESS && left.length === token.granted.length) {
    return { from: grant, token, renewed: false };
  }
  const none = { from: grant, token: undefined, renewed: false };
  // Without `offline_access` there is no refresh token to keep; without any scope there is nothing to ask for.
  if (!token?.refreshToken || left.length === 0 || scope === OFFLINE_ACCESS) return none;
  const from = await ports.store.updateGrant(grant, { refreshAttempts: grant.refreshAttempts + 1 });
  if (typeof from === 'string') return none;
  const { refreshToken: held } = token;
  const expected = { scopes: left, assumed: true, refreshToken: held, now: ports.now() };
  try {
    const answer = await refreshToken(ports.http, from, expected, {
      scopes: left,
      resource: true,
    });
    if ('verdict' in answer) return { ...none, from };
    const exact = !answer.assumed && scopesBeyond(answer.granted, left).length === 0;
    const whole = exact && scopesBeyond(left, answer.granted).length === 0;
    return whole
      ? { from, token: answer, renewed: true }
      : { ...none, from, dropped: { token: answer } };
  } catch {
    return { ...none, from };
  }
}

async function rememberRemoval(ports: Ports, grant: Grant, scope: string): Promise<void> {
  const { origin } = grant;
  // A refusal is about the server as the page names it.
  for (const resource of await ports.store.listAliases(origin, grant.resource)) {
    await ports.store.saveRefusal(recordRemoval({ origin, resource, scope }, ports.now()));
  }
}
