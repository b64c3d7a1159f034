/** What a page catches. The fields of a server's challenge that appear here are untrusted: never render them as HTML. */
import type { ErrorCode, WireError } from '../shared/errors.ts';
import type { Challenge } from './challenge.ts';

/**
 * A typed failure. `message` is the broker's own wording and never a server's text; decide by `code`.
 * `aborted` calls are no such error: they reject with the signal's reason, as `fetch` does.
 */
export class GrantkeeperError extends Error {
  override name = 'GrantkeeperError';
  /** One of the closed list of codes. */
  declare readonly code: ErrorCode;
  /** True when the same call may succeed later without anybody changing anything. */
  declare readonly retryable: boolean;
  /** Names the row in the extension's activity log; empty when the failure happened in the page. */
  declare readonly correlationId: string;

  constructor({ message, code, retryable, correlationId }: WireError) {
    super(message);
    Object.assign(this, { code, retryable, correlationId });
  }
}

/**
 * The MCP server refused with 403 and `onInsufficientScope` is `'throw'`. Its fields come from the page's
 * own response and are the server's words: untrusted.
 * @see RFC 6750 §3.1
 */
export class InsufficientScopeError extends GrantkeeperError {
  override name = 'InsufficientScopeError';
  /** The `scope` of the challenge; undefined when it names none or cannot be read. */
  declare readonly requiredScope: string | undefined;
  /** The `resource_metadata` of the challenge (RFC 9728 §5.1). */
  declare readonly resourceMetadataUrl: URL | undefined;
  /** The `error_description` of the challenge. */
  declare readonly errorDescription: string | undefined;
  /**
   * False when the server answered 403 and does not expose `WWW-Authenticate` to this page, so that the
   * cause is a guess and no scope is known (Fetch: CORS-safelisted response headers).
   */
  declare readonly challengeAvailable: boolean;

  constructor(challenge: Challenge | undefined) {
    super(ownError('insufficient_scope'));
    Object.assign(this, {
      requiredScope: challenge?.get('scope'),
      resourceMetadataUrl: URL.parse(challenge?.get('resource_metadata') ?? '') ?? undefined,
      errorDescription: challenge?.get('error_description'),
      challengeAvailable: !!challenge,
    });
  }
}

/** The failures that the page's half of the channel finds out on its own. */
export type ChannelFailure = 'broker_unavailable' | 'interrupted';

type OwnCode = ChannelFailure | 'host_access_required' | 'invalid_request' | 'insufficient_scope';

/**
 * What the page finds out on its own; its code says it in words, of which a page loads few. Waiting helps where the broker
 * is away, and nowhere else.
 */
function ownError(code: OwnCode): WireError {
  const message = `Grantkeeper: ${code.replace(/_/g, ' ')}.`;
  return { code, message, retryable: !/req|ins/.test(code), correlationId: '' };
}

/** Makes an error that the page finds out on its own. */
export function channelError(code: OwnCode): GrantkeeperError {
  return new GrantkeeperError(ownError(code));
}

/** The `TypeError` with which a carried request fails, as `fetch` does, and why: its own cause, or the broker's. */
export function failure(why: OwnCode | WireError): TypeError {
  const cause = typeof why === 'string' ? channelError(why) : new GrantkeeperError(why);
  return new TypeError(cause.message, { cause });
}
