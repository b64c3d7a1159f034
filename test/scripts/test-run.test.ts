import { describe, expect, it } from 'vitest';
import { placeOf } from '../../scripts/longest-first.ts';
import { chooseTests } from '../../scripts/test.mjs';

describe('npm test', () => {
  const fast = ['--project=unit', '--project=build', '--project=e2e-chromium'];

  it('runs unit, flow and Chromium, and needs no Firefox', () => {
    expect(chooseTests([])).toEqual({ args: fast, isWhole: false, needsFirefox: false });
  });

  it('runs every project with --all, and only then is it a whole run', () => {
    expect(chooseTests(['--all'])).toEqual({ args: [], isWhole: true, needsFirefox: true });
    const oneFile = { args: ['test/flow'], isWhole: false, needsFirefox: true };
    expect(chooseTests(['--all', 'test/flow'])).toEqual(oneFile);
  });

  it('looks for a file among the fast projects, and in the projects that are named instead', () => {
    expect(chooseTests(['test/flow']).args).toEqual([...fast, 'test/flow']);
    const words = ['--project', 'e2e-firefox'];
    expect(chooseTests(words)).toEqual({ args: words, isWhole: false, needsFirefox: true });
  });
});

describe('the order of the files', () => {
  it('starts those that take longest first, wherever the tree lies and however deep they do', () => {
    expect(placeOf('/tmp/test/tree/test/popup/kit/axe.test.ts')).toBe(0);
    expect(placeOf('C:\\tree\\test\\e2e\\idle.test.ts')).toBe(2);
    const others = ['/t/test/e2e/journeys.test.ts', '/t/test/flow/idle.test.ts'].map(placeOf);
    expect(others).toEqual([5, 5]);
  });
});
