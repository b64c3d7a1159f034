/** From the URL that a page named to the validated metadata of resource and authorization server (R4–R19). */
import type { AuthorizationServer } from 'oauth4webapi';
import {
  authorizationServerUrls,
  legacyAuthorizationServer,
  parseAuthorizationServer,
} from '../protocol/authorization-server.ts';
import { parseBearerChallenge, type BearerChallenge } from '../protocol/challenge.ts';
import {
  parseProtectedResource,
  protectedResourceUrls,
  type ProtectedResource,
} from '../protocol/protected-resource.ts';
import {
  hostKind,
  hostOf,
  hostPattern,
  parseAllowedUrl,
  type UrlPolicy,
} from '../protocol/url-policy.ts';
import { BrokerError, type FailureReason } from '../shared/errors.ts';
import type { Ports, RequestLimits } from './ports.ts';

/** What discovery starts from. */
export interface DiscoveryQuery {
  asked: string;
  /** From a challenge that may be believed (Z16). */
  resourceMetadata?: string | undefined;
  /** Issuers in the order in which they are preferred, where the resource names them; else its first. */
  preferred: readonly string[];
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
/** How long a metadata document is believed without asking again; milliseconds. */
const DOCUMENT_LIFETIME = 3_600_000;

type Discoverer = Pick<Ports, 'http' | 'store' | 'now' | 'hasHostAccess'>;

/**
 * Discovers. Sends nothing but metadata GETs.
 * @throws BrokerError the codes of the parsers, `discovery_failed` when nothing is found, `network_error`
 */
export async function discover(ports: Discoverer, query: DiscoveryQuery): Promise<Discovery> {
  const { asked, fresh } = query;
  const policy = policyTowards(query);
  const resourceUrls = protectedResourceUrls(asked, query.resourceMetadata);
  const resource = await readFirst(ports, resourceUrls, {
    policy,
    fresh,
    limits: PROTECTED_RESOURCE,
    absent: 'no_resource_metadata',
    malformed: 'malformed_resource_metadata',
    parse: (json) => parseProtectedResource(json, asked, policy),
  });
  if ('unreadable' in resource) return resource;
  const issuers = resource.found.authorizationServers;
  const issuer = query.preferred.find((one) => issuers.includes(one)) ?? issuers[0]!;
  const server = await readFirst(ports, authorizationServerUrls(issuer), {
    policy,
    fresh,
    limits: AUTHORIZATION_SERVER,
    absent: 'no_server_metadata',
    malformed: 'malformed_server_metadata',
    parse: (json) => parseAuthorizationServer(json, issuer, policy),
  });
  if ('unreadable' in server) return server;
  return { resource: resource.found, source: resource.source, server: server.found };
}

/**
 * Where there is no protected resource metadata: the rules of 2025-03-26 (Z19). The issuer is the server's own
 * origin; its metadata counts where there is some, else its endpoints have fixed paths.
 * @throws BrokerError as {@link discover}; metadata that is there and wrong ends it
 */
export async function discoverLegacy(ports: Discoverer, query: DiscoveryQuery): Promise<Discovery> {
  const { asked, fresh } = query;
  const { origin } = new URL(asked);
  const policy = policyTowards(query);
  const found = { source: asked, legacy: true } as const;
  const resource = (issuer: string): ProtectedResource => ({
    resource: asked,
    match: 'same',
    authorizationServers: [issuer],
  });
  try {
    const server = await readFirst(ports, authorizationServerUrls(origin), {
      policy,
      fresh,
      limits: AUTHORIZATION_SERVER,
      absent: 'no_server_metadata',
      malformed: 'malformed_server_metadata',
      parse: (json) => parseAuthorizationServer(json, spelledBy(json, origin), policy),
    });
    if ('unreadable' in server) return server;
    return { ...found, resource: resource(server.found.issuer), server: server.found };
  } catch (error) {
    if (!isAbsent(error, 'no_server_metadata')) throw error;
    return { ...found, resource: resource(origin), server: legacyAuthorizationServer(origin) };
  }
}

/** True for a search that found nothing anywhere, and met no other trouble. */
export function isAbsent(error: unknown, reason: FailureReason): boolean {
  return error instanceof BrokerError && error.detail.reason === reason;
}

/** The origin is no name that anybody wrote: of its two spellings as an issuer the document's own is right. */
function spelledBy(json: unknown, origin: string): string {
  const { issuer } = json as { issuer?: unknown };
  return issuer === `${origin}/` ? issuer : origin;
}

/** A public server must not be able to send the broker to this computer (Z2). */
function policyTowards({ asked, policy }: DiscoveryQuery): UrlPolicy {
  const isPublic = hostKind(new URL(asked).hostname) === 'public';
  return isPublic ? { loopback: false } : policy;
}

/** How the documents of one kind are read. */
interface Reading<T> {
  policy: UrlPolicy;
  fresh: boolean;
  limits: RequestLimits;
  /** Why it fails when there is none. */
  absent: FailureReason;
  /** Why it fails when there is something else in its place. */
  malformed: FailureReason;
  parse(json: unknown): T;
}

/**
 * Tries URLs in order; the first document found decides. A document that is found but wrong ends the search:
 * a later one must not be able to make up for it. Only missing PKCE lets the next document speak.
 */
async function readFirst<T>(
  ports: Discoverer,
  urls: readonly string[],
  reading: Reading<T>,
): Promise<{ found: T; source: string } | { unreadable: string }> {
  const host = hostOf(urls[0] ?? '');
  let last = new BrokerError('discovery_failed', { detail: { host, reason: reading.absent } });
  for (const url of urls) {
    parseAllowedUrl(url, reading.policy);
    try {
      const document = await readDocument(ports, url, reading);
      if (document === 'absent') continue;
      if (typeof document === 'string') {
        const reason = document === 'malformed' ? reading.malformed : 'unreachable';
        // Trouble on the way weighs more: with host access there may be a document after all.
        if (last.code === 'discovery_failed') {
          last = new BrokerError('discovery_failed', { detail: { host, reason } });
        }
        continue;
      }
      const found = reading.parse(document.json);
      // Only what was found good is remembered: a server that is mended works at once.
      if (!document.remembered) await ports.store.saveDocument(url, document.json, ports.now());
      return { found, source: url };
    } catch (error) {
      const retriable = ['network_error', 'pkce_unsupported'];
      if (!(error instanceof BrokerError) || !retriable.includes(error.code)) throw error;
      last = error;
    }
  }
  // Without host access a server that sends no CORS headers looks exactly like one that is down.
  const pattern = hostPattern(urls[0] ?? '');
  if (last.code === 'network_error' && !(await ports.hasHostAccess([pattern]))) {
    return { unreadable: pattern };
  }
  throw last;
}

/**
 * The JSON of a document, from memory or from the server; else what there is in its place. `absent`: the server
 * says that there is none; `trouble`: it says nothing about it now.
 */
async function readDocument(
  ports: Discoverer,
  url: string,
  { fresh, limits }: { fresh: boolean; limits: RequestLimits },
): Promise<{ json: unknown; remembered: boolean } | 'absent' | 'malformed' | 'trouble'> {
  const held = fresh ? undefined : await ports.store.findDocument(url);
  if (held && ports.now() - held.fetchedAt < DOCUMENT_LIFETIME) {
    return { json: held.json, remembered: true };
  }
  const response = await ports.http(url, { headers: { accept: 'application/json' } }, limits);
  const { status } = response;
  if (status >= 500 || status === 429) return 'trouble';
  if (status >= 400) return 'absent';
  const type = response.headers.get('content-type') ?? '';
  if (status !== 200 || !/^application\/([\w.-]+\+)?json\b/i.test(type)) return 'malformed';
  const json: unknown = await response.json().catch(() => undefined);
  return json === undefined ? 'malformed' : { json, remembered: false };
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
