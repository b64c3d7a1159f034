/** Discovery within what the user has allowed so far, and the questions that it takes. */
import { endpointUrls } from '../../protocol/authorization-server.ts';
import { failedFor, isPage } from '../../protocol/discovery-verdict.ts';
import { isOwnMetadata } from '../../protocol/protected-resource.ts';
import { computeScopeUnion } from '../../protocol/scope.ts';
import { hostKind } from '../../shared/facts/host-kind.ts';
import { hostOf, hostPattern } from '../../protocol/url-policy.ts';
import { BrokerError } from '../../shared/errors.ts';
import type { ConsentQueue } from './consent-queue.ts';
import { countingHosts } from './counted-hosts.ts';
import { discover, discoverLegacy, type Discovery, type Found } from './discovery.ts';
import type { DiscoveryQuery } from './discovery-query.ts';
import type { LiveFlow } from './live-flow.ts';
import { discoveryPorts } from './discovery-ports.ts';
import { probeServer, type Probed } from './probe-server.ts';
import { asChosen, findBare, type Bare } from './bare-server.ts';
import type { Ports } from '../ports/ports.ts';
import type { Grant } from '../ports/records.ts';
import { readSite } from '../site/policy.ts';
import { discoverRemembered } from './remembered-discovery.ts';
import { reachSnapshot } from './snapshot.ts';

/** Hosts that a single flow may ask the user to let the broker contact: the server's and its provider's. */
const MAX_HOST_QUESTIONS = 2;

/** What a flow acts with. */
export interface FlowContext {
  ports: Ports;
  consent: ConsentQueue;
}

/**
 * Discovers as far as the user has allowed. For a site without a grant public https hosts may be read, and
 * nothing at all at loopback, until the user has said that the server may be contacted (Z2, Z13).
 */
export async function discoverAllowed(
  { ports: outside, consent }: FlowContext,
  flow: LiveFlow,
  grant: Grant | undefined,
): Promise<Found | Bare> {
  const ports = countingHosts(outside, flow, grant);
  const { asked, request } = flow.record;
  if (request.quiet) return discoverQuietly(ports, flow, grant);
  const mayRead = grant !== undefined || hostKind(new URL(asked).hostname) === 'public';
  let host = mayRead ? undefined : hostPattern(asked);
  const isAsked = host === undefined || flow.record.reached.includes(host);
  if (!isAsked && flow.remembers && !isUnclear(flow)) {
    flow.search = discoveryPorts(ports);
    const found = await discoverRemembered(flow.search, await discoveryQuery(ports, flow, grant));
    if (found) return found;
  }
  for (let questions = 0; questions <= MAX_HOST_QUESTIONS; questions += 1) {
    if (host !== undefined && !flow.record.reached.includes(host)) {
      const held = await ports.hasHostAccess([host]);
      // As before every question: by the time it takes a site could tell which one comes (T-33).
      await ports.gathered(flow.record.origin);
      flow.requireAwaited();
      await consent.ask(flow, reachSnapshot(flow.record, { contact: host, held }));
    }
    if (flow.step !== 'deciding') await flow.advance(flow.record.stage, 'discovering');
    flow.search = discoveryPorts(ports);
    const found = await discoverOrAsk(flow.search, flow, grant);
    if (!('unreadable' in found)) return asChosen(flow, found);
    // Asked for once: the user has declined access, or the host is out of reach whatever they say.
    if (flow.record.reached.includes(found.unreadable)) break;
    host = found.unreadable;
  }
  const detail = { host: hostOf(asked), reason: 'unreachable' } as const;
  throw new BrokerError('host_access_required', { detail });
}

/**
 * The server's 401 names other schemes only, as servers behind Kerberos or with a framework's default do. It is one for
 * us where it has metadata; else nobody is asked or told anything.
 * @throws BrokerError `discovery_failed`, as for any server without metadata: the page must not learn which it is
 */
async function discoverQuietly(
  ports: Ports,
  flow: LiveFlow,
  grant: Grant | undefined,
): Promise<Found> {
  const { asked } = flow.record;
  if (grant ?? hostKind(new URL(asked).hostname) === 'public') {
    flow.search = discoveryPorts(ports);
    const query = await discoveryQuery(flow.search, flow, grant);
    const found = await discover(flow.search, query).catch(() => undefined);
    if (found && 'server' in found) return found;
  }
  const detail = { host: hostOf(asked), reason: 'no_resource_metadata', unnoted: true } as const;
  throw new BrokerError('discovery_failed', { detail });
}

