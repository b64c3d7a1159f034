/** From the URL that a page named to the validated metadata of resource and authorization server (R4–R19). */
import type { AuthorizationServer } from 'oauth4webapi';
import {
  authorizationServerUrls,
  legacyAuthorizationServer,
  parseAuthorizationServer,
} from '../../protocol/authorization-server.ts';
import { parseBearerChallenge, type BearerChallenge } from '../../protocol/challenge.ts';
import {
  parseProtectedResource,
  protectedResourceUrls,
  type ProtectedResource,
} from '../../protocol/protected-resource.ts';
import { hostKind } from '../../shared/facts/host-kind.ts';
import { parseAllowedUrl } from '../../protocol/url-policy.ts';
import { type UrlPolicy } from '../../shared/facts/allowed-url.ts';
import { BrokerError, type FailureReason } from '../../shared/errors.ts';
import { PAGE, readFirst, type DocumentPorts } from './metadata-document.ts';
import type { Ports, RequestLimits } from '../ports/ports.ts';
import { isSameIssuer } from '../../shared/facts/issuer-syntax.ts';

/** What discovery starts from. */
export interface DiscoveryQuery {
  asked: string;
  /** From a challenge that may be believed (Z16). */
  resourceMetadata?: string | undefined;
  /** Issuers in the order in which they are preferred, where the resource names them; else its first that is there. */
  preferred: readonly string[];
  /** Match patterns of the hosts that the user has allowed to be contacted, and been asked for access to. */
  reached: readonly string[];
  /** Read again what is remembered. */
  fresh: boolean;
  policy: UrlPolicy;
}

/**
 * What discovery ends with: `source` is where the resource's metadata was found, `unreadable` the match pattern
 * of a host to which access would have to be given first.
 */
export type Discovery =
  | { resource: ProtectedResource; source: string; server: AuthorizationServer; legacy?: true }
  | { unreadable: string };

const PROTECTED_RESOURCE: RequestLimits = { bytes: 65_536, milliseconds: 10_000 };
const AUTHORIZATION_SERVER: RequestLimits = { bytes: 262_144, milliseconds: 10_000 };
const PROBE: RequestLimits = { bytes: 65_536, milliseconds: 10_000 };

/** Authorization servers of one resource that are tried, where the first is not there. */
const MAX_ISSUERS = 3;

/**
 * Discovers. Sends nothing but metadata GETs.
 * @throws BrokerError the codes of the parsers, `discovery_failed` when nothing is found, `network_error`
 */
export async function discover(ports: DocumentPorts, query: DiscoveryQuery): Promise<Discovery> {
  const { asked, fresh } = query;
  const policy = policyTowards(query);
  const named = locate(query.resourceMetadata, asked, policy);
  const resource = await readFirst(ports, protectedResourceUrls(asked, named), {
    policy,
    fresh,
    limits: PROTECTED_RESOURCE,
    absent: 'no_resource_metadata',
    malformed: 'malformed_resource_metadata',
    member: 'resource',
    mustSayJson: named === undefined || isWellKnown(named) ? [] : [named],
    parse: (json) => parseProtectedResource(json, asked, policy),
  });
  if ('unreadable' in resource) return resource;
  const server = await readServer(ports, query, resource.found.authorizationServers);
  if ('unreadable' in server) return server;
  const { issuer } = server.found;
  // From here on the issuer has one name, the one that its own document gives it (Z49).
  const authorizationServers = resource.found.authorizationServers.map((one) =>
    isSameIssuer(one, issuer) ? issuer : one,
  );
  const { found, source } = resource;
  return { resource: { ...found, authorizationServers }, source, server: server.found };
}

/**
 * Where a challenge says that the metadata is, as an address that may be contacted. Relative to the server, as some
 * write it; what leads nowhere is as good as not said.
 */
function locate(named: string | undefined, asked: string, policy: UrlPolicy): string | undefined {
  if (!named) return undefined;
  const url = URL.canParse(named) ? named : URL.parse(named, asked)?.href;
  try {
    if (url !== undefined) parseAllowedUrl(url, policy);
    return url;
  } catch {
    return undefined;
  }
}

/** An address that nobody but the server's operator can put a document at (RFC 8615). */
function isWellKnown(url: string): boolean {
  return new URL(url).pathname.startsWith('/.well-known/');
}

