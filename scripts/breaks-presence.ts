/** Faults against what is promised of pages that have left, and of the sign-in window's turn; see breaks.ts. */
import { planted, type Break } from './breaks-list.ts';

const LEAVES = 'a page that asks › and %s while %s leaves nothing behind (T-06, Z40)';

/** For whom a flow goes on, and where it may show itself. */
export const PRESENCE: readonly Break[] = [
  ...planted('src/background/connect/live-flow.ts', 'accept/consent/leaving.test.ts', [
    [
      'Z40',
      'leaving is noticed only while the question is open',
      'if (this.#isDeserted && (!this.isAgreed || this.isUnopened)) this.abandon();',
      "if (this.#isDeserted && this.record.stage === 'deciding') this.abandon();",
      LEAVES,
    ],
    [
      'Z40',
      'a host that may be contacted counts as the whole Allow',
      "return stage !== 'deciding' && (stage !== 'allowed' || !isPreliminary);",
      "return stage !== 'deciding';",
      LEAVES,
    ],
  ]),
  ...planted('src/background/connect/flow-runner.ts', 'accept/consent/leaving.test.ts', [
    [
      'Z40',
      'a server that does not answer keeps the place of a page that has left',
      'return raceAbort(http(url, { ...init, signal: flow.signal }, limits), flow.signal);',
      'return http(url, init, limits);',
      LEAVES,
    ],
  ]),
  ...planted('src/background/connect/prompt-screen.ts', 'accept/consent/leaving.test.ts', [
    [
      'Z40',
      'a window that was being created when its page left stays',
      'if (!this.#isAsking(flow) && !this.#leadsOn(flow)) {',
      'if (flow.record.createdAt < 0) {',
      LEAVES,
    ],
  ]),
  ...planted('src/background/connect/flow-table.ts', 'flow/presence.test.ts', [
    [
      'Z40',
      'a new call ends with the flow of a page that has left',
      'return flight?.work.signal.aborted ? undefined : flight;',
      'return flight;',
      'a page that is left for another one of the same site › leaves no flow that the next call would end with (Z40)',
    ],
    [
      'Z40',
      'a flow does not know which pages wait',
      'const leave = flow.wait(caller);',
      'const leave = flow.wait();',
      'two tabs of one site that ask for the same › are asked over the tab that is left, once the user looks at it (Z40)',
    ],
  ]),
  ...planted('src/background/connect/live-flow.ts', 'flow/presence.test.ts', [
    [
      'Z40',
      'a page ends what the user began',
      'this.#isDeserted = this.waiting === 0 && !this.isByUser;',
      'this.#isDeserted = this.waiting === 0;',
      'what the user began › goes on when a page that joined it leaves',
    ],
  ]),
  ...planted('src/background/connect/run-flow.ts', 'flow/presence.test.ts', [
    [
      'Z24',
      'a sign-in without a question opens over whatever the user looks at by then',
      "if (!isBefore) throw new BrokerError('interaction_required');",
      'void isBefore;',
      'a sign-in without a question › opens none over the tab to which the user has turned meanwhile (Z24, Z40)',
    ],
  ]),
  ...planted('src/background/assemble.ts', 'flow/presence.test.ts', [
    [
      'Z40',
      'a tab is in front whatever it shows',
      '(await outside.isInFront(page.tabId)) && open.has(page);',
      'outside.isInFront(page.tabId);',
      'a page that is left for another one of the same site › asks nothing over the next one while only its own port is late to close (Z40)',
    ],
  ]),
  ...planted('src/background/doors/open-pages.ts', 'flow/presence.test.ts', [
    [
      'Z40',
      'the next document of a site is taken for the one that asked',
      'caller.tabId === tabId && caller.origin === origin && caller.documentId === documentId,',
      'caller.tabId === tabId && caller.origin === origin && (caller.documentId ?? documentId ?? ""),',
      'a page that is left for another one of the same site › asks nothing over the next one while only its own port is late to close (Z40)',
    ],
  ]),
  ...planted('src/background/doors/caller.ts', 'background/doors/caller.test.ts', [
    [
      'Z40',
      'the document is not looked at',
      'return compact({ origin, tabId: tab.id, documentId });',
      'void documentId, compact;\n  return { origin, tabId: tab.id };',
      'a web page (Z5) › is known by its document, where the browser names that (Z40)',
    ],
  ]),
  ...planted('src/background/doors/page-door.ts', 'background/doors/page-door-promises.test.ts', [
    [
      'T-06 before',
      'what a page said before it left is served once the worker is ready',
      'if (!isOpen) return;',
      'void isOpen;',
      'a call › is served to no page that had left before the worker was ready (T-06, Z40)',
    ],
  ]),
  ...planted('src/background/connect/sign-in.ts', 'flow/sign-in-turn.test.ts', [
    [
      'T-41',
      'a sign-in page that leads nowhere stays open',
      'if (isOpen) void ports.authWindow.close(signInWindow);',
      'void isOpen;',
      'a sign-in page that leads nowhere › is closed when its time is over: its site hears of it, and the next sign-in has its turn (T-41)',
    ],
    [
      'T-41',
      'a window is closed that has the number of a sign-in which is over',
      'if (isOpen) void ports.authWindow.close(signInWindow);',
      'void isOpen, ports.authWindow.close(signInWindow);',
      'a sign-in page that leads nowhere › that the user has closed leaves nothing for later: a new window is not closed in its place',
    ],
  ]),
  ...planted('src/background/browser/auth-window.ts', 'flow/sign-in-turn.test.ts', [
    [
      'Z40',
      'a site that was turned away meanwhile gets its sign-in window',
      '      signal?.throwIfAborted();\n',
      '      void signal;\n',
      'a sign-in page that leads nowhere › does not lead to the window of a site that was turned away while it waited for its turn (Z40)',
    ],
  ]),
];
