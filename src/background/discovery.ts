/** From the URL that a page named to the validated metadata of resource and authorization server (R4–R19). */
import type { AuthorizationServer } from 'oauth4webapi';
import {
  authorizationServerUrls,
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
import { BrokerError } from '../shared/errors.ts';
import type { Ports, RequestLimits } from './ports.ts';

/** What discovery starts from. */
export interface DiscoveryQuery {
  asked: string;
  /** From a challenge that may be believed (Z16). */
  resourceMetadata?: string | undefined;
  /** The issuer of the grant held so far: preferred while the resource still names it. */
  issuer?: string | undefined;
  /** Read again what is remembered. */
  fresh: boolean;
  policy: UrlPolicy;
}

/**
 * What discovery ends with: `source` is where the resource's metadata was found, `unreadable` the match pattern
 * of a host to which access would have to be given first.
 */
export type Discovery =
  | { resource: ProtectedResource; source: string; server: AuthorizationServer }
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
  // A public server must not be able to send the broker to this computer (Z2).
  const isPublic = hostKind(new URL(asked).hostname) === 'public';
  const policy = isPublic ? { loopback: false } : query.policy;
  const resourceUrls = protectedResourceUrls(asked, query.resourceMetadata);
  const resource = await readFirst(ports, resourceUrls, {
    policy,
    fresh,
    limits: PROTECTED_RESOURCE,
    parse: (json) => parseProtectedResource(json, asked, policy),
  });
  if ('unreadable' in resource) return resource;
  const issuers = resource.found.authorizationServers;
  const issuer = issuers.find((one) => one === query.issuer) ?? issuers[0]!;
  const server = await readFirst(ports, authorizationServerUrls(issuer), {
    policy,
    fresh,
    limits: AUTHORIZATION_SERVER,
    parse: (json) => parseAuthorizationServer(json, issuer, policy),
  });
  if ('unreadable' in server) return server;
  return { resource: resource.found, source: resource.source, server: server.found };
}

/** How the documents of one kind are read. */
interface Reading<T> {
  policy: UrlPolicy;
  fresh: boolean;
  limits: RequestLimits;
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
  let last = new BrokerError('discovery_failed', { detail: { host: hostOf(urls[0] ?? '') } });
  for (const url of urls) {
    parseAllowedUrl(url, reading.policy);
    try {
      const document = await readDocument(ports, url, reading);
      if (!document) continue;
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

/** The JSON of a document, from memory or from the server; undefined when there is none at that URL. */
async function readDocument(
  ports: Discoverer,
  url: string,
  { fresh, limits }: { fresh: boolean; limits: RequestLimits },
): Promise<{ json: unknown; remembered: boolean } | undefined> {
  const held = fresh ? undefined : await ports.store.findDocument(url);
  if (held && ports.now() - held.fetchedAt < DOCUMENT_LIFETIME) {
    return { json: held.json, remembered: true };
  }
  const response = await ports.http(url, { headers: { accept: 'application/json' } }, limits);
  const type = response.headers.get('content-type') ?? '';
  if (response.status !== 200 || !/^application\/([\w.-]+\+)?json\b/i.test(type)) return undefined;
  const json: unknown = await response.json().catch(() => undefined);
  return json === undefined ? undefined : { json, remembered: false };
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