/** The one that is preferred; without a preference the first that is there, in the order of the resource. */
async function readServer(
  ports: DocumentPorts,
  query: DiscoveryQuery,
  issuers: readonly string[],
): Promise<{ found: AuthorizationServer } | { unreadable: string }> {
  const preferred = query.preferred.flatMap(
    (one) => issuers.find((issuer) => isSameIssuer(issuer, one)) ?? [],
  );
  const tried = preferred.length > 0 ? preferred.slice(0, 1) : issuers.slice(0, MAX_ISSUERS);
  let first: BrokerError | { unreadable: string } | undefined;
  for (const issuer of tried) {
    try {
      const server = await readServerOf(ports, query, issuer);
      if ('found' in server || !query.reached.includes(server.unreadable)) return server;
      first ??= server;
    } catch (error) {
      if (!(error instanceof BrokerError) || !isNotThere(error)) throw error;
      first ??= error;
    }
  }
  if (first && 'unreadable' in first) return first;
  throw first ?? new BrokerError('discovery_failed');
}

function readServerOf(ports: DocumentPorts, query: DiscoveryQuery, issuer: string) {
  const policy = policyTowards(query);
  return readFirst(ports, authorizationServerUrls(issuer), {
    policy,
    fresh: query.fresh,
    limits: AUTHORIZATION_SERVER,
    absent: 'no_server_metadata',
    malformed: 'malformed_server_metadata',
    member: 'issuer',
    parse: (json) => parseAuthorizationServer(json, issuer, policy),
  });
}

/** True for a server that is down, or has nothing that could be used; not for one that says something wrong. */
function isNotThere({ code }: BrokerError): boolean {
  return code === 'network_error' || code === 'discovery_failed' || code === 'pkce_unsupported';
}

/**
 * Where there is no protected resource metadata: the rules of 2025-03-26 (Z19). The issuer is the server's own
 * origin; its metadata counts where there is some, else its endpoints have fixed paths.
 * @throws BrokerError as {@link discover}; metadata that is there and wrong ends it
 */
export async function discoverLegacy(
  ports: DocumentPorts,
  query: DiscoveryQuery,
): Promise<Discovery> {
  const { asked } = query;
  const { origin } = new URL(asked);
  const found = { source: asked, legacy: true } as const;
  const resource = (issuer: string): ProtectedResource => ({
    resource: asked,
    match: 'same',
    authorizationServers: [issuer],
  });
  try {
    const server = await readServerOf(ports, query, origin);
    if ('unreadable' in server) return server;
    return { ...found, resource: resource(server.found.issuer), server: server.found };
  } catch (error) {
    if (!isAbsent(error, 'no_server_metadata') || isPage(error)) throw error;
    return { ...found, resource: resource(origin), server: legacyAuthorizationServer(origin) };
  }
}

/** True for a search that found nothing anywhere, and met no other trouble. */
export function isAbsent(error: unknown, reason: FailureReason): boolean {
  return error instanceof BrokerError && error.detail.reason === reason;
}

/** True where web pages stood in place of the documents. */
export function isPage(error: unknown): boolean {
  return error instanceof BrokerError && error.cause === PAGE;
}

/** A public server must not be able to send the broker to this computer (Z2). */
function policyTowards({ asked, policy }: DiscoveryQuery): UrlPolicy {
  const isPublic = hostKind(new URL(asked).hostname) === 'public';
  return isPublic ? { loopback: false } : policy;
}

/**
 * Asks the MCP server itself for its challenge, without a token: when the page could not read it (Q6), or
 * when the page's copy points to another host (Z16). Only after the user has allowed this host.
 * @returns undefined when the server does not challenge, or cannot be read
 */
export async function probeChallenge(
  ports: Pick<Ports, 'http'>,
  asked: string,
): Promise<BearerChallenge | undefined> {
  const init = {
    method: 'POST',
    headers: {
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' }),
  };
  try {
    const response = await ports.http(asked, init, PROBE);
    const header = response.status === 401 ? response.headers.get('www-authenticate') : null;
    return header === null ? undefined : parseBearerChallenge(header);
  } catch {
    // A hint that cannot be had is no failure: the well-known URLs remain.
    return undefined;
  }
}
