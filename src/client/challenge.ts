/**
 * Reads `WWW-Authenticate` as far as a page needs it: is a Bearer token asked for, and is a scope missing.
 * What it finds steers one retry and fills an error; the broker parses the header again, strictly.
 * @see RFC 9110 §11.2, §11.6.1; RFC 6750 §3
 */
import { MAX_CHALLENGE_LENGTH } from '../shared/facts/limits.ts';

/** The parameters of one Bearer challenge, by lower-case name. The values are the server's words: untrusted. */
export type Challenge = ReadonlyMap<string, string>;

const SEPARATORS = /[\s,]*/y;
const PARAMETER = /([^\s,="]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/y;
const SCHEME = /([^\s,="]+)(?:[ \t]+[\w.~+/-]+=*[ \t]*(?=,|$))?/y;

/** The header verbatim; `undefined` when the server sent none or does not expose it to this page. */
export function readableChallenge(response: Response): string | undefined {
  const header = response.headers.get('www-authenticate');
  return header !== null && header.length <= MAX_CHALLENGE_LENGTH ? header : undefined;
}

/**
 * Finds the Bearer challenge among those that a header holds. One that says `insufficient_scope` comes
 * before the others. Whatever follows malformed text is not read, so that quoted text can never be taken
 * for a parameter. Takes time linear in the header's length.
 * @returns undefined when the header asks for no Bearer token
 */
export function findBearerChallenge(header: string): Challenge | undefined {
  const bearers: Challenge[] = [];
  let parameters: Map<string, string> | undefined;
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(header);
    if (match) at = pattern.lastIndex;
    return match;
  };
  while (take(SEPARATORS) && at < header.length) {
    const parameter = parameters && take(PARAMETER);
    if (parameter) {
      const [, name = '', quoted, token] = parameter;
      const key = name.toLowerCase();
      if (!parameters?.has(key))
        parameters?.set(key, token ?? quoted?.replace(/\\(.)/g, '$1') ?? '');
      continue;
    }
    const scheme = take(SCHEME);
    if (!scheme) break;
    parameters = new Map();
    if (scheme[1]?.toLowerCase() === 'bearer') bearers.push(parameters);
  }
  return bearers.find((bearer) => bearer.get('error') === 'insufficient_scope') ?? bearers[0];
}
