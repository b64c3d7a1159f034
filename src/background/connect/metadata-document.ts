/**
 * Reading metadata documents: several addresses for one document, and what is met at each. What that amounts to is
 * decided in protocol/discovery-verdict.ts. A document that was found good is remembered for an hour.
 */
import { presentMembers } from '../../protocol/answer.ts';
import {
  addressAfter,
  endsSearch,
  kindOfAnswer,
  outcomeOfError,
  verdictOf,
  type AnswerKind,
  type DocumentOutcome,
  type SearchNames,
} from '../../protocol/discovery-verdict.ts';
import { hostOf, hostPattern, parseAllowedUrl } from '../../protocol/url-policy.ts';
import { type UrlPolicy } from '../../shared/facts/allowed-url.ts';
import type { Ports, RequestLimits } from '../ports/ports.ts';
import type { Recall } from './read-documents.ts';
import { DOCUMENT_LIFETIME } from '../../shared/facts/limits.ts';

/** JSON, and whatever else a server thinks it is: some refuse to be asked for one type only. */
const ACCEPT = 'application/json, */*;q=0.1';

/** What reading takes. */
export type DocumentPorts = Pick<Ports, 'http' | 'store' | 'now' | 'hasHostAccess'>;

/** A search for one document. */
export interface DocumentSearch<T> extends Omit<SearchNames, 'host'> {
  /** Where it may lie, in the order in which the addresses are tried. Failures name the host of the first. */
  urls: readonly string[];
  policy: UrlPolicy;
  /** Read again what is remembered. */
  fresh: boolean;
  /** What of the remembered documents may be used; absent: all. */
  recall: Recall | undefined;
  limits: RequestLimits;
  /** The member without which a JSON object is no document of this kind. */
  member: string;
  /** True for an address where a document has to call itself JSON; absent: nowhere. */
  mustSayJson?: (url: string) => boolean;
  /** @throws BrokerError when the document is wrong, or is useless to us */
  parse: (json: unknown) => T;
  /** True for a document that counts only where no other address has a better one; absent: never. */
  isWeak?: (found: T) => boolean;
  /** What of a document that was parsed is remembered: a server may write megabytes around it (T-12). */
  keep: (json: unknown) => object;
}

/** A document, and the address at which it lay. */
export interface FoundDocument<T> {
  found: T;
  source: string;
}

/** The match pattern of a host to which access has to be given before anything there can be read. */
export interface Unreadable {
  unreadable: string;
}

/** What the answer at one address is. */
type Answer =
  { is: 'json'; json: unknown; remembered: boolean } | { is: Exclude<AnswerKind, 'json'> };

/**
 * Searches for a document.
 * @throws BrokerError what the verdict on all that was met is, where there is no document that counts
 */
export async function searchDocument<T>(
  ports: DocumentPorts,
  search: DocumentSearch<T>,
): Promise<FoundDocument<T> | Unreadable> {
  const { urls, absent, malformed } = search;
  const [first = ''] = urls;
  const outcomes = await tryAddresses(ports, search);
  const verdict = verdictOf(outcomes, { host: hostOf(first), absent, malformed });
  if (verdict.is === 'found') return verdict;
  if (verdict.is === 'unreachable') {
    // Without host access a server that sends no CORS headers looks exactly like one that is down.
    const unreadable = hostPattern(first);
    if (!(await ports.hasHostAccess([unreadable]))) return { unreadable };
  }
  throw verdict.error;
}

/** What was met at the addresses, one after the other, up to the one that ended the search. */
async function tryAddresses<T>(
  ports: DocumentPorts,
  search: DocumentSearch<T>,
): Promise<DocumentOutcome<T>[]> {
  const outcomes: DocumentOutcome<T>[] = [];
  const left = [...search.urls];
  for (let url = left.shift(); url !== undefined; url = left.shift()) {
    const outcome = await tryAddress(ports, url, search);
    outcomes.push(outcome);
    if (endsSearch(outcome)) break;
    const next = addressAfter(url, outcome);
    if (next !== undefined) left.unshift(next);
  }
  return outcomes;
}

async function tryAddress<T>(
  ports: DocumentPorts,
  url: string,
  search: DocumentSearch<T>,
): Promise<DocumentOutcome<T>> {
  let isRemembered = false;
  try {
    parseAllowedUrl(url, search.policy);
    const answer = await readAnswer(ports, url, search);
    if (answer.is !== 'json') return answer;
    isRemembered = answer.remembered;
    const found = search.parse(answer.json);
    // Only what was found good is remembered: a server that has been fixed works at once.
    if (!answer.remembered) {
      // What doesn't fit on the disk is read again the next time.
      const saved = ports.store.saveDocument(url, search.keep(answer.json), ports.now());
      await saved.catch(() => undefined);
      search.recall?.add(url);
    }
    return { is: search.isWeak?.(found) ? 'weak' : 'found', found, source: url };
  } catch (error) {
    // Damaged on the disk, or good for another site only: what the server says now counts.
    if (isRemembered) return tryAddress(ports, url, { ...search, fresh: true });
    return outcomeOfError(error);
  }
}

/** The JSON of a document, from memory or from the server; else what stands in its place. */
async function readAnswer(
  ports: DocumentPorts,
  url: string,
  { fresh, recall, limits, member, mustSayJson }: Omit<DocumentSearch<unknown>, 'isWeak'>,
): Promise<Answer> {
  const mayRecall = !fresh && (recall?.has(url) ?? true);
  const held = mayRecall ? await ports.store.findDocument(url) : undefined;
  const age = held ? ports.now() - held.fetchedAt : -1;
  if (held && age >= 0 && age < DOCUMENT_LIFETIME) {
    return { is: 'json', json: held.json, remembered: true };
  }
  const response = await ports.http(url, { headers: { accept: ACCEPT } }, limits);
  const contentType = response.headers.get('content-type') ?? '';
  const is = kindOfAnswer({ status: response.status, contentType }, mustSayJson?.(url) ?? false);
  if (is !== 'json') return { is };
  const json: unknown = await response.json().catch(() => undefined);
  const isDocument = presentMembers(json)?.[member] !== undefined;
  return isDocument ? { is, json, remembered: false } : { is: 'malformed' };
}
