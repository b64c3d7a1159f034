/** What a row of the table is: one server, where it was met, and how it is to end. */
import type { OverrideEntry } from '../../src/shared/facts/override.ts';
import type { RecipeName } from '../../src/shared/facts/recipes.ts';
import type { Ours } from './ours.ts';
import { SENTENCES } from './sentences.ts';
import type { WildServer } from './server.ts';

/** One variant. Adding a case is adding one of these. */
export interface Row {
  id: string;
  /** What the server does differently from the faithful one. */
  variant: string;
  /** The public report that it comes from, or `constructed`. */
  source: string;
  change?: (server: WildServer) => void;
  wants: Wanted;
  /** What happens once it is connected; by default two hours pass, and every token is dead. */
  later?: Later;
  /** Why we do not connect where the official client does: number of the decision. */
  adr?: string;
  /** Server, provider and page are on this computer. */
  isLocal?: true;
  /** The person has a client of their own there. */
  byHand?: true;
  /** The person ticks what a question says is missing (Z53); else they say no. */
  ticks?: true;
  /** The person has entered their client in the settings before anything is tried. */
  entered?: true;
  /** What they have set in the settings before. */
  overrides?: (server: WildServer) => OverrideEntry[];
  /** What they untick after a sign-in that failed, before they try again. */
  leavesOut?: string[];
  /** The provider of docs/providers that the server plays. */
  recipe?: RecipeName;
  /** Names of the same case in the second list of reports; an F marks a refresh. */
  faults?: string;
}

/** Acts on the page and the clocks once it is connected; resolves what was seen. */
export type Later = (ours: Ours, server: WildServer) => Promise<string>;

/** How it is to end. */
export type Wanted = Connected | Refused;

/** The page's request was served. */
export interface Connected {
  is: 'connected';
  /** Questions and sign-in windows until then. */
  asks: number;
  windows: number;
  /** What {@link Row.later} is to see. */
  later: string;
}

/** It was not; a person reads why. */
export interface Refused {
  is: 'refused';
  /** Code and reason, `code/reason`; or what the page sees when nobody was asked. */
  why: string;
  asks: number;
  windows: number;
  /** The sentence that the person reads; empty when there is nothing to read. */
  says: string;
}

/** What the page sees in three calls after everything has expired, and what the person has to do for it. */
const STAYS = '200 200 200, 0 asked, 0 windows';
/** The same where there is no refresh token, or none that the server takes: one more sign-in, and no question. */
export const SIGNS_IN_AGAIN = '200 200 200, 0 asked, 1 window';

/** Connected after one question and one sign-in window, and it stays so. */
export function connects(change: Partial<Omit<Connected, 'is'>> = {}): Connected {
  return { is: 'connected', asks: 1, windows: 1, later: STAYS, ...change };
}

/** Not connected, for this reason; by default before anybody was asked anything. */
export function refuses(why: string, change: Partial<Omit<Refused, 'is' | 'why'>> = {}): Refused {
  const [, reason = ''] = why.split('/');
  const says = SENTENCES[reason] ?? '';
  return { is: 'refused', why, asks: 0, windows: 0, says, ...change };
}

/** Not connected after the person had allowed it, and before a sign-in window. */
export function refusesAfterAllow(why: string): Refused {
  return refuses(why, { asks: 1 });
}

/** Not connected after a sign-in window. */
export function refusesAfterSignIn(why: string, change: Partial<Refused> = {}): Refused {
  return refuses(why, { asks: 1, windows: 1, ...change });
}

/** How it ended, in one line; wanted and seen are compared as such. */
export function told(outcome: Wanted): string {
  const { asks, windows } = outcome;
  const counts = `${asks} asked, ${counted(windows, 'window')}`;
  if (outcome.is === 'connected') {
    return `connected · ${counts}${outcome.later ? ` · later ${outcome.later}` : ''}`;
  }
  return `${outcome.why} · ${counts}${outcome.says ? ` · “${outcome.says}”` : ''}`;
}

/** `1 window`, `2 windows`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
