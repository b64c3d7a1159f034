import { describe, expect, test } from 'vitest';
import { groupByServer, groupRefusals, mergeEnded } from '../../src/popup/grouping.ts';
import type { GrantView, RefusalView } from '../../src/shared/grant.ts';

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
    ...changes,
  };
}

function refusal(changes: Partial<RefusalView>): RefusalView {
  return {
    origin: 'https://a.example',
    resource: 'https://mcp.example',
    scopes: [],
    kind: 'denied',
    until: 1,
    ...changes,
  };
}

describe('mergeEnded', () => {
  test('the last used comes first', () => {
    const entries = mergeEnded(
      [grant({}), grant({ origin: 'https://b.example', lastUsedAt: 5 })],
      [],
    );
    expect(entries.map((entry) => entry.grant.origin)).toEqual([
      'https://b.example',
      'https://a.example',
    ]);
  });

  test('an ended grant stays with its outcome, whether the list knows already or not', () => {
    const ended = [{ grant: grant({}), outcome: 'revoked' as const }];
    for (const grants of [[], [grant({})]]) {
      expect(mergeEnded(grants, ended).map((entry) => entry.outcome)).toEqual(['revoked']);
    }
  });

  test('a grant that was made anew replaces the ended one', () => {
    const ended = [{ grant: grant({}), outcome: 'revoked' as const }];
    const entries = mergeEnded([grant({ createdAt: 2 })], ended);
    expect(entries.map((entry) => [entry.grant.createdAt, entry.outcome])).toEqual([
      [2, undefined],
    ]);
  });

  test('two accounts of one site at one server are told apart', () => {
    const entries = mergeEnded(
      [grant({}), grant({ account: 'work' }), grant({ origin: 'https://b.example' })],
      [],
    );
    expect(entries.map((entry) => entry.hasTwin)).toEqual([true, true, false]);
  });
});

test('groupByServer keeps servers apart and their order', () => {
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
  expect(shelves.map((shelf) => [shelf.resource, shelf.entries.length])).toEqual([
    ['https://mcp.example', 2],
    ['https://other.example', 1],
  ]);
});

test('groupRefusals puts what is forgiven together into one row, the longest first', () => {
  const rows = groupRefusals([
    refusal({ until: 1 }),
    refusal({ origin: 'https://b.example', until: 2 }),
    refusal({ kind: 'embargo', until: 3 }),
  ]);
  expect(rows.map((row) => [row.origin, row.refusals.map((own) => own.until)])).toEqual([
    ['https://a.example', [3, 1]],
    ['https://b.example', [2]],
  ]);
});
