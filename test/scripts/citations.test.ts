import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/set-up.mjs';

const TESTS = readdirSync(path.join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => readFileSync(path.join(ROOT, 'test', name), 'utf8').replaceAll('’', "'"));

/** Titles that a document cites as proof: in quotation marks, on a line that names a test file. */
function citedIn(document: string): string[] {
  const lines = readFileSync(path.join(ROOT, document), 'utf8').replaceAll('’', "'").split('\n');
  return lines
    .filter((line) => line.includes('.test.ts'))
    .flatMap((line) => [...line.matchAll(/"([^"]{15,})"/g)].map(([, title = '']) => title));
}

describe.each(['SECURITY.md', 'docs/architecture.md', 'PRIVACY.md'])('%s', (document) => {
  it('cites only tests that there are', () => {
    const missing = citedIn(document).filter(
      (title) => !TESTS.some((text) => text.includes(title)),
    );
    expect(missing).toEqual([]);
  });
});

it('SECURITY.md proves its guarantees by tests', () => {
  expect(citedIn('SECURITY.md').length).toBeGreaterThan(15);
});
