/**
 * What a consent covers (Z42): everything that its question showed, and nothing else. Scopes are compared elsewhere;
 * this is about who takes part, and how far it reaches.
 */
import type { AuthorizationServer } from 'oauth4webapi';
import type { OverrideKind, ShownOverride } from '../shared/facts/override.ts';
import { isSameIssuer } from '../shared/facts/issuer-syntax.ts';
import { endpointUrls, nameInResponses } from './authorization-server.ts';
import { hostOf } from './url-policy.ts';

/** What a question shows beside its scopes. */
export interface Shown {
  /** Hosts that take part and are neither the server's nor the provider's. */
  foreignHosts: readonly string[];
  wider: boolean;
  declared?: string;
  legacy?: true;
  issuers?: readonly string[];
  signsInAt?: string;
  weaker?: true;
  missing?: readonly OverrideKind[];
  overridden?: readonly ShownOverride[];
}

/** A grant, as far as it says what was shown. */
interface Consented {
  shown?: readonly string[];
  server?: AuthorizationServer;
  declared?: string;
  legacy?: true;
}

/** The term under which a grant was shown to cover more than the address that was asked for. */
export const WIDE = 'wide';
/** The term under which a provider was shown to protect less than it once did. */
export const WEAKER = 'weaker';

/** The term of a host that takes part. */
const hostTerm = (host: string) => `host ${host}`;
/** The term of what was let pass; when it was is none of it. */
const overrideTerm = (kind: OverrideKind, says = '') => `override ${kind} ${says}`;

/** The terms of a question: the person decides on each of them. */
export function termsOf(question: Shown): string[] {
  const { foreignHosts, wider, declared, legacy, issuers = [], signsInAt, weaker } = question;
  const { missing = [], overridden = [] } = question;
  // What is left out is only less.
  const protects = overridden.filter(({ kind }) => kind !== 'scopes');
  return [
    ...foreignHosts.map(hostTerm),
    ...issuers.map((issuer) => `provider ${issuer}`),
    ...(wider ? [WIDE] : []),
    ...(declared === undefined ? [] : [`declared ${declared}`]),
    ...(legacy ? ['legacy'] : []),
    ...(signsInAt === undefined ? [] : [`sign-in ${signsInAt}`]),
    ...(weaker ? [WEAKER] : []),
    ...missing.map((kind) => overrideTerm(kind)),
    ...protects.map(({ kind, says }) => overrideTerm(kind, says)),
  ];
}

/**
 * The terms that a grant rests on. One of an earlier version doesn't say; its question showed the hosts of the
 * endpoints that it was made with.
 */
export function termsOfGrant({ shown, server, declared, legacy }: Consented): readonly string[] {
  if (shown) return shown;
  const foreignHosts = server ? endpointUrls(server).map(hostOf) : [];
  return termsOf({
    foreignHosts,
    wider: false,
    ...(declared !== undefined && { declared }),
    ...(legacy && { legacy }),
  });
}

/** The hosts of a question that were in none before. */
export function newHosts(terms: readonly string[], hosts: readonly string[]): string[] {
  return hosts.filter((host) => !terms.includes(hostTerm(host)));
}

/** The provider that a client knows, and where it signs people in. */
interface Provider {
  issuer: string;
  authorizationEndpoint?: string | undefined;
}

/**
 * True when the authorization endpoint of `server` is known as the other provider's: that one lies on the endpoint's
 * own origin, or signs people in there itself. A provider at the endpoint's own origin is always at home there, so
 * tenants of one origin don't clash, and nobody is locked out of their own endpoint (T-22).
 */
export function isEndpointOf(other: Provider, server: AuthorizationServer): boolean {
  const endpoint = URL.parse(server.authorization_endpoint ?? '');
  // With a pair the code goes to the other name's own host only (Z53).
  const names = [server.issuer, nameInResponses(server)];
  if (!endpoint || names.some((one) => isSameIssuer(other.issuer, one))) return false;
  if (new URL(server.issuer).origin === endpoint.origin) return false;
  if (URL.parse(other.issuer)?.origin === endpoint.origin) return true;
  const own = URL.parse(other.authorizationEndpoint ?? '');
  return own?.origin === endpoint.origin && plainPath(own) === plainPath(endpoint);
}

/** A path without the ways in which one address can be spelled: servers take them for the same. */
function plainPath({ pathname }: URL): string {
  return pathname
    .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
    .replace(/;[^/]*/g, '')
    .replace(/\/+/g, '/')
    .replace(/\/$/, '')
    .toLowerCase();
}
