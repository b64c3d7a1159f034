/**
 * Refresh, once for everybody: joined in memory, locked across the browser, and written ahead, so that a
 * rotating refresh token is never sent twice by two hands (RFC 9700 §4.14.2, Z8).
 */
import { UNMET_COOL_DOWN, YOUNG, type Wanted } from '../../protocol/plan.ts';
import {
  isBraked,
  parseRetryAfter,
  troubleAfter,
  type RefreshFailure,
} from '../../protocol/refresh-trouble.ts';
import type { TokenExpectation, TokenSet } from '../../protocol/token.ts';
import { hostOf, hostPattern } from '../../protocol/url-policy.ts';
import { BrokerError, type FailureReason } from '../../shared/errors.ts';
import type { Ports } from '../ports/ports.ts';
import { isSignedIn, type Grant, type GrantChange, type SignedIn } from '../ports/records.ts';
import { tracedRefresh } from '../history/recorded-ports.ts';
import { raceAbort, SingleFlight } from '../concurrency/single-flight.ts';
import { dropTokens } from '../connect/drop-tokens.ts';
import { isUnset } from '../connect/overrides.ts';
import type { Renewal } from '../ports/stores.ts';
import { keepRenewal, refreshLock, takeUpRenewal, writeTokens } from './renewal.ts';
import { noticePeace, noticeSharing } from '../oauth/shared-client.ts';
import { refreshToken, type RefreshForm, type RefreshRefusal } from '../oauth/token-endpoint.ts';

/** Requests sent with one refresh token before it is given up; the second is for an answer lost in a crash. */
const MAX_ATTEMPTS = 2;

