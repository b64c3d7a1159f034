/** What may be sent to strangers of a failure: no site, no path of the server, no secret. One line each. */
import type { FailureReason } from '../../shared/errors.ts';
import type { Failure } from '../../shared/prompt.ts';

/**
 * What came instead of the issuer that was expected. Its name isn't told: it is a server's text, and may be an
 * attacker's.
 */
const RECEIVED: Partial<Record<FailureReason, 'none' | 'another'>> = {
  iss_missing: 'none',
  iss_wrong: 'another',
  other_issuer: 'another',
};

/**
 * The report as text.
 * @param owner the words for the people who can change something, in the reader's language
 * @param at milliseconds since the epoch
 */
export function reportOf(
  failure: Failure,
  { owner, at, version }: { owner: string; at: number; version: string },
): string {
  const { reason } = failure;
  const received = reason === undefined ? undefined : RECEIVED[reason];
  const issuer = failure.expected ?? failure.issuer;
  const lines = {
    code: failure.code,
    reason,
    host: failure.host,
    [received ? 'expected_issuer' : 'issuer']:
      issuer === undefined ? undefined : publicPart(issuer),
    received_issuer: received,
    // Of Grantkeeper itself: it names the extension and the issuer, never the site.
    redirect_uri: failure.redirectUri,
    or_redirect_uri: failure.redirectUri === undefined ? undefined : failure.loopback?.uri,
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
