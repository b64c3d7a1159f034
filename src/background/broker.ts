/** The page door's calls: makes a plan, carries it out, and makes it again until it says "use". */
import { isUnmet, planToken } from '../protocol/plan.ts';
import { isOverdue } from '../protocol/refresh-trouble.ts';
import { parseResource } from '../protocol/resource.ts';
import { computeScopeUnion, formatScope } from '../protocol/scope.ts';
import { BrokerError } from '../shared/errors.ts';
import type { Disconnection } from '../shared/grant.ts';
import type { BrokerInfo, Permission, Token, TokenParams } from '../shared/messages.ts';
import { readAsk, type Ask } from './ask.ts';
import { policyFor } from './discovering.ts';
import type { PageCaller } from './caller.ts';
import { disconnect } from './disconnect.ts';
import type { Flows } from './flows.ts';
import { isPaused } from './pause.ts';
import type { FlowRequest, Grant, GrantKey, Ports } from './ports.ts';
import { SlidingWindow } from './rate.ts';
import { Refreshing } from './refresh.ts';
import { standingOf } from './refusal.ts';
import type { Uses } from './uses.ts';

/** Plans made for one call before it is given up; each but the last has changed what is stored. */
const MAX_PLANS = 6;
/** Flows of other calls that one call waits for, beside its own plans: each has asked the user, or signed in. */
const MAX_WAITS = 30;
/** Servers that a site may have contacted without holding a grant there, per minute (T-25). */
const NEW_SERVERS_PER_MINUTE = 3;
/** Attempts to connect without a grant, to whatever address, per site and minute. */
const ATTEMPTS_PER_MINUTE = 20;

/** Sign-in windows without a prompt, per site and server, in ten minutes. */
const SILENT_SIGN_INS = 3;

/** What nobody else wants. */
const NOTHING = { scopes: [], demanded: [] };

export class Broker {
  private readonly ports: Ports;
  private readonly flows: Flows;
  private readonly refreshing: Refreshing;
  private readonly uses: Uses;
  /** The calls under way: a prompt shows all that the site wants, not one thing after another (Z47). */
  private readonly asking = new Set<Ask>();
  private readonly attempts = new SlidingWindow(ATTEMPTS_PER_MINUTE, 60_000);
  private readonly silentSignIns = new SlidingWindow(SILENT_SIGN_INS, 600_000);
  private readonly newServers = new SlidingWindow(NEW_SERVERS_PER_MINUTE, 60_000);

  constructor(ports: Ports, flows: Flows, uses: Uses) {
    this.ports = ports;
    this.flows = flows;
    this.uses = uses;
    this.refreshing = new Refreshing(ports);
  }

  hello(): BrokerInfo {
    return { name: 'Grantkeeper', version: this.ports.version, features: { token: '1.0' } };
  }

  /**
   * The token that a site may use at a resource now.
   * @throws BrokerError every code of the table
   */
  async getToken(caller: PageCaller, params: TokenParams, signal: AbortSignal): Promise<Token> {
    const asked = await this.readResource(caller, params.resource);
    const ask = readAsk({ caller, asked, signal }, params);
    this.asking.add(ask);
    try {
      return await this.obtain(ask);
    } finally {
      this.asking.delete(ask);
    }
  }

  private async obtain(ask: Ask): Promise<Token> {
    const { origin } = ask.caller;
    let first: string | undefined;
    let waits = 0;
    for (let plans = 0; plans < MAX_PLANS && waits < MAX_WAITS; plans += 1) {
      if (await isPaused(this.ports, origin)) throw new BrokerError('access_denied');
      if (this.flows.closed) throw new BrokerError('interrupted');
      const grant = await this.ports.store.findGrant(origin, ask.asked);
      const held = grant?.token?.accessToken;
      if (plans + waits === 0) first = held;
      const wanted = { ...ask.wanted, obtained: held !== first };
      const plan = planToken(grant, wanted, [], this.ports.now());
      if (plan.do === 'use' && grant) return this.use(grant);
      if (plan.do === 'refuse') throw new BrokerError(plan.reason);
      if (plan.do === 'refresh' && grant) {
        const token = await this.refresh(ask, grant);
        if (token) return token;
      } else if (!(await this.authorize(ask, grant))) {
        // It was another call's flow: it does not count as a plan of this one.
        waits += 1;
        plans -= 1;
      }
    }
    throw new BrokerError('token_failed');
  }

  /** What the site holds; never opens anything, and never tells what others hold. */
  async permission(caller: PageCaller, resource: string): Promise<Permission> {
    const asked = parseResource(resource, await policyFor(this.ports, caller.origin));
    const paused = await isPaused(this.ports, caller.origin);
    const grant = paused ? undefined : await this.ports.store.findGrant(caller.origin, asked);
    return { resource, granted: grant !== undefined, scopes: grant?.token?.granted ?? [] };
  }

  /** The site gives its grant back. */
  async release(caller: PageCaller, resource: string): Promise<{ released: boolean }> {
    const asked = parseResource(resource, await policyFor(this.ports, caller.origin));
    const grant = await this.ports.store.findGrant(caller.origin, asked);
    if (!grant) return { released: false };
    await this.disconnect(grant);
    return { released: true };
  }

  /** Removes a grant; see `disconnect.ts`. */
  disconnect(key: GrantKey, everySharer = false): Promise<Disconnection> {
    return disconnect(this.ports, this.flows, key, everySharer);
  }

  /** Whether a site holds a grant at what it names; decides how much of a failure it may learn (Z2). */
  async holdsGrant(origin: string, resource: string): Promise<boolean> {
    const asked = parseResource(resource, await policyFor(this.ports, origin));
    return (await this.ports.store.findGrant(origin, asked)) !== undefined;
  }

