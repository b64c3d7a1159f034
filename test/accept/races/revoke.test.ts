/** A grant is taken back while its token is being renewed, at every moment of either: nothing is left (T-49). */
import { afterAll, describe, expect, it } from 'vitest';
import { openStore } from '../../../src/background/storage/open-store.ts';
import { reportBar } from '../../support/bars.ts';
import { Scheduler } from '../support/scheduler.ts';
import { steadyCryptography } from '../support/steady-cryptography.ts';
import { ModelWorld, RESOURCE, SITES } from './model-world.ts';

const INTERLEAVINGS = 50;
const [ORIGIN] = SITES;
const KEY = { origin: ORIGIN, resource: RESOURCE, account: 'default' };

afterAll(steadyCryptography());

/** A connected site whose token is over; the seed says in which order all that follows happens. */
async function connected(seed: number) {
  const scheduler = new Scheduler(seed);
  const world = new ModelWorld(scheduler, await openStore(`revoke ${String(Math.random())}`));
  world.isWilling = true;
  world.begin();
  const drain = () => scheduler.drain(() => world.attend());
  const ask = () =>
    world.core.access.getToken(
      { origin: ORIGIN, tabId: 0 },
      { resource: RESOURCE, scopes: ['read'], interactive: world.isWilling },
      new AbortController().signal,
    );
  const first = ask();
  await drain();
  await first;
  world.isWilling = false;
  scheduler.now += 3_700_000;
  return { world, drain, ask };
}

describe('disconnecting while a token is renewed', () => {
  it('leaves no token here and none at the server, in fifty interleavings (E-REVOKE, T-49)', async () => {
    const counted = { interleavings: 0, refreshes: 0, renewedFirst: 0, left: 0 };
    for (let seed = 1; seed <= INTERLEAVINGS; seed += 1) {
      const { world, drain, ask } = await connected(seed);
      const calls = Promise.allSettled([ask(), ask(), ask()]);
      // A different moment in each: some before the refresh is sent, some while it is out, some after.
      const away = (async () => {
        for (let i = 0; i < seed; i += 1) await world.read(() => Promise.resolve());
        return world.core.documents.disconnect(KEY);
      })();
      await drain();
      const [outcome, answers] = [await away, await calls];
      const [provider] = world.providers;
      counted.interleavings += 1;
      counted.refreshes += provider!.refreshes.length;
      counted.renewedFirst += answers.some(({ status }) => status === 'fulfilled') ? 1 : 0;
      const alive = provider!.families.filter(({ live }) => live);
      const grants = await world.store.listGrants();
      counted.left += alive.length + grants.length;
      expect([alive, grants], `seed ${String(seed)}`).toEqual([[], []]);
      expect(provider!.reused).toEqual([]);
      expect(world.events.at(-1), `seed ${String(seed)}`).toMatchObject({
        to: ORIGIN,
        event: { type: 'revoked', resource: RESOURCE },
      });
      expect(outcome.revocation).toBe('revoked');
      const later = ask().catch((error: unknown) => (error as { code: string }).code);
      await drain();
      expect(await later).toBe('interaction_required');
    }
    // The seeds do reach both orders, or this shows nothing.
    expect(counted.renewedFirst).toBeGreaterThan(5);
    expect(counted.renewedFirst).toBeLessThan(INTERLEAVINGS - 5);
    expect(counted.refreshes).toBeGreaterThan(10);
    reportBar('E-REVOKE', counted);
  });
});
