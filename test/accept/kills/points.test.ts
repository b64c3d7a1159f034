/** Each point of THREATS 5.3: the worker dies there, and what must come of it (T-36, T-39, T-40, T-49). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lab } from '../../../demo/lab.ts';
import { reportBar } from '../../support/bars.ts';
import { JOURNEYS, live, openLab, type Journey } from './journeys.ts';
import type { Point } from './mortal.ts';
import { countLost, expectSound } from './sound.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(() => lab.close());

const counted = { points: 0, prompts: 0, codesTwice: 0, refreshedTwice: 0, grantsLost: 0 };

const savesFlow = (stage: string) => (args: readonly unknown[]) =>
  (args[0] as { stage: string }).stage === stage;
const isPost = (part: string) => (args: readonly unknown[]) =>
  String((args[1] as RequestInit).body ?? '').includes(part);
const isGet = (part: string) => (args: readonly unknown[]) => String(args[0]).includes(part);
const CODE = isPost('grant_type=authorization_code');
const REFRESH = isPost('grant_type=refresh_token');
const decided = (args: readonly unknown[]) =>
  (args[0] as { prompt?: { decision?: string } }).prompt?.decision === 'allow';
const onScreen = (args: readonly unknown[]) =>
  savesFlow('deciding')(args) && (args[0] as { promptWindow?: number }).promptWindow !== undefined;
const work = (todo: string) => (args: readonly unknown[]) =>
  (args[1] as { todo: string }).todo === todo;

/** What a kill costs beyond the journey without one. */
interface Cost {
  /** The same question, unanswered as far as the disk knows, is answered again. */
  again?: boolean;
  windows?: number;
  exchanges?: number;
  registrations?: number;
  refreshes?: number;
}

const CONNECTING: [string, string, Point, Cost][] = [
  ['K01', 'the call is read', { port: 'isInFront', when: 'before' }, {}],
  ['K02', 'the flow is written', { port: 'store.saveFlow', when: 'after' }, {}],
  ['K03', 'the prompt is open', { port: 'store.saveFlow', when: 'after', only: onScreen }, {}],
  [
    'K04',
    'Allow is written',
    { port: 'store.saveFlow', when: 'before', only: decided },
    { again: true },
  ],
  ['K05', 'Allow is on disk', { port: 'store.saveFlow', when: 'after', only: decided }, {}],
  ['K06', 'the server is asked', { port: 'http', when: 'after', only: isGet('protected') }, {}],
  ['K07', 'its answer is kept', { port: 'store.saveDocument', when: 'after' }, {}],
  [
    'K08',
    'the provider is asked',
    { port: 'http', when: 'after', only: isGet('authorization-server') },
    {},
  ],
  [
    'K09',
    'a client is registered',
    { port: 'http', when: 'before', only: isPost('redirect_uris') },
    {},
  ],
  [
    'K10',
    'it is registered',
    { port: 'http', when: 'after', only: isPost('redirect_uris') },
    { registrations: 2 },
  ],
  ['K11', 'it is kept', { port: 'store.saveRegistration', when: 'after' }, {}],
  [
    'K12',
    'the sign-in is written',
    { port: 'store.saveFlow', when: 'after', only: savesFlow('authorizing') },
    {},
  ],
  [
    'K13',
    'the window is open',
    { port: 'store.saveFlow', when: 'after', only: savesFlow('authorizing'), nth: 2 },
    {},
  ],
  ['K14', 'the response is there', { port: 'authWindow.open', when: 'after' }, {}],
  [
    'K15',
    'it is judged',
    { port: 'store.saveFlow', when: 'before', only: savesFlow('exchanging') },
    {},
  ],
  [
    'K16',
    'the code is spent',
    { port: 'store.saveFlow', when: 'after', only: savesFlow('exchanging') },
    {},
  ],
  ['K17', 'the code is sent', { port: 'http', when: 'after', only: CODE }, { exchanges: 2 }],
  [
    'K18',
    'the tokens are kept',
    { port: 'store.saveUnfinished', when: 'after', only: work('commit') },
    {},
  ],
  ['K18', 'they make a grant', { port: 'store.commitGrant', when: 'before' }, {}],
  ['K19', 'they have made one', { port: 'store.commitGrant', when: 'after' }, {}],
];

const REFRESHING: [string, string, Point, Cost][] = [
  ['K20', 'the lock is held', { port: 'store.readGrant', when: 'before' }, {}],
  ['K21', 'the attempt is written', { port: 'store.updateGrant', when: 'after' }, {}],
  [
    'K22',
    'the token is sent',
    { port: 'http', when: 'after', only: REFRESH },
    { refreshes: 2, exchanges: 2 },
  ],
  [
    'K23',
    'the answer is kept',
    { port: 'store.saveUnfinished', when: 'after', only: work('renew') },
    {},
  ],
  ['K23', 'it is written', { port: 'store.updateGrant', when: 'before', nth: 2 }, {}],
  ['K24', 'it has been written', { port: 'store.updateGrant', when: 'after', nth: 2 }, {}],
];

async function survive(
  journey: Journey,
  point: Point,
  cost: Cost,
  base: Required<Omit<Cost, 'again'>>,
) {
  const mark = lab.ledger.mark();
  const { lives, ended, first } = await live(lab, journey, point);
  expect(first.isAlive()).toBe(false);
  expect(ended).toHaveProperty('token');
  const all = { ...base, ...cost };
  const { witness } = lives;
  await expectSound(lives, ended, { connected: true, ...all });
  // One window shows both questions, or a second one what is left of them.
  const shown = new Set(lives.world.prompts.map(({ stage }) => stage));
  expect(lives.world.prompts.length).toBe(shown.size + (cost.again ? 1 : 0));
  const spent = lab.ledger.since(mark).cost();
  expect(spent).toMatchObject({ exchanges: all.exchanges, registrations: all.registrations });
  expect(spent.refreshes).toBe(all.refreshes);
  counted.points += 1;
  counted.prompts += witness.promptWindows;
  counted.codesTwice += witness.codesTwice;
  counted.refreshedTwice += witness.spentTwice;
  counted.grantsLost += await countLost(lives, 1);
}

describe('a worker that dies during a first connection (K01–K19)', () => {
  const base = { windows: 2, exchanges: 1, registrations: 1, refreshes: 0 };
  it.each(CONNECTING)(
    '%s when %s: asks once, exchanges no code twice, and the page gets its token',
    (_name, _at, point, cost) => survive(JOURNEYS['a first connection']!, point, cost, base),
  );
});

describe('a worker that dies during a refresh (K20–K24)', () => {
  const base = { windows: 1, exchanges: 1, registrations: 1, refreshes: 1 };
  it.each(REFRESHING)(
    '%s when %s: sends nothing again that was answered',
    (_name, _at, point, cost) => survive(JOURNEYS['a refresh']!, point, cost, base),
  );

  it('K22 at a strict provider: is asked once more, and then signs in again, once', async () => {
    const { lives, ended } = await live(lab, JOURNEYS['a refresh']!, {
      port: 'http',
      when: 'after',
      only: REFRESH,
    });
    expect(ended).toHaveProperty('token');
    expect([...lives.witness.refreshed.values()]).toEqual([2]);
    expect(lives.witness.promptWindows).toBe(1);
  });
});

it('says what was counted', () => {
  expect(counted.points).toBe(CONNECTING.length + REFRESHING.length);
  reportBar('kills at named points', counted);
});
