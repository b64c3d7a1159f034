/**
 * Reading metadata documents: several addresses for one document, and what there is at each. What was found good is
 * remembered for an hour.
 */
import { presentMembers } from '../../protocol/answer.ts';
import { hostOf, hostPattern, parseAllowedUrl } from '../../protocol/url-policy.ts';
import { type UrlPolicy } from '../../shared/facts/allowed-url.ts';
import { BrokerError, type FailureReason } from '../../shared/errors.ts';
import type { Ports, RequestLimits } from '../ports/ports.ts';
import { DOCUMENT_LIFETIME } from '../../shared/facts/limits.ts';

/** JSON, and whatever else a server thinks it is: some refuse to be asked for one type only. */
const ACCEPT = 'application/json, */*;q=0.1';

/** Statuses of a proxy in between, or of a server that answers nothing now: they do not say that there is none. */
const IN_BETWEEN = new Set([407, 408, 425, 429]);

/** Cause of the failure where a web page stood in place of every document. */
export const PAGE = 'page';

/** What reading takes. */
export type DocumentPorts = Pick<Ports, 'http' | 'store' | 'now' | 'hasHostAccess'>;

/** How the documents of one kind are read. */
export interface Reading<T> {
  policy: UrlPolicy;
  fresh: boolean;
  limits: RequestLimits;
  /** Why it fails when there is none. */
  absent: FailureReason;
  /** Why it fails when there is something else in its place. */
  malformed: FailureReason;
  /** The member without which a JSON object is no document of this kind. */
  member: string;
  /** Addresses that are not well-known: a document there has to call itself JSON. */
  mustSayJson?: readonly string[];
  parse(json: unknown): T;
}

/** What there is at one address. `trouble`: the server says nothing about it now. */
type Place<T> =
  | { is: 'found'; found: T; source: string }
  | { is: 'absent' | 'page' | 'malformed' | 'oversized' | 'redirected' | 'trouble' }
  | { is: 'unusable'; error: BrokerError };

/**
 * Tries URLs in order; the first document found decides. A document that is found but wrong ends the search:
 * a later one must not be able to make up for it. Only missing PKCE lets the next document speak.
 */
export async function readFirst<T>(
  ports: DocumentPorts,
  urls: readonly string[],
  reading: Reading<T>,
): Promise<{ found: T; source: string } | { unreadable: string }> {
  const places: Place<T>[] = [];
  const left = [...urls];
  for (let url = left.shift(); url !== undefined; url = left.shift()) {
    const place = await readPlace(ports, url, reading);
    if (place.is === 'found') return place;
    // Redirects are not followed (Z2). The one that servers are fond of leads to the same address with a slash.
    if (place.is === 'redirected' && !/\/$|\?/.test(url)) left.unshift(`${url}/`);
    places.push(place);
  }
  const failure = failureOf(places, reading, urls[0] ?? '');
  // Without host access a server that sends no CORS headers looks exactly like one that is down.
  const pattern = hostPattern(urls[0] ?? '');
  if (failure.code === 'network_error' && !(await ports.hasHostAccess([pattern]))) {
    return { unreadable: pattern };
  }
  throw failure;
}

/** Why nothing was found: what weighs most of all that was met, since there may be a document behind it. */
function failureOf<T>(places: readonly Place<T>[], reading: Reading<T>, url: string): BrokerError {
  const error = places.flatMap((place) => (place.is === 'unusable' ? [place.error] : [])).at(-1);
  if (error) return error;
  const met = (is: Place<T>['is']) => places.some((place) => place.is === is);
  const failed = (reason: FailureReason, cause?: string) =>
    new BrokerError('discovery_failed', { detail: { host: hostOf(url), reason }, cause });
  if (met('trouble')) return failed('unreachable');
  if (met('redirected')) return failed('redirected');
  if (met('oversized')) return failed('oversized');
  if (met('malformed')) return failed(reading.malformed);
  // Single-page applications answer every address with a page: that is no document, and no word that there is none.
  return failed(reading.absent, met('page') ? PAGE : undefined);
}

async function readPlace<T>(
  ports: DocumentPorts,
  url: string,
  reading: Reading<T>,
): Promise<Place<T>> {
  parseAllowedUrl(url, reading.policy);
  try {
    const document = await readDocument(ports, url, reading);
    if (typeof document === 'string') return { is: document };
    const found = reading.parse(document.json);
    // Only what was found good is remembered: a server that has been fixed works at once.
    if (!document.remembered) await ports.store.saveDocument(url, document.json, ports.now());
    return { is: 'found', found, source: url };
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    if (error.detail.reason === 'oversized') return { is: 'oversized' };
    if (error.code !== 'network_error' && error.code !== 'pkce_unsupported') throw error;
    return { is: 'unusable', error };
  }
}

/** The JSON of a document, from memory or from the server; else what there is in its place. */
async function readDocument(
  ports: DocumentPorts,
  url: string,
  reading: Reading<unknown>,
): Promise<
  | { json: unknown; remembered: boolean }
  | 'absent'
  | 'page'
  | 'malformed'
  | 'redirected'
  | 'trouble'
> {
  const { fresh, limits, member } = reading;
  const held = fresh ? undefined : await ports.store.findDocument(url);
  const age = held ? ports.now() - held.fetchedAt : -1;
  if (held && age >= 0 && age < DOCUMENT_LIFETIME) return { json: held.json, remembered: true };
  const response = await ports.http(url, { headers: { accept: ACCEPT } }, limits);
  const { status } = response;
  if (status >= 500 || IN_BETWEEN.has(status)) return 'trouble';
  if (status >= 400) return 'absent';
  if (status >= 300) return 'redirected';
  const type = response.headers.get('content-type') ?? '';
  if (/\bhtml\b/i.test(type)) return 'page';
  const mustSayJson =
    reading.mustSayJson?.includes(url.replace(/\/$/, '')) || reading.mustSayJson?.includes(url);
  const saysJson = /^application\/([\w.-]+\+)?json\b/i.test(type);
  if (status === 204 || (mustSayJson && !saysJson)) return 'malformed';
  const json: unknown = await response.json().catch(() => undefined);
  return presentMembers(json)?.[member] === undefined ? 'malformed' : { json, remembered: false };
}
