/**
 * What the browser calls. It starts this file anew for every burst of events and kills it in between, so listeners are
 * registered at once, synchronously, and each awaits `ready` before it acts.
 */
import '../shared/frozen.ts';
import browser from 'webextension-polyfill';
import { CHANGES } from '../shared/document-contract.ts';
import { CARRY_PORT } from '../shared/carry-contract.ts';
import { PAGE_PORT } from '../shared/page-contract.ts';
import { boundCarry } from '../shared/parse-carry.ts';
import { assemble, type Outside } from './assemble.ts';
import { authWindow } from './browser/auth-window.ts';
import { browserSession, onBrowserStart } from './browser/browser-session.ts';
import { copiesBytes, patienceWithReaders } from './browser/copies-bytes.ts';
import {
  dropHostAccess,
  hasHostAccess,
  isInFront,
  watchFront,
  watchHostAccess,
  watchHostGiven,
} from './browser/host-access.ts';
import { keepAlive } from './browser/keep-alive.ts';
import { introduceOnInstall } from './browser/onboarding.ts';
import { httpWithOrigin, installOriginRule } from './browser/origin-rule.ts';
import { pagePort } from './browser/page-port.ts';
import { onWindowClosed, promptWindow } from './browser/prompt-window.ts';
import { protocolOf, stream } from './browser/stream.ts';
import { showPending } from './browser/toolbar.ts';
import { Admission } from './doors/admission.ts';
import { isOwnDocument, verifyPage, type Sender } from './doors/caller.ts';
import { refuseCarried } from './doors/refuse-carried.ts';
import { refuseDocument, serveDocument } from './doors/document-door.ts';
import { OpenPages } from './doors/open-pages.ts';
import { refusePage } from './doors/page-door.ts';
import type { CarryPort, PagePort } from './ports/ports.ts';
import { openStore } from './storage/open-store.ts';

/** URL of the build's own client id metadata document, or empty; vite.config.ts fills it in. */
declare const CLIENT_DOCUMENT: string;

/** Messages of a carried request kept before the start: the first, and a part of its body. */
const EARLY_PARTS = 2;

const changes = new BroadcastChannel(CHANGES);

const ready = start();
// A start that failed (a database that cannot be opened) is told to each caller; here it only must not be lost.
ready.catch(() => undefined);

async function start() {
  const [store, session] = await Promise.all([openStore(), browserSession(), installOriginRule()]);
  const core = assemble({ store, session, ...browserPorts }, new OpenPages(), admission);
  core.start().catch(() => undefined);
  return core;
}

const browserPorts: Omit<Outside, 'store' | 'session'> = {
  now: () => Date.now(),
  random: () => Math.random(),
  pause: (milliseconds, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    }),
  lock: (name, task) => navigator.locks.request(name, task),
  http: httpWithOrigin,
  stream,
  protocolOf,
  copiesBytes: copiesBytes(),
  patience: patienceWithReaders(),
  keepAlive,
  watchHostAccess,
  watchHostGiven,
  authWindow,
  promptWindow,
  hasHostAccess,
  dropHostAccess,
  isInFront,
  watchFront,
  showPending,
  changed: () => {
    changes.postMessage(null);
  },
  ...(CLIENT_DOCUMENT && { clientDocument: CLIENT_DOCUMENT }),
  version: browser.runtime.getManifest().version,
};

/** Counts from the first port on, also while the store is being opened. */
const admission = new Admission(browserPorts);

function connect(port: browser.Runtime.Port, viaRelay: boolean): void {
  const sender = (port.sender ?? {}) as Sender;
  if (port.name === CARRY_PORT) carry(pagePort(port, boundCarry, EARLY_PARTS), sender, viaRelay);
  else if (port.name === PAGE_PORT) serve(pagePort(port), sender, viaRelay);
  else port.disconnect();
}

function serve(page: PagePort, sender: Sender, viaRelay: boolean): void {
  try {
    const caller = verifyPage(sender, viaRelay);
    const pass = admission.enter(page, caller);
    if (!pass) return;
    void ready.then(
      ({ pages }) => {
        pages.serve(page, caller, pass);
      },
      (error: unknown) => {
        refusePage(page, error);
      },
    );
  } catch (error) {
    // What is refused is counted too, for no site.
    if (admission.enter(page, { origin: '', tabId: sender.tab?.id ?? -1 })) refusePage(page, error);
  }
}

/** Each carried request is attested anew (Z27). */
function carry(port: CarryPort, sender: Sender, viaRelay: boolean): void {
  try {
    const caller = verifyPage(sender, viaRelay);
    const pass = admission.enterCarried(port, caller);
    if (!pass) return;
    void ready.then(
      ({ carrying }) => {
        carrying.serve(port, caller, pass);
      },
      (error: unknown) => {
        refuseCarried(port, error);
      },
    );
  } catch (error) {
    refuseCarried(port, error);
  }
}

// Chrome: pages connect themselves. Firefox offers this to other extensions only; there our relay connects.
browser.runtime.onConnectExternal.addListener((port) => {
  connect(port, false);
});
browser.runtime.onConnect.addListener((port) => {
  // Our own id, or it is none of ours.
  connect(port, port.sender?.id === browser.runtime.id);
});

browser.runtime.onMessage.addListener((message: unknown, sender: browser.Runtime.MessageSender) => {
  const root = browser.runtime.getURL('');
  if (!isOwnDocument(sender as Sender, browser.runtime.id, root)) return undefined;
  return ready.then(({ documents }) => serveDocument(documents, message), refuseDocument);
});

onWindowClosed((window) => {
  void ready.then(({ flows }) => flows.windowClosed(window));
});

// What ended with the last session is ended now, not when somebody asks.
onBrowserStart(() => {
  void ready.catch(() => undefined);
});

introduceOnInstall();
