/** Faults against what holds when a worker dies (guarantees 14 and 15, K01–K27); see breaks.ts. */
import { planted, type Break } from './breaks-list.ts';

const POINTS = 'accept/kills/points.test.ts';
const TAKEN_UP = 'accept/kills/taken-up.test.ts';
const CONNECTING =
  'a worker that dies during a first connection (K01–K19) › %s when %s: asks once, exchanges no code twice, and the page gets its token';
const REFRESHING =
  'a worker that dies during a refresh (K20–K24) › %s when %s: sends nothing again that was answered';

/** All of them. */
export const KILLS: readonly Break[] = [
  ...planted('src/background/connect/commit.ts', POINTS, [
    [
      'SECURITY 14 K18',
      'the tokens of a sign-in are not kept before they make a grant',
      "await ports.store.saveUnfinished(id, { todo: 'commit', grant: next, from });",
      '',
      CONNECTING,
    ],
  ]),
  ...planted('src/background/connect/commit.ts', TAKEN_UP, [
    [
      'SECURITY 14 paused',
      'what a dead worker had kept is granted to a site that was paused since',
      'if (flow && !paused && ',
      'void paused;\n    if (flow && ',
      'tokens that a dead worker had kept › are nobody’s when the site was %s since, and are revoked where no grant would end with them (K18, T-49, Z51)',
    ],
    [
      'SECURITY 14 decision',
      'a decision whose tokens were refused is carried out again',
      'await ports.store.deleteFlow(id);',
      '',
      'tokens that a dead worker had kept › are nobody’s when a scope was taken away since (K18, Z23)',
    ],
  ]),
  ...planted('src/background/access/renewal.ts', POINTS, [
    [
      'SECURITY 14 K23',
      'a renewed token is not kept before it is written',
      'await ports.store.saveUnfinished(refreshLock(renewal.grant), renewal);',
      '',
      REFRESHING,
    ],
  ]),
  ...planted('src/background/access/renewal.ts', 'accept/races/crowd.test.ts', [
    [
      'DUR-2',
      'a renewed token is written with the refresh token that was spent for it',
      'trouble: undefined, ...also, token };',
      'trouble: undefined, ...also, token: token && { ...token, refreshToken: grant.token?.refreshToken } } as never;',
      'fifty tabs whose tokens are over › are one refresh for each site and round, and none comes twice (C-REFRESH, T-38)',
    ],
  ]),
  ...planted('src/background/access/refresh.ts', TAKEN_UP, [
    [
      'SECURITY 14 full',
      'a refresh token is sent again after an answer that the disk did not take',
      'this.#unwritten.set(key, renewal);',
      '',
      'a renewed token that a dead worker had kept › that the disk does not take is not handed out, and not asked for again in this life (K23)',
    ],
  ]),
  ...planted('src/background/connect/prompt-screen.ts', POINTS, [
    [
      'Z24 window',
      'an answer that leads on closes the window in which its next question is to come',
      'if (!this.#isAsking(flow) && !this.#leadsOn(flow)) {',
      'if (!this.#isAsking(flow)) {',
      CONNECTING,
    ],
  ]),
  ...planted('src/background/storage/grants.ts', TAKEN_UP, [
    [
      'SECURITY 15 K26',
      'a deletion does not note what is to be revoked',
      'if (held?.token) await bury(tx, held);\n      await closeGap',
      'await closeGap',
      'a revocation that the worker did not live to send › is in the transaction of the deletion (K26)',
    ],
  ]),
  ...planted('src/background/oauth/revocation.ts', TAKEN_UP, [
    [
      'T-49 tries',
      'a revocation is tried forever',
      'const MAX_TRIES = 3;',
      'const MAX_TRIES = 300;',
      'a revocation that the worker did not live to send › is tried by three more workers while the server does not answer, and then no more (T-49)',
    ],
  ]),
  ...planted('src/background/assemble.ts', TAKEN_UP, [
    [
      'SECURITY 15 start',
      'a start takes no revocation up',
      'await Promise.all([takeUpRevocations(ports), expiry.sweep()]);',
      'void takeUpRevocations;\n    await expiry.sweep();',
      'a revocation that the worker did not live to send › is sent by the next life, killed %s the first request; the grant is unusable meanwhile (K26)',
    ],
  ]),
];
