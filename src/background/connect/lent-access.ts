/**
 * Access to this computer's addresses, which a sign-in needs to catch its answer and nothing else does: it is given
 * back when the sign-in is over, unless it was held before (Z35).
 */
import { endpointUrls } from '../../protocol/authorization-server.ts';
import { hostPattern } from '../../protocol/url-policy.ts';
import type { Ports } from '../ports/ports.ts';
import type { FlowRecord } from '../ports/records.ts';
import type { LiveFlow } from './live-flow.ts';

export class LentAccess {
  readonly #alive = new Set<LiveFlow>();
  readonly #owed = new Set<string>();
  readonly #ports: Ports;

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  begin(flow: LiveFlow): void {
    this.#alive.add(flow);
  }

  /** While another flow leads back to this computer it goes on with what is held; the last one gives it back. */
  async end(flow: LiveFlow): Promise<void> {
    this.#alive.delete(flow);
    for (const pattern of flow.record.lent ?? []) this.#owed.add(pattern);
    if (this.#owed.size === 0 || [...this.#alive].some(({ returnsHere }) => returnsHere)) return;
    const owed = [...this.#owed];
    this.#owed.clear();
    await giveBackAccess(this.#ports, owed);
  }
}

/** Gives access back, but for what a grant that has been made meanwhile needs. */
export async function giveBackAccess(
  { store, dropHostAccess }: Pick<Ports, 'store' | 'dropHostAccess'>,
  patterns: readonly string[],
): Promise<void> {
  if (patterns.length === 0) return;
  const grants = await store.listGrants();
  const needed = grants.flatMap(({ resource, server }) =>
    [resource, ...(server ? endpointUrls(server) : [])].map(hostPattern),
  );
  const idle = patterns.filter((pattern) => !needed.includes(pattern));
  if (idle.length > 0) await dropHostAccess(idle);
}

/** What flows of a former worker were lent, and no other of them may need still. */
export function lentTo(over: readonly FlowRecord[], left: readonly FlowRecord[]): string[] {
  const kept = new Set(left.flatMap(({ lent = [] }) => lent));
  return [...new Set(over.flatMap(({ lent = [] }) => lent))].filter((one) => !kept.has(one));
}
