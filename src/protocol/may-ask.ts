/**
 * May this call ask a person now? The sister of the plan (`plan.ts`): the plan says that only the user or the
 * authorization server can help, and this table says whether the site may bring that about. A pure function.
 */
import type { ErrorCode } from '../shared/errors.ts';
import type { TokenPlan } from './plan.ts';

/** What is known of a call that can't go on without the user or the authorization server. */
export interface AskFacts {
  /** What the call needs: an authorization, or the user's word on what the server granted beyond the question. */
  plan: Extract<TokenPlan, { do: 'authorize' | 'confirm' | 'hand' }>;
  /** Whether the site holds a grant at this server. */
  isHeld: boolean;
  /** The page said that this call may ask (`interactive`). */
  isInteractive: boolean;
  /** The user, or an embargo, has refused the connection itself, and that still counts. */
  isBarred: boolean;
  /** The user has refused this site so often that it may ask nothing for now. */
  isSilenced: boolean;
  /** A flow for this site and server is alive: the call joins it and brings about nothing new. */
  isUnderWay: boolean;
  /** The tab that calls is the one that the user looks at. */
  isInFront: boolean;
}

/** What the site's budget has room for (Z39). Windows and hosts are counted when they come, attempts when asked here. */
export interface AskRates {
  /** One more sign-in window without a question before it. */
  admitsSilentSignIn(): boolean;
  /** One more question on the screen. */
  admitsQuestion(): boolean;
  /** One more server contacted for a site that holds no grant there (T-25). */
  admitsContact(): boolean;
  /** One more flow. It is asked last, since to ask is to use it up. */
  admitsAttempt(): boolean;
}

/** `ask`: with a question to the user; `silent`: a sign-in window at once; else the code that the call fails with. */
export type AskVerdict =
  'ask' | 'silent' | Extract<ErrorCode, 'access_denied' | 'interaction_required' | 'rate_limited'>;

/** Everything that was ever asked for was allowed before: signing in again needs no question of ours. */
function isSilent({ plan, isHeld }: AskFacts): boolean {
  return plan.do === 'authorize' && isHeld && plan.added.length === 0 && !plan.hands;
}

type Rule = readonly [verdict: AskVerdict, applies: (facts: AskFacts, rates: AskRates) => boolean];

/**
 * The first rule that applies decides, and the order is a matter of security. A refusal comes before anything the page
 * can influence, and a passive call never gets as far as a rate: it must neither use one up nor learn of it. What is
 * under way is joined, whatever is used up: it was counted when it began.
 */
const RULES: readonly Rule[] = [
  ['access_denied', ({ isBarred }) => isBarred],
  ['interaction_required', ({ isInteractive }) => !isInteractive],
  // A page can bring a sign-in window about by saying that its token was refused: only over its own tab, and seldom.
  ['silent', (facts) => isSilent(facts) && facts.isUnderWay],
  ['interaction_required', (facts) => isSilent(facts) && !facts.isInFront],
  ['rate_limited', (facts, rates) => isSilent(facts) && !rates.admitsSilentSignIn()],
  ['rate_limited', (facts, rates) => isSilent(facts) && !rates.admitsAttempt()],
  ['silent', (facts) => isSilent(facts)],
  ['rate_limited', ({ isSilenced }) => isSilenced],
  ['ask', ({ isUnderWay }) => isUnderWay],
  ['rate_limited', (_, rates) => !rates.admitsQuestion()],
  ['rate_limited', ({ isHeld }, rates) => !isHeld && !rates.admitsContact()],
  ['rate_limited', (_, rates) => !rates.admitsAttempt()],
];

/** Whether a call may ask the user, or sign in without a question, or fails, and with which code. */
export function mayAsk(facts: AskFacts, rates: AskRates): AskVerdict {
  const rule = RULES.find(([, applies]) => applies(facts, rates));
  return rule?.[0] ?? 'ask';
}
