/**
 * One flow from start to grant: discover → choose a client → consent → register → authorize → exchange → commit.
 * Every step is on disk before it acts, and a step that rests on a decision looks for the decision first; so
 * after a restart the same function runs again from the top and asks nothing twice.
 */
import { WIDE } from '../../protocol/covers.ts';
import { computeScopeUnion, coversScopes, scopesBeyond } from '../../protocol/scope.ts';
import { hostPattern } from '../../protocol/url-policy.ts';
import { BrokerError } from '../../shared/errors.ts';
import type { PromptSnapshot } from '../../shared/prompt.ts';
import type { Found } from './discovery.ts';
import { dropTokens } from './drop-tokens.ts';
import { giveBackHosts } from './counted-hosts.ts';
import { confirmExcess, confirmHand } from './confirm.ts';
import { discoverAllowed, type FlowContext } from './discovery-consent.ts';
import { connectBare } from './connect-bare.ts';
import type { LiveFlow } from './live-flow.ts';
import { mergeGrant } from './merge-grant.ts';
import type { Ports } from '../ports/ports.ts';
import type { FlowRecord, Grant } from '../ports/records.ts';
import { isOf, obtainToken, type Agreed } from './obtain-token.ts';
import { clientSnapshot, needsConsent } from './snapshot.ts';
import { isUnset, keepApproved } from './overrides.ts';
import { prepareQuestion } from './prepare-question.ts';
import { prepareUnasked } from './remembered-discovery.ts';
import { learn } from './learn.ts';
import { onlyTicked, withFormer } from './ticked-scopes.ts';
import { learnRefused } from './refused-scopes.ts';
import { isAnyInFront } from './prompt-screen.ts';
import { prefersOwnClients } from './client-selection.ts';
import { sharedRedirectUri } from './redirects.ts';
import { reportGrant, traceDiscovery } from './flow-report.ts';
import { commit } from './commit.ts';
import { standingOf } from '../site/refusals.ts';
import { revokeAlone } from '../oauth/revocation.ts';
import { sealGrant } from '../oauth/seal-grant.ts';

/**
 * Carries out a flow.
 * @throws BrokerError whatever ended it; no grant has changed then
 */
export async function runFlow(context: FlowContext, flow: LiveFlow): Promise<void> {
  const { ports } = context;
  const { origin, asked } = flow.record;
  const asKnown = await ports.store.findGrant(origin, asked);
  const { excess, hand } = flow.record.request;
  if (excess ?? hand) {
    if (asKnown) await (excess ? confirmExcess : confirmHand)(context, flow, asKnown);
    return;
  }
  await agreeAndConnect(context, flow, asKnown);
}

/**
 * Signs in and stores, one flow after the other for each site and resource: of two that came by different addresses
 * the second asks for what the first has brought as well, or its tokens would not have it (T-37).
 */
async function connect(ports: Ports, flow: LiveFlow, agreed: Agreed): Promise<void> {
  const { found, grant } = agreed;
  const { record } = flow;
  const { legacy, resource } = found;
  if (flow.signal.aborted) throw new BrokerError('aborted');
  // Nothing was asked, and it waited for its turn: the window opens over what the user looks at now.
  if (flow.isUnopened && !(await isSeen(ports, flow))) {
    throw new BrokerError('interaction_required');
  }
  const latest = grant && (await ports.store.readGrant(grant));
  const held = latest ?? (await ports.store.findGrant(record.origin, resource.resource));
  // Taken back, over, or allowed less, while it waited.
  if (grant && !(latest && coversScopes(latest.ceiling, grant.ceiling)))
    throw new BrokerError('aborted');
  if (await isRefusedSince(ports, flow, agreed, held)) throw new BrokerError('aborted');
  const isSame =
    held?.resource === resource.resource && held.server?.issuer === found.server.issuer;
  const scopes = withFormer(isSame ? held.requested : [], agreed);
  // Before what comes of the sign-in, which goes with the former at some servers.
  if (record.sealed && held?.resource === resource.resource) await sealGrant(ports, held);
  const asking = { ...agreed, grant: held, scopes };
  const obtained = await obtainToken(ports, flow, asking).catch((error: unknown) =>
    learnRefused(ports, flow, agreed, error),
  );
  const { token, audience } = obtained;
  const isReached = await ports.hasHostAccess([hostPattern(audience.resource)]);
  const leftOut = computeScopeUnion(agreed.leftOut, scopesBeyond(agreed.wish.scopes, scopes));
  let former = held;
  const merge = (now: Grant | undefined) => {
    former = now ?? held;
    const authorized = { record, audience, scopes, leftOut, token, legacy, isReached };
    return mergeGrant(former, { ...authorized, unticked: agreed.unticked });
  };
  const next = merge(undefined);
  await keepApproved(ports, flow, { issuer: audience.server.issuer, resource: audience.resource });
  await commit(ports, flow, { next, began: held, merge });
  // Taken back while they signed in.
  if (await isUnset(ports, audience)) await dropTokens(ports, next);
  await learn(ports, { record, ...obtained });
  reportGrant(ports, flow, former, merge(former));
  // Tokens of a provider that the server no longer names are useless. Those of the same provider
  // are left alone: servers that see one client and user take the new ones away with the old.
  if (former?.server && former.server.issuer !== audience.server.issuer)
    await revokeAlone(ports, former);
}

