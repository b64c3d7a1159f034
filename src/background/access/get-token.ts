/** What a page may do now: makes a plan for each call, carries it out, and makes it again until it says "use". */
import { planToken } from '../../protocol/plan.ts';
import { isSealed } from '../../protocol/holding.ts';
import { isOverdue } from '../../protocol/refresh-trouble.ts';
import { parseResource } from '../../protocol/resource.ts';
import { formatScope } from '../../protocol/scope.ts';
import { hostPattern } from '../../protocol/url-policy.ts';
import { BrokerError } from '../../shared/errors.ts';
import type {
  BrokerInfo,
  HeldAt,
  Permission,
  Token,
  TokenParams,
} from '../../shared/page-contract.ts';
import { SlidingWindow } from '../concurrency/sliding-window.ts';
import type { FlowTable } from '../connect/flow-table.ts';
import { revokeTokens } from '../oauth/revocation.ts';
import type { Ports } from '../ports/ports.ts';
import type { Grant, PageCaller } from '../ports/records.ts';
import { readSite } from '../site/policy.ts';
import { readAsk, type Ask } from './ask.ts';
import { ConnectGate } from './connect-gate.ts';
import { Refresher } from './refresh.ts';
import { refreshLock } from './renewal.ts';
import type { UseCounter } from './use-counter.ts';

/** Plans made for one call before it is given up; each but the last has changed what is stored. */
const MAX_PLANS = 6;
/** Flows of other calls that one call waits for, beside its own plans: each has asked the user, or signed in. */
const MAX_WAITS = 30;

/** Addresses that a page is told of. */
const MAX_HELD = 100;
/** A token that its server repeats is replaced once in so long, however often it does; milliseconds. */
const REPLACED_ONCE_IN = 600_000;

/** Who asks for a grant, and until when. */
export type Asking = Pick<Ask, 'caller' | 'signal' | 'joined' | 'carried' | 'tool' | 'keyOf'>;

/** Answers the calls of pages. */
export class TokenAccess {
  readonly #ports: Ports;
  readonly #flows: FlowTable;
  readonly #gate: ConnectGate;
  readonly #refresher: Refresher;
  readonly #uses: UseCounter;
  readonly #shown = new SlidingWindow(1, REPLACED_ONCE_IN);

  constructor(ports: Ports, flows: FlowTable, uses: UseCounter) {
    this.#ports = ports;
    this.#flows = flows;
    this.#uses = uses;
    this.#gate = new ConnectGate(ports, flows);
    this.#refresher = new Refresher(ports);
  }

  /** What the broker is, and where the site may go on at once. Reads what this site holds, and nothing of others. */
  async hello({ origin }: PageCaller): Promise<BrokerInfo> {
    const { version, copiesBytes } = this.#ports;
    const features = { token: '1.0', ...(copiesBytes && { fetch: '1.0' }) };
    // A disk that fails must not look like no broker at all.
    const held = await this.#listHeld(origin).catch(() => []);
    return { name: 'Grantkeeper', version, features, held };
  }

  /**
   * The token that a site may use at a resource now.
   * @param joined called when the call has come to wait for the end of a flow
   * @throws BrokerError every code of the table
   */
  async getToken(
    caller: PageCaller,
    params: TokenParams,
    signal: AbortSignal,
    joined?: () => void,
  ): Promise<Token> {
    const grant = await this.findGrant({ caller, signal, joined }, params);
    const token = tokenOf(grant);
    this.#uses.note(grant, this.#ports.now());
    return token;
  }

  /**
   * The grant with which a site may go to a resource now, its token fresh.
   * @param asking who asks, and until when; `carried` for a request of which the page never sees the token
   * @throws BrokerError every code of the table
   */
  async findGrant(asking: Asking, params: TokenParams): Promise<Grant> {
    const asked = await this.#readResource(asking.caller, params.resource);
    const knowsProofs = this.#ports.proofs.recall(asking.caller.origin, asked).isKnown;
    const ask = readAsk({ ...asking, asked, knowsProofs }, params);
    return this.#gate.during(ask, () => this.#obtain(ask));
  }

