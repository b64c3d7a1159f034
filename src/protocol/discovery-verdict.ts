/**
 * Which document counts in discovery. A metadata document may lie at several addresses; what was met at each of them is
 * data, and one list says what weighs more. Pure functions.
 */
import { BrokerError, type FailureReason } from '../shared/errors.ts';

/** What was met at one address. */
export type DocumentOutcome<T> =
  | { is: 'found'; found: T; source: string }
  /** A document that says something wrong: a later one must not be able to make up for it. */
  | { is: 'wrong'; error: BrokerError }
  /** No answer that could be read, or a server that protects codes in another way: the next document may speak. */
  | { is: 'unusable'; error: BrokerError }
  /** A document that only the user lets pass: the next one may be better. */
  | { is: 'weak'; found: T; source: string }
  | { is: Exclude<AnswerKind, 'json'> | 'oversized' };

/**
 * What an answer is, before it is read. `trouble`: the server says nothing about the document now; `page`: a web page
 * for people stands there.
 */
export type AnswerKind = 'json' | 'absent' | 'page' | 'malformed' | 'redirected' | 'trouble';

/** What a search ends with. `unreachable`: no answer, or one that the browser kept from us for want of host access. */
export type DiscoveryVerdict<T> =
  { is: 'found'; found: T; source: string } | { is: 'unreachable' | 'failed'; error: BrokerError };

/** How the failure of a search is called. */
export interface SearchNames {
  /** The server's host. */
  host: string;
  /** Why it fails when there is no document. */
  absent: FailureReason;
  /** Why it fails when there is something else in its place. */
  malformed: FailureReason;
}

/** Cause of the failure where a web page stood in place of every document. */
const PAGE = 'page';

/** Statuses of a proxy in between, or of a server that answers nothing now: they don't say that nothing is there. */
const IN_BETWEEN = new Set([407, 408, 425, 429]);

/**
 * What weighs more comes first: what ends the search, then whatever may hide a document, then what shows that none is
 * there. An answer that was met at any address speaks for the whole search.
 */
const PRECEDENCE = [
  'found',
  'wrong',
  'unusable',
  'weak',
  'trouble',
  'redirected',
  'oversized',
  'malformed',
  'page',
  'absent',
] as const satisfies readonly DocumentOutcome<unknown>['is'][];

/**
 * What an answer is by its status and its media type.
 * @param mustSayJson at an address that isn't well-known a document has to call itself JSON
 */
export function kindOfAnswer(
  { status, contentType }: { status: number; contentType: string },
  mustSayJson: boolean,
): AnswerKind {
  if (status >= 500 || IN_BETWEEN.has(status)) return 'trouble';
  if (status >= 400) return 'absent';
  if (status >= 300) return 'redirected';
  if (/\bhtml\b/i.test(contentType)) return 'page';
  // A server that answers every GET with its stream has no document there.
  if (/^text\/event-stream\b/i.test(contentType)) return 'absent';
  const saysJson = /^application\/([\w.-]+\+)?json\b/i.test(contentType);
  return status === 204 || (mustSayJson && !saysJson) ? 'malformed' : 'json';
}

/**
 * What was met where reading failed.
 * @throws what isn't a BrokerError: a fault of our own
 */
export function outcomeOfError(error: unknown): DocumentOutcome<never> {
  if (!(error instanceof BrokerError)) throw error;
  if (error.detail.reason === 'oversized') return { is: 'oversized' };
  const mayTryNext = error.code === 'network_error' || error.code === 'pkce_unsupported';
  return { is: mayTryNext ? 'unusable' : 'wrong', error };
}

/** True when the search is over, whatever the next address has. */
export function endsSearch({ is }: DocumentOutcome<unknown>): boolean {
  return is === 'found' || is === 'wrong';
}

/**
 * The address to try at once after this one. Redirects aren't followed (Z2), but servers are fond of one: it leads to
 * the same address with a slash.
 */
export function addressAfter(url: string, { is }: DocumentOutcome<unknown>): string | undefined {
  return is === 'redirected' && !/\/$|\?/.test(url) ? `${url}/` : undefined;
}

/** What a search ends with, from what was met at its addresses, in their order. */
export function verdictOf<T>(
  outcomes: readonly DocumentOutcome<T>[],
  names: SearchNames,
): DiscoveryVerdict<T> {
  const rank = ({ is }: DocumentOutcome<T>) => PRECEDENCE.indexOf(is);
  const least = Math.min(...outcomes.map(rank));
  // Of several of a kind the last one counts.
  const heaviest = outcomes.findLast((one) => rank(one) === least) ?? { is: 'absent' as const };
  if (heaviest.is === 'found') return heaviest;
  if (heaviest.is === 'weak') return { ...heaviest, is: 'found' };
  if (heaviest.is !== 'unusable' && heaviest.is !== 'wrong') {
    return { is: 'failed', error: failureOf(heaviest.is, names) };
  }
  const { is, error } = heaviest;
  const isSilent = is === 'unusable' && error.code === 'network_error';
  return { is: isSilent ? 'unreachable' : 'failed', error };
}

function failureOf(
  is: Exclude<DocumentOutcome<never>['is'], 'found' | 'weak' | 'wrong' | 'unusable'>,
  { host, absent, malformed }: SearchNames,
): BrokerError {
  const reasons = {
    trouble: 'unreachable',
    redirected: 'redirected',
    oversized: 'oversized',
    malformed,
    // Single-page applications answer every address with a page: that doesn't say whether the document exists.
    page: absent,
    absent,
  } as const satisfies Record<typeof is, FailureReason>;
  const cause = is === 'page' ? PAGE : undefined;
  return new BrokerError('discovery_failed', { detail: { host, reason: reasons[is] }, cause });
}

/** True for a search that failed for this reason. */
export function failedFor(error: unknown, reason: FailureReason): boolean {
  return error instanceof BrokerError && error.detail.reason === reason;
}

/** True where web pages stood in place of the documents. */
export function isPage(error: unknown): boolean {
  return error instanceof BrokerError && error.cause === PAGE;
}
