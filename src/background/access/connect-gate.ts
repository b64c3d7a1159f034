/**
 * From a call that the store cannot answer to a flow: whether it may ask a person, what is asked for, and the wait.
 * Whether it may is `mayAsk`'s decision; what it decides on is gathered here.
 */
import { mayAsk, type AskVerdict } from '../../protocol/may-ask.ts';
import { isUnmet, planToken, type TokenPlan } from '../../protocol/plan.ts';
import { computeScopeUnion } from '../../protocol/scope.ts';
import { BrokerError } from '../../shared/errors.ts';
import { SlidingWindow } from '../concurrency/sliding-window.ts';
import type { FlowTable } from '../connect/flow-table.ts';
import type { Ports } from '../ports/ports.ts';
import type { FlowRequest, Grant } from '../ports/records.ts';
import { readSite } from '../site/policy.ts';
import { standingOf, type Standing } from '../site/refusals.ts';
import type { Ask } from './ask.ts';

/** Servers that a site may have contacted without holding a grant there, per minute (T-25). */
const NEW_SERVERS_PER_MINUTE = 3;
/** Attempts to connect without a grant, to whatever address, per site and minute. */
const ATTEMPTS_PER_MINUTE = 20;
/** Sign-in windows without a prompt, per site and server, in ten minutes. */
const SILENT_SIGN_INS = 3;

/** A plan that only the user or the authorization server can carry out. */
type OpenPlan = Extract<TokenPlan, { do: 'authorize' | 'confirm' }>;

/** What no other call wants. */
const NOTHING = { scopes: [], demanded: [] };

export class ConnectGate {
  readonly #ports: Ports;
  readonly #flows: FlowTable;
  /** The calls under way: a prompt shows all that the site wants, not one thing after another (Z47). */
  readonly #asking = new Set<Ask>();
  readonly #attempts = new SlidingWindow(ATTEMPTS_PER_MINUTE, 60_000);
  readonly #silentSignIns = new SlidingWindow(SILENT_SIGN_INS, 600_000);
  readonly #newServers = new SlidingWindow(NEW_SERVERS_PER_MINUTE, 60_000);

  constructor(ports: Ports, flows: FlowTable) {
    this.#ports = ports;
    this.#flows = flows;
  }

  /** Counts a call as under way while `work` runs: what it wants is part of what its site is asked. */
  async during<T>(ask: Ask, work: () => Promise<T>): Promise<T> {
    this.#asking.add(ask);
    try {
      return await work();
    } finally {
      this.#asking.delete(ask);
    }
  }

  /**
   * Connects a site, or widens its grant, as far as this call may bring that about. What came of it is in the store.
   * @returns false when the flow that was waited for was another call's, and about something else
   * @throws BrokerError why the call may not ask, or what ended the flow
   */
  async connect(ask: Ask, grant: Grant | undefined): Promise<boolean> {
    const { store, now } = this.#ports;
    const { caller, asked, wanted } = ask;
    const standing = standingOf(await store.findRefusals(caller.origin), asked, now());
    const plan = planToken(grant, wanted, standing.refused, now());
    if (plan.do === 'refuse') throw new BrokerError(plan.reason);
    if (plan.do !== 'authorize' && plan.do !== 'confirm') return true;
    // A flow from before a restart is joined like any other.
    await this.#flows.resumed;
    const isInFront = await this.#ports.isInFront(caller.tabId);
    // From here to the flow's start in one turn: of fifty calls at once, one is an attempt and the others join it.
    const verdict = this.#judge(ask, grant, { plan, standing, isInFront });
    if (verdict !== 'ask' && verdict !== 'silent') throw new BrokerError(verdict);
    return this.#join(ask, this.#requestOf(ask, grant, { plan, standing }));
  }

  #judge(
    { caller: { origin }, asked, interactive }: Ask,
    grant: Grant | undefined,
    { plan, standing, isInFront }: { plan: OpenPlan; standing: Standing; isInFront: boolean },
  ): AskVerdict {
    const now = this.#ports.now();
    const facts = {
      plan,
      isHeld: grant !== undefined,
      isInteractive: interactive,
      isBarred: standing.barred,
      isSilenced: standing.silenced,
      isUnderWay: this.#flows.isUnderWay(origin, asked),
      isInFront,
    };
    return mayAsk(facts, {
      admitsSilentSignIn: () => this.#silentSignIns.admit(`${origin} ${asked}`, now),
      admitsContact: () =>
        this.#attempts.admit(origin, now) &&
        this.#newServers.admit(origin, now, new URL(asked).host),
    });
  }

  #requestOf(
    ask: Ask,
    grant: Grant | undefined,
    { plan, standing }: { plan: OpenPlan; standing: Standing },
  ): FlowRequest {
    const { wanted } = ask;
    // A sign-in without a question must not become one: whatever wants more asks for it, and may be silenced.
    const asks = plan.do === 'authorize' && (!grant || plan.added.length > 0);
    const also = asks ? this.#alsoWanted(ask, grant, standing.refused) : NOTHING;
    return {
      scopes: plan.do === 'authorize' ? computeScopeUnion(plan.scopes, also.scopes) : plan.excess,
      demanded: computeScopeUnion(wanted.forbidden ? wanted.scopes : [], also.demanded),
      ...(ask.resourceMetadata !== undefined && { resourceMetadata: ask.resourceMetadata }),
      challenged: ask.challenged,
      rediscover: plan.do === 'authorize' && plan.rediscover,
      ...(ask.quiet && !grant && { quiet: true as const }),
      ...(plan.do === 'confirm' && { excess: plan.excess }),
    };
  }

  async #join({ caller, asked, signal }: Ask, request: FlowRequest): Promise<boolean> {
    const { origin, tabId } = caller;
    try {
      return await this.#flows.join({ origin, asked, tabId, signal }, request);
    } catch (error) {
      const isWithdrawn =
        error instanceof BrokerError && error.code === 'aborted' && !signal.aborted;
      if (isWithdrawn && (await readSite(this.#ports, origin)).paused) {
        throw new BrokerError('access_denied', { cause: error });
      }
      throw error;
    }
  }

  /** What other calls of the same site want of the same server, and may be asked for now. */
  #alsoWanted(ask: Ask, grant: Grant | undefined, refused: readonly string[]) {
    const now = this.#ports.now();
    const others = [...this.#asking].filter(
      ({ caller, asked, interactive }) =>
        interactive && caller.origin === ask.caller.origin && asked === ask.asked,
    );
    const isUnmetHere = (scope: string) => grant !== undefined && isUnmet(grant, scope, now);
    const askable = (asks: readonly Ask[]) =>
      asks
        .flatMap(({ wanted }) => wanted.scopes)
        .filter((scope) => !refused.includes(scope) && !isUnmetHere(scope));
    return {
      scopes: askable(others),
      demanded: askable(others.filter(({ wanted }) => wanted.forbidden)),
    };
  }
}
