import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cyclesIn, graphOf, graphOfSources } from '../../scripts/import-graph.ts';
import {
  ARCHITECTURE,
  arrowsOf,
  cyclesOfRooms,
  drawnInto,
  mermaidOf,
  reportOf,
  roomOf,
} from '../../scripts/rooms.ts';

/** A small house: popup and background share a contract, whose facts lie in a room within. */
const HOUSE = {
  'src/shared/contract.ts': "export * from './facts/limits.ts';",
  'src/shared/facts/limits.ts': "import * as v from 'valibot';",
  'src/background/worker.ts': "import { serve } from './doors/page.ts';",
  'src/background/doors/page.ts': `import type { Call } from '../../shared/contract.ts';
    import './style.css';
    import { a, b } from '../access/get-token.ts';
    import { limit } from '../../shared/facts/limits.ts';`,
  'src/background/access/get-token.ts': "export { plan } from '../../protocol/plan.ts';",
  'src/protocol/plan.ts': '',
};

const graphWith = (more: Record<string, string> = {}) =>
  graphOf(new Map(Object.entries({ ...HOUSE, ...more })));

describe('the import graph', () => {
  it('has imports of values and types, exports from elsewhere, and nothing outside the tree', () => {
    expect(graphWith().get('src/background/doors/page.ts')).toEqual([
      'src/shared/contract.ts',
      'src/background/access/get-token.ts',
      'src/shared/facts/limits.ts',
    ]);
    expect(graphWith().get('src/background/access/get-token.ts')).toEqual(['src/protocol/plan.ts']);
    expect(graphWith().get('src/shared/facts/limits.ts')).toEqual([]);
  });

  it('has a cycle where files import each other, types included', () => {
    expect(cyclesIn(graphWith())).toEqual([]);
    const back = "import type { page } from '../background/doors/page.ts';";
    expect(cyclesIn(graphWith({ 'src/protocol/plan.ts': back }))).toEqual([
      [
        'src/background/access/get-token.ts',
        'src/background/doors/page.ts',
        'src/protocol/plan.ts',
      ],
    ]);
  });

  it('has a cycle of rooms where no file is in one', () => {
    const other = { 'src/protocol/other.ts': "import '../background/access/get-token.ts';" };
    expect(cyclesIn(graphWith(other))).toEqual([]);
    expect(cyclesOfRooms(graphWith(other))).toEqual([['src/background/access', 'src/protocol']]);
  });
});

describe('the rooms', () => {
  it.each([
    ['src/background/worker.ts', 'src/background'],
    ['src/background/doors/page.ts', 'src/background/doors'],
    ['src/popup/kit/button.tsx', 'src/popup/kit'],
    ['src/shared/errors.ts', 'src/shared'],
    ['src/shared/facts/limits.ts', 'src/shared/facts'],
    ['src/client/parts/deep.ts', 'src/client'],
  ])('%s lies in %s', (file, room) => {
    expect(roomOf(file)).toBe(room);
  });

  it('are joined by arrows, counted', () => {
    expect(arrowsOf(graphWith())).toContainEqual({
      from: 'src/background/doors',
      to: 'src/background/access',
      imports: 1,
    });
    expect(arrowsOf(graphWith())).toHaveLength(6);
  });

  it('are printed with their files, median and longest, and what is wrong', () => {
    const other = { 'src/protocol/other.ts': "import '../background/access/get-token.ts';" };
    const report = reportOf(graphWith(other), (file) => (file.endsWith('other.ts') ? 90 : 10));
    expect(report).toMatch(/^src\/protocol +2 +90 +90$/m);
    expect(report).toContain('cycle of rooms: src/background/access, src/protocol');
    expect(report).toContain('cycles between rooms: 1, between files: 0');
  });
});

describe('docs/architecture.md', () => {
  const page = readFileSync(ARCHITECTURE, 'utf8');

  it('has the rooms and arrows of the source as it is (npm run rooms -- --write)', () => {
    expect(page).toContain(mermaidOf(graphOfSources()));
    expect(drawnInto(page, graphOfSources())).toBe(page);
  });

  it('would not have them any more with one arrow more', () => {
    expect(drawnInto(page, graphWith())).not.toBe(page);
  });
});

describe('the source', () => {
  it('has no cycle, neither of files nor of rooms', () => {
    expect(cyclesIn(graphOfSources())).toEqual([]);
    expect(cyclesOfRooms(graphOfSources())).toEqual([]);
  });
});
