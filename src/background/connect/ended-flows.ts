/** Which flows end with what the user takes back, those among them that a former worker has left (T-49). */
import type { Flight } from '../concurrency/single-flight.ts';
import type { Ports } from '../ports/ports.ts';
import type { FlowRecord, GrantKey } from '../ports/records.ts';
import { giveBackAccess, lentTo } from './lent-access.ts';
import type { LiveFlow } from './live-flow.ts';

/** What the user ends, and how. */
export interface Ending {
  /** @param known what the flow is about, where that has been found out */
  isMeant(record: FlowRecord, known?: string): Promise<boolean> | boolean;
  end(flow: LiveFlow): void;
}

/** Ends what is under way for one grant, by whichever address it was asked for. */
export function endingGrant(
  { store }: Pick<Ports, 'store'>,
  { origin, resource, account }: GrantKey,
): Ending {
  return {
    async isMeant({ asked, request, prompt, ...record }, known) {
      if (record.origin !== origin) return false;
      const grant = await store.findGrant(origin, asked);
      const concerned = request.account?.like ?? grant?.account ?? account;
      // The user may have allowed it at an address that leads to no grant yet.
      const about = [asked, known, prompt?.snapshot.resource, grant?.resource];
      return concerned === account && about.includes(resource);
    },
    end(flow) {
      flow.abandon();
    },
  };
}

/** Ends what is under way for one site, sign-in windows included. */
export function endingSite(origin: string): Ending {
  return {
    isMeant: (record) => record.origin === origin,
    end(flow) {
      flow.stop();
    },
  };
}

/**
 * Ends flows. What was allowed is carried out by no later worker either: of a flow that lives, its windows are all that
 * is left on disk, and what a former worker has left goes.
 */
export async function endFlows(
  ports: Pick<Ports, 'store' | 'dropHostAccess'>,
  alive: readonly Flight<LiveFlow>[],
  { isMeant, end }: Ending,
): Promise<void> {
  for (const { work: flow } of alive) {
    if (!(await isMeant(flow.record, flow.resource))) continue;
    end(flow);
    await flow.note({}).catch(() => undefined);
  }
  const { store } = ports;
  const ids = new Set(alive.map(({ work }) => work.record.id));
  const records = await store.listFlows();
  const over: FlowRecord[] = [];
  for (const record of records) {
    if (ids.has(record.id) || !(await isMeant(record))) continue;
    await store.deleteFlow(record.id);
    over.push(record);
  }
  const left = records.filter((record) => !over.includes(record));
  await giveBackAccess(ports, lentTo(over, left));
}
