import { expect, it } from 'vitest';
import { groupRefusals } from '../../../src/popup/kit/group-refusals.ts';
import type { RefusalView } from '../../../src/shared/grant-view.ts';

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

it('groupRefusals puts what is forgiven together into one row, the longest first', () => {
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

it('groupRefusals tells one end for a site at a server, that of the last, with every name once (Z24)', () => {
  const [row] = groupRefusals([
    refusal({ until: 5, scopes: ['a', 'b'] }),
    refusal({ until: 9, scopes: ['b', 'c'] }),
  ]);
  expect(row).toMatchObject({ kind: 'denied', until: 9, scopes: ['b', 'c', 'a'] });
});

it('groupRefusals names nothing in particular where everything is refused (Z24)', () => {
  const [row] = groupRefusals([
    refusal({ until: 5, scopes: ['a'] }),
    refusal({ kind: 'embargo', until: 9 }),
  ]);
  expect(row).toMatchObject({ kind: 'embargo', until: 9, scopes: [] });
});
