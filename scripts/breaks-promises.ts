/** Faults against what SECURITY.md, docs/architecture.md, the decisions and comments promise; see breaks.ts. */
import { ADMISSION, MEASURES } from './breaks-admission.ts';
import { CARRIED_PAGE } from './breaks-page.ts';
import { BUDGET } from './breaks-budget.ts';
import { CONNECT } from './breaks-connect.ts';
import { COVERS } from './breaks-covers.ts';
import { FAIRNESS } from './breaks-fairness.ts';
import { CARRY_JOINTS } from './breaks-carry-joints.ts';
import { DEMO } from './breaks-demo.ts';
import { DPOP } from './breaks-dpop.ts';
import { KEY_BREAKS } from './breaks-keys.ts';
import { OVERRIDE_BREAKS } from './breaks-overrides.ts';
import { PROMPT } from './breaks-prompt.ts';
import { EDGES } from './breaks-edges.ts';
import { FAILURE_BREAKS } from './breaks-failures.ts';
import { PRESENCE } from './breaks-presence.ts';
import { PROVIDERS } from './breaks-providers.ts';
import { ACCESS, DOORS } from './breaks-doors.ts';
import { HOLDINGS } from './breaks-holding.ts';
import { JOINTS } from './breaks-joints.ts';
import { KILLS } from './breaks-kills.ts';
import { planted, type Break } from './breaks-list.ts';
import { TAB_PAGES } from './breaks-tab-pages.ts';
import { WINDOWS } from './breaks-windows.ts';
import { STORAGE_PROMISES } from './breaks-storage.ts';
import { CARRY } from './breaks-carry.ts';
import { SPEED } from './breaks-speed.ts';
import { BROKEN } from './breaks-broken.ts';
import { LOOPBACK } from './breaks-loopback.ts';
import { POPUP } from './breaks-popup.ts';
import { NETWORK } from './breaks-network.ts';
import { RACES } from './breaks-races.ts';

