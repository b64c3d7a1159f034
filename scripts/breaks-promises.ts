/** Faults against what SECURITY.md, docs/architecture.md, the decisions and comments promise; see breaks.ts. */
import type { Break } from './breaks-list.ts';

/** A fault: what it breaks, in words, the place and what stands there instead; then the title of the test. */
type Fault = [of: string, says: string, find: string, replace: string, title: string];

const planted = (file: string, test: string, faults: readonly Fault[]): Break[] =>
  faults.map(([of, says, find, replace, title]) => ({
    of,
    says,
    file,
    find,
    replace,
    test: { file: test, title },
  }));

const DOORS: readonly Break[] = [
  ...planted('src/background/page-door.ts', 'background/page-door-promises.test.ts', [
    [
      'SECURITY 1',
      'events reach the pages of every site',
      'if (page.caller.origin === origin) page.post',
      'page.post',
      'an event › reaches every page of its site and no page of another (Z1, T-01)',
    ],
    [
      'architecture 1',
      'a failure before any grant is answered at once',
      'await ports.pause(FAILURE_STEP - (taken % FAILURE_STEP) + Math.random() * 500);',
      '',
      'a failure of a server › before any grant is answered at a multiple of two seconds and up to half a one more (T-25)',
    ],
    [
      'T-25',
      'the time that it took is not counted in',
      'FAILURE_STEP - (taken % FAILURE_STEP)',
      'FAILURE_STEP',
      'a failure of a server › before any grant is answered at a multiple of two seconds and up to half a one more (T-25)',
    ],
    [
      'SECURITY 5',
      'a site without a grant is told the whole code',
      'const wire = toWire(error, holds,',
      'const wire = toWire(error, true,',
      'a failure of a server › before any grant is connect_failed, whatever it was, and says more with one (Z2, T-33)',
    ],
    [
      'T-12',
      'messages of a site are not counted',
      ' || !admit()) {',
      ') {',
      'a call › is one of a thousand of its site in ten seconds, in however many pages (T-12)',
    ],
    [
      'T-12 calls',
      'a page may have any number of calls under way',
      ' || this.calls.size >= CALLS_PER_PAGE',
      '',
      'a call › is one of two hundred of its page at a time, and each has a number of its own (T-12)',
    ],
    [
      'T-06',
      'a page that leaves keeps its calls',
      '      page.leave();\n',
      '',
      'a call › ends with the page that made it, and with no other (T-06)',
    ],
  ]),
  ...planted('src/background/worker.ts', 'background/worker.test.ts', [
    [
      'SECURITY 3',
      'anybody may use the extension door',
      '  if (!isOwnDocument(sender as Sender, browser.runtime.id, root)) return undefined;\n',
      '  void [isOwnDocument, sender, root];\n',
      'the extension door › does not answer %s (Z6, T-07)',
    ],
    [
      'SECURITY 2',
      'another extension passes for a page',
      '  connect(port, false);',
      '  connect(port, true);',
      'the page door › refuses %s (T-03, T-09)',
    ],
  ]),
];

