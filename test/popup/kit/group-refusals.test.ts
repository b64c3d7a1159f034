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
