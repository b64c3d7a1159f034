/** What one prompt lets the user choose: for how long, with which provider, as which client (T-13 … T-18). */
import type { Page } from 'puppeteer-core';
import { describe, expect, it } from 'vitest';
import { readToEnd as armed } from '../../../drivers/prompt.ts';
import type { PromptView } from '../../../src/shared/prompt.ts';
import type { Fake } from '../support/fake-browser.ts';
import { CLIENT, MORE_PROMPTS, viewOf } from '../support/scenes-prompt.ts';
import { textOf } from '../support/reading.ts';
import { stageForTests } from '../support/open.ts';

declare const fake: Fake;

const stage = stageForTests();

const show = async (flow: string): Promise<Page> => {
  const page = await stage.open(`consent.html?flow=${flow}`);
  await page.waitForSelector('#allow');
  return page;
};
const isArmed = (page: Page) =>
  page.$eval('#allow', (button) => button.getAttribute('data-armed') === 'true');
const sent = (page: Page) => page.evaluate(() => fake.sent);
const focused = (page: Page) => page.evaluate(() => document.activeElement?.id);
/** Long enough for a message that should not be sent to have been sent. */
const pause = () => new Promise((resolve) => setTimeout(resolve, 150));
const change = (page: Page, view: Partial<PromptView>) =>
  page.evaluate((next) => {
    fake.prompt = fake.prompt && { ...fake.prompt, ...next };
    fake.ring();
  }, view);
const allow = async (page: Page) => {
  await armed(page);
  await page.click('#allow');
  await page.waitForSelector('#step');
};

const DECISION = { flow: 'f1', nonce: 'nonce-1', digest: 'd1'.repeat(32) };
const decision = (rest: object) => [{ call: 'decide', params: { ...DECISION, ...rest } }];

describe('a question that names no provider', () => {
  it.each(['reach', 'public', 'key-held'])('has the focus on Deny: %s (Z24)', async (flow) => {
    expect(await focused(await show(flow))).toBe('deny');
  });
});

describe('for how long', () => {
  it('another duration is sent with Allow, and choosing it does not put Allow to sleep', async () => {
    const page = await show('allow');
    expect(await page.$eval('#duration', (field) => (field as HTMLSelectElement).value)).toBe(
      'always',
    );
    await armed(page);
    await page.select('#duration', 'session');
    await pause();
    expect(await isArmed(page)).toBe(true);
    await page.click('#allow');
    await page.waitForSelector('#step');
    expect(await sent(page)).toEqual(decision({ decision: 'allow', duration: 'session' }));
  });

  it('the duration that holds so far is chosen, and sent as it is', async () => {
    const page = await show('for-a-day');
    await allow(page);
    expect(await sent(page)).toEqual(decision({ decision: 'allow', duration: 'day' }));
  });

  it('a narrower duration survives a question that is asked again (T-16)', async () => {
    const page = await show('allow');
    await page.select('#duration', 'day');
    await change(page, { step: 'discovering' });
    await page.waitForSelector('#step');
    await change(page, { step: 'deciding', nonce: 'nonce-2' });
    await page.waitForSelector('#allow');
    await allow(page);
    expect(await sent(page)).toEqual(
      decision({ nonce: 'nonce-2', decision: 'allow', duration: 'day' }),
    );
  });

  it.each(['reach', 'excess', 'client'])('it is not asked at stage %s', async (flow) => {
    expect(await (await show(flow)).$('#duration')).toBeNull();
  });
});