const ACCESS: readonly Break[] = [
  ...planted('src/background/broker.ts', 'flow/first-contact.test.ts', [
    [
      'T-25 servers',
      'a site may have any number of new servers contacted',
      'this.attempts.admit(origin, now) && this.newServers.admit(origin, now, host)',
      'this.attempts.admit(origin, now) && host !== undefined',
      'a site that holds nothing › has three new servers contacted in a minute, however often it asks (T-25)',
    ],
    [
      'T-25 attempts',
      'a site may try any number of addresses of one server',
      'this.attempts.admit(origin, now) && this.newServers',
      'this.newServers',
      'a site that holds nothing › has twenty attempts in a minute at one server (T-25)',
    ],
    [
      'architecture 4 pause',
      'a paused site is served',
      "if (await isPaused(this.ports, origin)) throw new BrokerError('access_denied');",
      '',
      'a paused site › has nothing contacted, nothing asked, and hears access_denied',
    ],
  ]),
  ...planted('src/background/broker.ts', 'flow/attention.test.ts', [
    [
      'ADR 0008',
      'sign-ins without a question are not counted',
      'if (!this.silentSignIns.admit(`${caller.origin} ${asked}`, this.ports.now())) {',
      'if (this.silentSignIns === undefined) {',
      'a page that says its token was refused › brings about three sign-ins without a question where they cannot, and none from the background',
    ],
    [
      'SECURITY gaps 1',
      'a sign-in opens over another tab',
      "if (!(await this.ports.isInFront(caller.tabId))) throw new BrokerError('interaction_required');",
      '',
      'a page that says its token was refused › brings about three sign-ins without a question where they cannot, and none from the background',
    ],
    [
      'ADR 0009',
      'a silenced site is asked about',
      'standing.silenced || (!grant',
      '(!grant',
      'a page that asks and asks › is silenced for new scopes too, when the user has closed three prompts',
    ],
  ]),
  ...planted('src/background/broker.ts', 'flow/decisions.test.ts', [
    [
      'SECURITY 12',
      'a refused scope joins a later question',
      '!refused.includes(scope) && !unmet(scope)',
      '!unmet(scope)',
      'a scope that the user has refused › is not in the question of another call that waits with it (Z24, guarantee 12)',
    ],
  ]),
  ...planted('src/background/refresh.ts', 'flow/locks.test.ts', [
    [
      'CODE 9 refresh',
      'the refresh lock is named by the site alone',
      'return `refresh ${origin} ${resource} ${account}`;',
      'return `refresh ${origin}${resource.slice(0, 0)}${account.slice(0, 0)}`;',
      'a refresh › does not wait for that of another resource of the same site',
    ],
    [
      'SECURITY 14',
      'no lock around a refresh',
      'this.ports.lock(key, () => this.refreshLocked(grant, wanted)),',
      'this.refreshLocked(grant, wanted),',
      'a refresh › is one request for two workers of one browser, under a lock (T-38)',
    ],
  ]),
  ...planted('src/background/refresh.ts', 'flow/write-ahead.test.ts', [
    [
      'architecture 4 refresh',
      'an attempt to refresh is not written ahead',
      'const noted = await store.updateGrant(grant, { refreshAttempts });',
      'const noted = { ...grant, refreshAttempts } as typeof grant | string;',
      'written before it is sent › that a refresh token is sent, and how often by now (K22, T-38)',
    ],
    [
      'K22',
      'a refresh token is sent as often as it takes',
      'if (grant.refreshAttempts >= MAX_ATTEMPTS) {',
      'if (grant.refreshAttempts >= MAX_ATTEMPTS + 9) {',
      'a refresh token whose answer never came › is sent once more by the next worker, and not a third time (K22)',
    ],
  ]),
  ...planted('src/background/refresh.ts', 'flow/keep.test.ts', [
    [
      'T-49',
      'what a refresh brings after a disconnection is left alive',
      'await revokeAlone(this.ports, { ...grant, token });',
      '',
      'changes at the same time › a refresh that comes back after a disconnection is revoked, not kept (T-49)',
    ],
  ]),
];

