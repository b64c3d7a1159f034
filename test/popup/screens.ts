/**
 * Takes a picture of every screen: `npx tsx test/popup/screens.ts [folder] [part of a name]`. Each state in
 * light and dark, at 440 and 320 px.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'puppeteer-core';
import { POPUPS, PROMPTS } from './support/scenes.ts';
import { MORE_PROMPTS } from './support/scenes-prompt.ts';
import { SETTINGS } from './support/scenes-settings.ts';
import { openStage } from './support/stage.ts';

const folder = process.argv[2] ?? '/tmp/screens';
const only = process.argv[3] ?? '';
mkdirSync(folder, { recursive: true });

/** Shown in a tab. */
const isPage = (name: string) => /^(settings|onboarding)/.test(name);

interface Shot {
  name: string;
  address: string;
  act?: (page: Page) => Promise<unknown>;
}

const armed = (page: Page) => page.waitForSelector('#allow[data-armed="true"]');
const confirming = (page: Page) => page.click('.disconnect');
const disconnected = async (page: Page) => {
  await page.click('.disconnect');
  await page.click('.confirm');
  await page.waitForSelector('.outcome');
};

const unreadable = async (page: Page) => {
  await page.type('#document-url', 'https://me.example.org/grantkeeper.json');
  await page.click('#check-document');
  await page.waitForSelector('.unreadable');
};

const toStep = (step: number) => async (page: Page) => {
  for (let at = 1; at < step; at++) await page.click('#next, #finish');
  await page.waitForSelector(`#welcome[data-step="${String(step)}"]`);
};

const shots: Shot[] = [
  ...Object.keys({ ...PROMPTS, ...MORE_PROMPTS }).map((flow) => ({
    name: `consent-${flow}`,
    address: `consent.html?flow=${flow}`,
  })),
  { name: 'consent-allow-armed', address: 'consent.html?flow=allow', act: armed },
  {
    name: 'consent-asking-browser',
    address: 'consent.html?flow=allow-host-access',
    act: async (page: Page) => {
      await armed(page);
      await page.click('#allow');
      await page.waitForSelector('#step');
    },
  },
  { name: 'consent-gone', address: 'consent.html?flow=none' },
  ...Object.keys(POPUPS).map((scene) => ({
    name: `popup-${scene}`,
    address: `popup.html?scene=${scene}`,
    ...(scene.startsWith('disconnect-') ? { act: disconnected } : {}),
  })),
  ...Object.keys(SETTINGS).map((scene) => ({
    name: `settings-${scene}`,
    address: `settings.html?scene=${scene}`,
    ...(scene === 'unreadable' ? { act: unreadable } : {}),
  })),
  {
    name: 'settings-client-new',
    address: 'settings.html?scene=full#client=https%3A%2F%2Fnew.example.com',
  },
  {
    name: 'settings-client-faults',
    address: 'settings.html?scene=full',
    act: async (page: Page) => {
      await page.click('#add-client');
      await page.click('.client-form [type=submit]');
    },
  },
  {
    name: 'settings-erasing',
    address: 'settings.html?scene=full',
    act: (page: Page) => page.click('.erase-everything'),
  },
  ...[1, 2, 3, 4].map((step) => ({
    name: `onboarding-${String(step)}`,
    address: 'onboarding.html',
    act: toStep(step),
  })),
  { name: 'onboarding-relay', address: 'onboarding.html?scene=relay', act: toStep(3) },
  { name: 'popup-confirming', address: 'popup.html?scene=site', act: confirming },
].filter((shot) => shot.name.includes(only));

const stage = await openStage();
for (const { name, address, act } of shots) {
  for (const scheme of ['light', 'dark']) {
    for (const width of isPage(name) ? [1100, 320] : [440, 320]) {
      const page = await stage.open(address, async (blank) => {
        await blank.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
        await blank.setViewport({ width, height: 640 });
      });
      await page.waitForSelector('main:not([aria-busy="true"]), .framed');
      await act?.(page);
      const file = path.join(folder, `${name}-${scheme}-${String(width)}.png`);
      await page.screenshot({
        path: file as `${string}.png`,
        fullPage: isPage(name) || (name.startsWith('popup') && name !== 'popup-many'),
      });
      await page.close();
    }
  }
}
for (const complaint of new Set(stage.complaints)) console.log(complaint);
await stage.close();
console.log(`${String(shots.length * 4)} pictures in ${folder}`);