export class Refresher {
  readonly #ports: Ports;
  readonly #flights = new SingleFlight<Grant>();
  /** Answers that the disk would not take, by lock. */
  readonly #unwritten = new Map<string, Renewal>();

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /**
   * Brings a grant's token up to date. Afterwards the store holds a newer token, or knows that the server will not
   * renew it any more; the caller looks again and plans anew.
   * @throws BrokerError `network_error` or `host_access_required`: the server could not be asked, or said nothing
   *   about the refresh token; or it was asked a moment ago (Z55)
   */
  async refresh(grant: Grant, wanted: Wanted, signal: AbortSignal): Promise<void> {
    const key = refreshLock(grant);
    const flight =
      this.#flights.get(key) ??
      this.#flights.start(key, grant, () =>
        this.#ports.lock(key, () => this.#refreshLocked(grant, wanted)),
      );
    await raceAbort(flight.done, signal);
  }

  async #refreshLocked(seen: Grant, wanted: Wanted): Promise<void> {
    const { store } = this.#ports;
    const grant = await store.readGrant(seen);
    // Another context was faster, or the user has disconnected: the plan is made again from what is there.
    if (!grant?.token?.refreshToken || !isSignedIn(grant)) return;
    if (grant.token.accessToken !== seen.token?.accessToken) return;
    // What it rests on was taken back: the user is asked, or the rule holds again (Z53).
    if (await isUnset(this.#ports, grant)) return dropTokens(this.#ports, grant);
    if (await this.#takeUp(grant)) return;
    if (isBraked(grant.trouble, this.#ports.now())) {
      if (grant.trouble?.refused) return;
      // Access was given meanwhile: what was in the way is gone.
      const isMended = grant.trouble?.kind === 'unreadable' && (await this.#hasAccess(grant));
      if (!isMended) throw heldBack(grant);
    }
    if (grant.refreshAttempts >= MAX_ATTEMPTS) {
      await store.updateGrant(grant, this.#afterFailure(grant, { kind: 'refused' }));
      return;
    }
    const refreshAttempts = grant.refreshAttempts + 1;
    const noted = await store.updateGrant(grant, { refreshAttempts });
    if (typeof noted === 'string' || !isSignedIn(noted)) return;
    const { granted, assumed, refreshToken: held } = grant.token;
    const expected = { scopes: granted, assumed, refreshToken: held, now: this.#ports.now() };
    const traced = tracedRefresh(this.#ports, noted);
    let answer: TokenSet | RefreshRefusal;
    try {
      answer = await refreshAsWanted(traced.ports, noted, expected);
    } catch (error) {
      traced.fail(error);
      const isUnanswered = error instanceof BrokerError && error.code === 'network_error';
      const isReadable = !isUnanswered || (await this.#hasAccess(noted));
      const kind = isReadable ? 'unanswered' : 'unreadable';
      await writeTokens(store, noted, this.#afterFailure(noted, { kind }));
      throw isReadable ? error : needsAccess(noted, error);
    }
    traced.end('verdict' in answer ? answer.verdict : answer);
    await ('verdict' in answer
      ? this.#refused(noted, answer)
      : this.#commit(noted, answer, wanted));
  }

  /** What is written of a failure. The refresh token stays until there is a new one (Z51). */
  #afterFailure(grant: Grant, failure: RefreshFailure): GrantChange {
    const { now, random } = this.#ports;
    // The attempt was ours to count only for a crash.
    return { trouble: troubleAfter(grant.trouble, failure, now(), random()), refreshAttempts: 0 };
  }

  /**
   * The answer brought no token.
   * @throws BrokerError `network_error` when it says nothing about the refresh token: later it may be taken
   */
  async #refused(grant: SignedIn, { verdict, status, retryAfter }: RefreshRefusal) {
    const { now } = this.#ports;
    const isUnclear = verdict === 'silent' || verdict === 'unclear';
    const kind = verdict === 'silent' ? 'answered' : isUnclear ? 'unclear' : 'refused';
    const wait = parseRetryAfter(retryAfter, now());
    const change = this.#afterFailure(grant, { kind, retryAfter: wait });
    const written = await writeTokens(this.#ports.store, grant, change);
    // Disconnected, or signed in anew meanwhile: the answer is about tokens that nobody holds any more.
    if (typeof written === 'string') return;
    if (!change.trouble?.refused) {
      throw notAnswered(grant, status === 429 ? 'too_many_requests' : undefined);
    }
    if (verdict === 'unknown_client') await this.#forgetClient(grant);
    if (grant.trouble?.refused) return;
    if (verdict === 'refused') await noticeSharing(this.#ports, grant);
    this.#report(grant);
  }

  /** The site registers anew, unless it has done so since. */
  async #forgetClient({ server, origin, registration }: SignedIn): Promise<void> {
    const { store } = this.#ports;
    const held = await store.findRegistration(server.issuer, origin);
    if (held?.clientId === registration.clientId) {
      await store.deleteRegistration(server.issuer, origin);
    }
  }

  /** The user can see it in the popup and the log before any page calls again. */
  #report({ origin, resource, server }: SignedIn): void {
    const { issuer } = server;
    const detail = { host: hostOf(issuer), issuer, reason: 'exchange_refused' } as const;
    this.#ports.log.noteFailure(new BrokerError('token_failed', { detail }), { origin, resource });
    this.#ports.changed();
  }

  /**
   * The user can withdraw host access at any time. A provider without CORS headers then looks like one that is down,
   * but waiting does not help (Z13).
   */
  #hasAccess({ server }: SignedIn): Promise<boolean> {
    return this.#ports.hasHostAccess([hostPattern(server.token_endpoint ?? server.issuer)]);
  }

  async #commit(grant: Grant, token: TokenSet, wanted: Wanted): Promise<void> {
    const also = triedFor(wanted, this.#ports.now());
    await this.#keep({ todo: 'renew', grant, token, also });
  }

  /** Writes an answer that is there already; only one that is not there is asked for. */
  async #takeUp(grant: Grant): Promise<boolean> {
    const unwritten = this.#unwritten.get(refreshLock(grant));
    if (unwritten) {
      await this.#keep(unwritten);
      return true;
    }
    // Sent by a worker that is gone: it may have kept the answer.
    return grant.refreshAttempts > 0 && takeUpRenewal(this.#ports, grant);
  }

  /** An answer that cannot be written stays in memory: its refresh token must not be sent again (K23). */
  async #keep(renewal: Renewal): Promise<void> {
    const { grant, token } = renewal;
    const key = refreshLock(grant);
    this.#unwritten.set(key, renewal);
    const outcome = await keepRenewal(this.#ports, renewal);
    this.#unwritten.delete(key);
    if (outcome === 'gone') throw new BrokerError('access_denied');
    if (outcome === 'changed') return;
    await noticePeace(this.#ports, grant);
    const { origin, resource, account } = grant;
    const scopes = token?.granted ?? [];
    this.#ports.log.note({ kind: 'renewed', origin, resource, account, scopes });
  }
}

/** Why the server is not asked again yet (Z55). */
function heldBack(grant: SignedIn): BrokerError {
  const { kind } = grant.trouble ?? {};
  if (kind === 'unreadable') return needsAccess(grant);
  return notAnswered(grant, kind === 'unanswered' ? 'unreachable' : undefined);
}

function needsAccess({ server }: SignedIn, cause?: unknown): BrokerError {
  const detail = { host: hostOf(server.token_endpoint ?? server.issuer) };
  return new BrokerError('host_access_required', { detail, cause });
}

/** The provider could not be asked, or said nothing that helps. The same call may succeed later. */
function notAnswered({ server }: SignedIn, reason: FailureReason = 'provider_failed'): BrokerError {
  const { issuer, token_endpoint: endpoint = issuer } = server;
  return new BrokerError('network_error', { detail: { host: hostOf(endpoint), issuer, reason } });
}

/**
 * Refreshes as this server wants it. What it refuses of the request is said differently once: a `scope` to a server
 * that insists on one, exactly as granted (B3); no `scope` or no `resource` to one that refuses it. The refresh token
 * is bound to both already, so nothing wider comes of it.
 */
async function refreshAsWanted(
  ports: Ports,
  grant: SignedIn,
  expected: TokenExpectation,
): Promise<TokenSet | RefreshRefusal> {
  const { store } = ports;
  const { issuer } = grant.server;
  const granted = grant.token?.granted ?? [];
  const quirks = await store.findIssuer(issuer);
  // After a removal the refresh token still has what the user has taken away.
  const insists = grant.narrowed ?? quirks?.scopeOnRefresh;
  const form = { scopes: insists ? granted : [], resource: true };
  const first = await refreshToken(ports, grant, expected, form);
  const next = 'verdict' in first ? otherForm(form, first.verdict, grant) : undefined;
  if (!next) return first;
  const second = await refreshToken(ports, grant, expected, next);
  if (!('verdict' in second) && next.scopes.length > 0 && !insists) {
    // Nobody waits for it: the tokens go to the disk first.
    store.learnIssuer(issuer, { scopeOnRefresh: true }).catch(() => undefined);
  }
  return second;
}

/** What to send instead of what was refused; undefined when nothing could be said differently. */
function otherForm(
  form: RefreshForm,
  verdict: RefreshRefusal['verdict'],
  { token, narrowed }: Grant,
): RefreshForm | undefined {
  const granted = token?.granted ?? [];
  const mayWantScope = verdict === 'request' || verdict === 'scope';
  if (mayWantScope && form.scopes.length === 0 && granted.length > 0) {
    return { ...form, scopes: granted };
  }
  if (verdict === 'scope' && form.scopes.length > 0 && !narrowed) return { ...form, scopes: [] };
  if (verdict === 'target' && form.resource) return { ...form, resource: false };
  return undefined;
}

/** What the refresh was an answer to: the same refusal of the new token is not answered with another one. */
function triedFor(wanted: Wanted, now: number): GrantChange {
  if (wanted.rejected === undefined) return {};
  if (!wanted.forbidden) return { renewedUntil: now + YOUNG };
  return { refreshedFor: { scopes: wanted.scopes, until: now + UNMET_COOL_DOWN } };
}