describe('with which provider', () => {
  const OTHER = 'https://accounts.example.org/realms/staff';

  it('a pick asks again: the new question sleeps, and the focus stays on the pick (R10, T-15)', async () => {
    const page = await show('issuers');
    await armed(page);
    await page.click(`#issuers [value="${OTHER}"]`);
    await page.waitForSelector('#step');
    expect(await sent(page)).toEqual(decision({ decision: 'choose', issuer: OTHER }));
    await change(page, { step: 'discovering' });
    await page.waitForSelector('#step[data-step="discovering"]');
    const { snapshot } = MORE_PROMPTS['issuers']!;
    const again = { nonce: 'nonce-2', digest: 'd2', snapshot: { ...snapshot, issuer: OTHER } };
    await change(page, { ...again, step: 'deciding' });
    await page.waitForSelector(`#issuers [value="${OTHER}"]:checked:focus`);
    expect(await isArmed(page)).toBe(false);
    expect(await page.$('#provider')).toBeNull();

    // What changes after that is not the user's doing: the focus goes back to Deny.
    await armed(page);
    await page.focus('#allow');
    await change(page, { ...again, nonce: 'nonce-3' });
    await page.waitForSelector('#allow[data-armed="false"]');
    expect(await focused(page)).toBe('deny');
  });

  it('a pick that was not taken is told, and the question about the first one waits anew', async () => {
    const page = await show('issuers');
    await page.evaluate(() => (fake.accepts = false));
    await armed(page);
    await page.click(`#issuers [value="${OTHER}"]`);
    await page.waitForSelector('#issuers [role=alert]');
    expect(
      await page.$eval('#issuers :checked', (radio) => (radio as HTMLInputElement).value),
    ).toBe('https://login.example.net');
    expect(await isArmed(page)).toBe(false);
    await page.evaluate(() => (fake.accepts = true));
    await allow(page);
    expect((await sent(page)).at(-1)).toEqual(
      decision({ decision: 'allow', duration: 'always' })[0],
    );
  });

  it('one provider gives nothing to choose', async () => {
    expect(await (await show('allow')).$('#issuers')).toBeNull();
  });
});

describe('as which client (R23)', () => {
  it('the redirect address is shown whole and copied by its button', async () => {
    const page = await show('client');
    expect(await textOf(page, '#redirect-uri')).toBe(CLIENT.redirectUri);
    await page.evaluate(() => {
      const copied: string[] = [];
      Object.assign(window, { copied });
      navigator.clipboard.writeText = (words) => Promise.resolve(void copied.push(words));
    });
    await page.click('.copy button');
    await page.waitForFunction(() =>
      document.querySelector('.copy')?.textContent.includes('Copied'),
    );
    expect(await page.evaluate(() => (window as unknown as { copied: string[] }).copied)).toEqual([
      CLIENT.redirectUri,
    ]);
  });

  it('the guide for the provider is named and linked, and what it knows is chosen (Z53)', async () => {
    const page = await show('client-recipe');
    expect(await textOf(page, '#recipe')).toBe(
      'A guide shows each step for Google: Open the guide',
    );
    const link = await page.$eval('#recipe a', (a) => [a.getAttribute('href'), a.rel, a.target]);
    expect(link).toEqual([
      'https://code.example.org/grantkeeper/blob/HEAD/docs/providers/google.md',
      'noreferrer',
      '_blank',
    ]);
    expect(await page.$eval('#client-auth', (one) => (one as HTMLSelectElement).value)).toBe(
      'client_secret_post',
    );
    expect(await page.$('#client-secret')).not.toBeNull();
    expect(await (await show('client')).$('#recipe')).toBeNull();
  });

  it('an empty id sends nothing, names the field, and leads there', async () => {
    const page = await show('client');
    await armed(page);
    await page.click('#allow');
    await page.waitForSelector('#client-id[aria-invalid="true"]');
    expect(await focused(page)).toBe('client-id');
    expect(await isArmed(page)).toBe(false);
    expect(await sent(page)).toEqual([]);
    await page.keyboard.type(' my-client ');
    await allow(page);
    expect(await sent(page)).toEqual(
      decision({ decision: 'allow', client: { clientId: 'my-client', authMethod: 'none' } }),
    );
  });

  it('a secret is asked for where there is one, hidden, and sent with its method', async () => {
    const page = await show('client');
    await page.type('#client-id', 'c1');
    await page.select('#client-auth', 'client_secret_post');
    await armed(page);
    await page.click('#allow');
    await page.waitForSelector('#client-secret[type=password][aria-invalid="true"]');
    await page.type('#client-secret', ' s3cret ');
    await allow(page);
    expect(await sent(page)).toEqual(
      decision({
        decision: 'allow',
        client: { clientId: 'c1', authMethod: 'client_secret_post', clientSecret: ' s3cret ' },
      }),
    );
  });

  it('Enter in a field decides nothing; what was typed outlives a lost answer', async () => {
    const page = await show('client');
    await page.evaluate(() => (fake.accepts = false));
    await page.type('#client-id', 'c1');
    await armed(page);
    await page.keyboard.press('Enter');
    await pause();
    expect(await sent(page)).toEqual([]);
    await page.click('#allow');
    await page.waitForSelector('.choice [role=alert]');
    expect(await page.$eval('#client-id', (field) => (field as HTMLInputElement).value)).toBe('c1');
  });

  it('what was typed for one provider is not offered to another (R37)', async () => {
    const page = await show('client');
    await page.type('#client-id', 'c1');
    const { snapshot } = viewOf({ ...CLIENT, issuer: 'https://other.example' });
    await change(page, { nonce: 'nonce-2', digest: 'd2', snapshot });
    await page.waitForFunction(() =>
      document.querySelector('#provider')?.textContent.includes('other'),
    );
    expect(await page.$eval('#client-id', (field) => (field as HTMLInputElement).value)).toBe('');
  });

  it('Cancel is at hand from the start, and closes without blocking the site (Z24)', async () => {
    const page = await show('client');
    expect(await focused(page)).toBe('deny');
    expect(await textOf(page, '#deny')).toBe('Cancel');
    await page.click('#deny');
    expect(await page.evaluate(() => fake.closed)).toBe(true);
    expect(await sent(page)).toEqual([]);
  });
});

