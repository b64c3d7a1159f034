import { describe, expect, it } from 'vitest';
import {
  admits,
  countedAt,
  endOf,
  readLedger,
  withCount,
  withoutCounts,
  type Counted,
  type Ledger,
} from '../../src/protocol/budget.ts';

const NOW = 1_800_000_000_000;
const MINUTE = 60_000;

/** How many different things one after the other are admitted at the same moment. */
function room(of: Counted, whatOf: (i: number) => string = String, now = NOW): number {
  let ledger: Ledger = [];
  for (let i = 0; i < 50; i += 1) {
    const what = whatOf(i);
    if (!admits(countedAt(ledger, now), { of, what })) return i;
    ledger = withCount(ledger, { of, what, at: now });
  }
  return Infinity;
}

const filled = (of: Counted, count: number, at = NOW): Ledger =>
  Array.from({ length: count }, (_, i) => ({ of, what: String(i), at }));

/** What is promised (Z39, T-13, T-25, T-45). */
const PROMISED: [of: Counted, most: number, within: number][] = [
  ['question', 3, 10 * MINUTE],
  ['signIn', 3, 10 * MINUTE],
  ['host', 3, MINUTE],
  ['attempt', 20, MINUTE],
  ['registration', 4, 60 * MINUTE],
  ['window', 10, 60 * MINUTE],
];

describe('the allowance', () => {
  it.each(PROMISED)('of %s is %i, and full again after its time (Z39)', (of, most, within) => {
    const whatOf = of === 'registration' ? () => 'https://as.example' : String;
    expect(room(of, whatOf)).toBe(most);
    const full = filled(of, most).map((one) => ({ ...one, what: whatOf(Number(one.what)) }));
    const wanted = { of, what: whatOf(99) };
    expect(admits(countedAt(full, NOW + within - 1), wanted)).toBe(false);
    expect(admits(countedAt(full, NOW + within), wanted)).toBe(true);
  });

  it('of one thing is none of another', () => {
    const all = PROMISED.flatMap(([of, most]) => filled(of, most));
    const used = all.filter(({ of }) => of !== 'host');
    expect(admits(used, { of: 'host', what: 'h' })).toBe(true);
  });

  it('counts a question, a host or a window once, and a sign-in or an attempt each time', () => {
    const same = () => 'the same';
    expect((['question', 'host', 'window'] as const).map((of) => room(of, same))).toEqual(
      Array(3).fill(Infinity),
    );
    expect((['signIn', 'attempt'] as const).map((of) => room(of, same))).toEqual([3, 20]);
    const full = filled('host', 3);
    expect(admits(full, { of: 'host', what: '1' })).toBe(true);
    expect(withCount(full, { of: 'host', what: '1', at: NOW + 1 })).toEqual(full);
  });

  it('of registrations is one for each issuer (T-45)', () => {
    expect(room('registration', (i) => `https://as${i}.example`)).toBe(Infinity);
  });

  it('is as it was when what was counted is given back', () => {
    const full = [...filled('question', 3), ...filled('host', 2)];
    expect(withoutCounts(full, 'question', ['1'])).toHaveLength(4);
    expect(withoutCounts(full, 'question')).toEqual(filled('host', 2));
  });
});

describe('a clock that is put right', () => {
  it('forgives nothing, and holds nothing longer than it counts anyway (Z46)', () => {
    const ahead = filled('question', 3, NOW + 365 * 24 * 60 * MINUTE);
    const now = countedAt(ahead, NOW);
    const next = { of: 'question' as const, what: 'next' };
    expect(admits(now, next)).toBe(false);
    expect(admits(countedAt(now, NOW + 10 * MINUTE - 1), next)).toBe(false);
    expect(admits(countedAt(now, NOW + 10 * MINUTE), next)).toBe(true);
  });

  it('by a minute leaves what was counted before as old as it was', () => {
    const ledger = filled('signIn', 3, NOW);
    expect(countedAt(ledger, NOW - MINUTE)).toHaveLength(3);
    expect(countedAt(ledger, NOW + 10 * MINUTE)).toEqual([]);
  });
});

describe('what is stored', () => {
  it('counts until its last count is over', () => {
    const ledger = [...filled('host', 1, NOW), ...filled('registration', 1, NOW - MINUTE)];
    expect(endOf(ledger)).toBe(NOW + 59 * MINUTE);
    expect(countedAt(ledger, endOf(ledger))).toEqual([]);
    expect(endOf([])).toBe(0);
  });

  it('is read as far as it can be', () => {
    const good = { of: 'host', what: 'h', at: NOW };
    const bad = [
      null,
      3,
      {},
      { ...good, of: 'toString' },
      { ...good, what: 4 },
      { ...good, at: NaN },
    ];
    expect(readLedger([good, ...bad])).toEqual([good]);
    expect([undefined, null, 'text', { length: 1 }].map(readLedger)).toEqual(Array(4).fill([]));
  });
});