  private async readResource({ origin }: PageCaller, resource: string): Promise<string> {
    const policy = await policyFor(this.ports, origin);
    try {
      return parseResource(resource, policy);
    } catch (error) {
      if (error instanceof BrokerError) this.flows.noteRefused({ origin, asked: resource }, error);
      throw error;
    }
  }

  private async refresh(ask: Ask, grant: Grant): Promise<Token | undefined> {
    try {
      await this.refreshing.refresh(grant, ask.wanted, ask.signal);
      return undefined;
    } catch (error) {
      const now = this.ports.now();
      const latest = await this.ports.store.findGrant(grant.origin, ask.asked);
      // Network trouble never opens a window (Z10); a token that is still good tides the page over, unless the user
      // has taken it back while the server did not answer.
      const good = grant.token && now < grant.token.expiresAt;
      const isHeld = latest?.token?.accessToken === grant.token?.accessToken;
      if (good && isHeld && ask.wanted.rejected !== grant.token?.accessToken)
        return this.use(grant);
      // The provider may be gone for good (Z51): the page is to hear the server's own 401, and a call that has heard it
      // is planned again.
      const isLost = isOverdue(latest?.trouble, now);
      if (isLost && ask.wanted.unauthorized) return undefined;
      throw isLost && !ask.interactive
        ? new BrokerError('interaction_required', { cause: error })
        : error;
    }
  }

  /** @returns false when another call's flow was waited for, and it was about something else */
  private async authorize(ask: Ask, grant: Grant | undefined): Promise<boolean> {
    const { store, now } = this.ports;
    const { caller, asked, wanted, signal } = ask;
    const standing = standingOf(await store.findRefusals(caller.origin), asked, now());
    const plan = planToken(grant, wanted, standing.refused, now());
    if (plan.do === 'refuse') throw new BrokerError(plan.reason);
    if (plan.do !== 'authorize' && plan.do !== 'confirm') return true;
    if (standing.barred) throw new BrokerError('access_denied');
    if (!ask.interactive) throw new BrokerError('interaction_required');
    if (plan.do === 'authorize' && grant && plan.added.length === 0) {
      await this.checkSilentSignIn(ask);
    } else if (standing.silenced || (!grant && !this.mayContact(caller.origin, asked))) {
      throw new BrokerError('rate_limited');
    }
    // A sign-in without a question must not become one: a call that wants more asks for it, and may be silenced.
    const asks = plan.do === 'authorize' && (!grant || plan.added.length > 0);
    const also = asks ? this.alsoWanted(ask, grant, standing.refused) : NOTHING;
    const request: FlowRequest = {
      scopes: plan.do === 'authorize' ? computeScopeUnion(plan.scopes, also.scopes) : plan.excess,
      demanded: computeScopeUnion(wanted.forbidden ? wanted.scopes : [], also.demanded),
      ...(ask.resourceMetadata !== undefined && { resourceMetadata: ask.resourceMetadata }),
      challenged: ask.challenged,
      rediscover: plan.do === 'authorize' && plan.rediscover,
      ...(ask.quiet && !grant && { quiet: true as const }),
      ...(plan.do === 'confirm' && { excess: plan.excess }),
    };
    try {
      const joining = { origin: caller.origin, asked, tabId: caller.tabId, signal };
      return await this.flows.join(joining, request);
    } catch (error) {
      const withdrawn = error instanceof BrokerError && error.code === 'aborted' && !signal.aborted;
      if (withdrawn && (await isPaused(this.ports, caller.origin))) {
        throw new BrokerError('access_denied', { cause: error });
      }
      throw error;
    }
  }

  /** What other calls of the same site want of the same server, and may be asked for now. */
  private alsoWanted(ask: Ask, grant: Grant | undefined, refused: readonly string[]) {
    const unmet = (scope: string) => grant && isUnmet(grant, scope, this.ports.now());
    const others = [...this.asking].filter(
      ({ caller, asked, interactive }) =>
        interactive && caller.origin === ask.caller.origin && asked === ask.asked,
    );
    const askable = (asks: readonly Ask[]) =>
      asks
        .flatMap(({ wanted }) => wanted.scopes)
        .filter((scope) => !refused.includes(scope) && !unmet(scope));
    return {
      scopes: askable(others),
      demanded: askable(others.filter(({ wanted }) => wanted.forbidden)),
    };
  }

  /**
   * A sign-in window without a question of ours before it: only over the tab that asks, and not often. A page
   * can bring it about by saying that its token was refused.
   */
  private async checkSilentSignIn({ caller, asked }: Ask): Promise<void> {
    if (this.flows.isUnderWay(caller.origin, asked)) return;
    if (!(await this.ports.isInFront(caller.tabId))) throw new BrokerError('interaction_required');
    if (!this.silentSignIns.admit(`${caller.origin} ${asked}`, this.ports.now())) {
      throw new BrokerError('rate_limited');
    }
  }

  private mayContact(origin: string, asked: string): boolean {
    if (this.flows.isUnderWay(origin, asked)) return true;
    const now = this.ports.now();
    const { host } = new URL(asked);
    return this.attempts.admit(origin, now) && this.newServers.admit(origin, now, host);
  }

  private use(grant: Grant): Token {
    const { accessToken, granted } = grant.token!;
    // When the grant ends, so does what the page may do with its copy.
    const expiresAt = Math.min(grant.token!.expiresAt, grant.endsAt ?? Infinity);
    this.uses.note(grant, this.ports.now());
    return {
      access_token: accessToken,
      token_type: 'Bearer',
      expires_at: expiresAt,
      scope: formatScope(granted),
    };
  }
}
