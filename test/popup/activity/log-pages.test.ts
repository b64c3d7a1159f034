import { describe, expect, it } from 'vitest';
import { fileOf } from '../../../src/popup/activity/activity-file.ts';
import {
  append,
  endOf,
  groupByDay,
  oneForEachAct,
  prepend,
} from '../../../src/popup/activity/log-pages.ts';
import type { ActivityRow } from '../../../src/shared/activity.ts';

const NOON = new Date(2026, 10, 21, 12, 0).getTime();
const HOUR = 3_600_000;

function row(id: number, changes: Partial<ActivityRow> = {}): ActivityRow {
  return { id, at: NOON, kind: 'used', origin: 'https://a.example', scopes: [], ...changes };
}

const idsOf = (rows: readonly ActivityRow[]) => rows.map(({ id }) => id);

it('a row that was used again stands where its latest use puts it', () => {
  const days = groupByDay([
    row(3, { at: NOON - HOUR }),
    row(2, { at: NOON }),
    row(1, { at: NOON - 24 * HOUR }),
  ]);
  expect(days.map(({ rows }) => idsOf(rows))).toEqual([[2, 3], [1]]);
});

describe('one row for one act', () => {
  const allowed = row(1, { kind: 'allowed', flow: 'f' });

  it('leaves out that it was allowed when something came of it, in whatever order the rows are', () => {
    for (const kind of ['connected', 'widened', 'renewed'] as const) {
      const rows = [row(2, { kind, flow: 'f' }), allowed];
      expect(idsOf(oneForEachAct(rows))).toEqual([2]);
      expect(idsOf(oneForEachAct([...rows].reverse()))).toEqual([2]);
    }
  });

  it('keeps what was allowed when it failed, when nothing came of it, and when another flow went well', () => {
    for (const other of [
      row(2, { kind: 'failed', flow: 'f' }),
      row(2, { kind: 'connected', flow: 'g' }),
      row(2, { kind: 'connected' }),
      row(2, { kind: 'used', flow: 'f' }),
    ]) {
      expect(idsOf(oneForEachAct([other, allowed]))).toEqual([2, 1]);
    }
    const { flow: _, ...old } = allowed;
    expect(idsOf(oneForEachAct([row(2, { kind: 'connected' }), old]))).toEqual([2, 1]);
  });
});

describe('a log that is read page by page', () => {
  const held = append(
    { rows: [row(9), row(8)], more: true },
    { rows: [row(7), row(6)], more: true },
  );

  it('an older page comes behind, and no row comes twice', () => {
    const again = append(held, { rows: [row(6), row(5)], more: false });
    expect(idsOf(again.rows)).toEqual([9, 8, 7, 6, 5]);
    expect(again.more).toBe(false);
    expect(endOf(again)).toBe(5);
  });

  it('a newer page comes in front and keeps what is older', () => {
    const newer = prepend({ rows: [row(10), row(9, { count: 2 })], more: true }, held);
    expect(idsOf(newer.rows)).toEqual([10, 9, 8, 7, 6]);
    expect(newer.rows[1]?.count).toBe(2);
    expect(newer.more).toBe(true);
  });

  it('a newer page that leaves a gap starts anew', () => {
    const newer = prepend({ rows: [row(20), row(19)], more: true }, held);
    expect(idsOf(newer.rows)).toEqual([20, 19]);
  });

  it('after everything was erased nothing is kept', () => {
    expect(prepend({ rows: [], more: false }, held).rows).toEqual([]);
  });
});

it('the file holds the named members of each row and nothing else (T-32)', () => {
  const planted = { ...row(1, { code: 'network_error' }), token: 'secret-1', flow: 'flow-1' };
  const text = fileOf([planted]);
  expect(text).not.toContain('secret-1');
  expect(JSON.parse(text)).toEqual({
    grantkeeperActivity: 1,
    rows: [
      {
        time: new Date(NOON).toISOString(),
        kind: 'used',
        origin: 'https://a.example',
        scopes: [],
        code: 'network_error',
      },
    ],
  });
});
