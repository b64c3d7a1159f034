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
  readonly code: ErrorCode;
  /** True when the same call may succeed later without anybody changing anything. */
  readonly retryable: boolean;
  /** Names the row in the extension's activity log; empty when the failure happened in the page. */
  readonly correlationId: string;

  constructor(error: WireError) {
    super(error.message);
    this.code = error.code;
    this.retryable = error.retryable;
    this.correlationId = error.correlationId;
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
  readonly requiredScope: string | undefined;
  /** The `resource_metadata` of the challenge (RFC 9728 §5.1). */
  readonly resourceMetadataUrl: URL | undefined;
  /** The `error_description` of the challenge. */
  readonly errorDescription: string | undefined;
  /**
   * False when the server answered 403 and does not expose `WWW-Authenticate` to this page, so that the
   * cause is a guess and no scope is known (Fetch: CORS-safelisted response headers).
   */
  readonly challengeAvailable: boolean;

  constructor(challenge: Challenge | undefined) {
    const known = 'The MCP server asks for more scope.';
    const guess = 'The MCP server refused, and its challenge cannot be read.';
    const message = challenge ? known : guess;
    super({ code: 'insufficient_scope', message, retryable: false, correlationId: '' });
    this.requiredScope = challenge?.get('scope');
    this.resourceMetadataUrl = URL.parse(challenge?.get('resource_metadata') ?? '') ?? undefined;
    this.errorDescription = challenge?.get('error_description');
    this.challengeAvailable = !!challenge;
  }
}

/** The two failures that the page's half of the channel finds out on its own. */
export type ChannelFailure = 'broker_unavailable' | 'interrupted';

/** Makes the error for a call that the channel could not carry; asking again may help in both cases. */
export function channelError(code: ChannelFailure): GrantkeeperError {
  const message = code === 'interrupted' ? 'was interrupted.' : 'cannot be reached.';
  return new GrantkeeperError({
    code,
    message: `The broker ${message}`,
    retryable: true,
    correlationId: '',
  });
}
