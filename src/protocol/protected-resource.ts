/** Protected resource metadata (RFC 9728): where to look, and what to believe. */
import * as v from 'valibot';
import { BrokerError, type FailureReason } from '../shared/errors.ts';
import type { UrlPolicy } from '../shared/facts/allowed-url.ts';
import { compact } from '../shared/facts/compact.ts';
import { Flag, presentMembers } from './answer.ts';
import { matchResource, type ResourceMatch } from './resource.ts';
import { checkScopes } from './scope.ts';
import { checkIssuer, hostOf } from './url-policy.ts';

/** What the broker keeps of a protected resource metadata document. */
export interface ProtectedResource {
  /** As declared, byte for byte; it is what `resource` is sent as (RFC 8707). */
  resource: string;
  match: ResourceMatch;
  /** At least one; issuer identifiers, exact strings. */
  authorizationServers: string[];
  /** Undefined when the document names none: then `scope` is omitted (R47). */
  scopesSupported?: string[];
}

/** Those that are looked at of a longer list. */
const MAX_AUTHORIZATION_SERVERS = 10;

const Document = v.object({
  resource: v.string(),
  authorization_servers: v.optional(
    v.pipe(
      v.array(v.string()),
      v.transform((all) => all.slice(0, MAX_AUTHORIZATION_SERVERS)),
    ),
  ),
  // Protects: a resource that wants bound tokens refuses all that we have (RFC 9728 §2, RFC 9449).
  dpop_bound_access_tokens_required: Flag,
  scopes_supported: v.fallback(v.optional(v.array(v.string())), undefined),
});

/**
 * The URLs to try, in order: the one that the challenge names (R7), then the well-known URI with the path, then the one
 * at the root (R8). The named one decides when there is a document at it; where there is none, the challenge is worth
 * no less than one that names nothing.
 * @param resourceMetadata from a challenge that the broker has reason to believe (Z16)
 */
export function protectedResourceUrls(asked: string, resourceMetadata?: string): string[] {
  const { origin, pathname, search } = new URL(asked);
  const root = `${origin}/.well-known/oauth-protected-resource`;
  const path = pathname === '/' ? '' : pathname;
  const known = path + search === '' ? [root] : [root + path + search, root];
  return resourceMetadata === undefined ? known : [...new Set([resourceMetadata, ...known])];
}

/**
 * Reads a document that was found for `asked`.
 * @throws BrokerError `discovery_failed` when it is malformed or names no authorization server,
 *   `invalid_target` when it speaks for another resource (RFC 9728 §3.3), `policy_blocked` when an issuer
 *   may not be contacted
 */
export function parseProtectedResource(
  json: unknown,
  asked: string,
  policy: UrlPolicy,
): ProtectedResource {
  const document = v.safeParse(Document, presentMembers(json));
  if (!document.success) throw failed('malformed_resource_metadata', asked);
  const { resource, authorization_servers: issuers = [], scopes_supported } = document.output;
  const match = matchResource(resource, asked);
  if (document.output.dpop_bound_access_tokens_required) throw failed('dpop_required', asked);
  // RFC 9728 lets it be left out, MCP does not: nobody else may say where people sign in.
  if (issuers.length === 0) throw failed('names_no_provider', asked);
  const usable = issuers.filter((issuer) => mayContact(issuer, policy));
  // One that may not be contacted is passed over where there is another.
  if (usable.length === 0) checkIssuer(issuers[0]!, policy);
  const scopesSupported = readCatalogue(scopes_supported);
  return compact({ resource, match, authorizationServers: usable, scopesSupported });
}

/** Of a document that was found good what {@link parseProtectedResource} reads; the rest is nobody's to store. */
export function keepProtectedResource(json: unknown): object {
  return compact(v.parse(Document, presentMembers(json)));
}

function mayContact(issuer: string, policy: UrlPolicy): boolean {
  try {
    checkIssuer(issuer, policy);
    return true;
  } catch {
    return false;
  }
}

/**
 * The scopes that a resource lists. A list that could not be sent as a request, since it is longer than one may be or
 * holds what no request may, counts as not named (Z54): a catalogue is not a request.
 */
function readCatalogue(scopes: readonly string[] | undefined): string[] | undefined {
  try {
    return (
      scopes &&
      checkScopes(
        scopes.filter((scope) => scope !== ''),
        'discovery_failed',
      )
    );
  } catch {
    return undefined;
  }
}

function failed(reason: FailureReason, asked: string): BrokerError {
  return new BrokerError('discovery_failed', { detail: { host: hostOf(asked), reason } });
}
