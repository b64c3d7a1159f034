/** The table of error codes for page authors says what the code does. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/set-up.mjs';
import { BrokerError, ERROR_CODES, toWire } from '../../src/shared/errors.ts';

const page = readFileSync(path.join(ROOT, 'docs', 'errors.md'), 'utf8');
const rows = [...page.matchAll(/^\| `(\w+)` \| (.+) \| (.+) \| (yes|no) \|$/gm)].map(
  ([, code = '', what = '', who = '', retryable = '']) => ({ code, what, who, retryable }),
);

describe('docs/errors.md', () => {
  it('has a row for every code, in the order of the code, and no other', () => {
    expect(rows.map(({ code }) => code)).toEqual([...ERROR_CODES]);
  });

  it('says of each whether it is retryable as pages are told', () => {
    const told = ERROR_CODES.map((code) =>
      toWire(new BrokerError(code), true, '').retryable ? 'yes' : 'no',
    );
    expect(rows.map(({ retryable }) => retryable)).toEqual(told);
  });

  it('says of each who can act', () => {
    expect(rows.filter(({ what, who }) => what.length < 10 || who.length < 2)).toEqual([]);
  });
});