  /** What the site holds; never opens anything, and never tells what others hold. */
  async permission({ origin }: PageCaller, resource: string): Promise<Permission> {
    const { paused, urls } = await readSite(this.#ports, origin);
    const asked = parseResource(resource, urls);
    const grant = paused ? undefined : await this.#ports.store.findGrant(origin, asked);
    const scopes = grant?.token?.granted ?? [];
    const carried = grant !== undefined && (await this.#isCarried(asked));
    const sealed = grant !== undefined && isSealed(grant);
    return { resource, granted: grant !== undefined, scopes, carried, sealed };
  }

  /**
   * Drops a token that a server has shown, and gets another one. Where that fails, the user signs in again.
   * @param grant as it was when its token was sent
   */
  async replaceToken(grant: Grant): Promise<void> {
    const { token } = grant;
    if (!token || !this.#shown.admit(refreshLock(grant), this.#ports.now())) return;
    const wanted = { scopes: [], forbidden: false, explicit: false, rejected: token.accessToken };
    const never = new AbortController().signal;
    await this.#refresher.refresh(grant, wanted, never).catch(() => undefined);
    const latest = await this.#ports.store.readGrant(grant);
    if (latest?.token?.accessToken === token.accessToken) {
      await this.#ports.store.updateGrant(latest, { token: undefined });
    }
    const { accessToken, expiresAt } = token;
    await revokeTokens(this.#ports.http, { ...grant, token: { accessToken, expiresAt } });
  }

  /** Whether a site holds a grant at what it names; decides how much of a failure it may learn (Z2). */
  async holdsGrantAt(origin: string, resource: string): Promise<boolean> {
    const asked = parseResource(resource, (await readSite(this.#ports, origin)).urls);
    return (await this.#ports.store.findGrant(origin, asked)) !== undefined;
  }

  async #listHeld(origin: string): Promise<HeldAt[]> {
    const { store } = this.#ports;
    const [{ paused }, grants] = await Promise.all([
      readSite(this.#ports, origin),
      store.listGrants({ site: origin }),
    ]);
    if (paused) return [];
    const resources = [...new Set(grants.slice(0, MAX_HELD).map(({ resource }) => resource))];
    const ways = await Promise.all(resources.map((one) => store.listAliases(origin, one)));
    const urls = [...new Set(ways.flat())].slice(0, MAX_HELD);
    return Promise.all(urls.map(async (url) => ({ url, carried: await this.#isCarried(url) })));
  }

  async #isCarried(url: string): Promise<boolean> {
    const { copiesBytes, hasHostAccess } = this.#ports;
    return copiesBytes && (await hasHostAccess([hostPattern(url)]));
  }

  async #readResource({ origin }: PageCaller, resource: string): Promise<string> {
    const { urls } = await readSite(this.#ports, origin);
    try {
      return parseResource(resource, urls);
    } catch (error) {
      if (error instanceof BrokerError) this.#flows.noteRefused({ origin, asked: resource }, error);
      throw error;
    }
  }

  async #obtain(ask: Ask): Promise<Grant> {
    const { origin } = ask.caller;
    let first: string | number | undefined;
    let waits = 0;
    for (let plans = 0; plans < MAX_PLANS && waits < MAX_WAITS; plans += 1) {
      if ((await readSite(this.#ports, origin)).paused) throw new BrokerError('access_denied');
      if (this.#flows.closed) throw new BrokerError('interrupted');
      const grant = await this.#ports.store.findGrant(origin, ask.asked);
      // A key is told from the one before by when it was entered: its value is nowhere but where it is attached.
      const held = grant?.token?.accessToken ?? grant?.signedInAt;
      if (plans + waits === 0) first = ask.keyOf ?? held;
      const wanted = { ...ask.wanted, obtained: held !== first };
      const plan = planToken(grant, wanted, [], this.#ports.now());
      if (plan.do === 'use' && grant) return grant;
      if (plan.do === 'refuse') throw new BrokerError(plan.reason);
      if (plan.do === 'refresh' && grant) {
        if (await this.#refresh(ask, grant)) return grant;
      } else if (!(await this.#gate.connect(ask))) {
        // It was another call's flow: it does not count as a plan of this one.
        waits += 1;
        plans -= 1;
      }
    }
    throw new BrokerError('token_failed');
  }

  /** @returns true only when the server could not be asked, and the token that is held is good for a while */
  async #refresh(ask: Ask, grant: Grant): Promise<boolean> {
    try {
      await this.#refresher.refresh(grant, ask.wanted, ask.signal);
      return false;
    } catch (error) {
      const now = this.#ports.now();
      const latest = await this.#ports.store.findGrant(grant.origin, ask.asked);
      // Network trouble never opens a window (Z10); a token that is still good tides the page over, unless the user
      // has taken it back while the server did not answer.
      const good = grant.token && now < grant.token.expiresAt;
      const isSealedSince = ask.wanted.holds === true && latest !== undefined && isSealed(latest);
      const isHeld = latest?.token?.accessToken === grant.token?.accessToken && !isSealedSince;
      if (good && isHeld && ask.wanted.rejected !== grant.token?.accessToken) return true;
      // The provider may be gone for good (Z51): the page is to hear the server's own 401, and a call that has heard it
      // is planned again.
      const isLost = isOverdue(latest?.trouble, now);
      if (isLost && ask.wanted.unauthorized) return false;
      throw isLost && !ask.interactive
        ? new BrokerError('interaction_required', { cause: error })
        : error;
    }
  }
}

function tokenOf({ token, endsAt }: Grant): Token {
  const { accessToken, granted, expiresAt } = token!;
  return {
    access_token: accessToken,
    token_type: 'Bearer',
    // When the grant ends, so does what the page may do with its copy.
    expires_at: Math.min(expiresAt, endsAt ?? Infinity),
    scope: formatScope(granted),
  };
}
