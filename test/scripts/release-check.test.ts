import { describe, expect, it } from 'vitest';
import { pageOf } from '../../scripts/release-check.ts';
import { ROOT } from '../../scripts/set-up.mjs';

const RUN = { day: '2026-12-01', commit: '0123456789ab', machine: '2 cores' };
const step = (name: string, failed: number, ...closing: string[]) => ({
  name,
  passed: 7,
  failed,
  seconds: 61,
  closing,
});

describe('the page of a release check', () => {
  it('says when, of which commit, and what came out', () => {
    const page = pageOf([step('tests', 0), step('bench', 2)], RUN);
    expect(page).toContain('on 2026-12-01, of commit `0123456789ab`, on 2 cores');
    expect(page).toContain('**14 passed, 2 failed**');
    expect(page).toContain('| tests | 7 | 0 | 2 |');
    expect(page).toContain('| bench | 7 | **2** | 2 |');
  });

  it('shows the last lines of each step, without the folder, and nothing that ends the block', () => {
    const page = pageOf([step('tests', 0, `at ${ROOT}/test/a.ts`, '```')], RUN);
    expect(page).toContain("```text\nat ./test/a.ts\n'''\n```");
    expect(page).not.toContain(ROOT);
  });
});
