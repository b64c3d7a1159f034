/** A provider that approves everything without a word: our own question comes first all the same (T-42). */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { askEvil, openMixUp, type MixUp } from './stage.ts';

let stage: MixUp;
beforeEach(async () => {
  stage = await openMixUp({ iss: true });
});
afterEach(() => stage.close());

const windows = () => stage.evil.received.filter(({ path }) => path === '/authorize').length;

it('is not asked for another site, or for more, before the user has allowed it (T-42, T-01)', async () => {
  const { world, evil } = stage;
  expect(await askEvil(stage)).toMatch(/^evil-/);
  expect([world.prompts.at(-1)?.stage, windows()]).toEqual(['allow', 1]);
  world.answer = ({ stage: kind }) => (kind === 'reach' ? 'allow' : 'deny');
  const { origin } = world.lab.siteB;
  const other = world.getToken({ resource: evil.url, scopes: ['notes:read'] }, { origin });
  await expect(other).rejects.toMatchObject({ code: 'access_denied' });
  expect(world.prompts.at(-1)).toMatchObject({ stage: 'allow', origin });
  expect(await askEvil(stage, { scopes: ['notes:write'] })).toBe('access_denied');
  expect(world.prompts.at(-1)).toMatchObject({ scopes: { added: ['notes:write'] } });
  expect(windows()).toBe(1);
});

it('signs in again without a question where nothing has changed (PLAN-5)', async () => {
  const { world } = stage;
  const first = await askEvil(stage);
  const asked = world.prompts.length;
  const renewed = await askEvil(stage, { rejected: first });
  expect(await askEvil(stage, { rejected: renewed })).toMatch(/^evil-/);
  expect([world.prompts.length - asked, windows()]).toEqual([0, 2]);
});
