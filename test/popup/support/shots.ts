/** Every screen in every state: what is photographed, and what is checked screen by screen. */
import type { Page } from 'puppeteer-core';
import { readToEnd as armed } from '../../../drivers/prompt.ts';
import { POPUPS, PROMPTS } from './scenes.ts';
import { FAILED_PROMPTS } from './scenes-failures.ts';
import { MORE_PROMPTS } from './scenes-prompt.ts';
import { SETTINGS } from './scenes-settings.ts';
import { POPUPS_MORE } from './scenes-popup.ts';

/** One screen: a document in a scene, and what is done there first. */
export interface Shot {
  name: string;
  /** Relative to src/popup, with its query. */
  address: string;
  act?: (page: Page) => Promise<unknown>;
  /** A list of hundreds: what the window shows of it has to do. */
  endless?: true;
}

const clicking =
  (...selectors: string[]) =>
  async (page: Page) => {
    for (const selector of selectors) {
      await page.waitForSelector(selector);
      await page.click(selector);
    }
  };

const disconnected = async (page: Page) => {
  await clicking('.disconnect', '.confirm')(page);
  await page.waitForSelector('.outcome');
};

/** Opens the fold of the first card. */
const UNFOLD = '.grant-details > summary';

const sharersAsked = async (page: Page) => {
  await disconnected(page);
  await clicking('.every-sharer')(page);
};

const scopeRemoved = async (page: Page) => {
  await clicking('.remove', '.confirm')(page);
  await page.waitForSelector('.scope-outcome');
};

/** Of a site that keeps a permission that is of use. */
const scopeOfManyRemoved = async (page: Page) => {
  const card = '[data-grant$="calendar.example.org/mcp"]';
  await clicking(`${card} .remove`, `${card} .confirm`)(page);
  await page.waitForSelector('.scope-outcome');
};

const serverDisconnected = async (page: Page) => {
  await clicking('.disconnect-server', '.confirm')(page);
  await page.waitForSelector('.server-outcome');
};

const searching = (words: string) => async (page: Page) => {
  await page.type('#search', words);
};

const keyForm = async (page: Page) => {
  await armed(page);
  await page.click('#allow');
  await page.waitForSelector('#key-value');
};

const PROMPT_SHOTS: Shot[] = [
  ...Object.keys({ ...PROMPTS, ...MORE_PROMPTS, ...FAILED_PROMPTS }).map((flow) => ({
    name: `consent-${flow}`,
    address: `consent.html?flow=${flow}`,
  })),
  {
    name: 'consent-keeper-options',
    address: 'consent.html?flow=keeper-broker',
    act: clicking('.options summary'),
  },
  {
    name: 'consent-client-address',
    address: 'consent.html?flow=client',
    act: async (page: Page) => {
      await clicking('details:has(#client-redirect) summary')(page);
      await page.$eval('#client-redirect', (field) => {
        field.scrollIntoView({ block: 'center' });
      });
    },
  },
  {
    name: 'consent-leave-out',
    address: 'consent.html?flow=failed-offers-less',
    act: clicking('#leave-out-heading'),
  },
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
  {
    name: 'consent-key-form',
    address: 'consent.html?flow=key',
    act: keyForm,
  },
  {
    name: 'consent-key-foreign',
    address: 'consent.html?flow=key',
    act: async (page: Page) => {
      await keyForm(page);
      await page.type('#key-value', 'ghp_0123456789abcdef');
      await armed(page);
      await page.click('#allow');
      await page.waitForSelector('#key-confirmed');
    },
  },
  { name: 'consent-gone', address: 'consent.html?flow=none' },
];

const popup = (scene: string, rest: Partial<Shot> = {}): Shot => ({
  name: `popup-${scene}`,
  address: `popup.html?scene=${scene}`,
  ...rest,
});

/** What is done in a scene before it shows what it is about. */
const ACTS: Record<string, Shot['act']> = {
  'scope-signed-out': scopeOfManyRemoved,
  'scope-gone': scopeOfManyRemoved,
  'scope-error': scopeOfManyRemoved,
  'server-unconfirmed': serverDisconnected,
  'server-ending': serverDisconnected,
  'refuses-changes': clicking('#pause', '.account input:not(:checked)'),
};

