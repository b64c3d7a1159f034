/**
 * One flow from start to grant: discover → consent → register → authorize → exchange → commit. Every step is
 * on disk before it acts, and a step that rests on a decision looks for the decision first; so after a restart
 * the same function runs again from the top and asks nothing twice.
 */
import type { AuthorizationServer } from 'oauth4webapi';
import { endpointUrls } from '../protocol/authorization-server.ts';
import { computeScopeUnion, coversScopes } from '../protocol/scope.ts';
import {
  hostKind,
  hostOf,
  hostPattern,
  isLoopbackOrigin,
  type UrlPolicy,
} from '../protocol/url-policy.ts';
import { BrokerError } from '../shared/errors.ts';
import type { Consent } from './consent.ts';
import { discover, probeChallenge, type Discovery, type DiscoveryQuery } from './discovery.ts';
import type { LiveFlow } from './flow.ts';
import { mergeGrant, selectScopes } from './grant.ts';
import type { FlowRecord, Grant, Ports } from './ports.ts';
import { excessSnapshot, grantSnapshot, needsConsent, reachSnapshot } from './prompt.ts';
import { findOrRegister, signIn } from './sign-in.ts';
import { revokeTokens, type Audience } from './token-endpoint.ts';

/** Hosts that a single flow may ask the user to let the broker contact: the server's and its provider's. */
const MAX_HOST_QUESTIONS = 2;
type Discovered = Extract<Discovery, { server: unknown }>;

/** What a flow acts with. */
export interface Authorizer {
  ports: Ports;
  consent: Consent;
}

/**
 * Carries out a flow.
 * @throws BrokerError whatever ended it; no grant has changed then
 */
export async function runFlow(authorizer: Authorizer, flow: LiveFlow): Promise<void> {
  const { ports, consent } = authorizer;
  const { origin, asked } = flow.record;
  const asKnown = await ports.store.findGrant(origin, asked);
  if (flow.record.request.excess) {
    if (asKnown) await confirmExcess(authorizer, flow, asKnown);
    return;
  }
  const { resource, source, server } = await discoverAllowed(authorizer, flow, asKnown);
  const grant = asKnown ?? (await ports.store.findGrant(origin, resource.resource));
  if (grant && !asKnown && coversAnother(grant, flow.record, server)) {
    await ports.store.addAlias(grant, { asked, flow: flow.record.id });
    return;
  }
  const wanted = computeScopeUnion(grant?.requested ?? [], flow.record.request.scopes);
  const scopes = selectScopes(wanted, { resource, server, grant });
  const missingAccess = await missingHostAccess(ports, server);
  const snapshot = grantSnapshot(flow.record, {
    grant,
    resource,
    source,
    server,
    scopes,
    missingAccess,
  });
  if (needsConsent(snapshot, grant)) await consent.ask(flow, snapshot);
  const registration = await findOrRegister(ports, flow, server);
  const audience: Audience = { server, registration, resource: resource.resource };
  const token = await signIn(ports, flow, audience, scopes);
  // The user has disconnected while they were signing in: the later word counts.
  if (flow.signal.aborted) {
    await revokeTokens(ports.http, { server, registration, token });
    throw new BrokerError('aborted');
  }
  const next = mergeGrant(grant, { record: flow.record, audience, scopes, token });
  await ports.store.commitGrant(next, { asked, flow: flow.record.id });
  ports.tell(origin, { type: 'grantchange', resource: asked, scopes: token.granted });
  // Tokens of a provider that the server no longer names are of no use to anybody. Those of the same provider
  // are left alone: servers that see one client and user take the new ones away with the old.
  if (grant && grant.server.issuer !== server.issuer) await revokeTokens(ports.http, grant);
}

/**
 * True when the user has allowed all of this before, under another address: "this covers all of the host". Then
 * the new address is one more way to the same grant.
 */
function coversAnother(
  grant: Grant,
  { request }: FlowRecord,
  server: AuthorizationServer,
): boolean {
  const granted = grant.token?.granted ?? [];
  return grant.server.issuer === server.issuer && coversScopes(granted, request.scopes);
}

/** Match patterns of the authorization server's endpoints to which access is not held yet (Z13 *allow*). */
async function missingHostAccess(ports: Ports, server: AuthorizationServer): Promise<string[]> {
  const patterns = [...new Set(endpointUrls(server).map(hostPattern))];
  const held = await Promise.all(patterns.map((pattern) => ports.hasHostAccess([pattern])));
  return patterns.filter((_, i) => !held[i]);
}

/**
 * Discovers as far as the user has allowed. For a site without a grant public https hosts may be read, and
 * nothing at all at loopback, until the user has said that the server may be contacted (Z2, Z13).
 */
