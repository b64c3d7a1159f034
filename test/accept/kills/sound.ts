/** What must hold after a kill, whenever it came. */
import { expect } from 'vitest';
import { sha256Hex } from '../../../src/shared/facts/sha256.ts';
import type { Lives } from './mortal.ts';

/** What a kill may leave. */
export interface Allowed {
  /** Whether the site is to have its token afterwards. */
  connected: boolean;
  /** Prompts that may have been opened, in all lives. */
  windows: number;
  /** Registrations that may have been made. */
  registrations?: number;
}

/** Waits until everything that the present life does on its own has been done. */
export async function settled({ world }: Lives): Promise<void> {
  const { store } = world.ports;
  await expect.poll(() => store.listUnfinished(), { timeout: 3000 }).toEqual([]);
  await expect.poll(() => store.listFlows(), { timeout: 3000 }).toEqual([]);
}

/** @param ended how the call ended, in whatever life */
export async function expectSound(
  lives: Lives,
  ended: unknown,
  { connected, windows, registrations = 1 }: Allowed,
): Promise<void> {
  const { world, witness } = lives;
  await settled(lives);
  // A result, or an error with a code of the table.
  const { code = 'none' } = Object(ended) as { code?: string };
  expect(code).toMatch(/^[a-z_]+$/);
  // Nothing is spent twice.
  expect(witness.codesTwice).toBe(0);
  expect(witness.spentTwice).toBe(0);
  expect(Math.max(0, ...witness.refreshed.values())).toBeLessThanOrEqual(2);
  expect(witness.registrations).toBeLessThanOrEqual(registrations);
  expect(witness.promptWindows).toBeLessThanOrEqual(windows);
  // Nothing stands on the screen. Of a window whose number never came to the disk nobody can know.
  lives.look();
  expect(world.openPrompts).toBe(0);
  expect([...witness.openWindows].filter((one) => !witness.unnoted.has(one))).toEqual([]);
  await expectDecided(lives);
  // A provider that takes each refresh token once has ended the session of an answer that died with its worker: the
  // person signs in once more, and is asked nothing.
  const interactive = connected && witness.hasLostAnswer;
  const held = await world.getToken({ interactive }).catch((error: unknown) => error);
  expect(witness.promptWindows).toBeLessThanOrEqual(windows);
  if (connected) expect(held).toHaveProperty('access_token');
  else expect(held).toMatchObject({ code: 'interaction_required' });
}

/** How many of the grants that a journey is to leave aren't there. */
export async function countLost({ world }: Lives, grants: number): Promise<number> {
  const held = (await world.ports.store.listGrants()).filter(({ token }) => token);
  return Math.max(0, grants - held.length);
}

/** Each grant rests on a question that was shown. */
async function expectDecided({ world }: Lives): Promise<void> {
  const shown = await Promise.all(
    world.prompts.map((snapshot) => sha256Hex(JSON.stringify({ ...snapshot, hostAccess: [] }))),
  );
  for (const { decision } of await world.ports.store.listGrants()) {
    expect(shown).toContain(decision.digest);
  }
}
