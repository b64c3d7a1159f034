/** Faults against what one site can bring about (Z39, Z24); see breaks.ts. */
import { planted, type Break } from './breaks-list.ts';

const BOMB = 'accept/consent/bomb.test.ts';
const BUDGETS = 'accept/consent/budget.test.ts';

/** What is on disk, and what is contacted. */
const COUNTS: readonly Break[] = [
  ...planted('src/background/site/budgets.ts', BUDGETS, [
    [
      'Z39 read',
      'a worker does not read what the former one has counted',
      'this.#ledger = readLedger(row?.counts);',
      'this.#ledger = readLedger(row && []);',
      'sign-in windows without a question › are three in ten minutes, over any number of lives and addresses (Z39, T-13)',
    ],
    [
      'Z39 written',
      'what is counted is not written',
      'await this.#outside.store.saveBudget(row).catch(() => undefined);',
      'await Promise.resolve(row);',
      'registrations › are four an hour at one issuer for one site, whatever becomes of them (T-45)',
    ],
    [
      'Z39 pruned',
      'budgets of which nothing counts stay on the disk',
      'store.pruneBudgets(now()).catch(() => undefined);',
      'void [store, now];',
      'a budget takes no place on the disk once nothing of it counts',
    ],
  ]),
  ...planted('src/background/connect/counted-hosts.ts', BUDGETS, [
    [
      'T-25 named',
      'hosts that metadata names are not counted',
      "if (!budget.take('host', host))",
      'if (budget === undefined)',
      'hosts that a site has contacted before consent › are three in a minute, whichever metadata names them, over restarts (Z39, T-25)',
    ],
    [
      'Z2 limit',
      'the limit tells what the servers before it have said',
      "new BrokerError('connect_failed', { detail: { host } })",
      "new BrokerError('rate_limited', { detail: { host } })",
      'hosts that a site has contacted before consent › tell the page nothing of where the limit was met (Z2)',
    ],
    [
      'T-25 ports',
      'all ports of a host are one',
      'const host = hostOf(url);',
      'const host = new URL(url).hostname;',
      'hosts that a site has contacted before consent › are counted with their ports, and are not those of the next minute',
    ],
    [
      'T-25 connected',
      'a server that is connected may name any number of hosts',
      'if (grant && [asked, resource, issuer].some((own) => hostOf(own) === host)) {',
      'if (grant) {',
      'hosts that a site has contacted before consent › are counted for a connected site too, where its own server names new ones',
    ],
  ]),
  ...planted('src/background/connect/run-flow.ts', BOMB, [
    [
      'Z39 hosts back',
      'hosts that the user allowed count on',
      'await giveBackHosts(ports, flow, found.server);',
      '',
      'a page that asks and takes it back › is counted nothing that the user allows: one server after the other, as many as there are',
    ],
  ]),
  ...planted('src/background/connect/client-selection.ts', BUDGETS, [
    [
      'T-45 rate',
      'a site may register any number of clients',
      "if (!budget.take('registration', issuer)) {",
      "if (issuer === '') {",
      'registrations › are four an hour at one issuer for one site, whatever becomes of them (T-45)',
    ],
  ]),
  ...planted('src/protocol/budget.ts', 'protocol/budget.test.ts', [
    [
      'Z46 back',
      'a clock that was ahead holds a count against the site forever',
      'one.at > now ? { ...one, at: now } : one',
      'one',
      'a clock that is put right › forgives nothing, and holds nothing longer than it counts anyway (Z46)',
    ],
  ]),
];

/** What the user erases. */
const ERASED: readonly Break[] = planted('src/background/connect/flow-table.ts', BUDGETS, [
  [
    'Z39 erased',
    'budgets live on in memory when everything is erased',
    'this.#ports.budgets.forget();',
    '',
    'budgets are erased with everything else, in memory too',
  ],
]);

/** Refusals by resource, and places. */
const REFUSED: readonly Break[] = [
  ...planted('src/background/connect/run-flow.ts', BUDGETS, [
    [
      'Z39 resource',
      'a refusal is not looked for once the resource is known',
      'await consent.refuseKnown(flow, snapshot);',
      '',
      'a refusal (E-DENY-CACHE) › is found once the resource is known, by a call that was under way already (Z39)',
    ],
  ]),
  ...planted('src/background/connect/consent-queue.ts', BUDGETS, [
    [
      'Z39 key',
      'a refusal is kept by the address that the page wrote',
      'const resource = isServer ? new URL(asked).origin : (held ?? snapshot).resource;',
      'const resource = isServer ? new URL(asked).origin : asked;',
      'a refusal (E-DENY-CACHE) › of a scope at one address is one at every address of the resource (Z39, T-13)',
    ],
    [
      'Z39 waiting',
      'what was refused is asked by the next question that waits',
      'await this.#endRefused(origin);',
      '',
      'a refusal (E-DENY-CACHE) › is one for all questions about the same that wait, by whichever address (Z47, Z39)',
    ],
    [
      'Z39 reach',
      'a server that may not be contacted is asked about at its next path',
      "const isServer = (snapshot.stage === 'reach' || flow.isUnasked) && !held;",
      'const isServer = false;',
      'a refusal (E-DENY-CACHE) › of a server on this computer is about that server, at every path (Z13, Z39)',
    ],
    [
      'Z39 hour',
      'a question waits forever',
      'age >= QUESTION_LIFETIME',
      'age >= 99 * QUESTION_LIFETIME',
      'places › are given back by a question that nobody answers for an hour (Z39)',
    ],
  ]),
  ...planted('src/background/site/refusals.ts', BUDGETS, [
    [
      'Z39 embargo',
      'a host that calls each path a resource is never embargoed',
      '[resource, whole].find(',
      '[resource].find(',
      'a refusal (E-DENY-CACHE) › reaches it too where the server calls every path a resource of its own',
    ],
  ]),
  ...planted('src/background/site/refusals.ts', 'background/site/refusals.test.ts', [
    [
      'Z39 held',
      'a refusal elsewhere on the host bars a grant that is held',
      'held === undefined ? isWithin(asked, resource) : resource === held || resource === asked,',
      'isWithin(held ?? asked, resource),',
      'a denial (Z24) › of another server of the host is nothing against a grant that is held (Z39)',
    ],
  ]),
  ...planted('src/protocol/places.ts', 'flow/first-contact.test.ts', [
    [
      'T-13',
      'any number of requests may wait for the user',
      'taken.length >= PLACES ||',
      '',
      'all sites together › have fifteen requests waiting for the user while they hold nothing, and twenty in all (T-13, Z39)',
    ],
    [
      'Z39 strangers',
      'sites without a grant take all places',
      'strangers.length >= PLACES_OF_STRANGERS',
      'strangers.length >= PLACES',
      'all sites together › have fifteen requests waiting for the user while they hold nothing, and twenty in all (T-13, Z39)',
    ],
    [
      'Z39 own',
      'a site in front pushes out as many as it likes',
      'isInFront && own === 0 && instead',
      'isInFront && instead',
      'all sites together › have one more in front of the user, in the place of one that they have not seen (T-13, Z39)',
    ],
  ]),
  ...planted('src/protocol/places.ts', BUDGETS, [
    [
      'Z39 front',
      'a site in front finds all places taken',
      'return isInFront && own === 0 && instead ? { instead } : undefined;',
      'return undefined;',
      'places › are there for an honest site in front, though seven others have asked for three each (Z39)',
    ],
  ]),
];

/** All of them. */
export const BUDGET: readonly Break[] = [...COUNTS, ...ERASED, ...REFUSED];
