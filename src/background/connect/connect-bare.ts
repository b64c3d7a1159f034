/**
 * A grant where nobody signs in: with a key that the user has from the server (Z37), or with nothing at all (Z38). The
 * key is stored when it is entered, and is no part of the flow or of the grant.
 */
import { hostPattern } from '../../protocol/url-policy.ts';
import { lifetimeOf } from '../../protocol/lifetime.ts';
import { UNMET_COOL_DOWN } from '../../protocol/plan.ts';
import { BrokerError } from '../../shared/errors.ts';
import { compact } from '../../shared/facts/compact.ts';
import type { PromptSnapshot } from '../../shared/prompt.ts';
import type { FlowRecord, Grant, NewGrant } from '../ports/records.ts';
import type { Bare } from './bare-server.ts';
import { commit } from './commit.ts';
import type { FlowContext } from './discovery-consent.ts';
import { reportGrant } from './flow-report.ts';
import type { LiveFlow } from './live-flow.ts';
import { accountOf } from './server-key.ts';
import { bareSnapshot } from './snapshot.ts';

/**
 * Asks, and stores what was allowed.
 * @returns false when the user has turned to another way: everything is looked at again
 * @throws BrokerError whatever ended it; no grant has changed then
 */
export async function connectBare(
  context: FlowContext,
  flow: LiveFlow,
  bare: Bare,
): Promise<boolean> {
  const { ports, consent } = context;
  const { origin, asked, request } = flow.record;
  await ports.gathered(origin);
  flow.requireAwaited();
  flow.settled = true;
  flow.resource = asked;
  const held = await ports.store.findGrant(origin, asked);
  const account = await accountOf(ports, origin, asked);
  const key = bare.wants === 'key' && (await ports.store.findServerKey(asked, account));
  const isStored = key !== false && key !== undefined;
  const pattern = hostPattern(asked);
  const snapshot = snapshotOf(flow.record, bare, {
    keyHeld: isStored && !request.rediscover,
    keyRefused: isStored && request.rediscover,
    hostAccess: (await ports.hasHostAccess([pattern])) ? [] : [pattern],
  });
  await consent.refuseKnown(flow, snapshot);
  if ((await consent.ask(flow, snapshot)) !== 'allow') return false;
  await ports.lock(`connect ${origin} ${asked}`, async () => {
    if (flow.signal.aborted) throw new BrokerError('aborted');
    const next = grantOf(flow.record, bare, { held, account, now: ports.now() });
    await commit(ports, flow, { next, began: held });
    (await ports.budgets.of(origin)).giveBack('host', [new URL(asked).host]);
    reportGrant(ports, flow, held, next);
  });
  return true;
}

function snapshotOf(
  { origin, asked }: FlowRecord,
  { wants, otherWay }: Bare,
  {
    keyHeld,
    keyRefused,
    hostAccess,
  }: { keyHeld: boolean; keyRefused: boolean; hostAccess: string[] },
): PromptSnapshot {
  return compact({
    ...bareSnapshot(origin, asked),
    stage: 'allow' as const,
    credential: wants,
    keyHeld: keyHeld || undefined,
    keyRefused: keyRefused || undefined,
    otherWay,
    hostAccess,
  });
}

function grantOf(
  { origin, asked: resource, request, prompt, lasting }: FlowRecord,
  { wants: credential }: Bare,
  { held, account, now }: { held: Grant | undefined; account: string; now: number },
): NewGrant {
  const same = held?.resource === resource ? held : undefined;
  return compact({
    origin,
    resource,
    account,
    accountName: same?.accountName,
    credential,
    sealedOnly: same?.sealedOnly,
    headers: same?.headers,
    // Nothing but the address and the way is shown, and both are in here.
    shown: [],
    requested: [],
    ceiling: [],
    unmet: {},
    // The new key is not asked for again before it has had its time.
    reauthorizedUntil: request.rediscover ? now + UNMET_COOL_DOWN : undefined,
    refreshAttempts: 0,
    decision: { digest: prompt?.digest ?? '', at: now },
    ...lifetimeOf(same, lasting),
    createdAt: same?.createdAt ?? now,
    signedInAt: now,
    lastUsedAt: same?.lastUsedAt ?? now,
    uses: same?.uses ?? 0,
  });
}
