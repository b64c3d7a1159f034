/** One `getToken` call, read from what the page said. */
import { parseBearerChallenge } from '../../protocol/challenge.ts';
import type { Wanted } from '../../protocol/plan.ts';
import { checkScopes, computeScopeUnion } from '../../protocol/scope.ts';
import type { TokenParams } from '../../shared/page-contract.ts';
import type { PageCaller } from '../ports/records.ts';

/** One `getToken` call, read and checked. */
export interface Ask {
  caller: PageCaller;
  asked: string;
  wanted: Wanted;
  interactive: boolean;
  resourceMetadata?: string | undefined;
  challenged: boolean;
  /** What the challenge says of bound tokens. */
  dpop?: 'only' | 'offered' | undefined;
  /** The token stays here: it goes out with requests that are carried (Z26). */
  carried?: true | undefined;
  /** The server names other schemes only. */
  quiet: boolean;
  signal: AbortSignal;
  /** Called when it has come to wait for the end of a flow. */
  joined?: (() => void) | undefined;
  /** The tool that a carried request calls, in the site's words. */
  tool?: string | undefined;
  /** When the key that it was sent with was entered: a newer one is used unasked. */
  keyOf?: number | undefined;
  /** The server has taken a token of this site's that was bound to a key. */
  knowsProofs?: boolean | undefined;
}

/**
 * Reads a call.
 * @param asking who calls, for which resource, and until when
 * @throws BrokerError `invalid_request` when a scope that the page names itself is malformed
 */
export function readAsk(
  asking: Omit<
    Ask,
    'wanted' | 'interactive' | 'resourceMetadata' | 'challenged' | 'dpop' | 'quiet'
  >,
  { scopes = [], challenge, rejected, interactive = true }: TokenParams,
): Ask {
  const { isReadable, bearer } = readChallenge(challenge);
  const forbidden = bearer?.error === 'insufficient_scope';
  const isRefused = challenge !== undefined || rejected !== undefined;
  const wanted: Wanted = {
    scopes: computeScopeUnion(checkScopes(scopes), bearer?.scopes ?? []),
    forbidden,
    explicit: scopes.length > 0,
    unauthorized: isRefused && !forbidden,
    holds: !asking.carried,
    ...(rejected !== undefined && { rejected }),
    ...((bearer?.dpop || asking.knowsProofs) && { knowsProofs: true }),
  };
  return {
    ...asking,
    wanted,
    interactive,
    resourceMetadata: bearer?.resourceMetadata,
    challenged: bearer !== undefined,
    dpop: bearer?.dpop,
    quiet: isReadable && !bearer,
  };
}

/** A challenge that cannot be read is worth as much as none: the server's metadata is found without it (Z50). */
function readChallenge(header: string | undefined) {
  if (header === undefined || header.trim() === '') return { isReadable: false, bearer: undefined };
  try {
    return { isReadable: true, bearer: parseBearerChallenge(header) };
  } catch {
    return { isReadable: false, bearer: undefined };
  }
}
