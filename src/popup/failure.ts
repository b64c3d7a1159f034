/** What a failure means: to the person in front of it, to the server's owner, and the next thing to do. */
import type { ErrorCode, FailureReason } from '../shared/errors.ts';
import type { Failure } from '../shared/prompt.ts';
import type { PlainKey } from './text.ts';

/** The next thing to do. */
export type Help =
  | 'again'
  | 'later'
  | 'owner'
  | 'careful'
  | 'client'
  | 'page'
  | 'document'
  | 'hostAccess'
  | 'blocked'
  | 'nothing';

/** What happened, for the user and for the people who run the server; and what helps. */
export interface FailureWords {
  what: PlainKey;
  owner: PlainKey;
  help: Help;
}

/** What is offered with each help. `section` is the part of the settings that helps. */
export const HELP: Record<
  Help,
  { next: PlainKey; retry: boolean; section?: 'client' | 'document' | 'developer' }
> = {
  again: { next: 'nextRetry', retry: true },
  later: { next: 'nextLater', retry: true },
  owner: { next: 'nextOwner', retry: true },
  // A response that may be an attack is not to be repeated with one click.
  careful: { next: 'nextCareful', retry: false },
  client: { next: 'nextClient', retry: true, section: 'client' },
  page: { next: 'nextPage', retry: true, section: 'client' },
  document: { next: 'nextDocument', retry: true, section: 'document' },
  hostAccess: { next: 'nextHostAccess', retry: true },
  blocked: { next: 'nextBlocked', retry: false, section: 'developer' },
  nothing: { next: 'nextNothing', retry: false },
};

/** Exhaustive by type: a new code does not compile without its words. */
const BY_CODE: Record<ErrorCode, FailureWords> = {
  invalid_request: { what: 'failOwn', owner: 'ownerOwn', help: 'again' },
  insecure_context: { what: 'failBlocked', owner: 'ownerForbidden', help: 'blocked' },
  interaction_required: { what: 'failSignIn', owner: 'ownerNothing', help: 'again' },
  access_denied: { what: 'failDenied', owner: 'ownerNothing', help: 'nothing' },
  aborted: { what: 'failGone', owner: 'ownerNothing', help: 'nothing' },
  invalid_target: { what: 'failTarget', owner: 'ownerTarget', help: 'owner' },
  discovery_failed: { what: 'failDiscovery', owner: 'ownerDiscovery', help: 'owner' },
  insufficient_scope: { what: 'failScope', owner: 'ownerScope', help: 'owner' },
  issuer_mismatch: { what: 'failIssuer', owner: 'ownerIssWrong', help: 'careful' },
  pkce_unsupported: { what: 'failWeak', owner: 'ownerPkce', help: 'owner' },
  registration_failed: {
    what: 'failRegistration',
    owner: 'ownerRegistrationRefused',
    help: 'client',
  },
  authorization_failed: { what: 'failSignIn', owner: 'ownerProviderRefused', help: 'again' },
  token_failed: { what: 'failToken', owner: 'ownerUnusableToken', help: 'owner' },
  connect_failed: { what: 'failUnreachable', owner: 'ownerUnreachable', help: 'again' },
  host_access_required: {
    what: 'failHostAccess',
    owner: 'ownerHostAccess',
    help: 'hostAccess',
  },
  rate_limited: { what: 'failBusy', owner: 'ownerNothing', help: 'later' },
  policy_blocked: { what: 'failBlocked', owner: 'ownerForbidden', help: 'blocked' },
  broker_unavailable: { what: 'failSilent', owner: 'ownerOwn', help: 'again' },
  network_error: { what: 'failUnreachable', owner: 'ownerUnreachable', help: 'later' },
  interrupted: { what: 'failInterrupted', owner: 'ownerNothing', help: 'again' },
  internal_error: { what: 'failOwn', owner: 'ownerOwn', help: 'again' },
};

