/**
 * Refresh, once for everybody: joined in memory, locked across the browser, and written ahead, so that a
 * rotating refresh token is never sent twice by two hands (RFC 9700 §4.14.2, Z8).
 */
import { UNMET_COOL_DOWN, YOUNG, type Wanted } from '../protocol/plan.ts';
import type { TokenExpectation, TokenSet } from '../protocol/token.ts';
import { hostOf, hostPattern } from '../protocol/url-policy.ts';
import { BrokerError } from '../shared/errors.ts';
import type { Grant, GrantChange, GrantKey, Ports } from './ports.ts';
import { tracedRefresh } from './recording.ts';
import { raceAbort, SingleFlight } from './single-flight.ts';
import { revokeAlone } from './sharing.ts';
import { refreshToken, type RefreshFault } from './token-endpoint.ts';

/** Requests sent with one refresh token before it is given up; the second is for an answer lost in a crash. */
const MAX_ATTEMPTS = 2;

/** Name of the lock under which the tokens of a grant are renewed. */
export function refreshLock({ origin, resource, account }: GrantKey): string {
  return `refresh ${origin} ${resource} ${account}`;
}

export class Refreshing {
  private readonly ports: Ports;
  private readonly flights = new SingleFlight<Grant>();

  constructor(ports: Ports) {
    this.ports = ports;
  }

  /**
   * Brings a grant's token up to date. Afterwards the store holds a newer token, or none when the server will
   * not renew it any more; the caller looks again and plans anew.
   * @throws BrokerError `network_error`, `host_access_required` or `token_failed`: the server could not be asked;
   *   nothing has changed
   */
  async refresh(grant: Grant, wanted: Wanted, signal: AbortSignal): Promise<void> {
    const key = refreshLock(grant);
    const flight =
      this.flights.get(key) ??
      this.flights.start(key, grant, () =>
        this.ports.lock(key, () => this.refreshLocked(grant, wanted)),
      );
    await raceAbort(flight.done, signal);
  }

  private async refreshLocked(seen: Grant, wanted: Wanted): Promise<void> {
    const { store } = this.ports;
    const grant = await store.readGrant(seen);
    // Another context was faster, or the user has disconnected: the plan is made again from what is there.
    if (!grant?.token?.refreshToken) return;
    if (grant.token.accessToken !== seen.token?.accessToken) return;
    if (grant.refreshAttempts >= MAX_ATTEMPTS) {
      await store.updateGrant(grant, { token: undefined, refreshAttempts: 0 });
      return;
    }
    const refreshAttempts = grant.refreshAttempts + 1;
    const noted = await store.updateGrant(grant, { refreshAttempts });
    if (typeof noted === 'string') return;
    const { granted, assumed, refreshToken: held } = grant.token;
    const expected = { scopes: granted, assumed, refreshToken: held, now: this.ports.now() };
    const traced = tracedRefresh(this.ports, noted);
    try {
      const token = await refreshAsWanted(traced.ports, noted, expected);
      traced.end(token);
      await this.commit(noted, token, wanted);
    } catch (error) {
      traced.fail(error);
      // Nothing is known of the refresh token then; the attempt was ours to count only for a crash.
      await store.updateGrant(noted, { refreshAttempts: 0 });
      throw await this.explain(noted, error);
    }
  }

  /**
   * The user can withdraw host access at any time. A provider without CORS headers then looks like one that is down,
   * but waiting does not help (Z13).
   */
  private async explain({ server }: Grant, error: unknown): Promise<unknown> {
    const { token_endpoint: endpoint } = server;
    const unanswered = error instanceof BrokerError && error.code === 'network_error';
    if (!unanswered || endpoint === undefined) return error;
    if (await this.ports.hasHostAccess([hostPattern(endpoint)])) return error;
    const detail = { host: hostOf(endpoint) };
    return new BrokerError('host_access_required', { detail, cause: error });
  }

  private async commit(
    grant: Grant,
    token: TokenSet | RefreshFault,
    wanted: Wanted,
  ): Promise<void> {
    const { store, now } = this.ports;
    if (typeof token === 'string') {
      if (token === 'invalid_client') {
        await store.deleteRegistration(grant.server.issuer, grant.origin);
      }
      await store.updateGrant(grant, { token: undefined, refreshAttempts: 0 });
      return;
    }
    const tried = triedFor(wanted, now());
    const outcome = await store.updateGrant(grant, { token, refreshAttempts: 0, ...tried });
    if (typeof outcome === 'object') {
      const { origin, resource, account } = grant;
      this.ports.log.note({ kind: 'renewed', origin, resource, account, scopes: token.granted });
    }
    // Disconnected while the request was out: what it brought must not outlive the grant (T-49). If it was
    // changed, a sign-in has brought newer tokens, and revoking these could take those along.
    if (outcome === 'gone') {
      await revokeAlone(this.ports, { ...grant, token });
      throw new BrokerError('access_denied');
    }
  }
}

/**
 * Refreshes as this server wants it. One that refuses a refresh without `scope` is asked once more, naming exactly
 * what was granted, and is known for it from then on; never is more named than that (B3).
 */
async function refreshAsWanted(
  { store, http }: Pick<Ports, 'store' | 'http'>,
  grant: Grant,
  expected: TokenExpectation,
): Promise<TokenSet | RefreshFault> {
  const { issuer } = grant.server;
  const scopes = grant.token?.granted ?? [];
  // After a removal the refresh token still has what the user has taken away.
  const insists =
    scopes.length > 0 && (grant.narrowed ?? (await store.findIssuer(issuer))?.scopeOnRefresh);
  const first = await refreshToken(http, grant, expected, insists ? scopes : undefined);
  if (first !== 'scope_wanted') return first;
  const second = await refreshToken(http, grant, expected, scopes);
  if (typeof second === 'object') await store.saveIssuer({ issuer, scopeOnRefresh: true });
  return second === 'scope_wanted' ? 'invalid_grant' : second;
}

/** What the refresh was an answer to: the same refusal of the new token is not answered with another one. */
function triedFor(wanted: Wanted, now: number): GrantChange {
  if (wanted.rejected === undefined) return {};
  if (!wanted.forbidden) return { renewedUntil: now + YOUNG };
  return { refreshedFor: { scopes: wanted.scopes, until: now + UNMET_COOL_DOWN } };
}
