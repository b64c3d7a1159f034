/**
 * From tokens to a grant. What a server has given out is on disk before anything else is done with it, so a worker that
 * dies in between leaves it to the next one, and nobody signs in a second time for it (Z4, K18).
 */
import { computeScopeUnion } from '../../protocol/scope.ts';
import { BrokerError } from '../../shared/errors.ts';
import { compact } from '../../shared/facts/compact.ts';
import { revokeAlone } from '../oauth/revocation.ts';
import type { Ports } from '../ports/ports.ts';
import type { FlowRecord, Grant, NewGrant } from '../ports/records.ts';
import type { GrantOrigin } from '../ports/stores.ts';
import { changeGrant } from '../site/pages.ts';
import { readSite } from '../site/policy.ts';
import { reportGrant } from './flow-report.ts';
import { LiveFlow } from './live-flow.ts';

/** What is to be stored, and what it grew out of. */
export interface Commitment {
  next: NewGrant;
  began: Grant | undefined;
  /** See {@link GrantOrigin}. */
  merge?: (latest: Grant | undefined) => NewGrant;
}

/**
 * Stores what a flow has brought, unless the user has taken back meanwhile what it began with.
 * @throws BrokerError `aborted`: nothing is stored, and the tokens are given back. What kept the tokens from the disk
 */
export async function commit(
  ports: Ports,
  flow: LiveFlow,
  { next, began, merge }: Commitment,
): Promise<void> {
  const { id, asked } = flow.record;
  const from = { asked, flow: id, began };
  try {
    await ports.store.saveUnfinished(id, { todo: 'commit', grant: next, from });
    // The commit writes its decision itself, and what was before it is to stand before it (T-50).
    void ports.log.write();
    const isWithdrawn = () => flow.signal.aborted;
    if (await storeGrant(ports, next, { ...from, isWithdrawn, ...(merge && { merge }) })) return;
  } catch (error) {
    await revokeAlone(ports, next, id);
    throw error;
  }
  await revokeAlone(ports, next, id);
  throw new BrokerError('aborted');
}

/**
 * Stores what the flows of a former worker have brought. A flow that was ended since, by whatever the user did, brings
 * nothing: its tokens are left to be revoked.
 * @param flows what that worker left of them
 */
export async function commitLeft(ports: Ports, flows: readonly FlowRecord[]): Promise<void> {
  for (const { id, work } of await ports.store.listUnfinished()) {
    if (work.todo !== 'commit') continue;
    const { grant, from } = work;
    const flow = flows.find((one) => one.id === id);
    const { paused } = await readSite(ports, grant.origin);
    const merge = (latest: Grant | undefined) => beside(latest, grant);
    if (flow && !paused && (await storeGrant(ports, grant, { ...from, merge }))) {
      reportGrant(ports, new LiveFlow(ports, flow), from.began, grant);
      ports.traces.end(id, 'done');
    } else {
      await ports.store.saveUnfinished(id, { todo: 'revoke', grant });
      // Nor is what was decided then carried out when the page asks again.
      await ports.store.deleteFlow(id);
    }
  }
}

/**
 * The grant of a worker that is gone, beside what was stored since: nothing that was allowed is lost (T-37), and nothing
 * that was kept from pages is theirs (Z26).
 */
function beside(latest: Grant | undefined, grant: NewGrant): NewGrant {
  if (!latest) return grant;
  const { createdAt, uses, lastUsedAt, headers, sealedOnly = grant.sealedOnly } = latest;
  const requested = computeScopeUnion(latest.requested, grant.requested);
  const ceiling = computeScopeUnion(latest.ceiling, grant.ceiling);
  const { carriedSoFar, ...rest } = grant;
  const kept = compact({ sealedOnly, headers, carriedSoFar: latest.carriedSoFar && carriedSoFar });
  return { ...rest, requested, ceiling, createdAt, uses, lastUsedAt, ...kept };
}

function storeGrant(ports: Ports, next: NewGrant, from: GrantOrigin): Promise<boolean> {
  return changeGrant(ports, next, () => ports.store.commitGrant(next, from));
}
