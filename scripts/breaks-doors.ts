/** Faults against what is promised of the doors, and of what a page may do now; see breaks.ts. */
import { planted, type Break } from './breaks-list.ts';

/** At the doors. */
export const DOORS: readonly Break[] = [
  ...planted('src/background/doors/open-pages.ts', 'background/doors/page-door-promises.test.ts', [
    [
      'SECURITY 1',
      'events reach the pages of every site',
      'if (page.caller.origin === origin) page.post',
      'page.post',
      'an event › reaches every page of its site and no page of another (Z1, T-01)',
    ],
  ]),
  ...planted(
    'src/background/doors/told-failure.ts',
    'background/doors/page-door-promises.test.ts',
    [
      [
        'SECURITY 5',
        'a site without a grant is told the whole code',
        "const wire = toWire(error, standing === 'held',",
        'const wire = toWire(error, true,',
        'a failure of a server › before any grant is connect_failed, whatever it was, and says more with one (Z2, T-33)',
      ],
    ],
  ),
  ...planted('src/background/doors/page-door.ts', 'background/doors/page-door-promises.test.ts', [
    [
      'T-06',
      'a page that leaves keeps its calls',
      '      page.leave();\n',
      '',
      'a call › ends with the page that made it, and with no other (T-06)',
    ],
  ]),
];

/** On the way to a token that is held, and to a question. */
export const ACCESS: readonly Break[] = [
  ...planted('src/background/access/connect-gate.ts', 'flow/first-contact.test.ts', [
    [
      'T-25 servers',
      'a site may have any number of new servers contacted',
      "budget.admits('host', new URL(asked).host)",
      'asked !== undefined',
      'a site that holds nothing › has three new servers contacted in a minute, however often it asks (T-25)',
    ],
    [
      'T-25 attempts',
      'a site may try any number of addresses of one server',
      "admitsAttempt: () => budget.take('attempt'),",
      'admitsAttempt: () => true,',
      'a site that holds nothing › has twenty attempts in a minute at one server (T-25)',
    ],
  ]),
  ...planted('src/background/access/get-token.ts', 'flow/decisions.test.ts', [
    [
      'architecture 4 pause',
      'a paused site is served',
      "if ((await readSite(this.#ports, origin)).paused) throw new BrokerError('access_denied');",
      '',
      'a site that is paused › is not handed the token that it holds, until it is taken up again',
    ],
  ]),
  ...planted('src/background/access/connect-gate.ts', 'flow/attention.test.ts', [
    [
      'SECURITY gaps 1',
      'a sign-in opens over another tab',
      'const isInFront = await this.#ports.isInFront(ask.caller);',
      'const isInFront = true;',
      'a page that says its token was refused › brings about three sign-ins without a question where they cannot, and none from the background',
    ],
    [
      'ADR 0009',
      'a silenced site is asked about',
      'isSilenced: standing.silenced,',
      'isSilenced: false,',
      'a page that asks and asks › is silenced for new scopes too, when the user has closed three prompts',
    ],
  ]),
  ...planted('src/background/access/connect-gate.ts', 'flow/decisions.test.ts', [
    [
      'SECURITY 12',
      'a refused scope joins a later question',
      '!refused.includes(scope) && !isUnmetHere(scope)',
      '!isUnmetHere(scope)',
      'a scope that the user has refused › is in no question of another call, though the call that wants it still waits (Z24)',
    ],
  ]),
  ...planted('src/background/access/renewal.ts', 'flow/locks.test.ts', [
    [
      'CODE 9 refresh',
      'the refresh lock is named by the site alone',
      'return `refresh ${origin} ${resource} ${account}`;',
      'return `refresh ${origin}${resource.slice(0, 0)}${account.slice(0, 0)}`;',
      'a refresh › does not wait for that of another resource of the same site',
    ],
  ]),
  ...planted('src/background/access/refresh.ts', 'flow/locks.test.ts', [
    [
      'SECURITY 14',
      'no lock around a refresh',
      'this.#ports.lock(key, () => this.#refreshLocked(grant, wanted)),',
      'this.#refreshLocked(grant, wanted),',
      'a refresh › is one request for two workers of one browser, under a lock (T-38)',
    ],
  ]),
  ...planted('src/background/access/refresh.ts', 'flow/write-ahead.test.ts', [
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
  ...planted('src/background/access/renewal.ts', 'flow/keep.test.ts', [
    [
      'T-49',
      'what a refresh brings after a disconnection is left alive',
      'if (isToGo && useless) await revokeAlone(ports, { ...grant, token: useless }, id);\n  else if',
      'void [isToGo, revokeAlone];\n  if',
      'changes at the same time › a refresh that comes back after a disconnection is revoked, not kept (T-49)',
    ],
  ]),
];
