/** Faults against what is promised of races, leaks and what is built; see breaks.ts. */
import { planted, type Break } from './breaks-list.ts';

const ADDRESS_TEST = 'accept/leaks/server-address.test.ts';
const READ_NOWHERE =
  'a server at %s › is connected, widened, renewed, refused and disconnected, and its key is read nowhere (F17, T-32)';
const NOT_ON_DISK =
  'a server at %s › keeps its key to the grant on the disk: the log and the traces there have none (F17, T-34)';

const ADDRESSES: readonly Break[] = [
  ...planted('src/background/history/activity-log.ts', ADDRESS_TEST, [
    [
      'SECURITY 17 log',
      'the log has the address with its key',
      'const shown = row.resource !== undefined && { resource: shownAddress(row.resource) };',
      'const shown = row.resource !== undefined && { resource: shownAddress(row.resource) && row.resource };',
      READ_NOWHERE,
    ],
  ]),
  ...planted('src/background/history/trace-log.ts', ADDRESS_TEST, [
    [
      'SECURITY 17 steps',
      'a step of a trace repeats the key of an address',
      'const shown = withoutKeys(step, keysIn(about.resource));',
      'const shown = withoutKeys(step, keysIn(about.id));',
      READ_NOWHERE,
    ],
    [
      'SECURITY 17 trace',
      'a trace is kept under the address with its key',
      'const shown = shownAddress(resource);',
      'const shown = shownAddress(resource) && resource;',
      NOT_ON_DISK,
    ],
  ]),
  ...planted('src/background/access/use-counter.ts', ADDRESS_TEST, [
    [
      'SECURITY 17 uses',
      'the count of uses has the address with its key',
      'key: { ...key, resource: shownAddress(key.resource) },',
      'key: { ...key, resource: shownAddress(key.resource) && key.resource },',
      NOT_ON_DISK,
    ],
  ]),
  ...planted('src/background/connect/live-flow.ts', ADDRESS_TEST, [
    [
      'SECURITY 17 failure',
      'a failure is looked up with the key of the address',
      '  if (!failure) return snapshot;\n',
      '  if (!failure || shownAddress(snapshot.asked)) return snapshot;\n',
      READ_NOWHERE,
    ],
  ]),
];

/** All of them. */
export const RACES: readonly Break[] = [...ADDRESSES];