const CONNECT: readonly Break[] = [
  ...planted('src/background/registering.ts', 'flow/locks.test.ts', [
    [
      'CODE 9 register',
      'no lock around a registration',
      'return ports.lock(`register ${issuer} ${origin}`, async () => {',
      'return (async (_: string, task: () => Promise<Registration>) => task())(issuer, async () => {',
      'a registration › is one for two servers of one issuer that are connected at the same time (T-45)',
    ],
  ]),
  ...planted('src/background/flows.ts', 'flow/leaving.test.ts', [
    [
      'architecture 5',
      'a flow is abandoned at any stage when its last caller leaves',
      "if (flow.waiting === 0 && flow.record.stage === 'deciding') flow.abandon();\n    }\n    return mine",
      'if (flow.waiting === 0) flow.abandon();\n    }\n    return mine',
      'a flow whose last page leaves › %s goes on, and the next call gets what it brought',
    ],
    [
      'T-06 question',
      'a question stays when its page leaves',
      "if (flow.waiting === 0 && flow.record.stage === 'deciding') flow.abandon();\n    }\n    return mine",
      '}\n    return mine',
      'a flow whose last page leaves › while it asks is withdrawn, with its prompt, and nothing is remembered against the site',
    ],
    [
      'K02',
      'a question from before a restart stays without its page',
      "      if (flow.waiting === 0 && flow.record.stage === 'deciding') flow.abandon();\n    });",
      '      void flow;\n    });',
      'a question from before a restart › goes after fifteen seconds when its page does not come back (T-06)',
    ],
    [
      'T-06 back',
      'a question from before a restart goes although its page is back',
      "      if (flow.waiting === 0 && flow.record.stage === 'deciding') flow.abandon();\n    });",
      '      flow.abandon();\n    });',
      'a question from before a restart › stays when its page has asked again by then',
    ],
  ]),
  ...planted('src/background/flows.ts', 'flow/first-contact.test.ts', [
    [
      'T-13',
      'any number of requests may wait for the user',
      'if (alive.length >= MAX_FLOWS || ofSite',
      'if (ofSite',
      'all sites together › have twenty requests waiting for the user at most (T-13)',
    ],
  ]),
  ...planted('src/background/flows.ts', 'flow/attention.test.ts', [
    [
      'ADR 0009 three',
      'a site may have any number of questions waiting',
      ' || ofSite.length >= MAX_FLOWS_OF_SITE',
      '',
      'a page that asks and asks › has three questions pending at most, and leaves other sites room (T-13)',
    ],
  ]),
  ...planted('src/background/discovering.ts', 'flow/first-contact.test.ts', [
    [
      'SECURITY 4',
      'the server itself is asked before the click',
      'if (unclear && reached.includes(hostPattern(asked))) {',
      'if (unclear) {',
      'before the click › nothing but metadata is asked for, by GET, when the page could read no challenge (Z2)',
    ],
    [
      'Z16',
      'a challenge of the page may name another host',
      'return resourceMetadata !== undefined && !isSameOrigin(resourceMetadata, asked);',
      'return resourceMetadata === undefined && !isSameOrigin(asked, asked);',
      'before the click › a challenge of the page leads to no other host (Z16, T-21)',
    ],
  ]),
  ...planted('src/background/discovering.ts', 'flow/connect.test.ts', [
    [
      'Z2',
      'a loopback server is read before the question',
      "const mayRead = grant !== undefined || hostKind(new URL(asked).hostname) === 'public';",
      'const mayRead = grant !== undefined || hostKind(new URL(asked).hostname) !== undefined;',
      'a first connection › sends nothing at all to loopback before the user has allowed it (Z2)',
    ],
  ]),
  ...planted('src/background/discovery.ts', 'flow/first-contact.test.ts', [
    [
      'SECURITY 9',
      'a public server may name a provider on this computer',
      'return isPublic ? { loopback: false } : policy;',
      'return isPublic ? policy : policy;',
      'a public server › cannot send the broker to this computer, %s (Z2, T-28)',
    ],
  ]),
  ...planted('src/background/consent.ts', 'flow/decisions.test.ts', [
    [
      'SECURITY 10 nonce',
      'a decision with another nonce counts',
      'prompt?.nonce !== nonce || prompt.digest !== digest',
      'prompt?.digest !== digest',
      'a decision › with another nonce, hash or flow does nothing, whatever else is right (T-16)',
    ],
    [
      'SECURITY 10 hash',
      'a decision with another hash counts',
      'prompt?.nonce !== nonce || prompt.digest !== digest',
      'prompt?.nonce !== nonce',
      'a decision › with another nonce, hash or flow does nothing, whatever else is right (T-16)',
    ],
    [
      'SECURITY 10 once',
      'a decision counts twice',
      'if (!this.questions.delete(id)) return false;',
      'this.questions.delete(id);',
      'a decision › counts once, though it comes twice at the same moment',
    ],
    [
      'T-16',
      'every question has the same nonce',
      'const nonce = prompt?.digest === digest ? prompt.nonce : crypto.randomUUID();',
      'const nonce = prompt?.nonce ?? crypto.randomUUID();',
      'a decision › about a former question does not answer the next one (T-16)',
    ],
    [
      'Z4',
      'a decision is not on disk before something acts on it',
      "await question.flow.advance('allowed', 'discovering', allowed);",
      'question.flow.record = { ...question.flow.record, ...allowed };',
      'a decision › is on disk before anything acts on it (Z4, Z13)',
    ],
    [
      'architecture 4 refusals',
      'a refusal is not stored',
      'for (const record of records) await store.saveRefusal(record);',
      'void records;',
      'a scope that the user has refused › stays refused when the worker is started anew (architecture §4)',
    ],
  ]),
  ...planted('src/background/consent.ts', 'flow/attention.test.ts', [
    [
      'architecture 2.9',
      'a question opens over any tab',
      'return tabId !== undefined && (await this.ports.isInFront(tabId));',
      'return tabId !== undefined;',
      'a page that asks and asks › opens no prompt from a tab that is not in front, while it holds nothing',
    ],
    [
      'architecture 5 prompts',
      'two sites are asked about in turns',
      ' || this.betweenQuestions.size > 0) return;',
      ') return;',
      'a page that asks and asks › waits while the questions of another site are not at their end (Z4)',
    ],
  ]),
  ...planted('src/background/sign-in.ts', 'flow/write-ahead.test.ts', [
    [
      'ADR 0003',
      'a code is sent before it counts as spent',
      "await flow.advance('exchanging', 'exchanging');",
      '',
      'written before it is sent › that a code is spent (K16)',
    ],
    [
      'Z4 sign-in',
      'the sign-in window opens before that is written',
      "await flow.advance('authorizing', 'authorizing');",
      '',
      'written before it is sent › that the sign-in window opens (Z4)',
    ],
  ]),
  ...planted('src/background/authorize.ts', 'flow/taken-back.test.ts', [
    [
      'T-49 sign-in',
      'what was taken away during a sign-in comes back',
      'if (flow.signal.aborted || (await isTakenBack(ports.store, grant))) {',
      'if (flow.signal.aborted) {',
      'during a sign-in › a scope that is removed is not brought back by it (Z23)',
    ],
  ]),
];

