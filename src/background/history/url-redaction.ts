/** What of an address and of parameters may be seen in a trace; the rest is replaced (T-32). Pure functions. */
import { REDACTED } from '../../shared/activity.ts';
import { shownAddress } from '../../shared/facts/shown-address.ts';

/** Parameters of authorization, token and revocation requests. */
const PARAMETERS = new Set([
  'response_type',
  'client_id',
  'redirect_uri',
  'code_challenge_method',
  'scope',
  'resource',
  'prompt',
  'grant_type',
  'token_type_hint',
]);

/** Whether the value of a parameter is known to be no secret. */
export function isOpenParameter(name: string): boolean {
  return PARAMETERS.has(name);
}

/** Scheme, authority, path and query, as they are written. */
const URL_PARTS = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)([^?#]*)(?:\?([^#]*))?/i;
/** What the URL standard reads otherwise than it is written. */
const UNUSUAL = /[^\x21-\x7e]|\\/;

/** Byte for byte, but for user information, the fragment, and values of parameters. */
export function plainUrl(text: string): string {
  const url = URL.parse(text);
  if (!url) return REDACTED;
  const [, scheme = '', authority = '', path = '', query] = URL_PARTS.exec(text) ?? [];
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  const isPlain = !UNUSUAL.test(text) && URL.parse(scheme + host)?.host === url.host;
  if (isPlain) return scheme + host + path + (query === undefined ? '' : `?${redactQuery(query)}`);
  const parameters = formatParameters(url.searchParams);
  return url.origin + url.pathname + (parameters && `?${parameters}`);
}

function redactQuery(query: string): string {
  const shown = query.split('&').map((pair) => {
    const [[name = '', value = ''] = []] = [...new URLSearchParams(pair)];
    const open = openValue(name, value);
    if (pair === '' || open === value) return pair;
    const [written = ''] = pair.split('=', 1);
    // What stands without a value may be the secret itself.
    const named = pair.includes('=') ? written : shownAddress(`x://?${pair}`).slice('x://?'.length);
    return `${named}=${open === undefined ? REDACTED : encodeURIComponent(open)}`;
  });
  return shown.join('&');
}

/** The parameters of a form or a query. */
export function formatParameters(parameters: URLSearchParams): string {
  const shown = [...parameters].map(([name, value]) => {
    const open = openValue(name, value);
    return `${name}=${open === undefined ? REDACTED : encodeURIComponent(open)}`;
  });
  return shown.join('&');
}

/** What may be seen of a value: the address of an MCP server may hold a key (T-32). */
function openValue(name: string, value: string): string | undefined {
  if (!PARAMETERS.has(name)) return undefined;
  return name === 'resource' ? shownAddress(value) : value;
}