/** Exhaustive by type, too. */
const BY_REASON: Record<FailureReason, FailureWords> = {
  no_resource_metadata: {
    what: 'failNoResourceMetadata',
    owner: 'ownerNoResourceMetadata',
    help: 'owner',
  },
  names_no_provider: {
    what: 'failNoResourceMetadata',
    owner: 'ownerNoResourceMetadata',
    help: 'owner',
  },
  malformed_resource_metadata: {
    what: 'failMalformedResource',
    owner: 'ownerMalformedResource',
    help: 'owner',
  },
  other_resource: { what: 'failOtherResource', owner: 'ownerOtherResource', help: 'owner' },
  no_server_metadata: {
    what: 'failNoServerMetadata',
    owner: 'ownerNoServerMetadata',
    help: 'owner',
  },
  malformed_server_metadata: {
    what: 'failMalformedServer',
    owner: 'ownerMalformedServer',
    help: 'owner',
  },
  other_issuer: { what: 'failOtherIssuer', owner: 'ownerOtherIssuer', help: 'owner' },
  no_pkce: { what: 'failWeak', owner: 'ownerPkce', help: 'owner' },
  par_required: { what: 'failWeak', owner: 'ownerPkce', help: 'owner' },
  redirected: { what: 'failUnreachable', owner: 'ownerUnreachable', help: 'owner' },
  forbidden_address: { what: 'failForbidden', owner: 'ownerForbidden', help: 'owner' },
  no_registration: { what: 'failNoRegistration', owner: 'ownerNoRegistration', help: 'client' },
  registration_refused: {
    what: 'failRegistrationRefused',
    owner: 'ownerRegistrationRefused',
    help: 'client',
  },
  redirect_refused: { what: 'failRedirectRefused', owner: 'ownerRedirectRefused', help: 'client' },
  document_unusable: { what: 'failDocument', owner: 'ownerDocument', help: 'document' },
  client_of_other_issuer: {
    what: 'failClientOfOther',
    owner: 'ownerClientOfOther',
    help: 'client',
  },
  iss_missing: { what: 'failIssMissing', owner: 'ownerIssMissing', help: 'careful' },
  iss_wrong: { what: 'failIssuer', owner: 'ownerIssWrong', help: 'careful' },
  state_wrong: { what: 'failState', owner: 'ownerState', help: 'careful' },
  malformed_response: {
    what: 'failMalformedResponse',
    owner: 'ownerMalformedResponse',
    help: 'owner',
  },
  provider_refused: { what: 'failProviderRefused', owner: 'ownerProviderRefused', help: 'again' },
  provider_failed: { what: 'failProviderFailed', owner: 'ownerProviderFailed', help: 'later' },
  sign_in_closed: { what: 'failPage', owner: 'ownerPage', help: 'page' },
  scope_refused: { what: 'failProviderFailed', owner: 'ownerProviderFailed', help: 'owner' },
  resource_refused: { what: 'failProviderFailed', owner: 'ownerProviderFailed', help: 'owner' },
  request_refused: { what: 'failProviderFailed', owner: 'ownerProviderFailed', help: 'owner' },
  sign_in_expired: { what: 'failExpired', owner: 'ownerNothing', help: 'again' },
  exchange_refused: { what: 'failExchange', owner: 'ownerExchange', help: 'again' },
  unusable_token: { what: 'failUnusableToken', owner: 'ownerUnusableToken', help: 'owner' },
  unknown_client: { what: 'failUnknownClient', owner: 'ownerUnknownClient', help: 'client' },
  wrong_client: { what: 'failUnknownClient', owner: 'ownerUnknownClient', help: 'client' },
  too_many_requests: {
    what: 'failProviderFailed',
    owner: 'ownerProviderFailed',
    help: 'later',
  },
  unreachable: { what: 'failUnreachable', owner: 'ownerUnreachable', help: 'later' },
};

/** The browser tells only that no sign-in page came: an error page of the provider looks to it like none. */
const NO_PAGE: FailureWords = { what: 'failPage', owner: 'ownerPage', help: 'page' };

/** The words of the reason, where there is one; else those of the code. */
export function wordsOf({ code, reason }: Pick<Failure, 'code' | 'reason'>): FailureWords {
  if (code === 'authorization_failed' && reason === 'unreachable') return NO_PAGE;
  return reason === undefined ? BY_CODE[code] : BY_REASON[reason];
}

/** Where in the settings the help is; a client id is entered for the issuer that wants it. */
export function settingsLink(failure: Failure): string | undefined {
  const { section } = HELP[wordsOf(failure).help];
  if (section === undefined) return undefined;
  const issuer = section === 'client' ? failure.issuer : undefined;
  return `settings.html#${section}${issuer === undefined ? '' : `=${encodeURIComponent(issuer)}`}`;
}

/**
 * What may be sent to strangers: no site, no path of the server, no secret. One line each.
 * @param owner the words for the server's owner, in the reader's language
 * @param at milliseconds since the epoch
 */
export function reportOf(
  failure: Failure,
  { owner, at, version }: { owner: string; at: number; version: string },
): string {
  const lines = {
    code: failure.code,
    reason: failure.reason,
    host: failure.host,
    issuer: failure.issuer === undefined ? undefined : publicPart(failure.issuer),
    time: new Date(at).toISOString(),
    version: `Grantkeeper ${version}`,
  };
  const rows = Object.entries(lines).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${onOneLine(value)}`],
  );
  return [owner, '', ...rows].join('\n');
}

/** Exactly as it is, unless it carries what an issuer must not: user information or a query. */
function publicPart(issuer: string): string {
  if (!/[@?#]/.test(issuer)) return issuer;
  if (!URL.canParse(issuer)) return '–';
  const { origin, pathname } = new URL(issuer);
  return origin + pathname;
}

function onOneLine(value: string): string {
  return value.replace(/\p{Cc}+/gu, ' ');
}
