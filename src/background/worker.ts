/**
 * The composition root: joins the core with the browser. The browser starts this file anew for every burst
 * of events and kills it in between, so listeners are registered at once, synchronously, and each awaits
 * `ready` before it acts.
 */
import browser from 'webextension-polyfill';
import { CHANGES } from '../shared/document-contract.ts';
import { PAGE_PORT } from '../shared/page-contract.ts';
import { Activity } from './activity.ts';
import { authWindow } from './auth-window.ts';
import { Broker } from './broker.ts';
import { browserSession, onBrowserStart } from './browser-session.ts';
import { isOwnDocument, verifyPage, type Sender } from './caller.ts';
import { extensionHandlers, serveDocument } from './extension-door.ts';
import { Flows } from './flows.ts';
import { hasHostAccess, isInFront, watchFront } from './host-access.ts';
import { http } from './http.ts';
import { endGrants } from './lifetime.ts';
import { introduceOnInstall } from './onboarding.ts';
import { installOriginRule } from './origin-rule.ts';
import { PageDoor, refusePage, type PagePort } from './page-door.ts';
import type { Ports } from './ports.ts';
import { onWindowClosed, promptWindow } from './prompt-window.ts';
import { openStore } from './store.ts';
import { showPending } from './toolbar.ts';
import { Traces } from './traces.ts';
import { Uses } from './uses.ts';

/** URL of the build's own client id metadata document, or empty; vite.config.ts fills it in. */
declare const CLIENT_DOCUMENT: string;

const changes = new BroadcastChannel(CHANGES);
const pause = (milliseconds: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

const ready = start();
// A start that failed (a database that cannot be opened) is told to each caller; here it only must not be lost.
ready.catch(() => undefined);

async function start() {
  const [store, session] = await Promise.all([openStore(), browserSession(), installOriginRule()]);
  const tell: Ports['tell'] = (origin, event) => {
    door.tell(origin, event);
  };
  const memory = { store, now: Date.now, pause, changed: announce };
  const activity = new Activity(memory);
  const traces = new Traces(memory);
  const ports = browserPorts({ store, session, log: activity, traces, tell });
  const ending = endGrants(ports);
  const flows = new Flows(ports);
  const uses = new Uses(ports);
  const broker = new Broker(ports, flows, uses);
  const door = new PageDoor(
    {
      hello: () => Promise.resolve(broker.hello()),
      getToken: (caller, params, signal) => broker.getToken(caller, params, signal),
      permission: (caller, { resource }) => broker.permission(caller, resource),
      release: (caller, { resource }) => broker.release(caller, resource),
    },
    {
      now: ports.now,
      pause,
      log: activity,
      holdsGrant: (origin, resource) => broker.holdsGrant(origin, resource),
    },
  );
  await Promise.all([flows.resume(), ending.endDue()]);
  const brokerage = { ports, flows, broker, door, uses, ending, activity, traces };
  return { flows, door, handlers: extensionHandlers(brokerage) };
}

const announce = () => {
  changes.postMessage(null);
};

type Made = Pick<Ports, 'store' | 'session' | 'log' | 'traces' | 'tell'>;

function browserPorts(made: Made): Ports {
  return {
    ...made,
    now: () => Date.now(),
    random: Math.random,
    pause,
    lock: (name, task) => navigator.locks.request(name, task),
    http,
    authWindow,
    promptWindow,
    hasHostAccess,
    isInFront,
    watchFront,
    showPending,
    changed: announce,
    ...(CLIENT_DOCUMENT && { clientDocument: CLIENT_DOCUMENT }),
    version: browser.runtime.getManifest().version,
  };
}

/** Messages that arrive before `ready` are kept: a port does not repeat itself. */
function pagePort(port: browser.Runtime.Port): PagePort {
  const early: unknown[] = [];
  let closed = false;
  let listener: (message: unknown) => void = (message) => early.push(message);
  port.onMessage.addListener((message: unknown) => {
    listener(message);
    return undefined;
  });
  port.onDisconnect.addListener(() => {
    // Read, or Chrome reports it: a page that goes into the back/forward cache loses its port with an error.
    void browser.runtime.lastError;
    closed = true;
  });
  return {
    post: (message) => {
      port.postMessage(message);
    },
    onMessage: (next) => {
      listener = next;
      early.splice(0).forEach(next);
    },
    onClosed: (gone) => {
      if (closed) gone();
      else port.onDisconnect.addListener(gone);
    },
  };
}

function connect(port: browser.Runtime.Port, viaRelay: boolean): void {
  if (port.name !== PAGE_PORT) return;
  const page = pagePort(port);
  try {
    const caller = verifyPage((port.sender ?? {}) as Sender, viaRelay);
    void ready.then(
      ({ door }) => {
        door.serve(page, caller);
      },
      (error: unknown) => {
        refusePage(page, error);
      },
    );
  } catch (error) {
    refusePage(page, error);
  }
}

// Chrome: pages connect themselves. Firefox offers this to other extensions only; there our relay connects.
browser.runtime.onConnectExternal.addListener((port) => {
  connect(port, false);
});
browser.runtime.onConnect.addListener((port) => {
  connect(port, true);
});

browser.runtime.onMessage.addListener((message: unknown, sender: browser.Runtime.MessageSender) => {
  const root = browser.runtime.getURL('');
  if (!isOwnDocument(sender as Sender, browser.runtime.id, root)) return undefined;
  return ready.then(({ handlers }) => serveDocument(handlers, message));
});

onWindowClosed((window) => {
  void ready.then(({ flows }) => {
    flows.windowClosed(window);
  });
});

// What ended with the last session is ended now, not when somebody asks.
onBrowserStart(() => {
  void ready.catch(() => undefined);
});

introduceOnInstall();
