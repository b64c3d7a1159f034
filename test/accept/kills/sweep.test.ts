/** The worker is killed at every single call of a port that six journeys make (T-36, Z4). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lab } from '../../../demo/lab.ts';
import { isFullForm, reportBar } from '../../support/bars.ts';
import { JOURNEYS, live, openLab, type Journey } from './journeys.ts';
import { countLost, expectSound } from './sound.ts';

/** One call in this many is a point of the short form; another one in each journey. */
const STEP = isFullForm ? 1 : 16;

let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(() => lab.close());

const counted = { points: 0, kills: 0, codesTwice: 0, refreshedTwice: 0, grantsLost: 0 };

async function dieAt(
  name: string,
  journey: Journey,
  { nth, grants }: { nth: number; grants: number },
): Promise<void> {
  for (const when of ['before', 'after'] as const) {
    const { lives, ended, first } = await live(lab, journey, { port: '*', when, nth });
    const { port } = first.calls[nth - 1] ?? { port: 'none' };
    await expectSound(lives, ended, journey.allowed).catch((cause: unknown) => {
      throw new Error(`${name}, killed ${when} call ${nth}, ${port}`, { cause });
    });
    counted.kills += first.isAlive() ? 0 : 1;
    counted.codesTwice += lives.witness.codesTwice;
    counted.refreshedTwice += lives.witness.spentTwice;
    counted.grantsLost += await countLost(lives, grants);
  }
  counted.points += 1;
}

describe('a worker that is killed at any call', () => {
  it.each(Object.entries(JOURNEYS))(
    'of %s loses nothing and does nothing twice (T-36, T-39, T-40)',
    async (name, journey) => {
      const { first, lives, ended } = await live(lab, journey);
      const calls = first.calls.length;
      await expectSound(lives, ended, journey.allowed);
      const { length: grants } = await lives.world.ports.store.listGrants();
      for (let nth = 1; nth <= calls; nth += STEP) await dieAt(name, journey, { nth, grants });
      expect(counted.kills).toBeGreaterThan(0);
    },
    isFullForm ? 1_200_000 : 60_000,
  );

  it('says what was counted', () => {
    expect(counted).toMatchObject({ codesTwice: 0, refreshedTwice: 0, grantsLost: 0 });
    expect(counted.kills).toBeGreaterThanOrEqual(counted.points);
    reportBar('kills at every call', counted);
  });
});
