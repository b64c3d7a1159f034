/** What a connection rests on that the user has let pass, or is to let pass in its question (Z53). */
import { computeScopeUnion, scopesBeyond } from '../../protocol/scope.ts';
import {
  findLacking,
  findOverride,
  findUnset,
  hasStopped,
  overrideKey,
  restsOn,
  toldOf,
  type OverridePlace,
} from '../../protocol/overrides.ts';
import { namesNoProvider } from '../../protocol/protected-resource.ts';
import { BrokerError, serverFault } from '../../shared/errors.ts';
import type { AskedOverride, OverrideKind } from '../../shared/facts/override.ts';
import type { PromptSnapshot } from '../../shared/prompt.ts';
import type { Ports } from '../ports/ports.ts';
import type { FlowRecord, Grant } from '../ports/records.ts';
import type { Found } from './discovery.ts';
import type { LiveFlow } from './live-flow.ts';
import { isAnyInFront } from './prompt-screen.ts';

/** What is rested on, and what the question has to say of it. */
export interface Rests {
  overrides: OverrideKind[];
  missing: AskedOverride[];
  overridden: NonNullable<PromptSnapshot['overridden']>;
}

/** The issuer and resource of what was found. */
function placeOf({ server, resource }: Pick<Found, 'server' | 'resource'>): OverridePlace {
  return { issuer: server.issuer, resource: resource.resource };
}

/**
 * Refuses what only the user could let pass, where they can't be asked: a site that holds nothing anywhere has to be the
 * page that they look at, and a provider that has protected codes before is to go on with that.
 * @throws BrokerError `pkce_unsupported`, `discovery_failed`
 */
export async function refuseLacking(
  ports: Ports,
  flow: LiveFlow,
  found: Found,
  grant: Grant | undefined,
): Promise<void> {
  const { store } = ports;
  const place = placeOf(found);
  const [first] = findUnset(await store.listOverrides(), findLacking(found), place);
  if (first === undefined) return;
  const isWorse = hasStopped(found.server, grant?.server);
  if (!isWorse && (await mayOffer(ports, flow))) return;
  if (first === 'own_provider') throw namesNoProvider(flow.record.asked);
  throw serverFault('pkce_unsupported', place.issuer, 'no_pkce');
}

async function mayOffer(ports: Ports, flow: LiveFlow): Promise<boolean> {
  const { origin, promptWindow, prompt, inFront } = flow.record;
  if (await ports.store.hasAnyGrant(origin)) return true;
  // Its own window stands over the page by now: the page can't be in front of that.
  const isOnScreen = inFront === true && promptWindow !== undefined && prompt !== undefined;
  return isOnScreen || isAnyInFront(ports, flow.pages);
}

/** Looks up what was set, once it is known which client will be used. */
export async function readRests(
  { store }: Pick<Ports, 'store'>,
  found: Found,
  isClientByHand: boolean,
): Promise<Rests> {
  const all = await store.listOverrides();
  const place = placeOf(found);
  const overrides = restsOn(found, all, isClientByHand);
  const unset = findUnset(all, overrides, place);
  const missing = findLacking(found).filter((one) => unset.includes(one));
  return { overrides, missing, overridden: toldOf(all, [...overrides, 'scopes'], place) };
}

/** The scopes that the user leaves out here, but for those that are named now. */
export async function findLeftOut(
  { store }: Pick<Ports, 'store'>,
  found: Found,
  named: readonly string[],
): Promise<string[]> {
  const set = findOverride(await store.listOverrides(), 'scopes', placeOf(found));
  return scopesBeyond(set?.scopes ?? [], named);
}

/** What was approved in the question that a flow rests on. */
function approvedIn({ prompt }: FlowRecord): readonly OverrideKind[] {
  return (prompt?.decision && prompt.snapshot.missing) ?? [];
}

/** What a grant, or what is to become one, rests on. */
interface Resting {
  overrides?: readonly OverrideKind[] | undefined;
  server?: { issuer: string };
  resource: string;
}

/** True when something that this rests on was taken back, or was never set. */
export async function isUnset(
  { store }: Pick<Ports, 'store'>,
  { overrides = [], server, resource }: Resting,
): Promise<boolean> {
  if (overrides.length === 0) return false;
  const place = { issuer: server?.issuer ?? '', resource };
  return findUnset(await store.listOverrides(), overrides, place).length > 0;
}

/**
 * To be called before the sign-in: the question may have waited for long.
 * @throws BrokerError `aborted`
 */
export async function requireSet(
  ports: Pick<Ports, 'store'>,
  record: FlowRecord,
  { overrides = [], ...about }: Resting,
): Promise<void> {
  const approved = approvedIn(record);
  const others = overrides.filter((kind) => !approved.includes(kind));
  if (await isUnset(ports, { ...about, overrides: others })) throw new BrokerError('aborted');
}

/** Writes down what the question's controls have set, now that there is something that rests on it. */
export async function keepApproved(
  { store, now }: Pick<Ports, 'store' | 'now'>,
  { record }: LiveFlow,
  place: OverridePlace,
): Promise<void> {
  for (const kind of approvedIn(record))
    await store.saveOverride({ ...overrideKey(kind, place), at: now() });
}

/** Leaves scopes out from now on, of those that the question of a flow was about (Z53). */
export async function leaveOutOf(
  { store, now }: Pick<Ports, 'store' | 'now'>,
  { prompt }: FlowRecord,
  scopes: readonly string[],
): Promise<void> {
  const { issuer, resource = '', scopes: asked } = prompt?.snapshot ?? {};
  const some = scopes.filter((one) =>
    [...(asked?.added ?? []), ...(asked?.held ?? [])].includes(one),
  );
  if (issuer === undefined || some.length === 0) return;
  const key = overrideKey('scopes', { issuer, resource });
  const former = findOverride(await store.listOverrides(), 'scopes', { issuer, resource });
  const all = computeScopeUnion(former?.scopes ?? [], some);
  await store.saveOverride({ ...key, at: now(), scopes: all });
}
