/** Faults against what is promised of races, leaks and what is built; see breaks.ts. */
import { planted, type Break } from './breaks-list.ts';

const ADDRESS_TEST = 'accept/leaks/server-address.test.ts';
const TAKEN_BACK = 'flow/taken-back.test.ts';
const NOT_CARRIED_OUT = 'what was allowed and not carried out yet › is asked about again when';
const READ_NOWHERE =
  'a server at %s › is connected, widened, renewed, refused and disconnected, and its key is read nowhere (T-32)';
const NOT_ON_DISK =
  'a server at %s › keeps its key to the grant on the disk: the log and the traces there have none (T-32, T-34)';

const ADDRESSES: readonly Break[] = [
  ...planted('src/background/connect/ended-flows.ts', 'accept/races/mix.test.ts', [
    [
      'T-49 address',
      'a disconnection ends the flows of known addresses only',
      '[asked, known, prompt?.snapshot.resource, grant?.resource]',
      '[asked, grant?.resource]',
      'holds every promise in an order in which it once did not: seed %i (C-MIX, T-49)',
    ],
  ]),
  ...planted('src/background/connect/ended-flows.ts', TAKEN_BACK, [
    [
      'T-49 left',
      'a disconnection leaves what a dead worker was allowed, which the next call carries out',
      'if (ids.has(record.id) || !(await isMeant(record))) continue;',
      'if (!ids.has(record.id) || !(await isMeant(record))) continue;',
      `${NOT_CARRIED_OUT} the grant was disconnected %s the worker was killed (T-49, T-36)`,
    ],
    [
      'T-49 pause',
      'a pause leaves what a dead worker was allowed, which the next call carries out',
      'isMeant: (record) => record.origin === origin,',
      'isMeant: (record, known) => record.origin === origin && known !== undefined,',
      `${NOT_CARRIED_OUT} the site was paused after the worker was killed (T-49, T-36)`,
    ],
  ]),
  ...planted('src/background/connect/flow-runner.ts', TAKEN_BACK, [
    [
      'T-49 late',
      'what is noted of a flow lands after its record was deleted',
      'await flow.endWriting();',
      '',
      'during a sign-in › a window that is closed before its number is on disk leaves nothing there (T-49, Z4)',
    ],
  ]),
  ...planted('src/background/connect/live-flow.ts', TAKEN_BACK, [
    [
      'T-49 record',
      'the record of a flow that was ended says for another worker what was allowed',
      'this.signal.aborted ? undecided(record) : record',
      'record',
      `${NOT_CARRIED_OUT} the grant was disconnected %s the worker was killed (T-49, T-36)`,
    ],
  ]),
  ...planted('src/background/connect/run-flow.ts', TAKEN_BACK, [
    [
      'T-49 waiting',
      'a sign-in that waited brings back a scope that was taken away meanwhile',
      'return scopes.some((scope) => refused.includes(scope));',
      'return scopes.every((scope) => refused.includes(scope));',
      'what was allowed and not carried out yet › is not carried out when a scope of it was taken away meanwhile (T-49, Z23)',
    ],
  ]),
  ...planted('src/background/connect/flow-table.ts', TAKEN_BACK, [
    [
      'T-49 reading',
      'a flow begins with what was read before it was ended',
      'if (resumed !== this.resumed) return this.#start(joining, request);',
      '',
      `${NOT_CARRIED_OUT} the grant was disconnected while what is left was read (T-49, T-36)`,
    ],
  ]),
  ...planted('src/background/history/activity-log.ts', ADDRESS_TEST, [
    [
      'SECURITY 16 log',
      'the log has the address with its key',
      'const shown = row.resource !== undefined && { resource: shownAddress(row.resource) };',
      'const shown = row.resource !== undefined && { resource: shownAddress(row.resource) && row.resource };',
      READ_NOWHERE,
    ],
  ]),
  ...planted('src/background/history/trace-log.ts', ADDRESS_TEST, [
    [
      'SECURITY 16 steps',
      'a step of a trace repeats the key of an address',
      'const shown = withoutKeys(step, keysIn(about.resource));',
      'const shown = withoutKeys(step, keysIn(about.id));',
      READ_NOWHERE,
    ],
    [
      'SECURITY 16 trace',
      'a trace is kept under the address with its key',
      'const shown = shownAddress(resource);',
      'const shown = shownAddress(resource) && resource;',
      NOT_ON_DISK,
    ],
  ]),
  ...planted('src/background/access/use-counter.ts', ADDRESS_TEST, [
    [
      'SECURITY 16 uses',
      'the count of uses has the address with its key',
      'key: { ...key, resource: shownAddress(key.resource) },',
      'key: { ...key, resource: shownAddress(key.resource) && key.resource },',
      NOT_ON_DISK,
    ],
  ]),
  ...planted('src/background/connect/live-flow.ts', ADDRESS_TEST, [
    [
      'SECURITY 16 failure',
      'a failure is looked up with the key of the address',
      '  if (!failure) return snapshot;\n',
      '  if (!failure || shownAddress(snapshot.asked)) return snapshot;\n',
      READ_NOWHERE,
    ],
  ]),
];

