/**
 * Composes the core: the worker calls this with the browser behind the ports, the flow tests with what Node has. What
 * is tested is what is built.
 */
import { Carrier } from './access/carry.ts';
import { TokenAccess } from './access/get-token.ts';
import { takeUpRenewals } from './access/renewal.ts';
import { UseCounter } from './access/use-counter.ts';
import { FlowTable } from './connect/flow-table.ts';
import { Admission } from './doors/admission.ts';
import { CarryDoor } from './doors/carry-door.ts';
import { documentHandlers, type DocumentHandlers } from './doors/document-door.ts';
import { OpenPages } from './doors/open-pages.ts';
import type { PageHandlers } from './doors/page-call.ts';
import { PageDoor } from './doors/page-door.ts';
import type { CallPorts } from './doors/told-failure.ts';
import { ActivityWriter } from './history/activity-log.ts';
import { TraceWriter } from './history/trace-log.ts';
import { proofMemory } from './oauth/proof-memory.ts';
import { takeUpRevocations } from './oauth/revocation.ts';
import type { Ports } from './ports/ports.ts';
import { tellSite } from './site/pages.ts';
import { SiteBudgets } from './site/budgets.ts';
import { endingGrants } from './user/expiry.ts';
import { release } from './user/release.ts';

/** Everything that the core cannot make itself. */
export interface Outside extends Omit<
  Ports,
  'log' | 'traces' | 'tell' | 'budgets' | 'isInFront' | 'gathered' | 'proofs'
> {
  /** Whether a tab is in front, whatever it shows. */
  readonly isInFront: (tabId: number) => Promise<boolean>;
}

/** The core. */
export interface Core {
  ports: Ports;
  access: TokenAccess;
  flows: FlowTable;
  pages: PageDoor;
  /** Where pages have requests carried. */
  carrying: CarryDoor;
  documents: DocumentHandlers;
  /**
   * Takes up what a former worker left, and ends what is over. Nothing that a page is answered waits for it; what
   * needs the flows of a former worker does.
   */
  start(): Promise<void>;
}

/**
 * Makes the core out of what it acts with. It does nothing until it is asked, or started.
 * @param admission what has counted the ports that came before the core was there
 */
export function assemble(
  outside: Outside,
  open = new OpenPages(),
  admission = new Admission(outside),
): Core {
  const [activity, traces] = [new ActivityWriter(outside), new TraceWriter(outside)];
  const tell: Ports['tell'] = (origin, event) => {
    carrier.running.heed(origin, event);
    open.tell(origin, event);
  };
  // The tab may show another page by the time that the browser has answered.
  const isInFront: Ports['isInFront'] = async (page) =>
    (await outside.isInFront(page.tabId)) && open.has(page);
  const budgets = new SiteBudgets(outside);
  const gathered: Ports['gathered'] = (origin) => admission.gathered(origin);
  const proofs = proofMemory(outside);
  const told = { ...outside, log: activity, traces, tell, isInFront, budgets, gathered, proofs };
  const expiry = endingGrants(told, outside.store);
  const ports: Ports = { ...told, store: expiry.store };
  const flows = new FlowTable(ports);
  const uses = new UseCounter(ports);
  const access = new TokenAccess(ports, flows, uses);
  const carrier = new Carrier({ ports, tokens: access, uses });
  const holdsGrantAt: CallPorts['holdsGrantAt'] = (...at) => access.holdsGrantAt(...at);
  const calls = { ...ports, holdsGrantAt };
  const carrying = new CarryDoor(carrier, calls, open, admission);
  const pages = new PageDoor(handlers({ ports, flows, access }), calls, open, admission);
  const shown = { ports, flows, open, uses, expiry, activity, traces };
  const documents = documentHandlers({ ...shown, streams: carrier.streams });
  outside.watchHostGiven(tellReached(ports, open));
  outside.watchHostAccess(() => {
    void carrier.running.heedHostAccess();
    // An open popup says what can be reached.
    ports.changed();
  });
  const start = async () => {
    await Promise.all([flows.resume(), takeUpRenewals(ports)]);
    // In this order: what the sweep ends it revokes itself.
    await Promise.all([takeUpRevocations(ports), expiry.sweep()]);
    // A prompt whose flow ended with the former worker looks again, and closes itself.
    outside.changed();
  };
  return { ports, access, flows, pages, carrying, documents, start };
}

/** What pages may call. */
function handlers({
  ports,
  flows,
  access,
}: Pick<Core, 'ports' | 'flows' | 'access'>): PageHandlers {
  return {
    hello: (caller) => access.hello(caller),
    getToken: (...call) => access.getToken(...call),
    permission: (caller, { resource }) => access.permission(caller, resource),
    release: (caller, { resource }) => release(ports, flows, caller, resource),
  };
}

/** Their requests are carried from now on, and a page learns it by what is told of its grants (Z33). */
function tellReached(ports: Ports, open: OpenPages): () => void {
  return () => {
    for (const origin of open.origins) void tellSite(ports, origin);
  };
}
