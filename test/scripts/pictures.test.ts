import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { ROOT } from '../../scripts/set-up.mjs';

it('the repository holds sixteen pictures at most, the icons aside: the gallery is made, not kept', () => {
  const listed = execFileSync('git', ['ls-files', '*.png', '*.jpg', '*.gif', '*.webp'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const pictures = listed.split('\n').filter((name) => name !== '' && !name.startsWith('icons/'));
  expect(pictures.length).toBeLessThanOrEqual(16);
  expect(pictures.length).toBeGreaterThan(0);
});