const MIX =
  'holds every promise in random interleavings of what pages and the user do (C-MIX, T-37, T-38, T-49)';

const ORDERS: readonly Break[] = [
  ...planted('src/background/doors/open-pages.ts', 'accept/races/mix.test.ts', [
    [
      'SECURITY 1 events',
      'every site hears what becomes of the grants of another',
      'if (page.caller.origin === origin) page.post',
      'if (page.caller.origin.length + origin.length) page.post',
      MIX,
    ],
  ]),
  ...planted('src/background/storage/grants.ts', 'accept/races/mix.test.ts', [
    [
      'SECURITY 1 alias',
      'a grant is found under the address alone, whichever site asks',
      "tx.objectStore('grants').get([origin, asked, DEFAULT_ACCOUNT]),",
      "tx.objectStore('grants').getAll().then((all) => all.find((one) => one.resource === asked)),",
      MIX,
    ],
  ]),
  ...planted('src/background/connect/run-flow.ts', 'accept/races/mix.test.ts', [
    [
      'SECURITY 5 order',
      'nobody is asked for the scopes that a flow adds',
      'if (!needsConsent(snapshot, grant)) {',
      'if (grant || !needsConsent(snapshot, grant)) {',
      MIX,
    ],
  ]),
  ...planted('src/background/assemble.ts', 'accept/races/mix.test.ts', [
    [
      'T-36 prompts',
      'a prompt outlives its flow when the worker is killed between the two',
      '    outside.changed();\n',
      '',
      MIX,
    ],
  ]),
  ...planted('src/background/access/renewal.ts', 'accept/races/revoke.test.ts', [
    [
      'SECURITY 15 renewal',
      'what a refresh brings outlives the grant at the server',
      'if (isToGo && useless) await revokeAlone(',
      'if (!isToGo && useless) await revokeAlone(',
      'disconnecting while a token is renewed › leaves no token here and none at the server, in fifty interleavings (E-REVOKE, T-49)',
    ],
  ]),
  ...planted('src/background/access/refresh.ts', 'accept/races/crowd.test.ts', [
    [
      'SECURITY 14 lock',
      'two workers refresh the same token',
      'this.#ports.lock(key, () => this.#refreshLocked(grant, wanted)),',
      'this.#refreshLocked(grant, wanted),',
      'two workers of one browser › refresh once between them in every round, under the lock of that grant (C-REFRESH-X, T-38)',
    ],
    [
      'SECURITY 14 faster',
      'a refresh token is sent again that another worker has just used',
      'if (grant.token.accessToken !== seen.token?.accessToken) return;',
      '',
      'two workers of one browser › refresh once between them in every round, under the lock of that grant (C-REFRESH-X, T-38)',
    ],
  ]),
  ...planted('src/background/access/renewal.ts', 'accept/races/locks.test.ts', [
    [
      'SECURITY 14 name',
      'one lock holds every refresh of every site',
      'return `refresh ${origin} ${resource} ${account}`;',
      'return `refresh ${[origin, resource, account].length}`;',
      'the locks of the core › do not make one site wait for another, nor one server for another (T-37)',
    ],
  ]),
  ...planted('src/background/connect/client-selection.ts', 'accept/races/locks.test.ts', [
    [
      'T-45 name',
      'one lock holds the registrations of every site',
      'return ports.lock(`register ${issuer} ${origin}`, async () => {',
      'return ports.lock(`register ${issuer}`, async () => {',
      'the locks of the core › name what must not happen twice, for one site and server each (T-37, T-38, T-45)',
    ],
  ]),
];

const LEAKS: readonly Break[] = [
  ...planted('src/background/history/redaction.ts', 'accept/leaks/canaries.test.ts', [
    [
      'SECURITY 16 names',
      'a server names a member after a secret',
      '    return [isNamed ? nameWords(name) : REDACTED, isSafe',
      '    return [isNamed ? name : name, isSafe',
      'the secrets of a whole journey › are in nothing that is logged, traced, exported, stored or told (L-LEAK, T-32, T-34)',
    ],
  ]),
  ...planted('src/shared/facts/shown-address.ts', 'shared/facts/shown-address.test.ts', [
    [
      'SECURITY 16 words',
      'a server’s words bring a token of any flow into a trace',
      '(word) => (isKey(word) ? HIDDEN : word)',
      '(word) => (isKey(word) ? word : word)',
      'the words of a server › are shown without what looks like a key, and otherwise as they are (T-32)',
    ],
  ]),
];

/** All of them. */
export const RACES: readonly Break[] = [...ADDRESSES, ...ORDERS, ...LEAKS];