const actOf = (scene: string) => (scene.startsWith('disconnect-') ? disconnected : ACTS[scene]);

const POPUP_SHOTS: Shot[] = [
  ...Object.keys({ ...POPUPS, ...POPUPS_MORE }).map((scene) => {
    const act = actOf(scene);
    return popup(scene, {
      ...(act && { act }),
      ...(scene.startsWith('many') && { endless: true }),
    });
  }),
  popup('site', { name: 'popup-confirming', act: clicking('.disconnect') }),
  popup('site', { name: 'popup-scope-asking', act: clicking('.remove') }),
  popup('site', { name: 'popup-scope-removed', act: scopeRemoved }),
  popup('site', { name: 'popup-details', act: clicking(UNFOLD) }),
  popup('disconnect-shared', { name: 'popup-sharers-asking', act: sharersAsked }),
  popup('site', { name: 'popup-server-asking', act: clicking('.disconnect-server') }),
  popup('site', { name: 'popup-server-gone', act: serverDisconnected }),
  popup('site', { name: 'popup-account-adding', act: clicking(UNFOLD, '.add-account') }),
  popup('site', {
    name: 'popup-account-unnamed',
    act: clicking(UNFOLD, '.add-account', '.naming .save'),
  }),
  popup('accounts', { name: 'popup-account-renaming', act: clicking(UNFOLD, '.rename-account') }),
  popup('keys', { name: 'popup-key-replacing', act: clicking(UNFOLD, '.replace-key') }),
  popup('keys', { name: 'popup-key-removing', act: clicking(UNFOLD, '.remove-key') }),
  popup('keeping', { name: 'popup-keeping-open', act: clicking(UNFOLD, '.keeping summary') }),
  popup('keeping', {
    name: 'popup-sealed',
    act: clicking(UNFOLD, '.keeping summary', '.keeping .switch'),
  }),
  popup('search', { name: 'popup-search-found', act: searching('site-3') }),
  popup('search', { name: 'popup-search-nothing', act: searching('no such') }),
];

const ACTIVITY_SHOTS: Shot[] = [
  { name: 'activity-empty', address: 'activity.html?scene=empty' },
  { name: 'activity-log', address: 'activity.html?scene=log' },
  { name: 'activity-long', address: 'activity.html?scene=long' },
  {
    name: 'activity-filtered',
    address: 'activity.html?scene=log',
    act: async (page: Page) => {
      await page.waitForSelector('#log .event');
      await page.select('#filter-site', 'https://notes.example.co.uk');
      await page.waitForFunction(() => document.querySelectorAll('#log .event').length === 4);
    },
  },
  {
    name: 'activity-erasing',
    address: 'activity.html?scene=log',
    act: clicking('.erase-activity'),
  },
  {
    name: 'activity-erased',
    address: 'activity.html?scene=log',
    act: clicking('.erase-activity', '.confirm'),
  },
  { name: 'traces-empty', address: 'activity.html?scene=empty#traces' },
  { name: 'traces', address: 'activity.html?scene=log#traces' },
  { name: 'trace-done', address: 'activity.html?scene=log#trace=flow-done' },
  {
    name: 'trace-failed',
    address: 'activity.html?scene=log#trace=flow-failed',
  },
  {
    name: 'trace-request-open',
    address: 'activity.html?scene=log#trace=flow-done',
    act: clicking('[data-step="request"] summary'),
  },
  {
    name: 'trace-refused',
    address: 'activity.html?scene=log#trace=flow-refused',
    act: clicking('[data-step="request"] summary'),
  },
  { name: 'trace-carried', address: 'activity.html?scene=carried#trace=carried' },
  { name: 'trace-gone', address: 'activity.html?scene=log#trace=none' },
];

const unreadable = async (page: Page) => {
  await page.type('#document-url', 'https://me.example.org/grantkeeper.json');
  await page.click('#check-document');
  await page.waitForSelector('.unreadable');
};

