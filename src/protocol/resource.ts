/** Resource identifiers (RFC 8707 §2, RFC 9728 §1.2): strings that are compared exactly, never as `URL.href`. */
import { BrokerError } from '../shared/errors.ts';
import type { OverrideKind } from '../shared/facts/override.ts';
import type { UrlPolicy } from '../shared/facts/allowed-url.ts';
import { parseAllowedUrl } from './url-policy.ts';

/**
 * The canonical identifier of the MCP server that a page names: scheme and host in lower case (R73), no
 * trailing slash on a bare origin (R74), no fragment (R71).
 * @throws BrokerError `policy_blocked`
 */
export function parseResource(text: string, policy: UrlPolicy): string {
  const url = parseAllowedUrl(text, policy);
  return url.origin + (url.pathname === '/' ? '' : url.pathname) + url.search;
}

/** A resource as a grant is kept by, and as its server's metadata calls it. */
interface NamedResource {
  resource: string;
  /** What the metadata says of a wider resource, and that one's host doesn't confirm (Z41). */
  declared?: string | undefined;
  /** What the user has let pass (Z53). */
  overrides?: readonly OverrideKind[] | undefined;
}

/**
 * What is sent as `resource` (RFC 8707): servers insist on what their metadata declares, confirmed or not. Undefined only
 * where the user has said that nothing is to be sent to this provider for this resource.
 */
export function resourceParameter({
  resource,
  declared,
  overrides,
}: NamedResource): string | undefined {
  return overrides?.includes('no_resource') ? undefined : (declared ?? resource);
}

/**
 * True for a path that a server may take for another one: an encoded slash is none to us, and may be one to it. Such
 * an address is never a part of something wider.
 */
export function isAmbiguous(asked: string): boolean {
  return /%(2f|5c)/i.test(new URL(asked).pathname);
}

/** Whether an address is a resource, or lies within it: on its origin, at its path or below. */
export function isWithin(asked: string, resource: string): boolean {
  try {
    matchResource(resource, asked);
    return true;
  } catch {
    return false;
  }
}

/** How the resource that a metadata document declares relates to the one that was asked for. */
export type ResourceMatch = 'same' | 'wider';

/**
 * Compares a declared `resource` with the asked one (RFC 9728 §3.3, Z15). `wider` is a same-origin
 * prefix at a path segment's end; the user is shown that the grant covers more than what was asked.
 * @throws BrokerError `invalid_target` when the document speaks for something else
 */
export function matchResource(declared: string, asked: string): ResourceMatch {
  // An empty path and "/" are the same http URI (RFC 3986 §6.2.3); no other difference is forgiven.
  const root = asked === new URL(asked).origin;
  if (declared === asked || (root && declared === `${asked}/`)) return 'same';
  const other = () => {
    const detail = { host: new URL(asked).host, reason: 'other_resource' } as const;
    return new BrokerError('invalid_target', { detail });
  };
  const wide = URL.parse(declared);
  const narrow = new URL(asked);
  const literal = wide && (wide.href === declared || wide.href === `${declared}/`);
  if (
    !literal ||
    wide.origin !== narrow.origin ||
    wide.username ||
    wide.password ||
    /[?#]/.test(declared)
  ) {
    throw other();
  }
  const prefix = wide.pathname.endsWith('/') ? wide.pathname : `${wide.pathname}/`;
  if (narrow.pathname.startsWith(prefix)) return 'wider';
  if (narrow.search && narrow.pathname === wide.pathname) return 'wider';
  throw other();
}
