/** What may be sent to strangers of a failure: no site, no path of the server, no secret. One line each. */
import type { Failure } from '../../shared/prompt.ts';

/**
 * The report as text.
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
