/** From the URL that a page named to the validated metadata of resource and authorization server (R4–R19). */
import type { AuthorizationServer } from 'oauth4webapi';
import {
  authorizationServerUrls,
  keepAuthorizationServer,
  endpointUrls,
  legacyAuthorizationServer,
  parseAuthorizationServer,
} from '../../protocol/authorization-server.ts';
import { failedFor, isPage } from '../../protocol/discovery-verdict.ts';
import {
  confirmationUrl,
  judgeWider,
  keepProtectedResource,
  parseProtectedResource,
  protectedResourceUrls,
  type ProtectedResource,
} from '../../protocol/protected-resource.ts';
import { hostKind } from '../../shared/facts/host-kind.ts';
import { hostPattern, parseAllowedUrl } from '../../protocol/url-policy.ts';
import { type UrlPolicy } from '../../shared/facts/allowed-url.ts';
import { BrokerError } from '../../shared/errors.ts';
import {
  searchDocument,
  type DocumentPorts,
  type FoundDocument,
  type Unreadable,
} from './metadata-document.ts';
import type { RequestLimits } from '../ports/ports.ts';
import type { Recall } from './read-documents.ts';
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
  /** The same of the hosts that the user has been asked about before, and whose grant stands. */
  granted?: readonly string[];
  /** Read again what is remembered. */
  fresh: boolean;
  /** What of the remembered documents may be used; absent: all. */
  recall?: Recall;
  policy: UrlPolicy;
}

/** What discovery has found. */
export interface Found {
  resource: ProtectedResource;
  /** Where the resource's metadata was found. */
  source: string;
  server: AuthorizationServer;
  /** There is no metadata of the resource: the rules of 2025-03-26 hold (Z19). */
  legacy?: true;
}

/** What discovery ends with. */
export type Discovery = Found | Unreadable;

const PROTECTED_RESOURCE: RequestLimits = { bytes: 65_536, milliseconds: 10_000 };
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
  const server = await findServer(ports, query, resource.found.authorizationServers);
  if ('unreadable' in server) return server;
  const { issuer } = server.found;
  // From here on the issuer has one name, the one that its own document gives it (Z49).
  const authorizationServers = resource.found.authorizationServers.map((one) =>
    isSameIssuer(one, issuer) ? issuer : one,
  );
  const { found, source } = resource;
  const judged =
    found.match === 'same'
      ? found
      : judgeWider(found, await findOwnWords(ports, query, resource), {
          asked: query.asked,
          issuer,
        });
  return { resource: { ...judged, authorizationServers }, source, server: server.found };
}

/**
 * What a wider resource's own document says of it (Z41): one more request at most. Whatever keeps the document from us
 * is as good as none, since without it the grant reaches no further than what was asked for.
 * @throws BrokerError `invalid_target` when it speaks for something else
 */
async function findOwnWords(
  ports: DocumentPorts,
  query: DiscoveryQuery,
  { found, source }: FoundDocument<ProtectedResource>,
): Promise<ProtectedResource | undefined> {
  const { resource } = found;
  const url = confirmationUrl(resource, query.asked);
  if (url === undefined) return undefined;
  if (url === source) return { ...found, match: 'same' };
  try {
    const own = await readResource(ports, query, { urls: [url], of: resource });
    return 'found' in own ? own.found : undefined;
  } catch (error) {
    if (error instanceof BrokerError && error.code === 'invalid_target') throw error;
    return undefined;
  }
}

function findResource(
  ports: DocumentPorts,
  query: DiscoveryQuery,
): Promise<FoundDocument<ProtectedResource> | Unreadable> {
  const { asked } = query;
  const named = locate(query, policyTowards(query));
  return readResource(ports, query, { urls: protectedResourceUrls(asked, named), of: asked });
}

/** The document of one resource, at one of these addresses. */
function readResource(
  ports: DocumentPorts,
  query: DiscoveryQuery,
  { urls, of }: { urls: string[]; of: string },
): Promise<FoundDocument<ProtectedResource> | Unreadable> {
  const policy = policyTowards(query);
  return searchDocument(ports, {
    urls,
    policy,
    fresh: query.fresh,
    recall: query.recall,
    limits: PROTECTED_RESOURCE,
    absent: 'no_resource_metadata',
    malformed: 'malformed_resource_metadata',
    member: 'resource',
    mustSayJson: (url) => !isWellKnown(url),
    parse: (json) => parseProtectedResource(json, of, policy),
    keep: keepProtectedResource,
  });
}

/**
 * Where a challenge says that the metadata is, as an address that may be contacted. Relative to the server, as some
 * write it; what leads nowhere is as good as not said, and so is what leads to a private host of its own (Z43).
 */
function locate(query: DiscoveryQuery, policy: UrlPolicy): string | undefined {
  const { resourceMetadata: named, asked } = query;
  if (!named) return undefined;
  const url = URL.canParse(named) ? named : URL.parse(named, asked)?.href;
  try {
    if (url !== undefined) parseAllowedUrl(url, policy);
    return url !== undefined && unasked(query, [url]) ? undefined : url;
  } catch {
    return undefined;
  }
}

/** An address that nobody but the server's operator can put a document at (RFC 8615). */
function isWellKnown(url: string): boolean {
  return new URL(url).pathname.startsWith('/.well-known/');
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
  for (const issuer of tried) {
    try {
      const server = await findServerOf(ports, query, issuer);
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

async function findServerOf(
  ports: DocumentPorts,
  query: DiscoveryQuery,
  issuer: string,
): Promise<FoundDocument<AuthorizationServer> | Unreadable> {
  const policy = policyTowards(query);
  const before = unasked(query, [issuer]);
  if (before) return before;
  const server = await searchDocument(ports, {
    urls: authorizationServerUrls(issuer),
    policy,
    fresh: query.fresh,
    recall: query.recall,
    limits: AUTHORIZATION_SERVER,
    absent: 'no_server_metadata',
    malformed: 'malformed_server_metadata',
    member: 'issuer',
    parse: (json) => parseAuthorizationServer(json, issuer, policy),
    keep: keepAuthorizationServer,
  });
  return 'found' in server ? (unasked(query, endpointUrls(server.found)) ?? server) : server;
}

/** The first of these that lies in the own network, where nobody has been asked about its host (Z43). */
function unasked(
  { reached, granted = [] }: DiscoveryQuery,
  urls: readonly string[],
): Unreadable | undefined {
  const patterns = urls
    .filter((url) => hostKind(new URL(url).hostname) === 'private')
    .map(hostPattern);
  const unreadable = patterns.find((one) => !reached.includes(one) && !granted.includes(one));
  return unreadable === undefined ? undefined : { unreadable };
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
    return { ...found, resource: resource(origin), server: legacyAuthorizationServer(origin) };
  }
}

/**
 * Only a server on this computer can send the broker to this computer (Z2), and a public one to no bare address. Names
 * of the own network may stand in metadata, for {@link unasked} to find.
 */
function policyTowards({ asked, policy }: DiscoveryQuery): UrlPolicy {
  const kind = hostKind(new URL(asked).hostname);
  const loopback = policy.loopback && kind === 'loopback';
  return { loopback, inward: kind === 'public' ? 'names' : policy.inward };
}
