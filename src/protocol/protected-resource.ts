/** Protected resource metadata (RFC 9728): where to look, and what to believe. */
import * as v from 'valibot';
import { BrokerError, type FailureReason } from '../shared/errors.ts';
import type { UrlPolicy } from '../shared/facts/allowed-url.ts';
import { compact } from '../shared/facts/compact.ts';
import { Flag, presentMembers } from './answer.ts';
import { PROOF_ALGORITHM } from './dpop.ts';
import { isAmbiguous, matchResource, type ResourceMatch } from './resource.ts';
import { checkScopes } from './scope.ts';
import { isSameIssuer } from '../shared/facts/issuer-syntax.ts';
import { checkIssuer, hostOf } from './url-policy.ts';

/** What the broker keeps of a protected resource metadata document. */
export interface ProtectedResource {
  /** As declared, byte for byte; what was asked for where its host doesn't confirm a wider one (Z41). */
  resource: string;
  match: ResourceMatch;
  /** The wider resource that was declared, and that its host doesn't confirm: sent as `resource`, nobody's key. */
  declared?: string;
  /** At least one; issuer identifiers, exact strings. */
  authorizationServers: string[];
  /** The document names none: what stands there is the resource's own origin, which the user has to let pass (Z53). */
  ownProvider?: true;
  /** Undefined when the document names none: then `scope` is omitted (R47). */
  scopesSupported?: string[];
  /** It takes tokens that are bound to a key, and whether it takes no others (RFC 9449). */
  binding?: 'required' | 'offered';
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
  // Protects: a resource that wants bound tokens refuses all others (RFC 9728 §2, RFC 9449).
  dpop_bound_access_tokens_required: Flag,
  dpop_signing_alg_values_supported: v.fallback(v.optional(v.array(v.string())), undefined),
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
 * @throws BrokerError `discovery_failed` when it is malformed or wants proofs of another kind than ours,
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
  const { resource, authorization_servers: named = [], scopes_supported } = document.output;
  const match = matchResource(resource, asked);
  const binding = readBinding(document.output, asked);
  // RFC 9728 lets it be left out, MCP does not: nobody but the user may say where they sign in.
  const ownProvider = named.length === 0 || undefined;
  const issuers = ownProvider ? [new URL(asked).origin] : named;
  const usable = issuers.filter((issuer) => mayContact(issuer, policy));
  // One that may not be contacted is passed over where there is another.
  if (usable.length === 0) checkIssuer(issuers[0]!, policy);
  const scopesSupported = readCatalogue(scopes_supported);
  const found = { resource, match, ownProvider, scopesSupported, binding };
  return compact({ ...found, authorizationServers: usable });
}

/** @throws BrokerError `discovery_failed` when it takes bound tokens only, and none that we could prove */
function readBinding(
  {
    dpop_bound_access_tokens_required: isRequired,
    dpop_signing_alg_values_supported: algorithms,
  }: v.InferOutput<typeof Document>,
  asked: string,
): ProtectedResource['binding'] {
  const isOurs = algorithms?.includes(PROOF_ALGORITHM);
  if (isRequired && isOurs === false) throw failed('dpop_required', asked);
  if (isRequired) return 'required';
  return isOurs ? 'offered' : undefined;
}

/**
 * The address at which a wider resource would have to say so itself (Z41), or undefined where it can't: the URL that was
 * asked for may be another one to its server.
 */
export function confirmationUrl(declared: string, asked: string): string | undefined {
  return isAmbiguous(asked) ? undefined : protectedResourceUrls(declared)[0];
}

/**
 * Judges what the wider resource's own document says of it (Z41).
 * @param own what that document says; undefined where there is none
 * @param issuer the provider that the narrower document led to
 * @returns the resource that a grant is for: the wider one, or what was asked for alone
 * @throws BrokerError `invalid_target` when the two say different things
 */
export function judgeWider(
  found: ProtectedResource,
  own: ProtectedResource | undefined,
  { asked, issuer }: { asked: string; issuer: string },
): ProtectedResource {
  if (!own) return { ...found, resource: asked, match: 'same', declared: found.resource };
  const isSame = own.authorizationServers.some((one) => isSameIssuer(one, issuer));
  if (own.match === 'same' && isSame) return found;
  const detail = { host: hostOf(asked), reason: 'other_resource' } as const;
  throw new BrokerError('invalid_target', { detail });
}

/**
 * True for metadata that a page may name for a server: at the well-known address of its path or of one above, or in
 * its own directory or one above. Another path of the host may be another party's (T-20, Z16).
 */
export function isOwnMetadata(named: string, asked: string): boolean {
  const at = URL.parse(named);
  const { origin, pathname } = new URL(asked);
  if (at?.origin !== origin || isAmbiguous(named)) return false;
  const known = /^\/\.well-known\/[^/]+(.*)$/.exec(at.pathname)?.[1];
  if (known !== undefined) return `${pathname}/`.startsWith(known.replace(/\/?$/, '/'));
  const [there, here] = [at.pathname, pathname].map((path) => path.replace(/[^/]*$/, ''));
  // The directory of a server at the top is the whole host.
  return (here !== '/' && at.pathname.startsWith(here!)) || pathname.startsWith(there!);
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

/** The failure of a server that names no provider, where nobody lets that pass. */
export function namesNoProvider(asked: string): BrokerError {
  return failed('names_no_provider', asked);
}

function failed(reason: FailureReason, asked: string): BrokerError {
  return new BrokerError('discovery_failed', { detail: { host: hostOf(asked), reason } });
}