/**
 * Where nothing is found at the well-known places, the server's own challenge may name another. It has to be
 * asked for that, and so has the user, once. Where that names none either, the server is a legacy one (Z19).
 */
async function discoverOrAsk(
  ports: Ports,
  flow: LiveFlow,
  grant: Grant | undefined,
): Promise<Discovery | Bare> {
  const query = await discoveryQuery(ports, flow, grant);
  try {
    return await discover(ports, query);
  } catch (error) {
    const { asked, reached } = flow.record;
    // Where the server is in trouble, or somebody in between answers, its challenge would be no better.
    const isAbsent = failedFor(error, 'no_resource_metadata');
    const isMissing = isAbsent || failedFor(error, 'malformed_resource_metadata');
    const unreadable = hostPattern(asked);
    // A site that holds a grant there without a sign-in has been allowed just that.
    const isReached = reached.includes(unreadable) || (grant !== undefined && !grant.server);
    if (isMissing && isUnclear(flow) && !isReached) return { unreadable };
    // A server that points to its metadata is none that has never heard of it.
    const named = query.resourceMetadata !== undefined;
    if (named || !isAbsent) throw error;
    const older = await legacyOr(error, ports, query);
    // Somebody who has signed in there isn't asked how they would like to be known.
    const isBare = 'server' in older && older.assumed && ports.copiesBytes && !grant?.server;
    if (!isBare) return older;
    return isReached ? findBare(ports, flow, { older, grant, seen: query.seen }) : { unreadable };
  }
}

/** A page for people in place of the metadata is no word of an older server: then the first trouble is the cause. */
async function legacyOr(first: unknown, ports: Ports, query: DiscoveryQuery): Promise<Discovery> {
  try {
    return await discoverLegacy(ports, query);
  } catch (error) {
    throw isPage(error) ? first : error;
  }
}

/** True when the page could not read the challenge, or its copy points to another host or another's path (Q6, Z16). */
function isUnclear({ record: { request, asked } }: LiveFlow): boolean {
  const { challenged, resourceMetadata } = request;
  if (!challenged) return true;
  return resourceMetadata !== undefined && !isOwnMetadata(resourceMetadata, asked);
}

/** What discovery may start from: the page's challenge as far as it can be believed, or the server's own. */
async function discoveryQuery(
  ports: Ports,
  flow: LiveFlow,
  grant: Grant | undefined,
): Promise<DiscoveryQuery & { seen?: Probed | undefined }> {
  const { asked, request, reached } = flow.record;
  const unclear = isUnclear(flow);
  let resourceMetadata = unclear ? undefined : request.resourceMetadata;
  let seen: Probed | undefined;
  if (unclear && reached.includes(hostPattern(asked))) {
    seen = await probeServer(ports, flow.record);
    const challenge = seen?.challenge;
    resourceMetadata = challenge?.resourceMetadata;
    // Another call may have joined meanwhile.
    const { request: latest } = flow.record;
    if (!latest.challenged && challenge && (challenge.scopes ?? challenge.dpop)) {
      const scopes = computeScopeUnion(latest.scopes, challenge.scopes ?? []);
      const dpop = challenge.dpop && { dpop: challenge.dpop };
      await flow.note({ request: { ...latest, scopes, ...dpop, challenged: true } });
    }
  }
  return {
    asked,
    seen,
    resourceMetadata,
    preferred: await preferredIssuers(ports, flow, grant),
    reached,
    granted: grantedHosts(asked, grant),
    fresh: request.rediscover || flow.again,
    recall: flow.read.recall(flow.record.origin, grant !== undefined),
    policy: (await readSite(ports, flow.record.origin)).urls,
    overrides: await ports.store.listOverrides(),
  };
}

/** Match patterns of the hosts that a grant has to do with: the user has been asked about each. */
function grantedHosts(asked: string, grant: Grant | undefined): string[] {
  if (!grant) return [];
  const { resource, server } = grant;
  const own = server ? [server.issuer, ...endpointUrls(server)] : [];
  return [asked, resource, ...own].map(hostPattern);
}

/** The user's choice, else the provider of the grant, else one where the user has a client of their own (R10). */
async function preferredIssuers(
  { store }: Ports,
  { record: { issuer } }: LiveFlow,
  grant: Grant | undefined,
): Promise<string[]> {
  const clients = await store.listClients();
  const known = [issuer, grant?.server?.issuer].filter((one) => one !== undefined);
  return [...known, ...clients.map((client) => client.issuer)];
}
