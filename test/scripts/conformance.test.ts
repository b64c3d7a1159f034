import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CONFORMANCE, conformance } from '../../scripts/conformance.ts';

it('docs/conformance.md names the tests that there are (npm run conformance)', () => {
  expect(readFileSync(CONFORMANCE, 'utf8')).toBe(conformance());
});
