/**
 * What a carried request and its answer may say in headers (Z29). Nothing passes that is not on a list: a browser lets
 * a background set `Origin` and read what no page may, so a list of what is forbidden would have to know everything.
 */

import { mayBeAllowed } from '../shared/facts/header-names.ts';

export { mayBeAllowed, mayCarryKey } from '../shared/facts/header-names.ts';

/** Methods of the Streamable HTTP transport. */
const METHODS: readonly string[] = ['GET', 'POST', 'DELETE'];

/** Request headers that pass, beside {@link isParameter}. */
const REQUEST: ReadonlySet<string> = new Set([
  'accept',
  'accept-language',
  'baggage',
  'content-type',
  'last-event-id',
  'mcp-method',
  'mcp-name',
  'mcp-protocol-version',
  'mcp-session-id',
  'traceparent',
  'tracestate',
]);

/** Response headers that a page gets, beside those of MCP and of rate limits. */
const RESPONSE: ReadonlySet<string> = new Set([
  'cache-control',
  'content-language',
  'content-length',
  'content-type',
  'date',
  'deprecation',
  'etag',
  'last-modified',
  'link',
  'retry-after',
  'sunset',
  'traceresponse',
  'www-authenticate',
  'x-request-id',
]);
const RESPONSE_FAMILY = /^(?:mcp-|(?:x-)?ratelimit-)/;

/** Longest name or value of one header, and of all of a request together; characters. */
const MAX_HEADER = 4096;
const MAX_HEADERS = 16_384;

/** True for a method that may be carried; a page writes it in capitals or has it made so by `Request`. */
export function isCarriedMethod(method: string): boolean {
  return METHODS.includes(method);
}

/** The headers of a page, and the names of those that are left out. */
export interface PassedHeaders {
  headers: [name: string, value: string][];
  dropped: string[];
}

/**
 * What may go to the server of the headers that a page has set.
 * @param allowed further names that the person has allowed for this server, in lower case
 * @returns undefined when they are too long
 */
export function passRequestHeaders(
  headers: readonly (readonly [name: string, value: string])[],
  allowed: readonly string[] = [],
): PassedHeaders | undefined {
  const named = headers.map(([name, value]): [string, string] => [name.toLowerCase(), value]);
  const size = named.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  const isLong = named.some(([name, value]) => name.length + value.length > MAX_HEADER);
  if (size > MAX_HEADERS || isLong) return undefined;
  const passes = ([name]: [string, string]) =>
    REQUEST.has(name) || isParameter(name) || (allowed.includes(name) && mayBeAllowed(name));
  const dropped = named.filter((one) => !passes(one)).map(([name]) => name);
  return { headers: named.filter(passes), dropped: [...new Set(dropped)] };
}

/** Parameters of a tool call that travel in headers (MCP 2026-07-28, SEP-2243). */
function isParameter(name: string): boolean {
  return /^mcp-param-[a-z0-9_-]+$/.test(name);
}

/**
 * What a page may read of an answer's headers.
 * @param secret the credential that was sent, or what says that a value holds one: such a value does not pass
 */
export function passResponseHeaders(
  headers: Iterable<[name: string, value: string]>,
  secret: string | undefined | ((value: string) => boolean),
): [string, string][] {
  const all = [...headers];
  const holds =
    typeof secret === 'function'
      ? secret
      : (value: string) => secret !== undefined && secret !== '' && value.includes(secret);
  // The browser has decoded the body: the length of what came over the wire is not the page's.
  const isEncoded = all.some(([name]) => name.toLowerCase() === 'content-encoding');
  return all
    .map(([name, value]): [string, string] => [name.toLowerCase(), value])
    .filter(
      ([name, value]) =>
        (RESPONSE.has(name) || RESPONSE_FAMILY.test(name)) &&
        !(isEncoded && name === 'content-length') &&
        !holds(value),
    );
}