const USER: readonly Break[] = [
  ...planted('src/background/disconnect.ts', 'flow/write-ahead.test.ts', [
    [
      'SECURITY 15',
      'tokens are revoked before they are deleted here',
      'const grant = await remove(ports, flows, key);\n',
      'const old = await ports.store.readGrant(key);\n  if (old) await revokeTokens(ports.http, old);\n  const grant = await remove(ports, flows, key);\n',
      'disconnecting › deletes here before anything is revoked there (T-49, guarantee 15)',
    ],
  ]),
  ...planted('src/background/erasure.ts', 'flow/write-ahead.test.ts', [
    [
      'erasure',
      'everything is forgotten before it is revoked',
      '  const grants = await store.listGrants();\n  const ways',
      '  const grants = await store.listGrants();\n  await store.eraseEverything();\n  const ways',
      'erasing everything › revokes first and forgets then, so that an interruption leaves something to try with',
    ],
  ]),
  ...planted('src/background/erasure.ts', 'flow/taken-back.test.ts', [
    [
      'erasure flows',
      'what a page begins while everything is erased outlives it',
      'await Promise.race([flows.close(), ports.pause(ENDING)]);',
      '',
      'erasing everything › leaves nothing that a page began meanwhile',
    ],
  ]),
  ...planted('src/background/removal.ts', 'flow/write-ahead.test.ts', [
    [
      'T-38 removal',
      'a refresh that takes a scope away is not written ahead',
      'const from = await ports.store.updateGrant(grant, { refreshAttempts: grant.refreshAttempts + 1 });',
      'const from = grant as Grant | string;',
      'written before it is sent › that a refresh token is sent to take a scope away',
    ],
  ]),
  ...planted('src/background/removal.ts', 'flow/locks.test.ts', [
    [
      'T-49 removal',
      'no lock around the removal of a scope',
      'await ports.lock(refreshLock(key), () => removeLocked(ports, key, scope));',
      'await removeLocked(ports, key, scope);\n  void refreshLock;',
      'a refresh › waits while a scope is taken away from the same grant, and sends what that has left',
    ],
  ]),
  ...planted('src/background/settings-transfer.ts', 'flow/taken-back.test.ts', [
    [
      'settings file',
      'a file switches developer mode on',
      'developerMode: next.developerMode && held.developerMode,',
      '',
      'a settings file › switches no protection off',
    ],
  ]),
  ...planted('src/background/lifetime.ts', 'flow/lifetime.test.ts', [
    [
      'ADR 0016',
      'a grant that is over is found until somebody cleans up',
      'if (!grant || !isDue(grant)) return grant;\n      await end(grant);\n      return undefined;',
      'return grant;',
      'a grant for a day › is never handed out after its end, though nothing has cleaned up yet',
    ],
  ]),
];

const STORAGE: readonly Break[] = [
  ...planted('src/background/http.ts', 'background/http.test.ts', [
    [
      'T-27 cookies',
      'cookies are sent along',
      "credentials: 'omit',",
      "credentials: 'include',",
      'inherits nothing of the browser: no cookies, no cache, no referrer, no redirect (T-27)',
    ],
    [
      'D8',
      'answers are read to their end',
      'if (length > limit) {',
      'if (length < 0) {',
      'stops reading an answer that does not end (D8, T-24)',
    ],
  ]),
  ...planted('src/background/store-transfer.ts', 'flow/write-ahead.test.ts', [
    [
      'T-34',
      'what comes after an erasure is sealed under the former key',
      'key.current = next;',
      '',
      'erasing everything › leaves a key under which what comes next can be read, in the next worker too (T-34)',
    ],
  ]),
  ...planted('src/background/activity.ts', 'background/page-door.test.ts', [
    [
      'ADR 0017',
      'a page fills the log with failures',
      ' || !this.failures.admit(about.origin, this.ports.now())) {',
      ') {',
      'a failure at the page door › is written down thirty times a minute and site, however often a page fails (T-12)',
    ],
  ]),
];

export const PROMISES: readonly Break[] = [...DOORS, ...ACCESS, ...CONNECT, ...USER, ...STORAGE];
