/**
 * One flow from start to grant: discover → choose a client → consent → register → authorize → exchange → commit.
 * Every step is on disk before it acts, and a step that rests on a decision looks for the decision first; so
 * after a restart the same function runs again from the top and asks nothing twice.
 */
import type { AuthorizationServer } from 'oauth4webapi';
import { endpointUrls } from '../../protocol/authorization-server.ts';
import type { ClientChoice } from '../../protocol/client-choice.ts';
import { computeScopeUnion, coversScopes } from '../../protocol/scope.ts';
import { hostPattern } from '../../protocol/url-policy.ts';
import { BrokerError } from '../../shared/errors.ts';
import { discoverAllowed, type FlowContext } from './discovery-consent.ts';
import type { LiveFlow } from './live-flow.ts';
import { mergeGrant, selectScopes } from './merge-grant.ts';
import type { Ports } from '../ports/ports.ts';
import type { FlowRecord, Grant } from '../ports/records.ts';
import { isOf, obtainToken, type Agreed, type Obtained } from './obtain-token.ts';
import { clientSnapshot, excessSnapshot, grantSnapshot, needsConsent } from './snapshot.ts';
import { prefersOwnClients, selectClient, sharedRedirectUri } from './client-selection.ts';
import { reportGrant, traceDiscovery, traceScopes } from './flow-report.ts';
import { commit } from './commit.ts';
import { changeGrant } from '../site/pages.ts';
import { findEndedSites } from '../oauth/shared-client.ts';
import { noteRevocation, revokeAlone } from '../oauth/revocation.ts';

/**
 * Carries out a flow.
 * @throws BrokerError whatever ended it; no grant has changed then
 */
export async function runFlow(context: FlowContext, flow: LiveFlow): Promise<void> {
  const { ports } = context;
  const { origin, asked } = flow.record;
  const asKnown = await ports.store.findGrant(origin, asked);
  if (flow.record.request.excess) {
    if (asKnown) await confirmExcess(context, flow, asKnown);
    return;
  }
  const obtained = await agreeAndObtain(context, flow, asKnown);
  if (!obtained) return;
  const { grant, scopes, found, token, audience, learned } = obtained;
  const { legacy } = found;
  const next = mergeGrant(grant, { record: flow.record, audience, scopes, token, legacy });
  await commit(ports, flow, { next, began: grant });
  reportGrant(ports, flow, grant, next);
  if (learned) await ports.store.learnIssuer(audience.server.issuer, learned);
  // Tokens of a provider that the server no longer names are useless. Those of the same provider
  // are left alone: servers that see one client and user take the new ones away with the old.
  if (grant && grant.server.issuer !== audience.server.issuer) await revokeAlone(ports, grant);
}

/** Once more at most: where no site of its own is registered, the client that is shared has to do, and is asked about. */
async function agreeAndObtain(
  context: FlowContext,
  flow: LiveFlow,
  asKnown: Grant | undefined,
): Promise<(Agreed & Obtained) | undefined> {
  const { store } = context.ports;
  for (;;) {
    const agreed = await agree(context, flow, asKnown);
    if (!agreed) return undefined;
    const { server } = agreed.found;
    try {
      return { ...agreed, ...(await obtainToken(context.ports, flow, agreed)) };
    } catch (error) {
      const quirks = await store.findIssuer(server.issuer);
      const isStuck = isOf(error, 'registration_failed') && prefersOwnClients(quirks, server);
      if (!isStuck) throw error;
      await store.learnIssuer(server.issuer, { registersNobody: true });
    }
  }
}

/**
 * Finds out what there is to decide and asks, as often as the user turns to another authorization server.
 * @returns undefined when nothing had to be asked of anybody: one more way to a grant that is held
 */
async function agree(
  context: FlowContext,
  flow: LiveFlow,
  asKnown: Grant | undefined,
): Promise<Agreed | undefined> {
  const { ports, consent } = context;
  const { origin, asked, id } = flow.record;
  for (;;) {
    if (flow.signal.aborted) throw new BrokerError('aborted');
    const found = await discoverAllowed(context, flow, asKnown);
    const { resource, server } = found;
    traceDiscovery(flow, found);
    const grant = asKnown ?? (await ports.store.findGrant(origin, resource.resource));
    if (grant && !asKnown && coversAnother(grant, flow.record, server)) {
      await ports.store.addAlias(grant, { asked, flow: id });
      return undefined;
    }
    // From here on the question is settled; calls that come later form the next one (Z47).
    flow.settled = true;
    const wanted = computeScopeUnion(grant?.requested ?? [], flow.record.request.scopes);
    const scopes = selectScopes(wanted, { resource, server, grant });
    await traceScopes(ports, flow, grant, scopes);
    const missingAccess = await missingHostAccess(ports, server);
    const offer = { ...found, grant, scopes, missingAccess };
    const { formerIssuer: former } = grantSnapshot(flow.record, offer);
    const chosen = await selectClient(ports, flow, { server, scopes, former });
    const endsOthers = await sitesEndedBy(ports, flow, chosen, server);
    const snapshot = grantSnapshot(flow.record, { ...offer, endsOthers });
    if (chosen.choice === 'asked') {
      // The answer is stored as the user's client there; whatever it was, everything is looked at again.
      await consent.ask(flow, clientSnapshot(snapshot, sharedRedirectUri(ports)));
      continue;
    }
    const answer = needsConsent(snapshot, grant) ? await consent.ask(flow, snapshot) : 'allow';
    if (answer === 'allow') return { grant, found, scopes, chosen };
  }
}

/** Other sites that a sign-in with this client throws out (Z56). */
async function sitesEndedBy(
  ports: Ports,
  { record: { origin } }: LiveFlow,
  chosen: ClientChoice,
  { issuer }: AuthorizationServer,
): Promise<string[]> {
  const clientId =
    chosen.choice === 'document'
      ? chosen.clientId
      : chosen.choice === 'pre-registered'
        ? chosen.registration.clientId
        : undefined;
  return clientId === undefined ? [] : findEndedSites(ports, { origin, issuer, clientId });
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

/** The server granted more than anybody asked for: the user decides, or the tokens go (Z23). */
async function confirmExcess(
  { ports, consent }: FlowContext,
  flow: LiveFlow,
  grant: Grant,
): Promise<void> {
  const snapshot = excessSnapshot(flow.record, grant);
  try {
    await consent.ask(flow, snapshot);
  } catch (error) {
    // A page that has gone has decided nothing: the question comes back with the next call.
    if (!(error instanceof BrokerError) || error.code !== 'access_denied') throw error;
    const latest = (await ports.store.readGrant(grant)) ?? grant;
    await noteRevocation(ports, latest);
    const drop = () => ports.store.updateGrant(latest, { token: undefined });
    await changeGrant(ports, latest, drop);
    await revokeAlone(ports, latest);
    throw error;
  }
  const decision = { digest: flow.record.prompt?.digest ?? '', at: ports.now() };
  // While the user read, a refresh may have come: the decision is about the scopes, whichever token has them.
  const latest = await ports.store.readGrant(grant);
  if (latest) {
    const ceiling = computeScopeUnion(latest.ceiling, snapshot.scopes.added);
    await ports.store.updateGrant(latest, { ceiling, decision });
  }
  await ports.store.deleteFlow(flow.record.id);
}
