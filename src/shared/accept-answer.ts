/** What an answer to a prompt amounts to: a pure function of the prompt that is open and the answer that came. */
import { compact } from './facts/compact.ts';
import type { Duration } from './facts/duration.ts';
import { isChoice } from './facts/ticked.ts';
import type { Decision, KeyEntry, PromptSnapshot, Way } from './prompt.ts';
import type { ClientEntry } from './settings.ts';

/** The question that is open, as its prompt shows it. */
export interface OpenPrompt {
  snapshot: PromptSnapshot;
  nonce: string;
  digest: string;
}

/** An answer that counts. `leadsOn`: the next question follows at once, since only the last says what a site may do. */
export type Accepted =
  | { decision: 'deny'; leadsOn: false }
  /** The user turned to another authorization server. */
  | { decision: 'choose'; leadsOn: true; issuer: string }
  /** The user turned to another way of being known there. */
  | { decision: 'choose'; leadsOn: true; way: Way }
  | Allowed;

/** The user said yes; what that brings depends on the question. */
export interface Allowed {
  decision: 'allow';
  leadsOn: boolean;
  /** Match pattern of the host that may be contacted from now on. */
  contact?: string;
  /** The client that the user entered; whether it can be one is checked where it is saved. */
  client?: ClientEntry;
  /** The key that the user entered; whether it can be one is checked where it is saved. */
  key?: KeyEntry;
  /** How long the grant may last. */
  duration?: Duration;
  /** Whether no page may hold the token. */
  sealed?: boolean;
  /** Which of the added scopes may be asked for; absent: all of them. */
  scopes?: string[];
}

/**
 * Judges an answer.
 * @returns undefined when it is not about the question that is open, or no answer to it: then nothing may happen
 */
export function acceptAnswer(
  { snapshot, nonce, digest }: OpenPrompt,
  answer: Decision,
): Accepted | undefined {
  if (answer.nonce !== nonce || answer.digest !== digest) return undefined;
  const { decision } = answer;
  if (decision === 'deny') return { decision, leadsOn: false };
  return decision === 'choose' ? acceptChoice(snapshot, answer) : acceptConsent(snapshot, answer);
}

/** The way that a question offers beside its own: a first sign-in may give way to a key, by the user's choice (Z37). */
export function otherWayOf({
  stage,
  credential,
  scopes,
  otherWay,
}: PromptSnapshot): Way | undefined {
  if (stage !== 'allow') return undefined;
  const isFirst = credential === undefined && scopes.held.length === 0;
  return isFirst ? 'key' : otherWay;
}

/** Only what the prompt offers can be chosen, and staying where one is isn't a choice. */
function acceptChoice(
  snapshot: PromptSnapshot,
  { issuer: chosen, way }: Decision,
): Accepted | undefined {
  const { issuer, issuers = [] } = snapshot;
  if (way !== undefined) {
    const isOffered = chosen === undefined && way === otherWayOf(snapshot);
    return isOffered ? { decision: 'choose', leadsOn: true, way } : undefined;
  }
  if (chosen === undefined || chosen === issuer || !issuers.includes(chosen)) return undefined;
  return { decision: 'choose', leadsOn: true, issuer: chosen };
}

function acceptConsent(snapshot: PromptSnapshot, answer: Decision): Allowed | undefined {
  const { stage, contact, issuer } = snapshot;
  const allowed = compact({ decision: 'allow' as const, contact });
  switch (stage) {
    case 'reach':
      return { ...allowed, leadsOn: true };
    case 'client':
      // The issuer is the prompt's own: an answer could otherwise store a client for another one (R37).
      return answer.client && issuer !== undefined
        ? { ...allowed, leadsOn: true, client: { ...answer.client, issuer } }
        : undefined;
    case 'allow': {
      const duration = answer.duration ?? snapshot.duration ?? 'always';
      const isWanted = snapshot.credential === 'key' && !snapshot.keyHeld;
      // Nothing is let pass by Allow alone, and nothing that wasn't asked about (Z53).
      if (!isSame(answer.overrides ?? [], snapshot.missing ?? [])) return undefined;
      // No key where none is asked for, and no yes without one where it is.
      if ((answer.key !== undefined) !== isWanted) return undefined;
      const { key, sealed, scopes } = answer;
      // Fewer may be allowed where a sign-in asks for them, and never so few that the server would decide.
      const isFewer = scopes !== undefined;
      if (isFewer && (snapshot.credential || !isChoice(snapshot.scopes, scopes))) return undefined;
      return compact({ ...allowed, leadsOn: false, duration, key, sealed, scopes });
    }
    case 'hand':
    case 'excess':
      return { ...allowed, leadsOn: false };
  }
}

/** Whether both name the same, in any order, each once. */
function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && others.every((one) => some.includes(one));
}
