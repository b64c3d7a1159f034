/**
 * `WWW-Authenticate` (RFC 9110 §11.6.1, RFC 6750 §3, RFC 9449 §7.1, RFC 9728 §5.1). One pass from left to right, each
 * character looked at a bounded number of times; text inside quotes can never be taken for a parameter (D7).
 */
import { BrokerError } from '../shared/errors.ts';
import { compact } from '../shared/facts/compact.ts';
import { MAX_CHALLENGE_LENGTH } from '../shared/facts/limits.ts';
import { PROOF_ALGORITHM } from './dpop.ts';
import { parseScope } from './scope.ts';

const MAX_CHALLENGES = 16;
const MAX_PARAMETERS = 32;

/** One challenge: a scheme in lower case and its parameters, names in lower case. */
export interface Challenge {
  scheme: string;
  parameters: Map<string, string>;
}

/**
 * What the broker reads from a challenge for an access token, Bearer or DPoP (RFC 9449 §7.1). All of it is the server's
 * word, as passed on by the page.
 */
export interface BearerChallenge {
  /** Scopes for this operation only (RFC 6750 §3.1); undefined when none are named. */
  scopes?: string[];
  error?: string;
  resourceMetadata?: string;
  /** The server takes tokens that are bound to a key, and whether it names no other. */
  dpop?: 'only' | 'offered';
}

const TOKEN = /[!#$%&'*+\-.^_`|~A-Za-z0-9]+/y;
/** Only when nothing but a separator follows; otherwise it is the name of a parameter. */
const TOKEN68 = /[A-Za-z0-9\-._~+/]+=*(?=[ \t]*(?:,|$))/y;
/** No control characters (RFC 9110 §5.6.4): a reader that splits lines would see another header. */
const QUOTED = /"((?:[\t !\x23-\x5b\x5d-\x7e\x80-\uffff]|\\[\t -\x7e\x80-\uffff])*)"/y;
const EQUALS = /[ \t]*=[ \t]*/y;
const BLANK = /[ \t]+/y;
const SEPARATORS = /[ \t,]*/y;
/** What must follow a parameter: the end of the header, or a comma. */
const END = /[ \t]*(?=,|$)/y;

/** A cursor over the header; it moves only on a match. */
class Cursor {
  private at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match) this.at = pattern.lastIndex;
    return match;
  }

  expect(pattern: RegExp): RegExpExecArray {
    const match = this.take(pattern);
    if (!match) throw new BrokerError('invalid_request');
    return match;
  }

  get done(): boolean {
    return this.at >= this.text.length;
  }
}

/**
 * Reads every challenge of a header value.
 * @throws BrokerError `invalid_request` when the value is malformed, too long, has too many parts, or names
 *   a parameter twice: two readers might then see two different challenges
 */
export function parseChallenges(header: string): Challenge[] {
  if (header.length > MAX_CHALLENGE_LENGTH) throw new BrokerError('invalid_request');
  const cursor = new Cursor(header);
  const challenges: Challenge[] = [];
  // The challenge that a parameter would belong to.
  let open: Challenge | undefined;
  for (cursor.take(SEPARATORS); !cursor.done; cursor.take(SEPARATORS)) {
    const name = cursor.expect(TOKEN)[0].toLowerCase();
    if (cursor.take(EQUALS)) {
      readParameter(cursor, name, open);
      continue;
    }
    const challenge = { scheme: name, parameters: new Map<string, string>() };
    if (challenges.push(challenge) > MAX_CHALLENGES) throw new BrokerError('invalid_request');
    open = readAfterScheme(cursor, challenge);
  }
  return challenges;
}

/**
 * A scheme stands alone, or is followed by a blank and then by a token68 or its first parameter.
 * @returns the challenge if it may have (more) parameters
 */
function readAfterScheme(cursor: Cursor, challenge: Challenge): Challenge | undefined {
  if (!cursor.take(BLANK)) {
    cursor.expect(END);
    return challenge;
  }
  if (cursor.take(TOKEN68)) return undefined;
  if (cursor.take(END)) return challenge;
  const name = cursor.expect(TOKEN)[0].toLowerCase();
  cursor.expect(EQUALS);
  readParameter(cursor, name, challenge);
  return challenge;
}

function readParameter(cursor: Cursor, name: string, challenge: Challenge | undefined): void {
  addParameter(challenge, name, readValue(cursor));
  cursor.expect(END);
}

function readValue(cursor: Cursor): string {
  const quoted = cursor.take(QUOTED);
  if (quoted) return (quoted[1] ?? '').replace(/\\(.)/g, '$1');
  return cursor.expect(TOKEN)[0];
}

function addParameter(challenge: Challenge | undefined, name: string, value: string): void {
  const parameters = challenge?.parameters;
  if (!parameters || parameters.has(name) || parameters.size >= MAX_PARAMETERS) {
    throw new BrokerError('invalid_request');
  }
  parameters.set(name, value);
}

/**
 * The challenge for an access token in a header value, if there is one. Where both schemes are named, the one that says
 * what was wrong speaks first, Bearer before DPoP; what it leaves out is read from the other.
 * @throws BrokerError `invalid_request` as {@link parseChallenges}, when a scope is malformed, or when two challenges
 *   of one scheme ask for different scopes
 */
export function parseBearerChallenge(header: string): BearerChallenge | undefined {
  const all = parseChallenges(header);
  const [bearer, dpop] = ['bearer', 'dpop'].map((scheme) => ofScheme(all, scheme));
  if (!bearer && !dpop) return undefined;
  const isProofWrong = dpop?.has('error') === true && bearer?.has('error') !== true;
  const inTurn = isProofWrong ? [dpop, bearer] : [bearer, dpop];
  const find = (name: string) => inTurn.find((one) => one?.has(name))?.get(name);
  const scope = find('scope');
  // Without a list it leaves the choice to the provider's.
  const isOurs = dpop?.get('algs')?.split(' ').includes(PROOF_ALGORITHM) ?? dpop !== undefined;
  return compact({
    scopes: scope === undefined ? undefined : parseScope(scope),
    error: find('error'),
    resourceMetadata: find('resource_metadata'),
    dpop: isOurs ? (bearer ? ('offered' as const) : ('only' as const)) : undefined,
  });
}

/** The first challenge of a scheme. */
function ofScheme(all: readonly Challenge[], scheme: string): Map<string, string> | undefined {
  const [first, ...others] = all.filter((one) => one.scheme === scheme);
  const scope = first?.parameters.get('scope');
  if (others.some(({ parameters }) => parameters.get('scope') !== scope)) {
    throw new BrokerError('invalid_request');
  }
  return first?.parameters;
}
