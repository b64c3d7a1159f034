import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { citationsIn, documents, isCited, withSubjects } from '../../scripts/citations.ts';
import { ROOT } from '../../scripts/set-up.mjs';

const citedIn = (name: string) => citationsIn(readFileSync(path.join(ROOT, name), 'utf8'));

describe('a document', () => {
  it.each(documents().filter((name) => citedIn(name).length > 0))(
    '%s cites only tests that exist, each with its subject (else: npm run citations)',
    (name) => {
      const missing = citedIn(name).filter((one) => !isCited(one));
      expect(missing.map(({ title }) => title)).toEqual([]);
    },
  );
});

it('SECURITY.md proves its guarantees by tests', () => {
  expect(citedIn('SECURITY.md').length).toBeGreaterThan(15);
});

describe('a citation', () => {
  const files = ['flow/keep.test.ts'];
  const title = 'is one request for fifty simultaneous calls with an expired token (T-38)';

  it('counts with its subject, or as a subject; half a sentence does not', () => {
    expect(isCited({ title: `refresh › ${title}`, files })).toBe(true);
    expect(isCited({ title: 'a restarted worker', files })).toBe(true);
    expect(isCited({ title, files })).toBe(false);
    expect(isCited({ title: `refresh › ${title}`, files: ['flow/excess.test.ts'] })).toBe(false);
  });

  it('gets the subject that is missing', () => {
    const whole = `shown by \`flow/keep.test.ts\` "refresh › ${title}"`;
    expect(withSubjects(`shown by \`flow/keep.test.ts\` "${title}"`)).toBe(whole);
    expect(withSubjects(whole)).toBe(whole);
  });
});
