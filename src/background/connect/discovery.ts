/** From the URL that a page named to the validated metadata of resource and authorization server (R4–R19). */
import type { AuthorizationServer } from 'oauth4webapi';
import {
  authorizationServerByHand,
  authorizationServerUrls,
  keepAuthorizationServer,
  endpointUrls,
  isUnprotected,
  legacyAuthorizationServer,
  parseAuthorizationServer,
} from '../../protocol/authorization-server.ts';
import { failedFor, isPage } from '../../protocol/discovery-verdict.ts';
import { findOverride } from '../../protocol/overrides.ts';
import {
  judgeWider,
  namesNoProvider,
  type ProtectedResource,
} from '../../protocol/protected-resource.ts';
import { BrokerError } from '../../shared/errors.ts';
import { policyTowards, unasked, type DiscoveryQuery } from './discovery-query.ts';
import { findOwnWords, findResource } from './resource-document.ts';
import {
  searchDocument,
  type DocumentPorts,
  type FoundDocument,
  type Unreadable,
} from './metadata-document.ts';
import type { RequestLimits } from '../ports/ports.ts';
import { isSameIssuer } from '../../shared/facts/issuer-syntax.ts';

/** What discovery has found. */
export interface Found {
  resource: ProtectedResource;
  /** Where the resource's metadata was found. */
  source: string;
  server: AuthorizationServer;
  /** There is no metadata of the resource: the rules of 2025-03-26 hold (Z19). */
  legacy?: true;
  /** Nor is there any of an authorization server: what is here is what those rules assume. */
  assumed?: true;
  /** All of it was at hand, and the user has not been asked yet whether the server may be contacted. */
  isUnasked?: true;
}

/** What discovery ends with. */
export type Discovery = Found | Unreadable;

const AUTHORIZATION_SERVER: RequestLimits = { bytes: 262_144, milliseconds: 10_000 };

/** Authorization servers of one resource that are tried, where the first is not there. */
const MAX_ISSUERS = 3;

/**
 * Discovers. Sends nothing but metadata GETs.
 * @throws BrokerError the codes of the parsers, `discovery_failed` when nothing is found, `network_error`
 */
export async function discover(ports: DocumentPorts, query: DiscoveryQuery): Promise<Discovery> {
  const resource = await findResource(ports, query);
  if ('unreadable' in resource) return resource;
  const server = await findNamedServer(ports, query, resource.found);
  if ('unreadable' in server) return server;
  const { issuer } = server.found;
  // From here on the issuer has one name, the one that its own document gives it (Z49).
  const authorizationServers = resource.found.authorizationServers.map((one) =>
    isSameIssuer(one, issuer) ? issuer : one,
  );
  const { found, source } = resource;
  const own = found.match === 'same' ? undefined : await findOwnWords(ports, query, resource);
  if (own && 'unreadable' in own) return own;
  const judged =
    found.match === 'same' ? found : judgeWider(found, own, { asked: query.asked, issuer });
  return { resource: { ...judged, authorizationServers }, source, server: server.found };
}

/**
 * The authorization server of a resource.
 * @throws BrokerError `discovery_failed` when the resource names none, and is none itself
 */
async function findNamedServer(
  ports: DocumentPorts,
  query: DiscoveryQuery,
  { authorizationServers, ownProvider }: ProtectedResource,
): Promise<FoundDocument<AuthorizationServer> | Unreadable> {
  try {
    return await findServer(ports, query, authorizationServers);
  } catch (error) {
    if (ownProvider && failedFor(error, 'no_server_metadata')) throw namesNoProvider(query.asked);
    throw error;
  }
}

/** The one that is preferred; without a preference the first that is there, in the order of the resource. */
async function findServer(
  ports: DocumentPorts,
  query: DiscoveryQuery,
  issuers: readonly string[],
): Promise<FoundDocument<AuthorizationServer> | Unreadable> {
  const preferred = query.preferred.flatMap(
    (one) => issuers.find((issuer) => isSameIssuer(issuer, one)) ?? [],
  );
  const tried = preferred.length > 0 ? preferred.slice(0, 1) : issuers.slice(0, MAX_ISSUERS);
  let first: BrokerError | Unreadable | undefined;
  let weak: FoundDocument<AuthorizationServer> | undefined;
  for (const issuer of tried) {
    try {
      const server = await findServerOf(ports, query, issuer);
      const isWeak = 'found' in server && isUnprotected(server.found);
      // Another one may ask the user to let less pass.
      if (isWeak && tried.length > 1) weak ??= server;
      else if ('found' in server || !query.reached.includes(server.unreadable)) return server;
      else first ??= server;
    } catch (error) {
      if (!(error instanceof BrokerError) || !isNotThere(error)) throw error;
      first ??= error;
    }
  }
  if (weak) return weak;
  if (first && 'unreadable' in first) return first;
  throw first ?? new BrokerError('discovery_failed');
}

async function findServerOf(
  ports: DocumentPorts,
  query: DiscoveryQuery,
  issuer: string,
): Promise<FoundDocument<AuthorizationServer> | Unreadable> {
  const before = unasked(query, [issuer]);
  if (before) return before;
  const server = await searchServer(ports, query, issuer).catch((error: unknown) => {
    const typed = findOverride(query.overrides ?? [], 'endpoints', { issuer, resource: '' });
    if (!typed || !failedFor(error, 'no_server_metadata')) throw error;
    return { found: authorizationServerByHand(typed, policyTowards(query)), source: issuer };
  });
  return 'found' in server ? (unasked(query, endpointUrls(server.found)) ?? server) : server;
}

/** The metadata of an issuer, at its well-known places. */
function searchServer(
  ports: DocumentPorts,
  query: DiscoveryQuery,
  issuer: string,
): Promise<FoundDocument<AuthorizationServer> | Unreadable> {
  const policy = policyTowards(query);
  const pair = findOverride(query.overrides ?? [], 'issuer_pair', { issuer, resource: '' });
  return searchDocument(ports, {
    urls: authorizationServerUrls(issuer),
    policy,
    fresh: query.fresh,
    recall: query.recall,
    limits: AUTHORIZATION_SERVER,
    absent: 'no_server_metadata',
    malformed: 'malformed_server_metadata',
    member: 'issuer',
    parse: (json) => parseAuthorizationServer(json, issuer, policy, pair?.called),
    isWeak: isUnprotected,
    keep: keepAuthorizationServer,
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
    const server = await findServerOf(ports, query, origin);
    if ('unreadable' in server) return server;
    return { ...found, resource: resource(server.found.issuer), server: server.found };
  } catch (error) {
    // A page for people doesn't say that there is no metadata.
    if (!failedFor(error, 'no_server_metadata') || isPage(error)) throw error;
    const server = legacyAuthorizationServer(origin);
    return { ...found, assumed: true, resource: resource(origin), server };
  }
}
