/**
 * Reads `WWW-Authenticate` as far as a page needs it: is a Bearer token asked for, and is a scope missing.
 * What it finds steers one retry and fills an error; the broker parses the header again, strictly.
 * @see RFC 9110 §11.2, §11.6.1; RFC 6750 §3
 */
import { MAX_CHALLENGE_LENGTH } from '../shared/facts/limits.ts';

/** The parameters of one Bearer challenge, by lower-case name. The values are the server's words: untrusted. */
export type Challenge = ReadonlyMap<string, string>;

/** A parameter, quoted or not, or else a scheme with what stands for its parameters (RFC 9110 §11.2, token68). */
const PART =
  /[\s,]*(?:([^\s,="]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))|([^\s,="]+)(?:[ \t]+[\w.~+/-]+=*[ \t]*(?=,|$))?)/gy;

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
  for (const [, name = '', quoted = '', token, scheme] of header.matchAll(PART)) {
    const key = name.toLowerCase();
    if (scheme) {
      parameters = new Map();
      if (/^bearer$/i.test(scheme)) bearers.push(parameters);
    } else if (!parameters) break;
    else if (!parameters.has(key)) parameters.set(key, token ?? quoted.replace(/\\(.)/g, '$1'));
  }
  return bearers.find((bearer) => bearer.get('error') === 'insufficient_scope') ?? bearers[0];
}
