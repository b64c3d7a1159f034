/**
 * A server's address may be a key as well: `https://mcp.example/mcp?api_key=…`, or a long random segment of its path.
 * What is written down for people, shown in the history or exported has it without that part (T-32). Hosts are no
 * secrets, and the grant itself works by the whole address.
 */

/** Stands for what is hidden. */
const HIDDEN = '…';

/** Origin, path and query, as they are written; user information and fragment are left out. */
const PARTS = /^([a-z][a-z0-9+.-]*:\/\/)(?:[^/?#]*@)?([^/?#]*)([^?#]*)(?:\?([^#]*))?/i;

/** Long enough to be a key by its look alone; characters. */
const LONG = 20;
/** What says of itself that it is one may be shorter; characters. */
const NAMED = 12;
const KEY_PREFIX = /^(sk|pk|rk|gh[a-z]|glpat|xox[a-z]|key|apikey|api|tok|token|secret)[-_.]/i;
/** Parts of ordinary names: words in one case, years, versions. */
const ORDINARY =
  /^([a-z]{0,19}|([A-Z][a-z]{2,19}){1,4}|[A-Z]{0,19}|\d{1,8}|v\d{1,4}|[a-z]{1,12}\d{1,4})$/;
/** A parameter that stands without a value: an ordinary word is none. */
const WORD = /^[a-z_-]{1,15}$/i;
/** Something shorter stands in too many texts to be taken for the key; characters. */
const MIN_KEY = 8;

/** The address, without what may be a key. What is no address comes back as it is; a second time changes nothing. */
export function shownAddress(address: string): string {
  return rewrite(address, () => HIDDEN);
}

/** What {@link shownAddress} hides, in each form in which a text may hold it: longest first. */
export function keysIn(address: string): string[] {
  const keys = new Set<string>();
  rewrite(address, (key) => {
    const plain = decoded(key);
    for (const form of [key, plain, encodeURIComponent(key), encodeURIComponent(plain)]) {
      if (form.length >= MIN_KEY) keys.add(form);
    }
    return HIDDEN;
  });
  return [...keys].sort((one, other) => other.length - one.length);
}

/** The same value, its texts without these keys. */
export function withoutKeys<T>(value: T, keys: readonly string[]): T {
  if (keys.length === 0) return value;
  if (typeof value === 'string') {
    return keys.reduce((text: string, key) => text.replaceAll(key, HIDDEN), value) as T;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one: unknown) => withoutKeys(one, keys)) as T;
  const members = Object.entries(value).map(([name, one]) => [
    withoutKeys(name, keys),
    withoutKeys<unknown>(one, keys),
  ]);
  return Object.fromEntries(members) as T;
}

/** Free text without the words that look like keys: a server may repeat what any flow has given it. */
export function withoutKeyWords(text: string): string {
  return text.replace(/[\w.~+%-]{12,}/g, (word) => (isKey(word) ? HIDDEN : word));
}

function rewrite(address: string, hide: (key: string) => string): string {
  const [, scheme, host, path, query] = PARTS.exec(address) ?? [];
  if (scheme === undefined || host === undefined || path === undefined) return address;
  const segments = path
    .split('/')
    .map((one) => (isKey(one) ? hide(one) : rewriteMatrix(one, hide)));
  const shown = scheme + host + segments.join('/');
  if (query === undefined) return shown;
  const pairs = query.split('&').map((pair) => rewritePair(pair, hide));
  return `${shown}?${pairs.join('&')}`;
}

/** `;token=value` in a path. */
function rewriteMatrix(segment: string, hide: (key: string) => string): string {
  if (!segment.includes('=')) return segment;
  return segment
    .split(';')
    .map((pair) => (pair.includes('=') ? rewritePair(pair, hide) : pair))
    .join(';');
}

/** Every value is hidden: which parameter is the key, its server alone knows. */
function rewritePair(pair: string, hide: (key: string) => string): string {
  const at = pair.indexOf('=');
  if (at < 0) return WORD.test(pair) || pair === HIDDEN || pair === '' ? pair : hide(pair);
  const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
  const shown = isKey(name) ? hide(name) : name;
  return `${shown}=${value === '' || value === HIDDEN ? value : hide(value)}`;
}

/** Whether part of a path looks like a key: long and random, or with the prefix of one. */
function isKey(segment: string): boolean {
  const text = decoded(segment);
  if (text.length < NAMED || /=./.test(text.replace(/=+$/, ''))) return false;
  const isRandom = text.split(/[-_.~ ]/).some((part) => !ORDINARY.test(part));
  return isRandom && (text.length >= LONG || KEY_PREFIX.test(text));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