describe('what is told besides', () => {
  it('an older server is pointed out first, and on the button itself (Z19)', async () => {
    const page = await show('legacy');
    expect(await page.$eval('.sheet > :nth-child(2)', (first) => first.id)).toBe('legacy');
    expect(await textOf(page, '#allow .label')).toBe('Allow anyway');
    expect(await (await show('allow')).$('#legacy')).toBeNull();
  });

  it('the account is named when it is not the first one', async () => {
    expect(await textOf(await show('account'), '#account')).toBe('Work – Müller & Söhne');
    expect(await (await show('allow')).$('#account')).toBeNull();
  });

  it('an answer that got lost is told', async () => {
    const page = await show('allow');
    await page.evaluate(() => (fake.accepts = false));
    await page.click('#deny');
    await page.waitForSelector('.choice [role=alert]');
    expect(await focused(page)).toBe('deny');
  });
});

it('the keyboard alone chooses a provider and a duration, and allows', async () => {
  const page = await show('issuers');
  await armed(page);
  // Past Not now, the fold of a key of one's own, and the duration.
  for (let i = 0; i < 4; i++) {
    await page.keyboard.down('Shift');
    await page.keyboard.press('Tab');
    await page.keyboard.up('Shift');
  }
  expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('issuer');
  await page.keyboard.press('ArrowDown');
  await page.waitForSelector('#step');
  const { snapshot } = MORE_PROMPTS['issuers']!;
  const issuer = snapshot.issuers![1]!;
  await change(page, { nonce: 'nonce-2', digest: 'd2', snapshot: { ...snapshot, issuer } });
  await page.waitForSelector('#issuers :checked:focus');
  await page.keyboard.press('Tab');
  expect(await focused(page)).toBe('duration');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Tab');
  expect(await page.$('#key-instead summary:focus')).not.toBeNull();
  await page.keyboard.press('Tab');
  expect(await focused(page)).toBe('later');
  await page.keyboard.press('Tab');
  expect(await focused(page)).toBe('deny');
  await page.keyboard.press('Tab');
  await armed(page);
  await page.keyboard.press('Enter');
  await page.waitForSelector('#step');
  const answer = { nonce: 'nonce-2', digest: 'd2', decision: 'allow', duration: 'day' };
  expect((await sent(page)).at(-1)).toEqual(decision(answer)[0]);
});
