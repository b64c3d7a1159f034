/**
 * From a call that the store cannot answer to a flow: whether it may ask a person, what is asked for, and the wait.
 * Whether it may is `mayAsk`'s decision; what it decides on is gathered here.
 */
import { mayAsk, type AskFacts, type AskRates, type AskVerdict } from '../../protocol/may-ask.ts';
import { isUnmet, planToken, type TokenPlan } from '../../protocol/plan.ts';
import { computeScopeUnion } from '../../protocol/scope.ts';
import { BrokerError } from '../../shared/errors.ts';
import type { FlowTable } from '../connect/flow-table.ts';
import type { Budget, Ports } from '../ports/ports.ts';
import type { FlowRequest, Grant } from '../ports/records.ts';
import { readSite } from '../site/policy.ts';
import { standingOf, type Standing } from '../site/refusals.ts';
import type { Ask } from './ask.ts';

/** What holds for a call that only the user or the authorization server can help. */
interface Sight {
  grant: Grant | undefined;
  standing: Standing;
  budget: Budget;
  plan: Extract<TokenPlan, { do: 'authorize' | 'confirm' | 'hand' }>;
}

/** Rates that use nothing up, for a look ahead. */
const UNLIMITED: AskRates = {
  admitsSilentSignIn: () => true,
  admitsQuestion: () => true,
  admitsContact: () => true,
  admitsAttempt: () => true,
};

/** What no other call wants. */
const NOTHING = { scopes: [], demanded: [] };

export class ConnectGate {
  readonly #ports: Ports;
  readonly #flows: FlowTable;
  /** The calls under way: a prompt shows all that the site wants, not one thing after another (Z47). */
  readonly #asking = new Set<Ask>();

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
  async connect(ask: Ask): Promise<boolean> {
    const first = await this.#look(ask);
    if (!first) return true;
    // A refusal that no wait can change is told at once.
    refuse(mayAsk(factsOf(ask, first, { isUnderWay: false, isInFront: true }), UNLIMITED));
    // A flow from before a restart is joined like any other.
    await this.#flows.resumed;
    const isInFront = await this.#ports.isInFront(ask.caller);
    // Meanwhile the user may have paused or disconnected the site, or another call may have signed in.
    const seen = await this.#look(ask);
    if (!seen) return true;
    ask.signal.throwIfAborted();
    // From here to the flow's start in one turn: of fifty calls at once, one is an attempt and the others join it.
    const isUnderWay = this.#flows.isUnderWay(ask.caller.origin, ask.asked);
    refuse(mayAsk(factsOf(ask, seen, { isUnderWay, isInFront }), ratesOf(seen.budget, ask.asked)));
    return this.#join(ask, this.#requestOf(ask, seen));
  }

  /**
   * Plans with the user's refusals, from what holds now.
   * @returns undefined when neither the user nor the authorization server is needed
   * @throws BrokerError when the plan is to refuse, or the site is paused
   */
  async #look({ caller: { origin }, asked, wanted }: Ask): Promise<Sight | undefined> {
    const { store, now } = this.#ports;
    const [{ paused }, refusals, grant, budget] = await Promise.all([
      readSite(this.#ports, origin),
      store.findRefusals(origin),
      store.findGrant(origin, asked),
      this.#ports.budgets.of(origin),
    ]);
    if (paused) throw new BrokerError('access_denied');
    const standing = standingOf(refusals, { asked, held: grant?.resource }, now());
    const plan = planToken(grant, wanted, standing.refused, now());
    if (plan.do === 'refuse') throw new BrokerError(plan.reason);
    return plan.do === 'use' || plan.do === 'refresh'
      ? undefined
      : { grant, standing, plan, budget };
  }

  #requestOf(ask: Ask, { grant, plan, standing }: Sight): FlowRequest {
    const { wanted, tool } = ask;
    // A sign-in without a question must not become one: whatever wants more asks for it, and may be silenced.
    const asks = plan.do === 'authorize' && (!grant || plan.added.length > 0);
    const also = asks ? this.#alsoWanted(ask, grant, standing.refused) : NOTHING;
    return {
      scopes: plan.do === 'authorize' ? computeScopeUnion(plan.scopes, also.scopes) : [],
      demanded: computeScopeUnion(wanted.forbidden ? wanted.scopes : [], also.demanded),
      ...(wanted.explicit && { named: true as const }),
      ...(ask.resourceMetadata !== undefined && { resourceMetadata: ask.resourceMetadata }),
      challenged: ask.challenged,
      rediscover: plan.do === 'authorize' && plan.rediscover,
      ...(!ask.carried && { holds: true as const }),
      ...(ask.dpop && { dpop: ask.dpop }),
      ...(plan.do === 'authorize' && plan.unbound && { unbound: true as const }),
      ...(ask.quiet && !grant && { quiet: true as const }),
      ...(plan.do === 'confirm' && { scopes: plan.excess, excess: plan.excess }),
      ...(plan.do === 'hand' && { hand: true as const }),
      ...(wanted.holds && { holds: true as const }),
      ...(tool !== undefined && { tool }),
    };
  }

  async #join({ caller, asked, signal, joined }: Ask, request: FlowRequest): Promise<boolean> {
    const { origin } = caller;
    try {
      return await this.#flows.join({ caller, asked, signal, joined }, request);
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

function ratesOf(budget: Budget, asked: string): AskRates {
  return {
    admitsSilentSignIn: () => budget.admits('signIn'),
    admitsQuestion: () => budget.admits('question'),
    admitsContact: () => budget.admits('host', new URL(asked).host),
    admitsAttempt: () => budget.take('attempt'),
  };
}

function factsOf(
  { interactive }: Ask,
  { grant, plan, standing }: Sight,
  seen: Pick<AskFacts, 'isUnderWay' | 'isInFront'>,
): AskFacts {
  return {
    ...seen,
    plan,
    isHeld: grant !== undefined,
    isInteractive: interactive,
    isBarred: standing.barred,
    isSilenced: standing.silenced,
  };
}

/** @throws BrokerError the code of a verdict that lets nobody be asked */
function refuse(verdict: AskVerdict): void {
  if (verdict !== 'ask' && verdict !== 'silent') throw new BrokerError(verdict);
}
