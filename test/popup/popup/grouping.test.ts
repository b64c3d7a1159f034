import { describe, expect, it } from 'vitest';
import {
  findSharer,
  groupByServer,
  groupBySlot,
  mergeEnded,
  namesOf,
  searchEntries,
  splitRefusals,
} from '../../../src/popup/popup/grouping.ts';
import type { GrantView, RefusalView } from '../../../src/shared/grant-view.ts';

function grant(changes: Partial<GrantView>): GrantView {
  return {
    origin: 'https://a.example',
    resource: 'https://mcp.example',
    account: 'default',
    issuer: 'https://login.example',
    granted: [],
    ungranted: [],
    createdAt: 1,
    lastUsedAt: 0,
    uses: 0,
    renewable: true,
    chosen: true,
    duration: 'always',
    carried: true,
    ...changes,
  };
}

describe('mergeEnded', () => {
  it('the last used comes first', () => {
    const entries = mergeEnded(
      [grant({}), grant({ origin: 'https://b.example', lastUsedAt: 5 })],
      [],
    );
    expect(entries.map((entry) => entry.grant.origin)).toEqual([
      'https://b.example',
      'https://a.example',
    ]);
  });

  it('an ended grant stays with its outcome, whether the list knows already or not', () => {
    const ended = [{ grant: grant({}), outcome: { revocation: 'revoked' as const } }];
    for (const grants of [[], [grant({})]]) {
      expect(mergeEnded(grants, ended).map((entry) => entry.outcome?.revocation)).toEqual([
        'revoked',
      ]);
    }
  });

  it('a grant that was made anew replaces the ended one', () => {
    const ended = [{ grant: grant({}), outcome: { revocation: 'revoked' as const } }];
    const entries = mergeEnded([grant({ createdAt: 2 })], ended);
    expect(entries.map((entry) => [entry.grant.createdAt, entry.outcome])).toEqual([
      [2, undefined],
    ]);
  });
});

it('the accounts of one site at one server stand together, the oldest first (Z1)', () => {
  const old = grant({ account: 'work', createdAt: 1, lastUsedAt: 1 });
  const chosen = grant({ createdAt: 2, lastUsedAt: 9 });
  const other = grant({ origin: 'https://b.example', lastUsedAt: 5 });
  const slots = groupBySlot(mergeEnded([old, chosen, other], []));
  expect(slots.map((slot) => slot.entries.map(({ grant }) => grant.account))).toEqual([
    ['work', 'default'],
    ['default'],
  ]);
});

describe('searchEntries', () => {
  const entries = mergeEnded(
    [
      grant({ granted: ['files:read'], accountName: 'Work' }),
      grant({ origin: 'https://b.example', ungranted: ['files:write'] }),
      grant({ origin: 'https://c.example', resource: 'https://calendar.example/mcp' }),
    ],
    [],
  );

  it.each([
    ['', 3],
    ['calendar', 1],
    ['B.EXAMPLE', 1],
    ['files', 2],
    ['files mcp write', 1],
    ['work', 1],
    ['login.example', 3],
    ['nothing of the kind', 0],
  ])('%j finds %i', (query, count) => {
    expect(searchEntries(entries, query).length).toBe(count);
  });
});

it('all sharers are disconnected by the name of one that still has a grant there (Z21)', () => {
  const outcome = { revocation: 'shared' as const, sharedWith: ['https://b.example'] };
  const ended = { grant: grant({}), outcome };
  const elsewhere = grant({ origin: 'https://b.example', issuer: 'https://other.example' });
  const sharer = grant({ origin: 'https://b.example', account: 'work' });
  expect(findSharer(ended, [elsewhere, sharer])).toEqual({
    origin: 'https://b.example',
    resource: 'https://mcp.example',
    account: 'work',
  });
  expect(findSharer(ended, [elsewhere]).origin).toBe('https://a.example');
});

it('groupByServer keeps servers apart and their order', () => {
  const shelves = groupByServer(
    mergeEnded(
      [
        grant({ lastUsedAt: 1 }),
        grant({ resource: 'https://other.example', lastUsedAt: 2 }),
        grant({ origin: 'https://b.example', lastUsedAt: 3 }),
      ],
      [],
    ),
  );
  expect(shelves.map((shelf) => [shelf.resource, shelf.slots.length])).toEqual([
    ['https://mcp.example', 2],
    ['https://other.example', 1],
  ]);
});

describe('namesOf', () => {
  it('names every site, and each account where a site has several (Z21)', () => {
    const grants = [
      grant({}),
      grant({ origin: 'https://b.example' }),
      grant({ origin: 'https://b.example', account: 'work' }),
    ];
    expect(namesOf(grants, ({ account }) => account)).toEqual([
      'https://a.example',
      'https://b.example (default)',
      'https://b.example (work)',
    ]);
  });
});

describe('splitRefusals', () => {
  const refusal = (origin: string): RefusalView => ({
    origin,
    resource: 'https://mcp.example',
    scopes: [],
    kind: 'denied',
    until: 1,
  });
  const [own, other] = [refusal('https://a.example'), refusal('https://b.example')];

  it('puts what the site in view was denied into its part, and nothing there twice (Z24)', () => {
    expect(splitRefusals([own, other], 'https://a.example', false)).toEqual({
      here: [own],
      elsewhere: [other],
    });
  });

  it('leaves none out while a search may hide that part (Z24)', () => {
    expect(splitRefusals([own, other], 'https://a.example', true)).toEqual({
      here: [],
      elsewhere: [own, other],
    });
  });
});
