/** What only the person can let pass, in the prompt and in front of a failure (Z53). */
import type { Page } from 'puppeteer-core';
import { describe, expect, it } from 'vitest';
import { readToEnd as armed } from '../../../drivers/prompt.ts';
import type { Fake } from '../support/fake-browser.ts';
import { focused, paramsOf, says, textOf } from '../support/reading.ts';
import { stageForTests } from '../support/open.ts';

declare const fake: Fake;

const stage = stageForTests();
const ticked = (page: Page, id: string) =>
  page.$eval(`#${id}`, (box) => (box as HTMLInputElement).checked);
const show = async (flow: string): Promise<Page> => {
  const page = await stage.open(`consent.html?flow=${flow}`);
  await page.waitForSelector('#allow, #failure');
  return page;
};

describe('the controls of a question', () => {
  it('are off when it opens, and Allow without them sends nothing and leads to them (Z53)', async () => {
    const page = await show('missing-both');
    expect(await ticked(page, 'override-pkce')).toBe(false);
    expect(await ticked(page, 'override-own_provider')).toBe(false);
    await page.click('#override-own_provider');
    await armed(page);
    await page.click('#allow');
    await page.waitForSelector('#override-pkce[aria-invalid="true"]');
    expect(await focused(page)).toBe('override-pkce');
    expect(await page.$('#override-own_provider[aria-invalid="true"]')).toBeNull();
    expect(await paramsOf(page, 'decide')).toEqual([]);
  });

  it('are sent with Allow, each that was set, by keyboard alone', async () => {
    const page = await show('missing');
    await page.focus('#override-pkce');
    await page.keyboard.press('Space');
    await armed(page);
    await page.focus('#allow');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#step');
    expect(await paramsOf(page, 'decide')).toMatchObject([
      { decision: 'allow', overrides: ['pkce'] },
    ]);
  });

  it('are off again when the question is another one (Z53)', async () => {
    const page = await show('missing');
    await page.click('#override-pkce');
    await page.evaluate(() => {
      fake.prompt = fake.prompt && { ...fake.prompt, nonce: 'nonce-2' };
      fake.ring();
    });
    await page.waitForFunction(
      () => !(document.querySelector('#override-pkce') as HTMLInputElement).checked,
    );
    expect(await paramsOf(page, 'decide')).toEqual([]);
  });

  it('say what each risks and for whom it holds, for those who listen too', async () => {
    const page = await show('missing');
    const note = await page.$eval('#override-pkce', (box) => {
      const id = box.getAttribute('aria-describedby') ?? '';
      return document.getElementById(id)?.textContent ?? '';
    });
    expect(note).toMatch(/take over your sign-in.*this sign-in provider only/);
  });

  it('deny sends none of them', async () => {
    const page = await show('missing');
    await page.click('#override-pkce');
    await page.click('#deny');
    expect((await paramsOf(page, 'decide'))[0]).not.toHaveProperty('overrides');
  });
});

describe('what was let pass before', () => {
  it('is told with its date, and has no control (Z53)', async () => {
    const page = await show('overridden');
    expect(await textOf(page, '[data-override="issuer_pair"]')).toMatch(
      /^On .*2026 you accepted that this provider calls itself https:\/\/auth\.example\.org$/,
    );
    expect(await textOf(page, '[data-override="no_resource"]')).toContain('other servers, too');
    expect(await page.$('#overrides')).toBeNull();
  });
});

describe('a failure that is about scopes', () => {
  it('lets each be left out, and tries again without it (Z53)', async () => {
    const page = await show('failed-scope-refused');
    // Folded: most need not choose.
    await page.click('#leave-out-heading');
    await page.click('#leave-out [value="offline_access"]');
    await page.click('#retry');
    await page.waitForFunction(() => fake.sent.some(({ call }) => call === 'retry'));
    expect(await paramsOf(page, 'retry')).toMatchObject([{ leaveOut: ['offline_access'] }]);
  });

  it('sends nothing to leave out where nothing was unticked', async () => {
    const page = await show('failed-scope-refused');
    await page.click('#retry');
    await page.waitForFunction(() => fake.sent.some(({ call }) => call === 'retry'));
    expect((await paramsOf(page, 'retry'))[0]).not.toHaveProperty('leaveOut');
  });
});

describe('a failure that only the settings cure', () => {
  it.each(['other_issuer', 'no_server_metadata', 'resource_refused'])(
    'names the setting, and switches nothing: %s (Z53)',
    async (reason) => {
      const page = await show(`failed-${reason.replaceAll('_', '-')}`);
      await says(page, '.next', 'exception in the settings');
      const href = await page.$eval('#to-settings', (link) => link.getAttribute('href'));
      // Nothing is filled in.
      expect(href).toMatch(/settings\.html#overrides$/);
      expect(await page.$$('input, select')).toHaveLength(0);
    },
  );
});