const USER: readonly Break[] = [
  ...planted('src/background/user/disconnect.ts', 'flow/write-ahead.test.ts', [
    [
      'SECURITY 15',
      'tokens are revoked before they are deleted here',
      'const grant = await remove(ports, flows, key);\n',
      'const old = await ports.store.readGrant(key);\n  if (old) await revokeTokens(ports.http, old);\n  const grant = await remove(ports, flows, key);\n',
      'disconnecting › deletes here before anything is revoked there (T-49, guarantee 15)',
    ],
  ]),
  ...planted('src/background/user/erase.ts', 'flow/write-ahead.test.ts', [
    [
      'erasure',
      'everything is forgotten before it is revoked',
      '  const grants = await store.listGrants();\n  const ways',
      '  const grants = await store.listGrants();\n  await store.eraseEverything();\n  const ways',
      'erasing everything › revokes first and forgets then, so that an interruption leaves something to try with',
    ],
  ]),
  ...planted('src/background/user/erase.ts', 'flow/taken-back.test.ts', [
    [
      'erasure flows',
      'what a page begins while everything is erased outlives it',
      'await Promise.race([flows.close(), ports.pause(ENDING)]);',
      '',
      'erasing everything › leaves nothing that a page began meanwhile',
    ],
  ]),
  ...planted('src/background/user/narrow-grant.ts', 'flow/write-ahead.test.ts', [
    [
      'T-38 removal',
      'a refresh that takes a scope away is not written ahead',
      'const from = await ports.store.updateGrant(grant, { refreshAttempts: grant.refreshAttempts + 1 });',
      'const from = grant as Grant | string;',
      'written before it is sent › that a refresh token is sent to take a scope away',
    ],
  ]),
  ...planted('src/background/user/narrow-grant.ts', 'flow/locks.test.ts', [
    [
      'T-49 removal',
      'no lock around the removal of a scope',
      'await ports.lock(refreshLock(key), () => removeLocked(ports, key, scope));',
      'await removeLocked(ports, key, scope);\n  void refreshLock;',
      'a refresh › waits while a scope is taken away from the same grant, and sends what that has left',
    ],
  ]),
  ...planted('src/background/user/settings-transfer.ts', 'flow/taken-back.test.ts', [
    [
      'settings file',
      'a file switches developer mode on',
      'developerMode: next.developerMode && held.developerMode,',
      '',
      'a settings file › switches no protection off',
    ],
  ]),
  ...planted('src/background/user/expiry.ts', 'flow/lifetime.test.ts', [
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
  ...planted('src/background/browser/http.ts', 'background/browser/http.test.ts', [
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
  ...planted('src/background/storage/export.ts', 'flow/write-ahead.test.ts', [
    [
      'T-34',
      'what comes after an erasure is sealed under the former key',
      'key.current = next;',
      '',
      'erasing everything › leaves a key under which what comes next can be read, in the next worker too (T-34)',
    ],
  ]),
  ...planted('src/background/history/activity-log.ts', 'background/doors/page-door.test.ts', [
    [
      'ADR 0017',
      'a page fills the log with failures',
      ' || !this.#failures.admit(about.origin, this.#ports.now())) {',
      ') {',
      'a failure at the page door › is written down thirty times a minute and site, however often a page fails (T-12)',
    ],
  ]),
];

const KEPT: readonly Break[] = [
  ...planted('src/shared/activity-rings.ts', 'flow/kept.test.ts', [
    [
      'ADR 0017 site',
      'a page pushes out of the log what others did',
      'const MAX_SHARE = 200;',
      'const MAX_SHARE = 3000;',
      'the ring of the log › keeps two hundred failures of one site, and all that others did (ADR 0017)',
    ],
    [
      'ADR 0017 rows',
      'the log grows',
      'const MAX_DECISIONS = 3000;',
      'const MAX_DECISIONS = 300_000;',
      'the ring of the log › keeps three thousand rows, the newest (ADR 0017)',
    ],
  ]),
  ...planted('src/background/connect/resume.ts', 'flow/kept.test.ts', [
    [
      'architecture 4 window',
      'a sign-in window outlives its worker',
      'if (signInWindow !== undefined) await authWindow.close(signInWindow);',
      'void [signInWindow, authWindow];',
      'a decision from before a restart › closes the sign-in window, whose answer nobody would get, and is carried out when the page asks',
    ],
    [
      'architecture 4 age',
      'a decision is carried out however old it is',
      'return age < 0 || age > FLOW_LIFETIME;',
      'return age < 0 && age > FLOW_LIFETIME;',
      'a decision from before a restart › is worth nothing %s: the user is asked anew (Z46)',
    ],
    [
      'architecture 4 account',
      'an account’s sign-in is left behind',
      'if (over || !record.prompt?.decision) undone',
      'if (over) undone',
      'a decision from before a restart › is not there for a second account: the user starts that again',
    ],
  ]),
  ...planted('src/background/connect/metadata-document.ts', 'flow/kept.test.ts', [
    [
      'architecture 2.7',
      'a document is believed forever',
      'if (held && age >= 0 && age < DOCUMENT_LIFETIME)',
      'if (held && age >= 0)',
      'a metadata document › is believed for an hour, and not when it comes from a time still to come',
    ],
    [
      'Z46 document',
      'a document from the future is believed',
      'if (held && age >= 0 && age < DOCUMENT_LIFETIME)',
      'if (held && age < DOCUMENT_LIFETIME)',
      'a metadata document › is believed for an hour, and not when it comes from a time still to come',
    ],
  ]),
  ...planted('src/background/user/accounts.ts', 'flow/kept.test.ts', [
    [
      'ADR 0018',
      'a site has any number of accounts',
      'held.length >= MAX_ACCOUNTS',
      'held.length < 0',
      'a site › has ten accounts at one server at most (ADR 0018)',
    ],
  ]),
  ...planted('src/background/connect/run-flow.ts', 'flow/kept.test.ts', [
    [
      'T-21',
      'an address with another provider becomes a way to the grant',
      'return grant.server?.issuer === server.issuer && coversScopes(',
      'return server.issuer !== undefined && coversScopes(',
      'a site › gets no second way to its grant where the address names another provider (T-21, Z15)',
    ],
  ]),
  ...planted('src/background/connect/confirm.ts', 'flow/excess.test.ts', [
    [
      'T-44',
      'tokens that grant too much live on when they are refused',
      '    await dropTokens(ports, grant);\n',
      '    void dropTokens;\n',
      'excess scope › is not used when it is denied: the tokens are revoked, and nothing is asked again (Z23, Z24)',
    ],
  ]),
  ...planted('src/background/site/refusals.ts', 'background/site/refusals.test.ts', [
    [
      'ADR 0009 embargo',
      'three denials end nothing',
      '.length + 1 >= DENIALS_TO_EMBARGO',
      '.length > 99',
      'three denials (Z24, T-13) › end the questions about a server for seven days, for all scopes (Z24)',
    ],
  ]),
  ...planted('src/background/oauth/revocation.ts', 'flow/clients.test.ts', [
    [
      'Z21',
      'a disconnection ends the access of other sites',
      'if (sharers.length === 0) return',
      'if (sharers.length >= 0) return',
      'the client id metadata document › shared by two sites is not revoked for both when one is disconnected, unless the user says so (Z21)',
    ],
  ]),
  ...planted('src/background/connect/preregistered-client.ts', 'flow/clients.test.ts', [
    [
      'R37 secret',
      'a secret is sent with another client id',
      'former?.clientId === clientId ? former.clientSecret : undefined',
      'former?.clientSecret',
      'a client of the user’s own › keeps its secret when it is saved without one, unless the client id is another (R37)',
    ],
  ]),
];

/** All of them. */
export const PROMISES: readonly Break[] = [
  ...ADMISSION,
  ...CARRIED_PAGE,
  ...MEASURES,
  ...DOORS,
  ...EDGES,
  ...CARRY,
  ...SPEED,
  ...BROKEN,
  ...LOOPBACK,
  ...FAILURE_BREAKS,
  ...NETWORK,
  ...ACCESS,
  ...BUDGET,
  ...WINDOWS,
  ...POPUP,
  ...TAB_PAGES,
  ...CONNECT,
  ...HOLDINGS,
  ...COVERS,
  ...CARRY_JOINTS,
  ...FAIRNESS,
  ...DPOP,
  ...KEY_BREAKS,
  ...OVERRIDE_BREAKS,
  ...PROMPT,
  ...PRESENCE,
  ...PROVIDERS,
  ...USER,
  ...STORAGE,
  ...STORAGE_PROMISES,
  ...KEPT,
  ...JOINTS,
  ...KILLS,
  ...RACES,
  ...DEMO,
];
