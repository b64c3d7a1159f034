/** The extension door: what our own documents may say. Other types, other listener, other handlers (Z6). */
import { toWire } from '../shared/errors.ts';
import type { GrantView, RefusalView } from '../shared/grant-view.ts';
import type { ExtensionCall, ExtensionCalls, ExtensionReply } from '../shared/document-contract.ts';
import { OFFLINE_ACCESS, scopesBeyond } from '../protocol/scope.ts';
import { parseExtensionMessage } from '../shared/parse-document.ts';
import { accountHandlers } from './account.ts';
import type { Activity } from './activity.ts';
import type { Broker } from './broker.ts';
import { chooseDocument, clientHandlers } from './client-settings.ts';
import { eraseActivity, eraseEverything } from './erasure.ts';
import type { Flows } from './flows.ts';
import { isOver, type Ending } from './lifetime.ts';
import type { PageDoor } from './page-door.ts';
import { pauseSite } from './pause.ts';
import type { ListedGrant, Ports } from './ports.ts';
import { isActive } from './refusal.ts';
import { removeScope } from './removal.ts';
import { importSettings } from './settings-transfer.ts';
import type { Traces } from './traces.ts';
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
  door: Pick<PageDoor, 'originIn'>;
  uses: Uses;
  ending: Ending;
  activity: Activity;
  traces: Traces;
}

/** Everything that the user can see and do. */
export function extensionHandlers(brokerage: Brokerage): ExtensionHandlers {
  return {
    ...promptHandlers(brokerage),
    ...grantHandlers(brokerage),
    ...choiceHandlers(brokerage),
    ...clientHandlers(brokerage.ports),
    ...historyHandlers(brokerage),
  };
}

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

function grantHandlers({ ports, flows, broker, uses, ending }: Brokerage) {
  return {
    grants: async ({ origin, limit }) => {
      await uses.write();
      if (limit !== undefined) {
        const part = await ports.store.listGrants({ origin, limit });
        if (!part.some((one) => isOver(one, ports.now(), ports.session)))
          return toViews(ports, part);
      }
      // To end what is over takes reading everything.
      await ending.endDue();
      return toViews(ports, await ports.store.listGrants());
    },
    disconnect: ({ everySharer, ...key }) => broker.disconnect(key, everySharer),
    disconnectServer: async ({ resource }) => {
      const grants = (await ports.store.listGrants()).filter((one) => one.resource === resource);
      const answers: ExtensionCalls['disconnectServer']['result'] = [];
      for (const { origin, account } of grants) {
        const key = { origin, resource, account };
        answers.push({ ...key, ...(await broker.disconnect(key)) });
      }
      return answers;
    },
    removeScope: (params) => removeScope(ports, params),
    ...accountHandlers(ports, flows),
  } satisfies Partial<ExtensionHandlers>;
}

function historyHandlers(brokerage: Brokerage) {
  const { ports, uses, activity, traces } = brokerage;
  return {
    activity: async (query) => {
      await Promise.all([uses.write(), activity.write()]);
      return ports.store.queryActivity(query);
    },
    traces: () => traces.list(),
    trace: async ({ id }) => (await traces.find(id)) ?? null,
    erase: async ({ what }) => {
      if (what === 'everything') return { unconfirmed: await eraseEverything(brokerage) };
      await eraseActivity(brokerage);
      return { unconfirmed: 0 };
    },
  } satisfies Partial<ExtensionHandlers>;
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
      ports.changed();
      return { forgiven };
    },
    settings: () => store.readSettings(),
    pause: (params) => pauseSite(ports, flows, params),
    exportSettings: () => store.exportSettings(),
    importSettings: ({ file }) => importSettings(ports, file),
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

/** Grants as our own pages show them, each issuer with a shared client looked up once. */
async function toViews({ store }: Ports, grants: readonly ListedGrant[]): Promise<GrantView[]> {
  const shared = grants.filter(({ sharedClient }) => sharedClient !== undefined);
  const issuers = [...new Set(shared.map(({ server }) => server.issuer))];
  const known = await Promise.all(issuers.map((issuer) => store.findIssuer(issuer)));
  const endOthers = new Set(known.flatMap((quirks) => (quirks?.endsOthers ? quirks.issuer : [])));
  return grants.map((grant) => ({
    ...toView(grant),
    ...(grant.sharedClient !== undefined &&
      endOthers.has(grant.server.issuer) && { endsOthers: true as const }),
  }));
}

function toView(grant: ListedGrant): GrantView {
  const { origin, resource, account, accountName, server, ceiling, token } = grant;
  const granted = token?.granted ?? [];
  // What the server will not renew needs the user again, and the popup says so before a page asks.
  const isOver = grant.trouble?.refused === true;
  const renewable = token !== undefined && token.renewable && !isOver;
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
    ...(token && !isOver && { expiresAt: token.expiresAt }),
    renewable,
    ...(accountName !== undefined && { accountName }),
    chosen: grant.chosen,
    duration: grant.duration,
    ...(grant.legacy && { legacy: grant.legacy }),
    ...(grant.endsAt !== undefined && { endsAt: grant.endsAt }),
  };
}