/** Whether the user has taken a scope away since they allowed it, from what another address has brought meanwhile (T-49). */
async function isRefusedSince(
  { store, now }: Ports,
  { record }: LiveFlow,
  { found, scopes, at }: Agreed,
  held: Grant | undefined,
): Promise<boolean> {
  const refusals = await store.findRefusals(record.origin);
  const since = refusals.filter((refusal) => refusal.at >= at);
  const concern = { asked: found.resource.resource, held: held?.resource };
  const { refused } = standingOf(since, concern, now());
  return scopes.some((scope) => refused.includes(scope));
}

/** Once more at most: where no site of its own is registered, the client that is shared has to do, and is asked about. */
async function agreeAndConnect(
  context: FlowContext,
  flow: LiveFlow,
  asKnown: Grant | undefined,
): Promise<void> {
  const { ports } = context;
  for (;;) {
    const agreed = await agree(context, flow, asKnown);
    if (!agreed) return;
    const { server, resource } = agreed.found;
    const turn = `connect ${flow.record.origin} ${resource.resource}`;
    try {
      await ports.lock(turn, () => connect(ports, flow, agreed));
      return;
    } catch (error) {
      const quirks = await ports.store.findIssuer(server.issuer);
      const isStuck = isOf(error, 'registration_failed') && prefersOwnClients(quirks, server);
      if (!isStuck) throw error;
      await ports.store.learnIssuer(server.issuer, { registersNobody: true });
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
    flow.requireAwaited();
    if (!('server' in found) && (await connectBare(context, flow, found))) return undefined;
    if (!('server' in found)) continue;
    const { resource } = found;
    traceDiscovery(flow, found);
    const grant = asKnown ?? (await ports.store.findGrant(origin, resource.resource));
    if (grant && !asKnown && coversAnother(grant, flow.record, found)) {
      await ports.store.addAlias(grant, { asked, flow: id });
      return undefined;
    }
    // Of calls that have come already, some may be on their way to it.
    await ports.gathered(origin);
    flow.requireAwaited();
    // From here on the question is settled; calls that come later form the next one (Z47).
    flow.settled = true;
    flow.resource = resource.resource;
    const question = await prepareUnasked(flow, found, () =>
      prepareQuestion(ports, flow, found, grant),
    );
    if (!question) continue;
    flow.isUnasked = found.isUnasked === true;
    const { snapshot, ...prepared } = question;
    if (prepared.chosen.choice === 'asked') {
      // The answer is stored as the user's client there; whatever it was, everything is looked at again.
      await consent.ask(flow, clientSnapshot(snapshot, sharedRedirectUri(ports)));
      continue;
    }
    if (!(await isAllowed(context, flow, { snapshot, grant, found }))) continue;
    return { ...onlyTicked(prepared, flow.record), grant, found, at: ports.now() };
  }
}

/** Asks, unless all of it was allowed before. */
async function isAllowed(
  { ports, consent }: FlowContext,
  flow: LiveFlow,
  { snapshot, grant, found }: Pick<Agreed, 'grant' | 'found'> & { snapshot: PromptSnapshot },
): Promise<boolean> {
  await consent.refuseKnown(flow, snapshot);
  if (!needsConsent(snapshot, grant)) {
    await goOnSilently(ports, flow);
    return true;
  }
  if ((await consent.ask(flow, snapshot)) !== 'allow') return false;
  const { asked, reached } = flow.record;
  if (found.isUnasked) await flow.note({ reached: [...reached, hostPattern(asked)] });
  await giveBackHosts(ports, flow, found.server);
  return true;
}

/**
 * Nothing has to be asked, so the sign-in window opens at once. It may only over the page that is the cause, and that
 * was in front when it called; since then the server has had its time (Z24, Z40).
 * @throws BrokerError `interaction_required` when the user looks at something else by now
 */
async function goOnSilently(ports: Ports, flow: LiveFlow): Promise<void> {
  const isBefore = await isSeen(ports, flow);
  flow.goOn();
  if (!isBefore) throw new BrokerError('interaction_required');
}

async function isSeen(ports: Ports, flow: LiveFlow): Promise<boolean> {
  const isBefore = flow.isByUser || flow.record.promptWindow !== undefined;
  return isBefore || isAnyInFront(ports, flow.pages);
}

/**
 * True when the user has allowed all of this before, under another address, and was told so: "this covers all of the
 * host". Then the new address is one more way to the same grant. Only the host's own word leads here (Z41).
 */
function coversAnother(
  grant: Grant,
  { request }: FlowRecord,
  { resource, server }: Found,
): boolean {
  if (resource.match === 'wider' && !grant.shown?.includes(WIDE)) return false;
  const granted = grant.token?.granted ?? [];
  return grant.server?.issuer === server.issuer && coversScopes(granted, request.scopes);
}