const SETTINGS_ACTS: Record<string, Shot['act']> = {
  unreadable,
  'kept-hosts': async (page: Page) => {
    await clicking('[data-host="https://login.example.net/*"] button')(page);
    await page.waitForSelector('#hosts [role=alert]');
  },
};

const toPage = clicking('#next');

const toEnd = async (page: Page) => {
  await clicking('#next', '#finish')(page);
  await page.waitForSelector('#outcome');
};

const ONBOARDING_SHOTS: Shot[] = [
  { name: 'onboarding-1', address: 'onboarding.html' },
  { name: 'onboarding-1-keeps', address: 'onboarding.html', act: clicking('#keeps summary') },
  { name: 'onboarding-2', address: 'onboarding.html', act: toPage },
  { name: 'onboarding-2-held', address: 'onboarding.html?scene=all-hosts', act: toPage },
  { name: 'onboarding-done', address: 'onboarding.html', act: toEnd },
  { name: 'onboarding-relay', address: 'onboarding.html?scene=relay', act: toPage },
  { name: 'onboarding-relay-none', address: 'onboarding.html?scene=relay-none', act: toPage },
  { name: 'onboarding-relay-done', address: 'onboarding.html?scene=relay', act: toEnd },
  { name: 'onboarding-relay-shut', address: 'onboarding.html?scene=relay-none', act: toEnd },
];

const SETTINGS_SHOTS: Shot[] = [
  ...Object.keys(SETTINGS).map((scene) => {
    const act = SETTINGS_ACTS[scene];
    return {
      name: `settings-${scene}`,
      address: `settings.html?scene=${scene}`,
      ...(act && { act }),
    };
  }),
  {
    name: 'settings-client-new',
    address: 'settings.html?scene=full#client=https%3A%2F%2Fnew.example.com',
  },
  {
    name: 'settings-exceptions-new',
    address: 'settings.html?scene=exceptions',
    act: clicking('#add-override'),
  },
  {
    name: 'settings-client-faults',
    address: 'settings.html?scene=full',
    act: clicking('#add-client', '.client-form [type=submit]'),
  },
  {
    name: 'settings-turning-off',
    address: 'settings.html?scene=relay',
    act: clicking('[data-host="https://*/*"] button'),
  },
  {
    name: 'settings-erasing',
    address: 'settings.html?scene=full',
    act: clicking('.erase-everything'),
  },
  {
    name: 'settings-erased',
    address: 'settings.html?scene=full',
    act: async (page: Page) => {
      await clicking('.erase-everything', '#erase .confirm')(page);
      await page.waitForFunction(() =>
        [...document.querySelectorAll('#erase .said')].some((line) => line.textContent !== ''),
      );
    },
  },
  {
    name: 'settings-erasing-activity',
    address: 'settings.html?scene=full',
    act: clicking('.erase-activity'),
  },
];

/** All of them; the name says which document it is. */
export const SHOTS: Shot[] = [
  ...PROMPT_SHOTS,
  ...POPUP_SHOTS,
  ...ACTIVITY_SHOTS,
  ...SETTINGS_SHOTS,
  ...ONBOARDING_SHOTS,
];

/** Those that are checked one by one: all, or in the short form (`GRANTKEEPER_SHORT=1`) every third of them. */
export const CHECKED: [string, Shot][] = SHOTS.filter(
  (_, index) => process.env['GRANTKEEPER_SHORT'] !== '1' || index % 3 === 0,
).map((shot) => [shot.name, shot]);

/** Whether it is made for a tab. */
export function isWide({ address }: Shot): boolean {
  return /^(activity|settings|onboarding)\.html/.test(address);
}

/** How a screen is looked at. */
export interface Look {
  scheme: 'light' | 'dark';
  width: number;
  language?: string;
}

/** The address of a shot in a language. */
export function addressIn(address: string, language: string | undefined): string {
  if (language === undefined) return address;
  const [path = '', hash] = address.split('#');
  const query = path.includes('?') ? '&' : '?';
  return `${path}${query}language=${language}${hash === undefined ? '' : `#${hash}`}`;
}
