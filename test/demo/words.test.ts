import { describe, expect, it } from 'vitest';
import type { Tally } from '../../demo/web-client/site.ts';
import {
  describeCounts,
  describeRefusal,
  describeSpent,
  spentBetween,
  stepsSeen,
  type Attempt,
} from '../../demo/web-client/words.ts';

const tally = (grantkeeper: number, questions?: number, refreshes = 0): Tally => ({
  grantkeeper,
  refreshes,
  ...(questions !== undefined && { questions }),
  done: [],
});

describe('the strip of the demo’s page', () => {
  it('says who has sent how many OAuth requests, and how often the visitor was asked', () => {
    expect(describeCounts(0, tally(5, 1))).toBe(
      'OAuth requests: this page 0 · Grantkeeper 5 · questions 1',
    );
    expect(describeCounts(2, tally(0, 0))).toBe(
      'OAuth requests: this page 2 · Grantkeeper 0 · questions 0',
    );
  });

  it('says nothing of questions that nobody counts', () => {
    expect(describeCounts(0, tally(5))).toBe('OAuth requests: this page 0 · Grantkeeper 5');
  });

  it('tells what a single step has cost', () => {
    const cost = (before: Tally, after: Tally) => describeSpent(spentBetween(before, after)!);
    expect(cost(tally(0, 0), tally(5, 1))).toBe('5 OAuth requests, 1 question');
    expect(cost(tally(5, 1), tally(6, 1))).toBe('1 OAuth request');
    expect(cost(tally(5, 1), tally(5, 3))).toBe('no OAuth requests, 2 questions');
    expect(spentBetween(undefined, tally(1))).toBeUndefined();
  });
});

describe('a refusal on the demo’s page', () => {
  const refused = { what: 'Adding a note', needed: 'notes:write', asked: 0, deniedAt: undefined };
  const fact = 'Adding a note isn’t allowed: it needs notes:write.';

  it('says that nobody was asked again after a denial, and when that was', () => {
    expect(describeRefusal({ ...refused, deniedAt: '14:04' })).toBe(
      `You didn’t allow this at 14:04, so Grantkeeper didn’t ask again. ${fact}`,
    );
  });

  it('blames no earlier answer where the visitor was asked', () => {
    expect(describeRefusal({ ...refused, asked: 1, deniedAt: '14:04' })).toBe(
      `${fact} Grantkeeper asked you, and you didn’t allow it.`,
    );
  });

  it('says no more than the page knows', () => {
    expect(describeRefusal(refused)).toBe(`${fact} Grantkeeper didn’t ask you.`);
    expect(describeRefusal({ ...refused, asked: undefined, deniedAt: '14:04' })).toBe(fact);
    expect(describeRefusal({ ...refused, needed: undefined, asked: undefined })).toBe(
      'Adding a note isn’t allowed.',
    );
  });
});

describe('the steps that an attempt ticks', () => {
  const spent = { requests: 0, renewed: 0, asked: 0 };
  const attempt: Attempt = {
    step: 'read',
    kind: 'called',
    spent,
    steppedUp: false,
    wasDenied: false,
  };
  const seen = (changes: Partial<Attempt>) => stepsSeen({ ...attempt, ...changes });

  it('are connecting and reading at once', () => {
    expect(seen({ step: 'connect', kind: 'connected' })).toEqual(['connect', 'read']);
    expect(seen({ step: 'connect', kind: 'refused' })).toEqual([]);
    expect(seen({})).toEqual(['read']);
  });

  it('are a step-up where the site was allowed more and the call went through', () => {
    expect(seen({ step: 'write', steppedUp: true })).toEqual(['step-up']);
    expect(seen({ step: 'write' })).toEqual([]);
    expect(seen({ step: 'write', steppedUp: true, kind: 'failed' })).toEqual([]);
  });

  it('are waiting only where access was renewed and nobody was asked', () => {
    expect(seen({ spent: { ...spent, renewed: 1, requests: 1 } })).toEqual(['read', 'wait']);
    expect(seen({ spent: { ...spent, renewed: 1, asked: 1 } })).toEqual(['read']);
    expect(seen({ spent: { ...spent, renewed: 1, asked: undefined } })).toEqual(['read']);
  });

  it('are a denial only where it was kept: refused again without a question', () => {
    const again = { step: 'write', kind: 'refused', wasDenied: true } as const;
    expect(seen(again)).toEqual(['deny']);
    expect(seen({ ...again, wasDenied: false })).toEqual([]);
    expect(seen({ ...again, spent: { ...spent, asked: 1 } })).toEqual([]);
    expect(seen({ ...again, spent: undefined })).toEqual([]);
  });
});
