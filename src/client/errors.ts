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

/** The failures that the page's half of the channel finds out on its own. */
export type ChannelFailure = 'broker_unavailable' | 'interrupted';

const OWN = {
  interrupted: 'The broker was interrupted.',
  broker_unavailable: 'The broker cannot be reached.',
  host_access_required: 'The broker cannot carry this request.',
  invalid_request: 'The body is too large.',
};

/** Makes an error that the page finds out on its own. */
export function channelError(code: keyof typeof OWN): GrantkeeperError {
  const message = OWN[code];
  return new GrantkeeperError({ code, message, retryable: !/req/.test(code), correlationId: '' });
}

/** The `TypeError` with which a carried request fails, as `fetch` does, and why. */
export function failure(cause: GrantkeeperError): TypeError {
  return new TypeError(cause.message, { cause });
}
