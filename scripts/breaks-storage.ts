/** Faults against what is promised of the disk, the log and a settings file (guarantees 15 and 16, ADR 0043); see breaks.ts. */
import { planted, type Break } from './breaks-list.ts';

const DISK = 'accept/persistence/disk.test.ts';
const DAMAGED = 'accept/persistence/damaged.test.ts';
const GROWTH = 'accept/persistence/growth.test.ts';
const FORMER = 'accept/persistence/migration.test.ts';
const MERGED = 'flow/merged.test.ts';
const ASIDE =
  'a damaged grant › %s is set aside and told to the user, and the site may ask again (T-46)';
const CORPUS =
  'damaged rows › stop nobody, and hurt no other row: missing, of another type, bits flipped (T-46)';

const MERGE: readonly Break[] = [
  ...planted('src/background/storage/grants.ts', MERGED, [
    [
      'T-37 merge',
      'a grant overwrites what was stored since it was read',
      'const isChanged = merge !== undefined && held?.revision !== seen?.revision;',
      'const isChanged = merge === undefined && held?.revision !== seen?.revision && !held;',
      'a grant that is written › is merged with what another context wrote since it was read, by revision (T-37)',
    ],
    [
      'T-50 ledger',
      'a grant rests on a decision that no row tells of',
      "  if (digest === '' || held?.decision.digest === digest) return;",
      "  if (digest !== 'x' || held?.decision.digest === digest) return;",
      'a grant that is written › refers to a decision in the log, whatever a killed worker had not written (T-50)',
    ],
    [
      'Z1 switch',
      'a step-up undoes the choice of an account',
      'await (held ? addressed(tx, row, asked) : choose(tx, row, asked));',
      'await (held && !addressed ? addressed(tx, row, asked) : choose(tx, row, asked));',
      'a grant that is written › leaves the account that the user has chosen during the sign-in (Z1)',
    ],
  ]),
  ...planted('src/background/connect/run-flow.ts', MERGED, [
    [
      'T-37 turn',
      'two sign-ins for one resource do not know of each other',
      'await ports.lock(turn, () => connect(ports, flow, agreed));',
      'await connect(ports, flow, agreed).then(() => turn);',
      'two addresses of one resource › keep both scopes when both step up at once, in the grant and in its token (T-37)',
    ],
  ]),
];

const SURVIVAL: readonly Break[] = [
  ...planted('src/background/storage/connection.ts', DISK, [
    [
      'T-46 closed',
      'a worker whose database was closed under it stays without one',
      'if (isLost) this.#lose(connection);',
      'if (isLost) this.#forget();',
      'the connection › is opened again when the browser has closed it under a worker that lives (T-46)',
    ],
    [
      'QUOTA room',
      'a grant is lost so that documents can stay',
      'if (!isLost) await makeRoom().catch(() => undefined);',
      'void makeRoom;',
      'a full disk › lets documents and traces go before a grant is lost',
    ],
    [
      'MIG-2',
      'a newer database is an unknown failure',
      "  VersionError: 'storage_newer',",
      "  VersionError: 'storage_failed',",
      'the connection › gets out of the way of another context that opens a newer version, and says so then (MIG-2)',
    ],
  ]),
  ...planted('src/background/storage/schema.ts', DISK, [
    [
      'DUR-1',
      'writes do not wait for the disk',
      "{ durability: 'strict' }",
      "{ durability: 'relaxed' }",
      'durability › is strict for every write but those of the log of what pages caused (DUR-1)',
    ],
  ]),
  ...planted('src/background/storage/schema.ts', FORMER, [
    [
      'MIG-1',
      'grants of version 1 get no lifetime',
      "await cursor.update({ ...cursor.value, duration: 'always' });",
      'await cursor.update(cursor.value);',
      'a database of version %s › opens in this version, and no grant is lost (MIG-1)',
    ],
  ]),
  ...planted('src/background/access/refresh.ts', DISK, [
    [
      'K23',
      'an answer that the disk did not take is not what comes next',
      'if (await this.#takeUp(grant)) return;',
      '',
      'a full disk › hands out no token while it cannot write %s, and sends no refresh token twice for it (K23)',
    ],
  ]),
  ...planted('src/background/connect/commit.ts', DISK, [
    [
      'SECURITY 15 full',
      'tokens that could not be stored stay alive at the server',
      '    await revokeAlone(ports, next, id);\n    throw error;',
      '    throw error;',
      'a full disk › fails with a name, keeps what is there, and gives the tokens back (QUOTA, T-46)',
    ],
  ]),
  ...planted('src/background/storage/grants.ts', DAMAGED, [
    [
      'T-46 aside',
      'a damaged grant is passed over in silence',
      'if (!grant) await setAside(db, row);',
      '',
      ASIDE,
    ],
  ]),
  ...planted('src/background/storage/open-store.ts', DAMAGED, [
    [
      'SECURITY 16 key',
      'grants under a lost key are listed as if they could be used',
      'if (isNew) await setAllAside(db);',
      'void [isNew, setAllAside];',
      'a damaged grant › is every grant when the key is lost: all are set aside at once, and the next ones work (T-34)',
    ],
  ]),
  ...planted('src/background/storage/registrations.ts', DAMAGED, [
    [
      'T-46 registration',
      'a damaged registration stops its site for good',
      '        // Damaged, or sealed under a key that is gone: the site registers anew.\n        return undefined;',
      "        throw new Error('damaged');",
      CORPUS,
    ],
  ]),
];

const BOUNDS: readonly Break[] = [
  ...planted('src/shared/activity-rings.ts', GROWTH, [
    [
      'T-50 ring',
      'what pages cause pushes out what people decided',
      '  return DECISIONS.has(kind);',
      '  return DECISIONS.size === 0 && DECISIONS.has(kind);',
      'the log of decisions › survives three thousand rows of a connected site whose server ends each token at once (T-50, T-53)',
    ],
    [
      'Z39 share',
      'each name of one owner has room of its own',
      "(connected.has(origin) ? origin : '')",
      '(connected.has(origin) ? origin : origin)',
      'the log of decisions › survives sixteen sites of one owner, which have the room of one, and so does another site’s log (T-53, Z39)',
    ],
  ]),
  ...planted('src/background/connect/metadata-document.ts', GROWTH, [
    [
      'T-53 kept',
      'documents are stored as servers wrote them',
      'search.keep(answer.json)',
      'answer.json',
      'metadata documents › are stored as the parser kept them: without what a server wrote around them (T-53)',
    ],
  ]),
  ...planted('src/background/storage/plain.ts', GROWTH, [
    [
      'T-53 count',
      'documents grow while the worker lives',
      'const excess = (await store.count()) - MOST.documents;',
      'const excess = 0 * (await store.count()) * MOST.documents;',
      'metadata documents › are two hundred at most, those read last, and none of more than 50 kB (T-53, T-46)',
    ],
  ]),
  ...planted('src/background/user/settings-transfer.ts', 'flow/removal.test.ts', [
    [
      'T-52 client',
      'a file brings what the form refuses',
      'clients.push(await completeClient(store, client));',
      'clients.push(client);\n  void [completeClient, store];',
      'a settings file › is refused as a whole: %s',
    ],
  ]),
];

/** All of them. */
export const STORAGE_PROMISES: readonly Break[] = [...MERGE, ...SURVIVAL, ...BOUNDS];
