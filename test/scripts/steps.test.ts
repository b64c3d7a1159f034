import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { CI_STEPS } from '../../scripts/ci.ts';
import { countOf, runSteps, sumOf, type Step } from '../../scripts/steps.ts';

const step = (name: string, code: string, more: Partial<Step> = {}): Step => ({
  name,
  command: [process.execPath, '-e', code],
  minutes: 1,
  ...more,
});

/** Without their output in the middle of that of the tests. */
async function run(steps: Step[], minutes = 5) {
  vi.spyOn(console, 'log').mockReturnValue();
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    return await runSteps(steps, minutes);
  } finally {
    vi.restoreAllMocks();
  }
}

/** A process that has ended but that its parent hasn't asked about (a zombie) isn't running. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${String(pid)}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe('the count of a step', () => {
  it('is what its last count says', () => {
    expect(countOf(['1 passed, 0 failed', '7 passed, 2 failed', 'bye'], false)).toEqual({
      passed: 7,
      failed: 2,
    });
  });

  it('is one where it does not count itself', () => {
    expect(countOf(['fine'], true)).toEqual({ passed: 1, failed: 0 });
    expect(countOf(['fine'], false)).toEqual({ passed: 0, failed: 1 });
  });

  it('has a failure when the command ended badly, whatever it counted', () => {
    expect(countOf(['7 passed, 0 failed'], false)).toEqual({ passed: 7, failed: 1 });
  });
});

describe('steps', () => {
  it('are summed, and one that fails leaves the next ones running', async () => {
    const outcomes = await run([
      step('counts', "console.log('\\u001b[1m5 passed, 1 failed\\u001b[22m'); process.exit(1)"),
      step('passes', "process.stdout.write('no newline')"),
    ]);
    expect(outcomes.map(({ closing }) => closing)).toEqual([
      ['5 passed, 1 failed'],
      ['no newline'],
    ]);
    expect(sumOf(outcomes)).toBe('6 passed, 1 failed');
  });

  it('keep their last twelve lines, and before them the tests that needed a second try', async () => {
    const code =
      "console.log('passed at the second try: a'); for (let i = 0; i < 20; i++) console.log(i)";
    const [outcome] = await run([step('long', code)]);
    expect(outcome?.closing).toHaveLength(13);
    expect(outcome?.closing[0]).toBe('passed at the second try: a');
    expect(outcome?.closing.at(-1)).toBe('19');
  });

  it('end at a gate that fails', async () => {
    const outcomes = await run([step('gate', 'process.exit(1)', { isGate: true }), step('b', '')]);
    expect(outcomes.map(({ name }) => name)).toEqual(['gate']);
    expect(sumOf(outcomes)).toBe('0 passed, 1 failed');
  });

  it('are stopped with all that they started when their time is up', async () => {
    const code = `const { pid } = require('child_process').spawn(process.execPath,
        ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'inherit' });
      console.log(pid); setInterval(() => {}, 1e6)`;
    const outcomes = await run([step('hangs', code, { minutes: 0.03 })]);
    expect(outcomes).toMatchObject([{ passed: 0, failed: 1 }]);
    const [pid, reason] = outcomes[0]?.closing ?? [];
    expect(reason).toMatch(/^stopped after/);
    // Whether there still is such a process; one that was killed is gone a moment later.
    await expect.poll(() => isRunning(Number(pid))).toBe(false);
  });

  it('fail when no time is left for them', async () => {
    const outcomes = await run([step('late', '')], 0);
    expect(outcomes).toMatchObject([{ failed: 1, closing: ['no time was left'] }]);
  });

  it('fail when there is no such command', async () => {
    const missing = { name: 'missing', command: ['no-such-command'], minutes: 1 };
    expect(sumOf(await run([missing]))).toBe('0 passed, 1 failed');
  });
});

describe('CI', () => {
  it('runs every test, not only the fast ones', () => {
    const tests = CI_STEPS.find(({ name }) => name === 'tests');
    expect(tests?.command.slice(-2)).toEqual(['--', '--all']);
  });
});