async function discoverAllowed(
  { ports, consent }: Authorizer,
  flow: LiveFlow,
  grant: Grant | undefined,
): Promise<Discovered> {
  const { asked } = flow.record;
  const mayRead = grant !== undefined || hostKind(new URL(asked).hostname) === 'public';
  let host = mayRead ? undefined : hostPattern(asked);
  for (let questions = 0; questions <= MAX_HOST_QUESTIONS; questions += 1) {
    if (host !== undefined && !flow.record.reached.includes(host)) {
      const held = await ports.hasHostAccess([host]);
      await consent.ask(flow, reachSnapshot(flow.record, { contact: host, held }));
    }
    if (flow.step !== 'deciding') await flow.advance(flow.record.stage, 'discovering');
    const found = await discoverOrAsk(ports, flow, grant);
    if ('server' in found) return found;
    // Asked for once: the user has declined access, or the host is out of reach whatever they say.
    if (flow.record.reached.includes(found.unreadable)) break;
    host = found.unreadable;
  }
  throw new BrokerError('host_access_required', { detail: { host: hostOf(asked) } });
}

/**
 * Where nothing is found at the well-known places, the server's own challenge may name another. It has to be
 * asked for that, and so has the user, once.
 */
async function discoverOrAsk(
  ports: Ports,
  flow: LiveFlow,
  grant: Grant | undefined,
): Promise<Discovery> {
  try {
    return await discover(ports, await discoveryQuery(ports, flow, grant));
  } catch (error) {
    const unreadable = hostPattern(flow.record.asked);
    const nothingFound = error instanceof BrokerError && error.code === 'discovery_failed';
    if (!nothingFound || !isUnclear(flow) || flow.record.reached.includes(unreadable)) throw error;
    return { unreadable };
  }
}

/** True when the page could not read the challenge, or its copy points to another host (Q6, Z16). */
function isUnclear({ record: { request, asked } }: LiveFlow): boolean {
  const { challenged, resourceMetadata } = request;
  if (!challenged) return true;
  return resourceMetadata !== undefined && !isSameOrigin(resourceMetadata, asked);
}

/** What discovery may start from: the page's challenge as far as it can be believed, or the server's own. */
async function discoveryQuery(
  ports: Ports,
  flow: LiveFlow,
  grant: Grant | undefined,
): Promise<DiscoveryQuery> {
  const { asked, request, reached } = flow.record;
  const unclear = isUnclear(flow);
  let resourceMetadata = unclear ? undefined : request.resourceMetadata;
  if (unclear && reached.includes(hostPattern(asked))) {
    const challenge = await probeChallenge(ports, asked);
    resourceMetadata = challenge?.resourceMetadata;
    if (!request.challenged && challenge?.scopes) {
      const scopes = computeScopeUnion(request.scopes, challenge.scopes);
      await flow.note({ request: { ...request, scopes, challenged: true } });
    }
  }
  return {
    asked,
    resourceMetadata,
    issuer: grant?.server.issuer,
    fresh: request.rediscover,
    policy: await policyFor(ports, flow.record.origin),
  };
}

/** http to loopback is for sites that are on loopback themselves, and for developers (Z3). */
export async function policyFor(ports: Ports, origin: string): Promise<UrlPolicy> {
  if (isLoopbackOrigin(origin)) return { loopback: true };
  return { loopback: (await ports.store.readSettings()).developerMode };
}

/** The server granted more than anybody asked for: the user decides, or the tokens go (Z23). */
async function confirmExcess(
  { ports, consent }: Authorizer,
  flow: LiveFlow,
  grant: Grant,
): Promise<void> {
  const snapshot = excessSnapshot(flow.record, grant);
  try {
    await consent.ask(flow, snapshot);
  } catch (error) {
    // A page that has gone has decided nothing: the question comes back with the next call.
    if (!(error instanceof BrokerError) || error.code !== 'access_denied') throw error;
    const latest = (await ports.store.findGrant(grant.origin, grant.resource)) ?? grant;
    await ports.store.updateGrant(latest, { token: undefined });
    await revokeTokens(ports.http, latest);
    throw error;
  }
  const decision = { digest: flow.record.prompt?.digest ?? '', at: ports.now() };
  // While the user read, a refresh may have come: the decision is about the scopes, whichever token has them.
  const latest = await ports.store.findGrant(grant.origin, grant.resource);
  if (latest) {
    const ceiling = computeScopeUnion(latest.ceiling, snapshot.scopes.added);
    await ports.store.updateGrant(latest, { ceiling, decision });
  }
  await ports.store.deleteFlow(flow.record.id);
}

function isSameOrigin(one: string, other: string): boolean {
  return URL.parse(one)?.origin === new URL(other).origin;
}
