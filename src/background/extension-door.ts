/** The extension door: what our own documents may say. Other types, other listener, other handlers (Z6). */
import { toWire } from '../shared/errors.ts';
import type { GrantView, RefusalView } from '../shared/grant.ts';
import type { ExtensionCall, ExtensionCalls, ExtensionReply } from '../shared/messages.ts';
import { OFFLINE_ACCESS, scopesBeyond } from '../protocol/scope.ts';
import { parseExtensionMessage } from '../shared/parse.ts';
import type { Broker } from './broker.ts';
import { chooseDocument, clientHandlers } from './client-settings.ts';
import type { Flows } from './flows.ts';
import type { PageDoor } from './page-door.ts';
import type { GrantSummary, Ports } from './ports.ts';
import type { Uses } from './uses.ts';

/** One handler for each call of the contract. */
export type ExtensionHandlers = {
  [C in ExtensionCall]: (
    params: ExtensionCalls[C]['params'],
  ) => Promise<ExtensionCalls[C]['result']>;
};

/** What the handlers act on. */
interface Brokerage {
  ports: Ports;
  flows: Flows;
  broker: Broker;
  door: PageDoor;
  uses: Uses;
}

/** Everything that the user can see and do. */
export function extensionHandlers(brokerage: Brokerage): ExtensionHandlers {
  return {
    ...promptHandlers(brokerage),
    ...grantHandlers(brokerage),
    ...choiceHandlers(brokerage),
    ...clientHandlers(brokerage.ports),
    ...notBuilt,
  };
}

const notBuiltYet = () => Promise.reject(new Error('not built yet'));
/** TODO(session): each goes when its capability comes; none may be left at the end. */
const notBuilt = {
  // issue 5
  disconnectServer: notBuiltYet,
  removeScope: notBuiltYet,
  connectAccount: notBuiltYet,
  chooseAccount: notBuiltYet,
  renameAccount: notBuiltYet,
  pause: notBuiltYet,
  activity: notBuiltYet,
  traces: notBuiltYet,
  trace: notBuiltYet,
  exportSettings: notBuiltYet,
  importSettings: notBuiltYet,
  erase: notBuiltYet,
} satisfies Partial<ExtensionHandlers>;

function promptHandlers({ flows, door }: Brokerage) {
  return {
    prompt: ({ flow }) => Promise.resolve(flows.view(flow) ?? null),
    decide: async (decision) => ({ accepted: await flows.consent.decide(decision) }),
    pending: () => Promise.resolve(flows.pending()),
    site: ({ tabId }) => {
      const origin = door.originIn(tabId);
      return Promise.resolve(origin === undefined ? null : { origin });
    },
    review: async ({ flow }) => ({ opened: await flows.review(flow) }),
    retry: async ({ flow }) => ({ started: await flows.retry(flow) }),
  } satisfies Partial<ExtensionHandlers>;
}

function grantHandlers({ ports, broker, uses }: Brokerage) {
  return {
    grants: async () => {
      await uses.write();
      return (await ports.store.listGrants()).map(toView);
    },
    disconnect: ({ everySharer, ...key }) => broker.disconnect(key, everySharer),
  } satisfies Partial<ExtensionHandlers>;
}

function choiceHandlers({ ports }: Brokerage) {
  const { store } = ports;
  return {
    refusals: async () => {
      const now = ports.now();
      const refusals = await store.listRefusals();
      return refusals
        .filter(({ until }) => until > now)
        .map(({ at: _, ...view }): RefusalView => view);
    },
    forgive: async ({ origin, resource }) => {
      const forgiven = await store.deleteRefusals(origin, resource);
      ports.changed();
      return { forgiven };
    },
    settings: () => store.readSettings(),
    configure: async ({ developerMode, clientDocument }) => {
      const document = await chooseDocument(ports, clientDocument);
      const { clientDocument: held, ...former } = await store.readSettings();
      const kept = document === undefined ? held : document;
      const settings = {
        ...former,
        developerMode: developerMode ?? former.developerMode,
        ...(kept && { clientDocument: kept }),
      };
      await store.writeSettings(settings);
      ports.changed();
      return settings;
    },
  } satisfies Partial<ExtensionHandlers>;
}

/** Answers a message that came from one of our own documents. */
export async function serveDocument(
  handlers: ExtensionHandlers,
  message: unknown,
): Promise<ExtensionReply> {
  try {
    const { call, params } = parseExtensionMessage(message);
    return { ok: true, result: await dispatch(handlers, call, params) };
  } catch (error) {
    // Our own pages may know what a page may not: the code as it is.
    return { ok: false, error: toWire(error, true, crypto.randomUUID()) };
  }
}

function dispatch<C extends ExtensionCall>(
  handlers: ExtensionHandlers,
  call: C,
  params: ExtensionCalls[ExtensionCall]['params'],
): Promise<ExtensionCalls[C]['result']> {
  return handlers[call](params as ExtensionCalls[C]['params']);
}

function toView(grant: GrantSummary): GrantView {
  const { origin, resource, account, server, ceiling, token } = grant;
  const granted = token?.granted ?? [];
  const renewable = token?.renewable ?? false;
  // A refresh token is the answer to `offline_access`; servers do not name it among the granted scopes.
  const given = renewable ? [...granted, OFFLINE_ACCESS] : granted;
  return {
    origin,
    resource,
    account,
    issuer: server.issuer,
    granted,
    ungranted: scopesBeyond(ceiling, given),
    createdAt: grant.createdAt,
    lastUsedAt: grant.lastUsedAt,
    uses: grant.uses,
    ...(token && { expiresAt: token.expiresAt }),
    renewable,
    chosen: true,
    duration: grant.duration,
    ...(grant.legacy && { legacy: grant.legacy }),
  };
}
