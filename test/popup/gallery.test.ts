/** What every picture and every look at a screen begins with, in a real Chromium. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { SHOTS } from './support/shots.ts';
import { openShot, openStage, type Stage } from './support/stage.ts';

vi.setConfig({ testTimeout: 60_000 });

let stage: Stage;
beforeAll(async () => (stage = await openStage()), 60_000);
afterAll(() => stage.close());

const open = (name: string) => {
  const shot = SHOTS.find((one) => one.name === name);
  if (!shot) throw new Error(`There is no screen ${name}`);
  return openShot(stage, shot, { scheme: 'light', width: 1100 });
};

it.each(['onboarding-2', 'onboarding-done', 'settings-erasing', 'activity-filtered'])(
  'nothing is in the colour of what the pointer is on, whatever was pressed to get there: %s',
  async (name) => {
    const page = await open(name);
    // The browser takes the pointer's move in its own time.
    await page.waitForFunction(
      () => document.querySelector(':is(a, button, input):hover') === null,
    );
    expect(await page.$(':is(a, button, input):hover')).toBeNull();
    await page.close();
  },
);

it.each([
  ['settings-erasing', '#erase .confirm'],
  ['settings-erasing-activity', '#erase .confirm'],
  ['settings-kept-hosts', '#hosts [role=alert]'],
  ['settings-client-new', '.client-form #client-id'],
  ['settings-client-faults', '.client-form .fault'],
  ['consent-client', '#client-id'],
])('the screen %s is in its state', async (name, selector) => {
  const page = await open(name);
  expect(await page.waitForSelector(selector)).not.toBeNull();
  await page.close();
});
