/** Protected resource metadata (RFC 9728): where to look, and what to believe. */
import * as v from 'valibot';
import { BrokerError } from '../shared/errors.ts';
import { matchResource, type ResourceMatch } from './resource.ts';
import { checkScopes } from './scope.ts';
import { checkIssuer, hostOf, type UrlPolicy } from './url-policy.ts';

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

const MAX_AUTHORIZATION_SERVERS = 10;

const Document = v.object({
  resource: v.string(),
  authorization_servers: v.pipe(
    v.array(v.string()),
    v.minLength(1),
    v.maxLength(MAX_AUTHORIZATION_SERVERS),
  ),
  scopes_supported: v.optional(v.array(v.string())),
});

/**
 * The URLs to try, in order: the one that the challenge names, and only that one; else the well-known URI
 * with the path, then the one at the root (R7, R8).
 * @param resourceMetadata from a challenge that the broker has reason to believe (Z16)
 */
export function protectedResourceUrls(asked: string, resourceMetadata?: string): string[] {
  const { origin, pathname, search } = new URL(asked);
  if (resourceMetadata !== undefined) return [resourceMetadata];
  const root = `${origin}/.well-known/oauth-protected-resource`;
  const path = pathname === '/' ? '' : pathname;
  return path + search === '' ? [root] : [root + path + search, root];
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
  const document = v.safeParse(Document, json);
  if (!document.success) {
    throw malformed(asked);
  }
  const { resource, authorization_servers, scopes_supported } = document.output;
  const match = matchResource(resource, asked);
  for (const issuer of authorization_servers) checkIssuer(issuer, policy);
  return {
    resource,
    match,
    authorizationServers: authorization_servers,
    ...(scopes_supported && { scopesSupported: readScopes(scopes_supported, asked) }),
  };
}

function readScopes(scopes: readonly string[], asked: string): string[] {
  try {
    return checkScopes(scopes, 'discovery_failed');
  } catch {
    throw malformed(asked);
  }
}

function malformed(asked: string): BrokerError {
  const detail = { host: hostOf(asked), reason: 'malformed_resource_metadata' } as const;
  return new BrokerError('discovery_failed', { detail });
}
