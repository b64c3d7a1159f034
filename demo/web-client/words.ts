/** What the page says of counts and refusals, and which steps it has seen. Decisions only: no document, no clock. */
import type { SeenStep } from '../check-list.ts';
import type { Tally } from './site.ts';
import type { Happening } from './view.ts';

/** The strip: what the page's own script asked of OAuth servers, what Grantkeeper asked, and how often people were asked. */
export function describeCounts(own: number, { grantkeeper, questions }: Tally): string {
  const asked = questions === undefined ? '' : ` · questions ${questions}`;
  return `OAuth requests: this page ${own} · Grantkeeper ${grantkeeper}${asked}`;
}

/** What was spent between two counts. `asked` is undefined where nobody counts questions. */
export interface Spent {
  requests: number;
  renewed: number;
  asked: number | undefined;
}

/** The difference between two counts; undefined where there are none. */
export function spentBetween(before?: Tally, after?: Tally): Spent | undefined {
  if (!before || !after) return undefined;
  const { questions: former } = before;
  const { questions: now } = after;
  return {
    requests: after.grantkeeper - before.grantkeeper,
    renewed: after.refreshes - before.refreshes,
    asked: former === undefined || now === undefined ? undefined : now - former,
  };
}

/** The end of a line under “What happened”. */
export function describeSpent({ requests, asked = 0 }: Spent): string {
  const words = [`${requests === 0 ? 'no' : requests} OAuth request${requests === 1 ? '' : 's'}`];
  if (asked > 0) words.push(`${asked} question${asked === 1 ? '' : 's'}`);
  return words.join(', ');
}

/** What a page knows of a refusal: not who refused, but whether anybody was asked, and when it was refused before. */
export interface Refused {
  /** What was to be done: `Adding a note`. */
  what: string;
  /** The permission that the server wants, where its answer names one. */
  needed: string | undefined;
  /** Questions that were asked for it; undefined where nobody counts. */
  asked: number | undefined;
  /** When the same was last refused after a question: `14:04`. */
  deniedAt: string | undefined;
}

/** A refusal in words. A page is never told why, so it says what it has seen. */
export function describeRefusal({ what, needed, asked, deniedAt }: Refused): string {
  const fact = `${what} isn’t allowed${needed === undefined ? '' : `: it needs ${needed}`}.`;
  if (asked === undefined) return fact;
  if (asked > 0) return `${fact} Grantkeeper asked you, and you didn’t allow it.`;
  if (deniedAt === undefined) return `${fact} Grantkeeper didn’t ask you.`;
  // Denied, or the window was closed: a page isn't told which.
  return `You didn’t allow this at ${deniedAt}, so Grantkeeper didn’t ask again. ${fact}`;
}

/** One attempt of the page, as it went. */
export interface Attempt {
  step: 'connect' | 'read' | 'write' | 'delete' | 'release';
  kind: Happening;
  spent: Spent | undefined;
  /** The site was allowed more than before, while it was connected. */
  steppedUp: boolean;
  /** The same was refused before, after a question. */
  wasDenied: boolean;
}

/** The steps of the check list that this attempt has shown. */
export function stepsSeen({ step, kind, spent, steppedUp, wasDenied }: Attempt): SeenStep[] {
  const seen: SeenStep[] = [];
  // The notes are read as soon as the page is connected.
  if (kind === 'connected') seen.push('connect', 'read');
  if (kind === 'called') {
    if (step === 'read') seen.push('read');
    if (steppedUp) seen.push('step-up');
    if (spent && spent.renewed > 0 && spent.asked === 0) seen.push('wait');
  }
  if (kind === 'refused' && wasDenied && spent?.asked === 0) seen.push('deny');
  return seen;
}
