import { describe, expect, it } from 'vitest';
import { mayAsk, type AskFacts, type AskVerdict } from '../../src/protocol/may-ask.ts';

const NEW = { do: 'authorize', scopes: ['a'], added: ['a'], rediscover: false } as const;
const plan = {
  /** Something that the user has not allowed yet. */
  wider: { ...NEW, scopes: ['a'], added: ['a'] },
  /** All of it was allowed before. */
  again: { ...NEW, scopes: ['a'], added: [] as string[] },
  confirm: { do: 'confirm' as const, excess: ['b'] },
};

/** A call of a page in front, about a grant that it holds, to which nothing stands in the way. */
const facts = (change: Partial<AskFacts> = {}): AskFacts => ({
  plan: plan.wider,
  isHeld: true,
  isInteractive: true,
  isBarred: false,
  isSilenced: false,
  isUnderWay: false,
  isInFront: true,
  ...change,
});

/** Rates that count how often they were asked; asking for an attempt uses it up. */
function rates(isFull = false) {
  const used = { silent: 0, question: 0, contact: 0, attempt: 0 };
  const count = (of: keyof typeof used) => () => {
    used[of] += 1;
    return !isFull;
  };
  return {
    used,
    admitsSilentSignIn: count('silent'),
    admitsQuestion: count('question'),
    admitsContact: count('contact'),
    admitsAttempt: count('attempt'),
  };
}

const NOTHING = { silent: 0, question: 0, contact: 0, attempt: 0 };

const verdict = (change: Partial<AskFacts>, isFull = false) => mayAsk(facts(change), rates(isFull));

/** Each row adds one obstacle in front of those below it: the first one decides (DESIGN 5). */
const ORDER: [string, Partial<AskFacts>, AskVerdict][] = [
  ['barred', { isBarred: true }, 'access_denied'],
  ['passive', { isInteractive: false }, 'interaction_required'],
  ['silent, in a tab at the back', { isInFront: false, plan: plan.again }, 'interaction_required'],
];

describe('the order in which a call is refused', () => {
  it.each(ORDER)('%s comes before everything below it', (name, _, expected) => {
    const from = ORDER.findIndex(([row]) => row === name);
    const below = Object.assign({}, ...ORDER.slice(from).map(([, change]) => change)) as object;
    const windows = rates(true);
    expect(mayAsk(facts({ ...below, isSilenced: true }), windows)).toBe(expected);
    expect(windows.used).toEqual(NOTHING);
  });

  it('uses up no rate window for a site that is silenced', () => {
    const windows = rates();
    expect(mayAsk(facts({ isSilenced: true, isHeld: false }), windows)).toBe('rate_limited');
    expect(windows.used).toEqual(NOTHING);
  });
});

describe('a sign-in without a question', () => {
  it('is what a held grant gets when all of it was allowed before', () => {
    const windows = rates();
    expect(mayAsk(facts({ plan: plan.again }), windows)).toBe('silent');
    expect(windows.used).toEqual({ ...NOTHING, silent: 1, attempt: 1 });
  });

  it('is never what a site without a grant gets, though it names no scope', () => {
    expect(verdict({ plan: plan.again, isHeld: false })).toBe('ask');
  });

  it('is rare: a full window refuses it', () => {
    expect(verdict({ plan: plan.again }, true)).toBe('rate_limited');
  });

  it('opens only over the tab that the user looks at', () => {
    expect(verdict({ plan: plan.again, isInFront: false })).toBe('interaction_required');
  });

  it('is joined from any tab, and counts once, while it is under way', () => {
    const windows = rates(true);
    const joined = facts({ plan: plan.again, isUnderWay: true, isInFront: false });
    expect(mayAsk(joined, windows)).toBe('silent');
    expect(windows.used).toEqual(NOTHING);
  });

  it('needs no leave of a site whose questions are silenced: it asks nothing', () => {
    expect(verdict({ plan: plan.again, isSilenced: true })).toBe('silent');
  });
});

describe('a question', () => {
  it.each([
    ['for scopes that the user has not allowed', plan.wider],
    ['about what the server granted beyond the question', plan.confirm],
  ])('%s is asked from any tab, and a held grant is no new contact', (_, one) => {
    const windows = rates();
    expect(mayAsk(facts({ plan: one, isInFront: false }), windows)).toBe('ask');
    expect(windows.used).toEqual({ ...NOTHING, question: 1, attempt: 1 });
  });

  it('counts as a contact of its site where no grant is held', () => {
    const windows = rates();
    expect(mayAsk(facts({ isHeld: false }), windows)).toBe('ask');
    expect(windows.used).toEqual({ ...NOTHING, question: 1, contact: 1, attempt: 1 });
    expect(verdict({ isHeld: false }, true)).toBe('rate_limited');
  });

  it.each(['admitsQuestion', 'admitsAttempt'] as const)(
    'is not asked of a site that is connected either, where %s says no (Z39)',
    (rate) => {
      expect(mayAsk(facts(), { ...rates(), [rate]: () => false })).toBe('rate_limited');
    },
  );

  it('that no window may come for uses up no attempt (Z39)', () => {
    const windows = { ...rates(), admitsQuestion: () => false };
    expect(mayAsk(facts({ isHeld: false }), windows)).toBe('rate_limited');
    expect(windows.used).toEqual(NOTHING);
  });

  it('that is under way is joined, and is no contact of its own (T-25)', () => {
    expect(verdict({ isHeld: false, isUnderWay: true }, true)).toBe('ask');
  });

  it('is not joined by a site that is silenced', () => {
    expect(verdict({ isSilenced: true, isUnderWay: true })).toBe('rate_limited');
  });
});

describe('whatever the circumstances are', () => {
  const BOTH = [false, true];
  const every = Object.values(plan).flatMap((one) =>
    [...Array(64).keys()].flatMap((bits) =>
      BOTH.map((isFull) => {
        const bit = (n: number) => ((bits >> n) & 1) === 1;
        const [isHeld, isInteractive, isBarred] = [bit(0), bit(1), bit(2)];
        const [isSilenced, isUnderWay, isInFront] = [bit(3), bit(4), bit(5)];
        const all = { isHeld, isInteractive, isBarred, isSilenced, isUnderWay, isInFront };
        const windows = rates(isFull);
        return { ...all, plan: one, windows, answer: mayAsk({ ...all, plan: one }, windows) };
      }),
    ),
  );

  it('a barred site is denied, and a passive call opens nothing', () => {
    expect(every).toHaveLength(384);
    expect(every.filter((one) => (one.answer === 'access_denied') !== one.isBarred)).toEqual([]);
    const passive = every.filter(({ isInteractive }) => !isInteractive);
    expect(passive.filter(({ answer }) => answer === 'ask' || answer === 'silent')).toEqual([]);
  });

  it('no call uses up a rate window unless that window is all that stands in its way', () => {
    const used = every.filter(({ windows }) => Object.values(windows.used).some((one) => one > 0));
    expect(used.length).toBeGreaterThan(0);
    const asked = used.filter(({ answer }) => ['ask', 'silent', 'rate_limited'].includes(answer));
    expect(asked).toHaveLength(used.length);
    const idle = used.filter((one) => one.isBarred || !one.isInteractive || one.isUnderWay);
    expect(idle).toEqual([]);
  });
});
