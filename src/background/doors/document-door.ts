/** The extension door: what our own documents may say. Other types, other listener, other handlers (Z6). */
import { asBrokerError, toWire } from '../../shared/errors.ts';
import type { RefusalView } from '../../shared/grant-view.ts';
import type {
  ExtensionCall,
  ExtensionCalls,
  ExtensionReply,
} from '../../shared/document-contract.ts';
import { compact } from '../../shared/facts/compact.ts';
import { shownAddress } from '../../shared/facts/shown-address.ts';
import { parseExtensionMessage } from '../../shared/parse-document.ts';
import { accountHandlers } from '../user/accounts.ts';
import type { ActivityWriter } from '../history/activity-log.ts';
import { chooseDocument, clientHandlers } from '../user/client-settings.ts';
import { eraseActivity, eraseEverything } from '../user/erase.ts';
import type { FlowTable } from '../connect/flow-table.ts';
import type { Expiry } from '../user/expiry.ts';
import { disconnect, disconnectServer } from '../user/disconnect.ts';
import { toViews } from './grant-views.ts';
import type { OpenPages } from './open-pages.ts';
import { keyHandlers } from '../user/keys.ts';
import { overrideHandlers } from '../user/overrides.ts';
import { pauseSite } from '../user/pause.ts';
import type { Ports } from '../ports/ports.ts';
import { isActive } from '../site/refusals.ts';
import { holdingHandlers } from '../user/holding.ts';
import { removeScope } from '../user/narrow-grant.ts';
import { importSettings, previewSettings } from '../user/settings-transfer.ts';
import type { TraceWriter } from '../history/trace-log.ts';
import type { CarriedStreams } from '../access/carried-streams.ts';
import type { UseCounter } from '../access/use-counter.ts';

/** One handler for each call of the contract. */
export type DocumentHandlers = {
  [C in ExtensionCall]: (
    params: ExtensionCalls[C]['params'],
  ) => Promise<ExtensionCalls[C]['result']>;
};

/** What the handlers act on. */
interface Brokerage {
  ports: Ports;
  flows: FlowTable;
  open: Pick<OpenPages, 'originIn'>;
  uses: UseCounter;
  streams: Pick<CarriedStreams, 'heldAt'>;
  expiry: Expiry;
  activity: ActivityWriter;
  traces: TraceWriter;
}

/** Everything that the user can see and do. */
export function documentHandlers(brokerage: Brokerage): DocumentHandlers {
  return {
    ...promptHandlers(brokerage),
    ...grantHandlers(brokerage),
    ...choiceHandlers(brokerage),
    ...clientHandlers(brokerage.ports),
    ...historyHandlers(brokerage),
  };
}

function promptHandlers({ flows, open }: Brokerage) {
  return {
    prompt: async ({ flow }) => {
      await flows.resumed;
      return flows.view(flow) ?? null;
    },
    decide: async (decision) => ({ accepted: await flows.decide(decision) }),
    pending: async () => {
      await flows.resumed;
      return flows.pending();
    },
    site: ({ tabId }) => {
      const origin = open.originIn(tabId);
      return Promise.resolve(origin === undefined ? null : { origin });
    },
    review: async ({ flow }) => ({ opened: await flows.review(flow) }),
    retry: async ({ flow, ...again }) => ({ started: await flows.retry(flow, again) }),
  } satisfies Partial<DocumentHandlers>;
}

function grantHandlers({ ports, flows, uses, expiry, streams }: Brokerage) {
  return {
    grants: async ({ origin, limit }) => {
      await uses.write();
      await expiry.endDue();
      const part = limit === undefined ? undefined : { origin, limit };
      const grants = await ports.store.listGrants(part);
      return toViews(ports, grants, (server) => streams.heldAt(server));
    },
    disconnect: ({ everySharer = false, ...key }) => disconnect(ports, flows, key, everySharer),
    disconnectServer: ({ resource }) => disconnectServer(ports, flows, resource),
    removeScope: (params) => removeScope(ports, params),
    unreadable: async ({ forget }) => {
      if (forget) await ports.store.forgetUnreadable();
      return { count: await ports.store.countUnreadable() };
    },
    ...accountHandlers(ports, flows),
    ...keyHandlers(ports, flows),
    ...overrideHandlers(ports),
    ...holdingHandlers(ports),
  } satisfies Partial<DocumentHandlers>;
}

function historyHandlers(brokerage: Brokerage) {
  const { ports, uses, activity, traces } = brokerage;
  return {
    activity: async ({ resource, ...query }) => {
      await Promise.all([uses.write(), activity.write()]);
      // As the rows name it.
      const shown = resource !== undefined && { resource: shownAddress(resource) };
      return ports.store.queryActivity({ ...query, ...shown });
    },
    traces: () => traces.list(),
    trace: async ({ id }) => (await traces.find(id)) ?? null,
    erase: async ({ what }) => {
      if (what === 'everything') return { unconfirmed: await eraseEverything(brokerage) };
      await eraseActivity(brokerage);
      return { unconfirmed: 0 };
    },
  } satisfies Partial<DocumentHandlers>;
}

function choiceHandlers({ ports, flows }: Brokerage) {
  const { store } = ports;
  return {
    refusals: async () => {
      const now = ports.now();
      const refusals = await store.listRefusals();
      return refusals
        .filter((refusal) => isActive(refusal, now))
        .map(({ at: _, removed: _removed, ...view }): RefusalView => view);
    },
    forgive: async ({ origin, resource }) => {
      const forgiven = await store.deleteRefusals(origin, resource);
      // "Ask me again" is about windows too.
      (await ports.budgets.of(origin)).giveBack('question');
      ports.changed();
      return { forgiven };
    },
    settings: () => store.readSettings(),
    pause: (params) => pauseSite(ports, flows, params),
    exportSettings: () => store.exportSettings(),
    previewSettings: ({ file }) => previewSettings(ports, file),
    importSettings: ({ file }) => importSettings(ports, file),
    configure: async ({ developerMode, clientDocument }) => {
      const document = await chooseDocument(ports, clientDocument);
      const { clientDocument: held, ...former } = await store.readSettings();
      const kept = document === undefined ? held : document;
      const settings = compact({
        ...former,
        developerMode: developerMode ?? former.developerMode,
        clientDocument: kept ?? undefined,
      });
      await store.writeSettings(settings);
      ports.changed();
      return settings;
    },
  } satisfies Partial<DocumentHandlers>;
}

/** Answers a message that came from one of our own documents. */
export async function serveDocument(
  handlers: DocumentHandlers,
  message: unknown,
): Promise<ExtensionReply> {
  try {
    const { call, params } = parseExtensionMessage(message);
    return { ok: true, result: await dispatch(handlers, call, params) };
  } catch (error) {
    return refuseDocument(error);
  }
}

/** Our own pages may know what a page may not: the code as it is, and the reason. */
export function refuseDocument(error: unknown): ExtensionReply & { ok: false } {
  const { reason } = asBrokerError(error).detail;
  const wire = toWire(error, true, crypto.randomUUID());
  return { ok: false, error: { ...wire, ...(reason && { reason }) } };
}

function dispatch<C extends ExtensionCall>(
  handlers: DocumentHandlers,
  call: C,
  params: ExtensionCalls[ExtensionCall]['params'],
): Promise<ExtensionCalls[C]['result']> {
  return handlers[call](params as ExtensionCalls[C]['params']);
}
